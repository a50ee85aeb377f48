"""The weekly case analysis: composed once for Monday, frozen, anew only with a reason; its figures open their rows."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from common.figures import Scope, totals
from complaints.figures import WEEK_FIGURES
from complaints.models import Complaint, WeekAnalysis
from complaints.reading.charts import bars_of, columns_of
from complaints.services.analysis import compose_missing, compose_week
from complaints.services.library import pick_case
from office.models import Notice
from tests.factories.complaints import make_complaint
from tests.factories.lessons import make_lesson, make_measure

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def monday(today):
    """Of the week of `today`, a Wednesday."""
    return today - 2 * DAY


def closed(case, *, days, late=False, reopened=0):
    at = case.opened_at + days * DAY
    due = at + (-1 if late else 1) * DAY
    values = {"state": "closed", "solved_at": at, "closed_at": at, "closed_on": at.date(), "deadline_at": due}
    Complaint.objects.filter(pk=case.pk).update(times_reopened=reopened, **values)


@pytest.fixture
def week(pudong, wang, li, zhou, now):
    cases = [make_complaint(wang, by=li, now=now, cause="price-quote", severity="major", summary="差了两百元")]
    cases += [make_complaint(wang, by=li, now=now, cause="price-quote") for _more in range(2)]
    cases.append(make_complaint(wang, by=li, now=now - 7 * DAY, cause="waiting"))
    closed(cases[0], days=1)
    closed(cases[1], days=2, late=True)
    closed(cases[2], days=2, reopened=1)
    Complaint.objects.filter(pk=cases[3].pk).update(deadline_at=now - 2 * DAY)
    make_measure(make_lesson(cases[0], by=li, now=now), owner=li, by=li, now=now, days=1)
    pick_case(cases[0], period="week", day=now.date(), by=zhou, now=now, why="典型")
    return cases


def test_the_job_composes_the_week_that_is_over_once_and_it_stays_as_it_was(week, pudong, wang, li, zhou, monday, now):
    made = compose_missing(pudong, now=now + 7 * DAY)
    assert [each.start for each in made][-1] == monday
    assert compose_missing(pudong, now=now + 7 * DAY) == []
    content = WeekAnalysis.objects.get(start=monday).content
    assert (content["opened"], content["severity"]) == (3, {"normal": 2, "major": 1})
    assert content["causes"][0][:1] + content["causes"][0][3:5] == ["price-quote", 3, 0]
    assert content["figures"]["complaints_judged"] == 4
    assert (content["figures"]["complaints_in_time"], content["figures"]["complaints_first_time"]) == (2, 1)
    assert content["hours"] == {"mean": 40.0, "n": 3}
    assert content["repeat"] == [[wang.pk, "王雅丽", 4, 1]]
    assert content["worst"][0][5] == "差了两百元"
    assert [line[2] for line in content["late"]] == ["交车检查表增加路试一项"]
    assert content["picks"][0]["why"] == "典型"
    assert content["trend"][-1] == [monday.isoformat(), 3, 3]
    make_complaint(wang, by=li, now=now)
    assert WeekAnalysis.objects.get(start=monday).content["opened"] == 3
    assert Notice.objects.filter(code="analysis_ready", user=zhou).count() == 1


def test_anew_only_with_a_reason_and_as_a_further_version(week, pudong, zhou, monday, now):
    with pytest.raises(ValidationError):
        compose_week(pudong, monday, now=now)  # the week is running
    later = now + 9 * DAY
    compose_week(pudong, monday, now=later)
    with pytest.raises(ValidationError):
        compose_week(pudong, monday, now=later, by=zhou, reason=" ")
    again = compose_week(pudong, monday, now=later, by=zhou, reason="补录两件投诉")
    assert (again.version, WeekAnalysis.objects.filter(start=monday).count()) == (2, 2)


def test_a_machine_that_stood_still_composes_the_weeks_it_missed(pudong, now):
    made = compose_missing(pudong, now=now + 30 * DAY)
    assert len(made) == 8
    assert len({each.start for each in made}) == 8


def test_each_number_of_the_week_opens_as_many_rows(week, pudong, monday, now):
    scope = Scope(pudong, monday, monday + 6 * DAY, pudong.day_of(now + 7 * DAY))
    numbers = totals(WEEK_FIGURES, scope)
    for figure in WEEK_FIGURES:
        assert figure.rows(scope).count() == numbers[figure.code], figure.code
        assert str(figure.formula)


def test_the_page_shows_the_frozen_week_and_prints(week, pudong, zhou, login, monday, now):
    compose_missing(pudong, now=now + 7 * DAY)
    browser = login(zhou)
    page = browser.get(reverse("complaints:analysis", args=[monday.isoformat()])).content.decode()
    for words in ("投诉及时处理率", "50%", "结算与报价不符", "差了两百元", "统计口径", "<svg", "data-print"):
        assert words in page, words
    assert "style=" not in page
    anew = reverse("complaints:analysis_compose", args=[monday.isoformat()])
    assert browser.post(anew, {"reason": ""}).status_code == 302
    assert WeekAnalysis.objects.filter(start=monday).count() == 1
    browser.post(anew, {"reason": "补录"})
    assert "补录" in browser.get(reverse("complaints:analyses")).content.decode()
    assert browser.get(reverse("complaints:analysis", args=["2020-01-06"])).status_code == 404
    assert browser.get(reverse("complaints:analysis", args=["nonsense"])).status_code == 404


def test_charts_of_nothing_are_empty_and_not_wrong():
    assert bars_of([]).rows == []
    assert [bar.length for bar in bars_of([("a", 0, 0)]).rows] == [0]
    assert [column.open_height for column in columns_of([("a", 0, 0)]).rows] == [0]
