"""One key each: what a situation does, what its undo puts back, and that a second click does nothing more."""

import datetime as dt

import pytest
from django.http import QueryDict

from customers.choices import Channel
from customers.models import Contact, Vehicle
from followups.choices import CloseReason, Effect
from followups.models import Call, CallCard, Draft, DueItem, Outcome, PlannedCall
from followups.reading.topics import prefix_of
from followups.rules import BY_CODE, RULES
from followups.services.cards import check_cards
from followups.services.claims import take_card, take_next
from followups.services.generation import generate_due
from followups.services.inbound import record_inbound
from followups.services.planned import plan_manual, plan_promise
from followups.services.situations import Also, CarMark, HandOver
from followups.services.undo import undo_visit
from followups.services.visits import Topic, save_visit
from followups.situations import ENTRIES, Scene, Told, What, evening_of, meet
from office.models import Notice
from tests.factories.customers import make_delivery, make_order, make_vehicle
from tests.factories.followups import make_card, make_item
from tests.followups.desk import again, dialled

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, "service_3dc", today=today, now=now)


@pytest.fixture
def second_car(wang):
    return make_vehicle(wang, plate="沪B12345")


def picture(customer):
    """Everything a situation may change."""
    return {
        "items": list(DueItem.objects.filter(customer=customer).exclude(rule="promise").order_by("pk").values()),
        "open": set(DueItem.objects.open().filter(customer=customer).values_list("pk", flat=True)),
        "cars": list(Vehicle.objects.filter(owner=customer).order_by("pk").values("gone_on", "gone_why", "use")),
        "customer": list(
            type(customer).objects.filter(pk=customer.pk).values("kind", "deceased_on", "do_not_call", "unreachable_on")
        ),
        "wishes": customer.wishes.filter(is_void=False).count(),
        "contacts": Contact.objects.alive().count(),
        "planned": PlannedCall.objects.alive().count(),
        "notices": Notice.objects.unresolved().count(),
    }


def save(customer, outcome, topics=(), *, by, now, also=None, typed=None, token=None, **fields):
    card = customer.card
    if token is None:
        card = take_card(card.pk, user=by, now=now)
    fields.setdefault("answered_by", "owner")
    return save_visit(
        card,
        token=token or card.lease_token,
        by=by,
        now=now,
        attempt=dialled(customer, outcome, **fields),
        topics=list(topics),
        typed=typed,
        also=also or Also(),
    )


def undo(call, before, now):
    undo_visit(call, by=call.by, now=now + MINUTE)
    assert picture(call.customer) == before
    assert check_cards(call.store, now=now + MINUTE) == []


# --- Cars ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("why", ["sold", "scrapped", "moved"])
def test_a_car_that_is_gone_closes_its_topics_and_no_other(li, wang, focus, item, second_car, today, now, why):
    other = make_item(wang, "delivery_7dc", vehicle=second_car, today=today, now=now)
    promise = plan_promise(wang, at=now + dt.timedelta(days=1), subject="", by=li, now=now, vehicle=focus)
    before = picture(wang)
    call = save(wang, "car_sold", by=li, now=now, also=Also((CarMark(focus.pk, why=why),)))
    assert (again(item).state, again(item).reason) == ("obsolete", CloseReason.CAR_GONE)
    assert again(other).state == "open"
    assert DueItem.objects.get(rule="promise", fact_id=promise.pk).state == "open"
    focus.refresh_from_db()
    assert (focus.gone_on, focus.gone_why) == (today, why)
    assert check_cards(wang.store, now=now) == []
    undo(call, before, now)


def test_a_car_without_a_topic_is_marked_too(li, wang, item, second_car, today, now):
    before = picture(wang)
    call = save(
        wang, "not_available", [Topic(item.pk, "not_available")], by=li, now=now,
        also=Also((CarMark(second_car.pk, why="sold"),)),
    )  # fmt: skip
    second_car.refresh_from_db()
    assert second_car.gone_why == "sold"
    assert again(item).state == "open"
    undo(call, before, now)


def test_somebody_elses_car_is_refused(li, wang, item, pudong, today, now):
    from django.core.exceptions import ValidationError

    strange = make_card(pudong, today=today, now=now).customer.vehicles.get()
    with pytest.raises(ValidationError) as refusal:
        save(wang, "car_sold", by=li, now=now, also=Also((CarMark(strange.pk, why="sold"),)))
    assert "mark" in refusal.value.message_dict
    strange.refresh_from_db()
    assert strange.gone_on is None


# --- Company, fleet, taxi -------------------------------------------------------------------------------------------------
def test_a_taxi_gets_no_reminders_and_its_survey_stays(li, wang, focus, item, today, now):
    reminder = make_item(wang, "quarterly_care", vehicle=focus, today=today, now=now)
    before = picture(wang)
    call = save(
        wang, "done", [Topic(item.pk, "not_available")], by=li, now=now, note="跑网约车",
        also=Also((CarMark(focus.pk, use="taxi"),)),
    )  # fmt: skip
    assert (again(reminder).state, again(reminder).reason) == ("obsolete", CloseReason.FLEET)
    assert again(item).state == "open"
    undo(call, before, now)


def test_no_rule_that_spares_taxis_asks_for_one_until_it_is_private_again(li, wang, focus, today, now):
    from customers.services import set_use

    make_delivery(focus, today - dt.timedelta(days=90))
    set_use(focus, "taxi", by=li, source="call", now=now)
    generate_due(wang.store, today=today, now=now)
    assert not DueItem.objects.filter(rule="quarterly_care").exists()
    set_use(focus, "", by=li, source="call", now=now)
    generate_due(wang.store, today=today, now=now, full=True)
    assert DueItem.objects.open().filter(rule="quarterly_care").exists()
    set_use(focus, "fleet", by=li, source="call", now=now)
    generate_due(wang.store, today=today, now=now, full=True)
    closed = DueItem.objects.get(rule="quarterly_care")
    assert (closed.state, closed.reason, closed.reason_params) == ("obsolete", "fleet", {"use": "fleet"})


def test_a_company_car_makes_her_a_company_and_stops_nothing(li, wang, focus, item, now):
    before = picture(wang)
    call = save(
        wang, "done", [Topic(item.pk, "not_available")], by=li, now=now, also=Also((CarMark(focus.pk, use="company"),))
    )
    wang.refresh_from_db()
    assert wang.kind == "company"
    assert again(item).state == "open"
    undo(call, before, now)


def test_only_rules_of_cars_spare_them():
    assert {rule.code for rule in RULES if rule.spares_fleets} >= {"periodic_service", "renewal", "churn_12"}
    assert all(rule.goes_with_car for rule in RULES if rule.spares_fleets)
    assert not BY_CODE["service_3dc"].spares_fleets


# --- She has died ---------------------------------------------------------------------------------------------------------
def test_nobody_contacts_a_customer_who_has_died(li, wang, focus, item, today, now):
    message = make_item(wang, "birthday", vehicle=focus, fact=wang, state="to_send", today=today, now=now)
    plan_promise(wang, at=now + dt.timedelta(days=1), subject="", by=li, now=now)
    before = picture(wang)
    call = save(wang, "deceased", [Topic(item.pk, "deceased")], by=li, now=now, answered_by="family")
    assert not DueItem.objects.filter(customer=wang, state__in=("open", "to_send")).exists()
    assert set(wang.due_items.values_list("reason", flat=True)) == {CloseReason.DECEASED}
    wang.refresh_from_db()
    assert wang.deceased_on == today
    wish = wang.wishes.get(is_void=False)
    assert (wish.channel, wish.topic, wish.vehicle_id) == ("", "", None)
    assert again(message).closed_by == li
    undo(call, before, now)


def test_runs_and_people_make_nothing_new_for_her(li, wang, focus, item, today, now):
    from django.core.exceptions import ValidationError

    save(wang, "deceased", [Topic(item.pk, "deceased")], by=li, now=now, answered_by="family")
    make_delivery(focus, today - dt.timedelta(days=2))
    generate_due(wang.store, today=today, now=now, full=True)
    assert not DueItem.objects.filter(customer=wang, state__in=("open", "to_send")).exists()
    wang.refresh_from_db()
    for plan in (
        lambda: plan_promise(wang, at=now + dt.timedelta(hours=1), subject="", by=li, now=now),
        lambda: plan_manual(wang, opens_on=today, due_on=today, expires_on=None, subject="x", by=li, now=now),
    ):
        with pytest.raises(ValidationError):
            plan()


def test_whoever_brought_the_car_of_another_is_not_asked_for_either(li, wang, focus, today, now, pudong):
    from customers.services import mark_deceased
    from tests.factories.customers import make_customer

    son = make_customer(pudong, name="王小明", number="13700001111")
    make_order(focus, today - dt.timedelta(days=2), bringer=son, owner=wang)
    mark_deceased(son, today, by=li, source="call", now=now)
    generate_due(pudong, today=today, now=now)
    assert DueItem.objects.get(rule="service_3dc").customer == wang


# --- The line broke -------------------------------------------------------------------------------------------------------
def test_a_broken_line_comes_back_in_five_minutes_to_the_same_person(li, chen, wang, item, now):
    before = picture(wang)
    typed = {"note": ["说到一半"], "level": ["reached"], f"{prefix_of(item)}q1": ["1"]}
    call = save(wang, "line_dropped", [Topic(item.pk, "line_dropped")], by=li, now=now, typed=typed)
    assert again(item).bands_failed == ""
    assert take_next(li, now=now + MINUTE) is None
    at = now + 5 * MINUTE
    promise = DueItem.objects.get(rule="promise")
    assert (promise.callable_at, promise.pinned_to) == (at, li)
    assert take_next(chen, now=at) is None
    kept = Draft.objects.get(card__customer=wang, user=li).data
    assert kept == {"note": ["说到一半"], f"{prefix_of(item)}q1": ["1"]}
    undo(call, before, now)
    assert Draft.objects.get().data == typed


def test_taken_up_again_it_is_one_contact_for_the_budget(li, wang, item, now):
    save(wang, "line_dropped", [Topic(item.pk, "line_dropped")], by=li, now=now)
    later = now + 5 * MINUTE
    promise = DueItem.objects.get(rule="promise")
    card = take_next(li, now=later)
    assert card.customer_id == wang.pk
    topics = [Topic(promise.pk, "done"), Topic(item.pk, "not_available")]
    save(wang, "done", topics, by=li, now=later, token=card.lease_token)
    contacts = Contact.objects.alive().filter(customer=wang, channel=Channel.PHONE_OUT).order_by("at")
    assert [contact.is_continuation for contact in contacts] == [False, True]
    assert CallCard.objects.get(customer=wang).rested_until is None  # the budget is two
    assert check_cards(wang.store, now=later) == []


# --- Somebody of the store ------------------------------------------------------------------------------------------------
def hand_over(now, *people):
    return Also(hand_over=HandOver("刹车异响，要马上回电", tuple(p.pk for p in people), "service", now + 60 * MINUTE))


def test_a_hand_over_tells_the_people_and_is_checked_by_a_call(li, zhou, wang, item, now):
    before = picture(wang)
    topic = Topic(item.pk, "handed_over", promise_at=now + 60 * MINUTE)
    call = save(wang, "handed_over", [topic], by=li, now=now, also=hand_over(now, zhou))
    notice = Notice.objects.get(user=zhou)
    assert (notice.severity, notice.url_name) == ("urgent", "customers:detail")
    assert "刹车异响" in notice.text
    assert "王雅丽" in notice.text
    check = DueItem.objects.get(rule="promise")
    assert (check.due_at, check.pinned_to) == (now + 60 * MINUTE, li)
    assert "刹车异响" in PlannedCall.objects.get().subject
    assert again(item).callable_at == check.due_at
    undo(call, before, now)
    assert Notice.objects.get(user=zhou).resolved_at is not None


def test_the_check_is_there_also_where_every_topic_is_done(li, zhou, wang, item, now):
    before = picture(wang)
    call = save(wang, "declined", [Topic(item.pk, "declined")], by=li, now=now, also=hand_over(now, zhou))
    assert again(item).state == "declined"
    assert DueItem.objects.open().get(customer=wang).rule == "promise"
    undo(call, before, now)


def test_nobody_is_told_by_a_hand_over_to_nobody(li, wang, item, now):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        save(wang, "declined", [Topic(item.pk, "declined")], by=li, now=now, also=hand_over(now))
    assert not Call.objects.exists()


def test_a_second_click_does_nothing_more(li, zhou, wang, item, now):
    card = take_card(wang.card.pk, user=li, now=now)
    topics = [Topic(item.pk, "handed_over", promise_at=now + 60 * MINUTE)]
    calls = [
        save(wang, "handed_over", topics, by=li, now=now, also=hand_over(now, zhou), token=card.lease_token)
        for _ in range(2)
    ]
    assert calls[0] == calls[1]
    assert (Call.objects.count(), Notice.objects.count(), PlannedCall.objects.count()) == (1, 1, 1)


# --- The driver -----------------------------------------------------------------------------------------------------------
def test_what_the_driver_says_to_a_reminder_of_the_owner_is_not_effective(li, wang, focus, item, today, now):
    reminder = make_item(wang, "thin_ice", vehicle=focus, today=today, now=now, fact=focus)
    topics = [Topic(reminder.pk, "done"), Topic(item.pk, "not_available")]
    from followups.models import Script

    Script.objects.filter(rule="thin_ice").update(version=None)
    save(wang, "done", topics, by=li, now=now, answered_by="driver")
    assert again(reminder).connected_at == now
    assert again(reminder).effective_at is None


# --- What a key fills in ----------------------------------------------------------------------------------------------------
@pytest.fixture
def scene(pudong, item, now):
    codes = {}
    for outcome in Outcome.objects.filter(store=pudong).order_by("level", "order"):
        if outcome.level == "reached" or outcome.effect == Effect.WRONG_NUMBER:
            codes.setdefault(outcome.effect, outcome.code)
    evening = now.replace(hour=18)
    return lambda *items: Scene(list(items) or [item], frozenset(), codes, now, evening, now + 60 * MINUTE)


def test_every_situation_has_a_key_of_its_own():
    assert {entry.what for entry in ENTRIES} == set(What.values)
    assert sorted(entry.key for entry in ENTRIES) == list("0123456789")


def test_a_gone_car_is_all_where_nothing_else_is_open(scene, item, wang, second_car, focus, today, now):
    told = Told(What.SOLD, (focus.pk,))
    data, is_all = meet(told, QueryDict("level="), scene())
    assert is_all
    assert data.getlist("mark") == [f"{focus.pk}:gone:sold"]
    other = make_item(wang, "delivery_7dc", vehicle=second_car, today=today, now=now)
    assert not meet(told, QueryDict(""), scene(item, other))[1]
    data, is_all = meet(Told(What.MOVED, (second_car.pk,)), data, scene(item, other))
    assert is_all
    assert len(data.getlist("mark")) == 2


def test_the_driver_gets_the_survey_and_the_owner_is_tried_another_day(scene, item, wang, focus, today, now):
    reminder = make_item(wang, "thin_ice", vehicle=focus, fact=focus, today=today, now=now)
    data, is_all = meet(Told(What.DRIVER), QueryDict("answered_by=owner"), scene(item, reminder))
    assert not is_all
    assert data["answered_by"] == "driver"
    assert data[prefix_of(reminder) + "outcome"] == "not_available"
    assert prefix_of(item) + "outcome" not in data


@pytest.mark.parametrize(
    ("clock", "bands", "wanted"),
    [
        ("10:00", {"m": ["09:00", "11:30"], "e": ["17:30", "20:00"]}, "18T18:00"),
        ("17:55", {"m": ["09:00", "11:30"], "e": ["17:30", "20:00"]}, "19T18:00"),
        ("21:00", {"m": ["09:00", "11:30"], "e": ["17:30", "20:00"]}, "19T18:00"),
        ("10:00", {"m": ["09:00", "11:30"], "a": ["14:00", "17:30"]}, "18T14:00"),
    ],
)
def test_the_evening_is_the_next_in_a_band(pudong, today, clock, bands, wanted):
    from common.bands import EVERY_DAY

    now = dt.datetime.combine(today, dt.time.fromisoformat(clock), tzinfo=pudong.zone)
    assert f"{evening_of(now, pudong.zone, bands, EVERY_DAY):%dT%H:%M}" == wanted


def test_the_check_that_somebody_rang_settles_the_notice_of_who_was_told(li, zhou, wang, item, now):
    topic = Topic(item.pk, "handed_over", promise_at=now + 60 * MINUTE)
    save(wang, "handed_over", [topic], by=li, now=now, also=hand_over(now, zhou))
    notice = Notice.objects.get(user=zhou)
    later = now + 61 * MINUTE
    check = DueItem.objects.get(rule="promise")
    assert notice.resolved_at is None  # nobody was asked so far
    record_inbound(wang, topics=[check.pk], note="店里已回电", by=li, now=later + MINUTE)
    notice.refresh_from_db()
    assert notice.resolved_at is not None
