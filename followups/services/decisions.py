"""One decision of the manager about calls that expired unworked: call anyway until a day, or let go, with the reason (D2, F26).

Works in lots like a run: cards locked, then items chosen again under the lock, so that what somebody decided meanwhile is not
decided twice. What a manager opened again the run leaves its dates, and what was let go it never opens again (`closed_by`).
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.calendar import calendar_of
from audit.choices import Source
from audit.models import Change
from audit.services import change_row
from common.bands import first_call_moment
from followups.choices import CloseReason, Decision, ItemState
from followups.models import DueItem
from followups.rules import BY_CODE, Rule
from followups.services.cards import lock_cards, recompute_cards
from followups.services.dials import desk_of, windows_of
from followups.services.generation.facts import Reading
from followups.services.undecided import remind, undecided

LOT = 500
MAX_DAYS = 180  # a call is put off no further than this


@dataclass
class Decided:
    """`done` items were decided; `kept` of them could not be opened again and still wait: {why: how many}.

    Why: "quiet" (the customer wants no such call), "asks_no_more" (the fact was taken back or overtaken), "off" (rule or step is
    switched off), "later" (a later step or turn of the same call took its place).
    """

    done: int = 0
    kept: Counter = field(default_factory=Counter)


def decide(items, *, store, decision, note="", until=None, by, now) -> Decided:
    """Decide these items of `store` (a queryset; what is no longer undecided is passed over).

    CALL opens them again: they may be called from the next call moment and expire on `until`; `due_on`, what figures judge, stays.
    LET_GO closes them for good and wants `note`. Raises ValidationError by field. Not within a transaction: a lot is one.
    """
    today = store.day_of(now)
    _check(decision, note, until, today)
    found = sorted(items.filter(pk__in=undecided(store).values("pk")).values_list("customer_id", "pk"))
    result = Decided()
    for start in range(0, len(found), LOT):
        ids = [pk for _customer, pk in found[start : start + LOT]]
        if decision == Decision.LET_GO:
            _let_go(ids, store, note, by, now, result)
        else:
            _open_again(ids, store, note, until, by, now, result)
    remind(store, today=today)
    return result


def _check(decision, note, until, today):
    if decision not in Decision.values:
        raise ValidationError({"decision": _("Choose what shall become of these calls.")})
    if decision == Decision.LET_GO and not note.strip():
        raise ValidationError({"note": _("Please say why.")})
    if decision == Decision.CALL:
        if until is None:
            raise ValidationError({"until": _("Until when?")})
        if until < today:
            raise ValidationError({"until": _("This day has passed.")})
        if until > today + dt.timedelta(days=MAX_DAYS):
            raise ValidationError({"until": _("At most %(days)s days ahead.") % {"days": MAX_DAYS}})


@transaction.atomic
def _let_go(ids, store, note, by, now, result):
    items = list(undecided(store).filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk"))
    values = {"reason": CloseReason.LET_GO, "decision": Decision.LET_GO, "decision_note": note}
    _write(items, values, {"closed_by_id": by.pk, "decided_by_id": by.pk, "decided_at": now}, by, now)
    result.done += len(items)


@transaction.atomic
def _open_again(ids, store, note, until, by, now, result):
    whom = dict(undecided(store).filter(pk__in=ids).values_list("pk", "customer_id"))
    lock_cards(whom.values())
    items = undecided(store).filter(pk__in=ids, customer_id__in=whom.values())
    items = list(items.select_for_update(of=("self",)).order_by("pk"))
    refused = _refusals(items, store)
    result.kept.update(refused.values())
    items = [item for item in items if item.pk not in refused]
    desk = desk_of(store)
    values = {
        "state": ItemState.OPEN,
        "reason": "",
        "expires_on": until,
        "decision": Decision.CALL,
        "decision_note": note,
    }
    silent = {
        "reason_params": {},
        "closed_at": None,
        "closed_by_id": None,
        "callable_at": first_call_moment(store.day_of(now), store.zone, desk.bands, calendar_of(store), until=until),
        "decided_by_id": by.pk,
        "decided_at": now,
    }
    _write(items, values, silent, by, now)
    recompute_cards([item.customer_id for item in items], store=store, now=now)
    result.done += len(items)


def _write(items, values, silent, by, now):
    """Give all items these values, with a line of history each for what a reader asks about."""
    lines = []
    for item in items:
        changes = {name: (getattr(item, name), value) for name, value in values.items() if getattr(item, name) != value}
        lines.append(
            change_row(item, changes, by=by, source=Source.FORM, deed="decide", customer_id=item.customer_id, at=now)
        )
    DueItem.objects.filter(pk__in=[item.pk for item in items]).update(**values, **silent)
    Change.objects.bulk_create(lines, batch_size=LOT)


# --- What cannot be opened again --------------------------------------------------------------------------------------
def _refusals(items, store) -> dict[int, str]:
    """{item id: why} of those that the next run would close at once, or that another item has taken the place of."""
    on = {code: {window.code for window in windows if window.is_on} for code, windows in windows_of(store).items()}
    refused = {}
    for code in {item.rule for item in items}:
        mine = [item for item in items if item.rule == code]
        if code not in BY_CODE:
            refused |= {item.pk: "off" for item in mine}
            continue
        rule = BY_CODE[code]
        asking = Reading(rule, store).asking_of(mine)
        latest = _latest(code, mine)
        for item in mine:
            why = _refusal(rule, item, asking.get(item.fact_id), on.get(code, set()), latest[item.fact_id])
            if why:
                refused[item.pk] = why
    return refused


def _refusal(rule: Rule, item, fact, on, latest) -> str:
    if not rule.is_planned and step_code(rule, item.round) not in on:
        return "off"
    if fact is None or fact.who != item.customer_id:
        return "asks_no_more"
    is_past = rule.cycle and fact.cycle != item.round.partition(".")[0] and fact.anchor != item.anchor_on
    if is_past:  # its turn is over
        return "asks_no_more"
    if fact.is_quiet and not (rule.asked_for or rule.is_duty):
        return "quiet"
    return "" if latest == item.pk else "later"


def _latest(code, items) -> dict[int, int]:
    """{fact id: id of its item that opened last}."""
    found = defaultdict(int)
    rows = DueItem.objects.filter(rule=code, fact_id__in={item.fact_id for item in items}).order_by("opens_on", "pk")
    for fact_id, pk in rows.values_list("fact_id", "pk"):
        found[fact_id] = pk
    return found


def step_code(rule: Rule, round_: str) -> str:
    """Which step of its rule an item belongs to (DueItem.round: "<step>", "<turn>" or "<turn>.<step>")."""
    return rule.steps[0].code if len(rule.steps) == 1 else round_.rpartition(".")[2]
