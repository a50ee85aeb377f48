"""Asks the checks that settings.HEALTH_CHECKS names. A check that fails itself is bad, and the others are asked all the same."""

import logging
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.utils.translation import gettext as _

from common.health import BAD, GOOD, Check, Finding, Look, worst

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    check: Check
    findings: list[Finding]

    @property
    def tone(self) -> str:
        return worst(self.findings)

    @property
    def is_good(self) -> bool:
        return self.tone == GOOD


def all_checks() -> list[Check]:
    return [check for dotted in settings.HEALTH_CHECKS for check in import_module(dotted).CHECKS]


def ask(look: Look, checks=None) -> list[Answer]:
    return [Answer(check, _ask(check, look)) for check in (all_checks() if checks is None else checks)]


def _ask(check, look):
    try:
        return list(check.look(look))
    except Exception as fault:  # whatever is broken: the page that tells of it must come
        logger.exception("The check %s failed.", check.code)
        return [
            Finding(
                BAD, _("This could not be looked at (%(fault)s); the log says more.") % {"fault": type(fault).__name__}
            )
        ]


def probe() -> dict[str, bool]:
    """{code: is it there} of what nothing works without. Quick; tells no more than that."""
    return {check.code: _probe(check) for check in all_checks() if check.probe}


def _probe(check):
    try:
        check.probe()
    except Exception:
        logger.exception("The probe %s failed.", check.code)
        return False
    return True
