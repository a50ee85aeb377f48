"""Conflicts decided in a real browser, by keys only."""

import pytest
from django.utils import timezone

from audit.choices import Source
from customers.models import Customer
from customers.services import update_customer, verify_phone
from dms.models import Conflict
from followups.models import DueItem
from tests.browser import PHONE, overflow, serious_findings
from tests.factories.customers import make_conflict, make_customer, make_phone, make_vehicle

pytestmark = pytest.mark.browser


@pytest.fixture
def five(pudong, zhou):
    """Five lines as the list shows them, the newest first: three addresses, two numbers."""
    how = {"by": zhou, "source": Source.CALL, "now": timezone.now()}
    made = []
    for number, name in enumerate(
        ("王雅丽", "上海浦东新区某某汽车租赁服务有限公司第一分公司", "李娜", "张建国", "陈晓明")
    ):
        customer = make_customer(pudong, name=name)
        make_vehicle(customer, plate=f"沪A{number:05d}", series="福克斯", model="福克斯 1.6L")
        if number < 3:
            update_customer(customer, {"address": f"浦东新区世纪大道{number + 100}号1203室"}, verified=True, **how)
            made.append(make_conflict(customer, "address", customer.address, f"徐汇区漕溪路{number}号"))
        else:
            phone = make_phone(customer, f"1391111222{number}", is_primary=True)
            verify_phone(phone, **how)
            made.append(make_conflict(customer, "phone", phone.number, f"1380000000{number}"))
    return made[::-1]


def states(conflicts):
    known = dict(Conflict.objects.values_list("pk", "state"))
    return [known[conflict.pk] for conflict in conflicts]


def decided(page, conflict):
    page.wait_for_selector(f"#conflict{conflict.pk}.is-decided, #conflict{conflict.pk} .tag")


def test_five_conflicts_are_decided_by_keys_only(page_as, li, five):
    page = page_as(li, "/customers/conflicts/")
    page.wait_for_selector(f"#conflict{five[0].pk}.is-here")
    page.keyboard.press("1")
    page.wait_for_selector(f"#conflict{five[1].pk}.is-here")
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.wait_for_selector(f"#conflict{five[4].pk}.is-here")
    page.keyboard.press("k")
    page.keyboard.press("1")
    page.keyboard.press("2")
    for conflict in five:
        decided(page, conflict)
    assert states(five) == ["ours", "theirs", "verify", "ours", "theirs"]
    assert page.locator("#open_lines").inner_text() == "0"
    assert set(page.locator("[id^=field_]").all_inner_texts()) == {"0"}
    assert DueItem.objects.get(state="open").customer_id == five[2].customer_id
    page.keyboard.press("u")
    page.wait_for_selector(f"#conflict{five[4].pk}:not(.is-decided)")
    assert states(five) == ["ours", "theirs", "verify", "ours", "open"]
    assert page.locator("#open_lines").inner_text() == "1"


def test_a_refused_decision_gets_the_mark_back_and_says_why(page_as, li, zhou, five):
    page = page_as(li, "/customers/conflicts/")
    page.wait_for_selector(f"#conflict{five[0].pk}.is-here")
    customer = Customer.objects.get(pk=five[4].customer_id)
    for _step in range(4):
        page.keyboard.press("ArrowDown")
    update_customer(customer, {"address": "别处"}, by=zhou, source=Source.FORM, now=timezone.now())
    page.keyboard.press("2")
    page.wait_for_selector(f"#conflict{five[4].pk}.is-here [role=alert]")
    assert states(five)[4] == "open"


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_the_page_fits_and_reads(size, page_as, li, five):
    page = page_as(li, "/customers/conflicts/", size=size)
    page.wait_for_selector(".line.is-here")
    assert overflow(page) == 0
    assert serious_findings(page) == []
