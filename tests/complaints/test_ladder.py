"""Warnings before a deadline, the ladder after it: once each, in working time, without a flood."""

import datetime as dt

import pytest

from complaints import services
from complaints.choices import NoteKind, Rung
from complaints.models import Complaint, Escalation
from complaints.services.ladder import tell_maker, watch
from office.models import Notice
from tests.complaints.people import hire
from tests.factories.complaints import make_complaint

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def house(pudong):
    return dict(zip(("gao", "he", "wan"), hire(pudong, "gao", "he", "wan"), strict=True))


@pytest.fixture
def case(wang, li, zhou, now, house):
    """A case in which only the solution is still due: three days from now."""
    case = make_complaint(wang, by=li, now=now, severity="major")
    services.assign(case, house["gao"], department="service", by=zhou, now=now)
    services.add_note(case, "已致电。", by=house["gao"], now=now, kind=NoteKind.CUSTOMER)
    services.add_note(case, "明天返工。", by=house["gao"], now=now, kind=NoteKind.PLAN)
    Notice.objects.all().delete()
    return Complaint.objects.get(pk=case.pk)


def told():
    """{user name: codes} of what presses."""
    found = {}
    for name, code in Notice.objects.filter(resolved_at=None).order_by("id").values_list("user__username", "code"):
        found.setdefault(name, []).append(code)
    return found


def test_each_rung_tells_its_people_once_and_a_second_run_nobody(pudong, case, house):
    due = case.deadline_at
    assert watch(pudong, now=due - 10 * HOUR - dt.timedelta(days=2)) == {}
    assert watch(pudong, now=due - HOUR) == {"warned": 1}
    assert told() == {"gao": ["complaint_rung_0"]}
    for late, name, code in (
        (0, "gao", "complaint_rung_1"),
        (1, "he", "complaint_rung_2"),
        (2, "zhou", "complaint_rung_3"),
        (4, "wan", "complaint_rung_4"),
    ):
        moment = due + late * HOUR
        assert watch(pudong, now=moment) == {"escalated": 1}
        assert watch(pudong, now=moment) == {}, "a job that runs twice"
        assert told()[name][-1] == code
    assert watch(pudong, now=due + dt.timedelta(days=1)) == {"escalated": 1}
    assert "complaint_rung_5" in told()["wan"] and "complaint_rung_5" in told()["zhou"]
    assert [row.rung for row in case.escalations.order_by("rung")] == [0, 1, 2, 3, 4, 5]
    assert not case.escalations.filter(is_passed=True).exists()


def test_after_days_off_only_the_highest_rung_is_told_and_the_others_are_recorded(pudong, case):
    assert watch(pudong, now=case.deadline_at + 3 * HOUR) == {"escalated": 1}
    assert told() == {"zhou": ["complaint_rung_3"]}
    assert list(case.escalations.order_by("rung").values_list("rung", "is_passed")) == [
        (0, True), (1, True), (2, True), (3, False),
    ]  # fmt: skip


def test_nobody_is_told_outside_working_time(pudong, case):
    night = case.deadline_at.replace(hour=14)  # 22:00 of the store
    assert watch(pudong, now=night) == {}
    assert not Escalation.objects.exists()


def test_what_is_done_presses_nobody_any_more(pudong, case, li, house):
    watch(pudong, now=case.deadline_at + HOUR)
    assert told() == {"he": ["complaint_rung_2"]}
    services.solve(case, by=house["gao"], now=case.deadline_at + 2 * HOUR, resolution="返工，正常。")
    assert told() == {}
    services.reopen(case, by=li, now=case.deadline_at + 2 * HOUR, reason="又响了。")
    assert watch(pudong, now=case.deadline_at + HOUR) == {"escalated": 1}, "another round of the clock is told anew"
    assert told()["he"] == ["complaint_rung_2"]


def test_an_empty_place_on_the_ladder_is_filled_by_the_next(pudong, wang, li, zhou, now):
    case = make_complaint(wang, by=li, now=now)
    watch(pudong, now=case.answer_due_at)
    assert told() == {"zhou": ["complaint_rung_1"]}, "no handler, no head: the manager"


def test_asking_again_is_the_desks_and_its_head_is_the_manager(pudong, case, house, li, zhou, now):
    services.solve(case, by=house["gao"], now=now, resolution="返工，正常。")
    watch(pudong, now=case.recontact_due_at)
    assert told() == {"li": ["complaint_rung_1"]}
    watch(pudong, now=case.recontact_due_at + HOUR)
    assert told()["zhou"] == ["complaint_rung_2"]


def test_the_other_store_is_told_nothing(pudong, xuhui, case, zhao):
    watch(xuhui, now=case.deadline_at + dt.timedelta(days=9))
    assert told() == {}


def test_the_maker_is_told_once_by_one_person(pudong, case, zhou, house):
    moment = case.deadline_at + dt.timedelta(days=1)
    watch(pudong, now=moment)
    row = case.escalations.get(rung=Rung.OEM)
    twin = Escalation.objects.get(pk=row.pk)
    tell_maker(row, by=zhou, now=moment)
    with pytest.raises(services.NotAllowed):
        tell_maker(twin, by=house["wan"], now=moment)
    row.refresh_from_db()
    assert row.done_by == zhou
    assert case.notes.filter(code="oem_told").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_costs_the_same_however_many_cases_are_calm(pudong, wang, li, now, count, django_assert_max_num_queries):
    for _ in range(count):
        make_complaint(wang, by=li, now=now)
    watch(pudong, now=now)
    with django_assert_max_num_queries(7):
        assert watch(pudong, now=now) == {}


# --- Emergencies ----------------------------------------------------------------------------------------------------
def test_an_emergency_alerts_at_once_at_any_hour_and_ends_with_the_work(wang, li, zhou, house, now, pudong):
    night = now + 12 * HOUR
    case = make_complaint(wang, by=li, now=night, emergency="fire")
    assert told() == dict.fromkeys(("gao", "he", "zhou", "wan"), ["complaint_emergency"])
    assert "起火" in zhou.notices.get().text
    services.take_over(case, by=li, now=night)
    services.solve(case, by=li, now=night + HOUR, resolution="已灭火，拖车。")
    assert told() == {}


def test_it_becomes_an_emergency_once_and_an_engineer_arrives_once(wang, li, house, now):
    case = make_complaint(wang, by=li, now=now)
    services.raise_emergency(case, "breakdown", by=li, now=now)
    with pytest.raises(services.NotAllowed):
        services.raise_emergency(case, "fire", by=li, now=now)
    row = services.call_engineer(case, engineer="孙工", phone="13900000000", called_at=now, by=li, now=now)
    twin = type(row).objects.get(pk=row.pk)
    services.note_arrival(row, arrived_at=now + HOUR, done="更换电瓶。", by=li, now=now + HOUR)
    with pytest.raises(services.NotAllowed):
        services.note_arrival(twin, arrived_at=now + HOUR, done="又写一次", by=li, now=now + HOUR)
    row.refresh_from_db()
    assert row.done == "更换电瓶。"
