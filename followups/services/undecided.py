"""Calls that expired unworked and wait for the manager's decision (services.decisions): which they are, and the daily reminder."""

from django.db.models import Q
from django.utils.translation import ngettext

from common.insert_select import Spelled
from followups.choices import ItemState
from followups.models import DueItem
from followups.rules import RULES
from office import services as office
from office.choices import Severity
from office.models import Notice

NOTICE = "expired_waiting"


def _messages() -> Q:
    """The items that are messages, whatever their state: all of a rule that only sends, else those of its message steps."""
    found = Q(pk__in=[])
    for rule in RULES:
        codes = [step.code for step in rule.steps if step.is_message]
        if rule.by_hand or (codes and len(codes) == len(rule.steps)):
            found |= Q(rule=rule.code)
        for code in codes:
            found |= Q(rule=rule.code, round=code) | Q(rule=rule.code, round__endswith=f".{code}")
    return found


MESSAGES = _messages()


def undecided(store):
    """The calls that wait for a decision. A message that nobody sent in time is shown as missed on the care list instead."""
    waiting = DueItem.objects.filter(store=store, state=Spelled(ItemState.EXPIRED), decision=Spelled(""))
    return waiting.exclude(MESSAGES)


def remind(store, *, today) -> None:
    """Tell the managers once a day how much waits for their decision; settled as soon as nothing does."""
    count = undecided(store).count()
    if not count:
        office.resolve(store=store, code=NOTICE)
        return
    key = f"{NOTICE}-{store.pk}-{today}"
    if Notice.objects.filter(store=store, code=NOTICE, key=key).exists():
        return
    office.resolve(store=store, code=NOTICE)
    office.notify(
        store=store,
        permission="followups.manage_queue",
        code=NOTICE,
        key=key,
        params={"count": count},
        severity=Severity.WARNING,
        url_name="followups:decisions",
    )


def _waiting(params):
    words = ngettext(
        "%(count)s call was not made in time and waits for your decision.",
        "%(count)s calls were not made in time and wait for your decision.",
        params["count"],
    )
    return words % {"count": f"{params['count']:,}"}


NOTICE_WORDS = {NOTICE: _waiting}
