"""What a case taught, its measures, and the nudges."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.meanwhile import ChangedMeanwhile
from complaints.choices import ComplaintState, MeasureState
from complaints.models import Complaint, Lesson, LessonDial, Measure
from complaints.reading.lessons import lesson_page
from complaints.services import NotAllowed
from complaints.services.errors import MeasureMoved
from complaints.services.lessons import write_lesson
from complaints.services.measures import (
    change_measure,
    finish_measure,
    judge_measure,
    nudge_measures,
    plan_measure,
    reopen_measure,
)
from office.models import Notice
from tests.factories.complaints import make_complaint
from tests.factories.lessons import make_lesson, make_measure

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def case(wang, li, now):
    return make_complaint(wang, by=li, now=now, severity="major")


def test_a_lesson_is_written_once_and_changed_without_losing_anybodys_words(case, li, zhou, now):
    lesson = make_lesson(case, by=li, now=now)
    assert (lesson.root_cause, str(lesson.cause)) == ("路试不在交车检查表里", "维修质量")
    seen = {"correction": lesson.correction}
    values = {"cause": "repair-again", "department": "service", "person": "", "whys": ["a"], "correction": "换件"}
    write_lesson(case, values, by=zhou, now=now, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        write_lesson(case, values | {"correction": "重新喷漆"}, by=li, now=now, seen=seen)
    assert (Lesson.objects.get().correction, Lesson.objects.get().cause.code) == ("换件", "repair-again")


def test_a_lesson_without_a_why_or_on_a_withdrawn_case_is_refused(case, li, now):
    with pytest.raises(ValidationError) as refused:
        make_lesson(case, by=li, now=now, whys=["", " "], correction=" ", department="x", cause="weather")
    assert set(refused.value.message_dict) == {"whys", "correction", "department", "cause"}
    Complaint.objects.update(state=ComplaintState.VOID)
    with pytest.raises(NotAllowed):
        make_lesson(case, by=li, now=now)


@pytest.mark.parametrize(("need", "severity", "lacks"), [
    ("major", "major", True), ("major", "serious", False), ("serious", "serious", True), ("none", "major", False), ("all", "normal", True),
])  # fmt: skip
def test_what_a_case_lacks_before_it_may_be_closed(wang, pudong, li, now, today, need, severity, lacks):
    LessonDial.objects.filter(store=pudong).update(need=need)
    case = make_complaint(wang, by=li, now=now, severity=severity)
    assert bool(lesson_page(case, li, today).lacks) is lacks
    lesson = make_lesson(case, by=li, now=now)
    assert bool(lesson_page(case, li, today).lacks) is lacks  # the measure is missing
    make_measure(lesson, owner=li, by=li, now=now)
    assert lesson_page(case, li, today).lacks == []


def test_a_measure_goes_from_open_to_done_to_judged_by_somebody_else(case, li, zhou, chen, now, today):
    measure = make_measure(make_lesson(case, by=li, now=now), owner=zhou, by=li, now=now)
    assert Notice.objects.get(user=zhou, code="measure_given").text.startswith("李静")
    with pytest.raises(MeasureMoved):
        judge_measure(measure, effective=True, text="好了", by=chen, now=now)
    with pytest.raises(ValidationError):
        finish_measure(measure, text=" ", by=zhou, now=now)
    finish_measure(measure, text="检查表已更新", by=zhou, now=now)
    assert (measure.done_on, measure.check_on) == (today, today + 30 * DAY)
    with pytest.raises(ValidationError):
        judge_measure(measure, effective=True, text="我看行", by=zhou, now=now)
    judge_measure(measure, effective=True, text="一个月无返修", by=chen, now=now)
    measure.refresh_from_db()
    assert measure.state == MeasureState.EFFECTIVE
    reopen_measure(measure, text="检查表没人用", by=chen, now=now)
    measure.refresh_from_db()
    assert (measure.state, measure.done_on, measure.due_on) == ("open", None, today + 14 * DAY)
    codes = [line.code for line in measure.lines.all()]
    assert codes == ["planned", "done", "effective", "reopened"]


def test_two_who_finish_one_measure_do_it_once(case, li, now):
    measure = make_measure(make_lesson(case, by=li, now=now), owner=li, by=li, now=now)
    other = Measure.objects.get(pk=measure.pk)
    finish_measure(measure, text="做好了", by=li, now=now)
    with pytest.raises(MeasureMoved) as refused:
        finish_measure(other, text="我也做好了", by=li, now=now)
    assert refused.value.measure.state == "done"
    assert measure.lines.filter(code="done").count() == 1


def test_a_measure_of_a_stranger_or_in_the_past_is_refused(case, li, zhao, now, today):
    lesson = make_lesson(case, by=li, now=now)
    with pytest.raises(ValidationError) as refused:
        plan_measure(lesson, what=" ", owner=zhao, due_on=today - DAY, by=li, now=now)
    assert set(refused.value.message_dict) == {"what", "owner", "due_on"}
    measure = make_measure(lesson, owner=li, by=li, now=now)
    with pytest.raises(ValidationError):
        change_measure(measure, owner=zhao, due_on=today, by=li, now=now)


def test_who_is_late_is_told_once_and_again_when_it_is_late_anew(case, li, zhou, now, pudong, today):
    measure = make_measure(make_lesson(case, by=li, now=now), owner=li, by=li, now=now, days=2)
    assert nudge_measures(pudong, now=now + 2 * DAY) == 0
    assert nudge_measures(pudong, now=now + 3 * DAY) == 2
    assert nudge_measures(pudong, now=now + 9 * DAY) == 0
    late = Notice.objects.filter(code="measure_late", resolved_at=None)
    assert {notice.user for notice in late} == {li, zhou}
    measure.refresh_from_db()
    change_measure(measure, owner=li, due_on=today + 20 * DAY, by=zhou, now=now + 9 * DAY, text="等厂家")
    assert not late.all().exists()
    assert nudge_measures(pudong, now=now + 21 * DAY) == 2
    finish_measure(Measure.objects.get(), text="做好了", by=li, now=now + 21 * DAY)
    assert not late.all().exists()
    assert nudge_measures(pudong, now=now + 52 * DAY) == 1  # the effect is to be checked: whoever judges is told
    assert Notice.objects.filter(code="measure_check").get().user == zhou


def test_the_case_page_and_the_lesson_page_show_it_all(case, li, zhou, login, now):
    browser = login(li)
    assert (
        reverse("complaints:lesson_panel", args=[case.pk])
        in browser.get(reverse("complaints:detail", args=[case.pk])).content.decode()
    )
    panel = browser.get(reverse("complaints:lesson_panel", args=[case.pk])).content.decode()
    assert "结案前" in panel
    page = reverse("complaints:lesson_write", args=[case.pk])
    data = {"cause": "repair-again", "department": "service", "person": "吴师傅", "correction": "返工", "why1": ""}
    refused = browser.post(page, data)
    assert refused.status_code == 422
    assert "吴师傅" in refused.content.decode()
    assert browser.post(page, data | {"why1": "没有路试"}).status_code == 302
    plan = {"what": "增加路试", "owner": zhou.pk, "due_on": (timezone.localdate() + 7 * DAY).isoformat()}
    assert browser.post(reverse("complaints:measure_plan", args=[case.pk]), plan).status_code == 302
    panel = browser.get(reverse("complaints:lesson_panel", args=[case.pk])).content.decode()
    assert "增加路试" in panel
    assert "结案前" not in panel
    measure = Measure.objects.get()
    assert browser.post(reverse("complaints:measure_done", args=[measure.pk]), {"text": "做好了"}).status_code == 403
    done = reverse("complaints:measure_done", args=[measure.pk])
    assert login(zhou).post(done, {"text": "做好了"}).status_code == 302
    late = login(zhou).post(done, {"text": "又做好了"})
    assert late.status_code == 409
    assert "又做好了" in late.content.decode() or "您这一步没有执行" in late.content.decode()


def test_lists_of_measures_ask_as_often_for_three_as_for_one(wang, li, zhou, login, now):
    browser, counts = login(zhou), []
    browser.get(reverse("complaints:measures"))
    for count in (1, 2):
        for _more in range(count):
            case = make_complaint(wang, by=li, now=now)
            make_measure(make_lesson(case, by=li, now=now), owner=zhou, by=li, now=now)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(reverse("complaints:measures"))
        assert page.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
