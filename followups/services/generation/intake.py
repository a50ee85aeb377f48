"""The intake of rules that would flood: so many new calls a day, the most valuable customers first; and windows let go unmade."""

import datetime as dt

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast

import common.lookups  # noqa: F401 - registers `among`
from followups.models import DueItem, GenerationRun
from followups.services.generation.inserting import CHOSEN, make, make_of_day, on_day
from followups.services.generation.shapes import ONE_DAY, Slot
from followups.services.generation.state import RuleRun


def statements_of(step: RuleRun):
    """Take in what the day still allows. What is not taken stays in the pool while its window is open."""
    yield lambda: _take(step)


def _take(step: RuleRun) -> set[int]:
    run, code = step.run, step.rule.code
    row = GenerationRun.objects.get(pk=run.row.pk)
    left = step.daily - row.taken.get(code, 0)
    if left <= 0 or not step.shape.slots:
        return set()
    slot = step.shape.slots[-1]
    before = step.counts["created"]
    touched = set()
    for ids, day, year in _best(step, slot, left):
        if step.rule.yearly:
            touched |= make_of_day(step, slot, CHOSEN, day, year=year, ids=ids)
        else:
            touched |= make(step, slot, CHOSEN, ids=ids)
    row.taken[code] = row.taken.get(code, 0) + step.counts["created"] - before
    GenerationRun.objects.filter(pk=row.pk).update(taken=row.taken)
    return touched


def _best(step, slot, left):
    """The `left` most valuable facts, by pools: (ids, day on which they come back, year); the latter two of yearly rules."""
    pools = list(_pools(step, slot))
    found = []
    for number, (facts, _day, _year) in enumerate(pools):
        found += [(-price, pk, number) for price, pk in _dearest(step, facts, left)]
    chosen = sorted(found)[:left]
    for number, (_facts, day, year) in enumerate(pools):
        ids = {pk for _price, pk, pool in chosen if pool == number}
        if ids:
            yield ids, day, year


def _dearest(step, facts, left):
    """The first `left` of the pool that ask for a call and are not quiet. Who asks is looked up for the dearest alone, since that
    means a look at car and customer of each."""
    worth = step.rule.worth
    order = [F(worth).desc(nulls_last=True), "pk"] if worth else ["pk"]
    rows = facts.order_by(*order).annotate(price=F(worth) if worth else Value(0)).values_list("price", "pk")
    found, start, size = [], 0, left * 2
    while len(found) < left:
        some = [(price or 0, pk) for price, pk in rows[start : start + size]]
        asking = step.facts.chosen({pk for _price, pk in some})
        if not step.facts.is_deaf:
            asking = asking.filter(is_marked=False)
            if step.run.has_wishes:
                asking = asking.filter(~step.facts.wish(_channel(step)))
        asks = set(asking.values_list("pk", flat=True))
        found += [each for each in some if each[1] in asks]
        if len(some) < size:
            break
        start, size = start + size, size * 4
    return found[:left]


def _channel(step):
    return "sms" if step.shape.slots[-1].is_message else "phone_out"


def _pools(step: RuleRun, slot: Slot):
    """(facts whose window is open and that have no item for it, day on which they come back, year); the latter two of yearly rules."""
    facts, today = step.facts, step.run.today
    there = step.rule.fact.objects.filter(step.rule.wanted, store=step.run.store, is_void=False)
    there = there.annotate(anchor=F(step.rule.anchor))
    if step.rule.cycle:
        there = there.annotate(cycle=Cast(F(step.rule.cycle), CharField()))
    first, last = today - dt.timedelta(days=slot.expires), step.last(slot)
    made = DueItem.objects.filter(rule=step.rule.code, fact_id=OuterRef("pk"))
    if step.rule.yearly:
        day = first
        while day <= last:
            for some, year in on_day(step, there, day):
                yield some.filter(~Exists(made.filter(round=year + slot.code))), day, year
            day += ONE_DAY
    elif step.rule.cycle:
        known = Q(round=OuterRef("cycle")) | Q(anchor_on=OuterRef("anchor"))
        yield facts.between(there, first, last).filter(~Exists(made.filter(known))), None, ""
    else:
        yield facts.between(there, first, last).filter(~Exists(made.filter(round=slot.code))), None, ""


# --- Let go ---------------------------------------------------------------------------------------------------------
def count_let_go(step: RuleRun, seen_again_from: dt.datetime, tail: int) -> int:
    """Count windows that closed before the store's `live_on`, and those that closed in the pool of an intake untaken, each once;
    returns how many of them the next run will meet again.

    A fact counts by its creation. The next run looks back to `seen_again_from`, a little before this run's watermark, and
    takes off what this one had counted there (`tail`, from the run before). Anniversaries before going live are not counted.
    """
    run, rule = step.run, step.rule
    if rule.yearly:
        return 0
    if step.daily is not None:
        _count_left_in_pool(step)
    if not run.has_changes(rule.fact):
        return 0
    callers = Q()
    for column in rule.customer:
        callers |= Q(**{f"{column}__isnull": False})
    facts = rule.fact.objects.filter(callers, rule.wanted, store=run.store, is_void=False)
    lasts = [run.store.live_on - dt.timedelta(days=slot.expires) - ONE_DAY for slot in step.shape.slots]
    if not lasts:
        return 0
    if run.since is None:
        gone, is_new = step.facts.between(facts, None, max(lasts)), Q()
    else:
        gone, is_new = step.facts.changed(facts, run.since, None, max(lasts)), Q(created_at__gte=run.since)
    sums = {}
    for number, last in enumerate(lasts):
        passed = Q(**{f"{rule.anchor}__lte": last})
        sums[f"newly{number}"] = Count("pk", filter=passed & is_new)
        sums[f"again{number}"] = Count("pk", filter=passed & Q(created_at__gte=seen_again_from))
    found = gone.aggregate(**sums)
    newly = sum(number for name, number in found.items() if name.startswith("newly"))
    step.counts["let_go"] += max(newly - tail, 0)
    return sum(number for name, number in found.items() if name.startswith("again"))


def _count_left_in_pool(step):
    """Windows that closed since the last run, and nobody was taken in."""
    run = step.run
    slot = step.shape.slots[-1] if step.shape.slots else None
    if slot is None or run.last_day is None or step.is_new(slot):
        return
    closed = dt.timedelta(days=slot.expires)
    first, last = max(run.last_day, run.store.live_on) - closed, run.today - ONE_DAY - closed
    if first > last:
        return
    made = DueItem.objects.filter(rule=step.rule.code, fact_id=OuterRef("pk"))
    made = made.filter(anchor_on=OuterRef("anchor")) if step.rule.cycle else made.filter(round=slot.code)
    step.counts["let_go"] += step.facts.between(step.facts.asking, first, last).filter(~Exists(made)).count()
