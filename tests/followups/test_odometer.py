"""What a customer says her car has run: checked, written, and what it does to the reminder."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from audit.models import Change
from customers.models import CareInterval, CarePlan, Vehicle
from customers.services.care import work_out
from cvp.models import Response
from cvp.services import current_version
from followups.models import Script
from followups.services.cards import check_cards
from followups.services.generation import generate_due
from followups.services.odometer import kilometres
from followups.services.undo import undo_visit
from followups.services.visits import Topic
from tests.factories.customers import make_order
from tests.factories.cvp import answers_of
from tests.factories.followups import make_item
from tests.followups.desk import again, call

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BOOKED, NOT_YET = "1", "3"


@pytest.fixture
def reminder(wang, focus, pudong, now, today):
    """Two services half a year apart, 10,000 km between them: the next one is thought due in some days, and she is to be reminded."""
    for days, km in ((360, 5_000), (180, 15_000)):
        make_order(focus, today - days * DAY, kind="定期保养", odometer_km=km)
    Vehicle.objects.filter(pk=focus.pk).update(odometer_km=15_000, odometer_on=today - 180 * DAY)
    values = {"km": 10_000, "months": 12, "first_km": 5_000, "first_months": 6}
    CareInterval.objects.update_or_create(store=pudong, series="", model="", defaults=values)
    work_out(pudong, now=now)
    plan = CarePlan.objects.get(vehicle=focus)
    version = current_version(pudong, "service_due")
    words = {"body_zh": "您好。", "body_en": "Hello.", "version": version}
    Script.objects.get_or_create(store=pudong, rule="periodic_service", is_current=True, defaults=words)
    return make_item(
        wang, "periodic_service", today=today, now=now, vehicle=focus, fact=plan, round=plan.service_round,
        anchor_on=plan.service_on,
    )  # fmt: skip


def said(wang, item, li, now, *, plan=NOT_YET, odometer="", outcome="done", **fields):
    answers = answers_of(current_version(wang.store, "service_due"), plan=plan, odometer=odometer)
    topics = [Topic(item.pk, outcome, answers=answers, **fields)]
    return call(wang, outcome, by=li, now=now, answered_by="owner", topics=topics)


def reading(vehicle):
    vehicle.refresh_from_db()
    return vehicle.odometer_km, vehicle.odometer_on


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("16500", 16_500), ("16,500", 16_500), ("1.65万", 16_500), ("约 16500 公里", 16_500), ("大概3万左右", 30_000), ("16500km", 16_500),
        ("", None), ("不知道", None), ("三万多", None), ("上次15000，现在16500", None),
    ],
)  # fmt: skip
def test_a_number_is_a_reading_and_words_are_words(text, km):
    assert kilometres(text) == km


def test_not_due_yet_moves_the_reminder_to_the_day_that_her_reading_gives(
    wang, focus, reminder, li, now, today, pudong, django_capture_on_commit_callbacks
):
    before = reminder.anchor_on
    with django_capture_on_commit_callbacks(execute=True):
        made = said(wang, reminder, li, now, odometer="16,000")
    assert reading(focus) == (16_000, today)
    line = Change.objects.filter(model="customers.vehicle", object_id=focus.pk).latest("pk")
    assert (line.source, line.changes["odometer_km"]) == ("call", [15_000, 16_000])
    moved, plan = again(reminder), CarePlan.objects.get(vehicle=focus)
    assert moved.anchor_on == plan.service_on > before
    assert (moved.state, moved.opens_on) == ("open", plan.service_on - 20 * DAY)
    assert moved.opens_on > today and pudong.day_of(moved.callable_at) >= moved.opens_on
    assert Response.objects.get().is_void is False
    generate_due(pudong, today=today, now=now + dt.timedelta(hours=1))
    assert again(reminder).opens_on == moved.opens_on
    made.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        undo_visit(made, by=li, now=now + dt.timedelta(minutes=2))
    assert reading(focus) == (15_000, today - 180 * DAY)
    back = again(reminder)
    assert (back.state, back.attempts, back.anchor_on, back.opens_on) == ("open", 0, before, today - DAY)
    assert CarePlan.objects.get(vehicle=focus).service_on == before
    assert Response.objects.get().is_void is True


def test_what_she_put_off_follows_the_prediction_until_somebody_tries_again(
    wang, focus, reminder, li, now, today, pudong, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        said(wang, reminder, li, now, odometer="16,000")
    put_off = again(reminder)

    def told(days, km):
        """The DMS reads the odometer anew; the next run works it out."""
        moment = now + days * DAY
        Vehicle.objects.filter(pk=focus.pk).update(
            odometer_km=km, odometer_on=today + days * DAY, changed_at=moment - dt.timedelta(hours=1)
        )
        generate_due(pudong, today=today + days * DAY, now=moment)
        assert check_cards(pudong, now=moment) == []
        return again(reminder), CarePlan.objects.get(vehicle=focus)

    item, plan = told(30, 21_500)
    assert item.anchor_on == plan.service_on < put_off.anchor_on
    assert (item.state, item.attempts) == ("open", 1)
    assert (item.opens_on, item.due_on) == (plan.service_on - 20 * DAY, plan.service_on - 10 * DAY)
    assert pudong.day_of(item.callable_at) >= item.opens_on
    at = dt.datetime.combine(item.opens_on, dt.time(10), tzinfo=pudong.zone)
    call(wang, "no_answer", by=li, now=at)
    later, plan = told((item.opens_on - today).days + 1, 22_500)
    assert later.anchor_on == item.anchor_on != plan.service_on  # tried again, it keeps the days that somebody works to


def test_who_books_a_time_is_done_and_her_reading_is_kept(wang, focus, reminder, li, now, today):
    said(wang, reminder, li, now, plan=BOOKED, odometer="16000")
    assert (again(reminder).state, reading(focus)) == ("done", (16_000, today))


def test_who_is_nearly_there_was_reminded_by_this_call(wang, focus, reminder, li, now, today):
    said(wang, reminder, li, now, odometer="24800")
    assert (again(reminder).state, reading(focus)) == ("done", (24_800, today))


def test_without_a_reading_the_topic_is_done_as_any_other(wang, focus, reminder, li, now, today):
    said(wang, reminder, li, now, odometer="说不清")
    assert (again(reminder).state, reading(focus)) == ("done", (15_000, today - 180 * DAY))


def test_a_reading_counts_also_where_she_is_called_again(wang, focus, reminder, li, now, today):
    at = now + 2 * DAY
    said(wang, reminder, li, now, odometer="16000", outcome="call_back", promise_at=at)
    assert (again(reminder).callable_at, reading(focus)) == (at, (16_000, today))


@pytest.mark.parametrize("odometer", ["14999", "999999", "9999999"])
def test_a_reading_that_cannot_be_is_refused_at_its_question(odometer, wang, focus, reminder, li, now, today):
    with pytest.raises(ValidationError) as refused:
        said(wang, reminder, li, now, odometer=odometer)
    question = current_version(wang.store, "service_due").questions.get(code="odometer")
    assert list(refused.value.error_dict) == [f"topic{reminder.pk}-q{question.pk}"]
    assert reading(focus) == (15_000, today - 180 * DAY)


def test_a_replaced_odometer_begins_anew(wang, focus, reminder, li, now, today):
    Vehicle.objects.filter(pk=focus.pk).update(odometer_reset_on=today - 90 * DAY)
    said(wang, reminder, li, now, plan=BOOKED, odometer="3000")
    assert reading(focus) == (3_000, today)


def test_a_reading_that_another_has_replaced_since_survives_the_undo(wang, focus, reminder, li, now, today):
    made = said(wang, reminder, li, now, odometer="16000")
    Vehicle.objects.filter(pk=focus.pk).update(odometer_km=16_050)
    undo_visit(made, by=li, now=now + dt.timedelta(minutes=2))
    assert reading(focus) == (16_050, today)
