"""The reception in a real browser: by keyboard from the search box to the note, readable for everybody, at home on a phone."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from accounts.services import create_account
from complaints.models import Complaint
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.conftest import PASSWORD
from tests.factories.customers import make_customer, make_vehicle
from tests.factories.followups import make_item
from tests.factories.reception import make_expected, make_note, make_work

pytestmark = pytest.mark.browser
LONG = "上海浦东新区长安福特汽车销售服务有限公司张江高科技园区分公司"


@pytest.fixture
def fang(pudong):
    return create_account(username="fang", full_name="方婷", role=Role.RECEPTION, store=pudong, password=PASSWORD)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_visit_from_the_door_to_the_lounge(page_as, fang, pudong, size):
    now = timezone.localtime(timezone.now(), pudong.zone)
    company = make_customer(pudong, name=LONG, number="13812345678", address="世纪大道1号")
    make_vehicle(company, plate="沪A8F2K1", series="福克斯", model="福克斯 1.6L")
    make_item(company, today=now.date(), now=now)
    make_expected(make_customer(pudong, name="刘洋"), day=now.date(), by=fang, now=now)
    page = page_as(fang, "/reception/", size=size)
    assert (serious_findings(page), overflow(page)) == ([], 0)
    page.keyboard.type("8F2K1")  # the cursor waits in the box
    expect(page.locator("#found [data-line]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/reception/customers/{company.pk}/"))
    page.get_by_role("button", name="标记到店").click()
    page.locator(".note-form .chip.unhappy").click()
    expect(page.locator(".complaint-part")).to_be_visible()
    page.get_by_label("客户原话").fill("等了两小时没人理")
    page.get_by_label("投诉原因").select_option("waiting")
    page.get_by_label("责任部门").select_option("service")
    page.locator(".note-form").get_by_role("button", name="记下").click()
    expect(page.locator("#lounge .note")).to_contain_text("等了两小时没人理")
    assert Complaint.objects.get().summary == "等了两小时没人理"
    make_work(company, by=fang, now=now, arrival=company.arrivals.get())
    make_note(company.arrivals.get(), by=fang, now=now, words="谢谢")
    page.reload()
    for details in page.locator(".person details").all():
        details.evaluate("each => each.open = true")
    assert (serious_findings(page), overflow(page)) == ([], 0)
    page.locator(".work a").first.click()
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    assert (serious_findings(page), overflow(page)) == ([], 0)
