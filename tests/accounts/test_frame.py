"""The frame and the pages of accounts in a real browser: readable, reachable by keyboard, at home on a phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from accounts.services import create_team
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

PAGES = ["settings", "people", "person_new", "stores", "store_new", "teams", "team_new", "me", "password"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_pages_are_readable_for_everybody(page_as, qian, li, pudong, size):
    create_team(store=pudong, name="回访一组", by=qian)
    page = page_as(qian, size=size)
    found = {}
    for name in PAGES:
        page.goto(reverse(f"accounts:{name}"))
        found[name] = serious_findings(page)
        assert overflow(page) == 0, name
    page.goto(reverse("accounts:person_edit", kwargs={"pk": li.pk}))
    found["person_edit"] = serious_findings(page)
    page.goto("/nowhere/")
    found["404"] = serious_findings(page)
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_login_page_is_readable_for_everybody(page_as, li, size):
    page = page_as(None, reverse("accounts:login"), size=size)
    assert serious_findings(page) == []
    page.get_by_label("用户名").fill("li")
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").or_(page.locator(".alert"))).to_contain_text("用户名或密码不正确")
    assert serious_findings(page) == []
    assert overflow(page) == 0


def test_logging_in_by_keyboard_leads_back_to_the_page(page_as, qian):
    page = page_as(None, reverse("accounts:people"))
    page.keyboard.type("qian")  # the cursor waits in the first field
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(reverse("accounts:people")))


def test_english_is_one_click_away_before_and_after_login(page_as, qian):
    page = page_as(None, reverse("accounts:login"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page = page_as(qian, reverse("accounts:people"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    assert page.url.endswith(reverse("accounts:people"))
    assert User.objects.get(pk=qian.pk).language == "en"


def test_the_phone_bar_has_at_most_five_entries_and_hides_nothing(page_as, zhou):
    page = page_as(zhou, reverse("accounts:settings"), size=PHONE)
    entries = page.locator(".rail nav a:visible, .rail summary:visible")
    assert 2 <= entries.count() <= 5
    page.locator(".rail summary").click()
    links = {link.get_attribute("href") for link in page.locator(".rail a:visible").all()}
    wide = page_as(zhou, reverse("accounts:settings"))
    assert {link.get_attribute("href") for link in wide.locator(".rail a:visible").all()} == links
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()


def test_the_skip_link_comes_first_and_every_stop_is_seen(page_as, qian):
    page = page_as(qian, reverse("accounts:people"))
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    expect(first).to_have_class("skip-link")
    expect(first).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_nothing_of_the_frame_is_printed(page_as, qian):
    page = page_as(qian, reverse("accounts:people"))
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.get_by_role("link", name="新增人员")).to_be_hidden()
    expect(page.get_by_role("heading", name="人员")).to_be_visible()


def ask(page, path):
    """Let htmx fetch `path` into the page, as any fragment does."""
    page.evaluate("path => htmx.ajax('GET', path, {target: '#content', swap: 'beforeend'}).catch(() => {})", path)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/nowhere/", "这条记录已不存在"), ("/settings/stores/", "没有此权限"), ("/logout/", "无法处理")],
)
def test_a_failed_fragment_says_so(page_as, zhou, path, words):
    page = page_as(zhou, reverse("accounts:people"))
    ask(page, path)
    notice = page.locator("#notices .notice")
    expect(notice).to_contain_text(words)
    assert page.locator("main").count() == 1  # the error page itself is not swapped in
    notice.get_by_role("button", name="关闭").click()
    expect(notice).to_have_count(0)


def test_a_lost_connection_says_so_and_goes_when_it_is_back(page_as, zhou):
    page = page_as(zhou, reverse("accounts:people"))
    page.context.set_offline(True)
    ask(page, "/me/")
    notice = page.locator("#notices .notice")
    expect(notice).to_contain_text("连不上服务器")
    page.context.set_offline(False)
    ask(page, "/me/")
    expect(notice).to_have_count(0)


def test_a_fragment_after_the_session_ended_leads_to_the_login_and_back(page_as, zhou):
    page = page_as(zhou, reverse("accounts:people") + "?q=zhou")
    page.context.clear_cookies()
    ask(page, "/me/")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.get_by_label("用户名").fill("zhou")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/settings/people/\?q=zhou$"))
