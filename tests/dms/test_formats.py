"""Every kind of file is known by its bytes and read as it is meant; what cannot be read is told in one sentence."""

import datetime as dt
import io

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from customers.models import Customer, Delivery, RepairOrder, Vehicle
from dms import files
from dms.errors import UnusableFile
from dms.files import open_file
from dms.recognise import recognise
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, text, vin, xlsx
from tests.dms.workbooks import html, html_table, sheetml, xls


@pytest.fixture
def opened(tmp_path):
    """opened(content, name) -> the opened file"""

    def _opened(content, name="upload.bin"):
        path = tmp_path / name
        path.write_bytes(content)
        return open_file(path)

    return _opened


def rows_of(table, name=None):
    return list(table.worksheet(table.names[0] if name is None else name).rows())


MADE = {"xlsx": xlsx, "xls": xls, "html": lambda *rows: html(rows), "xml": sheetml, "csv": text}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("name", ["导出.xls", "导出.xlsx", "导出.csv", "导出"])
def test_a_list_is_read_whatever_its_kind_and_name(pudong, kind, name):
    rows = [["保有客户一览表"], OWNERS, owner(1), [], owner(2), ["合计", "2"]]
    batch = bring_in(pudong, content=MADE[kind](*rows), file_name=name)
    assert outcome(batch) == (2, 0, 0, 0)
    assert batch.header_row == 2
    assert batch.counts["rows"] + batch.counts["ignored_rows"] + 1 == len(rows)
    assert set(Delivery.objects.values_list("delivered_on", flat=True)) == {dt.date(2026, 3, 1)}


# Header rows of real templates, typed anew: title or instruction first, hints below, brackets of mixed width.
MEMBERS = (
    "客户姓名|手机号|车牌号|车架号|行驶里程|年检到期（年/月/日）|车险到期（年/月/日）|电子邮件|生日（年/月/日）|备注"
)
TRUCKS = "序号|VIN（*）|发动机号(*）|车辆型号(*）|发动机型号（*）|用户类型(*)|购车日期|出厂日期|首保日期|车牌号码|用户名称|身份证号|联系人|电话|用户地址|系列  "
REVISITS = "经销商代码(必填)|联系人姓名(必填)|联系人电话|VIN(必填)|反馈时间|反馈类型|反馈内容|跟踪性质(必填)"


@pytest.mark.parametrize("make", [xls, xlsx])
def test_the_layouts_of_real_templates_are_found(opened, make):
    members = [
        ["数据填写说明：\n1、红色字体的【会员姓名】【手机号】【车牌号】为必填项。\n\n"],
        MEMBERS.split("|"),
        ["必填项", "必填项"],
    ]
    found = recognise(opened(make(*members)), is_final=False)
    assert (found.sheet, found.header_row) == ("owners", 2)
    assert {"name", "phone", "plate", "vin", "odometer_km"} <= set(found.mapping.values())
    trucks = [[" 导入文件要求首行空行，文件内容从B列开始,(*)列为必须填写"], TRUCKS.split("|"), [1, "LZGJLDR40DX020815"]]
    found = recognise(opened(make(*trucks)))
    assert (found.sheet, found.header_row) == ("owners", 2)
    assert {"vin", "engine_no", "name", "contact_person", "phone", "sold_on"} <= set(found.mapping.values())
    assert rows_of(opened(make(REVISITS.split("|"))))[0] == REVISITS.split("|")


def test_a_misleading_code_page_does_not_garble_an_old_workbook(opened):
    """A system of 用友 writes CODEPAGE 1200 into one byte strings and the like; the Unicode strings of BIFF8 stand as they are."""
    content = xls(REVISITS.split("|"))
    record = b"\x42\x00\x02\x00\xb0\x04"
    assert record in content
    for page in (b"\xe4\x04", b"\xa8\x03", b"\x00\x80"):
        assert rows_of(opened(content.replace(record, record[:4] + page)))[0] == REVISITS.split("|")


@pytest.mark.parametrize("uses_1904", [False, True])
def test_days_follow_the_calendar_of_the_workbook(opened, uses_1904):
    days = [dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 12, 30), dt.date(2004, 2, 29)]
    old_book = xlwt.Workbook()
    old_book.dates_1904 = uses_1904
    sheet = old_book.add_sheet("1")
    # xlwt writes the serials of 1900 whatever the calendar says.
    shift = 1462 if uses_1904 else 0
    style = xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"')
    for column, serial in enumerate((45356, 45356 + 12.5 / 24, 38046)):
        sheet.write(0, column, serial - shift, style)
    out = io.BytesIO()
    old_book.save(out)
    assert rows_of(opened(out.getvalue())) == [days]
    book = Workbook()
    if uses_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(days)
    out = io.BytesIO()
    book.save(out)
    assert rows_of(opened(out.getvalue())) == [days]


def test_cells_of_an_old_workbook_are_what_they_were(opened):
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for column, cell in enumerate([True, 13800000001.0, " 013800000001", xlwt.Formula('"a"&"b"')]):
        sheet.write(0, column, cell)
    sheet.row(0).set_cell_error(4, "#REF!")
    out = io.BytesIO()
    book.save(out)
    assert rows_of(opened(out.getvalue())) == [[True, 13800000001.0, " 013800000001", "", "#REF!"]]


@pytest.mark.django_db
def test_group_titles_over_two_lines_are_read_from_an_old_workbook_and_a_web_page(pudong):
    top = ["工单号", "VIN", "结算日期", "车主", None, "送修人", None]
    low = [None, None, None, "姓名", "电话", "姓名", "电话"]
    row = ["RO1", vin(1), "2026-03-01", "王雅丽", "13800000001", "李小军", "13700000001"]
    merged = [(0, 1, 0, 0), (0, 1, 1, 1), (0, 1, 2, 2), (0, 0, 3, 4), (0, 0, 5, 6)]
    bring_in(pudong, content=xls(top, low, row, merged=merged))
    found = RepairOrder.objects.get()
    assert (found.owner.name, found.bringer.name) == ("王雅丽", "李小军")
    head = (
        "".join(f"<th rowspan=2>{text}</th>" for text in top[:3]) + "<th colspan='2'>车主</th><th colspan=2>送修人</th>"
    )
    low = "".join(f"<th>{text}</th>" for text in low[3:])
    page = f"<table><tr>{head}</tr><tr>{low}</tr>{html_table(['RO2', *row[1:]])[len('<table border=1>') :]}"
    bring_in(pudong, content=html(page))
    found = RepairOrder.objects.get(order_no="RO2")
    assert (found.owner.name, found.bringer.name) == ("王雅丽", "李小军")


@pytest.mark.parametrize("make", [xls, lambda *rows, **other: sheetml(*rows, **{**other, "hidden": True})])
def test_hidden_worksheets_are_named_and_not_read(opened, make):
    table = opened(make(OWNERS, owner(1), hidden=("旧",), 旧=[OWNERS, owner(2)]))
    assert (table.names, table.hidden) == (["Sheet1"], ("旧",))


# --- web pages ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-8", "gb18030"), ("gb2312", "utf-8"), ("unicode", "utf-16"), ("big5", "big5")],
)  # fmt: skip
def test_a_page_is_read_in_the_charset_it_has(opened, charset, encoding):
    rows = [["車主姓名", "手機"], ["王雅麗", "13800000001"]]
    assert rows_of(opened(html(rows, charset=charset, encoding=encoding))) == rows


def test_spans_breaks_entities_and_unclosed_tags_of_a_page(opened):
    page = """<TABLE><TR><TD rowspan=2>A&amp;B<TD colspan=3>甲<br>乙&nbsp;<TR><TD>1<TD x:num="13800000001">1.38E+10
      <TD style='a:"b>c"'><b>粗</b> 体</TABLE>"""
    assert rows_of(opened(html(page))) == [["A&B", "甲\n乙", "", ""], ["A&B", "1", "13800000001", "粗 体"]]


def test_several_tables_are_several_worksheets_and_layout_tables_do_not_matter(opened):
    nested = f"<table><tr><td>菜单</td><td>{html_table(OWNERS, owner(1))}</td></tr></table>"
    table = opened(html([["说明"]], nested, "<table><tr><td> &nbsp;</td></tr></table>"))
    assert len(table.names) >= 3
    layout = recognise(table)
    assert layout.sheet == "owners"
    assert rows_of(table, layout.worksheet) == [OWNERS, owner(1)]


def test_a_table_whose_header_stands_alone_or_on_every_page_is_one(opened):
    table = opened(html([OWNERS], [owner(1), owner(2), owner(3)]))
    assert rows_of(table) == [OWNERS, owner(1), owner(2), owner(3)]
    table = opened(html([OWNERS, owner(1), owner(2)], [OWNERS, owner(3)]))
    assert rows_of(table) == [OWNERS, owner(1), owner(2), OWNERS, owner(3)]


def test_a_page_that_ends_within_its_table_is_read_and_says_so(opened):
    content = html([OWNERS, *[owner(number) for number in range(5)]])
    table = opened(content[: content.rindex(b"</table>") - 30])
    assert len(rows_of(table)) == 6
    assert table.worksheet("").notes == ["cut_off"]
    assert opened(content).worksheet("").notes == []


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>Please log in</body></html>",
        b"<!DOCTYPE html><p>x",
        b"<table>",
        b"<div><",
        b"<table><tr><td>" * 40,
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>",
    ],
)
def test_a_page_without_a_list_is_told(opened, page):
    with pytest.raises(UnusableFile) as refused:
        recognise(opened(page))
    assert refused.value.code == "html"


# --- XML ----------------------------------------------------------------------------------------------------------
def test_worksheets_cells_and_gaps_of_an_xml_workbook(opened):
    table = opened(sheetml(["a", None, 1.5], [], ["b"], 二=[["c"]]))
    assert table.names == ["Sheet1", "二"]
    assert rows_of(table) == [["a", "", 1.5], [], ["b"]]
    assert rows_of(table, "二") == [["c"]]


def test_an_xml_workbook_in_another_charset_is_read(opened):
    assert rows_of(opened(sheetml(["车主"], declared="gb2312", encoding="gb18030"))) == [["车主"]]


def test_indices_and_merged_cells_of_an_xml_workbook(opened):
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    page = (
        f'<?xml version="1.0"?><ss:Workbook xmlns:ss="{space}"><ss:Worksheet ss:Name="1"><ss:Table>'
        '<ss:Row><ss:Cell ss:MergeAcross="1"><ss:Data ss:Type="String">车主</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="DateTime">2026-03-01T00:00:00.000'
        '</ss:Data></ss:Cell></ss:Row><ss:Row ss:Index="4"><ss:Cell ss:Index="2"><ss:Data ss:Type="Error">#N/A</ss:Data></ss:Cell>'
        '<ss:Cell><ss:Data ss:Type="Boolean">1</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>'
    )  # fmt: skip
    table = opened(page.encode())
    assert rows_of(table) == [["车主", "", "2026-03-01T00:00:00.000"], [], [], ["", "#N/A", True]]
    assert table.worksheet("1").merged == [((0, 0), (0, 1))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<?xml version="1.0"?><root/>', "xml"),
        (sheetml(OWNERS, owner(1))[:-60], "damaged"),
        (sheetml(OWNERS).replace(b"<Workbook", b'<!DOCTYPE a [<!ENTITY b "c">]><Workbook'), "xml"),
    ],
)
def test_other_xml_is_told(opened, content, code):
    with pytest.raises(UnusableFile) as refused:
        rows_of(opened(content))
    assert refused.value.code == code


# --- text ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gb2312"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_in_every_encoding_and_with_every_delimiter(opened, encoding, delimiter):
    rows = [OWNERS, owner(1), owner(2, name="李；小,军")]
    assert rows_of(opened(text(*rows, encoding=encoding, delimiter=delimiter), "导出.xls")) == rows


def test_a_text_that_ends_within_a_character_is_damaged(opened):
    for encoding in ("utf-8", "gb18030", "utf-16"):
        with pytest.raises(UnusableFile) as refused:
            opened(text(OWNERS, ["车主"], encoding=encoding).rstrip()[:-1])
        assert refused.value.code == "damaged", encoding


def test_a_quotation_mark_that_is_not_closed_is_told_with_its_line(opened):
    content = text(OWNERS, owner(1)) + b'"' + text(*[owner(number) for number in range(3000)])
    assert len(content) > files.LONGEST_CELL
    with pytest.raises(UnusableFile) as refused:
        rows_of(opened(content))
    assert refused.value.code == "cell_too_long"
    assert "131,072" in str(refused.value)


# --- what cannot be read ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4000, "old_xls"),
        (xls(OWNERS, owner(1))[:700], "old_xls"),
        (xls(OWNERS, owner(1)).replace(b"W\0o\0r\0k\0b\0o\0o\0k\0", b"W\0o\0r\0d\0D\0o\0c\0u\0"), "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "unknown_format"),
        (b"{\\rtf1 x}", "unknown_format"),
        (xlsx(OWNERS, owner(1)).replace(b"xl/", b"zz/"), "not_a_workbook"),
    ],
)
def test_what_is_no_workbook_is_told(opened, content, code):
    with pytest.raises(UnusableFile) as refused:
        rows_of(opened(content))
    assert refused.value.code == code
    assert str(refused.value)


def test_an_old_workbook_with_a_password_is_told(opened):
    content = bytearray(xls(OWNERS, owner(1)))
    # FILEPASS (0x2F) takes the place of WINDOWPROTECT (0x19), which says nothing.
    place = content.index(b"\x19\x00\x02\x00")
    content[place] = 0x2F
    with pytest.raises(UnusableFile) as refused:
        opened(bytes(content))
    assert refused.value.code == "password_protected"


@pytest.mark.django_db
def test_a_second_file_of_another_kind_changes_nothing(pudong):
    rows = [ORDERS, order("RO1", vin(1), km="12000"), order("RO2", vin(2))]
    assert outcome(bring_in(pudong, content=xls(*rows))) == (2, 0, 0, 0)
    for make in MADE.values():
        assert outcome(bring_in(pudong, content=make(*rows))) == (0, 0, 2, 0)
    assert (Customer.objects.count(), Vehicle.objects.count()) == (2, 2)
