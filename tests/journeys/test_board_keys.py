"""A manager steers the queue by keyboard alone: the board, a bulk move after its preview, the undo; the pages fit and can be read."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from followups.models import CallCard
from followups.services.claims import take_card
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.factories.followups import make_card

pytestmark = pytest.mark.browser


@pytest.fixture
def cards(pudong, li):
    now = timezone.localtime(timezone.now(), pudong.zone)
    made = [
        make_card(pudong, today=now.date(), now=now, name=f"一个名字很长很长的汽车租赁有限公司{n}") for n in range(4)
    ]
    take_card(made[3].pk, user=li, now=now)
    return made


def tab_to(page, selector, most=60):
    for _step in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_cards_are_moved_by_keyboard(page_as, zhou, li, chen, cards):
    page = page_as(zhou, "/calls/board/")
    tab_to(page, "a[href='/calls/moves/new/']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("批量调整")
    tab_to(page, "[name=deed]")
    page.keyboard.press("Space")
    tab_to(page, f"[name=people][value='{chen.pk}']")
    page.keyboard.press("Space")
    tab_to(page, "[name=note]")
    page.keyboard.type("李静请假")
    tab_to(page, f"[name=card][value='{cards[0].pk}']")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    tab_to(page, f"[name=card][value='{cards[1].pk}']")
    page.keyboard.press("Space")
    page.focus("#look-marked")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("调整预览")
    page.keyboard.press("Enter")  # the focus waits on the button that does it
    expect(page.locator("#move")).to_contain_text("李静请假")
    page.wait_for_load_state()
    assert set(CallCard.objects.filter(assigned_to=chen)) == set(cards[:2])
    tab_to(page, "#move button")
    page.keyboard.press("Enter")
    expect(page.locator("#move")).to_contain_text("已撤销")
    assert not CallCard.objects.filter(assigned_to=chen).exists()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_pages_fit(page_as, zhou, li, cards, size):
    page = page_as(zhou, "/calls/board/", size=size)
    expect(page.locator("#board")).to_contain_text("李静")
    addresses = [
        "board/",
        "board/calls/",
        "moves/",
        "moves/new/",
        "my-day/",
        f"customers/{cards[0].customer_id}/assign/",
    ]
    for address in [*addresses, f"cards/{cards[3].pk}/take-back/"]:
        page.goto(f"/calls/{address}")
        assert overflow(page) == 0, address
        assert serious_findings(page) == [], address
