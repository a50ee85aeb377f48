"""The manager's pages of the rules in a real browser: a dial changed after its forecast, calls decided, the care list sent."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from followups.models import DueItem, RuleDial
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.factories.customers import make_customer, make_delivery, make_vehicle
from tests.factories.followups import make_bare_item

pytestmark = pytest.mark.browser


@pytest.fixture
def now(pudong):
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def expired(pudong, today, now):
    """Three calls after delivery that expired two days ago."""
    items = []
    for name in ("王雅丽", "张建国", "李明"):
        customer = make_customer(pudong, name=name, number=f"1381234567{len(items)}")
        delivery = make_delivery(make_vehicle(customer), today - dt.timedelta(days=12))
        item = make_bare_item(
            customer,
            due_on=today - dt.timedelta(days=9),
            now=now,
            fact_id=delivery.pk,
            vehicle=delivery.vehicle,
            anchor_on=delivery.delivered_on,
            expires_on=today - dt.timedelta(days=2),
            state="expired",
            reason="window_passed",
            closed_at=now - dt.timedelta(days=1),
        )
        items.append(item)
    return items


@pytest.fixture
def birthdays(pudong, today, now):
    items = []
    for name in ("王雅丽", "张建国", "李明"):
        customer = make_customer(pudong, name=name, number=f"1391234567{len(items)}")
        item = make_bare_item(
            customer,
            due_on=today,
            now=now,
            rule="birthday",
            round=str(today.year),
            fact_id=customer.pk,
            opens_on=today - dt.timedelta(days=1),
            expires_on=today + dt.timedelta(days=3),
            state="to_send",
        )
        items.append(item)
    return items


def state_of(items):
    return [DueItem.objects.get(pk=item.pk).state for item in items]


def test_a_manager_changes_a_dial_after_seeing_the_week(page_as, zhou, pudong, today):
    make_delivery(make_vehicle(make_customer(pudong, name="王雅丽")), today - dt.timedelta(days=12))
    page = page_as(zhou, "/settings/")
    page.get_by_text("回访参数").click()
    page.locator("tr", has_text="交车三日回访").get_by_text("修改").click()
    assert page.locator("[name=save]").count() == 0  # not before the week was seen
    page.fill("[name='1-expires']", "2")
    page.click("[name=look]")
    expect(page.locator(".dial-field.is-wrong")).to_have_count(1)
    page.fill("[name='1-expires']", "20")
    page.fill("[name=note]", "春节后补打")
    page.click("[name=look]")
    changed = page.locator("#forecast tr.is-chosen td").first
    expect(changed).to_contain_text("0 → 1")
    assert RuleDial.objects.get(store=pudong, rule="delivery_3dc").expires == 10
    page.click("[name=save]")
    expect(page.locator(".notice.success")).to_contain_text("新版本")
    assert RuleDial.objects.get(store=pudong, rule="delivery_3dc").expires == 20
    page.get_by_role("link", name="版本").click()
    expect(page.locator("tbody tr").first).to_contain_text("春节后补打")
    page.get_by_text("恢复此版").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert RuleDial.objects.get(store=pudong, rule="delivery_3dc").expires == 10


def test_a_manager_decides_about_what_was_missed(page_as, zhou, expired):
    page = page_as(zhou, "/calls/")
    page.get_by_role("link", name="待决定").click()
    page.locator("table.groups a").click()
    page.locator("[data-mark-all]").check()
    assert page.locator("[name=item]:checked").count() == 3
    page.locator("tr", has_text="李明").locator("[name=item]").uncheck()
    page.locator("label", has_text="不再回访").click()
    page.get_by_text("只处理勾选的").click()
    expect(page.locator(".decide .alert")).to_contain_text("请说明")
    assert page.locator("[name=item]:checked").count() == 2  # what was marked stays marked
    page.locator("tr", has_text="张建国").locator("[name=item]").uncheck()
    page.fill("[name=note]", "太晚了")
    page.get_by_text("只处理勾选的").click()
    expect(page.locator(".notice.success")).to_contain_text("已放弃1个")
    page.locator("label", has_text="仍然回访").click()
    page.get_by_text("整组处理").click()
    expect(page.locator(".notice.success")).to_contain_text("2个回访已回到队列")
    assert state_of(expired) == ["expired", "open", "open"]


def test_a_specialist_marks_the_care_list_as_sent(page_as, li, birthdays):
    page = page_as(li, "/calls/")
    page.get_by_role("link", name="关怀名单").click()
    page.locator("tr", has_text="王雅丽").get_by_text("显示").click()
    expect(page.locator("tr", has_text="王雅丽")).to_contain_text("13912345670")
    page.locator("tr", has_text="王雅丽").locator("[name=item]").check()
    page.select_option("[name=channel]", "wechat")
    page.get_by_role("button", name="标记已发").click()
    expect(page.locator(".notice.success")).to_contain_text("已标记1条")
    page.locator("[name=whole]").check()
    page.get_by_role("button", name="标记已发").click()
    expect(page.locator(".notice.success")).to_contain_text("已标记2条")
    page.get_by_role("link", name="已发").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert state_of(birthdays) == ["done"] * 3


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_pages_fit_and_can_be_read_by_everybody(page_as, zhou, expired, birthdays, size):
    page = page_as(zhou, "/calls/dials/", size=size)
    for address in (
        "/calls/dials/",
        "/calls/dials/delivery_3dc/",
        "/calls/dials/desk/",
        "/calls/dials/versions/",
        "/calls/decisions/?rule=delivery_3dc&use=fresh",
        "/calls/care/",
        "/calls/",
    ):
        page.goto(address)
        assert overflow(page) == 0, address
        assert serious_findings(page) == [], address
    page.goto("/calls/dials/delivery_3dc/")
    page.click("[name=look]")
    page.wait_for_selector("#forecast")
    assert overflow(page) == 0
    assert serious_findings(page) == []
