"""What imports leave in the store, as somebody meets it who knows the issue and the exports, and not the code."""

import datetime as dt

import pytest
from django.utils import timezone

from customers.models import Customer, Phone, RepairOrder, Vehicle
from customers.services import verify_phone
from dms.models import Conflict
from tests.dms.exports import OWNERS, bring_in, outcome, owner, vin

pytestmark = pytest.mark.django_db
NUMBERED = ["工单号", "VIN", "车牌号", "车主", "车主编号", "送修人", "送修人手机", "结算日期"]


def test_a_cell_with_two_strange_numbers_is_one_conflict(pudong, zhou, now):
    bring_in(pudong, OWNERS, owner(1))
    verify_phone(Phone.objects.get(), by=zhou, now=now)
    batch = bring_in(pudong, OWNERS, owner(1, phone="13911112222/13933334444"))
    assert batch.counts["conflicts"] == 1
    assert Conflict.objects.get().theirs == "13911112222 / 13933334444"
    assert [phone.number for phone in Customer.objects.get().phones.all()] == ["13800000001"]


def test_an_old_order_of_somebody_of_the_same_name_does_not_change_the_owner(pudong):
    headers = ["VIN", "车主", "车主编号"]
    bring_in(pudong, headers, [vin(1), "王五", "K1"], [vin(2), "王五", "K2"])
    rows = NUMBERED, ["RO1", vin(1), "", "王五", "K2", "", "", "2024-02-06"]
    bring_in(pudong, *rows)
    assert Vehicle.objects.get(vin=vin(1)).owner.dms_no == "K1"
    assert RepairOrder.objects.get().owner.dms_no == "K2"
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)


def test_an_order_whose_day_is_corrected_backwards_is_no_longer_the_newest(pudong):
    today = timezone.now().date()
    first, second, third = (str(today - dt.timedelta(days=days)) for days in (4, 3, 2))
    bring_in(pudong, NUMBERED, ["RO1", vin(1), "沪A11111", "王五", "", "", "", third])
    rows = [
        NUMBERED,
        ["RO2", vin(1), "沪A22222", "王五", "", "", "", second],
        ["RO1", vin(1), "沪A11111", "王五", "", "", "", first],
    ]
    assert outcome(bring_in(pudong, *rows)) == (1, 1, 0, 0)
    assert Vehicle.objects.get().plate == "沪A22222"
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 2, 0)


def test_a_bringer_who_is_renamed_further_down_stays_the_same_person(pudong):
    bring_in(pudong, ["VIN", "车主", "车主编号", "手机"], [vin(1), "李四", "K1", "13800000001"])
    rows = [
        NUMBERED,
        ["RO1", vin(2), "", "张三", "", "李四", "13800000001", "2026-03-01"],
        ["RO2", vin(1), "", "李思", "K1", "", "", "2026-03-02"],
    ]
    bring_in(pudong, *rows)
    bringer = Customer.objects.get(dms_no="K1")
    assert bringer.name == "李思"
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 2, 0)
    assert RepairOrder.objects.get(order_no="RO1").bringer == bringer


def test_two_owners_of_one_car_in_one_file_are_its_history(pudong):
    rows = [
        ["VIN", "车主", "手机", "销售日期"],
        [vin(1), "王五", "13800000001", "2021-03-01"],
        [vin(1), "李四", "13900000002", "2024-05-01"],
    ]
    bring_in(pudong, *rows)
    assert Vehicle.objects.get().owner.name == "李四"
    stretches = Vehicle.objects.get().ownerships.order_by("started_on")
    assert [(o.customer.name, str(o.started_on), str(o.ended_on)) for o in stretches] == [
        ("王五", "2021-03-01", "2024-05-01"),
        ("李四", "2024-05-01", "None"),
    ]
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 2, 0)
    assert Vehicle.objects.get().ownerships.count() == 2
