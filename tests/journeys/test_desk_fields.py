"""The desk in a real browser: the boxes for a number, the language in the middle of a call, a colleague's card."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from customers.models import Phone
from tests.browser import PHONE, overflow
from tests.factories.followups import make_card

pytestmark = pytest.mark.browser


@pytest.fixture
def make(pudong):
    """make(name): a card with a 3-day call; the earlier made, the earlier called."""
    now = timezone.localtime(timezone.now(), pudong.zone)
    order = iter(range(100))

    def _make(name, **fields):
        due_on = now.date() - dt.timedelta(days=50 - next(order))
        return make_card(pudong, today=now.date(), now=now, name=name, rule="service_3dc", due_on=due_on, **fields)

    return _make


@pytest.fixture
def desk(page_as, li):
    def _desk(name, **kwargs):
        page = page_as(li, "/calls/", **kwargs)
        page.keyboard.press("n")
        wait_for(page, name)
        return page

    return _desk


def wait_for(page, name):
    page.wait_for_selector(f"#desk .desk-head h1:text-is('{name}')")
    page.wait_for_selector("#desk .is-stop")


@pytest.mark.parametrize(("box", "found"), [(".number .fix", "replace"), (".fix.add", "add")])
def test_digits_typed_as_a_box_opens_are_the_number(desk, make, box, found):
    card = make("王雅丽", number="13812345678")
    page = desk("王雅丽")
    page.keyboard.press("F1")
    page.keyboard.press("1")  # stands on the first question now: a digit would answer it
    page.locator(f"#desk {box} summary").first.click()
    page.keyboard.type("13711112222")
    assert page.locator(f"#desk {box} input").first.input_value() == "13711112222"
    assert page.locator(".question :checked").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector(".number:has-text('137 1111 2222') :checked")
    assert Phone.objects.filter(customer=card.customer, number="13711112222", is_void=False).exists()


def test_a_digit_beside_the_open_box_does_not_answer(desk, make):
    make("王雅丽")
    page = desk("王雅丽")
    page.keyboard.press("F1")
    page.keyboard.press("1")
    page.locator("#desk .fix.add summary").click()
    page.locator("#desk .fix.add summary").focus()
    page.keyboard.press("1")
    page.keyboard.press("3")
    assert page.locator("#fix-new").input_value() == "13"
    assert page.locator(".question :checked").count() == 0


def test_a_refused_number_keeps_the_focus_and_a_click_elsewhere_closes_the_box(desk, make):
    make("王雅丽")
    page = desk("王雅丽")
    page.locator("#desk .fix.add summary").click()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fix.add .wrong")
    page.wait_for_selector("#fix-new:focus")
    page.locator(".desk-side .contacts h2").click()
    assert not page.locator("#fix-new").is_visible()
    page.keyboard.press("F1")
    page.keyboard.press("1")
    page.keyboard.press("1")
    assert page.locator(".question :checked").count() == 1


def test_the_language_is_changed_on_the_card_at_hand_and_what_was_typed_stays(desk, make):
    make("王雅丽")
    second = make("张建国")
    page = desk("王雅丽")
    for key in ("F2", "1", "Control+Enter"):
        page.keyboard.press(key)
    wait_for(page, "张建国")
    page.keyboard.press("b")
    page.keyboard.insert_text("周末再联系")
    page.locator("header.rail .me [data-language] button").click()  # before the draft is kept by itself
    page.wait_for_selector("html[lang=en]")
    wait_for(page, "张建国")
    assert re.search(rf"/calls/cards/{second.pk}/$", page.url)
    assert page.locator("[data-note]").input_value() == "周末再联系"


def test_a_refused_skip_keeps_what_was_typed_at_the_desk(desk, make):
    make("王雅丽")
    make("张建国")
    page = desk("王雅丽")
    for key in ("F1", "1", "2", "s", "5", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#skip-dialog .wrong:has-text('请')")
    assert page.locator("#skip-dialog [value=other]").is_checked()
    assert page.locator(".question :checked").count() == 1
    page.locator("[name=skip-note]").fill("客户在开车")
    page.keyboard.press("Enter")
    wait_for(page, "张建国")


def test_due_calls_are_readable_on_a_phone(make, page_as, zhou):
    make("上海浦东新区金桥出口加工区恒通汽车租赁服务有限公司第二分公司")
    page = page_as(zhou, "/calls/items/", size=PHONE)
    assert overflow(page) == 0
    for cell in page.locator(".due-list td").all():
        box = cell.bounding_box()
        assert box is None or box["width"] >= 20 or box["height"] < 40  # never one character a line
    assert page.locator(".due-list .name").bounding_box()["width"] > 300


def test_a_save_after_the_cookies_were_cleared_says_so_and_loses_nothing(desk, make, li, page_as):
    card = make("王雅丽")
    page = desk("王雅丽")
    page.keyboard.press("F2")
    page.keyboard.press("1")
    page.keyboard.press("b")
    page.keyboard.insert_text("周末再联系")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#notices:has-text('您已退出登录')")
    assert page.locator("[data-note]").input_value() == "周末再联系"
    page.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])  # logged in again
    page.goto(f"/calls/cards/{card.pk}/")
    wait_for(page, "王雅丽")
    assert page.locator("[data-note]").input_value() == "周末再联系"
    assert page.locator("[name=level][value=not_reached]").is_checked()


def test_english_words_fit_a_phone(desk, make, li):
    li.language = "en"
    li.save(update_fields=["language"])
    make("王雅丽")
    make("张建国")
    page = desk("王雅丽", size=PHONE)
    for key in ("F2", "1", "Control+Enter"):
        page.keyboard.press(key)
    wait_for(page, "张建国")
    assert "0%" in page.locator("#bar").inner_text()
    for level in ("F1", "F2", "F3"):
        page.keyboard.press(level)
        assert overflow(page) == 0, level
    page.goto("/calls/")
    assert overflow(page) == 0
