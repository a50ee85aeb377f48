"""A whole thin day in a real browser: messy files in, calls of all three rules by keyboard, the manager opens the number down to the call.

The clock stands at tomorrow 10:00 of the store (in the morning band whatever the hour of the run, and after the
browser's own clock, so that session cookies live).
"""

import datetime as dt
import re

import pytest
import time_machine
from playwright.sync_api import expect

from complaints.models import Complaint
from customers.models import Customer
from cvp.models import Response
from dms.models import Batch
from followups.models import Call, CallCard, DueItem
from followups.services.cards import check_cards
from tests.journeys.files import orders_csv, owners_xlsx

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day(pudong):
    """The day of the journey; the clock runs from its 10:00. The store went live a month before."""
    day = pudong.day_of(dt.datetime.now(dt.UTC)) + dt.timedelta(days=1)
    pudong.live_on = day - dt.timedelta(days=30)
    pudong.save(update_fields=["live_on"])
    with time_machine.travel(dt.datetime.combine(day, dt.time(10, 0), tzinfo=pudong.zone), tick=True):
        yield day


def import_file(page, name, content):
    """Upload, look at the columns, at the preview, confirm, and wait for the result."""
    page.goto("/import/upload/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.locator("form[enctype] button").click()
    expect(page.locator("table.mapping")).to_be_visible()
    page.locator("button[name=check]").click()
    expect(page.locator("ol.steps li").nth(2)).to_have_attribute("aria-current", "step")
    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator("ol.steps li").nth(4)).to_have_attribute("aria-current", "step", timeout=20_000)


def questions(page):
    return page.locator("#desk [data-question]").count()


def call_satisfied(page):
    """Reached, the owner, the best answer to every question, saved; the next card comes by itself."""
    keys = ["F1", "1"] + ["1"] * questions(page) + ["Control+Enter"]
    for key in keys:
        page.keyboard.press(key)


def call_dissatisfied(page, words):
    """Reached, the owner, the worst answer to the first question; says why; the rest answered; saved."""
    page.keyboard.press("F1")
    page.keyboard.press("1")
    page.keyboard.press("5")
    for _ in range(questions(page) - 1):
        page.keyboard.press("1")
    summary = page.locator("#desk [data-summary]:visible")
    summary.fill(words)
    page.keyboard.press("Control+Enter")


def card_of(page):
    """The customer on the desk, by the address of the page's form, once the desk listens to keys."""
    expect(page.locator("#desk .is-stop")).to_be_visible()
    action = page.locator("#desk-form").get_attribute("action")
    return CallCard.objects.get(pk=int(re.search(r"/(\d+)/", action).group(1))).customer


def test_a_thin_day_from_the_dms_export_to_the_opened_number(page_as, pudong, li, chen, zhou, day):
    manager = page_as(zhou, "/import/")
    import_file(manager, "车辆档案.xlsx", owners_xlsx(day))
    import_file(manager, "维修工单.csv", orders_csv(day))

    owners, orders = Batch.objects.order_by("pk")
    assert (owners.sheet, owners.header_row) == ("owners", 2)
    assert owners.counts["rejected"] == 2  # the short VIN and the impossible date
    assert (orders.sheet, orders.encoding) == ("repair_orders", "gb18030")
    assert orders.counts["rejected"] == 1  # the order without a number
    assert set(Customer.objects.filter(card__is_open=True).values_list("name", flat=True)) == {
        "王雅丽",
        "欧阳建国",
        "单晓燕",
        "上海恒达物流有限公司",
        "曾伟",
        "孙小美",  # brought the car of 孙重复
    }
    assert {
        rule: DueItem.objects.filter(rule=rule).count() for rule in ("delivery_3dc", "delivery_7dc", "service_3dc")
    } == {
        "delivery_3dc": 4,
        "delivery_7dc": 1,
        "service_3dc": 2,
    }

    # Two specialists press N for the same first card at the same moment: one each.
    hers, his = page_as(li, "/calls/"), page_as(chen, "/calls/")
    for page in (hers, his):
        page.evaluate(
            "setTimeout(() => document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyN', key: 'n', bubbles: true})), 50)"
        )
    expect(hers.locator("#desk-form")).to_be_visible()
    expect(his.locator("#desk-form")).to_be_visible()
    assert card_of(hers) != card_of(his)
    his.keyboard.press("Escape")
    expect(his.locator("#desk-form")).to_have_count(0)
    assert CallCard.objects.filter(lease_by=chen).count() == 0

    # 李静 works through the queue by keyboard; the last of the service calls is a dissatisfied one.
    unhappy = None
    for _ in range(6):
        customer = card_of(hers)
        service = DueItem.objects.filter(customer=customer, rule="service_3dc", state="open").exists()
        if service and unhappy is None:
            unhappy = customer
            call_dissatisfied(hers, "保养等了三个小时,没有人告知进度")
        else:
            call_satisfied(hers)
        expect(hers.locator(f"#desk-form[action*='/{customer.card.pk}/']")).to_have_count(0)
        if hers.locator("#desk-form").count() == 0:
            break
    assert not DueItem.objects.filter(state="open").exists()
    after = DueItem.objects.filter(rule__in=("delivery_3dc", "delivery_7dc", "service_3dc"))
    assert set(after.values_list("state", flat=True)) == {"done"}
    assert DueItem.objects.filter(effective_at__isnull=False).count() == 7
    assert Call.objects.filter(by=li, level="reached").count() == 6
    assert Response.objects.filter(is_void=False).count() == 7
    complaint = Complaint.objects.get()
    assert complaint.customer == unhappy
    assert complaint.summary == "保养等了三个小时,没有人告知进度"
    assert check_cards(pudong) == []

    # 周敏 opens the number, its rows, and the call behind a row.
    manager.goto("/figures/")
    tile = manager.locator(".tiles").first.locator("a.effective")
    expect(tile.locator("b")).to_have_text("6")  # due today; the seventh was due four days ago
    tile.click()
    rows = manager.locator("#items tbody tr")
    expect(rows).to_have_count(6)
    rows.filter(has_text=unhappy.name).locator("a[href*='/calls/']").click()
    expect(manager.locator("main")).to_contain_text("李静")
    expect(manager.locator("main")).to_contain_text(complaint.number)
