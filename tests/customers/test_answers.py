"""The hour at which a customer has answered so far."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from customers.answers import Learned, learn, learned_from
from customers.models import Customer
from customers.services import learn_hour, record_contact
from customers.wording import answering
from tests.factories.customers import make_customer

TODAY = dt.date(2026, 3, 18)
ZONE = ZoneInfo("Asia/Shanghai")


def answered(zone, *days_and_hours):
    return [
        dt.datetime.combine(TODAY - dt.timedelta(days=days), dt.time(hour, 20), tzinfo=zone)
        for days, hour in days_and_hours
    ]


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([], None),
        ([(1, 18)], None),  # one answer is chance
        ([(1, 18), (9, 18)], Learned(18, 2, 2)),
        ([(1, 18), (9, 10), (20, 18), (30, 18)], Learned(18, 3, 4)),
        ([(1, 9), (2, 10), (3, 11), (4, 12), (5, 18), (6, 18)], None),  # less than half
        ([(1, 10), (2, 10), (3, 18), (4, 18)], Learned(10, 2, 4)),  # of two alike the later one
        ([(1, 10), (2, 10), (181, 18), (182, 18), (183, 18)], Learned(10, 2, 5)),  # half a year old: a quarter each
        ([(1, 10), (181, 18), (182, 18), (183, 18)], None),  # the old hour weighs too little, the new one stands alone
        ([*((days, 10) for days in range(1, 7)), *((days, 18) for days in range(7, 20))], Learned(10, 6, 6)),
    ],
)
def test_the_hour_that_weighs_most_is_learned(answers, found):
    assert learn(answered(ZONE, *answers), ZONE) == found


def test_what_has_been_learned_does_not_depend_on_the_order_or_on_how_long_ago_it_was():
    recent = answered(ZONE, (1, 18), (9, 10), (20, 18), (30, 18))
    old = [at - dt.timedelta(days=700) for at in recent]
    assert learn(recent[::-1], ZONE) == learn(recent, ZONE) == learn(old, ZONE)


def test_the_clock_is_that_of_the_store():
    answers = [at.astimezone(dt.UTC) for at in answered(ZONE, (1, 18), (2, 18))]
    assert learn(answers, ZONE).hour == 18


@pytest.mark.django_db
def test_only_calls_in_which_somebody_spoke_teach(pudong, li):
    customer = make_customer(pudong)
    two = answered(pudong.zone, (1, 18), (2, 18))
    for number, (channel, connected) in enumerate([("phone_in", True), ("phone_out", False), ("sms", True)]):
        for at in two:
            at -= dt.timedelta(days=number)
            record_contact(customer, at=at, channel=channel, connected=connected, by=li, topics=[], summary={})
    assert learned_from(customer) is None
    assert learn_hour(customer) is None
    for at in two:
        record_contact(customer, at=at, channel="phone_out", connected=True, by=li, topics=[], summary={})
    assert learn_hour(customer) == 18
    assert Customer.objects.get(pk=customer.pk).learned_hour == 18


@pytest.mark.django_db
def test_her_page_says_when_she_answers(client, li, pudong):
    customer = make_customer(pudong)
    client.force_login(li)
    url = reverse("customers:detail", args=[customer.pk])
    assert "左右接听" not in client.get(url).content.decode()
    for at in answered(pudong.zone, (1, 18), (9, 10), (20, 18), (30, 18)):
        record_contact(customer, at=at, channel="phone_out", connected=True, by=li, topics=[], summary={})
    learn_hour(customer)
    assert "多在18点左右接听（最近4次中3次）" in client.get(url).content.decode()


def test_the_sentence_in_english():
    with translation.override("en"):
        assert answering(Learned(18, 3, 4)) == "mostly answers around 18:00 (3 of the last 4 times)"
    assert answering(None) == ""
