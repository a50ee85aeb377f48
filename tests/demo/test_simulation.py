"""A month that is lived must balance; and an auditor who finds nothing must be able to find something: each law is broken once."""

import copy
import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from customers.models import Contact, Customer, DoNotContact, Phone, Vehicle
from demo.simulation import auditor
from demo.simulation.auditor import LAWS, audit
from demo.simulation.cuts import power_cut, time_passes
from demo.simulation.evening import Offer
from demo.simulation.month import Month
from demo.simulation.reckoning import Facts, engine_rules
from followups.models import (
    Call,
    CallCard,
    CallOutcome,
    DeskDial,
    DueItem,
    GenerationRun,
    Outcome,
    PlannedCall,
    RuleDial,
)
from followups.services.cards import check_cards, recompute_cards
from followups.services.generation import generate_due
from tests.factories.customers import make_customer, make_delivery, make_vehicle

pytestmark = pytest.mark.django_db
BEFORE_THE_HOLIDAY = dt.date(2026, 2, 9)
FACT_RULES = ("delivery_3dc", "delivery_7dc", "service_3dc")


def live(seed, **how):
    return Month(
        seed=seed, **{"days": 4, "vehicles": 40, "specialists": 2, "first_day": BEFORE_THE_HOLIDAY} | how
    ).live()


@pytest.mark.parametrize("seed", [1, 2])
def test_days_that_are_lived_balance_also_where_the_machine_was_off(seed):
    month = live(seed, days=9, off_after=2)
    off = [line for line in month.ledger if not line.is_on]
    assert len(off) >= 4 and all(line.created == line.called == 0 for line in off)
    assert month.result()["differences"] == []
    assert month.tally["called"] > 5 and DueItem.objects.filter(state="done").exists()


def test_the_same_seed_gives_the_same_days():
    ledgers = []
    for _ in range(2):
        with transaction.atomic():
            ledgers.append(live(3, days=2).result()["ledger"])
            transaction.set_rollback(True)
    assert ledgers[0] == ledgers[1] and any(line["called"] for line in ledgers[0])


# --- Power cuts --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_run_that_dies_is_ended_by_the_next_one(pudong, today, now, after):
    generate_due(pudong, today=today, now=now)
    cars = [make_vehicle(make_customer(pudong, name=f"客户{number}")) for number in range(30)]
    for number, car in enumerate(cars):
        make_delivery(car, today - dt.timedelta(days=1 + number % 9))
    later = now + dt.timedelta(hours=1)

    def items():
        rows = DueItem.objects.order_by("rule", "fact_id").values_list("rule", "fact_id", "round", "state", "opens_on")
        return list(rows)

    with power_cut(after):
        generate_due(pudong, today=today, now=later)
    left = items()
    assert GenerationRun.objects.filter(token__isnull=False).exists()  # nobody wrote down that it died
    assert check_cards(pudong, now=later) == []
    assert time_passes(pudong)
    generate_due(pudong, today=today, now=later + dt.timedelta(minutes=1))
    assert set(left) <= set(items())
    assert (len(items()) > len(left)) == (after < 3)  # the third would only have written down that it ended
    assert len({(rule, fact) for rule, fact, *_rest in items() if rule == "delivery_3dc"}) == 30
    assert check_cards(pudong, now=later) == []
    assert not time_passes(pudong)


# --- The auditor ---------------------------------------------------------------------------------------------------------
def one(queryset):
    return queryset.order_by("pk").first() or pytest.fail(f"the days have no such row: {queryset.query}")


def change(row, **values):
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def reopened(month):
    """An item that is open by its window again, card and all."""
    today = month.ledger[-1].day
    items = DueItem.objects.filter(
        rule__in=FACT_RULES, expires_on__gte=today, vehicle__gone_on=None, customer__do_not_call=False
    )
    item = one(items.exclude(state="open"))
    CallOutcome.objects.filter(item=item).delete()
    change(item, state="open", reason="", closed_at=None, closed_by=None, attempts=0)
    recompute_cards([item.customer_id], store=month.store, now=month.evening)
    return item


def a_deleted_item(month):
    item = one(DueItem.objects.filter(state="done"))
    CallOutcome.objects.filter(item=item).delete()
    item.delete()


def an_end_without_a_moment(month):
    change(one(DueItem.objects.filter(state="done")), closed_at=None)


def a_reason_that_does_not_fit(month):
    change(one(DueItem.objects.filter(state="done")), reason="rule_off")


def a_second_call_about_the_same(month):
    row = one(CallOutcome.objects.filter(outcome__effect="done", call__undone_at=None))
    call = row.call
    call.pk = None
    call.save(force_insert=True)
    CallOutcome.objects.create(call=call, item=row.item, outcome=row.outcome)


def a_window_that_nobody_opened(month):
    for number, item in enumerate(DueItem.objects.exclude(rule__in=("promise", "manual")), 100):
        change(item, round=str(number))


def an_item_without_a_fact(month):
    item = one(DueItem.objects.filter(rule__in=FACT_RULES))
    month.books.items.pop(item.pk)
    change(item, fact_id=999_999)


def an_open_item_whose_fact_was_taken_back(month):
    item = reopened(month)
    fact = next(rule.fact for rule in engine_rules() if rule.code == item.rule)
    fact.objects.filter(pk=item.fact_id).update(is_void=True)


def a_call_about_a_car_that_is_gone(month):
    Vehicle.objects.filter(pk=reopened(month).vehicle_id).update(gone_on=BEFORE_THE_HOLIDAY)


def a_call_to_a_customer_who_refuses(month):
    change(reopened(month).customer, do_not_call=True)


def an_open_item_after_its_time(month):
    change(reopened(month), expires_on=BEFORE_THE_HOLIDAY)


def a_second_attempt_on_one_day(month):
    change(one(DueItem.objects.filter(attempts=1)), attempts=2)


def an_unreachable_customer_who_was_tried_once(month):
    change(one(DueItem.objects.filter(attempts=1, state="done")), state="unreachable", reason="three_failures")


def a_promise_without_a_call(month):
    customer = one(CallCard.objects.filter(store=month.store)).customer
    days = {"opens_on": BEFORE_THE_HOLIDAY, "due_on": BEFORE_THE_HOLIDAY}
    PlannedCall.objects.create(store=month.store, kind="promise", customer=customer, **days)


def a_promise_that_vanished(month):
    month.books.promises.add(999_999)


def a_card_that_lies(month):
    change(one(CallCard.objects.filter(is_open=False)), is_open=True, items_open=1)


def half_a_lease(month):
    change(one(CallCard.objects.filter(lease_by=None)), lease_until=month.evening)


def a_call_at_night(month):
    row = one(CallOutcome.objects.filter(call__undone_at=None))
    month.books.by_hand.clear()
    change(row.call, at=month.evening - dt.timedelta(minutes=10))


def a_customer_who_is_rung_up_every_hour(month):
    row = one(CallOutcome.objects.filter(call__undone_at=None).exclude(item__rule="promise"))
    at = month.evening.replace(hour=15)
    CallOutcome.objects.filter(call=row.call).exclude(pk=row.pk).delete()
    change(row.call, at=at)
    how = {"store": month.store, "customer_id": row.call.customer_id, "channel": "phone_out", "connected": True}
    for hours in (1, 2):
        Contact.objects.create(at=at - dt.timedelta(hours=hours), **how)


def a_relative_who_is_rung_up_every_hour(month):
    """Her number is on another card too; what was said there counts for her."""
    row = one(CallOutcome.objects.filter(call__undone_at=None).exclude(item__rule="promise"))
    at = month.evening.replace(hour=15)
    CallOutcome.objects.filter(call=row.call).exclude(pk=row.pk).delete()
    change(row.call, at=at)
    Contact.objects.filter(customer=row.call.customer).delete()
    other = one(Customer.objects.filter(store=month.store).exclude(pk=row.call.customer_id))
    for customer in (other, row.call.customer):
        Phone.objects.create(store=month.store, customer=customer, number="13800009999")
    for hours in (1, 2):
        moment = at - dt.timedelta(hours=hours)
        Contact.objects.create(store=month.store, customer=other, channel="sms", at=moment)


def a_greeting_for_another_day(month):
    change(one(DueItem.objects.filter(rule="festival")), expires_on=BEFORE_THE_HOLIDAY, anchor_on=BEFORE_THE_HOLIDAY)


def offered(month, card, by, clock, callable_at):
    day = month.ledger[-1].day
    at, since = (
        dt.datetime.combine(day, dt.time.fromisoformat(each), tzinfo=month.store.zone) for each in (clock, callable_at)
    )
    month.books.offers.append(Offer(card.pk, card.customer_id, by.pk, at, since))


def a_card_given_out_at_night(month):
    card = one(CallCard.objects.exclude(customer__in=PlannedCall.objects.values("customer")))
    offered(month, card, month.staff.specialists[0], "22:30", "09:00")


def spoken_with(month, clock):
    """A call of the first specialist in which somebody spoke, at that time of the last day."""
    row = one(CallOutcome.objects.filter(call__undone_at=None, call__level="reached").exclude(item__rule="promise"))
    CallOutcome.objects.filter(call=row.call).exclude(pk=row.pk).delete()
    PlannedCall.objects.filter(customer=row.call.customer).delete()
    DueItem.objects.filter(customer=row.call.customer, rule="promise").update(rule="manual")
    Contact.objects.filter(customer=row.call.customer).delete()
    at = dt.datetime.combine(month.ledger[-1].day, dt.time.fromisoformat(clock), tzinfo=month.store.zone)
    change(row.call, at=at, by=month.staff.specialists[0])
    return row.call


def a_card_that_did_not_wait_for_who_spoke_last(month):
    call = spoken_with(month, "15:00")
    told = {"store": month.store, "customer": call.customer, "channel": "phone_out", "connected": True}
    Contact.objects.create(at=call.at, by=call.by, **told)
    offered(month, call.card, month.staff.specialists[1], "15:30", "15:10")


def one_caller_too_many(month):
    call = spoken_with(month, "15:00")
    DeskDial.objects.filter(store=month.store).update(max_callers=1)
    other = month.staff.specialists[1]
    yesterday = call.at - dt.timedelta(days=1)
    told = {"store": month.store, "customer": call.customer, "channel": "phone_out", "connected": True}
    Contact.objects.create(at=yesterday, by=other, **told)
    change(one(Call.objects.exclude(pk=call.pk)), at=yesterday, by=other)


def an_hour_that_nobody_keeps(month):
    item = reopened(month)
    day = month.ledger[-1].day
    at = dt.datetime.combine(day, dt.time(9), tzinfo=month.store.zone)
    DueItem.objects.filter(customer=item.customer, state="open").update(callable_at=at, due_on=day, due_at=None)
    CallCard.objects.filter(customer=item.customer).update(rested_until=None, skipped_until=None, callable_at=at)
    change(item.customer, preferred_hour=17)


def a_refusal_that_was_forgotten(month):
    row = one(CallOutcome.objects.filter(call__undone_at=None, call__level="reached"))
    DoNotContact.objects.filter(customer=row.call.customer).delete()
    change(row, outcome=Outcome.objects.get(store=month.store, code="no_more_calls"))


def a_mark_that_fell_off(month):
    wish = {"store": month.store, "channel": "phone_out", "reason": "别再打了", "source": "call"}
    DoNotContact.objects.create(customer=one(Customer.objects.filter(store=month.store, do_not_call=False)), **wish)


def a_customer_whom_nobody_reaches_and_nobody_misses(month):
    item = one(DueItem.objects.filter(state="unreachable"))
    Contact.objects.filter(customer=item.customer).delete()
    change(item.customer, unreachable_on=None, unreachable_round=0)


def a_lost_customer_without_a_message(month):
    item = one(DueItem.objects.filter(rule="lost_contact", customer__unreachable_on__isnull=False))
    change(item, round="999.message")


def a_flood(month):
    RuleDial.objects.filter(store=month.store, rule__in=("churn_12", "thin_ice")).update(daily=1)
    DueItem.objects.filter(rule__in=("churn_12", "thin_ice")).update(created_at=month.evening)


def an_old_window_that_was_opened(month):
    gone = month.store.live_on - dt.timedelta(days=1)
    change(one(DueItem.objects.filter(rule__in=FACT_RULES)), expires_on=gone, state="expired", reason="window_passed")


BROKEN = {
    a_deleted_item: "nothing_is_deleted",
    an_end_without_a_moment: "every_item_is_live_or_has_one_end",
    a_reason_that_does_not_fit: "every_item_is_live_or_has_one_end",
    a_second_call_about_the_same: "nobody_is_rung_twice_about_the_same",
    a_window_that_nobody_opened: "every_window_has_its_item",
    an_item_without_a_fact: "every_item_has_its_fact",
    an_open_item_whose_fact_was_taken_back: "every_item_has_its_fact",
    a_call_about_a_car_that_is_gone: "nothing_is_open_that_nobody_may_call",
    a_call_to_a_customer_who_refuses: "nothing_is_open_that_nobody_may_call",
    an_open_item_after_its_time: "nothing_is_open_after_its_time",
    a_second_attempt_on_one_day: "attempts_are_counted",
    an_unreachable_customer_who_was_tried_once: "attempts_are_counted",
    a_promise_without_a_call: "no_promise_is_lost",
    a_promise_that_vanished: "no_promise_is_lost",
    a_card_that_lies: "cards_say_what_items_say",
    half_a_lease: "leases_are_whole",
    a_call_at_night: "calls_keep_their_hours",
    a_customer_who_is_rung_up_every_hour: "nobody_is_contacted_too_often",
    a_relative_who_is_rung_up_every_hour: "nobody_is_contacted_too_often",
    a_greeting_for_another_day: "greetings_stand_on_their_day",
    a_card_given_out_at_night: "quiet_hours_are_kept",
    a_card_that_did_not_wait_for_who_spoke_last: "who_spoke_last_comes_first",
    one_caller_too_many: "few_people_call_a_customer",
    an_hour_that_nobody_keeps: "her_hour_is_kept",
    a_refusal_that_was_forgotten: "a_refusal_is_written_down",
    a_mark_that_fell_off: "a_refusal_is_written_down",
    a_customer_whom_nobody_reaches_and_nobody_misses: "who_is_given_up_is_lost_contact",
    a_lost_customer_without_a_message: "who_is_given_up_is_lost_contact",
    a_flood: "going_live_floods_nobody",
    an_old_window_that_was_opened: "going_live_floods_nobody",
}


def test_each_law_finds_what_breaks_it():
    month = live(6)
    month.evening = dt.datetime.combine(month.ledger[-1].day, dt.time(21, 0), tzinfo=month.store.zone)
    assert month.result()["differences"] == []
    store, books, blind = month.store, month.books, []
    for tamper, law in BROKEN.items():
        month.books = copy.deepcopy(books)
        month.books.store = store
        with transaction.atomic():
            tamper(month)
            if law not in {each.law for each in audit(month.books, now=month.evening)}:
                blind.append(tamper.__name__)
            transaction.set_rollback(True)
    assert blind == []
    assert audit(books, now=month.evening) == []
    assert {law.__name__ for law in LAWS} == {*BROKEN.values(), "nothing_is_there_twice"}


def test_an_item_that_is_there_twice_would_be_found():
    """The database refuses it; the auditor looks at the rows all the same."""
    item = SimpleNamespace(rule="service_3dc", fact_id=1, round="1", state="open")
    assert len(list(auditor.nothing_is_there_twice(SimpleNamespace(items=[item, item], live=[item, item])))) == 2


def test_a_store_without_facts_has_no_windows(pudong, today):
    facts = Facts(pudong, today)
    assert all(not list(facts.windows(rule)) for rule in engine_rules())


def test_a_production_server_is_left_alone(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("simulate_month")
