"""The year at a glance in a real browser: readable for everybody, at home on a phone, one stop for Tab and arrows within."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import CalendarDay
from tests.browser import DESKTOP, PHONE, overflow, serious_findings

pytestmark = pytest.mark.browser
YEAR = reverse("accounts:calendar_year", args=[2027])


@pytest.fixture
def year(pudong):
    CalendarDay.objects.create(day=dt.date(2027, 1, 1), is_work=False, name="元旦", source="package")
    CalendarDay.objects.create(day=dt.date(2027, 1, 3), is_work=True, store=pudong, source="typed")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_page_and_a_list_with_a_fault_are_readable_for_everybody(page_as, year, zhou, size):
    page = page_as(zhou, YEAR, size=size)
    assert serious_findings(page) == [] and overflow(page) == 0
    assert page.locator("a.sign.off").first.bounding_box()["width"] >= 24
    page.locator("textarea").fill("2027-02-05 休 除夕\n2027-02-06 调休")
    page.locator("[name=look]").click()
    expect(page.locator("tr.is-wrong")).to_have_count(1)
    assert serious_findings(page) == [] and overflow(page) == 0
    assert "调休" in page.locator("textarea").input_value()


def test_every_day_is_reached_by_keyboard_and_says_what_it_is(page_as, year, zhou):
    page = page_as(zhou, YEAR)
    stops = page.locator("a[data-day][tabindex='0']")
    expect(stops).to_have_count(1)
    expect(stops).to_have_attribute("aria-label", "2027-01-01 星期五 · 休息日 · 元旦 · 软件自带")
    stops.focus()
    for key, day in [
        ("ArrowDown", "2027-01-08"),
        ("ArrowLeft", "2027-01-07"),
        ("PageDown", "2027-02-07"),
        ("End", "2027-02-28"),
        ("ArrowRight", "2027-03-01"),
        ("ArrowUp", "2027-02-22"),
        ("Home", "2027-02-01"),
        ("PageUp", "2027-01-01"),
        ("PageUp", "2027-01-01"),
    ]:
        page.keyboard.press(key)
        expect(page.locator("a[data-day]:focus")).to_have_attribute("data-day", day)
    page.keyboard.press("Enter")
    expect(page.locator("#id_day")).to_have_value("2027-01-01")
    expect(page.locator("#id_name")).to_have_value("元旦")
