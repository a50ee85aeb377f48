"""Files as dealerships really have them (DOMAIN §3.2): found headers, ignored rows, several worksheets, and random bytes."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import Workbook

from customers.models import Customer, Phone, RepairOrder, Vehicle
from dms.errors import UnusableFile
from dms.files import open_file
from dms.recognise import normalise, recognise
from dms.sheets import all_sheets, get_sheet
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, remarks, text, vin, xlsx

pytestmark = pytest.mark.django_db


def read(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    return recognise(open_file(path))


@pytest.mark.parametrize(
    "header",
    [
        "VIN号",
        " VIN号\t",
        "VIN号*",
        "*VIN号",
        "VIN号（必填）",
        "VIN号(必填)",
        "VIN号（*）",
        "VIN\n号",
        "ＶＩＮ号",
        "vin号",
        "VIN号:",
        "VIN号【必填】",
    ],
)
def test_noise_around_a_header_does_not_matter(header):
    assert normalise(header) == normalise("VIN号")


@pytest.mark.parametrize(
    ("header", "kept"), [("购车日期（年/月/日）", "购车日期"), ("商业保费(元)", "商业保费"), ("(元)", "(元)")]
)
def test_units_in_brackets_go_unless_nothing_else_is_left(header, kept):
    assert normalise(header) == normalise(kept)


@pytest.mark.parametrize("sheet", ["owners", "repair_orders"])
def test_no_header_means_two_columns_of_equal_trust(sheet):
    seen = {}
    for column in get_sheet(sheet).columns:
        for alias in column.aliases:
            other = seen.setdefault(normalise(alias), column.name)
            assert other == column.name or {other, column.name} == {"name", "contact_person"}, alias


# Every variant of DOMAIN §3.1, by the field it must feed.
VARIANTS = {
    "owners": {
        "vin": "VIN,VIN号,VIN码,VIN号码,Vin,车辆VIN号,VIN（*）,车架号,车架号VIN,车架号*,底盘号",
        "plate": "车牌号,车牌号码,牌照号",
        "name": "车主,车主姓名,车主名称,客户姓名,客户名称,姓名,用户名称,联系人姓名,联系人",
        "phone": "联系电话,手机,手机号,手机号码,电话,主要联系电话,客户电话,车主电话,车主手机,用户电话,联系人手机",
        "delivered_on": "交车日期,车辆交付日期,提车日期",
        "sold_on": "购车日期,购车时间,实销时间,销售日期,成交日期,零售上报日期",
        "invoiced_on": "开票日期",
        "registered_on": "上牌日期,注册日期,初登日期",
        "engine_no": "发动机号,发动机号码",
        "brand": "品牌",
        "series": "车系,系列",
        "model": "车型,厂牌车型信息",
        "odometer_km": "行驶里程,里程数,公里数",
        "sales_consultant": "销售顾问,业务员",
        "kind": "客户类型,客户性质,车主性质",
    },
    "repair_orders": {
        "order_no": "工单号,结算单号,单据号,委托书号",
        "opened_on": "工单开单日期,工单开始时间,开单时间,接待日期,进店日期,进厂日期",
        "settled_on": "结算日期,提交结算时间,结账时间,竣工时间,交车日期,最近离店日期",
        "odometer_km": "进厂行驶里程,出厂行驶里程,进场里程数,进店里程,里程数",
        "service_advisor": "服务顾问,客户经理,维修顾问,接待顾问,维修业务员",
        "bringer_name": "送修人",
        "bringer_phone": "送修人手机,送修人电话",
        "kind": "维修类型,工单类型",
        "status": "工单状态",
        "owner_name": "车主,客户姓名,客户名称",
        "owner_phone": "车主电话,客户电话",
        "dms_no": "车主编号",
        "technician": "指定技师",
        "items": "维修项目名称",
        "amount": "维修金额,结算金额",
    },
}


@pytest.mark.parametrize(
    ("sheet", "field", "header"),
    [
        (sheet, field, header)
        for sheet, fields in VARIANTS.items()
        for field, headers in fields.items()
        for header in headers.split(",")
    ],
)
def test_every_seen_header_is_known(sheet, field, header):
    columns = [
        column.name for column in get_sheet(sheet).columns if normalise(header) in map(normalise, column.aliases)
    ]
    assert field in columns


LAYOUTS = [
    ("owners", "客户名称|手机号码|车牌号|车架号|地址|厂牌车型信息|发动机号|年审到期日期|商业险到期日期|交强险到期日期|颜色|驾驶证发证日期|上次保养日期|下次保养日期|下次保养里程|最近进店里程|最近进店日期"),
    ("owners", "客户姓名|客户电话|经销商号|Vin|发动机号|合格证号|制造日期|车牌号|交车日期|开票日期|建档日期"),
    ("owners", "客户名称|客户类型|主要联系电话|联系人地址|销售顾问|物料代码|物料名称|VIN|发动机号|生产日期|实销时间|购车用途|了解途径|老客户车架号"),
    ("owners", "序号|VIN（*）|发动机号(*）|购车日期|出厂日期|首保日期|用户名称|身份证号|联系人|电话|用户地址"),
    ("repair_orders", "工单开单日期|工单号|工单类型|工单状态|客户经理|交车标识|是否结清|维修项目名称|指定技师|车牌号|维修类型|品牌|车系|车型|车主编号|车主|维修金额|提交结算时间|交车日期|竣工时间|进厂行驶里程|出厂行驶里程|预交车时间|VIN|送修人|送修人手机|三包状态"),
    ("repair_orders", "工单号|客户姓名|客户电话|车牌号|车架号VIN|项目金额|配件金额|套餐金额|优惠金额|结算金额|进店日期|结算日期|里程数|维修顾问|备注"),
    ("repair_orders", "大区|工单号|活动代码|车牌号|购车日期|VIN|车主|车主电话|送修人|送修人电话|工单开始时间|进场里程数|工单状态|单据保养次数"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "headers"), LAYOUTS)
def test_real_layouts_are_recognised(tmp_path, sheet, headers):
    layout = read(tmp_path, xlsx(headers.split("|"), ["x"]))
    assert layout.sheet == sheet
    assert layout.header_row == 1
    assert get_sheet(sheet).key in layout.mapping.values()


def test_the_former_cars_vin_is_not_taken_for_the_car(tmp_path):
    layout = read(tmp_path, xlsx(LAYOUTS[2][1].split("|"), ["x"]))
    assert [layout.headers[index] for index in layout.columns_of("vin")] == ["VIN"]


def test_the_name_of_the_customer_comes_before_that_of_the_contact(pudong):
    header = ["VIN", "联系人", "用户名称", "电话"]
    bring_in(pudong, header, [vin(1), "小李", "某某贸易有限公司", "13800000001"])
    customer = Customer.objects.get()
    assert (customer.name, customer.contact_person) == ("某某贸易有限公司", "小李")


def test_titles_hints_blank_lines_and_totals_are_ignored_and_counted(pudong):
    rows = [
        ["某某汽车销售服务有限公司 客户档案", "", "", "", "", ""],
        ["请从第四行开始填写，日期格式 yyyy-mm-dd"],
        [],
        OWNERS,
        ["必填", "选填", "必填", "必填，11位手机号", "格式：2024-01-31", "选填"],
        owner(1),
        [],
        ["", " ", None, "", "\t", ""],
        owner(2),
        OWNERS,
        owner(3),
        ["合计：", "3", "", "", "", ""],
        ["制表人：李静", "", "", "", "", ""],
    ]
    batch = bring_in(pudong, *rows)
    counts = batch.counts
    assert batch.header_row == 4
    assert outcome(batch) == (3, 0, 0, 0)
    assert counts["rows"] + counts["ignored_rows"] + 1 == len(rows)
    assert remarks(batch) == []


def test_a_total_in_the_column_of_order_numbers_is_no_order(pudong):
    rows = [order("RO1", vin(1)), ["合计", "", "", "", "", "", "", "", "", "", "300"], ["小计：1单", *[""] * 9, "300"]]
    assert outcome(bring_in(pudong, ORDERS, *rows)) == (1, 0, 0, 0)


def test_a_person_called_total_with_a_phone_is_data(pudong):
    batch = bring_in(pudong, OWNERS, owner(1), ["", "", "合计", "13800000009", "", ""])
    assert outcome(batch) == (1, 0, 0, 1)


def test_blank_and_number_columns_in_front_do_not_matter(pudong):
    rows = [[None, "序号", *OWNERS], [None, 1, *owner(1)], [None, 2, *owner(2)], [None, 3]]
    batch = bring_in(pudong, *rows)
    assert outcome(batch) == (2, 0, 0, 0)
    assert batch.counts["ignored_rows"] == 1
    assert batch.mapping["2"] == "vin"


def test_a_header_of_two_lines_is_read_as_one(pudong):
    book = Workbook()
    sheet = book.active
    sheet.append(["车辆信息", None, "客户信息", None, "交车日期"])
    sheet.append(["VIN号", "车牌号", "姓名", "手机", None])
    sheet.append([vin(1), "沪A00001", "王雅丽", "13800000001", "2026-03-01"])
    for area in ("A1:B1", "C1:D1", "E1:E2"):
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    batch = bring_in(pudong, content=out.getvalue())
    assert batch.header_row == 2
    assert outcome(batch) == (1, 0, 0, 0)
    assert Customer.objects.get().name == "王雅丽"
    assert Vehicle.objects.get().deliveries.count() == 1


def test_a_group_title_tells_whose_name_and_phone_it_is(pudong):
    book = Workbook()
    sheet = book.active
    sheet.append(["工单号", "VIN", "结算日期", "车主", None, "送修人", None])
    sheet.append([None, None, None, "姓名", "电话", "姓名", "电话"])
    sheet.append(["RO1", vin(1), "2026-03-01", "王雅丽", "13800000001", "李小军", "13700000001"])
    for area in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"):
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    bring_in(pudong, content=out.getvalue())
    found = RepairOrder.objects.get()
    assert (found.owner.name, found.bringer.name) == ("王雅丽", "李小军")


def test_of_a_repeated_header_the_first_value_counts_and_the_file_is_told(pudong):
    header = ["VIN", "车主", "颜色", "手机", "颜色"]
    batch = bring_in(pudong, header, [vin(1), "甲乙", "", "", "白"], [vin(2), "甲丙", "黑", "", "白"])
    assert dict(Vehicle.objects.values_list("vin", "color")) == {vin(1): "白", vin(2): "黑"}
    assert remarks(batch) == [(1, "颜色", "duplicate_header", "warning")]


def test_placeholders_are_empty_and_formula_errors_are_told(pudong):
    batch = bring_in(
        pudong,
        content=text(
            ["VIN", "车主", "手机", "颜色", "车型", "交车日期"],
            [vin(1), "甲乙", "null", "-", "NULL", "/"],
            [vin(2), "甲丙", "#N/A", "#REF!", "无", "#VALUE!"],
        ),
    )
    assert outcome(batch) == (2, 0, 0, 0)
    assert set(Vehicle.objects.values_list("color", "model")) == {("", "")}
    assert {(row, code, severity) for row, _c, code, severity in remarks(batch)} == {(3, "formula_error", "warning")}
    assert len(remarks(batch)) == 3


def test_a_formula_error_in_the_key_rejects(pudong):
    batch = bring_in(pudong, content=text(["VIN", "车主"], ["#N/A", "甲乙"], [vin(1), "甲丙"]))
    assert outcome(batch) == (1, 0, 0, 1)


def test_masked_values_replace_nothing(pudong):
    header = ["VIN", "车主", "手机", "车牌号"]
    bring_in(pudong, header, [vin(1), "王雅丽", "13800000001", "沪A00001"])
    batch = bring_in(
        pudong,
        header,
        [vin(1), "王雅丽", "138****0001", "沪A***01"],
        [vin(1)[:4] + "*" * 10 + vin(1)[-3:], "王雅丽", "", ""],
    )
    assert outcome(batch) == (0, 0, 1, 1)
    assert [code for _r, _c, code, _s in remarks(batch)] == ["phone_masked", "plate_masked", "vin_masked"]
    assert Phone.objects.get().number == "13800000001"
    batch = bring_in(pudong, header, [vin(1), "王**", "", ""])
    assert outcome(batch) == (0, 0, 0, 1)
    assert Customer.objects.get().name == "王雅丽"


def test_rounded_numbers_are_reported_and_never_guessed(pudong):
    batch = bring_in(pudong, ["VIN", "车主", "客户编号"], [vin(1), "甲乙", 1.101051963090706e17])
    assert outcome(batch) == (1, 0, 0, 0)
    assert [code for _r, _c, code, _s in remarks(batch)] == ["digits_lost"]
    assert Customer.objects.get().dms_no == ""


def test_too_long_a_text_is_left_out(pudong):
    batch = bring_in(pudong, ["VIN", "车主", "颜色"], [vin(1), "甲乙", "白" * 31])
    assert remarks(batch) == [(2, "颜色", "text_too_long", "warning")]
    assert Vehicle.objects.get().color == ""


def test_a_row_shorter_than_the_header_is_read(pudong):
    content = (
        ",".join(["VIN", "车主", "手机", "颜色"]) + f"\r\n{vin(1)},甲乙\r\n\r\n{vin(2)},甲丙,13800000001,白,多余\r\n"
    ).encode()
    batch = bring_in(pudong, content=content)
    assert outcome(batch) == (2, 0, 0, 0)
    assert batch.counts["ignored_rows"] == 1


def test_quoted_line_breaks_do_not_move_the_row_numbers(pudong):
    batch = bring_in(
        pudong,
        content=text(
            OWNERS,
            [vin(1), "沪A00001", "甲乙", "13800000001", "", "福克斯\n1.6L"],
            [vin(2)[:-1], "", "甲丙", "", "", ""],
        ),
    )
    assert [(row, code) for row, _c, code, _s in remarks(batch)] == [(3, "vin_length")]
    assert Vehicle.objects.get().model == "福克斯 1.6L"


def test_an_xlsx_named_xls_and_a_csv_named_xlsx_are_what_their_bytes_say(pudong):
    assert outcome(bring_in(pudong, OWNERS, owner(1), file_name="导出.xls")) == (1, 0, 0, 0)
    assert outcome(bring_in(pudong, content=text(OWNERS, owner(2)), file_name="导出.xlsx")) == (1, 0, 0, 0)


def test_utf16_text_as_excel_saves_it_is_read(pudong):
    content = text(OWNERS, owner(1), encoding="utf-16", delimiter="\t")
    assert bring_in(pudong, content=content).encoding == "utf-16"


def test_hidden_worksheets_are_not_read(pudong):
    book = Workbook()
    book.active.append(OWNERS)
    book.active.append(owner(1))
    hidden = book.create_sheet("旧")
    hidden.sheet_state = "hidden"
    hidden.append([*OWNERS, "发动机号", "地址"])
    hidden.append(owner(2))
    out = io.BytesIO()
    book.save(out)
    batch = bring_in(pudong, content=out.getvalue())
    assert batch.worksheet == "Sheet" and batch.other_worksheets == []


def test_a_list_of_insurance_policies_is_not_taken_for_repair_orders(tmp_path):
    header = "工单号|承保日期|牌照号|车架号|车主|车主电话|商业险起保日期|交强险起保日期|投保类型|商业保费(元)"
    assert read(tmp_path, xlsx(header.split("|"), ["x"])).sheet == "policies"


def test_recognition_says_which_headers_made_it(tmp_path):
    layout = read(tmp_path, xlsx(OWNERS, owner(1)))
    assert layout.matched == OWNERS
    assert layout.score > 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def _open_all(folder, content):
    """Open, recognise and read everything; nothing but UnusableFile may come out."""
    path = folder / "file"
    path.write_bytes(content)
    try:
        table = open_file(path)
        for name in table.names:
            for row in table.worksheet(name).rows():
                assert isinstance(row, list)
        recognise(table)
    except UnusableFile as error:
        assert str(error)


SAMPLE = xlsx(OWNERS, owner(1), owner(2))
quick = examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(content=st.binary(max_size=2000))
def test_random_bytes_are_unusable_or_read(folder, content):
    _open_all(folder, content)


@quick
@given(
    head=st.sampled_from(
        [b"PK\x03\x04", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html", b"\xef\xbb\xbf", b"\xff\xfe"]
    ),
    tail=st.binary(max_size=500),
)
def test_random_bytes_behind_a_known_start_are_unusable_or_read(folder, head, tail):
    _open_all(folder, head + tail)


@quick
@given(at=st.integers(0, len(SAMPLE) - 1), length=st.integers(1, 40), value=st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_unusable_or_read(folder, at, length, value):
    _open_all(folder, SAMPLE[:at] + value + SAMPLE[at + length :])


@quick
@given(cells=st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=12))
def test_any_text_table_is_unusable_or_read(folder, cells):
    out = io.StringIO()
    csv.writer(out).writerows(cells)
    _open_all(folder, out.getvalue().encode("utf-8", "ignore"))


def test_every_sheet_has_labels_for_all_its_columns():
    for sheet in all_sheets():
        assert str(sheet.label)
        assert all(str(column.label) and column.aliases for column in sheet.columns)
