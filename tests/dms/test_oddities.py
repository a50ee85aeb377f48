"""What is odd about a file as a whole is told on the preview and kept with the batch, whichever way it came."""

import datetime as dt

import pytest
from django.urls import reverse
from openpyxl import Workbook

from dms import services
from dms.wording import word
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, owner, vin, xlsx
from tests.dms.workbooks import html, xls

pytestmark = pytest.mark.django_db
START = dt.date(2025, 1, 6)


def codes(batch):
    for warning in batch.warnings:
        assert "%(" not in word(warning["code"], warning["params"])
    return [warning["code"] for warning in batch.warnings]


def spread(count, *, same=0, day="2014-01-01"):
    """Owners whose days lie a week apart, `same` of them on one day."""
    return [owner(n, day=day if n < same else str(START + dt.timedelta(days=7 * n))) for n in range(count)]


@pytest.mark.parametrize(("count", "same", "is_odd"), [(25, 6, True), (25, 5, False), (19, 19, False), (20, 20, True)])
def test_a_day_on_more_than_a_fifth_of_the_rows_is_told(pudong, count, same, is_odd):
    batch = bring_in(pudong, OWNERS, *spread(count, same=same))
    assert codes(batch) == (["shared_date"] if is_odd else [])
    if is_odd:
        params = batch.warnings[0]["params"]
        assert params == {"column": "交车日期", "day": "2014-01-01", "percent": same * 100 // count}


def test_the_orders_of_one_day_share_it_rightly(pudong):
    today = str(pudong.day_of(dt.datetime.now(dt.UTC)))
    rows = [order(f"RO{n}", vin(n), opened=today, settled=today) for n in range(30)]
    assert codes(bring_in(pudong, ORDERS, *rows)) == []


def test_an_older_file_is_told(pudong, xuhui):
    new, old = spread(6), spread(3)
    bring_in(xuhui, OWNERS, *new)
    assert codes(bring_in(pudong, OWNERS, *old)) == []
    assert codes(bring_in(pudong, OWNERS, *new, file_name="三月.xlsx")) == []
    batch = bring_in(pudong, OWNERS, *old)
    assert codes(batch) == ["older_file"]
    assert batch.warnings[0]["params"] == {"newest": "2025-01-20", "stored": "2025-02-10", "file": "三月.xlsx"}
    orders = [order("RO1", vin(1), opened="2024-01-01", settled="2024-01-02")]
    assert codes(bring_in(pudong, ORDERS, *orders)) == []


def test_our_own_workbook_of_rejected_rows_is_not_odd(pudong):
    bring_in(pudong, OWNERS, *spread(6))
    wrong = [[number, *owner(number, day="2024-01-02")[:4], "见合同", "福克斯"] for number in range(5)]
    header = ["行号", *OWNERS, "错误原因", "修改建议"]
    assert codes(bring_in(pudong, header, *[[*row, "不是日期", "请改正"] for row in wrong])) == []


def test_a_column_that_cannot_be_read_is_named(pudong):
    rows = [[*owner(n)[:4], "见合同", "福克斯"] for n in range(5)]
    batch = bring_in(pudong, OWNERS, *rows)
    assert codes(batch) == ["unreadable_column"]
    assert batch.warnings[0]["params"] == {"column": "交车日期", "field": ["owners", "delivered_on"], "percent": 100}


def test_masked_numbers_do_not_make_it_another_column(pudong):
    assert codes(bring_in(pudong, OWNERS, *[owner(n, phone="138****0000") for n in range(6)])) == []


def test_a_column_that_nobody_reads_and_that_is_full_of_numbers_is_named(pudong):
    rows = [[vin(n), f"王雅{n}", f"1380000000{n}", f"沪A0000{n}", f"2025-01-0{n + 1}"] for n in range(4)]
    batch = bring_in(pudong, ["VIN", "车主", "打这个", "挂牌", "何时"], *rows)
    assert [(warning["code"], warning["params"]["column"]) for warning in batch.warnings] == [
        ("unused_column", "打这个"),
        ("unused_column", "挂牌"),
        ("unused_column", "何时"),
    ]
    assert codes(bring_in(pudong, ["VIN", "车主", "打这个", "手机"], *[[*row[:3], row[2]] for row in rows])) == []


def test_hidden_and_further_worksheets_and_a_cut_off_page_are_told(pudong):
    content = xls(OWNERS, owner(1), hidden=("字典",), 字典=[["a"]], 二月=[OWNERS, owner(2), owner(3)])
    batch = bring_in(pudong, content=content)
    assert codes(batch) == ["hidden_worksheets", "more_lists"]
    assert batch.warnings[1]["params"] == {"taken": "Sheet1", "names": "二月"}
    page = html([OWNERS, *[owner(n) for n in range(9)]])
    assert codes(bring_in(pudong, content=page[: page.rindex(b"</table>") - 20])) == ["cut_off"]


def test_the_preview_shows_it_and_a_second_check_does_not_repeat_it(pudong, zhou, client):
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    batch = services.stage_upload(store=pudong, by=zhou, file_name="a.xlsx", content=xlsx(OWNERS, *spread(25, same=9)))
    for _time in range(2):
        batch = services.choose(batch, mapping={int(index): name for index, name in batch.mapping.items()}, by=zhou)
        batch = services.preview_batch(batch)
    assert codes(batch) == ["shared_date"]
    page = client.get(reverse("dms:batch", args=[batch.pk])).content.decode()
    assert "file-warnings" in page and "2014-01-01" in page and "36%" in page
    services.confirm_batch(batch, by=zhou)
    assert codes(services.run_batch(batch.pk)) == ["shared_date"]


def test_a_stray_cell_far_to_the_right_is_told(pudong, tmp_path):
    book = Workbook()
    for row in (OWNERS, owner(1)):
        book.active.append(row)
    book.active.cell(row=2, column=2000, value="x")
    book.save(tmp_path / "a.xlsx")
    batch = bring_in(pudong, content=(tmp_path / "a.xlsx").read_bytes())
    assert codes(batch) == ["columns_cut"] and batch.counts["created"] == 1
