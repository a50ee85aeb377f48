import datetime as dt

from complaints.choices import ComplaintState
from complaints.models import Complaint
from complaints.services import take_over, withdraw_complaint
from tests.factories.complaints import change_state, make_complaint
from tests.factories.customers import make_customer


def test_open_and_overdue(wang, li, now):
    waiting = make_complaint(wang, by=li, now=now)
    late = make_complaint(wang, by=li, now=now - dt.timedelta(days=18))
    solved = make_complaint(wang, by=li, now=now - dt.timedelta(days=9))
    closed = make_complaint(wang, by=li, now=now - dt.timedelta(days=10))
    gone = make_complaint(wang, by=li, now=now - dt.timedelta(days=11))
    for complaint in (solved, closed):
        change_state(complaint, ComplaintState.HANDLING, by=li, now=now)
        change_state(complaint, ComplaintState.SOLVED, by=li, now=now - dt.timedelta(days=6), resolution="好了")
    change_state(closed, ComplaintState.CLOSED, by=li, now=now, unasked="书面确认")
    withdraw_complaint(gone, by=li, now=now)
    assert set(Complaint.objects.open()) == {waiting, late, solved}
    assert set(Complaint.objects.overdue(now)) == {late, solved}, "who is not asked again in time counts too"
    assert set(Complaint.objects.real()) == {waiting, late, solved, closed}


def test_a_deadline_of_this_moment_is_not_yet_overdue(wang, li, now):
    complaint = make_complaint(wang, by=li, now=now)
    assert not Complaint.objects.overdue(complaint.next_due_at).exists()
    assert Complaint.objects.overdue(complaint.next_due_at + dt.timedelta(seconds=1)).exists()


def test_mine_and_found_by_number_or_name(wang, li, chen, now, pudong):
    hers = make_complaint(wang, by=li, now=now)
    his = make_complaint(make_customer(pudong, name="陈志远"), by=li, now=now)
    take_over(hers, by=chen, now=now)
    assert list(Complaint.objects.handled_by(chen)) == [hers]
    assert list(Complaint.objects.matching("志远")) == [his]
    assert list(Complaint.objects.matching("0318-001")) == [hers]
    assert list(Complaint.objects.matching("ts20260318-002")) == [his]


def test_the_other_store_sees_nothing(wang, li, zhao, now):
    make_complaint(wang, by=li, now=now)
    assert not Complaint.objects.visible_to(zhao).exists()
