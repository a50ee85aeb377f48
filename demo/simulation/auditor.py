"""The laws of the queue, held against the rows of the database, not against the code that wrote them.

`audit` gives every difference of a day. What rows alone cannot tell is kept in Books: which items there have ever been, which
promises were given, which cards somebody chose herself.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from common.festivals import festival_day
from demo.simulation.courtesy import COURTESY
from demo.simulation.evening import LIVE, Books, Case, is_put_off, told
from demo.simulation.reckoning import engine_rules, is_free
from followups.choices import Festival
from followups.models import CallCard, CallOutcome
from followups.rules import BY_CODE
from followups.services.cards import check_cards

ENDS = {
    "done": {"called", "sent", "rang_us", "in_person"},
    "unreachable": {"three_failures", "no_number"},
    "obsolete": {
        "fact_void", "fact_moved", "fact_changed", "rule_off", "car_gone", "came", "renewed", "rang_us", "heard",
        "refused", "enough", "deceased", "fleet",
    },
    "superseded": {"later_step"},
    "declined": {"refused", "do_not_call", "other_topic", "let_go", "in_person"},
    "expired": {"window_passed", "let_go"},
}  # fmt: skip
FOR_THE_BEST = ("birthday_call", "anniversary_call")
SHOWN = 20  # differences of one law and day


@dataclass(frozen=True)
class Difference:
    law: str
    what: str


def audit(books: Books, *, now: dt.datetime) -> list[Difference]:
    """The differences of the store's rows on the evening `now` that no earlier evening had; afterwards the books know today's rows."""
    case = Case(books, now)
    found = []
    for law in LAWS:
        said = [what for what in law(case) if (law, what) not in books.told]
        books.told |= {(law, what) for what in said}  # what stays wrong is told once
        found += [Difference(law.__name__, what) for what in said[:SHOWN]]
        if len(said) > SHOWN:
            found.append(Difference(law.__name__, f"and {len(said) - SHOWN} more"))
    books.items |= {item.pk: (item.rule, item.fact_id) for item in case.items}
    books.promises |= set(case.promises)
    books.offers.clear()
    return found


# --- The laws -----------------------------------------------------------------------------------------------------------
def nothing_is_deleted(case):
    for pk, (rule, fact_id) in case.books.items.items():
        item = case.by_id.get(pk)
        if item is None:
            yield f"item {pk} {rule}/{fact_id} is gone"
        elif (item.rule, item.fact_id) != (rule, fact_id):
            yield f"{told(item)} was {rule}/{fact_id}"


def every_item_is_live_or_has_one_end(case):
    for item in case.items:
        if item.state in LIVE:
            if item.reason or item.closed_at is not None:
                yield f"{told(item)} is live and has an end"
        elif item.reason not in ENDS.get(item.state, ()):
            yield f"{told(item)}: no reason for this state"
        elif item.closed_at is None or item.closed_at > case.now:
            yield f"{told(item)}: closed at {item.closed_at}"


def nothing_is_there_twice(case):
    rounds = Counter((item.rule, item.fact_id, item.round) for item in case.items)
    live = Counter((item.rule, item.fact_id) for item in case.live if item.state == "open")
    yield from (f"{key} {number} times" for key, number in rounds.items() if number > 1)
    yield from (f"{key} open {number} times" for key, number in live.items() if number > 1)


def nobody_is_rung_twice_about_the_same(case):
    done = Counter()
    for row in case.rows:
        if row.outcome.effect != "done" or is_put_off(row):
            continue
        item = case.by_id[row.item_id]
        done[_turn(item)] += 1
        if item.state != "done":
            yield f"{told(item)} was called and done by call {row.call_id}"
        if item.closed_at is not None and row.call.at > item.closed_at:
            yield f"{told(item)} was called after its end by call {row.call_id}"
    yield from (f"{key} was called and done {number} times" for key, number in done.items() if number > 1)


def _turn(item):
    rule = BY_CODE.get(item.rule)
    if rule is not None and rule.cycle and not rule.counts_up:
        step = item.round.partition(".")[2]
        return item.rule, item.fact_id, item.anchor_on, step
    return item.rule, item.fact_id, item.round


def every_window_has_its_item(case):
    """As of the last run, for facts that have not changed since it."""
    if case.last_run is None:
        return
    rounds = defaultdict(set)
    anchors = defaultdict(set)
    for item in case.items:
        rounds[item.rule, item.fact_id].add(item.round)
        anchors[item.rule, item.fact_id].add((item.anchor_on, item.round.partition(".")[2]))
    for rule in engine_rules():
        if rule.code in case.dials_unread:
            continue
        since = max(case.store.live_on, case.dials_changed[rule.code])
        missing = []
        for due in case.facts.windows(rule):
            if due.opens_on > case.run_day or due.expires_on < since or due.changed_at > case.last_run:
                continue
            if due.round in rounds[rule.code, due.fact_id]:
                continue
            if (
                rule.cycle
                and not rule.counts_up
                and (due.anchor_on, due.round.partition(".")[2]) in anchors[rule.code, due.fact_id]
            ):
                continue  # the same turn under another name
            missing.append(due)
        yield from _not_excused(case, rule, missing)


def _not_excused(case, rule, missing):
    daily = min(
        (limit for limit in (case.facts.dial(rule, step)[2] for step in rule.steps) if limit is not None), default=None
    )
    if daily is not None:  # taken in little by little: what waits in the pool while the day's intake is not used up
        taken = case.runs.filter(day=case.run_day).values_list("taken", flat=True).first() or {}
        if taken.get(rule.code, 0) >= daily:
            return
        missing = [due for due in missing if due.expires_on >= case.run_day and not _is_quiet(case, due)]
    for due in missing:
        if rule.yearly and due.expires_on < case.day(due.changed_at):
            continue  # the fact came, or changed, after that year's window
        if rule.code in FOR_THE_BEST and due.opens_on <= case.facts.best_since(due):
            continue  # a visit made her one of the best customers when the window had opened
        yield (
            f"{rule.code}/{due.fact_id}/{due.round} opened {due.opens_on} (until {due.expires_on}) and has no item; "
            f"its fact changed {due.changed_at:%m-%d %H:%M}"
        )


def _is_quiet(case, due):
    if is_free(due.rule):
        return False
    return case.facts.is_quiet(due.rule.code, due.customer_id, due.vehicle_id, is_message=due.is_message)


def every_item_has_its_fact(case):
    asking = {rule.code: case.facts.asking(rule) for rule in BY_CODE.values() if not getattr(rule, "by_hand", False)}
    windows = {}
    for rule in engine_rules():
        for due in case.facts.windows(rule):
            windows[rule.code, due.fact_id, due.round] = due
    for item in case.items:
        rule = BY_CODE.get(item.rule)
        if rule is None:
            yield f"{told(item)}: no such rule"
            continue
        fact = case.facts.rows(rule.fact).get(item.fact_id)
        if fact is None:
            yield f"{told(item)}: no such fact"
            continue
        if item.state not in LIVE or getattr(rule, "by_hand", False) or not case.has_run_today():
            continue
        if (
            fact.changed_at > case.last_run
            or case.facts.cars.get(item.vehicle_id, (0, case.last_run))[1] > case.last_run
        ):
            continue
        if item.fact_id not in asking[item.rule]:
            yield f"{told(item)} is live, but its fact asks for nothing"
            continue
        due = windows.get((item.rule, item.fact_id, item.round))
        rows = case.rows_of[item.pk]
        put_off = rows and is_put_off(rows[-1]) and rows[-1].call.at <= case.last_run
        is_followed = not item.decision and (not item.attempts or put_off)
        if rule.is_planned or not is_followed or item.rule in case.dials_unread:
            continue
        if due is None:
            yield f"{told(item)} is live, but no window of its fact is called so"
        elif item.customer_id != due.customer_id:
            yield f"{told(item)} rings customer {item.customer_id}, its fact says {due.customer_id}"
        elif item.anchor_on != due.anchor_on:
            yield f"{told(item)} counts from {item.anchor_on}, its fact says {due.anchor_on}"
        elif case.dials_changed[item.rule] == dt.date.min and (item.opens_on, item.due_on, item.expires_on) != (
            due.opens_on, due.due_on, due.expires_on,
        ):  # fmt: skip
            yield f"{told(item)} has {item.opens_on}–{item.expires_on}, its fact says {due.opens_on}–{due.expires_on}"


def greetings_stand_on_their_day(case):
    """Messages that a person made: for the day of their festival, to whom they are about, not before it is that far."""
    for item in case.items:
        rule = BY_CODE.get(item.rule)
        if rule is None or not rule.by_hand:
            continue
        year, _dot, festival = item.round.partition(".")
        day = festival_day(festival, int(year)) if festival in Festival.values else None
        if item.anchor_on != day or item.expires_on != day or item.customer_id != item.fact_id:
            yield f"{told(item)} is for customer {item.customer_id} on {item.expires_on}, the festival is on {day}"
        if item.reason == "sent" and case.day(item.closed_at) < item.opens_on:
            yield f"{told(item)} was sent on {case.day(item.closed_at)}, before {item.opens_on}"


def nothing_is_open_after_its_time(case):
    for item in case.live:
        if item.expires_on is not None and case.run_day is not None and item.expires_on < case.run_day:
            yield f"{told(item)} passed on {item.expires_on}"


def nothing_is_open_that_nobody_may_call(case):
    """No car that is gone, no customer who refuses, after the night's run."""
    if not case.has_run_today():
        return
    for item in case.live:
        rule = BY_CODE.get(item.rule)
        if case.facts.people.get(item.customer_id, (True, False))[0]:
            yield f"{told(item)} is for a customer who is void"
            continue
        if rule is None:
            continue
        changed_at = case.facts.cars.get(item.vehicle_id, (False, None))[1]
        goes_along = rule.vehicle and not (rule.is_planned or rule.outlives_car)
        if goes_along and case.facts.car_is_gone(item.vehicle_id) and changed_at <= case.last_run:
            yield f"{told(item)} is about car {item.vehicle_id}, which is gone"
        is_message = item.state == "to_send"
        if is_message and case.facts.people_changed[item.customer_id] > case.last_run:
            continue  # the next run closes messages; calls were closed at once
        if not is_free(rule) and case.facts.is_quiet(
            item.rule, item.customer_id, item.vehicle_id, is_message=is_message
        ):
            yield f"{told(item)}: customer {item.customer_id} does not want it"


def attempts_are_counted(case):
    """One a day at most; three different bands before nobody can be reached."""
    for item in case.items:
        rows = case.rows_of[item.pk]
        days = {case.day(row.call.at) for row in rows}
        if item.attempts != len(days):
            yield f"{told(item)} counts {item.attempts} attempts, was dialled on {len(days)} days"
        if item.reason == "three_failures":
            first = {}
            for row in rows:
                if row.outcome.level == "not_reached":
                    first.setdefault(case.day(row.call.at), case.band(row.call.at))
            bands = {band for band in first.values() if band}
            if len(bands) < min(case.desk.max_failures, len(case.desk.bands)):
                yield f"{told(item)} failed in {sorted(bands)} only"


def no_promise_is_lost(case):
    """Each is open, kept (somebody rang), or taken back with the call that gave it."""
    items = {item.fact_id: item for item in case.items if item.rule == "promise"}
    yield from (f"promise {pk} is gone" for pk in case.books.promises - set(case.promises))
    undone = CallOutcome.objects.filter(planned__in=case.promises, call__undone_at__isnull=False)
    undone = set(undone.values_list("planned_id", flat=True))
    for pk, plan in case.promises.items():
        item = items.get(pk)
        if plan.is_void:
            if pk not in undone:
                yield f"promise {pk} was taken back by nobody"
        elif item is None:
            yield f"promise {pk} has no item"
        elif item.state != "open" and item.reason not in ("rang_us", "in_person") and not case.rows_of[item.pk]:
            yield f"promise {pk}: {told(item)}, and nobody rang"
        elif item.state == "open" and item.due_at != plan.agreed_at:
            yield f"promise {pk} was agreed for {plan.agreed_at}, its item says {item.due_at}"


def cards_say_what_items_say(case):
    for each in check_cards(case.store, now=case.books.woken_at or case.now):
        yield f"card {each.card_id} of customer {each.customer_id}: {each.column} is {each.card_says}, not {each.items_say}"
    open_items = defaultdict(list)
    for item in case.live:
        if item.state == "open":
            open_items[item.customer_id].append(item)
    cards = {card.customer_id: card for card in CallCard.objects.filter(store=case.store)}
    for customer_id, items in open_items.items():
        card = cards.get(customer_id)
        if card is None or not card.is_open:
            yield f"customer {customer_id} has {len(items)} open items and no open card"
            continue
        says = (card.items_open, card.due_on, set(card.rules))
        is_so = (len(items), min(item.due_on for item in items), {item.rule for item in items})
        if says != is_so:
            yield f"card {card.pk} says {says}, its items {is_so}"
        if card.callable_at < min(item.callable_at for item in items):
            yield f"card {card.pk} is callable before its items"
    for card in cards.values():
        if card.is_open and card.customer_id not in open_items:
            yield f"card {card.pk} is open without items"


def leases_are_whole(case):
    longest = case.now + dt.timedelta(minutes=case.desk.lease_minutes)
    held = Counter()
    for card in CallCard.objects.filter(store=case.store):
        parts = {card.lease_by_id is None, card.lease_token is None, card.lease_until is None}
        if len(parts) > 1:
            yield f"card {card.pk} has half a lease"
        elif card.lease_by_id is not None:
            held[card.lease_by_id] += 1
            if card.lease_until > longest:
                yield f"card {card.pk} is leased until {card.lease_until}"
    yield from (f"user {pk} holds {number} cards" for pk, number in held.items() if number > 1)


LAWS = (
    nothing_is_deleted,
    every_item_is_live_or_has_one_end,
    nothing_is_there_twice,
    nobody_is_rung_twice_about_the_same,
    every_window_has_its_item,
    every_item_has_its_fact,
    greetings_stand_on_their_day,
    nothing_is_open_after_its_time,
    nothing_is_open_that_nobody_may_call,
    attempts_are_counted,
    no_promise_is_lost,
    cards_say_what_items_say,
    leases_are_whole,
    *COURTESY,
)
