"""New items: one INSERT … SELECT for each slot of a rule and stretch of days, compiled from the rule's declaration."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Concat

from common.birthdays import birthdays_on
from common.insert_select import AddDays, Compiled, Later, compile_insert
from followups.choices import CloseReason, ItemState
from followups.models import DueItem
from followups.services.cards import lock_cards
from followups.services.generation.facts import Reading, planned_item
from followups.services.generation.judging import RUN_REASONS
from followups.services.generation.ledger import heartbeat
from followups.services.generation.shapes import BIRTHDAY, ONE_DAY, Slot, remembered_on, year_of_birthday
from followups.services.generation.state import LOT, RuleRun, Run

SLICE_DAYS = 31  # of facts inserted per statement
KEPT = 2_000  # compiled statements
ENOUGH = 1_000  # items made before their cards are recomputed and the transaction ends

Statement = Callable[
    [], set[int]
]  # makes items, counts them, and gives the customers whose cards it touched and how many


def insert(run: Run, statements: Iterable[Statement]) -> None:
    """Run these statements, several in one short transaction, each with the cards of what it made."""
    waiting = iter(statements)
    statement = next(waiting, None)
    while statement is not None:
        with transaction.atomic():
            heartbeat(run.row)
            touched = set()
            while statement is not None and len(touched) < ENOUGH:
                touched |= statement()
                statement = next(waiting, None)
            run.recompute(touched)


def statements_of(step: RuleRun) -> Iterable[Statement]:
    """All windows that have opened since the last run, and of all facts changed since.

    Where the dial has changed since, all windows that had not closed by then are read again. What has its item already is left
    out by the unique constraint, not by a NOT EXISTS: there is little of it, and PostgreSQL, on a table it has no statistics of
    yet, answers that question by comparing everything with everything.
    """
    run = step.run
    for slot, later in step.steps():
        if step.rule.yearly:
            yield from _yearly(step, slot)
            continue
        first, last = step.unread(slot), step.last(slot)
        while first <= last:
            until = min(first + dt.timedelta(days=SLICE_DAYS - 1), last)
            yield partial(make, step, slot, BETWEEN, later=later, first=first, last=until)
            first = until + ONE_DAY
        if run.since is not None and not step.is_new(slot) and run.has_changes(step.rule.fact):
            live = run.store.live_on - dt.timedelta(days=slot.expires)
            yield partial(make, step, slot, CHANGED, later=later, first=live, last=last)


# --- Yearly -----------------------------------------------------------------------------------------------------------
def _yearly(step: RuleRun, slot: Slot):
    """The days whose window has opened and that no run has read; and, of changed facts, those whose window is open now."""
    run = step.run
    first, last = step.unread(slot), step.last(slot)
    if first < last and not _may_come_back(step, last):
        first = last + ONE_DAY
    while first <= last:
        yield from coming_back(step, slot, BETWEEN, first)
        first += ONE_DAY
    if run.since is not None and not step.is_new(slot) and run.has_changes(step.rule.fact):
        day = run.today - dt.timedelta(days=slot.expires)
        while day <= last:
            yield from coming_back(step, slot, CHANGED, day)
            day += ONE_DAY


def _may_come_back(step: RuleRun, last: dt.date) -> bool:
    """Whether anything can come back by `last`: a store that has just begun need not look day by day."""
    known = step.rule.fact.objects.filter(store=step.run.store, **{f"{step.rule.anchor}__isnull": False})
    if step.rule.yearly != BIRTHDAY:
        known = known.filter(**{f"{step.rule.anchor}__lte": last - dt.timedelta(days=365)})
    return known.exists()


def coming_back(step: RuleRun, slot: Slot, kind: str, day: dt.date):
    for anchors, is_lunar, year in _anchors_on(step.rule, day):
        yield partial(make_of_day, step, slot, kind, day, year=year, is_lunar=is_lunar, anchors=anchors)


def on_day(step: RuleRun, facts, day: dt.date):
    """(facts that come back on `day`, the year it is to them)."""
    for anchors, is_lunar, year in _anchors_on(step.rule, day):
        yield facts.filter(**_back_on(step.rule, "in", sorted(anchors), is_lunar)), year


def _anchors_on(rule, day):
    """(days that come back on `day`, whether they are the moon's, the year it is to them); of deliveries dates, of birthdays numbers."""
    if rule.yearly != BIRTHDAY:
        yield set(remembered_on(day)), False, str(day.year)
        return
    for is_lunar, numbers in enumerate(birthdays_on(day)):
        if numbers:
            yield set(numbers), bool(is_lunar), year_of_birthday(day, bool(is_lunar))


def _back_on(rule, lookup, anchors, is_lunar) -> dict:
    condition = {f"{rule.anchor}__{lookup}": anchors}
    return condition if rule.yearly != BIRTHDAY else condition | {f"{rule.anchor}_is_lunar": is_lunar}


# --- The statement ----------------------------------------------------------------------------------------------------
_compiled: dict[tuple, Compiled | None] = {}
DATE = DateField()
STORE = Later("store", BigIntegerField())  # statements are the same for every store
BETWEEN, CHANGED, CHOSEN = "between", "changed", "chosen"  # facts by their day; changed ones; these


def make(step: RuleRun, slot: Slot, kind: str, *, later: Slot | None = None, **told) -> set[int]:
    """Make the items of facts that are looked up by `kind`; returns the customers whose cards they touch. Compiled once a process."""
    run = step.run
    key = (step.rule, slot, later, kind, run.has_wishes)
    if key not in _compiled:
        _make_room()
        first, last = Later("first", DATE), Later("last", DATE)
        facts = Reading(step.rule, STORE, Later("today", DATE))
        if kind == BETWEEN:
            some = facts.between(facts.asking, first, last)
        elif kind == CHANGED:
            some = facts.changed(facts.asking, Later("since", DateTimeField()), first, last)
        else:
            some = facts.chosen(Later("ids", BigIntegerField()))
        _compiled[key] = _statement(step, slot, some, F("anchor"), later)
    return _run(step, _compiled[key], slot, later, **told)


def make_of_day(step: RuleRun, slot: Slot, kind: str, day: dt.date, *, year: str, is_lunar=False, **told) -> set[int]:
    """The same for facts of a yearly rule that come back on `day`, of which it is `year` to them.

    Compiled once a process, too: a store that has been live for a year reads hundreds of such days in its first run.
    """
    run = step.run
    is_over = day < run.today - dt.timedelta(days=slot.expires)
    key = (step.rule, slot, kind, is_lunar, is_over, run.has_wishes)
    if key not in _compiled:
        _make_room()
        facts = Reading(step.rule, STORE, Later("today", DATE))
        if kind == CHOSEN:
            some = facts.chosen(Later("ids", BigIntegerField()))
        else:
            some = facts.asking.filter(**_back_on(step.rule, "among", Later("anchors", BigIntegerField()), is_lunar))
        if kind == CHANGED:
            some = some.filter(changed_at__gte=Later("since", DateTimeField()))
        _compiled[key] = _statement(step, slot, some, Later("day", DATE), None, is_over=is_over)
    return _run(step, _compiled[key], slot, None, day=day, round=year + slot.code, **told)


def _make_room():
    if len(_compiled) >= KEPT:
        _compiled.clear()


def _run(step, compiled, slot, later, **told) -> set[int]:
    if compiled is None:
        return set()
    run = step.run
    told |= {
        "store": run.store.pk,
        "today": run.today,
        "now": run.now,
        "since": run.since,
        "callable_at": run.calls_from(run.today),
    }
    told["expired"] = run.today - dt.timedelta(days=slot.expires)
    if later is not None:
        told["superseded"] = run.today - dt.timedelta(days=later.opens - 1)
    made = compiled.run(**told)
    states = Counter(state for _customer, state in made)
    step.counts["created"] += len(made)
    step.counts["closed"] += states[ItemState.DECLINED] + states[ItemState.OBSOLETE]
    step.counts["superseded"] += states[ItemState.SUPERSEDED]
    step.counts["expired"] += states[ItemState.EXPIRED]
    return {customer for customer, state in made if state == ItemState.OPEN}


def _statement(step, slot, facts, anchor, later, *, is_over=False) -> Compiled | None:
    """An item is born in the state it would have by now: expired or superseded where nobody could work it in time.

    `anchor`: the fact's own, or one day for all that the statement is told later; then `is_over` says whether its window is.
    """
    rule = step.rule
    if rule.cycle:
        if not rule.counts_up:
            facts = _not_this_turn(step, slot, facts)
        round_ = Concat(F("cycle"), Value(slot.code), output_field=CharField()) if slot.code else F("cycle")
    else:
        round_ = Later("round", CharField()) if rule.yearly else slot.code
    born = _born(step, slot, anchor, later, is_over)
    live = ItemState.TO_SEND if slot.is_message else ItemState.OPEN
    now = Later("now", DateTimeField())
    return compile_insert(
        DueItem,
        facts,
        {
            "store": STORE,
            "rule": rule.code,
            "fact_id": F("pk"),
            "round": round_,
            "customer": F("who"),
            "vehicle": F(rule.vehicle) if rule.vehicle else None,
            "anchor_on": anchor,
            "opens_on": AddDays(anchor, slot.opens),
            "due_on": AddDays(anchor, slot.due),
            "expires_on": AddDays(anchor, slot.expires),
            "callable_at": Later("callable_at", DateTimeField()),
            "state": _first(born, 1, live),
            "reason": _first(born, 2, ""),
            "reason_params": {},
            "closed_at": _first([(which, now) for which, _state, _reason in born], 1, None),
            "attempts": 0,
            "bands_failed": "",
            "created_at": now,
        },
        returning=["customer", "state"],
    )


def _born(step, slot, anchor, later, is_over) -> list:
    """(which facts, state, reason) of items that are not open when they are made; the first that holds."""
    run = step.run

    def passed(name, days):
        if isinstance(anchor, Later):
            return is_over
        return Q(**{f"{step.rule.anchor}__lt": Later(name, DATE)})

    born = []
    if not step.facts.is_deaf:
        born.append((Q(is_marked=True), ItemState.DECLINED, CloseReason.DO_NOT_CALL))
        if run.has_wishes:
            channel = "sms" if slot.is_message else "phone_out"
            wish = Reading(step.rule, STORE, Later("today", DATE)).wish(channel)
            born.append((wish, ItemState.DECLINED, CloseReason.OTHER_TOPIC))
    if step.rule.enough:
        born += _had_enough(step, slot)
    if later is not None and slot.expires + 1 >= later.opens:
        born.append((passed("superseded", later.opens - 1), ItemState.SUPERSEDED, CloseReason.LATER_STEP))
    born.append((passed("expired", slot.expires), ItemState.EXPIRED, CloseReason.WINDOW_PASSED))
    return [each for each in born if each[0] is not False]


def _had_enough(step, slot) -> list:
    """In this turn of the ladder she has said no, or has been spoken to as often as is of use: what follows is not called."""
    turn = slot.code.rpartition(".")[0]
    before = DueItem.objects.filter(rule=step.rule.code, fact_id=OuterRef("pk"), round__startswith=f"{turn}.")
    refused = before.filter(state=ItemState.DECLINED, closed_by__isnull=False)
    spoken = before.filter(effective_at__isnull=False).order_by("pk")[step.rule.enough - 1 : step.rule.enough]
    return [
        (Exists(refused), ItemState.OBSOLETE, CloseReason.REFUSED),
        (Exists(spoken), ItemState.OBSOLETE, CloseReason.ENOUGH),
    ]


def _not_this_turn(step, slot, facts):
    """Without those that had their call for this very day under another round: a record that was replaced rings nobody twice.

    What a run closed by itself and nobody has tried does not count; it was never made known to anybody.
    """
    others = DueItem.objects.filter(rule=step.rule.code, fact_id=OuterRef("pk"), anchor_on=OuterRef("anchor"))
    if slot.code:
        others = others.filter(round__endswith=slot.code)
    quiet = Q(state__in=[ItemState.OBSOLETE, ItemState.DECLINED], reason__in=RUN_REASONS, attempts=0)
    return facts.filter(~Exists(others.exclude(quiet & Q(closed_by__isnull=True))))


def _first(cases, place, otherwise):
    """CASE of the conditions, each with what stands at `place`; TRUE stands for all."""
    whens = []
    for case in cases:
        if case[0] is True:
            otherwise = case[place]
            break
        whens.append(When(case[0], then=_value(case[place])))
    return Case(*whens, default=_value(otherwise)) if whens else otherwise


def _value(value):
    return value if isinstance(value, Value) else Value(value)


# --- Planned calls ------------------------------------------------------------------------------------------------------
def insert_planned(step: RuleRun) -> None:
    """Make the items of planned calls that have none, whenever they open. People type these: they are few, and read one by one."""
    run = step.run
    if not run.has_changes(step.rule.fact):
        return
    made = DueItem.objects.filter(rule=step.rule.code, fact_id=OuterRef("pk"))
    facts = step.facts.asking.filter(~Exists(made)).exclude(expires_on__lt=run.store.live_on)
    if run.since is not None and not run.is_full:
        facts = facts.filter(changed_at__gte=run.since)
    whom = sorted(facts.values_list("pk", "who"))
    for start in range(0, len(whom), LOT):
        lot = dict(whom[start : start + LOT])
        with transaction.atomic():
            heartbeat(run.row)
            lock_cards(lot.values())
            items = [_planned(step, planned) for planned in facts.filter(pk__in=lot).order_by("pk")]
            DueItem.objects.bulk_create(items)
            step.counts["created"] += len(items)
            run.recompute(lot.values())


def _planned(step, planned):
    run = step.run
    item = planned_item(
        planned, customer_id=planned.who, today=run.today, zone=run.store.zone, desk=run.desk, calendar=run.calendar
    )
    item.rule = step.rule.code
    if planned.is_quiet and not step.facts.is_deaf:
        reason = CloseReason.DO_NOT_CALL if planned.is_marked else CloseReason.OTHER_TOPIC
        item.state, item.reason, item.closed_at = ItemState.DECLINED, reason, run.now
        step.counts["closed"] += 1
    return item
