"""A cause that returns after its prevention was done opens the measure again, once, and says so."""

import datetime as dt

import pytest

from complaints.models import ComplaintNote, LessonDial, Measure, Recurrence
from complaints.services import withdraw_complaint
from complaints.services.measures import finish_measure
from complaints.services.radar import watch_recurrence
from complaints.tasks import watch_recurrence as task
from office.models import Notice
from tests.factories.complaints import make_complaint
from tests.factories.lessons import make_lesson, make_measure

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def measure(wang, focus, li, zhou, now):
    """Against repair quality in the workshop, done by 周 the day it was planned."""
    case = make_complaint(wang, by=li, now=now, vehicle=focus)
    return make_measure(make_lesson(case, by=li, now=now), owner=zhou, by=li, now=now, done=now)


def again(customer, by, now, **fields):
    return make_complaint(customer, by=by, now=now, **{"cause": "repair-again", **fields})


def test_a_finer_cause_in_the_same_department_opens_the_measure_again_once(measure, pudong, wang, li, zhou, now, today):
    case = again(wang, li, now + 40 * DAY)
    assert watch_recurrence(pudong, now=now + 41 * DAY) == 1
    assert watch_recurrence(pudong, now=now + 41 * DAY) == 0
    measure.refresh_from_db()
    assert (measure.state, measure.returned, measure.due_on) == ("open", 1, today + 55 * DAY)
    assert [line.code for line in measure.lines.all()] == ["planned", "done", "returned"]
    row = Recurrence.objects.get()
    assert (row.complaint, row.reopened, row.seen_on) == (case, True, today + 40 * DAY)
    note = ComplaintNote.objects.get(complaint=measure.lesson.complaint, code="returned")
    assert note.params["number"] == case.number
    notice = Notice.objects.get(code="cause_returned")
    assert notice.user == zhou
    assert case.number in notice.text


def test_a_second_return_while_it_is_open_is_noted_and_one_after_it_is_done_opens_it_anew(
    measure, pudong, wang, li, now
):
    again(wang, li, now + 5 * DAY)
    again(wang, li, now + 6 * DAY)
    assert watch_recurrence(pudong, now=now + 7 * DAY) == 2
    measure.refresh_from_db()
    assert measure.returned == 1
    assert Notice.objects.filter(code="cause_returned").count() == 1
    finish_measure(measure, text="再次培训", by=li, now=now + 8 * DAY)
    assert watch_recurrence(pudong, now=now + 9 * DAY) == 0
    again(wang, li, now + 10 * DAY)
    assert watch_recurrence(pudong, now=now + 11 * DAY) == 1
    measure.refresh_from_db()
    assert (measure.returned, measure.state) == (2, "open")


@pytest.mark.parametrize(("days", "fields"), [
    (0, {}), (181, {}), (9, {"cause": "price-high"}), (9, {"department": "sales"}),
])  # fmt: skip
def test_what_is_too_early_too_late_or_about_something_else_is_no_return(measure, pudong, wang, li, now, days, fields):
    again(wang, li, now + days * DAY, **fields)
    assert watch_recurrence(pudong, now=now + 190 * DAY) == 0
    assert Measure.objects.get().state == "done"


def test_what_counts_as_the_same_is_a_dial(measure, pudong, wang, focus, li, now):
    again(wang, li, now + 3 * DAY, department="sales")
    LessonDial.objects.update(radar_scope="model")
    assert watch_recurrence(pudong, now=now + 4 * DAY) == 0
    LessonDial.objects.update(radar_scope="cause")
    assert watch_recurrence(pudong, now=now + 4 * DAY) == 1
    LessonDial.objects.update(radar_scope="model")
    again(wang, li, now + 5 * DAY, department="sales", vehicle=focus)
    assert watch_recurrence(pudong, now=now + 6 * DAY) == 1


def test_a_stopped_machine_catches_up_on_what_came_back_meanwhile(measure, pudong, wang, li, now):
    assert watch_recurrence(pudong, now=now + DAY) == 0
    again(wang, li, now + 170 * DAY)
    assert watch_recurrence(pudong, now=now + 400 * DAY) == 1


def test_a_withdrawn_case_and_one_of_the_other_store_return_nothing(measure, pudong, xuhui, wang, li, zhao, now):
    from tests.factories.customers import make_customer

    withdraw_complaint(again(wang, li, now + 3 * DAY), by=li, now=now + 3 * DAY)
    again(make_customer(xuhui, name="别家"), zhao, now + 3 * DAY)
    assert watch_recurrence(pudong, now=now + 4 * DAY) == 0
    assert watch_recurrence(xuhui, now=now + 4 * DAY) == 0


def test_the_nightly_task_looks_at_every_store(measure, pudong, wang, li):
    task()
    assert LessonDial.objects.get(store=pudong).radar_on is not None
