"""The dialog about fields that two people changed, in a real browser, by keys only."""

import pytest
from django.utils import timezone

from audit.choices import Source
from customers.models import Customer
from customers.services import update_customer
from tests.browser import serious_findings
from tests.factories.customers import make_customer

pytestmark = pytest.mark.browser


def test_per_field_by_keyboard(page_as, li, zhou, pudong):
    customer = make_customer(pudong, name="王雅丽", address="老地址", wechat="old")
    page = page_as(li, f"/customers/{customer.pk}/edit/")
    values = {"address": "周的地址", "wechat": "zhou", "note": "周的备注"}
    update_customer(customer, values, by=zhou, source=Source.FORM, now=timezone.now())
    page.fill("[name=address]", "李的地址")
    page.fill("[name=wechat]", "li")
    page.keyboard.press("Enter")
    page.wait_for_selector("#clashes")
    assert "周敏" in page.text_content("#clashes") and "老地址" in page.text_content("#clashes")
    assert serious_findings(page) == []
    page.keyboard.press("ArrowDown")  # of the address mine
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # of WeChat theirs
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{customer.pk}/")
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.address, stored.wechat, stored.note) == ("李的地址", "zhou", "周的备注")
