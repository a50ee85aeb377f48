"""Opening, numbering, moving on, withdrawing; and two people at once."""

import datetime as dt
import importlib
import threading

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from audit.models import Change
from complaints.choices import TRANSITIONS, ComplaintState
from complaints.models import Complaint, ComplaintNote
from complaints.services import (
    AlreadyHandled,
    NotAllowed,
    add_note,
    open_complaint,
    record_recontact,
    take_over,
    withdraw_complaint,
    withdraw_recontact,
)
from tests.conftest import at
from tests.factories.complaints import change_state, make_complaint
from tests.factories.customers import make_customer, make_vehicle


@pytest.fixture
def complaint(wang, li, now):
    return make_complaint(wang, by=li, now=now)


def deeds(complaint):
    lines = Change.objects.filter(model="complaints.complaint", object_id=complaint.pk).order_by("id")
    return list(lines.values_list("deed", flat=True))


_S = ComplaintState
WAYS = {
    _S.RECEIVED: [],
    _S.HANDLING: [_S.HANDLING],
    _S.WAITING: [_S.HANDLING, _S.WAITING],
    _S.SOLVED: [_S.HANDLING, _S.SOLVED],
    _S.CONFIRMED: [_S.HANDLING, _S.SOLVED, _S.CONFIRMED],
    _S.CLOSED: [_S.HANDLING, _S.SOLVED, _S.CONFIRMED, _S.CLOSED],
    _S.REJECTED: [_S.REJECTED],
    _S.FORCED: [_S.HANDLING, _S.FORCED],
    _S.APPEALED: [_S.REJECTED, _S.APPEALED],
}


def walked_to(complaint, state, *, by, now):
    """Bring the complaint to `state` by the ordinary steps, from wherever on that way it stands."""
    way = WAYS[ComplaintState(state)]
    way = way[way.index(complaint.state) + 1 :] if complaint.state in way else way
    for step in way:
        change_state(complaint, step, by=by, now=now, resolution="重新调整了后悬挂，试车正常。", reason="与我店无关")
    return complaint


# --- Opening --------------------------------------------------------------------------------------------------------
def test_numbers_run_per_store_and_day(wang, li, xuhui, zhao, now):
    other = make_customer(xuhui, name="刘洋")
    assert make_complaint(wang, by=li, now=now).number == "TS20260318-001"
    assert make_complaint(wang, by=li, now=now).number == "TS20260318-002"
    assert make_complaint(other, by=zhao, now=now).number == "TS20260318-001"
    assert make_complaint(wang, by=li, now=now + dt.timedelta(days=1)).number == "TS20260319-001"
    assert make_complaint(wang, by=li, now=now).number == "TS20260318-003"


def test_the_day_of_a_number_is_the_stores_own(wang, li, pudong, today):
    just_before = at(pudong, today, 23, 59)  # still yesterday's afternoon in UTC
    assert make_complaint(wang, by=li, now=just_before).number == "TS20260318-001"
    assert make_complaint(wang, by=li, now=just_before + dt.timedelta(minutes=1)).number == "TS20260319-001"
    assert make_complaint(wang, by=li, now=at(pudong, today, 7, 0)).number == "TS20260318-002"


def test_the_thousandth_of_a_day_still_gets_a_number(wang, li, now, complaint):
    Complaint.objects.filter(pk=complaint.pk).update(number="TS20260318-999")
    assert make_complaint(wang, by=li, now=now).number == "TS20260318-1000"
    assert make_complaint(wang, by=li, now=now).number == "TS20260318-1001"


def test_opening_checks_every_word_and_stores_nothing_half(wang, li, now, zhao, xuhui):
    foreign = make_vehicle(make_customer(xuhui, name="刘洋"))
    with pytest.raises(ValidationError) as refused:
        make_complaint(wang, by=li, now=now, cause="weather", severity="", vehicle=foreign)
    assert set(refused.value.message_dict) == {"cause", "severity", "vehicle"}
    with pytest.raises(ValidationError) as refused:
        make_complaint(wang, by=li, now=now, summary="  ")
    assert set(refused.value.message_dict) == {"summary"}
    assert not Complaint.objects.exists()
    assert not Change.objects.filter(model="complaints.complaint").exists()


@pytest.mark.django_db(transaction=True)
def test_many_desks_opening_at_once_get_numbers_of_their_own(wang, li, now):
    numbers, faults = [], []
    start = threading.Barrier(6)

    def desk():
        try:
            start.wait()
            for _ in range(5):
                numbers.append(make_complaint(wang, by=li, now=now).number)
        except Exception as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=desk) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(numbers) == [f"TS20260318-{serial:03d}" for serial in range(1, 31)]


# --- Moving on ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("before", ComplaintState.values)
@pytest.mark.parametrize("to", ComplaintState.values)
def test_only_the_listed_steps_are_taken(wang, li, now, before, to):
    complaint = make_complaint(wang, by=li, now=now)
    if before == ComplaintState.VOID:
        withdraw_complaint(complaint, by=li, now=now)
    else:
        walked_to(complaint, before, by=li, now=now)
    words = {"resolution": "解决了", "reason": "客户说又响了", "unasked": "书面确认"}
    allowed = TRANSITIONS[ComplaintState(before)]
    if before == ComplaintState.APPEALED:
        allowed = [ComplaintState.HANDLING]  # the ends are reached by a decision, not by the step
    if to in allowed:
        change_state(complaint, to, by=li, now=now, **words)
        complaint.refresh_from_db()
        assert complaint.state == to
    else:
        with pytest.raises(NotAllowed):
            change_state(complaint, to, by=li, now=now, **words)
        complaint.refresh_from_db()
        assert complaint.state == before


def test_the_way_to_closed_leaves_notes_and_audit_lines(complaint, li, chen, zhou, now):
    take_over(complaint, by=chen, now=now)
    add_note(complaint, "已约客户周四到店试车。", by=chen, now=now + dt.timedelta(hours=1))
    solved_at = now + dt.timedelta(days=1)
    change_state(complaint, ComplaintState.SOLVED, by=chen, now=solved_at, resolution="更换稳定杆胶套，试车无异响。")
    closed_at = now + dt.timedelta(days=2)
    record_recontact(complaint, by=chen, now=closed_at, note="不响了，谢谢。")
    change_state(complaint, ComplaintState.CLOSED, by=zhou, now=closed_at, note="客户电话确认满意。")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.handler, complaint.solved_at, complaint.closed_at) == (
        ComplaintState.CLOSED,
        chen,
        solved_at,
        closed_at,
    )
    assert list(complaint.notes.values_list("code", "text")) == [
        ("taken_over", ""),
        ("", "已约客户周四到店试车。"),
        ("solved", "更换稳定杆胶套，试车无异响。"),
        ("recontacted", "不响了，谢谢。"),
        ("closed", "客户电话确认满意。"),
    ]
    assert deeds(complaint) == ["create", "take_over", "note", "solved", "recontact", "closed"]


# --- Days, and asking again -------------------------------------------------------------------------------------------
def days_of(complaint):
    complaint.refresh_from_db()
    return complaint.solved_on, complaint.closed_on, complaint.solved_round


def test_the_days_that_rules_count_from_follow_the_states(complaint, li, zhou, now, today):
    late = now + dt.timedelta(hours=13, minutes=59)  # 23:59 of the store's day
    walked_to(complaint, ComplaintState.SOLVED, by=li, now=late)
    assert days_of(complaint) == (today, None, 1)
    assert complaint.changed_at == late
    change_state(complaint, ComplaintState.HANDLING, by=zhou, now=late, reason="又响了。")
    assert days_of(complaint) == (None, None, 1)
    walked_to(complaint, ComplaintState.HANDLING, by=li, now=late)
    change_state(complaint, ComplaintState.SOLVED, by=li, now=late, resolution="换了减振器。")
    assert days_of(complaint) == (today, None, 2), "solved anew, so she is asked anew"
    record_recontact(complaint, by=li, now=late)
    change_state(complaint, ComplaintState.CLOSED, by=zhou, now=late + dt.timedelta(minutes=1))
    assert days_of(complaint) == (today, today + dt.timedelta(days=1), 2)


def test_no_complaint_is_closed_before_the_customer_was_asked_unless_somebody_says_why(complaint, li, zhou, now):
    walked_to(complaint, ComplaintState.SOLVED, by=li, now=now)
    with pytest.raises(NotAllowed) as refused:
        change_state(complaint, ComplaintState.CLOSED, by=zhou, now=now, unasked="  ")
    assert refused.value.code == "unasked"
    change_state(complaint, ComplaintState.CLOSED, by=zhou, now=now, unasked="客户书面确认过。")
    note = complaint.notes.order_by("id").last()
    assert (note.code, note.text) == ("closed_unasked", "客户书面确认过。")


def test_reopening_forgets_that_she_was_asked(complaint, li, zhou, now):
    walked_to(complaint, ComplaintState.SOLVED, by=li, now=now)
    record_recontact(complaint, by=li, now=now)
    change_state(complaint, ComplaintState.HANDLING, by=zhou, now=now, reason="又响了。")
    change_state(complaint, ComplaintState.SOLVED, by=li, now=now, resolution="换了减振器。")
    with pytest.raises(NotAllowed):
        change_state(complaint, ComplaintState.CLOSED, by=zhou, now=now)


def test_who_is_asked_is_asked_about_a_solution(complaint, li, now):
    with pytest.raises(NotAllowed):
        record_recontact(complaint, by=li, now=now)


def test_asking_is_taken_back_with_its_call_unless_the_case_went_on(complaint, li, zhou, now):
    walked_to(complaint, ComplaintState.SOLVED, by=li, now=now)
    record_recontact(complaint, by=li, now=now)
    withdraw_recontact(complaint, now, by=li, now=now)
    complaint.refresh_from_db()
    assert (complaint.recontacted_at, complaint.recontacted_by) == (None, None)
    record_recontact(complaint, by=li, now=now)
    change_state(complaint, ComplaintState.CLOSED, by=zhou, now=now)
    with pytest.raises(AlreadyHandled):
        withdraw_recontact(complaint, now, by=li, now=now)


def test_solved_needs_to_say_how(complaint, li, now):
    walked_to(complaint, ComplaintState.HANDLING, by=li, now=now)
    with pytest.raises(ValidationError) as refused:
        change_state(complaint, ComplaintState.SOLVED, by=li, now=now, resolution=" ")
    assert set(refused.value.message_dict) == {"resolution"}
    complaint.refresh_from_db()
    assert complaint.state == ComplaintState.HANDLING


def test_reopening_needs_a_reason_and_keeps_the_first_resolution_in_the_notes(complaint, li, zhou, now):
    walked_to(complaint, ComplaintState.SOLVED, by=li, now=now)
    with pytest.raises(ValidationError) as refused:
        change_state(complaint, ComplaintState.HANDLING, by=zhou, now=now)
    assert set(refused.value.message_dict) == {"reason"}
    change_state(complaint, ComplaintState.HANDLING, by=zhou, now=now, reason="客户说高速上还有异响。")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.resolution, complaint.solved_at) == (ComplaintState.HANDLING, "", None)
    assert ComplaintNote.objects.filter(complaint=complaint, text="重新调整了后悬挂，试车正常。").exists()
    assert complaint.handler == li


def test_nothing_is_noted_on_a_closed_complaint(complaint, li, now):
    walked_to(complaint, ComplaintState.CLOSED, by=li, now=now)
    for deed in (
        lambda: add_note(complaint, "补一句", by=li, now=now),
        lambda: take_over(complaint, by=li, now=now),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_taking_over_names_the_former_handler(complaint, li, chen, now):
    take_over(complaint, by=li, now=now)
    with pytest.raises(NotAllowed):
        take_over(complaint, by=li, now=now)
    take_over(complaint, by=chen, now=now)
    complaint.refresh_from_db()
    assert complaint.handler == chen
    assert complaint.notes.last().params == {"from": "李静"}


# --- Two at once ----------------------------------------------------------------------------------------------------
def test_the_second_of_two_moves_is_told(complaint, li, chen, now):
    mine, theirs = Complaint.objects.get(pk=complaint.pk), Complaint.objects.get(pk=complaint.pk)
    take_over(mine, by=li, now=now)
    with pytest.raises(NotAllowed) as refused:
        take_over(theirs, by=chen, now=now)
    assert refused.value.code == "changed"
    assert refused.value.complaint.handler == li
    complaint.refresh_from_db()
    assert complaint.handler == li
    assert complaint.notes.count() == 1


def test_what_was_not_seen_is_not_overruled(complaint, li, chen, now):
    seen_by_chen = complaint.stamp
    take_over(complaint, by=li, now=now)
    fresh = Complaint.objects.get(pk=complaint.pk)
    with pytest.raises(NotAllowed) as refused:
        take_over(fresh, by=chen, now=now, seen=seen_by_chen)
    assert refused.value.code == "changed"


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_one_step_is_taken(wang, li, zhou, now):
    """Closing against reopening: whichever comes first stands, the other is told, and nothing is lost between them."""
    for _ in range(5):
        complaint = walked_to(make_complaint(wang, by=li, now=now), ComplaintState.SOLVED, by=li, now=now)
        start, told, done = threading.Barrier(2), [], []

        def move(to, by, complaint=complaint, start=start, told=told, done=done):
            mine = Complaint.objects.get(pk=complaint.pk)
            start.wait()
            try:
                change_state(mine, to, by=by, now=now, reason="还有异响")
                done.append(to)
            except NotAllowed:
                told.append(to)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=move, args=(ComplaintState.CLOSED, zhou)),
            threading.Thread(target=move, args=(ComplaintState.HANDLING, li)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        complaint.refresh_from_db()
        assert (len(done), len(told)) == (1, 1)
        assert complaint.state == done[0]
        assert complaint.notes.filter(code__in=["closed", "reopened"]).count() == 1


# --- Withdrawing ----------------------------------------------------------------------------------------------------
def test_an_undone_call_takes_its_complaint_back(complaint, li, now):
    withdraw_complaint(complaint, by=li, now=now)
    assert complaint.state == ComplaintState.VOID
    assert not Complaint.objects.open().exists()
    assert not Complaint.objects.real().exists()
    assert deeds(complaint) == ["create", "withdraw"]


def test_a_complaint_somebody_works_on_is_not_taken_back(complaint, li, chen, now, wang):
    take_over(complaint, by=chen, now=now)
    with pytest.raises(AlreadyHandled):
        withdraw_complaint(complaint, by=li, now=now)
    noted = make_complaint(wang, by=li, now=now)
    add_note(noted, "客户又来电催。", by=chen, now=now)
    with pytest.raises(AlreadyHandled):
        withdraw_complaint(noted, by=li, now=now)
    assert Complaint.objects.open().count() == 2


def test_a_withdrawn_number_is_not_given_again(complaint, wang, li, now):
    withdraw_complaint(complaint, by=li, now=now)
    assert (
        open_complaint(
            wang,
            by=li,
            now=now,
            cause="price",
            severity="normal",
            department="service",
            summary="报价与结算不一致。",
        ).number
        == "TS20260318-002"
    )


def test_cases_from_before_these_columns_get_their_days_and_lose_them_again(complaint, li, now, today):
    migration = importlib.import_module("complaints.migrations.0005_days_of_old_cases")
    late = now + dt.timedelta(hours=13)  # 23:00 of the store's day
    walked_to(complaint, ComplaintState.CLOSED, by=li, now=late)
    migration.clear(apps, None)
    assert days_of(complaint) == (None, None, 0)
    migration.fill(apps, None)
    assert days_of(complaint) == (today, today, 1)
