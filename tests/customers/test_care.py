"""Further columns of an owner list: care of the car, who drives it, days of expiry, a company's code."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Change
from customers.models import Customer, Policy, Vehicle
from dms.recognise import known_headers, normalise
from dms.sheets import get_sheet
from dms.undo import undo_now
from tests.dms.exports import OWNERS, bring_in, outcome, owner, remarks, vin

pytestmark = pytest.mark.django_db
CARE = [
    "首保日期", "上次保养日期", "上次保养里程", "下次保养日期", "下次保养里程", "日平均里程", "换表日期", "保修起始日期", "保修结束日期", "保修结束里程",
    "年检到期日期",
]  # fmt: skip
TOLD = [
    "2026-06-01", "2026-09-01", "9,800", "2027-03-01", "14800", "38.456", "2026-07-01", "2026-03-01", "2032-02-28", "100000", "2030-03-31",
]  # fmt: skip


def test_what_a_list_tells_of_a_car_s_care_is_kept(pudong):
    rows = [*OWNERS, *CARE], [*owner(1), *TOLD]
    batch = bring_in(pudong, *rows)
    assert (batch.sheet, remarks(batch)) == ("owners", [])
    car = Vehicle.objects.get()
    assert (car.first_service_on, car.last_service_on, car.last_service_km) == (
        dt.date(2026, 6, 1),
        dt.date(2026, 9, 1),
        9800,
    )
    assert (car.next_service_on, car.next_service_km, car.km_per_day) == (dt.date(2027, 3, 1), 14800, Decimal("38.46"))
    assert (car.odometer_reset_on, car.inspection_due_on) == (dt.date(2026, 7, 1), dt.date(2030, 3, 31))
    assert (car.warranty_starts_on, car.warranty_ends_on) == (dt.date(2026, 3, 1), dt.date(2032, 2, 28))
    assert car.warranty_ends_km == 100000
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)


def test_a_car_that_is_known_takes_them_on_with_one_line_of_history(pudong):
    bring_in(pudong, OWNERS, owner(1))
    batch = bring_in(pudong, [*OWNERS, "下次保养日期", "年检到期"], [*owner(1), "2027-01-05", "2027-02-01"])
    assert outcome(batch) == (0, 1, 0, 0)
    change = Change.objects.get(batch_id=batch.pk)
    assert change.changes == {"next_service_on": [None, "2027-01-05"], "inspection_due_on": [None, "2027-02-01"]}
    undo_now(batch, by=None)
    assert Vehicle.objects.get().next_service_on is None


def test_an_older_service_is_not_the_last_one(pudong):
    header = [*OWNERS, "上次保养日期", "上次保养里程"]
    bring_in(pudong, header, [*owner(1), "2026-09-01", "9800"])
    bring_in(pudong, header, [*owner(1), "2026-06-01", "5000"])
    car = Vehicle.objects.get()
    assert (car.last_service_on, car.last_service_km) == (dt.date(2026, 9, 1), 9800)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("日平均里程", "很多", "money_unreadable"), ("日平均里程", "-3", "number_negative"), ("日平均里程", "123456", "number_out_of_range"),
        ("下次保养日期", "2026-02-30", "date_impossible"), ("保修结束日期", "2099-01-01", "date_out_of_range"),
        ("下次保养里程", "9999999", "number_out_of_range"), ("统一社会信用代码", "91310000MA1FL0000X", "credit_code"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_left_out(pudong, column, value, code):
    batch = bring_in(pudong, [*OWNERS, column], [*owner(1), value])
    assert outcome(batch) == (1, 0, 0, 0)
    assert remarks(batch) == [(2, column, code, "warning")]


# --- who drives it --------------------------------------------------------------------------------------------------
def test_the_driver_is_a_contact_of_his_own(pudong):
    rows = [*OWNERS, "使用人", "使用人电话"], [*owner(1, name="上海大众贸易有限公司"), "李小明", "13911112222"]
    bring_in(pudong, *rows)
    car = Vehicle.objects.get()
    assert (car.owner.name, car.driver.name, car.driver.stage) == ("上海大众贸易有限公司", "李小明", "contact")
    assert list(car.driver.phones.values_list("number", flat=True)) == ["13911112222"]
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)
    assert Customer.objects.count() == 2
    bring_in(pudong, rows[0], [*rows[1][:-2], "赵大勇", "13933334444"])
    assert Vehicle.objects.get().driver.name == "赵大勇"


def test_the_owner_who_drives_is_nobody_else(pudong):
    bring_in(pudong, [*OWNERS, "使用人", "使用人电话"], [*owner(1), "王雅丽", "13911112222"])
    assert Vehicle.objects.get().driver is None
    assert Customer.objects.count() == 1


def test_owner_driver_contact_and_bringer_are_kept_apart(pudong):
    bring_in(
        pudong,
        ["VIN", "车主姓名", "车主手机", "联系人", "使用人", "使用人手机"],
        [vin(1), "上海大众贸易有限公司", "13800000001", "周文", "李小明", "13911112222"],
    )
    bring_in(
        pudong, ["工单号", "VIN", "车主", "送修人", "送修人手机", "结算日期"],
        ["RO1", vin(1), "上海大众贸易有限公司", "钱伟", "13955556666", "2026-03-02"],
    )  # fmt: skip
    car = Vehicle.objects.get()
    order = car.repair_orders.get()
    assert [car.owner.name, car.owner.contact_person, car.driver.name, order.bringer.name] == [
        "上海大众贸易有限公司", "周文", "李小明", "钱伟",
    ]  # fmt: skip


# --- companies ------------------------------------------------------------------------------------------------------
def test_a_company_keeps_its_credit_code(pudong):
    rows = [*OWNERS, "统一社会信用代码"], [*owner(1, name="上海大众贸易有限公司"), "91310000607255912m"]
    batch = bring_in(pudong, *rows)
    company = Customer.objects.get()
    assert (company.kind, company.credit_code, remarks(batch)) == ("company", "91310000607255912M", [])
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)


# --- days of expiry -------------------------------------------------------------------------------------------------
def test_days_of_expiry_make_policies_and_count_as_records(pudong):
    rows = [*OWNERS, "交强险到期日", "商业险到期日", "保险公司"], [*owner(1), "2027-02-28", "2027-03-05", "平安"]
    batch = bring_in(pudong, *rows)
    assert batch.sheet == "owners"
    assert list(Policy.objects.order_by("cover").values_list("cover", "insurer", "customer__name")) == [
        ("commercial", "平安", "王雅丽"),
        ("compulsory", "平安", "王雅丽"),
    ]
    assert batch.counts["records"]["customers.Policy"] == {"created": 2, "updated": 0, "unchanged": 0}
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)
    undo_now(batch, by=None)
    assert not Policy.objects.alive().exists() and not Vehicle.objects.alive().exists()
    assert outcome(bring_in(pudong, *rows)) == (1, 0, 0, 0)
    assert Policy.objects.alive().count() == Policy.objects.count() == 2


def test_a_list_without_insurance_counts_no_policies(pudong):
    assert "customers.Policy" not in bring_in(pudong, OWNERS, owner(1)).counts["records"]


# --- headers --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("首保日期", "first_service_on"), ("上次保养日期", "last_service_on"), ("上次保养里程", "last_service_km"),
        ("下次保养日期", "next_service_on"), ("预计下次保养日期", "next_service_on"), ("下次保养里程", "next_service_km"),
        ("日平均里程", "km_per_day"), ("换表日期", "odometer_reset_on"), ("保修起始日期", "warranty_starts_on"),
        ("保修结束日期", "warranty_ends_on"), ("保修结束里程", "warranty_ends_km"), ("年检到期", "inspection_due_on"),
        ("年检日期", "inspection_due_on"), ("年审到期日期", "inspection_due_on"), ("使用人", "driver_name"),
        ("商业险到期日", "commercial_ends_on"), ("商业险到期日期", "commercial_ends_on"), ("交强险到期日", "compulsory_ends_on"),
        ("交强险到期日期", "compulsory_ends_on"), ("保险公司", "insurer"), ("保修公司", "insurer"), ("车险到期(年/月/日)", "insured_until"),
        ("统一社会信用代码", "credit_code"),
    ],
)  # fmt: skip
def test_every_header_variant_is_known(header, field):
    sheet = get_sheet("owners")
    places = known_headers(sheet)[normalise(header)]
    assert sheet.columns[places[0][0]].name == field


# --- on the customer's page -----------------------------------------------------------------------------------------
def test_the_customer_s_page_shows_insurance_and_care(client, pudong, zhou):
    header = [*OWNERS, "交强险到期日", "商业险到期日", "保险公司", "年检到期", "使用人", "使用人电话"]
    bring_in(pudong, header, [*owner(1), "2027-02-28", "2025-03-05", "平安产险", "2028-03-31", "李小明", "13911112222"])
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    page = client.get(f"/customers/{Vehicle.objects.get().owner_id}/").content.decode()
    for words in ("交强险", "2027-02-28", "平安产险", "2028-03-31", "李小明", "已于 2025-03-05 到期"):
        assert words in page
    assert page.count('<tr class="muted">') == 1


def test_a_car_without_insurance_says_nothing_of_it(client, pudong, zhou):
    bring_in(pudong, OWNERS, owner(1))
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    page = client.get(f"/customers/{Vehicle.objects.get().owner_id}/").content.decode()
    assert 'class="policies"' not in page


def test_the_page_asks_as_often_for_three_cars_as_for_one(client, pudong, zhou):
    header = [*OWNERS, "客户编号", "交强险到期日"]
    bring_in(pudong, header, [*owner(1), "K1", "2027-02-28"])
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    url = f"/customers/{Customer.objects.get().pk}/"
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    bring_in(pudong, header, [*owner(2), "K1", "2027-02-28"], [*owner(3), "K1", "2027-03-28"])
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(three) == len(one)
