"""Refusals, failures and access lines in words."""

import functools

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.choices import AccessKind
from office.exports.asking import SHORTEST_REASON
from office.exports.lists import all_lists
from office.exports.words import sentence


def refusal(refused) -> str:
    if refused.code == "too_many":
        most = f"{settings.EXPORT_MAX_ROWS:,}"
        return _("These are more than %(most)s rows. Please narrow the list by its filters first.") % {"most": most}
    return {
        "no_right": _(
            "You may take this list home with masked numbers only. For full ones ask a manager who has the right."
        ),
        "no_reason": _(
            "Say in at least %(least)s characters what the full data are needed for; the reason stands on the sheet and in the log."
        )
        % {"least": SHORTEST_REASON},
        "nothing": _("The list is empty; there is nothing to take home."),
    }[refused.code]


def failure(code) -> str:
    return {
        "no_right": _("The right to this list was taken away meanwhile."),
        "gone": _("What the list was narrowed to is no longer there."),
        "given_up": _(
            "It was begun several times and never finished; please narrow the list and ask your administrator to look at the worker."
        ),
    }.get(code, _("Something went wrong; the administrator finds it in the log of the worker."))


@functools.cache
def _sheets() -> dict:
    return {code: label for dotted in settings.SHEET_LABELS for code, label in import_string(dotted).items()}


def what_was_seen(access) -> list[str]:
    """The facts of one access line, each a short sentence; [] where the line says no more than its kind."""
    params, told = access.params, []
    title = params.get("title") or _title(params)
    if title:
        told.append(f"{title}")
    if params.get("file"):
        told.append(str(params["file"]))
    if params.get("filters"):
        told.append(_("Filters: %(filters)s") % {"filters": sentence(params["filters"])})
    if isinstance(params.get("rows"), int):
        told.append(_("%(rows)s rows") % {"rows": f"{params['rows']:,}"})
    if params.get("spot_check"):
        told.append(_("for a spot check"))
    return told


def _title(params) -> str:
    entry = all_lists().get(params.get("list"))
    return str(entry.title) if entry else str(_sheets().get(params.get("sheet"), ""))


def how_full(access) -> tuple[str, str]:
    """(tone, words): whether personal data could be read in full; revealed numbers always could, and lines of before say nothing."""
    full = access.params.get("full")
    if access.kind == AccessKind.REVEAL or full:
        return "warn", _("in full")
    return ("", _("masked")) if full is False else ("", "")
