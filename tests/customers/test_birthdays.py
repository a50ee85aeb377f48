"""Birthdays from a list and in the form."""

import pytest
from django.urls import reverse

from customers.models import Customer
from customers.services import update_customer
from tests.dms.exports import OWNERS, bring_in, outcome, owner, remarks
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("1975-10-07", (1007, False)), ("1975/10/7 0:00:00", (1007, False)), ("19751007", (1007, False)), ("10月7日", (1007, False)),
        ("农历八月十五", (815, True)), ("腊月廿八", (1228, True)), ("", (None, False)), ("1900-01-01", (None, False)),
    ],
)  # fmt: skip
def test_a_list_tells_a_birthday(pudong, cell, stored):
    rows = [*OWNERS, "生日"], [*owner(1), cell]
    batch = bring_in(pudong, *rows)
    assert remarks(batch) == []
    assert Customer.objects.values_list("birthday", "birthday_is_lunar").get() == stored
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)


def test_what_is_no_birthday_is_left_out_with_a_remark(pudong):
    batch = bring_in(pudong, [*OWNERS, "出生日期"], [*owner(1), "八月十五"])
    assert remarks(batch) == [(2, "出生日期", "birthday_unreadable", "warning")]
    assert Customer.objects.get().birthday is None


def test_a_birthday_that_was_checked_stands(pudong, li, now):
    bring_in(pudong, OWNERS, owner(1))
    hers = Customer.objects.get()
    update_customer(hers, {"birthday": 815, "birthday_is_lunar": True}, verified=True, by=li, source="call", now=now)
    bring_in(pudong, [*OWNERS, "生日"], [*owner(1), "1975-10-07"])
    hers.refresh_from_db()
    assert (hers.birthday, hers.birthday_is_lunar) == (815, True)


EDIT = {"name": "王雅丽", "kind": "private", "stage": "owner"}


def test_the_form_takes_month_and_day_of_either_calendar(client, li, pudong):
    customer = make_customer(pudong)
    client.force_login(li)
    url = reverse("customers:edit", args=[customer.pk])
    assert client.post(url, EDIT | {"birthday": "8-15", "birthday_is_lunar": "on"}).status_code == 302
    customer.refresh_from_db()
    assert (customer.birthday, customer.birthday_is_lunar) == (815, True)
    assert "农历八月十五" in client.get(reverse("customers:detail", args=[customer.pk])).content.decode()
    assert 'value="08-15"' in client.get(url).content.decode()


@pytest.mark.parametrize("birthday", ["2-30", "13-01", "nonsense"])
def test_a_day_that_is_none_is_refused(client, li, pudong, birthday):
    customer = make_customer(pudong)
    client.force_login(li)
    answer = client.post(reverse("customers:edit", args=[customer.pk]), EDIT | {"birthday": birthday})
    assert answer.status_code == 200
    customer.refresh_from_db()
    assert customer.birthday is None


def test_saving_something_else_leaves_the_birthday_alone(client, li, pudong):
    customer = make_customer(pudong, birthday=1007)
    client.force_login(li)
    url = reverse("customers:edit", args=[customer.pk])
    form = client.get(url).context["form"]
    data = EDIT | {"birthday": "10-07", form.add_initial_prefix("birthday"): "10-07", "wechat": "wx1"}
    assert client.post(url, data).status_code == 302
    customer.refresh_from_db()
    assert (customer.birthday, customer.wechat) == (1007, "wx1")
