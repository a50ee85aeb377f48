"""A year whose public holidays are missing: managers are told in time, once, and again when it runs; entering it settles the notice."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.days import enter_days
from followups.services.calendar_years import NOTICE, remind
from followups.services.generation import generate_due
from office.choices import Severity
from office.models import Notice
from tests.conftest import at

pytestmark = pytest.mark.django_db
NOVEMBER = dt.date(2026, 11, 23)
FESTIVALS = [(1, 1), (2, 5), (4, 5), (5, 1), (6, 9), (9, 15), (10, 1)]


@pytest.fixture
def november(pudong):
    with time_machine.travel(at(pudong, NOVEMBER, 10), tick=False):
        yield


def enter(year, store, by, days=FESTIVALS):
    enter_days([(dt.date(year, *day), False, "") for day in days], store=store, by=by, now=timezone.now())


def told(person):
    return list(Notice.objects.unresolved().filter(user=person, code=NOTICE).order_by("pk"))


def test_the_managers_of_the_store_are_told_once_from_november_on(pudong, xuhui, zhou, li, zhao):
    enter(2026, None, zhou)
    remind(pudong, today=dt.date(2026, 10, 31))
    assert told(zhou) == []
    for number in range(3):
        remind(pudong, today=NOVEMBER + dt.timedelta(days=number))
    [notice] = told(zhou)
    assert notice.params["year"] == 2027 and notice.severity == Severity.WARNING and "2027" in notice.text
    assert notice.url == reverse("accounts:calendar_year", args=[2027])
    assert told(li) == told(zhao) == []


def test_entering_the_list_settles_it_and_a_day_or_two_do_not(pudong, zhou):
    enter(2026, None, zhou)
    enter(2027, pudong, zhou, FESTIVALS[:2])
    remind(pudong, today=NOVEMBER)
    assert len(told(zhou)) == 1
    enter(2027, pudong, zhou)
    remind(pudong, today=NOVEMBER)
    assert told(zhou) == [] and Notice.objects.filter(user=zhou, code=NOTICE).count() == 1


def test_a_change_of_the_calendar_settles_it_before_the_next_run(pudong, zhou, november):
    enter(2026, None, zhou)
    remind(pudong, today=NOVEMBER)
    enter(2027, None, zhou)
    assert told(zhou) == []


def test_a_year_that_runs_without_its_list_is_told_again_and_presses(pudong, zhou):
    enter(2026, None, zhou)
    remind(pudong, today=NOVEMBER)
    remind(pudong, today=dt.date(2027, 1, 1))
    [notice] = told(zhou)
    assert notice.params == {"year": 2027, "runs": True} and notice.severity == Severity.URGENT


def test_the_run_of_the_day_tells_and_the_pages_warn(pudong, zhou, li, login, november):
    enter(2026, None, zhou)
    generate_due(pudong, today=NOVEMBER, now=timezone.now())
    assert len(told(zhou)) == 1
    for url in (reverse("followups:queue"), reverse("accounts:calendar")):
        page = login(zhou).get(url).content.decode()
        assert "2027年" in page and reverse("accounts:calendar_year", args=[2027]) in page
    assert (
        reverse("accounts:calendar_year", args=[2027]) not in login(li).get(reverse("followups:queue")).content.decode()
    )
