"""Laws of how customers are treated: hours, how often, by how many people, what they said they do not want."""

import datetime as dt
from collections import defaultdict

from customers.models import Customer, DoNotContact
from demo.simulation.evening import is_put_off, told
from demo.simulation.reckoning import engine_rules, is_free
from followups.models import CallCard
from followups.rules import BY_CODE

# What ends a customer's other topics too, also those that open later.
CLOSE_ALONG = {"bad_number", "wrong_number", "car_gone", "do_not_call", "no_topic"}
YEAR = dt.timedelta(days=365)
WEEK = dt.timedelta(days=7)


# --- Hours --------------------------------------------------------------------------------------------------------------
def calls_keep_their_hours(case):
    """No call before a topic's window, outside call hours or on a rest day, but of cards that somebody chose."""
    with_promise = {row.call_id for row in case.rows if case.by_id[row.item_id].rule == "promise"}
    put_off = {row.item_id for row in case.rows if is_put_off(row) and case.day(row.call.at) == case.today}
    for row in case.rows:
        call, day = row.call, case.day(row.call.at)
        if day != case.today or (call.card_id, day) in case.books.by_hand:
            continue
        item = case.by_id[row.item_id]
        if case.desk.hours_hold and case.band(call.at) is None and call.pk not in with_promise:
            yield f"call {call.pk} at {call.at} is outside call hours"
        is_early = item.opens_on > day and row.outcome.effect not in CLOSE_ALONG
        if is_early and item.pk not in put_off and call.pk not in with_promise:  # it may have waited for that promise
            yield f"call {call.pk} on {day} is before {told(item)} opens ({item.opens_on})"
    for item in case.live:
        if item.state != "open" or item.due_at is not None or item.callable_at <= case.now:
            continue
        waits_for_promise = any(row.planned_id for row in case.rows_of[item.pk])
        day = case.day(item.callable_at)
        if not waits_for_promise and case.band(item.callable_at) is None:
            yield f"{told(item)} is callable at {item.callable_at}, outside call hours"
        is_possible = item.expires_on is None or any(
            case.is_workday(day + dt.timedelta(days=number)) for number in range((item.expires_on - day).days + 1)
        )
        if not waits_for_promise and not case.is_workday(day) and is_possible:
            yield f"{told(item)} is callable on {day}, a rest day"
        if not waits_for_promise and day < item.opens_on:
            yield f"{told(item)} is callable on {day}, before it opens"


def quiet_hours_are_kept(case):
    """Outside call hours the queue gives nobody a card but for a promise that has come (where the store says so)."""
    if not case.desk.hours_hold:
        return
    for offer in case.books.offers:
        if not case.is_call_time(offer.at) and not _promise_has_come(case, offer):
            yield f"card {offer.card_id} was given to user {offer.by_id} at {offer.at:%m-%d %H:%M}"


def _promise_has_come(case, offer):
    lead = dt.timedelta(minutes=case.desk.promise_lead_minutes)
    return any(
        item.rule == "promise"
        and item.customer_id == offer.customer_id
        and item.due_at - lead <= offer.at
        and (item.closed_at is None or item.closed_at >= offer.at)
        for item in case.items
    )


def her_hour_is_kept(case):
    """A card that nothing holds back waits for the hour that its customer prefers, else the one learned from her answers."""
    hours = dict(Customer.objects.filter(store=case.store).values_list("pk", "preferred_hour"))
    learned = dict(Customer.objects.filter(store=case.store).values_list("pk", "learned_hour"))
    items = defaultdict(list)
    for item in case.live:
        if item.state == "open":
            items[item.customer_id].append(item)
    for card in CallCard.objects.filter(store=case.store, is_open=True, rested_until=None, skipped_until=None):
        hers = items[card.customer_id]
        hour = hours[card.customer_id] if hours[card.customer_id] is not None else learned[card.customer_id]
        if hour is None or not hers or any(item.due_at for item in hers):
            continue
        first = min(item.callable_at for item in hers)
        day = case.day(first)
        starts = [
            max(start, f"{hour:02}:00")
            for start, end, _code in case.bands
            if start < f"{hour + 1:02}:00" and f"{hour:02}:00" < end
        ]
        if not starts or min(item.due_on for item in hers) < day:
            continue
        at = dt.datetime.combine(day, dt.time.fromisoformat(starts[0]), tzinfo=case.store.zone)
        failed = "".join(item.bands_failed for item in hers if item.callable_at <= at)
        if at > first and case.band(at) not in failed and card.callable_at != at:
            yield f"card {card.pk} is offered at {card.callable_at}, not at {at}, the hour of customer {card.customer_id}"


# --- How often, by how many -----------------------------------------------------------------------------------------------
def nobody_is_contacted_too_often(case):
    """Contacts of the budget's days before each of today's calls, to her and to everybody with one of her numbers; past it only with an
    override that day, a promise or a duty."""
    calls = defaultdict(list)
    for row in case.rows:
        if case.day(row.call.at) == case.today:
            calls[row.call].append(case.by_id[row.item_id])
    for call, items in calls.items():
        since = call.at - dt.timedelta(days=case.desk.budget_days)
        before = [
            each
            for person in {call.customer_id} | case.sharers[call.customer_id]
            for each in case.contacts[person]
            if since < each.at < call.at
            and (each.channel in ("sms", "wechat") or each.channel == "phone_out" and each.connected)
        ]
        is_enough = len(before) >= max(case.desk.budget_contacts, 1)
        if is_enough and not _is_free_call(items) and not case.overrides["budget", call.customer_id, case.today]:
            yield f"call {call.pk} to customer {call.customer_id} after {len(before)} contacts in {case.desk.budget_days} days"


def _is_free_call(items):
    return any(is_free(BY_CODE[item.rule]) for item in items if item.rule in BY_CODE)


def few_people_call_a_customer(case):
    """Within a year so many at most; one more only with an override of hers, a promise, a duty, or where none of them is here."""
    items = defaultdict(list)
    for row in case.rows:
        items[row.call_id].append(case.by_id[row.item_id])
    for call in case.calls:
        if case.day(call.at) != case.today or call.level != "reached" or call.undone_at is not None:
            continue
        before = [each for each in case.spoken(call.customer_id) if call.at - YEAR < each.at < call.at]
        heard = {each.by_id for each in before if each.by_id is not None}
        if call.by_id in heard or len(heard) < max(case.desk.max_callers, 1):
            continue
        midnight = dt.datetime.combine(case.today, dt.time(), tzinfo=case.store.zone)
        were_here = {each.by_id for each in case.calls if midnight - WEEK <= each.at < call.at}
        has_reason = call.by_id in case.overrides["callers", call.customer_id, case.today]
        if heard & were_here and not has_reason and not _is_free_call(items[call.pk]):
            yield f"call {call.pk}: user {call.by_id} is the {len(heard) + 1}th person whom customer {call.customer_id} hears"


def who_spoke_last_comes_first(case):
    """For the first minutes of call time of its day a card is given to nobody else, where that person is at work."""
    for offer in case.books.offers:
        before = [each for each in case.spoken(offer.customer_id) if each.at < offer.at]
        if not before or before[-1].by_id in (None, offer.by_id) or _promise_has_come(case, offer):
            continue
        last = before[-1].by_id
        is_here = any(
            call.by_id == last and call.at < offer.at and case.day(call.at) == case.today for call in case.calls
        )
        if is_here and case.day(offer.callable_at) == case.today and _minutes(case, offer) < case.desk.keep_minutes:
            yield (
                f"card {offer.card_id} was given to user {offer.by_id} at {offer.at:%m-%d %H:%M}, {_minutes(case, offer)} minutes "
                f"after its time; user {last} spoke with customer {offer.customer_id} last"
            )


def _minutes(case, offer):
    """Of call time between the moment from which the card may be called and the offer."""
    sum_ = 0
    for start, end, _code in case.bands:
        opens = max(_at(case, offer, start), offer.callable_at)
        closes = min(_at(case, offer, end), offer.at)
        sum_ += max((closes - opens).total_seconds(), 0) / 60
    is_over = case.clock(offer.at) >= max(end for _start, end, _code in case.bands)
    return case.desk.keep_minutes if is_over else round(sum_, 1)


def _at(case, offer, clock):
    return dt.datetime.combine(case.day(offer.at), dt.time.fromisoformat(clock), tzinfo=case.store.zone)


# --- What she said, and who is lost -----------------------------------------------------------------------------------------
def a_refusal_is_written_down(case):
    """Who said that she wants no calls, or none about this, has a wish with her words; while it stands her mark does too."""
    wishes = defaultdict(list)
    for wish in DoNotContact.objects.filter(store=case.store):
        wishes[wish.customer_id].append(wish)
    marked = {pk for pk, (_is_void, is_marked) in case.facts.people.items() if is_marked}
    for row in case.rows:
        if row.outcome.effect not in ("do_not_call", "no_topic"):
            continue
        is_whole = row.outcome.effect == "do_not_call"
        fitting = [
            wish
            for wish in wishes[row.call.customer_id]
            if wish.reason.strip()
            and wish.channel in ("", "phone_out")
            and (not wish.topic if is_whole else wish.topic)
        ]
        if not fitting:
            yield f"call {row.call_id}: customer {row.call.customer_id} refused ({row.outcome.code}), and no wish says so"
    for customer_id, hers in wishes.items():
        stands = any(
            not (wish.is_void or wish.topic or wish.vehicle_id)
            and wish.channel in ("", "phone_out")
            and (wish.expires_on is None or wish.expires_on >= case.today)
            for wish in hers
        )
        if stands and customer_id not in marked:
            yield f"customer {customer_id} wants no calls and is not marked"


def who_is_given_up_is_lost_contact(case):
    """Where nobody spoke with her while a topic was open that was given up, the list of lost contacts knows her, with a message to send."""
    people = {each.pk: each for each in Customer.objects.filter(store=case.store)}
    messages = {(item.fact_id, item.round): item for item in case.items if item.rule == "lost_contact"}
    for item in case.items:
        customer = people[item.customer_id]
        if item.state != "unreachable" or customer.is_void or item.closed_at is None:
            continue
        reached = [each for each in case.contacts[customer.pk] if each.connected or each.channel == "visit"]
        if any(case.day(each.at) >= case.day(item.created_at) for each in reached):
            continue
        if customer.unreachable_on is None and not customer.unreachable_round:
            yield f"{told(item)}: customer {customer.pk} was given up and is not on the list of lost contacts"
            continue
        is_known = customer.unreachable_on is not None and case.has_run_today() and customer.changed_at <= case.last_run
        if is_known and (customer.pk, f"{customer.unreachable_round}.message") not in messages:
            yield f"customer {customer.pk} is lost since {customer.unreachable_on}, and no message was to be sent"


# --- Going live ---------------------------------------------------------------------------------------------------------
def going_live_floods_nobody(case):
    """Nothing that had closed before the store went live; of rules with an intake never more a day than the dial says."""
    made = defaultdict(int)
    for item in case.items:
        rule = BY_CODE.get(item.rule)
        if rule is None or rule.is_planned or rule.by_hand:
            continue
        made[item.rule, case.day(item.created_at)] += 1
        if item.expires_on < case.store.live_on and item.reason == "window_passed":
            yield f"{told(item)} was over on {item.expires_on}, before the store went live"
    for rule in engine_rules():
        for step in rule.steps:
            daily = case.facts.dial(rule, step)[2]
            number = made[rule.code, case.today]
            if daily is not None and number > daily and case.dials_changed[rule.code] < case.today:
                yield f"{rule.code}: {number} new on {case.today}, {daily} are the most"


COURTESY = (
    calls_keep_their_hours,
    quiet_hours_are_kept,
    her_hour_is_kept,
    nobody_is_contacted_too_often,
    few_people_call_a_customer,
    who_spoke_last_comes_first,
    a_refusal_is_written_down,
    who_is_given_up_is_lost_contact,
    going_live_floods_nobody,
)
