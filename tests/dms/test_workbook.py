"""The error workbook: taken home, corrected, imported again; nothing doubled, nothing left."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Access
from customers.models import RepairOrder, Vehicle
from dms import services
from dms.columns import Finding
from dms.models import Batch
from dms.sheets import all_sheets
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, text, vin, xlsx

RED, YELLOW = "FFFCD5D3", "FFFDF1DD"


def download(client, batch, **query):
    response = client.get(reverse("dms:error_rows", args=[batch.pk]), query)
    assert response.status_code == 200, response.get("Location")
    return response, b"".join(response.streaming_content)


def page_of(content):
    return load_workbook(io.BytesIO(content)).active


def lines(page):
    return [[cell.value for cell in row] for row in page.iter_rows()]


def saved(page):
    out = io.BytesIO()
    page.parent.save(out)
    return out.getvalue()


@pytest.fixture
def office(login, zhou):
    return login(zhou)


def dreadful():
    """Title and hint rows, a blank first column, a duplicate header, wrong cells of all kinds, a total."""
    headers = ["", *OWNERS, "联系电话", "备注"]
    good = ["", *owner(1), "", "=1+1"]
    return [
        ["", "保有客户档案（DMS 导出）"],
        headers,
        ["", "必填", "选填", "必填", "必填", "格式YYYY-MM-DD", "选填"],
        good,
        ["", vin(2)[:-1], *owner(2)[1:], "", "+老客户"],
        ["", *owner(3)[:2], "", *owner(3)[3:], "", "@缺姓名"],
        ["", *owner(4)[:4], "2026-02-30", owner(4)[5], "", "-"],
        ["", *owner(5)[:3], "1380013800", *owner(5)[4:], "", ""],
        ["", "合计", "", "5"],
    ]


FORMULAS = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0"]


def test_nothing_in_it_is_a_formula_wherever_it_stood(office, pudong):
    rows = [[vin(n)[:-1], *owner(n)[1:], cell] for n, cell in enumerate(FORMULAS)]
    rows = [[*OWNERS, "=1+1"], *rows, [*owner(90)[:4], "=2+2", "福克斯", ""]]
    batch = bring_in(pudong, content=text(*rows), file_name="a.csv")  # in a workbook these would be formulas already
    page = page_of(download(office, batch)[1])
    cells = [cell for row in page.iter_rows() for cell in row if cell.value not in (None, "")]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert len(risky) >= 1 + len(FORMULAS) - 2 and all(cell.quotePrefix for cell in risky)


def test_dreadful_file_is_corrected_and_imported_again_without_doubling(office, pudong):
    content = xlsx(*dreadful(), title="保有客户")
    first = bring_in(pudong, content=content, file_name="保有客户 2026.xlsx")
    assert outcome(first) == (2, 0, 0, 3)
    response, workbook = download(office, first)
    assert "rows" in Access.objects.get(kind="export").params
    assert "%E5%BE%85%E4%BF%AE%E6%AD%A3" in response["Content-Disposition"]  # 待修正

    page = page_of(workbook)
    header, *rows = lines(page)
    assert header[1:9] == [*OWNERS, "联系电话", "备注"]
    assert header[9:] == ["行号", "错误原因", "修改建议"]
    assert [row[9] for row in rows] == [5, 6, 7]
    assert [row[8] for row in rows] == ["+老客户", "@缺姓名", "-"]
    assert page["B2"].fill.fgColor.rgb == page["F4"].fill.fgColor.rgb == RED
    assert page["C2"].fill.fgColor.rgb != RED
    assert "17" in page["B2"].comment.text
    assert page["I2"].quotePrefix and page["I2"].data_type == "s"  # opened, it is text and no formula

    page["B2"], page["D3"], page["F4"] = vin(2), "周杰", "2026-02-28"
    again = bring_in(pudong, content=saved(page), file_name="待修正.xlsx")
    assert outcome(again) == (3, 0, 0, 0)
    assert [column["header"] for column in again.columns] == ["VIN号", *OWNERS[1:], "联系电话", "备注"]
    assert Vehicle.objects.count() == 5
    assert Vehicle.objects.get(vin=vin(2)).plate == "沪A00002"
    assert not again.row_errors.filter(severity="error").exists()
    once_more = bring_in(pudong, content=content)
    assert outcome(once_more)[:2] == (0, 0)


def test_all_rows_of_a_rejected_order_come_along(office, pudong):
    batch = bring_in(
        pudong,
        ORDERS,
        order("RO1", vin(1), settled="2026-13-40", work="保养"),
        order("RO2", vin(1)),
        order("RO1", vin(1), settled="", work="换胎"),
    )
    assert outcome(batch) == (1, 0, 0, 2)
    _response, workbook = download(office, batch)
    page = page_of(workbook)
    assert [row[0] for row in lines(page)[1:]] == ["RO1", "RO1"]
    assert "一并带出" in lines(page)[2][-2]
    page["F2"] = "2026-03-02"
    assert outcome(bring_in(pudong, content=saved(page))) == (2, 0, 0, 0)
    assert RepairOrder.objects.get(order_no="RO1").items == "保养、换胎"


def test_rows_above_the_wrong_one_come_along_too(office, pudong):
    bad = order("RO1", vin(1), settled="2026-13-40")
    batch = bring_in(pudong, ORDERS, order("RO1", vin(1), settled="", work="换胎"), order("RO2", vin(1)), bad)
    page = page_of(download(office, batch)[1])
    assert [(row[0], row[-3]) for row in lines(page)[1:]] == [("RO1", 2), ("RO1", 4)]


def test_warnings_come_along_when_asked_for(office, pudong):
    batch = bring_in(pudong, OWNERS, owner(1), owner(2, phone="1380013800"))
    assert len(lines(page_of(download(office, batch)[1]))) == 1
    page = page_of(download(office, batch, warnings="1")[1])
    assert page["D2"].fill.fgColor.rgb == YELLOW
    assert lines(page)[1][-3] == 3


def test_preview_offers_it_too_before_anything_is_stored(office, pudong):
    batch = services.preview_batch(
        services.stage_upload(
            store=pudong, by=None, file_name="a.xlsx", content=xlsx(OWNERS, owner(1), owner(2, name=""))
        )
    )
    assert [row[0] for row in lines(page_of(download(office, batch)[1]))[1:]] == [vin(2)]


def test_text_stays_text_and_days_stay_days(office, pudong):
    row = owner(1, name="")
    numbers = [*row[:3], 13800000001, dt.datetime(2026, 3, 1), "福克斯", "0012", 12.5]
    batch = bring_in(pudong, content=xlsx([*OWNERS, "备注一", "备注二"], numbers))
    page = page_of(download(office, batch)[1])
    assert [page[cell].value for cell in ("D2", "E2", "G2", "H2")] == [
        "13800000001",
        dt.datetime(2026, 3, 1),
        "0012",
        12.5,
    ]
    assert page["E2"].number_format == "yyyy-mm-dd"


def test_rows_of_a_text_file_in_gb18030(office, pudong):
    content = text(OWNERS, owner(1), owner(2, name=""), encoding="gb18030")
    batch = bring_in(pudong, content=content, file_name="车主.csv")
    page = page_of(download(office, batch)[1])
    assert [cell.value for cell in page[2]][:4] == [vin(2), "沪A00002", None, "13800000002"]


def test_english_reader_gets_english_columns_that_are_known_again(office, pudong):
    batch = bring_in(pudong, OWNERS, owner(1, name=""))
    office.cookies["django_language"] = "en"
    page = page_of(download(office, batch)[1])
    assert lines(page)[0][6:] == ["Row no.", "What is wrong", "How to correct it"]
    page["C2"] = "王雅丽"
    again = bring_in(pudong, content=saved(page))
    assert outcome(again) == (1, 0, 0, 0)
    assert len(again.columns) == len(OWNERS)


def test_row_of_nothing_but_our_own_words_is_no_data(pudong):
    header = [*OWNERS, "行号", "错误原因", "修改建议"]
    batch = bring_in(pudong, header, ["", "", "李明", "", "", "", 7, "请填写", "请填写"], [*owner(1), 8, "", ""])
    assert outcome(batch) == (
        1,
        0,
        0,
        1,
    )  # the row with a name is data and told, however many of our words stand beside
    batch = bring_in(pudong, header, [*[""] * 6, 7, "请填写", "请填写"], [*owner(2), 8, "", ""])
    assert outcome(batch) == (1, 0, 0, 0)


BAD = {
    "Vin": ["LVSHCAMBOCE000001", vin(7)[:16] + "I"],
    "Plate": ["沪A1234O", "沪 A I2345"],
    "Phone": ["13800138000转138001380001", "张13800138000李1380013"],
    "Date": ["45/13/2026", "2026.2.30", "3/4/2026"],
}


def test_suggested_value_is_readable_where_it_is_one():
    checked = 0
    for sheet in all_sheets():
        for column in sheet.columns:
            for cell in BAD.get(column.__class__.__name__, ()):
                finding = column.clean(cell)
                if isinstance(finding, Finding) and finding.suggestion and finding.code != "date_ambiguous":
                    answer = column.clean(finding.suggestion)
                    assert not isinstance(answer, Finding) or answer.keep is not None, (column.name, cell)
                    checked += 1
    assert checked


def test_purged_upload_is_said_in_a_sentence(office, pudong):
    batch = bring_in(pudong, OWNERS, owner(1, name=""))
    Batch.objects.filter(pk=batch.pk).update(path="")
    response = office.get(reverse("dms:error_rows", args=[batch.pk]), follow=True)
    page = response.content.decode()
    assert "上传的文件已不在" in page
    assert "上传的文件已按期删除" in page
    assert not Access.objects.filter(kind="export").exists()


def test_comes_with_the_same_right_as_the_errors(login, li, zhao, pudong):
    batch = bring_in(pudong, OWNERS, owner(1, name=""))
    assert login(li).get(reverse("dms:error_rows", args=[batch.pk])).status_code == 403


@pytest.mark.django_db
def test_each_column_is_as_wide_as_what_it_holds_and_all_fit_one_page(office, pudong):
    long_name = "上海浦东新区长途汽车运输有限责任公司第一分公司驻外高桥保税区办事处"
    batch = bring_in(pudong, OWNERS, [vin(2)[:-1], *owner(2, name=long_name)[1:]])
    page = page_of(download(office, batch)[1])
    widths = {
        page.cell(1, place).value: page.column_dimensions[letter].width for place, letter in enumerate("ABCDEF", 1)
    }
    assert widths["VIN号"] > 16  # the whole VIN is seen
    assert widths["车型"] < widths["VIN号"] < widths["车主姓名"] <= 36
    assert (page.page_setup.orientation, page.page_setup.fitToWidth) == ("landscape", None)
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.print_title_rows == "$1:$1"
