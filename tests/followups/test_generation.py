"""The run of a day: what it makes, closes, moves, lets go, and what it leaves alone."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.core.exceptions import FieldError
from django.db import connection, connections
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Delivery
from followups.models import CallCard, DueItem, GenerationRun, RuleDial
from followups.rules import BY_CODE, RULES, Rule, Step
from followups.services.cards import check_cards, recompute_cards
from followups.services.dials import change_dial
from followups.services.generation import RunBusy, RunLost, generate_due, ledger
from followups.services.planned import plan_manual, plan_promise
from tests.conftest import at
from tests.factories.customers import make_customer, make_delivery, make_order, make_vehicle, touch
from tests.factories.followups import make_planned, set_dial

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOTHING = {"created": 0, "closed": 0, "superseded": 0, "expired": 0, "updated": 0, "let_go": 0}
LADDER = Rule(
    code="test_ladder",
    label="three steps, later ones first",
    fact=Delivery,
    anchor="delivered_on",
    steps=(Step("a", -10, -8, 12), Step("b", 0, 2, 12), Step("c", 20, 22, 30)),
)


def run(store, today, now, **kwargs):
    """The counts that are not nought, and the proof that cards equal items."""
    counts = generate_due(store, today=today, now=now, **kwargs)
    assert check_cards(store, now=now) == []
    return {
        rule: {name: number for name, number in numbers.items() if number}
        for rule, numbers in counts.items()
        if any(numbers.values())
    }


def change(record, now, **values):
    """A correction by an import."""
    type(record).objects.filter(pk=record.pk).update(changed_at=now, **values)


def the_item(rule="delivery_3dc"):
    return DueItem.objects.get(rule=rule)


def ways(rule):
    """How many items of a rule ended how."""
    return Counter(DueItem.objects.filter(rule=rule).values_list("round", "state"))


# --- Made once -------------------------------------------------------------------------------------------------------


def test_a_new_item_waits_from_the_first_call_moment_on_the_customers_card(pudong, focus, wang, today, now):
    make_delivery(focus, today - DAY)
    assert run(pudong, today, now) == {"delivery_3dc": {"created": 1}}
    item = the_item()
    assert (item.store, item.customer, item.vehicle, item.anchor_on) == (pudong, wang, focus, today - DAY)
    assert (item.attempts, item.reason, item.closed_at, item.due_at) == (0, "", None, None)
    assert item.callable_at == at(pudong, today, 9)
    assert CallCard.objects.get(customer=wang).rules == ["delivery_3dc"]


def test_a_second_run_of_the_day_does_nothing(pudong, focus, today, now):
    make_delivery(focus, today - 6 * DAY)
    make_order(focus, today - 3 * DAY)
    assert run(pudong, today, now) == {
        "service_3dc": {"created": 1},
        "delivery_3dc": {"created": 1},
        "delivery_7dc": {"created": 1},
    }
    assert generate_due(pudong, today=today, now=now) == {rule.code: NOTHING for rule in RULES}
    row = GenerationRun.objects.get()
    assert (row.runs, row.counts["delivery_3dc"]["created"], row.token) == (2, 1, None)


def test_each_store_has_its_own_run(pudong, xuhui, focus, today, now):
    stranger = make_vehicle(make_customer(xuhui, name="何静"))
    make_delivery(stranger, today - DAY)
    make_delivery(focus, today - DAY)
    assert run(pudong, today, now) == {"delivery_3dc": {"created": 1}}
    assert DueItem.objects.get().store == pudong
    assert run(xuhui, today, now) == {"delivery_3dc": {"created": 1}}
    assert CallCard.objects.get(customer=stranger.owner).store == xuhui


def test_a_customer_of_another_store_is_never_called_for_us(pudong, xuhui, focus, today, now):
    stranger = make_customer(xuhui, name="何静")
    make_delivery(focus, today - DAY, customer=stranger)
    assert run(pudong, today, now) == {}


def test_void_customers_cars_and_facts_bring_no_calls(pudong, today, now):
    cars = [make_vehicle(make_customer(pudong, name=name)) for name in "甲乙丙"]
    facts = [make_delivery(car, today - DAY) for car in cars]
    change(facts[0], now, is_void=True)
    change(cars[1], now, is_void=True)
    change(cars[2].owner, now, is_void=True)
    assert run(pudong, today, now) == {}


def test_a_run_takes_as_many_queries_for_three_facts_as_for_one(pudong, today, now):
    def facts(number):
        for _each in range(number):
            car = make_vehicle(make_customer(pudong, name="客户"))
            make_delivery(car, today - 6 * DAY)
            make_order(car, today - 3 * DAY)
            make_planned(car.owner, due_on=today)

    def queries(day):
        with CaptureQueriesContext(connection) as found:
            generate_due(pudong, today=day, now=now)
        return len(found)

    for _each in range(2):
        facts(1)
        one = queries(today)
    facts(3)
    assert queries(today) == one
    change_all = {"changed_at": now}
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(delivered_on=today - 5 * DAY, **change_all)
    one = queries(today)
    Delivery.objects.filter(delivered_on=today - 6 * DAY).update(delivered_on=today - 5 * DAY, **change_all)
    assert queries(today) == one


# --- Before the store went live, and late --------------------------------------------------------------------------


def first_calls(pudong, today, now):
    """What a run did about the two calls of the first week."""
    counts = run(pudong, today, now)
    return {rule: counts[rule] for rule in ("delivery_3dc", "delivery_7dc") if rule in counts}


def test_windows_that_closed_before_going_live_are_counted_once_and_never_made(pudong, focus, today, now):
    live_on = pudong.live_on
    make_delivery(focus, live_on - 11 * DAY)  # the last day for a call was the day before
    make_delivery(make_vehicle(focus.owner), live_on - 10 * DAY)
    assert first_calls(pudong, today, now) == {
        "delivery_3dc": {"let_go": 1, "created": 1, "expired": 1},
        "delivery_7dc": {"created": 2, "expired": 2},
    }
    assert first_calls(pudong, today, now) == {}
    make_delivery(make_vehicle(focus.owner), live_on - 400 * DAY)  # ten years of history arrive with a later file
    assert first_calls(pudong, today, now) == {"delivery_3dc": {"let_go": 1}, "delivery_7dc": {"let_go": 1}}
    assert first_calls(pudong, today + DAY, now + DAY) == {}


def test_windows_let_go_are_counted_once_by_a_real_clock_too(pudong, focus):
    def another(age):
        fact = make_delivery(make_vehicle(focus.owner), pudong.live_on - 400 * DAY)
        moment = timezone.now() - age
        Delivery.objects.filter(pk=fact.pk).update(created_at=moment, changed_at=moment)

    def let_go():
        now = timezone.now()
        return generate_due(pudong, today=pudong.day_of(now), now=now)["delivery_3dc"]["let_go"]

    for age in (DAY, dt.timedelta(0)):
        another(age)
    assert let_go() == 2
    assert let_go() == 0
    another(dt.timedelta(0))
    another(dt.timedelta(seconds=30))  # written before the last run read, and committed after it
    assert let_go() == 2
    assert let_go() == 0


def test_a_fact_that_arrives_after_its_window_is_made_and_waits_as_expired(pudong, focus, today, now):
    run(pudong, today, now)
    make_delivery(focus, today - 30 * DAY)
    assert first_calls(pudong, today, now) == {
        "delivery_3dc": {"created": 1, "expired": 1},
        "delivery_7dc": {"created": 1, "expired": 1},
    }
    item = the_item()
    assert (item.state, item.reason, item.closed_at) == ("expired", "window_passed", now)
    assert not CallCard.objects.open().exists()
    assert first_calls(pudong, today, now) == {}


def test_unchanged_history_is_not_read_again(pudong, focus):
    """Cost grows with what changed: an old window whose item is gone stays gone, until its fact changes."""
    now = timezone.now()
    today = pudong.day_of(now)
    fact = make_delivery(focus, today - 60 * DAY)
    Delivery.objects.update(changed_at=now - dt.timedelta(hours=1))
    assert run(pudong, today, now)["delivery_3dc"] == {"created": 1, "expired": 1}
    DueItem.objects.all().delete()
    assert run(pudong, today, timezone.now()) == {}
    touch(fact)
    assert run(pudong, today, timezone.now())["delivery_3dc"] == {"created": 1, "expired": 1}


def test_a_fact_committed_late_is_not_missed(pudong, focus):
    """Its moment of change lies a little before the last run's watermark, yet that run could not see it."""
    now = timezone.now()
    today = pudong.day_of(now)
    run(pudong, today, now)
    make_delivery(focus, today - 60 * DAY)
    Delivery.objects.update(changed_at=now - dt.timedelta(seconds=90))
    assert run(pudong, today, timezone.now())["delivery_3dc"] == {"created": 1, "expired": 1}


def test_a_run_for_another_day_does_not_hide_facts_from_the_next(pudong, focus):
    now = timezone.now()
    today = pudong.day_of(now)
    run(pudong, today, now)
    make_delivery(focus, today - DAY)
    assert run(pudong, today - 5 * DAY, timezone.now()) == {}
    Delivery.objects.update(changed_at=now - dt.timedelta(hours=1))  # known to the run before
    assert run(pudong, today, timezone.now()) == {"delivery_3dc": {"created": 1}}
    make_delivery(make_vehicle(focus.owner), today + 3 * DAY)
    assert run(pudong, today + 30 * DAY, timezone.now())["delivery_7dc"] == {"created": 2, "expired": 2}
    make_order(focus, today - 2 * DAY)  # after a run for a later day
    assert run(pudong, today, timezone.now()) == {"service_3dc": {"created": 1}}


def test_a_wider_window_reaches_the_facts_it_now_covers(pudong, focus, zhou):
    """Nothing about them has changed; what has, is the dial."""
    now = timezone.now()
    today = pudong.day_of(now)
    make_delivery(focus, today)
    Delivery.objects.update(changed_at=now - dt.timedelta(hours=1))
    assert run(pudong, today, now) == {}
    dial = RuleDial.objects.get(rule="delivery_3dc", store=pudong)
    change_dial(dial, {"opens": 0}, by=zhou, now=now)
    assert run(pudong, today, timezone.now()) == {"delivery_3dc": {"created": 1}}
    change_dial(dial, {"is_on": False}, by=zhou, now=now)
    assert run(pudong, today, timezone.now()) == {"delivery_3dc": {"closed": 1}}
    DueItem.objects.all().delete()
    change_dial(dial, {"is_on": True}, by=zhou, now=now)
    assert run(pudong, today, timezone.now()) == {"delivery_3dc": {"created": 1}}


def test_a_taken_back_fact_that_returns_with_another_day_is_called_in_its_new_window(pudong, focus, today, now):
    fact = make_delivery(focus, today - 9 * DAY)
    run(pudong, today, now)
    change(fact, now, is_void=True)
    run(pudong, today, now)
    later, then = today + 5 * DAY, now + 5 * DAY
    change(fact, then, is_void=False, delivered_on=today + 4 * DAY)
    assert run(pudong, later, then)["delivery_3dc"] == {"updated": 1}
    assert (the_item().state, the_item().due_on) == ("open", today + 7 * DAY)


# --- What life overtook, and what comes back ---------------------------------------------------------------------------


def test_a_fact_taken_back_closes_its_item_and_its_return_opens_it_again(pudong, focus, today, now):
    """An import undone and repeated rings nobody twice, and forgets nobody."""
    fact = make_delivery(focus, today - DAY)
    run(pudong, today, now)
    change(fact, now, is_void=True)
    assert run(pudong, today, now) == {"delivery_3dc": {"closed": 1}}
    item = the_item()
    assert (item.state, item.reason, item.closed_at) == ("obsolete", "fact_void", now)
    assert not CallCard.objects.open().exists()
    change(fact, now, is_void=False)
    assert run(pudong, today, now) == {"delivery_3dc": {"updated": 1}}
    assert (the_item().pk, the_item().state, the_item().reason, the_item().closed_at) == (item.pk, "open", "", None)
    assert CallCard.objects.open().exists()


def test_what_was_worked_does_not_come_back_with_its_fact(pudong, focus, li, today, now):
    fact = make_delivery(focus, today - DAY)
    run(pudong, today, now)
    for values in ({"state": "done", "closed_by": li, "attempts": 1}, {"state": "open", "attempts": 1}):
        DueItem.objects.update(**values)
        recompute_cards([focus.owner_id], store=pudong, now=now)
        change(fact, now, is_void=True)
        run(pudong, today, now)
        before = the_item().state
        change(fact, now, is_void=False)
        assert run(pudong, today, now) == {}
        assert the_item().state == before


def test_a_fact_that_returns_after_its_window_stays_closed(pudong, focus, today, now):
    fact = make_delivery(focus, today - DAY)
    run(pudong, today, now)
    change(fact, now, is_void=True)
    run(pudong, today, now)
    change(fact, now, is_void=False)
    later = today + 10 * DAY
    assert "updated" not in run(pudong, later, now + 10 * DAY).get("delivery_3dc", {})
    assert the_item().state == "obsolete"


def test_a_car_taken_back_closes_its_items(pudong, focus, today, now):
    make_delivery(focus, today - DAY)
    run(pudong, today, now)
    change(focus, now, is_void=True)
    assert run(pudong, today, now) == {"delivery_3dc": {"closed": 1}}
    assert the_item().reason == "fact_void"


def test_an_order_that_is_open_again_asks_for_no_call(pudong, focus, today, now):
    order = make_order(focus, today - 3 * DAY)
    run(pudong, today, now)
    change(order, now, settled_on=None)
    assert run(pudong, today, now) == {"service_3dc": {"closed": 1}}
    assert the_item("service_3dc").reason == "fact_changed"
    change(order, now, settled_on=today - 2 * DAY)
    assert run(pudong, today, now) == {"service_3dc": {"updated": 1}}
    assert the_item("service_3dc").due_on == today + DAY


def test_switching_a_rule_off_closes_its_items_and_on_again_brings_them_back(pudong, focus, zhou, today, now):
    make_delivery(focus, today - DAY)
    run(pudong, today, now)
    dial = RuleDial.objects.get(rule="delivery_3dc", store=pudong)
    change_dial(dial, {"is_on": False}, by=zhou, now=now)
    make_delivery(make_vehicle(focus.owner), today - DAY)
    assert run(pudong, today, now) == {"delivery_3dc": {"closed": 1}}
    assert the_item().reason == "rule_off"
    change_dial(dial, {"is_on": True}, by=zhou, now=now)
    assert run(pudong, today, now) == {"delivery_3dc": {"created": 1, "updated": 1}}


def test_do_not_call_declines_everything_but_what_she_asked_for(pudong, focus, wang, li, today, now):
    make_delivery(focus, today - DAY)
    plan_promise(wang, at=now + DAY, subject="配件到货", by=li, now=now, pinned_to=li)
    plan_manual(wang, opens_on=today, due_on=today, expires_on=None, subject="补资料", by=li, now=now)
    run(pudong, today, now)
    change(wang, now, do_not_call=True)
    make_order(focus, today - 3 * DAY)
    assert run(pudong, today, now) == {
        "delivery_3dc": {"closed": 1},
        "service_3dc": {"created": 1, "closed": 1},
        "manual": {"closed": 1},
    }
    states = dict(DueItem.objects.values_list("rule", "state"))
    assert states == {"delivery_3dc": "declined", "service_3dc": "declined", "manual": "declined", "promise": "open"}
    assert the_item("service_3dc").reason == "do_not_call"
    change(wang, now, do_not_call=False)
    counts = run(pudong, today, now)
    assert (counts["delivery_3dc"], counts["service_3dc"]) == ({"updated": 1}, {"updated": 1})


def test_what_a_person_declined_stays_declined(pudong, focus, wang, li, today, now):
    make_delivery(focus, today - DAY)
    run(pudong, today, now)
    DueItem.objects.update(state="declined", reason="do_not_call", closed_by=li, closed_at=now)
    CallCard.objects.all().delete()
    assert run(pudong, today, now) == {}


# --- Corrections --------------------------------------------------------------------------------------------------------


def test_a_corrected_day_moves_the_untried_item(pudong, focus, today, now):
    fact = make_delivery(focus, today - 3 * DAY)
    run(pudong, today, now)
    change(fact, now, delivered_on=today - DAY)
    assert run(pudong, today, now) == {"delivery_3dc": {"updated": 1}}
    item = the_item()
    assert (item.anchor_on, item.opens_on, item.due_on, item.expires_on) == (
        today - DAY,
        today,
        today + 2 * DAY,
        today + 9 * DAY,
    )
    assert CallCard.objects.get().due_on == today + 2 * DAY
    assert run(pudong, today, now) == {}


def test_a_day_corrected_into_the_future_lets_the_item_wait(pudong, focus, today, now):
    fact = make_delivery(focus, today - DAY)
    run(pudong, today, now)
    change(fact, now, delivered_on=today + 4 * DAY)
    run(pudong, today, now)
    assert (the_item().state, the_item().callable_at) == ("open", at(pudong, today + 5 * DAY, 9))
    assert CallCard.objects.get().callable_at == at(pudong, today + 5 * DAY, 9)


def test_a_day_corrected_into_the_past_closes_the_item_as_moved_and_back_again_opens_it(pudong, focus, today, now):
    fact = make_delivery(focus, today - DAY)
    run(pudong, today, now)
    change(fact, now, delivered_on=today - 11 * DAY)
    assert run(pudong, today, now)["delivery_3dc"] == {"closed": 1}
    assert (the_item().state, the_item().reason) == ("obsolete", "fact_moved")
    assert run(pudong, today, now) == {}
    change(fact, now, delivered_on=today - 10 * DAY)
    assert run(pudong, today, now)["delivery_3dc"] == {"updated": 1}
    assert (the_item().state, the_item().due_on) == ("open", today - 7 * DAY)


def test_a_call_that_expired_by_a_wrong_day_comes_back_with_the_right_one(pudong, focus, today, now):
    fact = make_delivery(focus, today - 31 * DAY)  # a month mistyped
    run(pudong, today, now)
    assert the_item().state == "expired"
    change(fact, now, sales_consultant="吴刚")
    assert run(pudong, today, now) == {}
    change(fact, now, delivered_on=today - 2 * DAY)
    assert run(pudong, today, now)["delivery_3dc"] == {"updated": 1}
    assert (the_item().state, the_item().due_on) == ("open", today + DAY)


def test_what_was_tried_keeps_its_dates_and_its_customer(pudong, focus, wang, today, now):
    fact = make_delivery(focus, today - 3 * DAY)
    run(pudong, today, now)
    DueItem.objects.update(attempts=1)
    change(fact, now, delivered_on=today - DAY, customer=make_customer(pudong, name="何静"))
    assert run(pudong, today, now) == {}
    assert (the_item().anchor_on, the_item().customer) == (today - 3 * DAY, wang)


def test_a_corrected_customer_takes_the_item_from_one_card_to_the_other(pudong, focus, wang, today, now):
    fact = make_delivery(focus, today - 2 * DAY)
    run(pudong, today, now)
    buyer = make_customer(pudong, name="何静", number="13711112222")
    change(fact, now, customer=buyer)
    assert run(pudong, today, now) == {"delivery_3dc": {"updated": 1}}
    cards = dict(CallCard.objects.values_list("customer__name", "is_open"))
    assert cards == {"王雅丽": False, "何静": True}


def test_a_tried_item_follows_its_fact_away_from_a_void_customer(pudong, focus, wang, today, now):
    fact = make_delivery(focus, today - 2 * DAY)
    run(pudong, today, now)
    DueItem.objects.update(attempts=2, bands_failed="ma", due_on=today)
    buyer = make_customer(pudong, name="何静", number="13711112222")
    change(fact, now, customer=buyer)
    change(wang, now, is_void=True)
    assert run(pudong, today, now) == {"delivery_3dc": {"updated": 1}}
    assert (the_item().customer, the_item().attempts, the_item().due_on) == (buyer, 2, today)


# --- Dials --------------------------------------------------------------------------------------------------------------


def test_a_changed_window_holds_for_new_items_and_leaves_open_deadlines_alone(pudong, focus, zhou, today, now):
    make_delivery(focus, today - 3 * DAY)
    run(pudong, today, now)
    dial = RuleDial.objects.get(rule="delivery_3dc", store=pudong)
    change_dial(dial, {"opens": 0, "due": 1, "expires": 5}, by=zhou, now=now)
    make_delivery(make_vehicle(focus.owner), today)
    assert run(pudong, today, now) == {"delivery_3dc": {"created": 1}}
    assert list(DueItem.objects.filter(rule="delivery_3dc").order_by("id").values_list("due_on", flat=True)) == [
        today,
        today + DAY,
    ]


def test_a_store_may_differ(pudong, xuhui, today, now):
    set_dial(xuhui, "delivery_3dc", opens=0, due=2, expires=4)
    for store in (pudong, xuhui):
        make_delivery(make_vehicle(make_customer(store, name="客户")), today)
    assert run(pudong, today, now) == {}
    assert run(xuhui, today, now) == {"delivery_3dc": {"created": 1}}


# --- Expiry, ladders, catch-up -------------------------------------------------------------------------------------------


def test_the_window_passes_on_the_day_after_its_last(pudong, focus, today, now):
    make_delivery(focus, today - 10 * DAY)
    assert run(pudong, today, now)["delivery_3dc"] == {"created": 1}
    assert run(pudong, today + DAY, now + DAY)["delivery_3dc"] == {"expired": 1}
    assert (the_item().state, the_item().reason, the_item().closed_at) == ("expired", "window_passed", now + DAY)


def test_a_later_step_takes_the_place_of_an_earlier_one(pudong, focus, today, now):
    make_delivery(focus, today)
    rules = (LADDER,)
    assert run(pudong, today - 10 * DAY, now, rules=rules) == {"test_ladder": {"created": 1}}
    assert run(pudong, today - DAY, now, rules=rules) == {}
    assert run(pudong, today, now, rules=rules) == {"test_ladder": {"created": 1, "superseded": 1}}
    earlier = DueItem.objects.get(round="a")
    assert (earlier.state, earlier.reason) == ("superseded", "later_step")
    assert CallCard.objects.get().items_open == 1
    # "b" has run out long before "c" opens: nothing takes its place.
    assert run(pudong, today + 13 * DAY, now, rules=rules) == {"test_ladder": {"expired": 1}}
    assert run(pudong, today + 20 * DAY, now, rules=rules) == {"test_ladder": {"created": 1}}
    assert ways("test_ladder") == {("a", "superseded"): 1, ("b", "expired"): 1, ("c", "open"): 1}


def test_a_worked_step_does_not_keep_the_next_one_from_opening(pudong, focus, li, today, now):
    make_delivery(focus, today)
    run(pudong, today - 10 * DAY, now, rules=(LADDER,))
    DueItem.objects.update(state="done", closed_by=li, closed_at=now)
    CallCard.objects.all().delete()
    assert run(pudong, today, now, rules=(LADDER,)) == {"test_ladder": {"created": 1}}
    assert ways("test_ladder") == {("a", "done"): 1, ("b", "open"): 1}


def test_a_step_switched_off_is_left_out_of_the_ladder(pudong, focus, today, now):
    set_dial(pudong, "test_ladder", "b", opens=0, due=2, expires=12, is_on=False)
    make_delivery(focus, today)
    run(pudong, today - 10 * DAY, now, rules=(LADDER,))
    assert run(pudong, today, now, rules=(LADDER,)) == {}
    assert ways("test_ladder") == {("a", "open"): 1}


def test_ten_days_off_end_where_ten_runs_would_have(pudong, xuhui, today, now):
    """The same life at two stores; one runs every day, the other is switched off for ten."""
    rules = (*RULES, LADDER)

    def live(store):
        for age in range(-40, 45):
            car = make_vehicle(make_customer(store, name=f"客户{age:+}"))
            make_delivery(car, today - age * DAY)
            make_order(car, today - age * DAY, order_no=f"RO{age:+}")

    def outcome(store):
        items = DueItem.objects.filter(store=store).order_by("rule", "anchor_on", "round")
        return list(
            items.values_list(
                "rule", "customer__name", "round", "anchor_on", "opens_on", "due_on", "expires_on", "state", "reason"
            )
        )

    totals = {}
    for store, offsets in ((pudong, range(11)), (xuhui, [0, 10])):
        live(store)
        totals[store.code] = Counter()
        for offset in offsets:
            for counts in run(store, today + offset * DAY, now + offset * DAY, rules=rules).values():
                totals[store.code].update(counts)
    assert outcome(pudong) == outcome(xuhui)
    assert totals["PD"] == totals["XH"]
    assert {"open", "expired", "superseded"} == {state for *_rest, state, _reason in outcome(pudong)}
    cards = [
        list(
            CallCard.objects.filter(store=store)
            .order_by("customer__name")
            .values_list("customer__name", "rank", "rules")
        )
        for store in (pudong, xuhui)
    ]
    assert [each for each in cards[0] if each[2]] == [each for each in cards[1] if each[2]]


# --- Planned calls ---------------------------------------------------------------------------------------------------------


FIELDS = ["rule", "round", "customer", "vehicle", "opens_on", "due_on", "expires_on", "callable_at", "due_at"]
FIELDS += ["pinned_to", "pinned_until", "state", "anchor_on"]


@pytest.mark.parametrize("kind", ["promise", "manual"])
def test_the_run_makes_the_same_item_as_planning_did(kind, pudong, focus, wang, li, today, now):
    if kind == "promise":
        plan_promise(wang, at=now + 3 * DAY, subject="报价", by=li, now=now, vehicle=focus, pinned_to=li)
    else:
        days = {"opens_on": today + DAY, "due_on": today + 2 * DAY, "expires_on": today + 9 * DAY}
        plan_manual(wang, **days, subject="补资料", by=li, now=now, vehicle=focus)
    planned_at_once = DueItem.objects.values(*FIELDS).get()
    assert run(pudong, today, now) == {}
    DueItem.objects.all().delete()
    GenerationRun.objects.all().delete()
    assert run(pudong, today, now) == {kind: {"created": 1}}
    assert DueItem.objects.values(*FIELDS).get() == planned_at_once


def test_a_promise_never_expires(pudong, wang, li, today, now):
    plan_promise(wang, at=now + DAY, subject="报价", by=li, now=now, pinned_to=li)
    assert run(pudong, today + 400 * DAY, now + 400 * DAY) == {}
    assert the_item("promise").state == "open"


def test_a_planned_call_that_was_moved_moves_its_item(pudong, wang, today, now):
    planned = make_planned(wang, due_on=today)
    run(pudong, today, now)
    change(planned, now, opens_on=today + 2 * DAY, due_on=today + 3 * DAY, expires_on=today + 5 * DAY)
    assert run(pudong, today, now) == {"manual": {"updated": 1}}
    item = the_item("manual")
    assert (item.due_on, item.expires_on, item.callable_at) == (
        today + 3 * DAY,
        today + 5 * DAY,
        at(pudong, today + 2 * DAY, 9),
    )


def test_a_planned_call_taken_back_and_restored_is_open_again(pudong, wang, li, today, now):
    planned = plan_promise(wang, at=now + DAY, subject="报价", by=li, now=now, pinned_to=li)
    change(planned, now, is_void=True)
    assert run(pudong, today, now) == {"promise": {"closed": 1}}
    change(planned, now, is_void=False)
    assert run(pudong, today, now) == {"promise": {"updated": 1}}
    assert CallCard.objects.get().pinned_to == li


def test_a_promise_outlives_the_record_of_the_car(pudong, focus, wang, li, today, now):
    plan_promise(wang, at=now + DAY, subject="报价", by=li, now=now, vehicle=focus, pinned_to=li)
    change(focus, now, is_void=True)
    assert run(pudong, today, now) == {}


def test_a_promise_whose_moment_has_come_rises_with_the_run(pudong, focus, wang, li, today, now):
    make_delivery(focus, today - DAY)
    run(pudong, today, now)
    plan_promise(wang, at=now + DAY, subject="报价", by=li, now=now, pinned_to=li)
    assert CallCard.objects.get().pinned_to is None
    run(pudong, today + DAY, now + DAY)
    assert CallCard.objects.get().pinned_to == li


# --- One run at a time --------------------------------------------------------------------------------------------------


def test_a_run_leaves_or_waits_while_another_is_under_way(pudong, today, now):
    ledger.begin(pudong, today - DAY, wait=0)
    with pytest.raises(RunBusy):
        generate_due(pudong, today=today, now=now, wait=0.2)


def test_a_killed_run_frees_its_place_and_can_do_nothing_more(pudong, focus, today, now):
    make_delivery(focus, today - DAY)
    killed = ledger.begin(pudong, today, wait=0)
    GenerationRun.objects.update(heartbeat_at=timezone.now() - 2 * ledger.STALE)
    assert run(pudong, today, now, wait=0) == {"delivery_3dc": {"created": 1}}
    with pytest.raises(RunLost):
        ledger.heartbeat(killed)


def test_a_run_that_fails_half_way_is_finished_by_the_next(pudong, focus, today, now):
    make_delivery(focus, today - 6 * DAY)
    broken = Rule(
        code="broken",
        label="broken",
        fact=Delivery,
        anchor="delivered_on",
        wanted=Q(no_such_column=1),
        steps=(Step("1", 1, 3, 10),),
    )
    with pytest.raises(FieldError):
        generate_due(pudong, today=today, now=now, rules=(BY_CODE["delivery_3dc"], broken, BY_CODE["delivery_7dc"]))
    assert check_cards(pudong, now=now) == []
    assert run(pudong, today, now, wait=0) == {"delivery_3dc": {"created": 1}, "delivery_7dc": {"created": 1}}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_double_nothing(pudong, today, now):
    for number in range(30):
        make_delivery(make_vehicle(make_customer(pudong, name=f"客户{number}")), today - DAY)
    make_delivery(make_vehicle(make_customer(pudong, name="从前")), pudong.live_on - 99 * DAY)
    start = threading.Barrier(3)
    counts, errors = [], []

    def once():
        try:
            start.wait(10)
            counts.append(generate_due(pudong, today=today, now=now))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=once) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(each["delivery_3dc"]["created"] for each in counts) == [0, 0, 30]
    assert sorted(each["delivery_3dc"]["let_go"] for each in counts) == [0, 0, 1]
    assert DueItem.objects.filter(rule="delivery_3dc", state="open").count() == 30
    assert GenerationRun.objects.get().runs == 3
    assert check_cards(pudong, now=now) == []


@pytest.mark.django_db(transaction=True)
def test_runs_and_desks_at_once_leave_cards_that_equal_their_items(pudong, li, today, now):
    """Promises are given while runs go over the same customers."""
    people = [make_customer(pudong, name=f"客户{number}") for number in range(12)]
    for person in people:
        make_delivery(make_vehicle(person), today - DAY)
    errors = []

    def plan():
        try:
            for person in people:
                plan_promise(person, at=now + DAY, subject="报价", by=li, now=now, pinned_to=li)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    def generate():
        try:
            for _each in range(3):
                Delivery.objects.update(delivered_on=today - 2 * DAY)
                generate_due(pudong, today=today, now=now)
                Delivery.objects.update(delivered_on=today - DAY)
                generate_due(pudong, today=today, now=now)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for work in (plan, generate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert Counter(DueItem.objects.values_list("rule", "state")) == {
        ("delivery_3dc", "open"): 12,
        ("promise", "open"): 12,
    }
    assert check_cards(pudong, now=now) == []
