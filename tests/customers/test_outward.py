"""What is told to the outside: net corrections without gaps, the manufacturer's form, the same file again."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from audit.choices import Source
from audit.models import Access, Change
from customers.conflicts import read_lines
from customers.models import Customer, OutwardLine
from customers.services import (
    add_phone,
    keep_ours,
    make_primary,
    mark_phone,
    record_contact,
    set_do_not_call,
    take_theirs,
    update_customer,
    update_vehicle,
    verify_phone,
    void_phone,
)
from customers.services.conflicts import fingerprint
from customers.services.outward import download, make_dms_sheet, make_oem_sheet
from tests.dms.exports import OWNERS, bring_in, owner
from tests.factories.customers import (
    make_conflict,
    make_customer,
    make_delivery,
    make_outward,
    make_phone,
    make_vehicle,
)

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def how(zhou, now):
    return {"by": zhou, "source": Source.CALL, "now": now - MINUTE}


@pytest.fixture
def tell(pudong, zhou, now):
    """tell() -> the (field, old, new, what) of the next sheet's lines; [] where there is no sheet."""

    def _tell():
        export = make_dms_sheet(pudong, by=zhou, now=now)
        return [tuple(line.cells[4:8]) for line in export.lines.all()] if export else []

    return _tell


# --- Corrections ------------------------------------------------------------------------------------------------------
def test_a_line_says_what_where_when_and_by_whom(pudong, zhou, now, how):
    customer = make_customer(pudong, name="王雅丽", dms_no="K1", address="老地址")
    car = make_vehicle(customer, plate="沪A12345")
    update_customer(customer, {"address": "新地址"}, **how)
    export = make_dms_sheet(pudong, by=zhou, now=now)
    (line,) = export.lines.all()
    day = (now - MINUTE).astimezone(pudong.zone).strftime("%Y-%m-%d %H:%M")
    assert line.cells == [
        car.vin,
        "沪A12345",
        "K1",
        "王雅丽",
        "地址",
        "老地址",
        "新地址",
        "修改",
        day,
        "周敏",
        "通话中得知",
    ]
    assert (line.customer, line.field, line.value, export.rows, export.made_by) == (
        customer,
        "address",
        "新地址",
        1,
        zhou,
    )


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1"])
def test_nothing_that_goes_out_is_a_formula(pudong, zhou, now, how, text):
    customer = make_customer(pudong, name="王雅丽", address="老地址")
    update_customer(customer, {"address": text, "contact_person": text}, **how)
    export = make_dms_sheet(pudong, by=zhou, now=now)
    page = load_workbook(io.BytesIO(download(export, by=zhou))).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value not in (None, "")]
    assert {cell.data_type for cell in cells} == {"s"}
    told = [cell.value for cell in cells if text.strip() in str(cell.value)]
    assert len(told) == 2 and not [value for value in told if value[0] in "=+-@\t\r"]


def test_what_is_as_it_was_says_nothing_and_of_several_steps_only_the_sum(wang, how, tell):
    for address in ("甲", "乙", ""):
        update_customer(wang, {"address": address}, **how)
    for name in ("王一", "王二"):
        update_customer(wang, {"name": name}, **how)
    assert tell() == [("客户姓名", "王雅丽", "王二", "修改")]


def test_a_sheet_begins_where_the_last_one_ended(wang, how, tell):
    update_customer(wang, {"address": "甲"}, **how)
    assert len(tell()) == 1
    assert tell() == []
    update_customer(wang, {"address": "乙"}, **how)
    assert tell() == [("地址", "甲", "乙", "修改")]


def test_a_change_that_was_committed_late_is_not_lost(wang, how, tell):
    """Its number was drawn before the sheet was made, and its transaction ended after."""
    update_customer(wang, {"address": "甲"}, **how)
    late = Change.objects.latest("pk")
    Change.objects.filter(pk=late.pk).delete()
    update_customer(wang, {"note": "后"}, **how)
    update_customer(wang, {"name": "王一"}, **how)
    assert [line[0] for line in tell()] == ["客户姓名"]
    late.save(force_insert=True)
    assert tell() == [("地址", "", "甲", "修改")]
    assert tell() == []


def test_numbers_added_replaced_confirmed_and_retired(pudong, how, tell):
    anna, berta, clara, dora = (
        make_customer(pudong, name=name, number=f"1380000000{place}") for place, name in enumerate("甲乙丙丁")
    )
    add_phone(anna, "13911110000", verified=True, **how)
    fresh = add_phone(berta, "13911110001", make_primary=True, **how)
    mark_phone(berta.phones.get(number="13800000001"), "wrong", **how)
    verify_phone(clara.phones.get(), by=how["by"], now=how["now"], source=Source.CALL)
    second = make_phone(dora, "13911110003")
    make_primary(second, **how)
    void_phone(dora.phones.get(number="13800000003"), **how)
    assert fresh.is_primary
    assert sorted(tell()) == sorted(
        [
            ("电话号码", "", "13911110000", "新增"),
            ("电话号码", "", "13911110001", "新增"),
            ("电话号码", "13800000001", "", "不再属于本人"),
            ("电话号码", "13800000002", "13800000002", "已确认"),
            ("电话号码", "13911110003", "13911110003", "优先拨打"),
            ("电话号码", "13800000003", "", "不再属于本人"),
        ]
    )


def test_plate_and_do_not_call_are_told(wang, focus, how, tell):
    update_vehicle(focus, {"plate": "沪B00001", "color": "红"}, **how)
    set_do_not_call(wang, "不想", **how)
    assert sorted(line[0] for line in tell()) == ["勿扰", "车牌号"]


def test_a_conflict_that_we_kept_tells_the_dms_what_is_right(wang, zhou, now, how, tell):
    update_customer(wang, {"address": "新地址"}, verified=True, **how)
    tell()
    conflict = make_conflict(wang, "address", "新地址", "老地址")
    keep_ours(conflict, by=zhou, now=now, seen=fingerprint(conflict))
    assert tell() == [("地址", "老地址", "新地址", "DMS不一致")]
    conflict.refresh_from_db()
    assert read_lines([conflict])[0].sent_on == now


def test_what_came_from_the_dms_is_not_told_to_it(pudong, zhou, now, how, tell):
    wang = make_customer(pudong, name="王雅丽", dms_no="K1", address="甲")
    bring_in(pudong, [*OWNERS, "客户编号", "地址"], [*owner(1), "K1", "乙"])
    conflict = make_conflict(wang, "address", "乙", "丙")
    take_theirs(conflict, by=zhou, now=now, seen=fingerprint(conflict))
    assert Customer.objects.get(pk=wang.pk).address == "丙"
    assert tell() == []


def test_another_stores_corrections_are_not_told(xuhui, wang, how, tell):
    update_customer(make_customer(xuhui, name="外店"), {"address": "外店地址"}, **how)
    assert tell() == []


# --- The file ---------------------------------------------------------------------------------------------------------
def test_the_same_file_again_and_a_line_of_access(pudong, zhou, xuhui):
    cells = ["地址", '=HYPERLINK("http://x")']
    export = make_outward(pudong, lines=[{"cells": cells}])
    first, again = download(export, by=zhou), download(export, by=zhou)
    assert first == again
    sheet = load_workbook(io.BytesIO(first)).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [["字段", "新值"], ["地址", "'" + cells[1]]]
    assert {cell.data_type for row in sheet.rows for cell in row} == {"s"}
    access = Access.objects.filter(kind="export", object_id=export.pk)
    assert access.count() == 2 and access.first().actor_name == "周敏"


# --- The manufacturer's form ------------------------------------------------------------------------------------------
@pytest.fixture
def sold(pudong, today):
    """sold(name, number) -> a delivery of this month."""

    def _sold(name, number, day=today):
        customer = make_customer(pudong, name=name, number=number, address="世纪大道1号", postcode="200120")
        return make_delivery(make_vehicle(customer, plate="沪A00001"), day)

    return _sold


def test_the_form_holds_confirmed_owners_once(pudong, zhou, now, how, sold, today):
    right, corrected, silent = sold("甲", "13800000001"), sold("乙", "13800000002"), sold("丙", "13800000003")
    confirm = {"by": zhou, "now": how["now"], "source": Source.CALL}
    verify_phone(right.customer.phones.get(), **confirm)
    update_customer(corrected.customer, {"address": "世纪大道2号"}, verified=True, **how)
    for delivery, code in ((right, "owner"), (corrected, "driver")):
        record_contact(
            delivery.customer,
            at=now,
            channel="phone_out",
            connected=True,
            by=zhou,
            topics=[],
            summary={"answered_by": code},
        )
    days = {"start": today, "end": today, "by": zhou, "now": now}
    export = make_oem_sheet(pudong, **days)
    day = (now - MINUTE).astimezone(pudong.zone).date().isoformat()
    assert [line.cells[3:] for line in export.lines.all()] == [
        ["甲", "13800000001", "世纪大道1号", "200120", "甲", day, "正确"],
        ["乙", "13800000002", "世纪大道2号", "200120", "使用人", day, "已更正"],
    ]
    assert make_oem_sheet(pudong, **days) is None
    late = sold("丁", "13800000004")
    verify_phone(late.customer.phones.get(), **confirm)
    export = make_oem_sheet(pudong, with_unconfirmed=True, **days)
    assert [(line.cells[3], line.cells[9]) for line in export.lines.all()] == [("丙", "未确认"), ("丁", "正确")]
    assert OutwardLine.objects.filter(object_id=silent.pk).count() == 1


def test_what_was_confirmed_before_the_delivery_confirms_nothing(pudong, zhou, now, how, sold, today):
    delivery = sold("甲", "13800000001")
    old = {"by": zhou, "now": now - dt.timedelta(days=900), "source": Source.CALL}
    verify_phone(delivery.customer.phones.get(), **old)
    assert make_oem_sheet(pudong, start=today, end=today, by=zhou, now=now) is None


def test_other_days_and_other_stores_are_not_on_the_form(xuhui, pudong, zhou, how, now, sold, today):
    delivery = sold("甲", "13800000001", today - dt.timedelta(days=1))
    verify_phone(delivery.customer.phones.get(), by=zhou, now=how["now"], source=Source.CALL)
    assert make_oem_sheet(pudong, start=today, end=today, by=zhou, now=now) is None
    assert make_oem_sheet(xuhui, start=today - dt.timedelta(days=9), end=today, by=zhou, now=now) is None


# --- The page ---------------------------------------------------------------------------------------------------------
def test_the_page_counts_makes_and_offers_the_file_again(wang, how, login, zhou):
    update_customer(wang, {"address": "新地址"}, **how)
    add_phone(wang, "13911112222", **how)
    client = login(zhou)
    text = client.get("/customers/outward/").content.decode()
    assert "139****2222" in text and "13911112222" not in text
    assert client.post("/customers/outward/dms/").status_code == 302
    text = client.get("/customers/outward/").content.decode()
    assert "/file/" in text and "新地址" not in text
    assert client.post("/customers/outward/other/").status_code == 404


def test_days_out_of_order_are_refused(pudong, login, zhou):
    text = login(zhou).get("/customers/outward/?start=2026-03-02&end=2026-03-01").content.decode()
    assert 'role="alert"' in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_many(count, pudong, how, login, zhou, django_assert_max_num_queries):
    for number in range(count):
        customer = make_customer(pudong, number=f"1380000000{number}")
        make_delivery(make_vehicle(customer), dt.date(2026, 3, 1))
        update_customer(customer, {"address": "新"}, verified=True, **how)
        make_outward(pudong)
    client = login(zhou)
    client.get("/customers/outward/")
    with django_assert_max_num_queries(20):
        client.get("/customers/outward/")
