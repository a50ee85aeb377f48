"""Hours learned from the calls of before: by the first run, by the command, and then from what is new only."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.models import Contact, Customer
from customers.services import record_contact, void_contact
from followups.models import CallCard
from followups.services.cards import check_cards
from followups.services.generation import generate_due
from followups.services.learning import learn_hours
from tests.conftest import at
from tests.factories.customers import make_customer
from tests.factories.followups import make_item

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def answered(customer, hour, today, *, by=None, times=3):
    for number in range(1, times + 1):
        moment = at(customer.store, today - 20 * number * DAY, hour, 20)
        how = {"channel": "phone_out", "connected": True, "by": by, "topics": [], "summary": {}}
        record_contact(customer, at=moment, origin="test", origin_id=customer.pk * 100 + number, **how)


def hour_of(customer):
    return Customer.objects.values_list("learned_hour", flat=True).get(pk=customer.pk)


def test_a_store_with_a_history_learns_from_all_of_it_and_cards_follow(pudong, xuhui, wang, today, now):
    stranger, forgotten = make_customer(xuhui, name="远客"), make_customer(pudong, name="旧客", learned_hour=10)
    answered(wang, 18, today)
    answered(stranger, 11, today)
    answered(forgotten, 9, today, times=1)
    silent = make_customer(pudong, name="静客")
    make_item(wang, today=today, now=now, due_on=today + DAY, callable_at=at(pudong, today + DAY, 9))
    assert learn_hours(pudong, now=now) == 2
    assert [hour_of(each) for each in (wang, forgotten, silent, stranger)] == [18, None, None, None]
    assert CallCard.objects.get(customer=wang).callable_at == at(pudong, today + DAY, 18)
    assert not CallCard.objects.filter(customer=forgotten).exists()
    assert check_cards(pudong, now=now) == []
    assert learn_hours(pudong, now=now) == 0


def test_the_first_run_asks_all_calls_and_the_next_ones_only_new_ones(
    pudong, wang, today, now, django_assert_max_num_queries
):
    answered(wang, 18, today)
    Contact.objects.update(changed_at=now - 400 * DAY)
    generate_due(pudong, today=today, now=now)
    assert hour_of(wang) == 18
    Customer.objects.update(learned_hour=None)  # what only a look at everything would find
    generate_due(pudong, today=today, now=now)
    assert hour_of(wang) is None
    for number in (1, 2, 3):
        void_contact("test", wang.pk * 100 + number)
    answered(wang, 10, today, times=2)
    generate_due(pudong, today=today, now=now)
    assert hour_of(wang) == 10
    with django_assert_max_num_queries(1):
        assert learn_hours(pudong, now=now, since=timezone.now() + DAY) == 0


def test_many_are_asked_in_few_statements(pudong, today, now, django_assert_max_num_queries):
    people = [make_customer(pudong, name=f"客户{number}") for number in range(30)]
    for number, customer in enumerate(people):
        answered(customer, 9 + number % 3, today, times=2)
    with django_assert_max_num_queries(20):
        assert learn_hours(pudong, now=now) == 30
    assert {hour_of(customer) for customer in people} == {9, 10, 11}


def test_the_command_says_what_it_has_learned(pudong, xuhui, wang, today, capsys):
    answered(wang, 18, today)
    call_command("learn_hours")
    assert "PD: 1 " in (said := capsys.readouterr().out) and "XH: 0 " in said
    call_command("learn_hours", store="XH")
    assert "PD" not in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("learn_hours", store="??")
