"""An import of complaints taken back: what nobody here has touched goes, what somebody works on stays."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import Change
from complaints.models import Complaint
from complaints.services import add_note, take_over
from customers.models import Customer, Vehicle
from dms import undo
from dms.models import Batch
from dms.takeback import TakeBack
from tests.complaints.test_sheets import YY, yy
from tests.dms.exports import OWNERS, bring_in, outcome, owner
from tests.factories.complaints import change_state

pytestmark = pytest.mark.django_db
OPEN = {"处理状态": "处理中", "处理完成日期": "", "结案日期": "", "回访结果": "", "解决方案": ""}
COLUMNS = (
    *("dms_no", "customer__name", "vehicle__plate", "cause__code", "severity", "department", "summary", "state", "deadline_at"),
    *("resolution", "opened_at", "solved_at", "closed_at", "dms_facts"),
)  # fmt: skip


def cases(store):
    return sorted(map(repr, Complaint.objects.alive().filter(store=store).values_list(*COLUMNS)))


def undone(batch, by=None):
    batch = undo.undo_now(batch, by=by)
    assert batch.state == "undone"
    return batch


def left(batch):
    return sorted(batch.remnants.values_list("model", "field", "code"))


@pytest.fixture(autouse=True)
def wang(pudong):
    return bring_in(pudong, OWNERS, owner(1), owner(2, name="李四"))


def test_cases_go_and_come_back_in_the_same_rows(pudong, zhou):
    batch = bring_in(pudong, YY, yy("TS1"), yy("TS2"))
    after = cases(pudong)
    batch = undone(batch, zhou)
    assert not cases(pudong) and not batch.remnants.exists()
    assert batch.undo["retired"] == {"complaints.Complaint": 2}
    assert Customer.objects.alive().count() == 2  # the list of complaints had made nobody
    assert outcome(bring_in(pudong, YY, yy("TS1"), yy("TS2"))) == (2, 0, 0, 0)
    assert cases(pudong) == after and Complaint.objects.count() == 2


def test_a_case_that_a_newer_list_closed_is_open_again_with_its_deadline(pudong, zhou):
    bring_in(pudong, YY, yy(**OPEN))
    before = cases(pudong)
    closing = bring_in(pudong, YY, yy(投诉摘要="别的", 投诉类型="服务态度投诉"))
    assert Complaint.objects.get().state == "closed"
    closing = undone(closing, zhou)
    assert cases(pudong) == before and not closing.remnants.exists()
    assert Complaint.objects.open().get().deadline_at is not None
    line = Change.objects.get(batch_id=closing.pk, deed="undo")
    assert line.changes["state"] == ["closed", "handling"] and line.actor_name == "周敏"


@pytest.mark.parametrize("deed", [take_over, lambda case, **who: add_note(case, "电话里道歉", **who)])
def test_what_somebody_here_works_on_stays(pudong, zhou, now, deed):
    batch = bring_in(pudong, YY, yy(**OPEN), yy("TS2", **OPEN))
    deed(Complaint.objects.get(dms_no="TS1"), by=zhou, now=now)
    batch = undone(batch)
    assert Complaint.objects.alive().get().dms_no == "TS1"
    assert left(batch) == [("complaints.Complaint", "", "complaints.ComplaintNote.complaint")]


def test_what_somebody_did_after_the_list_is_not_taken_back_with_the_lists_words(pudong, zhou, now):
    bring_in(pudong, YY, yy(**OPEN))
    batch = bring_in(pudong, YY, yy(投诉摘要="别的", **{**OPEN, "处理状态": "待处理", "解决方案": "等配件"}))
    case = Complaint.objects.get()
    take_over(case, by=zhou, now=now)
    change_state(case, "solved", by=zhou, now=now, resolution="已换新件")
    batch = undone(batch)
    case.refresh_from_db()
    assert (case.summary, case.state, case.resolution, case.handler) == ("刹车仍有异响", "solved", "已换新件", zhou)
    assert ("complaints.Complaint", "resolution", "changed_since") in left(batch)


def test_a_case_of_two_lists_goes_with_the_second(pudong):
    first = bring_in(pudong, YY, yy(**OPEN))
    second = bring_in(pudong, YY, yy())
    first = undone(first)
    assert Complaint.objects.get().state == "closed" and left(first) == [("complaints.Complaint", "", "told_later")]
    undone(second)
    assert not cases(pudong) and not first.remnants.exists()


def test_the_customer_of_a_case_stays_as_long_as_the_case(pudong, wang):
    complaints = bring_in(pudong, YY, yy())
    owners = undone(wang)
    assert Customer.objects.alive().get().name == "王雅丽" and Vehicle.objects.alive().get().plate == "沪A00001"
    assert ("customers.Vehicle", "", "complaints.Complaint.vehicle") in left(owners)
    undone(complaints)
    assert not Customer.objects.alive().exists() and not owners.remnants.filter(field="").exists()


class Killed(BaseException):
    """As sudden as a lost process."""


@pytest.mark.parametrize("at", range(1, 8))
def test_killed_at_any_step_it_goes_on_and_ends_alike(pudong, monkeypatch, at):
    monkeypatch.setattr(undo, "LOTS", (2, 1))
    bring_in(pudong, YY, *(yy(f"TS{n}", **OPEN) for n in range(3)))
    before = cases(pudong)
    batch = bring_in(pudong, YY, *(yy(f"TS{n}") for n in range(6)))
    step, steps = TakeBack.step, []

    def killed(self, *args):
        result = step(self, *args)
        steps.append(args)
        if len(steps) == at:
            raise Killed
        return result

    monkeypatch.setattr(TakeBack, "step", killed)
    with pytest.raises(Killed):
        undo.undo_now(batch, by=None)
    monkeypatch.setattr(TakeBack, "step", step)
    Batch.objects.filter(pk=batch.pk).update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    batch = undo.run_undo(batch.pk)
    assert batch.state == "undone" and not batch.remnants.exists()
    assert cases(pudong) == before
    assert (batch.undo["restored"], batch.undo["retired"]) == ({"complaints.Complaint": 3}, {"complaints.Complaint": 3})
