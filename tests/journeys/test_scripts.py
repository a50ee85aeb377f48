"""A manager writes a script by keyboard: a placeholder, a fault, a preview with a real customer, saved, on the desk."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from followups.models import Outcome, Script
from followups.services.claims import take_card
from tests.browser import overflow, serious_findings
from tests.factories.followups import make_card

pytestmark = pytest.mark.browser


@pytest.fixture
def card(pudong):
    now = timezone.localtime(timezone.now(), pudong.zone)
    return make_card(pudong, today=now.date(), now=now, name="王雅丽", number="13812345678")


def test_a_script_is_written_by_keyboard_and_read_on_the_desk(page_as, zhou, li, card, pudong):
    page = page_as(zhou, "/calls/scripts/service_3dc/")
    text, preview = page.locator("#id_body_zh"), page.locator("#script_preview")
    expect(preview).to_contain_text("王雅丽")
    text.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("新开场白，")
    page.keyboard.press("F2")
    page.keyboard.insert_text("客户")
    page.keyboard.press("Enter")  # inserts, and goes back into the text
    page.keyboard.insert_text("您好{oops}。")
    expect(preview.locator(".faults")).to_contain_text("没有占位符 {oops}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".text-field .wrong")).to_contain_text("第1行")
    assert page.locator("#id_body_zh").input_value().startswith("新开场白，{customer}您好{oops}。")
    page.locator("#id_body_zh").fill(page.locator("#id_body_zh").input_value().replace("{oops}", ""))
    expect(preview.locator(".said").first).to_contain_text("新开场白，王雅丽您好")
    assert serious_findings(page) == []
    assert overflow(page) == 0
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice.success")).to_contain_text("第2版")
    assert Script.objects.get(store=pudong, rule="service_3dc", is_current=True).by == zhou

    take_card(card.pk, user=li, now=timezone.now())
    desk = page_as(li, f"/calls/cards/{card.pk}/")
    expect(desk.locator(".said").first).to_contain_text("新开场白，王雅丽您好")

    page.goto("/calls/outcomes/")
    busy = Outcome.objects.get(store=pudong, code="busy")
    page.locator(f"#outcome-{busy.pk}").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(f"#outcome-{busy.pk} kbd")).to_have_text("3")
    expect(page.locator(f"#outcome-{busy.pk}")).to_be_focused()
    assert serious_findings(page) == []
