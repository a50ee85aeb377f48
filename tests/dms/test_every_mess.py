"""DOMAIN §3.2 line by line, from a file on the desk to what is stored and told. What is odd about files as such: test_formats."""

import datetime as dt

import pytest

from customers.models import Customer, Delivery, Phone, RepairOrder, Vehicle
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, remarks, text, vin, xlsx
from tests.dms.workbooks import html, xls

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 3, 5)
HEADERS = ["VIN", "车主姓名", "联系电话", "交车日期"]


def row(number=1, name="王雅丽", phone="13812345678", day="2024-03-05"):
    return [vin(number), name, phone, day]


def told(batch):
    """{(column, code, severity)}"""
    return {tuple(remark[1:]) for remark in remarks(batch)}


# --- where the list begins and ends -----------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [xlsx, xls, html])
def test_title_hints_blank_columns_and_footers(pudong, make):
    rows = [
        ["", "保有客户档案（2024年3月）", "", "", ""],
        ["", *HEADERS],
        ["", "必填", "必填", "11位手机号", "格式：YYYY-MM-DD"],
        ["1", *row(1)],
        ["", "", "", "", ""],
        ["2", *row(2, "李四", "13912345678")],
        ["合计", "", "2", "", ""],
        ["", "制表人：周敏", "", "", ""],
    ]
    content = html(rows) if make is html else make(*rows)
    batch = bring_in(pudong, content=content, file_name="导出.xls")
    assert (batch.header_row, outcome(batch), remarks(batch)) == (2, (2, 0, 0, 0), [])
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["李四", "王雅丽"]


@pytest.mark.parametrize(
    "noise", ["{}  ", "\t{}", "{}*", "{}(*）", "{}（必填）", "{}(必填)", "{}\n（必填）", "　{}　", "{}（选填）"]
)
def test_noise_around_every_header(pudong, noise):
    batch = bring_in(pudong, [noise.format(header) for header in HEADERS], row())
    assert outcome(batch) == (1, 0, 0, 0) and remarks(batch) == []
    assert Delivery.objects.get().delivered_on == DAY and Phone.objects.get().number == "13812345678"


def test_a_header_twice_takes_the_first_value_that_is_there_and_says_so(pudong):
    batch = bring_in(pudong, [*HEADERS, "车身颜色", "车身颜色"], [*row(1), "", "红"], [*row(2, "李四"), "白", "红"])
    assert sorted(Vehicle.objects.values_list("color", flat=True)) == ["白", "红"]
    assert "duplicate_header" in {remark[2] for remark in remarks(batch)}


# --- days -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "cell",
    [
        *("2024-3-5", "2024/3/5", "2024-03-05 08:30", "2024-03-05 08:30:15", "2024/3/5 8:30", "2024-03-05T08:30:15"),
        *("2024年03月05日", "2024年3月5日", "20240305", "1709596800000", "45356", "45356.42980324", "2024.3.5", "２０２４－３－５"),
        *(45356, 45356.42980324, dt.datetime(2024, 3, 5, 8, 30), dt.date(2024, 3, 5)),
    ],
)  # fmt: skip
def test_a_day_in_every_shape(pudong, cell):
    batch = bring_in(pudong, HEADERS, row(day=cell))
    assert (outcome(batch), remarks(batch)) == ((1, 0, 0, 0), [])
    assert Delivery.objects.get().delivered_on == DAY


@pytest.mark.parametrize("cell", ["03/05/2024", "05-03-2024", "2024-02-30", "2024-13-01", "三月五日", "7.5亿"])
def test_a_day_that_is_none_or_could_be_two_is_refused_and_not_guessed(pudong, cell):
    batch = bring_in(pudong, HEADERS, row(day=cell))
    assert outcome(batch) == (0, 0, 0, 1) and not Delivery.objects.exists()
    assert {(column, severity) for column, _code, severity in told(batch)} == {("交车日期", "error")}


@pytest.mark.parametrize(
    "cell", ["1900-01-00", "1900-01-01", "1900/01/01", "0000-00-00", "1899-12-30", "null", "-", "", 0]
)
def test_a_day_of_a_program_is_no_day(pudong, cell):
    batch = bring_in(pudong, HEADERS, row(day=cell))
    assert outcome(batch) == (1, 0, 0, 0) and not Delivery.objects.exists()


# --- empty, broken, masked --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cell", ["null", "NULL", "-", "无", "/", "", "——", "暂无", "(null)"])
def test_what_stands_for_nothing_is_nothing_and_takes_nothing_away(pudong, cell):
    headers = [*HEADERS, "地址", "车牌号", "车型"]
    bring_in(pudong, headers, [*row(), "世纪大道1号", "沪A12345", "福克斯"])
    batch = bring_in(pudong, headers, [vin(1), "王雅丽", cell, "2024-03-05", cell, cell, cell])
    assert (outcome(batch), remarks(batch)) == ((0, 0, 1, 0), [])
    assert (Customer.objects.get().address, Vehicle.objects.get().plate) == ("世纪大道1号", "沪A12345")


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#VALUE!", "#NAME?"])
def test_a_formula_error_is_empty_and_told(pudong, cell):
    headers = [*HEADERS, "地址"]
    batch = bring_in(pudong, content=text(headers, [*row(), cell]), file_name="a.csv")
    assert outcome(batch) == (1, 0, 0, 0) and told(batch) == {("地址", "formula_error", "warning")}
    assert Customer.objects.get().address == ""


@pytest.mark.parametrize("plate", ["临时", "未上牌", "新车", "无牌"])
def test_a_car_without_a_plate_has_none(pudong, plate):
    batch = bring_in(pudong, [*HEADERS, "车牌号"], [*row(), plate])
    assert (outcome(batch), remarks(batch), Vehicle.objects.get().plate) == ((1, 0, 0, 0), [], "")


def test_masked_values_never_stand_over_whole_ones(pudong):
    headers = [*HEADERS, "车牌号"]
    bring_in(pudong, headers, [*row(), "沪A12345"])
    batch = bring_in(pudong, headers, [vin(1), "王雅丽", "138****5678", "2024-03-05", "沪A1**45"])
    assert told(batch) == {("联系电话", "phone_masked", "warning"), ("车牌号", "plate_masked", "warning")}
    assert (Phone.objects.get().number, Vehicle.objects.get().plate) == ("13812345678", "沪A12345")
    batch = bring_in(pudong, headers, ["LVSH**********123", "王雅丽", "13812345678", "", ""])
    assert told(batch) == {("VIN", "vin_masked", "error")} and Vehicle.objects.count() == 1


# --- telephones -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (13812345678, ["13812345678"]),
        (13812345678.0, ["13812345678"]),
        ("13812345678.0", ["13812345678"]),
        ("+86 138 1234 5678", ["13812345678"]),
        ("１３８１２３４５６７８", ["13812345678"]),
        ("13812345678/0571-88886666", ["13812345678", "057188886666"]),
        ("0571-88886666、13812345678", ["13812345678", "057188886666"]),
        ("13812345678;13912345678", ["13812345678", "13912345678"]),
        ("13812345678；13912345678", ["13812345678", "13912345678"]),
        ("13812345678,13912345678", ["13812345678", "13912345678"]),
    ],
)
def test_numbers_however_they_are_written(pudong, cell, numbers):
    batch = bring_in(pudong, HEADERS, row(phone=cell))
    assert remarks(batch) == []
    found = Phone.objects.order_by("-is_primary", "number").values_list("number", "kind")
    assert [number for number, _kind in found] == numbers and found[0][1] == "mobile"


@pytest.mark.parametrize("cell", ["1.38E+10", "1.3812345678E10x", "138"])
def test_a_number_whose_digits_are_lost_is_told_and_the_car_comes_in(pudong, cell):
    batch = bring_in(pudong, HEADERS, row(phone=cell))
    assert outcome(batch) == (1, 0, 0, 0) and not Phone.objects.exists()
    assert {(column, severity) for column, _code, severity in told(batch)} == {("联系电话", "warning")}


# --- cars and people --------------------------------------------------------------------------------------------------
def test_a_vin_survives_width_case_and_blanks_and_one_car_is_one_row(pudong):
    whole = vin(1)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in whole)
    for cell in (whole, wide, whole.lower(), f" {whole[:8]} {whole[8:]} "):
        bring_in(pudong, HEADERS, [cell, "王雅丽", "13812345678", "2024-03-05"])
    assert Vehicle.objects.get().vin == whole


@pytest.mark.parametrize(("cell", "meant"), [(vin(1).replace("0", "O", 1), vin(1)), (vin(1)[:-1], "")])
def test_a_vin_that_is_none_is_refused_with_what_may_be_meant(pudong, cell, meant):
    batch = bring_in(pudong, HEADERS, [cell, "王雅丽", "13812345678", ""])
    assert outcome(batch) == (0, 0, 0, 1) and batch.row_errors.get().suggestion == meant


def test_a_wrong_check_digit_only_warns(pudong):
    batch = bring_in(pudong, HEADERS, ["LZGJLDR40DX020815", "王雅丽", "13812345678", ""])
    assert outcome(batch) == (1, 0, 0, 0) and told(batch) == {("VIN", "vin_check_digit", "warning")}
    assert batch.row_errors.get().params["expected"] == "2"


@pytest.mark.parametrize(
    "name",
    [
        "上海申通物流有限公司",
        "浦东第一机床厂",
        "上海市公安局",
        "华东设计院",
        "神州租车",
        "一嗨汽车租赁",
        "某某大学",
        "街道办事处",
    ],
)
def test_a_company_is_one_and_its_contact_stays_beside(pudong, name):
    bring_in(pudong, [*HEADERS, "联系人"], [*row(name=name), "小张"])
    company = Customer.objects.get()
    assert (company.kind, company.name, company.contact_person) == ("company", name, "小张")


def test_one_vin_twice_is_one_car_and_the_latest_dated_row_tells_it(pudong):
    old, new = row(1, "甲乙", "13800000001", "2022-05-01"), row(1, "丙丁", "13800000002", "2024-03-05")
    for number, rows in enumerate(([old, new], [new, old])):
        cars = [[vin(10 + number), *cells[1:]] for cells in rows]
        bring_in(pudong, HEADERS, *cars)
        car = Vehicle.objects.get(vin=vin(10 + number))
        assert car.owner.name == "丙丁"
        assert {stretch.customer.name for stretch in car.ownerships.alive()} >= {"丙丁"}


def test_who_brings_the_car_is_asked_and_who_owns_it_is_reminded(pudong):
    bring_in(pudong, OWNERS, owner(1))
    bring_in(pudong, ORDERS, order("R1", vin(1), bringer="小张", mobile="13900000001"))
    repair = RepairOrder.objects.get()
    assert (repair.owner.name, repair.bringer.name, repair.bringer.stage) == ("王雅丽", "小张", "contact")
    assert Vehicle.objects.get().owner == repair.owner


def test_overlapping_periods_count_each_order_once(pudong):
    orders = [order(f"R{n}", vin(n), name=f"车主{n}") for n in range(4)]
    assert outcome(bring_in(pudong, ORDERS, *orders[:3])) == (3, 0, 0, 0)
    assert outcome(bring_in(pudong, ORDERS, *orders[1:])) == (1, 0, 2, 0)
    assert outcome(bring_in(pudong, ORDERS, *orders)) == (0, 0, 4, 0)
    assert RepairOrder.objects.count() == 4


def test_a_text_in_gb_or_with_a_mark(pudong):
    for number, encoding in enumerate(("gb18030", "gb2312", "utf-8-sig", "utf-8"), 1):
        batch = bring_in(pudong, content=text(HEADERS, row(number, "王雅丽"), encoding=encoding), file_name="a.csv")
        assert outcome(batch) == (1, 0, 0, 0)
    assert set(Customer.objects.values_list("name", flat=True)) == {"王雅丽"}
