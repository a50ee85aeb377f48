"""What the next seven days would bring by given windows: read off the facts as the day's run would read them. Writes nothing.

Of today it counts what the next run would make (windows that are open and have no item yet), of each later day what opens on it.
Facts that are still to happen nobody knows: for days counted from a hand-over or an order to come, the same weekdays of the last
four weeks are taken, and the number is marked as an estimate.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.db.models import CharField, Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from customers.choices import Channel
from followups.models import Call, CallCard, DueItem, GenerationRun
from followups.rules import RULES, Rule
from followups.services.dials import Window, windows_of
from followups.services.generation.facts import Reading
from followups.services.generation.inserting import on_day
from followups.services.generation.shapes import ONE_DAY, Shape, Slot

DAYS = 7
WEEKS = 4  # whose weekdays an estimate goes by
USUAL_DAYS = 14


@dataclass
class Opening:
    """What one rule opens: `calls` and `messages` a day, `whom` the customers of the calls, `guessed` how many of the calls are estimates."""

    calls: list[int] = field(default_factory=lambda: [0] * DAYS)
    messages: list[int] = field(default_factory=lambda: [0] * DAYS)
    guessed: list[int] = field(default_factory=lambda: [0] * DAYS)
    whom: list[set[int]] = field(default_factory=lambda: [set() for _day in range(DAYS)])


def opening(rule: Rule, store, windows: tuple[Window, ...], today: dt.date, taken: int = 0) -> Opening:
    """What `rule` would open in the days from `today` on by these windows (those switched off open nothing).

    `taken`: how many of its intake the runs of today have taken in already.
    """
    shape = Shape(rule, tuple(window for window in windows if window.is_on))
    facts, found = Reading(rule, store, today), Opening()
    for slot, later in shape.by_code.values():
        asking = _asking(facts, slot)
        for number, pairs in enumerate(_days(rule, asking, slot, later, store, today)):
            whom = [who for who, _worth in pairs]
            if slot.is_message:
                found.messages[number] += len(whom)
            else:
                found.calls[number] += len(whom)
                found.whom[number].update(whom)
        _estimate(rule, asking, slot, today, found)
    daily = min((window.daily for window in shape.windows if window.daily is not None), default=None)
    if daily is not None:
        _take_in(found, daily, taken)
    return found


def _asking(facts: Reading, slot: Slot):
    """The facts whose call or message would be born open."""
    asking = facts.asking
    if facts.is_deaf:
        return asking
    if slot.is_message:
        return asking.filter(is_marked=False).filter(~facts.wish(Channel.SMS))
    return asking.filter(is_quiet=False)


def _days(rule, asking, slot, later, store, today):
    """Of each day from today on the (customer id, day) of what opens."""
    live = max(today, store.live_on)
    first = live - dt.timedelta(days=slot.expires)
    if later is not None:  # what opened before its successor did is born superseded
        first = max(first, live - dt.timedelta(days=later.opens - 1))
    last = today - dt.timedelta(days=slot.opens)
    if rule.yearly:
        yield from _yearly(rule, asking, slot, first, last)
        return
    anchored = asking.filter(**{f"{rule.anchor}__range": (first, last)})
    yield list(anchored.filter(~_made(rule, slot)).values_list("who", "pk")) if first <= last else []
    coming = asking.filter(**{f"{rule.anchor}__range": (last + ONE_DAY, last + dt.timedelta(days=DAYS - 1))})
    by_day = {}
    for who, anchor in coming.values_list("who", "anchor"):
        by_day.setdefault(anchor, []).append((who, anchor))
    for number in range(1, DAYS):
        yield by_day.get(last + dt.timedelta(days=number), [])


def _yearly(rule, asking, slot, first, last):
    step, open_now, day = SimpleNamespace(rule=rule), [], first
    made = DueItem.objects.filter(rule=rule.code, fact_id=OuterRef("pk"))
    while day <= last:
        for facts, year in on_day(step, asking, day):
            open_now += facts.filter(~Exists(made.filter(round=year + slot.code))).values_list("who", "pk")
        day += ONE_DAY
    yield open_now
    for number in range(1, DAYS):
        day = last + dt.timedelta(days=number)
        yield [pair for facts, _year in on_day(step, asking, day) for pair in facts.values_list("who", "pk")]


def _made(rule, slot) -> Exists:
    """Of facts: whether they have the item of this slot already."""
    items = DueItem.objects.filter(rule=rule.code, fact_id=OuterRef("pk"))
    if not rule.cycle:
        return Exists(items.filter(round=slot.code))
    round_ = Concat(OuterRef("cycle"), Value(slot.code), output_field=CharField()) if slot.code else OuterRef("cycle")
    same_day = Q(anchor_on=OuterRef("anchor"))
    if slot.code:
        same_day &= Q(round__endswith=slot.code)
    return Exists(items.filter(Q(round=round_) | same_day))


def _estimate(rule, asking, slot, today, found):
    """Of days counted from facts that are still to happen: as many as on the same weekdays of the last weeks."""
    ahead = [number for number in range(1, DAYS) if number > slot.opens]
    if rule.yearly or not ahead or slot.opens < -DAYS:
        return
    if asking.filter(**{f"{rule.anchor}__gt": today}).exists():
        return  # the table knows days to come: what it does not tell will not come
    since = today - dt.timedelta(days=7 * WEEKS - 1)
    past = asking.filter(**{f"{rule.anchor}__range": (since, today)})
    counts = dict(past.order_by().values_list("anchor").annotate(Count("pk")))
    for number in ahead:
        anchor = today + dt.timedelta(days=number - slot.opens)
        weeks = [anchor - dt.timedelta(days=7 * week) for week in range(1, WEEKS + 1)]
        guess = round(sum(counts.get(day, 0) for day in weeks) / WEEKS)
        if slot.is_message:
            found.messages[number] += guess
        else:
            found.guessed[number] += guess


def _take_in(found, daily, taken_today):
    """An intake: so many a day at most; the others stay in the pool for the next day."""
    pool, people = 0, set()
    for number in range(DAYS):
        pool += found.calls[number] + found.guessed[number]
        people |= found.whom[number]
        taken = min(pool, daily if number else max(daily - taken_today, 0))
        pool -= taken
        known = min(taken, len(people))
        chosen = set(sorted(people)[:known])
        people -= chosen
        found.whom[number], found.calls[number], found.guessed[number] = chosen, known, taken - known


# --- Put together ---------------------------------------------------------------------------------------------------------
@dataclass
class Line:
    """One rule: what it opens by the dials as they are, and as they would be (the same list where nothing changes)."""

    rule: str
    label: str
    is_message: bool
    now: list[int]
    then: list[int]
    is_changed: bool
    guessed: list[bool]

    @property
    def cells(self):
        return list(zip(self.now, self.then, self.guessed, strict=True))


@dataclass
class Forecast:
    """`customers_…`: how many different ones would be called a day; `usual`: how many the team calls on a day it works (None: it has
    not called in the last fortnight); `waiting`: cards that are open by now."""

    days: list[dt.date]
    lines: list[Line]
    customers_now: list[int]
    customers_then: list[int]
    usual: int | None
    waiting: int

    @property
    def cells(self):
        """(now, then, whether then is more than the team usually manages) of each day."""
        much = self.usual or 0
        pairs = zip(self.customers_now, self.customers_then, strict=True)
        return [(now, then, bool(much) and then > much) for now, then in pairs]


def forecast(store, changes: dict, *, today: dt.date, now: dt.datetime, rules: tuple[Rule, ...] = RULES) -> Forecast:
    """The next seven days as the dials stand, and with `changes` {(rule code, step code): {field of RuleDial: value}}."""
    windows = windows_of(store, rules)
    lines, people = [], ([set() for _day in range(DAYS)], [set() for _day in range(DAYS)])
    guessed = ([0] * DAYS, [0] * DAYS)
    run = GenerationRun.objects.filter(store=store, day=today).first()
    taken = run.taken if run else {}
    for rule in rules:
        if rule.is_planned:
            continue
        before = opening(rule, store, windows[rule.code], today, taken.get(rule.code, 0))
        changed = _changed(rule, windows[rule.code], changes)
        is_changed = changed != windows[rule.code]
        after = opening(rule, store, changed, today, taken.get(rule.code, 0)) if is_changed else before
        for place, found in enumerate((before, after)):
            for number in range(DAYS):
                people[place][number] |= found.whom[number]
                guessed[place][number] += found.guessed[number]
        lines += _lines(rule, before, after, is_changed=is_changed)
    days = [today + dt.timedelta(days=number) for number in range(DAYS)]
    sums = [[len(whom) + more for whom, more in zip(people[place], guessed[place], strict=True)] for place in (0, 1)]
    waiting = CallCard.objects.callable(now).filter(store=store).count()
    return Forecast(days, lines, *sums, _usual(store, today), waiting)


def _changed(rule, windows, changes) -> tuple[Window, ...]:
    found = []
    for window in windows:
        values = changes.get((rule.code, window.code), {})
        values = {name: values[name] for name in ("opens", "due", "expires", "is_on", "daily") if name in values}
        found.append(Window(**{**vars(window), **values}))
    return tuple(sorted(found, key=lambda window: window.opens))


def _lines(rule, before, after, *, is_changed) -> list[Line]:
    found = []
    label = str(rule.label)
    calls = [[count + more for count, more in zip(each.calls, each.guessed, strict=True)] for each in (before, after)]
    guessed = [bool(old or new) for old, new in zip(before.guessed, after.guessed, strict=True)]
    has_calls = any(not step.is_message for step in rule.steps)
    if has_calls and (is_changed or any(calls[0]) or any(calls[1])):
        found.append(Line(rule.code, label, False, *calls, is_changed, guessed))
    if any(before.messages) or any(after.messages) or (is_changed and not has_calls):
        found.append(Line(rule.code, label, True, before.messages, after.messages, is_changed, [False] * DAYS))
    return found


def _usual(store, today) -> int | None:
    """Customers called on an average day with calls, of the last fortnight before today."""
    midnight = dt.datetime.combine(today, dt.time(), tzinfo=store.zone)
    calls = Call.objects.filter(store=store, undone_at__isnull=True, at__lt=midnight)
    calls = calls.filter(at__gte=midnight - dt.timedelta(days=USUAL_DAYS))
    called = {(store.day_of(at), customer) for customer, at in calls.values_list("customer_id", "at")}
    days = Counter(day for day, _customer in called)
    return round(len(called) / len(days)) if days else None
