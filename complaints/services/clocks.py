"""Clocks of cases: the store's dials, when each step is due, and what moves that (a pause, an extension, a new calendar)."""

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.calendar import calendar_of
from audit.choices import Source
from audit.services import record_change
from common.working import Hours
from complaints import clocks
from complaints.choices import IN_WORK, ComplaintState, Origin, Step
from complaints.models import ClockDial, Complaint

DUE = {  # step -> (when due, when done, from when on it runs)
    Step.ANSWER: ("answer_due_at", "answered_at", "opened_at"),
    Step.PLAN: ("plan_due_at", "planned_at", "opened_at"),
    Step.SOLUTION: ("deadline_at", "solved_at", "clock_from"),
    Step.RECONTACT: ("recontact_due_at", "recontacted_at", "solved_at"),
}
IN_HANDS = (Step.ANSWER, Step.PLAN, Step.SOLUTION)  # what runs from opening to solution
# What an undo of a reopening puts back, beside what it reopened.
CLOCK_FIELDS = (
    "deadline_at",
    "clock_from",
    "recontact_due_at",
    "reopened_at",
)


class DialsChanged(Exception):  # noqa: N818
    """Somebody saved an edition meanwhile; `current` is the one that holds now."""

    def __init__(self, current):
        super().__init__(str(current))
        self.current = current


def dial_of(store) -> ClockDial | None:
    return ClockDial.objects.filter(store=store).select_related("by").order_by("-number").first()


def rules_of(store) -> clocks.Rules:
    """The store's clocks as they hold now."""
    dial = dial_of(store)
    return clocks.from_plain(dial.rules) if dial else clocks.DEFAULTS


@transaction.atomic
def save_rules(store, rules: clocks.Rules, *, seen: int, by, now) -> ClockDial | None:
    """A new edition, for cases opened from now on; None where nothing differs. `seen` is the number of the edition that was looked
    at, 0 for the defaults. Raises DialsChanged."""
    current = dial_of(store)
    if seen != (current.number if current else 0):
        raise DialsChanged(current)
    before = current.rules if current else clocks.to_plain(clocks.DEFAULTS)
    plain = clocks.to_plain(rules)
    if plain == before:
        return None
    try:
        with transaction.atomic():
            dial = ClockDial.objects.create(store=store, number=seen + 1, rules=plain, by=by, at=now)
    except IntegrityError as fault:
        raise DialsChanged(dial_of(store)) from fault
    record_change(dial, {"rules": (before, plain)}, by=by, source=Source.FORM, at=now)
    return dial


def hours_of(store, rules=None) -> Hours:
    """The store's working time, for one piece of work (a calendar remembers what it has read)."""
    rules = rules or rules_of(store)
    return Hours(rules.opens, rules.closes, store.zone, calendar_of(store))


def channel_of(origin) -> str:
    return clocks.OEM if origin == Origin.OEM else clocks.HOUSE


def first_clocks(store, *, severity, origin, now, oem_due_at=None) -> dict:
    """The columns of a new case. `oem_due_at`: by when the maker wants it solved, in place of the dial."""
    rules = rules_of(store)
    hours = hours_of(store, rules)
    allowed = rules.allowed(channel_of(origin), severity, hours)
    values = {"allowed": allowed, "clock_from": now}
    for step in IN_HANDS:
        values[DUE[step][0]] = hours.later(now, dt.timedelta(seconds=allowed[step]))
    if oem_due_at is not None:
        values["deadline_at"] = oem_due_at
        del allowed[Step.SOLUTION]  # a moment, not a length: no calendar moves it
    return values


def deadline_for(hours, rules, severity, now) -> dt.datetime:
    """By when a case that is opened now must be solved."""
    return hours.later(now, dt.timedelta(seconds=rules.allowed(clocks.HOUSE, severity, hours)[Step.SOLUTION]))


def recontact_due(complaint, solved_at) -> dict:
    """The columns of the clock that begins with the solution."""
    rules = rules_of(complaint.store)
    hours = hours_of(complaint.store, rules)
    span = rules.clocks[channel_of(complaint.origin)][complaint.severity][Step.RECONTACT].of(hours)
    return {"recontact_due_at": hours.later(solved_at, span)}


def begin_anew(complaint, now) -> dict:
    """The columns of a case that is opened again: the solution has its time once more."""
    rules = rules_of(complaint.store)
    hours = hours_of(complaint.store, rules)
    allowed = rules.allowed(channel_of(complaint.origin), complaint.severity, hours)
    return {
        "allowed": allowed,
        "clock_from": now,
        "clock_round": complaint.clock_round + 1,
        "reopened_at": now,
        "times_reopened": complaint.times_reopened + 1,
        "deadline_at": hours.later(now, dt.timedelta(seconds=allowed[Step.SOLUTION])),
        "recontact_due_at": None,
    }


def open_steps(complaint) -> list[Step]:
    """The steps whose clocks run, or stand still in a pause: not done, and the case is where they matter."""
    if complaint.state in IN_WORK:
        steps = IN_HANDS
    elif complaint.state == ComplaintState.SOLVED:
        steps = (Step.RECONTACT,)
    else:
        return []
    return [step for step in steps if getattr(complaint, DUE[step][0]) and not _is_met(complaint, step)]


def _is_met(complaint, step) -> bool:
    # Of a case that is opened again the solution of before does not count; reopening clears it.
    return getattr(complaint, DUE[step][1]) is not None


def shifted(complaint, length: dt.timedelta, *, since=None, steps=IN_HANDS) -> dict:
    """The columns after the open steps got `length` more working time; what was due before `since` stays missed."""
    hours, allowed, values = hours_of(complaint.store), dict(complaint.allowed or {}), {}
    for step in open_steps(complaint):
        due = getattr(complaint, DUE[step][0])
        if step not in steps or (since is not None and due <= since):
            continue
        values[DUE[step][0]] = hours.later(due, length)
        if step in allowed:
            allowed[step] += round(length.total_seconds())
    if values and complaint.allowed is not None:
        values["allowed"] = allowed
    return values


def next_of(complaint) -> dict:
    """The columns `next_step` and `next_due_at` that follow from the others. What waits for somebody's word has no step."""
    steps = open_steps(complaint)
    if complaint.state == ComplaintState.WAITING:
        return {"next_step": "", "next_due_at": complaint.waits_until}
    if steps:
        step = min(steps, key=lambda each: getattr(complaint, DUE[each][0]))
        return {"next_step": step.value, "next_due_at": getattr(complaint, DUE[step][0])}
    return {"next_step": "", "next_due_at": complaint.changed_at if complaint.is_open else None}


@transaction.atomic
def calendar_changed(store, *, now) -> None:
    """What is not due yet follows the store's days (settings.AFTER_CALENDAR_CHANGE); what was missed stays missed."""
    hours = hours_of(store)
    cases = Complaint.objects.select_for_update().open().filter(store=store, allowed__isnull=False).order_by("pk")
    for complaint in cases:
        values = {}
        for step in open_steps(complaint):
            due, _done, base = DUE[step]
            seconds, begun = complaint.allowed.get(step), getattr(complaint, base)
            if seconds is None or begun is None or getattr(complaint, due) <= now:
                continue
            if (moved := hours.later(begun, dt.timedelta(seconds=seconds))) != getattr(complaint, due):
                values[due] = moved
        if values:
            for name, value in values.items():
                setattr(complaint, name, value)
            values |= next_of(complaint)
            Complaint.objects.filter(pk=complaint.pk).update(**values)
