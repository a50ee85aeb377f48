"""The shapes a rule may have beside "so many days after": cycles, turns, yearly days, messages, intake; wishes; what life overtook."""

import datetime as dt
import random
from collections import Counter

import pytest

from complaints.models import Cause, Complaint
from customers.models import CarePlan, Contact, Customer, Delivery, DoNotContact, Policy
from customers.services import bring_back, mark_gone
from followups.models import CallCard, DueItem, GenerationRun
from followups.rules import Rule, Step
from followups.services.cards import check_cards, recompute_cards
from followups.services.generation import generate_due
from tests.factories.customers import keep_typed_plans, make_customer, make_delivery, make_order, make_vehicle
from tests.factories.followups import set_dial

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SERVICE = Rule(
    code="t_service",
    label="by cycle",
    fact=CarePlan,
    anchor="service_on",
    cycle="service_round",
    overtaken="came",
    steps=(Step("1", -30, -14, 20), Step("2", 21, 25, 60)),
)
ONCE = Rule(
    code="t_once",
    label="by cycle, one step",
    fact=CarePlan,
    anchor="inspection_on",
    cycle="inspection_round",
    steps=(Step("1", -30, -10, 0, is_message=True),),
)
QUARTERLY = Rule(
    code="t_quarterly",
    label="each 90 days",
    fact=Delivery,
    anchor="delivered_on",
    every=90,
    times=3,
    steps=(Step("1", -5, 0, 20),),
)
RENEWAL = Rule(
    code="t_renewal",
    label="a ladder that comes back each year",
    fact=Policy,
    anchor="renewal_on",
    overtaken="renewed",
    every=365,
    times=2,
    first_turn=0,
    steps=(Step("60", -60, -55, -31), Step("30", -30, -25, 0)),
)
ANNIVERSARY = Rule(
    code="t_anniversary",
    label="each year",
    fact=Delivery,
    anchor="delivered_on",
    yearly="date",
    steps=(Step("1", 0, 0, 7),),
)
BIRTHDAY = Rule(
    code="t_birthday",
    label="birthdays",
    fact=Customer,
    anchor="birthday",
    customer=("id",),
    vehicle="",
    yearly="birthday",
    steps=(Step("1", 0, 0, 3),),
)
LOST = Rule(
    code="t_lost",
    label="the customer herself",
    fact=Customer,
    anchor="unreachable_on",
    customer=("id",),
    vehicle="",
    cycle="unreachable_round",
    overtaken="heard",
    steps=(Step("1", 7, 14, 60),),
)
CHURN = Rule(
    code="t_churn",
    label="so many a day",
    fact=CarePlan,
    anchor="churn_on",
    cycle="visit_round",
    overtaken="came",
    daily=2,
    worth="worth",
    steps=(Step("1", 0, 30, 60),),
)
DUTY = Rule(
    code="t_duty",
    label="a duty",
    fact=Delivery,
    anchor="delivered_on",
    is_duty=True,
    steps=(Step("1", 1, 3, 30),),
)
ALL = (SERVICE, ONCE, QUARTERLY, RENEWAL, ANNIVERSARY, BIRTHDAY, LOST, CHURN, DUTY)


@pytest.fixture
def run(pudong, today, now):
    """run(rule, …, days=0): the counts that are not nought, and the proof that cards equal items."""
    keep_typed_plans(pudong)

    def _run(*rules, days=0, **options):
        moment = now + days * DAY
        counts = generate_due(pudong, today=today + days * DAY, now=moment, rules=rules, **options)
        assert check_cards(pudong, now=moment) == []
        return {
            rule: {name: number for name, number in numbers.items() if number}
            for rule, numbers in counts.items()
            if any(numbers.values())
        }

    return _run


def change(record, now, **values):
    type(record).objects.filter(pk=record.pk).update(changed_at=now, **values)


def plan(vehicle, now, **values):
    """The car's care plan with these days, as services.care would have worked it out."""
    values = {"customer": vehicle.owner, "store": vehicle.store, "changed_at": now, **values}
    return CarePlan.objects.update_or_create(vehicle=vehicle, defaults=values)[0]


def rounds(rule):
    return list(
        DueItem.objects.filter(rule=rule.code).order_by("opens_on", "id").values_list("round", "state", "reason")
    )


def policy(vehicle, renewal_on, **fields):
    ends_on = fields.pop("ends_on", renewal_on)
    return Policy.objects.create(
        store=vehicle.store,
        vehicle=vehicle,
        customer=vehicle.owner,
        cover="commercial",
        starts_on=ends_on - 365 * DAY,
        ends_on=ends_on,
        renewal_on=renewal_on,
        **fields,
    )


# --- Cycles -----------------------------------------------------------------------------------------------------------
def test_each_turn_of_a_cycle_is_called_about_once(pudong, focus, run, today, now):
    plan(focus, now, service_on=today + 30 * DAY, service_round="7", last_visit_on=today - 150 * DAY)
    assert run(SERVICE) == {"t_service": {"created": 1}}
    item = DueItem.objects.get()
    assert (item.round, item.fact_id, item.vehicle, item.customer) == ("7.1", focus.pk, focus, focus.owner)
    assert (item.anchor_on, item.due_on) == (today + 30 * DAY, today + 16 * DAY)
    assert run(SERVICE) == {}
    assert run(SERVICE, days=51) == {"t_service": {"created": 1, "superseded": 1}}
    assert rounds(SERVICE) == [("7.1", "superseded", "later_step"), ("7.2", "open", "")]
    visit = make_order(focus, today + 52 * DAY, order_no="RO123")
    plan(
        focus, now + 52 * DAY, service_on=today + 230 * DAY, service_round=str(visit.pk), last_visit_on=today + 52 * DAY
    )
    DueItem.objects.filter(state="open").update(attempts=2)  # also what had been tried
    assert run(SERVICE, days=53) == {"t_service": {"closed": 1}}
    came = DueItem.objects.get(round="7.2")
    assert (came.state, came.reason) == ("obsolete", "came")
    assert came.reason_params == {"day": (today + 52 * DAY).isoformat(), "order": "RO123"}
    assert run(SERVICE, days=200) == {"t_service": {"created": 1}}


def test_a_visit_undone_and_imported_again_rings_once(pudong, focus, run, today, now):
    before = {"service_on": today + 10 * DAY, "service_round": "7", "last_visit_on": today - 170 * DAY}
    plan(focus, now, **before)
    run(SERVICE)
    visit = make_order(focus, today)
    after = {"service_on": today + 180 * DAY, "service_round": str(visit.pk), "last_visit_on": today}
    plan(focus, now, **after)
    assert run(SERVICE) == {"t_service": {"closed": 1}}
    assert run(SERVICE, days=150) == {"t_service": {"created": 1}}
    change(visit, now + 150 * DAY, is_void=True)
    plan(focus, now + 150 * DAY, **before)  # the second turn was no turn, and nobody came: that is no visit
    assert run(SERVICE, days=150)["t_service"]["closed"] == 1
    second = DueItem.objects.get(round=f"{visit.pk}.1")
    assert (second.state, second.reason, second.reason_params) == ("obsolete", "fact_changed", {})
    plan(focus, now + 151 * DAY, **after)
    assert run(SERVICE, days=151)["t_service"]["updated"] == 1
    assert Counter(round_ for round_, _state, _reason in rounds(SERVICE))[f"{visit.pk}.1"] == 1
    second.refresh_from_db()
    assert (second.state, second.reason) == ("open", "")


@pytest.mark.parametrize("state", ["open", "tried", "done", "expired"])
def test_a_visit_that_becomes_another_record_of_the_same_day_does_not_ring_twice(state, focus, li, run, today, now):
    plan(focus, now, service_on=today + 10 * DAY, service_round="7", last_visit_on=today - 170 * DAY)
    run(SERVICE)
    values = {
        "open": {},
        "tried": {"attempts": 1},
        "done": {"state": "done", "closed_by": li, "attempts": 1},
        "expired": {"state": "expired", "reason": "window_passed"},
    }[state]
    DueItem.objects.update(**values)
    recompute_cards([focus.owner_id], store=focus.store, now=now)
    plan(focus, now, service_round="8")
    run(SERVICE)
    item = DueItem.objects.get()
    assert item.state == values.get("state", "open")
    assert item.round == ("8.1" if item.state == "open" else "7.1")
    assert run(SERVICE) == {}


def test_a_corrected_day_of_a_visit_moves_its_item(focus, run, today, now):
    plan(focus, now, service_on=today + 10 * DAY, service_round="7", last_visit_on=today - 170 * DAY)
    run(SERVICE)
    plan(focus, now, service_on=today + 20 * DAY, last_visit_on=today - 160 * DAY)
    assert run(SERVICE) == {"t_service": {"updated": 1}}
    item = DueItem.objects.get()
    assert (item.round, item.anchor_on, item.due_on) == ("7.1", today + 20 * DAY, today + 6 * DAY)


def test_an_older_order_that_becomes_known_later_is_a_visit_too(focus, run, today, now):
    plan(focus, now, service_on=today + 5 * DAY, service_round="7", last_visit_on=today - 175 * DAY)
    run(SERVICE)
    visit = make_order(focus, today - 40 * DAY)
    plan(focus, now, service_on=today + 140 * DAY, service_round=str(visit.pk), last_visit_on=today - 40 * DAY)
    assert run(SERVICE) == {"t_service": {"closed": 1}}
    assert DueItem.objects.get().reason_params["day"] == (today - 40 * DAY).isoformat()


def test_an_anchor_that_is_gone_without_a_visit_is_no_visit(focus, run, today, now):
    plan(focus, now, service_on=today, service_round="0")
    run(SERVICE)
    plan(focus, now, service_on=None)
    assert run(SERVICE) == {"t_service": {"closed": 1}}
    assert rounds(SERVICE) == [("0.1", "obsolete", "fact_changed")]


# --- Messages ---------------------------------------------------------------------------------------------------------
def test_messages_are_born_to_be_sent_and_no_card_shows_them(focus, wang, run, today, now):
    plan(focus, now, inspection_on=today + 20 * DAY, inspection_round="2026")
    assert run(ONCE) == {"t_once": {"created": 1}}
    assert rounds(ONCE) == [("2026", "to_send", "")]
    assert not CallCard.objects.open().exists()
    assert run(ONCE, days=1) == {}
    plan(focus, now + DAY, inspection_on=today + 25 * DAY)
    assert run(ONCE, days=1) == {"t_once": {"updated": 1}}
    assert run(ONCE, days=26) == {"t_once": {"expired": 1}}


def test_messages_listen_to_wishes_about_messages(focus, wang, run, today, now):
    plan(focus, now, inspection_on=today + 20 * DAY, inspection_round="2026")
    run(ONCE)
    wish = DoNotContact.objects.create(
        store=focus.store, customer=wang, channel="phone_out", source="form", changed_at=now
    )
    assert run(ONCE) == {}
    change(wish, now, channel="sms")
    assert run(ONCE) == {"t_once": {"closed": 1}}
    assert rounds(ONCE) == [("2026", "declined", "other_topic")]
    change(wish, now, is_void=True)
    assert run(ONCE) == {"t_once": {"updated": 1}}
    assert rounds(ONCE) == [("2026", "to_send", "")]


# --- Turns ------------------------------------------------------------------------------------------------------------
def test_steps_come_again_each_so_many_days_and_so_many_times(focus, run, today, now):
    make_delivery(focus, today)
    for days, made in ((84, 0), (85, 1), (174, 1), (175, 2), (265, 3), (355, 3), (800, 3)):
        run(QUARTERLY, days=days)
        assert DueItem.objects.count() == made, days
    assert [round_ for round_, *_rest in rounds(QUARTERLY)] == ["1", "2", "3"]
    due = list(DueItem.objects.order_by("due_on").values_list("due_on", flat=True))
    assert due == [today + 90 * DAY, today + 180 * DAY, today + 270 * DAY]


def test_a_ladder_of_turns_ends_with_the_renewal(focus, run, today, now):
    old = policy(focus, today + 60 * DAY)
    assert run(RENEWAL) == {"t_renewal": {"created": 1}}
    assert run(RENEWAL, days=30) == {"t_renewal": {"created": 1, "superseded": 1}}
    assert rounds(RENEWAL) == [("0.60", "superseded", "later_step"), ("0.30", "open", "")]
    policy(focus, None, ends_on=today + 425 * DAY, sold_on=today + 40 * DAY)
    change(old, now + 41 * DAY, renewal_on=None)
    assert run(RENEWAL, days=41) == {"t_renewal": {"closed": 1}}
    item = DueItem.objects.get(round="0.30")
    assert (item.reason, item.reason_params) == ("renewed", {"day": (today + 40 * DAY).isoformat()})


def test_a_policy_that_was_not_renewed_comes_back_a_year_later(focus, run, today, now):
    policy(focus, today + 30 * DAY)
    run(RENEWAL)
    assert run(RENEWAL, days=31) == {"t_renewal": {"expired": 1}}
    assert run(RENEWAL, days=335) == {"t_renewal": {"created": 1}}
    assert rounds(RENEWAL)[1:] == [("0.30", "expired", "window_passed"), ("1.60", "open", "")]


# --- Yearly -----------------------------------------------------------------------------------------------------------
def test_a_day_comes_back_each_year_from_the_next_one_on(focus, run, today, now):
    make_delivery(focus, today - 365 * DAY)
    make_delivery(make_vehicle(focus.owner), today)
    assert run(ANNIVERSARY) == {"t_anniversary": {"created": 1}}
    item = DueItem.objects.get()
    assert (item.round, item.anchor_on, item.opens_on, item.expires_on) == ("2026", today, today, today + 7 * DAY)
    assert run(ANNIVERSARY, days=365)["t_anniversary"]["created"] == 2
    assert run(ANNIVERSARY, days=365) == {}


def test_29_february_is_remembered_on_the_28th(focus, run, today, now):
    make_delivery(focus, dt.date(2024, 2, 29))
    day = dt.date(2027, 2, 28)
    run(ANNIVERSARY)  # that of 2026 has passed
    assert run(ANNIVERSARY, days=(day - today).days - 1) == {}
    assert run(ANNIVERSARY, days=(day - today).days) == {"t_anniversary": {"created": 1}}


def test_a_corrected_day_moves_the_anniversary_or_takes_it_back(focus, run, today, now):
    fact = make_delivery(focus, today - 365 * DAY)
    run(ANNIVERSARY)
    change(fact, now, delivered_on=today - 367 * DAY)
    assert run(ANNIVERSARY) == {"t_anniversary": {"updated": 1}}
    assert DueItem.objects.get().anchor_on == today - 2 * DAY
    change(fact, now, delivered_on=today - 300 * DAY)
    assert run(ANNIVERSARY) == {"t_anniversary": {"closed": 1}}
    assert DueItem.objects.get().reason == "fact_moved"
    change(fact, now, delivered_on=today - 365 * DAY)
    assert run(ANNIVERSARY) == {"t_anniversary": {"updated": 1}}


@pytest.mark.parametrize(
    ("number", "is_lunar", "day"),
    [(320, False, dt.date(2026, 3, 20)), (203, True, dt.date(2026, 3, 21)), (229, False, dt.date(2027, 2, 28))],
)
def test_birthdays_of_both_calendars(number, is_lunar, day, pudong, run, today, now):
    customer = make_customer(pudong, name="何静", birthday=number, birthday_is_lunar=is_lunar)
    Customer.objects.update(changed_at=now - 30 * DAY)
    days = (day - today).days
    run(BIRTHDAY)
    DueItem.objects.all().delete()
    assert run(BIRTHDAY, days=days - 1) == {}
    assert run(BIRTHDAY, days=days) == {"t_birthday": {"created": 1}}
    item = DueItem.objects.get()
    assert (item.round, item.anchor_on, item.customer, item.vehicle) == (str(day.year), day, customer, None)
    assert run(BIRTHDAY, days=days) == {}


def test_a_birthday_told_while_its_window_is_open_is_called_about(wang, run, today, now):
    run(BIRTHDAY)
    change(wang, now, birthday=(today - DAY).month * 100 + (today - DAY).day)
    assert run(BIRTHDAY) == {"t_birthday": {"created": 1}}
    change(wang, now, birthday=None)
    assert run(BIRTHDAY) == {"t_birthday": {"closed": 1}}


# --- Customers as facts -------------------------------------------------------------------------------------------------
def test_a_customer_who_was_heard_of_again_is_no_longer_lost(wang, run, today, now):
    change(wang, now, unreachable_on=today - 7 * DAY, unreachable_round=1)
    assert run(LOST) == {"t_lost": {"created": 1}}
    Contact.objects.create(store=wang.store, customer=wang, at=now, channel="phone_in", connected=True, changed_at=now)
    change(wang, now, unreachable_on=None)
    assert run(LOST) == {"t_lost": {"closed": 1}}
    item = DueItem.objects.get()
    assert (item.reason, item.reason_params) == ("heard", {"day": today.isoformat()})
    change(wang, now + 40 * DAY, unreachable_on=today + 30 * DAY, unreachable_round=2)
    assert run(LOST, days=40) == {"t_lost": {"created": 1}}
    assert [round_ for round_, *_rest in rounds(LOST)] == ["1", "2"]


# --- Wishes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("about", ["topic", "car", "another topic", "another car", "run out", "lifted"])
def test_a_wish_holds_for_its_topic_its_car_and_its_time(about, pudong, focus, wang, run, today, now):
    wish = {
        "topic": {"topic": "t_quarterly"},
        "car": {"vehicle": focus},
        "another topic": {"topic": "t_service"},
        "another car": {"vehicle": make_vehicle(wang)},
        "run out": {"topic": "t_quarterly", "expires_on": today - DAY},
        "lifted": {"topic": "t_quarterly", "is_void": True},
    }[about]
    holds = about in ("topic", "car")
    make_delivery(focus, today - 85 * DAY)
    other = make_vehicle(wang)
    DoNotContact.objects.create(store=pudong, customer=wang, source="form", changed_at=now, **wish)
    assert run(QUARTERLY) == {"t_quarterly": {"created": 1, **({"closed": 1} if holds else {})}}
    assert rounds(QUARTERLY) == [("1", "declined", "other_topic") if holds else ("1", "open", "")]
    make_delivery(other, today - 85 * DAY)
    run(QUARTERLY)
    assert DueItem.objects.get(vehicle=other).state == ("declined" if about == "topic" else "open")


def test_a_wish_closes_open_items_and_frees_them_when_it_has_run_out(pudong, focus, wang, run, today, now):
    make_delivery(focus, today - 85 * DAY)
    run(QUARTERLY)
    DoNotContact.objects.create(
        store=pudong, customer=wang, topic="t_quarterly", expires_on=today + 3 * DAY, source="form", changed_at=now
    )
    assert run(QUARTERLY) == {"t_quarterly": {"closed": 1}}
    assert run(QUARTERLY, days=3) == {}
    assert run(QUARTERLY, days=4) == {"t_quarterly": {"updated": 1}}


def test_no_wish_holds_back_a_duty(pudong, focus, wang, run, today, now):
    make_delivery(focus, today - DAY)
    DoNotContact.objects.create(store=pudong, customer=wang, topic="", source="form", changed_at=now)
    change(wang, now, do_not_call=True)
    assert run(DUTY) == {"t_duty": {"created": 1}}
    assert run(DUTY, full=True) == {}
    assert DueItem.objects.get().state == "open"


# --- Life -------------------------------------------------------------------------------------------------------------
def test_a_customer_who_rang_us_about_it_is_not_called(pudong, focus, wang, run, today, now):
    make_delivery(focus, today - DAY)
    other = make_vehicle(wang)
    make_delivery(other, today - DAY)
    run(DUTY)
    call = {"store": pudong, "customer": wang, "channel": "phone_in", "connected": True, "changed_at": now}
    Contact.objects.create(at=now - 9 * DAY, topics=["t_duty"], **call)  # long before it opened
    Contact.objects.create(at=now, topics=["t_quarterly"], **call)
    assert run(DUTY) == {}
    Contact.objects.create(at=now, topics=["t_duty"], vehicle=focus, **call)
    assert run(DUTY) == {"t_duty": {"closed": 1}}
    item = DueItem.objects.get(vehicle=focus)
    assert (item.state, item.reason, item.reason_params) == ("obsolete", "rang_us", {"day": today.isoformat()})
    assert run(DUTY) == {}


def test_a_car_that_is_gone_takes_its_items_along_and_brings_them_back(focus, run, today, now):
    make_delivery(focus, today - DAY)
    run(DUTY)
    change(focus, now, gone_on=today, gone_why="sold")
    assert run(DUTY) == {"t_duty": {"closed": 1}}
    item = DueItem.objects.get()
    assert (item.reason, item.reason_params) == ("car_gone", {"day": today.isoformat()})
    change(focus, now, gone_on=None, gone_why="")
    assert run(DUTY) == {"t_duty": {"updated": 1}}


def test_what_opened_while_a_car_was_gone_is_made_when_it_is_back(focus, run, zhou, today, now):
    delivery = make_delivery(focus, today - 40 * DAY)
    mark_gone(focus, "sold", on=today, by=zhou, source="form", now=now)
    change(delivery, now - 60 * DAY)
    assert run(QUARTERLY) == {}
    assert run(QUARTERLY, days=46) == {}  # day 86 of the car: the window is open
    bring_back(focus, by=zhou, source="form", now=now + 46 * DAY)
    assert run(QUARTERLY, days=47) == {"t_quarterly": {"created": 1}}
    assert rounds(QUARTERLY) == [("1", "open", "")]


def test_what_is_not_about_the_car_alone_outlives_it(focus, run, today, now):
    rule = Rule(
        code="t_case",
        label="complaints",
        fact=Complaint,
        anchor="solved_on",
        outlives_car=True,
        steps=(Step("1", 0, 3, 10),),
    )
    Complaint.objects.create(
        store=focus.store,
        customer=focus.owner,
        vehicle=focus,
        number="TS1",
        cause=Cause.objects.get(store=focus.store, code="other"),
        opened_at=now,
        solved_on=today,
        changed_at=now,
    )
    change(focus, now, gone_on=today, gone_why="sold")
    assert run(rule) == {"t_case": {"created": 1}}
    assert run(rule, full=True) == {}


# --- Intake -----------------------------------------------------------------------------------------------------------
def pool(store, number, now, **values):
    for place in range(number):
        car = make_vehicle(make_customer(store, name=f"客户{place}"))
        plan(car, now, visit_round="7", worth=place, **values)


def test_the_intake_takes_so_many_a_day_the_most_valuable_first(pudong, run, today, now):
    pool(pudong, 7, now, churn_on=today - 10 * DAY, last_visit_on=today - 375 * DAY)
    assert run(CHURN) == {"t_churn": {"created": 2}}
    assert run(CHURN) == {}
    worths = [CarePlan.objects.get(pk=pk).worth for pk in DueItem.objects.values_list("fact_id", flat=True)]
    assert sorted(worths) == [5, 6]
    assert run(CHURN, days=1) == {"t_churn": {"created": 2}}
    assert run(CHURN, days=4) == {"t_churn": {"created": 2}}  # nobody worked on the days between
    assert run(CHURN, days=5) == {"t_churn": {"created": 1}}
    assert run(CHURN, days=6) == {}
    assert set(DueItem.objects.values_list("state", flat=True)) == {"open"}


def test_the_intake_is_a_dial(pudong, run, today, now):
    set_dial(pudong, "t_churn", opens=0, due=30, expires=60, daily=3)
    pool(pudong, 5, now, churn_on=today)
    assert run(CHURN) == {"t_churn": {"created": 3}}
    set_dial(pudong, "t_churn", daily=None)
    assert run(CHURN) == {"t_churn": {"created": 2}}


def test_quiet_customers_take_no_place_in_the_intake(pudong, run, today, now):
    pool(pudong, 4, now, churn_on=today)
    Customer.objects.filter(name__in=["客户3", "客户2"]).update(do_not_call=True, changed_at=now)
    assert run(CHURN) == {"t_churn": {"created": 2}}
    assert set(DueItem.objects.values_list("customer__name", flat=True)) == {"客户1", "客户0"}


def test_windows_that_close_in_the_pool_are_counted_once(pudong, run, today, now):
    run(CHURN)
    pool(pudong, 5, now, churn_on=today - 60 * DAY)
    assert run(CHURN) == {"t_churn": {"created": 2}}
    assert run(CHURN, days=1) == {"t_churn": {"expired": 2, "let_go": 3}}
    assert run(CHURN, days=1) == {}
    assert run(CHURN, days=2) == {}


def test_going_live_on_ten_years_of_data_floods_nobody(pudong, today, now, run):
    type(pudong).objects.update(live_on=today)
    pudong.refresh_from_db()
    for age in range(0, 3650, 30):
        car = make_vehicle(make_customer(pudong, name=f"客户{age}", birthday=101))
        fact_day = today - age * DAY
        make_delivery(car, fact_day)
        days = ("service_on", "churn_on", "inspection_on", "warranty_ends_on", "thin_ice_on", "lost_on")
        plan(car, now, service_round="7", visit_round="7", inspection_round="1", **dict.fromkeys(days, fact_day))
        policy(car, fact_day)
    run(*ALL)
    assert not DueItem.objects.filter(expires_on__lt=today).exists()
    assert Counter(DueItem.objects.values_list("state", flat=True)).keys() <= {"open", "superseded", "to_send"}
    assert DueItem.objects.filter(rule="t_churn").count() == 2
    assert DueItem.objects.count() < 40
    made = DueItem.objects.count()
    run(*ALL, full=True)
    assert DueItem.objects.count() == made


def test_a_rule_that_is_new_at_a_store_that_has_long_been_live_brings_no_old_windows(pudong, run, today, now):
    for age in range(0, 400, 10):
        car = make_vehicle(make_customer(pudong, name=f"客户{age}"))
        make_delivery(car, today - age * DAY)
    run(DUTY)
    run(DUTY, QUARTERLY, days=1)
    assert not DueItem.objects.filter(rule="t_quarterly", state="expired").exists()
    assert DueItem.objects.filter(rule="t_quarterly").exists()


# --- Catch-up, twice, killed ------------------------------------------------------------------------------------------
def life(store, today, now, seed):
    """A store's facts, all known on the first day."""
    keep_typed_plans(store)
    chance = random.Random(seed)
    for number in range(40):
        owner = make_customer(
            store,
            name=f"客户{number:02}",
            birthday=chance.choice([None, 318, 320, 325]),
            do_not_call=chance.random() < 0.1,
        )
        car = make_vehicle(owner)
        day = today - chance.randint(-20, 400) * DAY
        make_delivery(car, day)
        policy(car, today + chance.randint(-400, 100) * DAY)
        near = [today + chance.randint(-80, 60) * DAY for _each in range(2)]
        plan(
            car,
            now,
            service_on=near[0],
            service_round=str(chance.randint(1, 9)),
            inspection_on=near[1],
            inspection_round="2026",
            worth=number,
        )
        if chance.random() < 0.2:
            topic = chance.choice(["", "t_service", "t_renewal"])
            DoNotContact.objects.create(
                store=store,
                customer=owner,
                topic=topic,
                vehicle=None if topic else car,
                source="form",
                expires_on=today + chance.randint(0, 14) * DAY if chance.random() < 0.5 else None,
                changed_at=now,
            )


def outcome(store, *rules):
    items = DueItem.objects.filter(store=store).order_by("rule", "customer__name", "round")
    names = ("rule", "customer__name", "round", "anchor_on", "opens_on", "due_on", "expires_on", "state", "reason")
    return list(items.values_list(*names))


@pytest.mark.parametrize("seed", range(3))
def test_ten_days_off_end_where_ten_runs_would_have_in_every_shape(seed, pudong, xuhui, today, now):
    rules = tuple(rule for rule in ALL if rule.daily is None)
    ends = {}
    for store, offsets in ((pudong, range(13)), (xuhui, [0, 12])):
        life(store, today, now, seed)
        for offset in offsets:
            generate_due(store, today=today + offset * DAY, now=now + offset * DAY, rules=rules)
            assert check_cards(store, now=now + offset * DAY) == []
        ends[store.code] = outcome(store)
        again = generate_due(store, today=today + 12 * DAY, now=now + 12 * DAY, rules=rules)
        full = generate_due(store, today=today + 12 * DAY, now=now + 12 * DAY, rules=rules, full=True)
        left = [
            (rule, name, number)
            for some in (again, full)
            for rule, counts in some.items()
            for name, number in counts.items()
        ]
        assert [each for each in left if each[2]] == []
    daily, once = ({row[:3]: row[3:] for row in ends[code]} for code in ("PD", "XH"))
    assert daily == once
    assert {"open", "expired", "superseded", "declined", "to_send"} <= {row[4] for row in daily.values()}


class Killed(Exception):
    pass


@pytest.mark.parametrize("lot", [1, 2, 3, 4])
def test_a_run_killed_anywhere_is_finished_by_the_next(lot, pudong, xuhui, today, now, monkeypatch):
    from followups.services.generation import inserting, state

    monkeypatch.setattr(inserting, "ENOUGH", 5)
    monkeypatch.setattr(state, "LOT", 5)
    for store in (pudong, xuhui):
        life(store, today, now, 1)
        generate_due(store, today=today, now=now, rules=ALL)
    later = {"today": today + 6 * DAY, "now": now + 6 * DAY, "rules": ALL}
    beats = []

    def heartbeat(row, real=state.heartbeat):
        beats.append(row)
        if len(beats) == lot:
            raise Killed
        real(row)

    with monkeypatch.context() as patched:
        patched.setattr(state, "heartbeat", heartbeat)
        patched.setattr(inserting, "heartbeat", heartbeat)
        with pytest.raises(Killed):
            generate_due(pudong, **later)
    assert check_cards(pudong, now=later["now"]) == []
    generate_due(pudong, **later)
    generate_due(xuhui, **later)
    assert outcome(pudong) == outcome(xuhui)
    assert (
        GenerationRun.objects.get(store=pudong, day=later["today"]).taken
        == GenerationRun.objects.get(store=xuhui, day=later["today"]).taken
    )
