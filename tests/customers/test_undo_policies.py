"""An import taken back: what insurance lists, and days of expiry on owner lists, had made of policies."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import Change
from customers.models import Customer, Ownership, Policy, Vehicle
from customers.services import update_customer
from dms import undo
from dms.models import Batch
from dms.takeback import TakeBack
from followups.services.planned import plan_manual
from tests.customers.facts import living, rows
from tests.customers.test_policies import BDC4S, YY, yy
from tests.dms.exports import OWNERS, bring_in, outcome, owner, vin

pytestmark = pytest.mark.django_db


def undone(batch, by=None):
    batch = undo.undo_now(batch, by=by)
    assert batch.state == "undone"
    return batch


def left(batch):
    return sorted(batch.remnants.values_list("model", "field", "code"))


def a_day(car=1, name="王雅丽", day="2027-02-28", phone="13800000001"):
    """A row under BDC4S: a day of expiry without a number."""
    return [vin(car), name, phone, day, "续保"]


@pytest.fixture
def car(pudong):
    bring_in(pudong, OWNERS, owner(1))


def test_policies_and_parts_that_a_list_made_go_and_come_back_in_the_same_rows(pudong, zhou, car):
    before = living(pudong)
    files = [YY, yy("交强险"), yy("车辆损失险", amount="2000")], [YY, yy("交强险", number="JQ9", car=2, name="李四")]
    batches = [bring_in(pudong, *file) for file in files]
    after, size = living(pudong), rows(pudong)
    for batch in reversed(batches):
        undone(batch, zhou)
    assert living(pudong) == before
    assert batches[0].remnants.count() == batches[1].remnants.count() == 0
    assert Vehicle.objects.alive().count() == Customer.objects.alive().count() == 1  # 李四 and her car went too
    again = [bring_in(pudong, *file) for file in files]
    assert living(pudong) == after and rows(pudong) == size
    assert [batch.counts["records"] for batch in again] == [batch.counts["records"] for batch in batches]


def test_every_field_of_a_changed_policy_goes_back(pudong, zhou, car):
    bring_in(pudong, YY, yy("交强险"))
    before = living(pudong)
    changed = yy("交强险", start="2026-03-05", end="2027-03-04", amount="1,100.50", 投保类型="新保", 保额="122000", 投保单号="TB2", 保险销售日期="2026-03-01")  # fmt: skip
    batch = bring_in(pudong, YY, changed)
    assert outcome(batch) == (0, 1, 0, 0) and living(pudong) != before
    batch = undone(batch, zhou)
    assert living(pudong) == before and not batch.remnants.exists()
    assert batch.undo["restored"] == {"customers.Policy": 1}
    line = Change.objects.get(batch_id=batch.pk, deed="undo")
    assert line.changes["premium"] == ["1100.50", "950.00"] and line.actor_name == "周敏"


def test_a_day_that_a_number_took_over_is_a_mere_day_again(pudong, car):
    bring_in(pudong, BDC4S, a_day())
    before = living(pudong)
    numbered = bring_in(pudong, YY, yy("交强险", end="2027-03-15"))
    assert Policy.objects.get().policy_no == "JQ1"
    undone(numbered)
    assert living(pudong) == before
    policy = Policy.objects.get()
    assert (policy.policy_no, policy.derived, policy.ends_on) == ("", "start", dt.date(2027, 2, 28))
    assert outcome(bring_in(pudong, BDC4S, a_day())) == (0, 0, 1, 0)


def test_the_list_of_days_goes_and_the_number_that_took_its_row_stays(pudong, car):
    days = bring_in(pudong, BDC4S, a_day())
    numbered = bring_in(pudong, YY, yy("交强险"))
    days = undone(days)
    assert Policy.objects.alive().get().policy_no == "JQ1"
    assert ("customers.Policy", "", "told_later") in left(days)
    undone(numbered)  # nobody tells of it any more
    assert not Policy.objects.alive().exists()
    assert not days.remnants.filter(model="customers.Policy").exists()


def test_a_day_that_only_filled_a_gap_of_the_policy_goes_alone(pudong, car):
    bring_in(pudong, YY, yy("交强险"))
    before = living(pudong)
    batch = bring_in(pudong, [*BDC4S, "保险公司"], [*a_day(), "平安保险"])
    assert Policy.objects.get().insurer == "平安保险"
    undone(batch)
    assert living(pudong) == before


def test_a_change_of_owner_that_a_policy_told_goes_back_with_it(pudong, car):
    bring_in(pudong, YY, yy("交强险"))
    before = living(pudong)
    sold = [
        YY,
        yy("交强险", number="JQ2", name="丙丁", start="2027-03-01", end="2028-02-29", 保险销售日期="2027-02-20"),
    ]
    batch = bring_in(pudong, *sold)
    assert Vehicle.objects.get().owner.name == "丙丁"
    undone(batch)
    assert living(pudong) == before
    assert Ownership.objects.alive().get().ended_on is None


def test_days_of_an_owner_list_go_with_it_and_a_later_policy_keeps_car_and_owner(pudong):
    header = [*OWNERS, "交强险到期日期", "商业险到期日期"]
    owners = bring_in(pudong, header, [*owner(1), "2027-02-28", "2027-02-28"])
    numbered = bring_in(pudong, YY, yy("交强险"))
    owners = undone(owners)
    assert list(Policy.objects.alive().values_list("cover", "policy_no")) == [("compulsory", "JQ1")]
    assert Vehicle.objects.alive().get().owner.name == "王雅丽"
    assert ("customers.Vehicle", "", "customers.Policy.vehicle") in left(owners)
    undone(numbered)
    assert not any(living(pudong).values())


def test_work_with_the_holder_keeps_her_and_not_the_policy(pudong, zhou, now, today):
    batch = bring_in(pudong, BDC4S, a_day())
    customer = Customer.objects.get()
    plan_manual(customer, opens_on=today, due_on=today, expires_on=None, subject="报价", by=zhou, now=now)
    batch = undone(batch)
    assert not Policy.objects.alive().exists() and not Vehicle.objects.alive().exists()
    assert Customer.objects.alive().get() == customer
    assert ("customers.Customer", "", "followups.PlannedCall.customer") in left(batch)


def test_what_a_person_wrote_about_the_holder_stays_while_the_policy_goes_back(pudong, zhou, now, car):
    bring_in(pudong, YY, yy("交强险"))
    batch = bring_in(pudong, YY, yy("交强险", end="2027-03-31"))
    update_customer(Customer.objects.get(), {"address": "她家"}, by=zhou, source="form", now=now)
    batch = undone(batch)
    assert Policy.objects.get().ends_on == dt.date(2027, 2, 28)
    assert Customer.objects.get().address == "她家" and not batch.remnants.exists()


def test_undone_in_any_order_the_term_is_that_of_the_list_that_stands(pudong, car):
    first, second, third = (
        bring_in(pudong, YY, yy("交强险", end=day)) for day in ("2027-02-28", "2027-03-10", "2027-03-20")
    )
    second = undone(second)
    assert Policy.objects.get().ends_on == dt.date(2027, 3, 20)
    assert ("customers.Policy", "ends_on", "changed_since") in left(second)
    undone(third)
    assert Policy.objects.get().ends_on == dt.date(2027, 2, 28)
    undone(first)
    assert not Policy.objects.alive().exists()


@pytest.mark.parametrize("others", [0, 70])
def test_a_term_whose_place_another_policy_has_taken_is_left_and_the_rest_goes_back(pudong, car, others):
    """Two lists moved the term away step by step, a third told the first day anew."""
    more = [a_day(n, f"车主{n}", phone=f"1380000{n:04d}") for n in range(2, 2 + others)]
    later = [[*row[:3], "2027-03-10", *row[4:]] for row in more]
    bring_in(pudong, BDC4S, *more[:35], a_day(day="2027-02-28"), *more[35:])
    moved = bring_in(pudong, BDC4S, *later[:35], a_day(day="2027-08-01"), *later[35:])
    again = bring_in(pudong, BDC4S, a_day(day="2027-12-31"))
    bring_in(pudong, BDC4S, a_day(day="2027-02-28"))
    undone(again)
    moved = undone(moved)
    ends = Policy.objects.alive().order_by("ends_on").values_list("ends_on", flat=True)
    assert list(ends.filter(vehicle__vin=vin(1))) == [dt.date(2027, 2, 28), dt.date(2027, 8, 1)]
    assert left(moved) == [("customers.Policy", name, "place_taken") for name in ("ends_on", "starts_on")]
    assert set(ends.exclude(vehicle__vin=vin(1))) <= {dt.date(2027, 2, 28)}


def test_another_store_s_policies_are_not_touched(pudong, xuhui, car):
    bring_in(xuhui, YY, yy("交强险"))
    before = living(xuhui)
    undone(bring_in(pudong, YY, yy("交强险")))
    assert living(xuhui) == before


class Killed(BaseException):
    """As sudden as a lost process."""


@pytest.mark.parametrize("at", range(1, 20, 3))
def test_killed_at_any_step_it_goes_on_and_ends_alike(pudong, monkeypatch, at):
    monkeypatch.setattr(undo, "LOTS", (2, 1))
    bring_in(pudong, BDC4S, *(a_day(number, f"车主{number}", phone=f"1380000{number:04d}") for number in range(5)))
    before = living(pudong)
    batch = bring_in(pudong, YY, *(yy("交强险", number=f"JQ{n}", car=n, name=f"车主{n}") for n in range(8)), yy("车辆损失险", commercial="SY3", car=3, name="车主3"))  # fmt: skip
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
    assert living(pudong) == before
    assert batch.undo["restored"]["customers.Policy"] == 5
    assert batch.undo["retired"]["customers.Policy"] == 5  # three cars' own, the part and its commercial cover
