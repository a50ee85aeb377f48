"""An import taken back: what owner lists and repair orders had made of people, cars and what happened to them."""

import datetime as dt

import pytest

from audit.models import Change
from customers.models import Customer, Delivery, DuplicatePair, FormerPlate, Ownership, Phone, RepairOrder, Vehicle
from customers.services import add_phone, update_customer, update_vehicle, verify_phone, void_phone
from dms.undo import undo_now
from tests.customers.facts import living, rows
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, vin

pytestmark = pytest.mark.django_db
FULL = [*OWNERS, "客户编号", "地址", "客户类型", "颜色", "上牌日期", "行驶里程"]


def full(number, *more, **values):
    return [*owner(number, **values), *more]


def left(batch):
    return sorted(batch.remnants.values_list("model", "field", "code"))


def undone(batch, by=None):
    batch = undo_now(batch, by=by)
    assert batch.state == "undone"
    return batch


def test_a_first_import_leaves_nothing_alive_and_comes_back_in_the_same_rows(pudong, zhou):
    lists = [
        [FULL, full(1, "K1", "浦东", "公司", "白", "2026-03-02", "100"), full(2, "", "", "", "", "", "", name="李四")],
        [ORDERS, order("R1", vin(1), km="500", bringer="小张", mobile="13900000001"), order("R2", vin(3), name="赵六", phone="021-58880000 13700000003")],
    ]  # fmt: skip
    batches = [bring_in(pudong, *rows) for rows in lists]
    after, size = living(pudong), rows(pudong)
    for batch in reversed(batches):
        undone(batch, zhou)
        assert not batch.remnants.exists()
    assert not any(living(pudong).values())
    again = [bring_in(pudong, *rows) for rows in lists]
    assert living(pudong) == after
    assert rows(pudong) == size
    assert [batch.counts["records"] for batch in again] == [batch.counts["records"] for batch in batches]
    for batch in reversed(again):
        undone(batch, zhou)
    assert not any(living(pudong).values())


def test_every_field_of_an_update_goes_back_with_what_follows_from_it(pudong, zhou):
    bring_in(pudong, FULL, full(1, "K1", "旧地址", "个人", "白", "2026-03-02", "100"))
    before = living(pudong)
    batch = bring_in(pudong, FULL, full(1, "K1", "新地址", "公司", "黑", "2026-03-05", "900", name="王雅莉", plate="沪B12345", day="2026-03-09", phone="13700000000"))  # fmt: skip
    assert outcome(batch) == (0, 1, 0, 0) and living(pudong) != before
    batch = undone(batch, zhou)
    assert living(pudong) == before
    assert not batch.remnants.exists()
    line = Change.objects.filter(batch_id=batch.pk, deed="undo", model="customers.customer").get()
    assert line.changes["name"] == ["王雅莉", "王雅丽"] and line.actor_name == "周敏"
    assert batch.undo["restored"] == {"customers.Customer": 1, "customers.Vehicle": 1, "customers.Delivery": 1}
    assert batch.undo["retired"]["customers.Phone"] == 1
    assert Vehicle.objects.get().changed_at == Change.objects.filter(deed="undo", model="customers.vehicle").get().at


def test_what_somebody_changed_since_stays_and_is_listed(pudong, zhou, now):
    bring_in(pudong, FULL, full(1, "K1", "旧地址", "", "白", "", ""))
    batch = bring_in(pudong, FULL, full(1, "K1", "新地址", "", "黑", "", "", plate="沪B12345"))
    update_customer(Customer.objects.get(), {"address": "她家"}, by=zhou, source="form", now=now)
    update_vehicle(Vehicle.objects.get(), {"plate": "沪C00001"}, by=zhou, source="form", now=now)
    batch = undone(batch)
    assert Customer.objects.get().address == "她家"
    car = Vehicle.objects.get()
    assert (car.plate, car.color) == ("沪C00001", "白")
    assert left(batch) == [
        ("customers.Customer", "address", "changed_since"),
        ("customers.Vehicle", "plate", "changed_since"),
    ]
    remnant = batch.remnants.get(field="address")
    assert remnant.params["who"] == "周敏" and remnant.customer_id == Customer.objects.get().pk
    assert remnant.label == "王雅丽" and batch.undo["left"] == 2
    plates = set(FormerPlate.objects.alive().values_list("plate", flat=True))
    assert plates == {"沪A00001", "沪B12345"}  # the car did carry both before


def test_a_value_typed_again_by_hand_is_no_longer_the_imports(pudong, zhou, now):
    bring_in(pudong, FULL, full(1, "K1", "旧地址", "", "", "", ""))
    batch = bring_in(pudong, FULL, full(1, "K1", "新地址", "", "", "", ""))
    for address in ("别处", "新地址"):
        update_customer(Customer.objects.get(), {"address": address}, by=zhou, source="form", now=now)
    undone(batch)
    assert Customer.objects.get().address == "新地址"


def test_a_value_confirmed_on_the_phone_stays(pudong, zhou, now):
    bring_in(pudong, FULL, full(1, "K1", "旧地址", "", "", "", ""))
    batch = bring_in(pudong, FULL, full(1, "K1", "新地址", "", "", "", ""))
    update_customer(Customer.objects.get(), {"address": "新地址"}, by=zhou, source="call", now=now, verified=True)
    batch = undone(batch)
    assert Customer.objects.get().address == "新地址"
    assert batch.remnants.get().field == "address"


def test_an_ownership_change_is_undone_as_a_whole_and_can_be_repeated(pudong):
    bring_in(pudong, OWNERS, owner(1, name="甲乙", day="2025-03-01"))
    before = living(pudong)
    sold = [OWNERS, owner(1, name="丙丁", phone="13700000009", day="2026-03-01")]
    batch = bring_in(pudong, *sold)
    after, size = living(pudong), rows(pudong)
    assert Ownership.objects.alive().count() == 2
    undone(batch)
    assert living(pudong) == before
    assert Vehicle.objects.get().owner.name == "甲乙"
    assert Ownership.objects.alive().get().ended_on is None
    bring_in(pudong, *sold)
    assert living(pudong) == after and rows(pudong) == size


def test_a_new_owner_without_a_number_comes_back_in_the_same_row(pudong):
    header = ["VIN", "车主"]
    bring_in(pudong, header, [vin(1), "甲乙"])
    batch = bring_in(pudong, header, [vin(1), "丙丁"])
    after, size = living(pudong), rows(pudong)
    undone(batch)
    bring_in(pudong, header, [vin(1), "丙丁"])
    assert living(pudong) == after and rows(pudong) == size


def test_of_two_owner_changes_the_earlier_may_be_undone_first(pudong):
    bring_in(pudong, OWNERS, owner(1, name="甲乙", day="2024-03-01"))
    before = living(pudong)
    first = bring_in(pudong, OWNERS, owner(1, name="丙丁", phone="13700000001", day="2025-03-01"))
    second = bring_in(pudong, OWNERS, owner(1, name="戊己", phone="13700000002", day="2026-03-01"))
    first = undone(first)
    assert Vehicle.objects.get().owner.name == "戊己"
    assert Ownership.objects.alive().filter(ended_on=None).get().customer.name == "戊己"
    assert ("customers.Vehicle", "owner_id", "changed_since") in left(first)
    undone(second)
    assert living(pudong) == before


def test_a_mobile_that_took_over_gives_the_first_place_back(pudong):
    header = ["VIN", "车主", "电话"]
    bring_in(pudong, header, [vin(1), "甲乙", "021-58880000"])
    before = living(pudong)
    more = [header, [vin(1), "甲乙", "13800000001"]]
    batch = bring_in(pudong, *more)
    after, size = living(pudong), rows(pudong)
    assert Phone.objects.get(number="13800000001").is_primary
    undone(batch)
    assert living(pudong) == before
    bring_in(pudong, *more)
    assert living(pudong) == after and rows(pudong) == size


def test_a_number_that_was_verified_keeps_the_first_place(pudong, zhou, now):
    header = ["VIN", "车主", "电话"]
    bring_in(pudong, header, [vin(1), "甲乙", "021-58880000"])
    batch = bring_in(pudong, header, [vin(1), "甲乙", "13800000001"])
    verify_phone(Phone.objects.get(number="13800000001"), by=zhou, now=now)
    batch = undone(batch)
    assert Phone.objects.alive().get(is_primary=True).number == "13800000001"
    assert left(batch) == [
        ("customers.Phone", "", "corrected_by_hand"),
        ("customers.Phone", "is_primary", "place_taken"),
    ]


def test_when_the_only_primary_number_goes_another_takes_over(pudong, zhou, now):
    header = ["VIN", "车主", "电话"]
    bring_in(pudong, header[:2], [vin(1), "甲乙"])
    batch = bring_in(pudong, header, [vin(1), "甲乙", "13800000001"])
    add_phone(Customer.objects.get(), "13800000002", by=zhou, source="form", now=now)
    undone(batch)
    assert Phone.objects.alive().get().number == "13800000002"
    assert Phone.objects.alive().get().is_primary


def test_a_number_retired_by_a_person_does_not_come_back_but_an_undone_one_does(pudong, zhou, now):
    two = [["VIN", "车主", "手机", "电话"], [vin(1), "甲乙", "13800000001", "13800000002"]]
    bring_in(pudong, ["VIN", "车主"], [vin(1), "甲乙"])
    batch = bring_in(pudong, *two)
    void_phone(Phone.objects.get(number="13800000002"), by=zhou, source="form", now=now)
    undone(batch)
    assert not Phone.objects.alive().exists()
    bring_in(pudong, *two)
    assert Phone.objects.alive().get().number == "13800000001"
    assert Phone.objects.alive().get().is_primary


def test_what_comes_back_has_nothing_of_the_undone_file(pudong):
    wrong = [FULL, full(1, "K1", "错的地址", "公司", "白", "2026-03-02", "90000", phone="13900000001")]
    undone(bring_in(pudong, *wrong))
    bring_in(pudong, ["VIN", "车主"], [vin(1), "王雅丽"])
    car, customer = Vehicle.objects.get(), Customer.objects.alive().get()
    assert (car.plate, car.color, car.odometer_km, car.registered_on) == ("", "", None, None)
    assert (customer.address, customer.kind, customer.dms_no) == ("", "private", "")
    assert not Phone.objects.alive().exists() and not Delivery.objects.alive().exists()
    assert Ownership.objects.alive().get().started_on is None


def test_whom_an_undo_took_away_steps_back_behind_the_living(pudong):
    undone(bring_in(pudong, ["VIN", "车主"], [vin(1), "王伟"]))
    bring_in(pudong, OWNERS, owner(2, name="王伟", phone="13900000001"))
    bring_in(pudong, OWNERS, owner(1, name="王伟", phone="13900000001"))
    assert Customer.objects.alive().get().vehicles.alive().count() == 2


def test_orders_go_and_the_car_that_only_they_told_of_goes_with_them(pudong):
    bring_in(pudong, OWNERS, owner(1))
    before = living(pudong)
    batch = bring_in(
        pudong, ORDERS, order("R1", vin(1), km="500", bringer="小张", mobile="13900000001"), order("R2", vin(2), name="赵六", phone="13700000003")
    )  # fmt: skip
    undone(batch)
    assert living(pudong) == before
    assert RepairOrder.objects.filter(is_void=True).count() == 2


def test_a_car_with_orders_of_another_import_stays(pudong):
    owners = bring_in(pudong, OWNERS, owner(1), owner(2, name="李四"))
    orders = bring_in(pudong, ORDERS, order("R1", vin(1), phone="13800000001"))
    owners = undone(owners)
    assert Vehicle.objects.alive().get().vin == vin(1)
    assert Customer.objects.alive().get().name == "王雅丽"
    assert Phone.objects.alive().get().number == "13800000001"  # what she is called on stays with her
    assert not Delivery.objects.alive().exists()
    assert ("customers.Vehicle", "", "customers.RepairOrder.vehicle") in left(owners)
    orders = undone(orders)
    assert not any(living(pudong).values())  # its reason to stay has gone
    assert not owners.remnants.filter(field="").exists()


def test_a_later_import_keeps_what_it_changed(pudong):
    first = bring_in(pudong, OWNERS, owner(1), owner(2, name="李四"))
    second = bring_in(pudong, OWNERS, owner(1, plate="沪B12345"))
    first = undone(first)
    assert Vehicle.objects.alive().get().plate == "沪B12345"
    assert ("customers.Vehicle", "", "told_later") in left(first)
    undone(second)
    assert not any(living(pudong).values())


def test_a_list_that_took_deliveries_back_gives_them_back(pudong):
    header = ["VIN", "车主", "销售日期", "是否本公司购车"]
    bring_in(pudong, header, [vin(1), "甲乙", "2026-03-01", "是"])
    before = living(pudong)
    batch = bring_in(pudong, header, [vin(1), "甲乙", "2026-03-01", "否"])
    assert Delivery.objects.get().is_void
    undone(batch)
    assert living(pudong) == before


def test_money_days_and_odometers_go_back_as_what_they_are(pudong):
    bring_in(pudong, ORDERS, order("R1", vin(1), km="500", amount="300.50", settled="2026-03-02"))
    before = living(pudong)
    batch = bring_in(
        pudong, ORDERS, order("R1", vin(1), km="700", amount="1,200.00", settled="2026-03-04", work="大修")
    )
    undone(batch)
    assert living(pudong) == before
    assert RepairOrder.objects.get().settled_on == dt.date(2026, 3, 2)


def test_another_store_is_not_touched(pudong, xuhui):
    bring_in(xuhui, OWNERS, owner(1))
    before = living(xuhui)
    undone(bring_in(pudong, OWNERS, owner(1)))
    assert living(xuhui) == before


def test_a_possible_double_that_only_the_import_had_made_is_none_any_more(pudong, django_capture_on_commit_callbacks):
    def rings(work, *args):
        with django_capture_on_commit_callbacks(execute=True):
            return work(*args)

    rings(bring_in, pudong, OWNERS, owner(1, name="甲乙"), owner(2, name="丙丁"))
    batch = rings(bring_in, pudong, OWNERS, owner(2, name="丙丁", phone="13800000001"))
    assert DuplicatePair.objects.get().state == "open"
    rings(undone, batch)
    assert not DuplicatePair.objects.exists()
