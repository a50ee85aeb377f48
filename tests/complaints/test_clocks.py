"""When each step is due, what a pause, an extension and the calendar do to that, and the store's dials."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.calendar import calendar_of, seed_calendar
from accounts.days import enter_days
from complaints import clocks, services
from complaints.choices import NoteKind, Severity, Step
from complaints.clocks import Span
from complaints.models import ClockDial, Complaint
from complaints.services.clocks import DialsChanged, rules_of, save_rules
from complaints.services.waiting import wake
from tests.conftest import at
from tests.factories.complaints import make_complaint

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(hours=9)


@pytest.mark.parametrize(("severity", "days"), [("major", 3), ("serious", 5), ("normal", 7)])
def test_the_clocks_follow_the_severity(wang, li, now, severity, days):
    case = make_complaint(wang, by=li, now=now, severity=severity)
    assert (case.answer_due_at, case.plan_due_at) == (now + 2 * HOUR, now + dt.timedelta(days=1))
    assert case.deadline_at == now + dt.timedelta(days=days)
    assert (case.next_step, case.next_due_at) == (Step.ANSWER, case.answer_due_at)


def test_a_case_of_the_maker_has_its_own_clocks_and_the_makers_own_deadline(wang, li, now):
    case = make_complaint(wang, by=li, now=now, origin="oem")
    assert (case.answer_due_at, case.deadline_at) == (now + HOUR, now + dt.timedelta(days=3))
    told = make_complaint(wang, by=li, now=now, origin="oem", oem_due_at=now + 5 * HOUR)
    assert told.deadline_at == now + 5 * HOUR
    with pytest.raises(ValidationError) as refused:
        make_complaint(wang, by=li, now=now, origin="oem", oem_due_at=now - HOUR)
    assert set(refused.value.message_dict) == {"oem_due_at"}


def test_over_a_holiday_week_and_its_make_up_saturday(pudong, wang, li, zhou):
    pudong.rest_weekdays = "67"
    pudong.save(update_fields=["rest_weekdays"])
    seed_calendar(first_year=2026)
    calendar = calendar_of(pudong)
    assert not calendar.is_workday(dt.date(2026, 10, 5)), "the shipped calendar knows the holidays"
    assert calendar.is_workday(dt.date(2026, 10, 10)), "and the Saturday that is worked for them"
    case = make_complaint(wang, by=li, now=at(pudong, dt.date(2026, 9, 30), 15), severity="major")
    assert case.answer_due_at == at(pudong, dt.date(2026, 9, 30), 17)
    assert case.plan_due_at == at(pudong, dt.date(2026, 10, 8), 15)
    assert case.deadline_at == at(pudong, dt.date(2026, 10, 10), 15)
    before = case.deadline_at
    enter_days([(dt.date(2026, 10, 9), False, "店庆")], store=pudong, by=zhou, now=at(pudong, dt.date(2026, 9, 30), 16))
    case.refresh_from_db()
    assert case.deadline_at == at(pudong, dt.date(2026, 10, 12), 15) > before, "a day off entered later moves it"
    assert case.answer_due_at == at(pudong, dt.date(2026, 9, 30), 17)


def test_words_to_the_customer_and_a_plan_stop_their_clocks_and_an_internal_note_none(wang, li, now):
    case = make_complaint(wang, by=li, now=now)
    services.add_note(case, "问了车间。", by=li, now=now)
    assert case.answered_at is None
    services.add_note(case, "已向客户致歉。", by=li, now=now + HOUR, kind=NoteKind.CUSTOMER)
    assert (case.answered_at, case.next_step) == (now + HOUR, Step.PLAN)
    services.add_note(case, "又致电一次。", by=li, now=now + 2 * HOUR, kind=NoteKind.CUSTOMER)
    services.add_note(case, "明天返工。", by=li, now=now + 2 * HOUR, kind=NoteKind.PLAN)
    case.refresh_from_db()
    assert (case.answered_at, case.planned_at, case.next_step) == (now + HOUR, now + 2 * HOUR, Step.SOLUTION)


def test_a_pause_gives_its_working_time_back_and_forgives_nothing(wang, li, now):
    case = make_complaint(wang, by=li, now=now)
    services.take_over(case, by=li, now=now)
    began = now + 3 * HOUR  # the answer is late already
    answer, solution = case.answer_due_at, case.deadline_at
    services.wait(case, waits_for="part", until=began + dt.timedelta(days=4), reason="等配件", by=li, now=began)
    assert (case.next_step, case.next_due_at) == ("", began + dt.timedelta(days=4))
    assert not Complaint.objects.overdue(began + dt.timedelta(days=3)).exists(), "what waits is not late"
    services.resume(case, by=li, now=began + dt.timedelta(days=2))
    case.refresh_from_db()
    assert case.answer_due_at == answer
    assert case.deadline_at == solution + dt.timedelta(days=2)
    pause = case.pauses.get()
    assert (pause.ended_at, pause.ended_why) == (began + dt.timedelta(days=2), "resumed")


def test_the_agreed_date_wakes_a_case_however_late_the_job_comes(pudong, wang, li, now):
    case = make_complaint(wang, by=li, now=now)
    services.take_over(case, by=li, now=now)
    services.add_note(case, "已致电。", by=li, now=now, kind=NoteKind.CUSTOMER)
    solution, until = case.deadline_at, now + dt.timedelta(days=1)
    services.wait(case, waits_for="customer", until=until, reason="客户出差", by=li, now=now)
    assert wake(pudong, now=until - HOUR) == 0
    late = until + dt.timedelta(days=3)
    assert (wake(pudong, now=late), wake(pudong, now=late)) == (1, 0)
    case.refresh_from_db()
    assert (case.state, case.deadline_at) == ("handling", solution + dt.timedelta(days=1)), "not the days it slept on"
    assert case.pauses.get().ended_at == until
    assert li.notices.get(code="complaint_woken").text.startswith("投诉")


def test_waiting_needs_a_date_ahead_and_a_reason(wang, li, now):
    case = make_complaint(wang, by=li, now=now)
    services.take_over(case, by=li, now=now)
    told = {"waits_for": "part", "by": li, "now": now}
    for field, wrong in (
        ("until", {"until": now, "reason": "等"}),
        ("until", {"until": now + dt.timedelta(days=400), "reason": "等"}),
        ("reason", {"until": now + HOUR, "reason": " "}),
    ):
        with pytest.raises(ValidationError) as refused:
            services.wait(case, **{**told, **wrong})
        assert set(refused.value.message_dict) == {field}
    assert not case.pauses.exists()


def test_an_extension_of_what_is_missed_counts_from_now(wang, li, zhou, now):
    case = make_complaint(wang, by=li, now=now, severity="major")
    services.extend(case, days=2, reason="配件周期", by=zhou, now=now)
    assert case.deadline_at == now + dt.timedelta(days=5)
    late = now + dt.timedelta(days=10)
    services.extend(case, days=1, reason="再等一天", by=zhou, now=late)
    assert case.deadline_at == late + dt.timedelta(days=1)
    assert case.notes.filter(code="extended").count() == 2


def test_two_extensions_at_once_are_one(wang, li, zhou, now):
    case = make_complaint(wang, by=li, now=now)
    twin = Complaint.objects.get(pk=case.pk)
    services.extend(case, days=2, reason="一", by=zhou, now=now)
    with pytest.raises(services.NotAllowed) as refused:
        services.extend(twin, days=2, reason="二", by=zhou, now=now)
    assert refused.value.code == "changed"


# --- Dials ----------------------------------------------------------------------------------------------------------
def test_rules_survive_being_kept_and_what_an_old_edition_does_not_say_is_as_shipped():
    rules = replace(clocks.DEFAULTS, opens=dt.time(8, 30), engineer="孙工")
    assert clocks.from_plain(clocks.to_plain(rules)) == rules
    plain = clocks.to_plain(rules)
    del plain["clocks"]["oem"], plain["ladder"]["major"]
    assert clocks.from_plain(plain) == rules


def test_an_edition_holds_for_new_cases_only_and_says_who(pudong, wang, li, zhou, now):
    old = make_complaint(wang, by=li, now=now)
    rules = rules_of(pudong)
    steps = {**rules.clocks["house"][Severity.NORMAL], Step.SOLUTION: Span(2, "days")}
    new = replace(rules, clocks={**rules.clocks, "house": {**rules.clocks["house"], Severity.NORMAL: steps}})
    dial = save_rules(pudong, new, seen=0, by=zhou, now=now)
    assert (dial.number, dial.by, save_rules(pudong, new, seen=1, by=zhou, now=now)) == (1, zhou, None)
    assert make_complaint(wang, by=li, now=now).deadline_at == now + dt.timedelta(days=2)
    old.refresh_from_db()
    assert old.deadline_at == now + dt.timedelta(days=7)
    with pytest.raises(DialsChanged) as changed:
        save_rules(pudong, rules, seen=0, by=zhou, now=now)
    assert changed.value.current == dial


def test_the_page_of_the_clocks_saves_refuses_and_tells_who_was_quicker(login, pudong, zhou, now):
    client, address = login(zhou), reverse("complaints:clocks")
    page = client.get(address)
    form = page.context["form"]
    data = {}
    for field in form:
        value = field.value()
        if isinstance(value, Span):
            data |= {f"{field.html_name}_0": value.amount, f"{field.html_name}_1": value.unit}
        else:
            data[field.html_name] = f"{value:%H:%M}" if isinstance(value, dt.time) else value
    wrong = client.post(address, data | {"closes": "08:00", "house-major-answer_0": "0"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"closes", "house-major-answer"}
    assert not ClockDial.objects.exists()
    assert client.post(address, data | {"house-major-answer_0": "1", "engineer": "孙工"}).status_code == 302
    rules = rules_of(pudong)
    assert (rules.clocks["house"]["major"]["answer"], rules.engineer) == (Span(1), "孙工")
    quicker = client.post(address, data | {"house-major-answer_0": "4"})
    assert quicker.status_code == 409
    assert "周敏" in quicker.text
    assert ClockDial.objects.count() == 1
    assert client.post(address, data | {"house-major-answer_0": "4", "seen": "1"}).status_code == 302
