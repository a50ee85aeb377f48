"""What owner lists and repair orders become: people, cars, owners, deliveries, orders."""

import datetime as dt

import pytest

from audit.models import Change
from customers.models import Customer, Delivery, FormerPlate, Ownership, Phone, RepairOrder, Vehicle
from customers.services import add_phone, update_customer, void_phone
from dms.models import Conflict
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, remarks, text, vin

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
YY_OWNERS = ["VIN号", "车牌号", "联系人姓名", "联系人电话", "联系人手机", "发动机号", "制造日期", "品牌", "车系", "车型", "配置", "颜色", "产品代码", "指定服专", "DCRC专员", "续保专员", "车辆用途", "销售顾问", "销售日期", "上牌日期", "是否本公司购车", "行驶里程", "换表日期", "日平均里程", "保修起始日期", "保修结束日期", "首次进厂日期", "上次维修日期", "上次维修里程"]  # fmt: skip


def facts():
    """Everything an import writes, without ids and moments."""
    return {
        "customers": sorted(Customer.objects.values_list("store__code", "name", "kind", "stage", "dms_no", "address")),
        "phones": sorted(Phone.objects.values_list("customer__name", "number", "is_primary", "is_void")),
        "vehicles": sorted(Vehicle.objects.values_list("store__code", "vin", "plate", "owner__name")),
        "ownerships": sorted(map(str, Ownership.objects.values_list("vehicle__vin", "customer__name", "started_on", "ended_on"))),
        "orders": sorted(map(str, RepairOrder.objects.values_list("order_no", "owner__name", "bringer__name", "items"))),
    }  # fmt: skip


# --- owners ---------------------------------------------------------------------------------------------------------
def test_an_owner_row_yields_customer_phone_car_ownership_and_delivery(pudong, zhou):
    batch = bring_in(
        pudong,
        [*OWNERS, "发动机号", "颜色", "车系", "品牌", "上牌日期", "行驶里程", "销售顾问", "地址", "客户编号"],
        [*owner(1), "caf 001", "白", "福克斯", "福特", "2026/3/5", "1,234公里", "孙强", "上海市 浦东新区", "K0001"],
        by=zhou,
    )
    customer = Customer.objects.get()
    assert (customer.name, customer.pinyin, customer.initials) == ("王雅丽", "wangyali", "wyl")
    assert (customer.kind, customer.stage, customer.dms_no) == ("private", "owner", "K0001")
    assert (customer.address, customer.batch, customer.store) == ("上海市 浦东新区", batch, pudong)
    phone = Phone.objects.get()
    assert (phone.number, phone.reversed, phone.kind, phone.is_primary) == (
        "13800000001",
        "10000000831",
        "mobile",
        True,
    )
    assert phone.source == "import"
    car = Vehicle.objects.get()
    assert (car.vin, car.vin_reversed, car.plate, car.plate_reversed) == (vin(1), vin(1)[::-1], "沪A00001", "10000A沪")
    assert (car.owner, car.engine_no, car.color, car.brand, car.series) == (customer, "caf001", "白", "福特", "福克斯")
    assert (car.registered_on, car.odometer_km, car.odometer_on) == (dt.date(2026, 3, 5), 1234, None)
    ownership = Ownership.objects.get()
    assert (ownership.vehicle, ownership.customer, ownership.started_on, ownership.ended_on) == (
        car,
        customer,
        DAY,
        None,
    )
    delivery = Delivery.objects.get()
    assert (delivery.delivered_on, delivery.customer, delivery.sales_consultant) == (DAY, customer, "孙强")
    assert not Change.objects.filter(batch_id=batch.pk).exists()  # a creation is its batch


def test_a_whole_yonyou_layout_is_read(pudong):
    row = dict.fromkeys(YY_OWNERS, "") | {
        "VIN号": vin(1), "联系人姓名": "王　五", "联系人电话": "021-58880000", "联系人手机": "１３８１２３４５６７８", "销售日期": "20260301",
        "是否本公司购车": "是", "行驶里程": 5000.0, "上次维修里程": 4000,
    }  # fmt: skip
    bring_in(pudong, YY_OWNERS, [row[header] for header in YY_OWNERS])
    assert Customer.objects.get().name == "王五"
    phones = {phone.number: phone.is_primary for phone in Phone.objects.all()}
    assert phones == {"13812345678": True, "02158880000": False}
    assert Vehicle.objects.get().odometer_km == 5000
    assert Delivery.objects.get().delivered_on == DAY


def test_the_day_of_delivery_falls_back_to_sale_and_invoice(pudong):
    header = ["VIN", "车主", "交车日期", "销售日期", "开票日期"]
    bring_in(
        pudong,
        header,
        [vin(1), "甲乙", "2026-03-03", "2026-03-02", "2026-03-01"],
        [vin(2), "甲丙", "", "2026-03-02", "2026-03-01"],
        [vin(3), "甲丁", "", "", "2026-03-01"],
        [vin(4), "甲戊", "", "", ""],
    )
    days = dict(Delivery.objects.values_list("vehicle__vin", "delivered_on"))
    assert days == {vin(1): dt.date(2026, 3, 3), vin(2): dt.date(2026, 3, 2), vin(3): DAY}
    # A day that came from the sale moves with it, and gives way to a real one; a real one stays.
    bring_in(pudong, header[:2] + ["销售日期"], [vin(1), "甲乙", "2026-02-02"], [vin(2), "甲丙", "2026-02-02"])
    days = dict(Delivery.objects.values_list("vehicle__vin", "delivered_on"))
    assert days[vin(1)] == dt.date(2026, 3, 3) and days[vin(2)] == dt.date(2026, 2, 2)
    bring_in(pudong, header[:3], [vin(2), "甲丙", "2026-03-09"])
    assert Delivery.objects.get(vehicle__vin=vin(2)).delivered_on == dt.date(2026, 3, 9)


def test_a_car_bought_elsewhere_was_not_delivered_by_this_store(pudong):
    header = ["VIN", "车主", "销售日期", "是否本公司购车"]
    bring_in(pudong, header, [vin(1), "甲乙", "2026-03-01", "否"], [vin(2), "甲丙", "2026-03-01", "是"])
    assert list(Delivery.objects.values_list("vehicle__vin", flat=True)) == [vin(2)]
    batch = bring_in(pudong, header, [vin(2), "甲丙", "2026-03-01", "否"])
    assert outcome(batch) == (0, 1, 0, 0)
    assert Delivery.objects.get().is_void


@pytest.mark.parametrize("column", ["交车日期", "销售日期", "开票日期"])
@pytest.mark.parametrize("day", ["2026-02-30", "03/04/2026", "2204-01-01", "不知道"])
def test_an_impossible_day_of_delivery_rejects_the_car(pudong, column, day):
    batch = bring_in(pudong, ["VIN", "车主", column], [vin(1), "甲乙", day])
    assert outcome(batch) == (0, 0, 0, 1)
    assert remarks(batch)[0][1] == column and remarks(batch)[0][3] == "error"
    assert not Vehicle.objects.exists() and not Customer.objects.exists()


@pytest.mark.parametrize("day", ["", "-", "无", "1900-01-00", "1900/01/01", "0000-00-00", "null", 0])
def test_a_day_that_says_nothing_means_no_delivery(pudong, day):
    batch = bring_in(pudong, ["VIN", "车主", "交车日期"], [vin(1), "甲乙", day])
    assert outcome(batch) == (1, 0, 0, 0)
    assert remarks(batch) == []
    assert not Delivery.objects.exists()


def test_other_impossible_days_are_left_out(pudong):
    batch = bring_in(pudong, ["VIN", "车主", "交车日期", "上牌日期"], [vin(1), "甲乙", "2026-03-01", "2026-02-30"])
    assert outcome(batch) == (1, 0, 0, 0)
    assert remarks(batch) == [(2, "上牌日期", "date_impossible", "warning")]


def test_updates_leave_one_history_line_a_record_with_batch_and_person(pudong, zhou):
    bring_in(pudong, OWNERS, owner(1))
    batch = bring_in(pudong, OWNERS, owner(1, plate="沪B12345", day="2026-03-04"), by=zhou)
    assert outcome(batch) == (0, 1, 0, 0)
    changes = {change.model: change for change in Change.objects.filter(batch_id=batch.pk)}
    assert changes["customers.vehicle"].changes == {"plate": ["沪A00001", "沪B12345"]}
    assert changes["customers.delivery"].changes == {"delivered_on": ["2026-03-01", "2026-03-04"]}
    assert len(changes) == 2
    line = changes["customers.vehicle"]
    assert (line.actor_id, line.actor_name, line.source, line.store_id) == (zhou.pk, "周敏", "import", pudong.pk)
    assert line.customer_id == Customer.objects.get().pk and line.object_id == Vehicle.objects.get().pk
    assert Vehicle.objects.get().plate_reversed == "54321B沪"
    assert FormerPlate.objects.get().plate == "沪A00001"
    assert Vehicle.objects.get().changed_at > Customer.objects.get().changed_at


def test_of_two_rows_of_one_car_the_latest_dated_counts(pudong):
    header = [*OWNERS, "地址"]
    batch = bring_in(
        pudong,
        header,
        [*owner(1, name="新车主", phone="13900000001", day="2026-03-09", plate=""), ""],
        [*owner(1, name="旧车主", phone="13900000002", day="2025-03-01", plate="沪B00001"), "旧地址"],
    )
    assert outcome(batch) == (2, 0, 0, 0)
    present = Vehicle.objects.get().owner
    assert (present.name, present.address) == ("新车主", "")  # the former owner's address is not hers
    assert list(present.phones.values_list("number", flat=True)) == ["13900000001"]
    former = Ownership.objects.get(ended_on__isnull=False)
    assert (former.customer.name, former.ended_on) == ("旧车主", dt.date(2026, 3, 9))
    assert Delivery.objects.get().delivered_on == dt.date(2026, 3, 9)
    assert (3, "车主姓名", "rows_disagree", "warning") in remarks(batch)


def test_undated_rows_of_one_car_complete_each_other(pudong):
    header = ["VIN", "车主", "手机", "车牌号", "颜色"]
    batch = bring_in(
        pudong, header, [vin(1), "甲乙", "", "沪A00001", ""], [vin(1), "甲乙", "13900000001", "沪A00002", "白"]
    )
    assert outcome(batch) == (2, 0, 0, 0)
    car = Vehicle.objects.get()
    assert (car.plate, car.color) == ("沪A00001", "白")
    assert Phone.objects.get().number == "13900000001"
    assert remarks(batch) == [(3, "车牌号", "rows_disagree", "warning")]


# --- who is who -----------------------------------------------------------------------------------------------------
def test_one_person_with_two_cars_is_one_customer_by_name_and_phone(pudong):
    bring_in(pudong, OWNERS, owner(1, phone="13900000001"), owner(2, phone="13900000001"))
    assert Customer.objects.count() == 1
    assert Customer.objects.get().vehicles.count() == 2


def test_a_phone_alone_makes_nobody_the_same_person(pudong):
    bring_in(pudong, OWNERS, owner(1, phone="13900000001"), owner(2, phone="13900000001", name="张三"))
    assert Customer.objects.count() == 2


def test_a_name_alone_makes_nobody_the_same_person(pudong):
    header = ["VIN", "车主"]
    bring_in(pudong, header, [vin(1), "王伟"], [vin(2), "王伟"])
    assert Customer.objects.count() == 2
    batch = bring_in(pudong, header, [vin(1), "王伟"], [vin(2), "王伟"])
    assert outcome(batch) == (0, 0, 2, 0)
    assert Customer.objects.count() == 2


def test_the_dms_number_finds_a_person_who_changed_name_and_phone(pudong):
    header = [*OWNERS, "客户编号"]
    bring_in(pudong, header, [*owner(1), "K1"])
    batch = bring_in(pudong, header, [*owner(2, name="王雅莉", phone="13700000001"), "K1"])
    customer = Customer.objects.get()
    assert customer.name == "王雅莉" and customer.pinyin == "wangyali"
    assert customer.vehicles.count() == 2
    assert {phone.number for phone in customer.phones.all()} == {"13800000001", "13700000001"}
    assert Change.objects.get(batch_id=batch.pk).changes == {"name": ["王雅丽", "王雅莉"]}


def test_two_dms_numbers_are_two_people_whatever_name_and_phone(pudong):
    header = [*OWNERS, "客户编号"]
    rows = [[*owner(1, phone="13900000001"), "K1"], [*owner(2, phone="13900000001"), "K2"]]
    bring_in(pudong, header, *rows)
    assert sorted(Customer.objects.values_list("dms_no", flat=True)) == ["K1", "K2"]
    assert outcome(bring_in(pudong, header, *rows)) == (0, 0, 2, 0)


def test_a_customer_without_number_gets_the_number_of_the_dms(pudong):
    bring_in(pudong, OWNERS, owner(1))
    bring_in(pudong, [*OWNERS, "客户编号"], [*owner(1), "K1"])
    assert Customer.objects.get().dms_no == "K1"


def test_the_owner_of_the_car_by_the_same_name_keeps_her_file_and_gets_the_new_number(pudong):
    bring_in(pudong, OWNERS, owner(1))
    batch = bring_in(pudong, OWNERS, owner(1, phone="13700000001"))
    assert outcome(batch) == (0, 1, 0, 0)
    customer = Customer.objects.get()
    assert {phone.number: phone.is_primary for phone in customer.phones.all()} == {
        "13800000001": True,
        "13700000001": False,
    }


def test_another_name_on_a_known_vin_is_a_change_of_ownership_not_a_rename(pudong):
    bring_in(pudong, OWNERS, owner(1, day="2024-03-01"))
    old = Customer.objects.get()
    batch = bring_in(pudong, OWNERS, owner(1, name="张三", phone="13700000001", day="2026-03-05"))
    assert outcome(batch) == (0, 1, 0, 0)
    new = Customer.objects.get(name="张三")
    car = Vehicle.objects.get()
    assert car.owner == new
    old.refresh_from_db()
    assert old.name == "王雅丽"
    history = list(Ownership.objects.order_by("pk").values_list("customer", "started_on", "ended_on"))
    assert history == [(old.pk, dt.date(2024, 3, 1), dt.date(2026, 3, 5)), (new.pk, dt.date(2026, 3, 5), None)]
    changes = {change.model: change.changes for change in Change.objects.filter(batch_id=batch.pk)}
    assert changes["customers.vehicle"] == {"owner_id": [old.pk, new.pk]}
    assert changes["customers.ownership"] == {"ended_on": [None, "2026-03-05"]}
    before = facts()
    assert outcome(bring_in(pudong, OWNERS, owner(1, name="张三", phone="13700000001", day="2026-03-05"))) == (
        0,
        0,
        1,
        0,
    )
    assert facts() == before


def test_a_new_owner_in_a_list_with_the_day_of_the_first_sale_owns_as_of_today(pudong):
    bring_in(pudong, OWNERS, owner(1, day="2024-03-01"))
    batch = bring_in(pudong, OWNERS, owner(1, name="张三", phone="13700000001", day="2024-03-01"))
    today = pudong.day_of(batch.created_at)
    assert Ownership.objects.get(customer__name="王雅丽").ended_on == today
    assert Ownership.objects.get(customer__name="张三").started_on == today
    assert Delivery.objects.get().customer.name == "王雅丽"


def test_a_list_older_than_what_is_known_adds_to_the_history_and_leaves_the_owner(pudong):
    bring_in(pudong, OWNERS, owner(1, name="张三", phone="13700000001", day="2026-03-05"))
    rows = [owner(1, name="王雅丽", day="2024-03-01")]
    batch = bring_in(pudong, OWNERS, *rows)
    assert Vehicle.objects.get().owner.name == "张三"
    assert (2, "车主姓名", "older_owner", "warning") in remarks(batch)
    assert Ownership.objects.get(customer__name="王雅丽").ended_on == dt.date(2026, 3, 5)
    before = facts()
    again = bring_in(pudong, OWNERS, *rows)
    assert outcome(again) == (0, 0, 1, 0)
    assert facts() == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("上海永达汽车租赁有限公司", "company"),
        ("浦东新区税务局", "company"),
        ("李厂", "private"),
        ("欧阳建国", "private"),
    ],
)
def test_companies_are_told_by_their_names(pudong, name, kind):
    bring_in(pudong, OWNERS, owner(1, name=name))
    assert Customer.objects.get().kind == kind


def test_a_column_about_the_kind_of_customer_counts_more_than_the_name(pudong):
    bring_in(pudong, ["VIN", "车主", "客户性质"], [vin(1), "老王", "单位"], [vin(2), "某某公司", "个人"])
    assert dict(Customer.objects.values_list("name", "kind")) == {"老王": "company", "某某公司": "private"}


def test_two_rows_that_disagree_about_one_customer_do_not_go_round_in_circles(pudong):
    header = [*OWNERS, "客户编号", "地址"]
    rows = [[*owner(1), "K1", "浦东"], [*owner(2), "K1", "徐汇"]]
    batch = bring_in(pudong, header, *rows)
    assert Customer.objects.get().address == "浦东"
    assert (3, "地址", "earlier_row_counts", "warning") in remarks(batch)
    assert outcome(bring_in(pudong, header, *rows)) == (0, 0, 2, 0)


def test_two_stores_never_touch_each_others_rows(pudong, xuhui):
    bring_in(pudong, [*OWNERS, "客户编号"], [*owner(1), "K1"])
    before = facts()
    batch = bring_in(xuhui, [*OWNERS, "客户编号"], [*owner(1, name="张三", plate="沪B00001"), "K1"])
    assert outcome(batch) == (1, 0, 0, 0)
    after = facts()
    assert {row for row in after["vehicles"] if row[0] == "PD"} == set(before["vehicles"])
    assert {row for row in after["customers"] if row[0] == "PD"} == set(before["customers"])
    bring_in(xuhui, ORDERS, order("RO1", vin(1), name="王雅丽", phone="13800000001"))
    assert RepairOrder.objects.get().vehicle.store == xuhui
    assert RepairOrder.objects.get().owner.store == xuhui


# --- phones and what DCRC knows better ----------------------------------------------------------------------------------
def test_all_numbers_of_a_cell_are_kept_and_the_first_mobile_is_primary(pudong):
    bring_in(pudong, OWNERS, owner(1, phone="021-58880000、13912345678；13700000001"))
    phones = {phone.number: (phone.kind, phone.is_primary) for phone in Phone.objects.all()}
    assert phones == {
        "02158880000": ("landline", False),
        "13912345678": ("mobile", True),
        "13700000001": ("mobile", False),
    }


def test_the_first_mobile_takes_over_from_a_landline(pudong):
    bring_in(pudong, OWNERS, owner(1, phone="021-58880000"))
    assert Phone.objects.get().is_primary
    bring_in(pudong, OWNERS, owner(1, phone="13912345678"))
    assert dict(Phone.objects.values_list("number", "is_primary")) == {"02158880000": False, "13912345678": True}


@pytest.mark.parametrize("cell", ["138****0001", "1.38E+10", "400-820-1234", "5888", "没有"])
def test_a_number_that_cannot_be_dialled_replaces_nothing(pudong, cell):
    bring_in(pudong, OWNERS, owner(1))
    batch = bring_in(pudong, OWNERS, owner(1, phone=cell))
    assert outcome(batch) == (0, 0, 1, 0)
    assert len(remarks(batch)) == 1 and remarks(batch)[0][3] == "warning"
    assert Phone.objects.get().number == "13800000001"


def test_a_verified_number_stands_against_a_stale_one(pudong, zhou, now):
    bring_in(pudong, OWNERS, owner(1))
    customer = Customer.objects.get()
    void_phone(customer.phones.get(), by=zhou, source="call", now=now)
    add_phone(customer, "13911112222", by=zhou, source="call", now=now, verified=True, make_primary=True)
    before = facts()
    for _time in range(2):
        batch = bring_in(pudong, OWNERS, owner(1))
        assert outcome(batch) == (0, 0, 1, 0)
        assert batch.counts["conflicts"] == 1
        assert facts() == before
    conflict = Conflict.objects.filter(batch=batch).get()
    assert (conflict.ours, conflict.theirs, conflict.field) == ("13911112222", "13800000001", "phone")
    assert (conflict.customer_id, conflict.store, conflict.row, conflict.state) == (customer.pk, pudong, 2, "open")


def test_a_verified_number_that_equals_is_no_conflict(pudong, zhou, now):
    bring_in(pudong, OWNERS, owner(1))
    add_phone(Customer.objects.get(), "13800000001", by=zhou, source="call", now=now, verified=True)
    batch = bring_in(pudong, OWNERS, owner(1))
    assert outcome(batch) == (0, 0, 1, 0) and batch.counts["conflicts"] == 0


def test_a_verified_field_stands_against_the_dms(pudong, zhou, now):
    header = [*OWNERS, "地址"]
    bring_in(pudong, header, [*owner(1), "旧地址"])
    customer = Customer.objects.get()
    update_customer(customer, {"address": "新地址"}, by=zhou, source="call", now=now, verified=True)
    batch = bring_in(pudong, header, [*owner(1), "旧地址"])
    assert batch.counts["conflicts"] == 1 and outcome(batch) == (0, 0, 1, 0)
    assert Customer.objects.get().address == "新地址"
    assert bring_in(pudong, header, [*owner(1), "新地址"]).counts["conflicts"] == 0


def test_a_verified_name_is_not_taken_for_another_owner(pudong, zhou, now):
    bring_in(pudong, OWNERS, owner(1, name="王亚丽"))
    update_customer(Customer.objects.get(), {"name": "王雅丽"}, by=zhou, source="call", now=now, verified=True)
    batch = bring_in(pudong, OWNERS, owner(1, name="王亚丽"))
    assert batch.counts["conflicts"] == 1 and outcome(batch) == (0, 0, 1, 0)
    assert Customer.objects.get().name == "王雅丽"


def test_a_number_taken_away_here_does_not_come_back(pudong, zhou, now):
    bring_in(pudong, OWNERS, owner(1))
    void_phone(Phone.objects.get(), by=zhou, source="call", now=now)
    batch = bring_in(pudong, OWNERS, owner(1))
    assert outcome(batch) == (0, 0, 1, 0)
    assert Phone.objects.get().is_void


# --- repair orders ----------------------------------------------------------------------------------------------------
def test_an_order_yields_car_and_owner_where_they_are_not_known(pudong):
    bring_in(
        pudong,
        ORDERS,
        order("RO1", vin(1), phone="13800000001", km="12,000", amount="¥1,234.50"),
    )
    found = RepairOrder.objects.get()
    assert (found.order_no, found.vehicle.vin, found.owner.name, found.bringer) == (
        "RO1",
        vin(1),
        "王雅丽",
        found.owner,
    )
    assert (found.opened_on, found.settled_on, found.odometer_km) == (DAY, dt.date(2026, 3, 2), 12000)
    assert str(found.amount) == "1234.50"
    assert found.items == "保养"
    car = Vehicle.objects.get()
    assert (car.owner, car.odometer_km, car.odometer_on) == (found.owner, 12000, dt.date(2026, 3, 2))
    assert Customer.objects.get().stage == "owner"
    assert Ownership.objects.get().started_on == dt.date(2026, 3, 2)


def test_who_brings_somebody_elses_car_is_a_customer_of_his_own(pudong):
    rows = [order("RO1", vin(1), phone="13800000001", bringer="李小军", mobile="13700000001")]
    bring_in(pudong, ORDERS, *rows)
    found = RepairOrder.objects.get()
    assert (found.owner.name, found.bringer.name, found.bringer.stage) == ("王雅丽", "李小军", "contact")
    assert (found.bringer_name, found.bringer_phone) == ("李小军", "13700000001")
    assert found.bringer.phones.get().is_primary
    assert Vehicle.objects.get().owner == found.owner
    assert outcome(bring_in(pudong, ORDERS, *rows)) == (0, 0, 1, 0)
    bring_in(pudong, ORDERS, order("RO2", vin(2), name="赵六", bringer="李小军", mobile="13700000001"))
    assert RepairOrder.objects.get(order_no="RO2").bringer == found.bringer


@pytest.mark.parametrize(
    ("bringer", "mobile"),
    [("王雅丽", "13700000001"), ("李小军", "13800000001"), ("李小军", ""), ("", "13700000001"), ("", "")],
)
def test_without_another_name_and_another_phone_the_bringer_is_the_owner(pudong, bringer, mobile):
    rows = [order("RO1", vin(1), phone="13800000001", bringer=bringer, mobile=mobile)]
    bring_in(pudong, ORDERS, *rows)
    found = RepairOrder.objects.get()
    assert found.bringer == found.owner
    assert found.bringer_name == bringer
    assert Customer.objects.count() == 1
    assert outcome(bring_in(pudong, ORDERS, *rows)) == (0, 0, 1, 0)


def test_an_order_without_owner_belongs_to_the_owner_of_the_car(pudong):
    bring_in(pudong, OWNERS, owner(1))
    bring_in(pudong, ORDERS, order("RO1", vin(1), name=""))
    assert RepairOrder.objects.get().owner == Customer.objects.get()
    bring_in(pudong, ORDERS, order("RO2", vin(2), name=""))
    assert RepairOrder.objects.get(order_no="RO2").owner is None


def test_the_latest_reading_of_the_odometer_counts(pudong):
    def read(number, day, km):
        bring_in(pudong, ORDERS, order(number, vin(1), opened=day, settled=day, km=km))
        return Vehicle.objects.values_list("odometer_km", "odometer_on").get()

    assert read("RO1", "2026-02-01", 10000) == (10000, dt.date(2026, 2, 1))
    assert read("RO2", "2026-01-01", 12000) == (10000, dt.date(2026, 2, 1))  # a typing error in an older order
    assert read("RO3", "2026-03-01", 15000) == (15000, dt.date(2026, 3, 1))
    assert read("RO4", "2026-03-01", 14000) == (15000, dt.date(2026, 3, 1))
    assert read("RO5", "2026-03-05", 100) == (100, dt.date(2026, 3, 5))  # a new meter


def test_a_reading_without_a_day_only_goes_up_and_the_same_orders_again_change_nothing(pudong):
    bring_in(pudong, [*OWNERS, "行驶里程"], [*owner(1), 150])
    rows = [
        order("RO2", vin(1), opened="2026-02-02", settled="2026-02-02", km=100),
        order("RO1", vin(1), opened="2026-02-01", settled="2026-02-01", km=200),
    ]
    bring_in(pudong, ORDERS, *rows)
    assert Vehicle.objects.values_list("odometer_km", "odometer_on").get() == (150, dt.date(2026, 2, 2))
    assert outcome(bring_in(pudong, ORDERS, *rows)) == (0, 0, 2, 0)


def test_a_settled_order_becomes_an_update_of_the_open_one(pudong):
    bring_in(pudong, ORDERS, order("RO1", vin(1), settled=""))
    batch = bring_in(pudong, ORDERS, order("RO1", vin(1), settled="2026-03-02"))
    assert outcome(batch) == (0, 1, 0, 0)
    assert RepairOrder.objects.get().settled_on == dt.date(2026, 3, 2)
    assert Change.objects.get(model="customers.repairorder").changes == {"settled_on": [None, "2026-03-02"]}


def test_the_newest_order_tells_the_owner_whatever_the_order_of_rows(pudong):
    rows = [
        order("RO3", vin(1), name="丙丙丙", opened="2026-03-01", settled="2026-03-01"),
        order("RO1", vin(1), name="甲甲甲", opened="2026-01-01", settled="2026-01-01"),
        order("RO4", vin(1), name="甲甲甲", opened="2026-03-10", settled="2026-03-10"),
        order("RO2", vin(1), name="乙乙乙", opened="2026-02-01", settled="2026-02-01"),
    ]
    bring_in(pudong, ORDERS, *rows)
    assert Vehicle.objects.get().owner.name == "甲甲甲"
    owners = dict(RepairOrder.objects.values_list("order_no", "owner__name"))
    assert owners == {"RO1": "甲甲甲", "RO2": "乙乙乙", "RO3": "丙丙丙", "RO4": "甲甲甲"}
    before = facts()
    assert outcome(bring_in(pudong, ORDERS, *rows)) == (0, 0, 4, 0)
    assert facts() == before


def test_an_order_from_before_the_owner_list_does_not_bring_a_former_owner_back(pudong):
    bring_in(pudong, OWNERS, owner(1, name="新车主", day="2020-01-01"))
    bring_in(pudong, ORDERS, order("RO1", vin(1), name="旧车主", opened="2023-01-01", settled="2023-01-01"))
    assert Vehicle.objects.get().owner.name == "新车主"
    assert RepairOrder.objects.get().owner.name == "旧车主"
    assert RepairOrder.objects.get().owner.stage == "contact"


def test_a_fresh_order_under_another_name_changes_the_owner(pudong):
    batch = bring_in(pudong, OWNERS, owner(1, day="2020-01-01"))
    day = str(pudong.day_of(batch.created_at) - dt.timedelta(days=3))
    bring_in(pudong, ORDERS, order("RO1", vin(1), name="张三", phone="13700000001", opened=day, settled=day))
    assert Vehicle.objects.get().owner.name == "张三"
    assert Ownership.objects.get(customer__name="王雅丽").ended_on.isoformat() == day


def test_an_old_order_does_not_put_an_old_plate_back(pudong):
    bring_in(pudong, OWNERS, owner(1, plate="沪B12345"))
    header = [*ORDERS, "车牌号"]
    bring_in(pudong, header, [*order("RO1", vin(1), opened="2023-01-01", settled="2023-01-01"), "沪A00001"])
    assert Vehicle.objects.get().plate == "沪B12345"
    rows = [
        [*order("RO2", vin(2), opened="2026-01-01", settled="2026-01-01"), "沪C00001"],
        [*order("RO3", vin(2), opened="2026-02-01", settled="2026-02-01"), "沪C00002"],
    ]
    for expected in ((2, 0, 0, 0), (0, 0, 2, 0)):
        assert outcome(bring_in(pudong, header, *rows)) == expected
        assert Vehicle.objects.get(vin=vin(2)).plate == "沪C00002"


def test_a_list_without_vins_finds_its_cars_by_plate(pudong):
    bring_in(pudong, OWNERS, owner(1), owner(2, plate="沪B00001"), owner(3, plate="沪B00001"))
    header = ["工单号", "车牌号", "接待日期", "客户名称", "客户电话", "进厂里程"]
    batch = bring_in(
        pudong,
        header,
        ["RO1", "沪a·00001", "2026-03-01", "王雅丽", "13800000001", 100],
        ["RO2", "沪B00001", "2026-03-01", "王雅丽", "", 100],
        ["RO3", "沪Z99999", "2026-03-01", "王雅丽", "", 100],
        ["RO4", "", "2026-03-01", "王雅丽", "", 100],
    )
    assert outcome(batch) == (1, 0, 0, 3)
    assert RepairOrder.objects.get().vehicle.vin == vin(1)
    assert [(row, code) for row, _c, code, _s in remarks(batch)] == [
        (3, "unknown_vehicle"),
        (4, "unknown_vehicle"),
        (5, "missing_value"),
    ]


def test_a_row_without_vin_is_rejected_where_the_list_has_vins(pudong):
    bring_in(pudong, OWNERS, owner(1))
    batch = bring_in(pudong, [*ORDERS, "车牌号"], [*order("RO1", ""), "沪A00001"])
    assert outcome(batch) == (0, 0, 0, 1)
    assert remarks(batch) == [(2, "VIN", "missing_value", "error")]


def test_an_order_with_a_bad_vin_is_rejected(pudong):
    batch = bring_in(pudong, ORDERS, order("RO1", vin(1)[:-1]))
    assert outcome(batch) == (0, 0, 0, 1)
    assert remarks(batch) == [(2, "VIN", "vin_length", "error")]


def test_gb18030_text_comes_in_whole(pudong):
    content = text(OWNERS, owner(1, name="喆镕㛃"), encoding="gb18030")
    bring_in(pudong, content=content)
    assert Customer.objects.get().name == "喆镕㛃"


def test_a_voided_record_comes_back_with_its_row(pudong):
    bring_in(pudong, OWNERS, owner(1))
    Vehicle.objects.update(is_void=True)
    Delivery.objects.update(is_void=True)
    batch = bring_in(pudong, OWNERS, owner(1))
    assert outcome(batch) == (1, 0, 0, 0)
    assert Vehicle.objects.count() == 1
    assert not Vehicle.objects.get().is_void and not Delivery.objects.get().is_void
    assert set(Change.objects.filter(batch_id=batch.pk).values_list("deed", flat=True)) == {"revive"}
