"""What insurance lists and days of expiry become: one row per policy and cover, one per term."""

import datetime as dt
from decimal import Decimal

import pytest

from audit.models import Change
from customers.models import Customer, Ownership, Policy, Vehicle
from customers.models.insurance import end_of_term, start_of_term
from customers.services import update_customer
from dms.models import Conflict
from dms.recognise import known_headers, normalise
from dms.sheets import get_sheet
from tests.dms.exports import OWNERS, bring_in, outcome, owner, remarks, vin

pytestmark = pytest.mark.django_db
YY = [
    "投保单号", "保险销售日期", "投保类型", "车主姓名", "车牌号", "VIN码", "交强险保单号", "商业险保单号", "险种代码", "险种名称", "保额", "应收金额",
    "开始日期", "结束日期",
]  # fmt: skip
BDC4S = ["车架号", "联系人", "联系人手机", "交强险到期日期", "投保类型"]
RENEWALS = [
    "工单号",
    "承保日期",
    "牌照号",
    "车架号",
    "车主",
    "车主电话",
    "商业险起保日期",
    "交强险起保日期",
    "投保类型",
    "商业保费(元)",
]  # id56230466944
DLB = [
    "客户名称", "手机号码", "车牌号", "车架号", "地址", "厂牌车型信息", "发动机号", "年审到期日期", "商业险到期日期", "交强险到期日期", "颜色",
    "驾驶证发证日期", "上次保养日期", "下次保养日期", "下次保养里程", "最近进店里程", "最近进店日期", "最近离店日期", "最后维修顾问名称", "来厂次数",
    "消费金额", "备注",
]  # fmt: skip


def yy(
    cover,
    *,
    number="JQ1",
    commercial="SY1",
    car=1,
    name="王雅丽",
    start="2026-03-01",
    end="2027-02-28",
    amount="950",
    **more,
):
    row = dict.fromkeys(YY, "") | {
        "投保单号": "TB1", "保险销售日期": "2026-02-20", "投保类型": "续转续", "车主姓名": name, "车牌号": f"沪A{car:05d}", "VIN码": vin(car),
        "交强险保单号": number, "商业险保单号": commercial, "险种代码": "01", "险种名称": cover, "保额": "200000", "应收金额": amount,
        "开始日期": start, "结束日期": end,
    } | more  # fmt: skip
    return [row[header] for header in YY]


def policies(**filters):
    rows = Policy.objects.alive().filter(**filters).order_by("vehicle__vin", "cover", "ends_on")
    return [(p.cover, p.policy_no, str(p.starts_on), str(p.ends_on), p.derived) for p in rows]


def known(pudong, *numbers):
    bring_in(pudong, OWNERS, *[owner(number) for number in numbers])


# --- one row per cover ----------------------------------------------------------------------------------------------
def test_a_row_per_cover_yields_the_policy_and_its_parts(pudong):
    known(pudong, 1)
    rows = YY, yy("交强险"), yy("车辆损失险", amount="2000"), yy("第三者责任险", amount="1500")
    batch = bring_in(pudong, *rows)
    assert batch.sheet == "policies" and remarks(batch) == []
    assert outcome(batch) == (3, 0, 0, 0)
    assert policies() == [
        ("commercial", "SY1", "2026-03-01", "2027-02-28", ""),
        ("compulsory", "JQ1", "2026-03-01", "2027-02-28", ""),
        ("第三者责任险", "SY1", "2026-03-01", "2027-02-28", ""),
        ("车辆损失险", "SY1", "2026-03-01", "2027-02-28", ""),
    ]
    policy = Policy.objects.get(cover="compulsory")
    assert (policy.vehicle, policy.customer) == (Vehicle.objects.get(), Customer.objects.get())
    assert (policy.insured_amount, policy.premium, policy.kind) == (Decimal("200000.00"), Decimal("950.00"), "repeat")
    assert (policy.application_no, policy.sold_on, policy.batch) == ("TB1", dt.date(2026, 2, 20), batch)
    assert Policy.objects.get(cover="commercial").premium is None
    assert batch.counts["records"]["customers.Policy"] == {"created": 4, "updated": 0, "unchanged": 0}
    again = bring_in(pudong, *rows)
    assert outcome(again) == (0, 0, 3, 0)
    assert not Change.objects.filter(batch_id=again.pk).exists()


def test_a_renewal_is_a_new_row_and_a_corrected_day_is_not(pudong):
    known(pudong, 1)
    bring_in(pudong, YY, yy("交强险"))
    assert outcome(bring_in(pudong, YY, yy("交强险", number="JQ2", start="2027-03-01", end="2028-02-29"))) == (
        1,
        0,
        0,
        0,
    )
    batch = bring_in(pudong, YY, yy("交强险", end="2027-02-27"))
    assert outcome(batch) == (0, 1, 0, 0)
    assert policies() == [
        ("compulsory", "JQ1", "2026-03-01", "2027-02-27", ""),
        ("compulsory", "JQ2", "2027-03-01", "2028-02-29", ""),
    ]
    assert Change.objects.get(batch_id=batch.pk).changes == {"ends_on": ["2027-02-28", "2027-02-27"]}


def test_rows_of_one_policy_that_disagree_count_as_the_first_says(pudong):
    known(pudong, 1)
    rows = YY, yy("车辆损失险", end="2027-02-28"), yy("第三者责任险", end="2027-03-31")
    batch = bring_in(pudong, *rows)
    assert Policy.objects.get(cover="commercial").ends_on == dt.date(2027, 2, 28)
    assert [remark[2] for remark in remarks(batch)] == ["earlier_row_counts"]
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 2, 0)


def test_what_is_sold_beside_the_car_s_insurance_is_no_part_of_it(pudong):
    known(pudong, 1)
    bring_in(pudong, ["保单号", "车架号", "险种", "结束日期"], ["JY1", vin(1), "驾乘人员意外险", "2027-01-01"])
    assert policies() == [("驾乘人员意外险", "JY1", "2026-01-02", "2027-01-01", "start")]


# --- days of expiry -------------------------------------------------------------------------------------------------
def test_a_car_with_a_day_for_each_cover_yields_two_policies(pudong):
    known(pudong, 1)
    header = ["车架号", "车主", "交强险到期日期", "商业险到期日期", "保修公司", "是否本公司投保", "续保专员"]
    rows = header, [vin(1), "王雅丽", "2027-02-28", "2027-03-05", "平安保险", "是", "何倩"]
    assert outcome(bring_in(pudong, *rows, sheet="policies")) == (1, 0, 0, 0)
    assert policies() == [
        ("commercial", "", "2026-03-06", "2027-03-05", "start"),
        ("compulsory", "", "2026-03-01", "2027-02-28", "start"),
    ]
    assert set(Policy.objects.values_list("insurer", "is_ours", "renewal_agent")) == {("平安保险", True, "何倩")}
    assert outcome(bring_in(pudong, *rows, sheet="policies")) == (0, 0, 1, 0)


def test_the_layout_with_starts_only(pudong):
    known(pudong, 1)
    batch = bring_in(
        pudong,
        RENEWALS,
        [
            "RO9",
            "2026-02-20",
            "沪A00001",
            vin(1),
            "王雅丽",
            "13800000001",
            "2026-03-01",
            "2026-03-05",
            "新转续",
            "3,200",
        ],
    )
    assert batch.sheet == "policies"
    assert policies() == [
        ("commercial", "", "2026-03-01", "2027-02-28", "end"),
        ("compulsory", "", "2026-03-05", "2027-03-04", "end"),
    ]
    assert Policy.objects.get(cover="commercial").premium == 3200


def test_the_layout_of_a_renewal_tool_creates_car_and_owner(pudong):
    rows = BDC4S, [vin(5), "陈大文", "13900000005", "2027-02-28", "新保"]
    batch = bring_in(pudong, *rows)
    assert (batch.sheet, outcome(batch)) == ("policies", (1, 0, 0, 0))
    car = Vehicle.objects.get()
    assert (car.vin, car.owner.name, car.owner.stage) == (vin(5), "陈大文", "owner")
    assert Ownership.objects.get().customer == car.owner
    assert list(car.owner.phones.values_list("number", flat=True)) == ["13900000005"]
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)


def test_a_day_becomes_the_policy_when_its_number_arrives(pudong):
    known(pudong, 1)
    bring_in(pudong, ["车架号", "联系人", "交强险到期日期", "投保类型"], [vin(1), "王雅丽", "2027-02-26", "新保"])
    batch = bring_in(pudong, YY, yy("交强险"))
    assert outcome(batch) == (0, 1, 0, 0)
    assert policies() == [("compulsory", "JQ1", "2026-03-01", "2027-02-28", "")]


def test_the_policy_stands_against_a_mere_day(pudong):
    known(pudong, 1)
    bring_in(pudong, YY, yy("交强险"))
    rows = ["VIN", "车主", "交强险到期日期", "保险公司"], [vin(1), "王雅丽", "2027-02-20", "人保财险"]
    batch = bring_in(pudong, *rows, sheet="owners")
    assert policies() == [("compulsory", "JQ1", "2026-03-01", "2027-02-28", "")]
    assert Policy.objects.get().insurer == "人保财险"
    assert [(remark[1], remark[2]) for remark in remarks(batch)] == [("交强险到期日期", "policy_stands")]
    assert outcome(batch) == (0, 1, 0, 0)
    assert outcome(bring_in(pudong, *rows, sheet="owners")) == (0, 0, 1, 0)


def test_a_corrected_day_moves_the_term_and_next_year_is_another(pudong):
    header = ["VIN", "车主", "商业险到期日"]
    bring_in(pudong, header, [vin(1), "王雅丽", "2026-12-01"], sheet="owners")
    bring_in(pudong, header, [vin(1), "王雅丽", "2026-12-11"], sheet="owners")
    assert policies() == [("commercial", "", "2025-12-12", "2026-12-11", "start")]
    bring_in(pudong, header, [vin(1), "王雅丽", "2027-12-11"], sheet="owners")
    assert [row[3] for row in policies()] == ["2026-12-11", "2027-12-11"]


def test_one_day_of_expiry_without_a_cover(pudong):
    known(pudong, 1)
    bring_in(
        pudong, ["车架号", "车主", "保险到期", "投保公司"], [vin(1), "王雅丽", "2027-01-01", "太保"], sheet="policies"
    )
    assert policies() == [("unnamed", "", "2026-01-02", "2027-01-01", "start")]
    assert Policy.objects.get().cover_label != "unnamed"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-01", "2027-02-28"),
        ("2027-03-01", "2028-02-29"),
        ("2028-02-29", "2029-02-28"),
        ("2026-12-31", "2027-12-30"),
    ],
)
def test_a_term_is_a_year_to_the_day_before(start, end):
    assert str(end_of_term(dt.date.fromisoformat(start))) == end
    first = start_of_term(dt.date.fromisoformat(end))
    assert str(first) == start or end.endswith("02-28")  # 28 February ends the year of 1 March as of 29 February


# --- faults ---------------------------------------------------------------------------------------------------------
def test_unknown_cars_need_vin_and_owner(pudong):
    header = ["车架号", "车牌号", "车主", "保单号", "险种", "结束日期"]
    batch = bring_in(
        pudong,
        header,
        [vin(7), "", "", "A1", "交强险", "2027-01-01"],
        ["", "沪A77777", "甲乙", "A2", "交强险", "2027-01-01"],
        [vin(8), "", "甲丙", "A3", "交强险", "2027-01-01"],
    )
    assert outcome(batch) == (1, 0, 0, 2)
    assert [(row, code) for row, _column, code, _severity in remarks(batch)] == [
        (2, "vehicle_without_owner"),
        (3, "unknown_vehicle"),
    ]
    assert list(Vehicle.objects.values_list("vin", flat=True)) == [vin(8)]


def test_a_car_known_by_plate_once_is_found(pudong):
    known(pudong, 1)
    batch = bring_in(pudong, ["车牌号", "保单号", "险种", "结束日期"], ["沪A00001", "A2", "交强险", "2027-01-01"])
    assert outcome(batch) == (1, 0, 0, 0)
    assert Policy.objects.get().customer == Customer.objects.get()


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2027-03-01", "2026-02-28", "policy_backwards"),
        ("2026-03-01", "2027-02-30", "date_impossible"),
        ("", "", "missing_value"),
        ("", "2099-01-01", "date_out_of_range"),
    ],
)
def test_days_that_cannot_be_reject_the_row(pudong, start, end, code):
    known(pudong, 1)
    batch = bring_in(pudong, YY, yy("交强险", start=start, end=end))
    assert outcome(batch) == (0, 0, 0, 1)
    assert remarks(batch)[0][2] == code and remarks(batch)[0][3] == "error"
    assert not Policy.objects.exists()


def test_one_bad_day_of_two_leaves_the_other(pudong):
    known(pudong, 1)
    batch = bring_in(
        pudong, ["车架号", "投保类型", "交强险到期日期", "商业险到期日期"], [vin(1), "续保", "2027-02-30", "2027-03-05"]
    )
    assert outcome(batch) == (1, 0, 0, 0)
    assert [row[0] for row in policies()] == ["commercial"]
    assert remarks(batch) == [(2, "交强险到期日期", "date_impossible", "warning")]


# --- people ---------------------------------------------------------------------------------------------------------
def test_another_name_on_a_newer_policy_is_a_change_of_owner(pudong):
    known(pudong, 1)
    bring_in(pudong, YY, yy("交强险", name="李小明", 保险销售日期="2026-11-20", start="2026-11-23", end="2027-11-22"))
    car = Vehicle.objects.get()
    assert car.owner.name == "李小明" and Policy.objects.get().customer == car.owner
    assert Ownership.objects.get(customer__name="王雅丽").ended_on == dt.date(2026, 11, 20)


def test_an_old_policy_names_its_holder_and_changes_no_owner(pudong):
    known(pudong, 1)
    rows = YY, yy("交强险", name="李小明", 保险销售日期="2024-02-20", start="2024-03-01", end="2025-02-28")
    bring_in(pudong, *rows)
    assert Vehicle.objects.get().owner.name == "王雅丽"
    assert (Policy.objects.get().customer.name, Policy.objects.get().customer.stage) == ("李小明", "contact")
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)
    assert Customer.objects.count() == 2


def test_verified_beats_stale_and_masked_replaces_nothing(pudong, zhou, now):
    known(pudong, 1)
    customer = Customer.objects.get()
    update_customer(customer, {"name": "王雅莉"}, by=zhou, source="form", now=now, verified=True)
    batch = bring_in(pudong, [*YY, "手机"], [*yy("交强险"), "13800000001"], [*yy("车损险", name="王**"), "138****0001"])
    assert Customer.objects.get().name == "王雅莉"
    assert Conflict.objects.get().theirs == "王雅丽"
    assert sorted(remark[2] for remark in remarks(batch)) == ["phone_masked", "value_masked"]
    assert Policy.objects.exclude(customer=customer).count() == 0


def test_another_store_s_policy_of_the_same_number_is_another(pudong, xuhui):
    known(pudong, 1)
    bring_in(xuhui, OWNERS, owner(1))
    bring_in(pudong, YY, yy("交强险"))
    assert outcome(bring_in(xuhui, YY, yy("交强险", end="2027-01-31"))) == (1, 0, 0, 0)
    assert policies(store=pudong) == [("compulsory", "JQ1", "2026-03-01", "2027-02-28", "")]


# --- voided rows come back ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", [YY, None])
def test_a_void_policy_is_revived(pudong, header):
    known(pudong, 1)
    rows = (YY, yy("交强险")) if header else (["车架号", "投保类型", "交强险到期日"], [vin(1), "新保", "2027-02-28"])
    bring_in(pudong, *rows)
    policy = Policy.objects.get()
    Policy.objects.update(is_void=True)
    assert outcome(bring_in(pudong, *rows)) == (1, 0, 0, 0)
    assert Policy.objects.get() == policy and not Policy.objects.get().is_void


# --- headers --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("保险到期", "ends_on"), ("保险日期", "ends_on"), ("交强险日期", "compulsory_ends_on"), ("交强险到期日期", "compulsory_ends_on"),
        ("交强险到期日", "compulsory_ends_on"), ("商业险到期日期", "commercial_ends_on"), ("商业险到期日", "commercial_ends_on"),
        ("车险到期（年/月/日）", "ends_on"), ("交强险起保日期", "compulsory_starts_on"), ("商业险起保日期", "commercial_starts_on"),
        ("开始日期", "starts_on"), ("结束日期", "ends_on"), ("保险公司", "insurer"), ("承保公司", "insurer"), ("投保公司", "insurer"),
        ("保修公司", "insurer"), ("交强险承保公司", "compulsory_insurer"), ("交强险保单号", "compulsory_no"), ("商业险保单号", "commercial_no"),
        ("商业险单号", "commercial_no"), ("投保单号", "application_no"), ("险种", "cover"), ("险种名称", "cover"), ("保额", "insured_amount"),
        ("应收金额", "premium"), ("商业保费(元)", "commercial_premium"), ("投保类型", "kind"), ("是否本公司投保", "is_ours"),
        ("承保日期", "sold_on"), ("保险销售日期", "sold_on"), ("续保专员", "renewal_agent"), ("VIN码", "vin"), ("车架号", "vin"),
        ("牌照号", "plate"), ("车主姓名", "name"), ("车主电话", "phone"), ("联系人手机", "phone"),
    ],
)  # fmt: skip
def test_every_header_variant_is_known(header, field):
    sheet = get_sheet("policies")
    places = known_headers(sheet)[normalise(header)]
    assert sheet.columns[places[0][0]].name == field


def test_lists_are_recognised_for_what_they_are(pudong):
    row = dict.fromkeys(DLB, "") | {
        "客户名称": "王雅丽",
        "手机号码": "13800000001",
        "车架号": vin(1),
        "交强险到期日期": "2027-02-28",
    }
    batch = bring_in(pudong, DLB, [row[header] for header in DLB])
    assert batch.sheet == "owners"
    assert policies() == [("compulsory", "", "2026-03-01", "2027-02-28", "start")]
