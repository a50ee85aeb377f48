"""Three dreadful files of real layouts in a real browser: preview, a column told by hand and remembered, import, the error
workbook corrected and brought back, conflicts decided by keys, and a whole import undone."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine
from playwright.sync_api import expect

from customers.models import Customer, Phone, Policy, RepairOrder, Vehicle
from customers.services import verify_phone
from dms.models import Batch, ColumnMapping, Conflict
from followups.models import DueItem
from followups.services.cards import check_cards
from tests.browser import overflow
from tests.dms.exports import OWNERS, xlsx
from tests.factories.dms import vin
from tests.journeys import dreadful

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day(pudong):
    """The clock runs from 10:00 of the store's tomorrow; the store went live a month before."""
    day = pudong.day_of(dt.datetime.now(dt.UTC)) + dt.timedelta(days=1)
    pudong.live_on = day - dt.timedelta(days=30)
    pudong.save(update_fields=["live_on"])
    with time_machine.travel(dt.datetime.combine(day, dt.time(10, 0), tzinfo=pudong.zone), tick=True):
        yield day


def upload(page, name, content):
    """Ends on the page about the columns."""
    page.goto("/import/upload/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.locator("form[enctype] button").click()
    expect(page.locator("table.mapping")).to_be_visible()


def check(page):
    """From the columns to the preview."""
    page.locator("button[name=check]").click()
    expect(page.locator("ol.steps li").nth(2)).to_have_attribute("aria-current", "step")


def confirm(page):
    """From the preview to the result. Gives the batch."""
    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator("ol.steps li").nth(4)).to_have_attribute("aria-current", "step", timeout=20_000)
    return Batch.objects.latest("pk")


def judged(batch):
    return {name: batch.counts[name] for name in ("created", "updated", "unchanged", "rejected")}


def corrected(content, values):
    """The error workbook as a person saves it: {customer's name: {header: what is typed over the marked cell}}."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    header, *lines = list(book.active.iter_rows())
    columns = {cell.value: place for place, cell in enumerate(header)}
    found = {str(line[columns["客户名称"]].value): line for line in lines}
    assert set(found) == set(values)
    for name, cells in values.items():
        for column, value in cells.items():
            found[name][columns[column]].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_three_dreadful_files_through_every_step(page_as, pudong, li, zhou, day):
    page = page_as(zhou, "/import/")

    # 1. A real .xls: notes first, titles, hints, a blank column. Two of eight cannot be stored.
    upload(page, "保有客户档案.xls", dreadful.owners_xls(day))
    check(page)
    assert overflow(page) == 0
    expect(page.locator("main")).to_contain_text("王雅丽")
    owners = confirm(page)
    assert (owners.sheet, owners.worksheet, owners.header_row) == ("owners", "保有客户档案", 3)
    assert judged(owners) == {"created": 6, "updated": 0, "unchanged": 0, "rejected": 2}
    assert Customer.objects.get(name="王雅丽").phones.get().number == "13812345678"
    assert Policy.objects.filter(vehicle__vin=vin(1)).count() == 2  # from the two expiry columns

    # The rejected rows come back as a workbook, are corrected there and brought in; nothing is doubled.
    with page.expect_download() as download:
        page.locator("a[href$='/errors/rows/']").first.click()
    workbook = download.value.path().read_bytes()
    content = corrected(workbook, {"赵小短": {"车架号*": vin(6)}, "钱大写": {"车架号*": vin(7)}})
    upload(page, "改正后.xlsx", content)
    check(page)
    mended = confirm(page)
    assert judged(mended) == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert Vehicle.objects.count() == 8
    assert Customer.objects.filter(name="赵小短").count() == 1

    # 2. Text with tabs named .xls: orders, of which one has no number and one an impossible day.
    upload(page, "维修结算.xls", dreadful.orders_tsv(day))
    check(page)
    orders = confirm(page)
    assert (orders.sheet, orders.encoding) == ("repair_orders", "gb18030")
    assert judged(orders) == {"created": 3, "updated": 0, "unchanged": 0, "rejected": 2}
    assert set(RepairOrder.objects.values_list("order_no", flat=True)) == {"WX26001", "WX26002"}
    service = DueItem.objects.filter(rule="service_3dc", state="open")
    assert set(service.values_list("customer__name", flat=True)) == {"王雅丽", "欧阳小妹"}
    expect(page.locator("#import_effect")).to_contain_text("王雅丽", timeout=10_000)

    # 3. A web page named .xls whose VIN column nobody knows: told by hand, remembered for the next file.
    upload(page, "投保明细.xls", dreadful.policies_html(day))
    assert Batch.objects.latest("pk").sheet == "policies"
    page.locator("tr", has_text="座驾识别编码").locator("select").select_option("vin")
    check(page)
    confirm(page)
    assert Policy.objects.filter(policy_no__in=["JQ1001", "SY1001", "SY1002"], is_void=False).count() == 3
    assert ColumnMapping.objects.get().headers
    upload(page, "投保明细（下月）.xls", dreadful.policies_html(day, number=2))
    expect(page.locator("tr", has_text="座驾识别编码").locator("select")).to_have_value("vin")

    # DCRC has verified numbers that the next list contradicts: decided by keys.
    for name in ("王雅丽", "单晓燕", "赵小短"):
        verify_phone(Phone.objects.get(customer__name=name), by=li, now=dt.datetime.now(dt.UTC))
    rows = [
        [vin(1), "", "王雅丽", "13811110001", "", ""],
        [vin(3), "", "单晓燕", "13811110003", "", ""],
        [vin(6), "", "赵小短", "13811110006", "", ""],
    ]
    upload(page, "保有客户（旧）.xlsx", xlsx(OWNERS, *rows))
    check(page)
    stale = confirm(page)
    assert stale.counts["conflicts"] == 3
    page.goto("/customers/conflicts/")
    assert overflow(page) == 0
    expect(page.locator("[data-lines] > li")).to_have_count(3)
    for key, left in (("1", 2), ("2", 1), ("3", 0)):
        page.keyboard.press(key)
        expect(page.locator("#open_lines")).to_have_text(str(left))
    assert sorted(Conflict.objects.values_list("state", flat=True)) == ["ours", "theirs", "verify"]
    assert Phone.objects.filter(number__startswith="1381111000", is_void=False).count() == 1

    # The orders were the wrong month's: the whole import is taken back, and the queue with it.
    page.goto(f"/import/{orders.pk}/")
    page.locator("a[href$='/undo/']").click()
    expect(page.locator("main")).to_contain_text("2")
    page.locator("form button.btn-danger").click()
    expect(page.locator(".page-head")).to_contain_text("已撤销", timeout=20_000)
    assert not RepairOrder.objects.filter(is_void=False).exists()
    assert set(service.model.objects.filter(rule="service_3dc").values_list("state", flat=True)) == {"obsolete"}
    assert check_cards(pudong) == []
