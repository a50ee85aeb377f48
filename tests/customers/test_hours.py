"""The hour at which a customer wants to be called."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import Change
from customers.forms import CustomerForm
from customers.models import Customer
from followups.models import CallCard
from followups.services.cards import check_cards
from tests.factories.customers import make_customer
from tests.factories.followups import make_item

pytestmark = pytest.mark.django_db
EDIT = {"name": "王雅丽", "kind": "private", "stage": "owner"}


def edit(client, customer, shown, typed):
    url = reverse("customers:edit", args=[customer.pk])
    seen = Customer.objects.get(pk=customer.pk)
    seen.preferred_hour = int(shown) if shown else None
    return client.post(url, {**EDIT, "shown": CustomerForm(instance=seen).shown_token, "preferred_hour": typed})


def hour_of(customer):
    return Customer.objects.values_list("preferred_hour", flat=True).get(pk=customer.pk)


def test_the_form_takes_the_hour_and_her_page_shows_it(client, li, pudong):
    customer = make_customer(pudong, name="王雅丽")
    client.force_login(li)
    page = client.get(reverse("customers:edit", args=[customer.pk])).content.decode()
    assert "不限" in page and "20:00" in page and "21:00" not in page and ">7:00" not in page
    assert edit(client, customer, "", "18").status_code == 302
    assert hour_of(customer) == 18
    assert "18:00" in client.get(reverse("customers:detail", args=[customer.pk])).content.decode()
    assert Change.objects.filter(customer_id=customer.pk, changes__has_key="preferred_hour").count() == 1
    assert edit(client, customer, "18", "18").status_code == 302
    assert hour_of(customer) == 18
    assert edit(client, customer, "18", "").status_code == 302
    assert hour_of(customer) is None


@pytest.mark.parametrize("typed", ["7", "21", "18:00", "x"])
def test_an_hour_outside_the_day_is_refused(client, li, pudong, typed):
    customer = make_customer(pudong, name="王雅丽")
    client.force_login(li)
    assert edit(client, customer, "", typed).status_code == 200
    assert hour_of(customer) is None


def test_an_hour_that_somebody_else_stored_meanwhile_is_not_overwritten(client, li, pudong):
    customer = make_customer(pudong, name="王雅丽")
    Customer.objects.filter(pk=customer.pk).update(preferred_hour=10)
    client.force_login(li)
    assert edit(client, customer, "", "18").status_code == 409
    assert hour_of(customer) == 10


def test_her_card_moves_to_the_hour_at_once_and_back(client, li, pudong, today, now):
    customer = make_customer(pudong, name="王雅丽")
    client.force_login(li)
    tomorrow = today + dt.timedelta(days=1)
    morning = dt.datetime.combine(tomorrow, dt.time(9), tzinfo=pudong.zone)
    make_item(customer, today=today, now=now, due_on=tomorrow, callable_at=morning)

    def offered():
        return CallCard.objects.get(customer=customer).callable_at.astimezone(pudong.zone).hour

    assert offered() == 9
    edit(client, customer, "", "18")
    assert offered() == 18
    assert check_cards(pudong, now=now) == []
    edit(client, customer, "18", "")
    assert offered() == 9
    assert check_cards(pudong, now=now) == []
