"""Calling all the same: the question before it, the list behind it, and the lines that say who contacted her."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.services import record_contact
from followups.models import Override
from followups.services.cards import recompute_cards
from followups.services.claims import take_card
from followups.services.overrides import Why
from tests.factories.followups import make_card
from tests.followups.desk import card_of

HOUR = dt.timedelta(hours=1)
LIST = reverse("followups:overrides")


@pytest.fixture
def now(pudong):
    """The views read the clock: these tests live now, in the store's zone."""
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def full(pudong, today, now, li, chen):
    return fill(make_card(pudong, today=today, now=now, name="王雅丽"), now, li, chen)


def fill(card, now, *people):
    for hours, person in enumerate(people, start=1):
        how = {"channel": "phone_out", "connected": True, "topics": [], "summary": {}}
        record_contact(card.customer, at=now - hours * HOUR, by=person, **how)
    recompute_cards([card.customer_id], store=card.store, now=now)
    return card_of(card.customer)


def body(response):
    return response.content.decode()


def test_a_card_that_rests_is_not_taken_but_asked_about(login, chen, full):
    response = login(chen).post(reverse("followups:take", args=[full.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("followups:override", args=[full.pk])
    assert "7天内已联系2次：李静" in body(response)
    assert "陈晨" in body(response)
    assert not Override.objects.exists()


def test_with_a_reason_the_desk_opens_and_says_who_contacted_her(login, chen, full):
    url = reverse("followups:override", args=[full.pk])
    response = login(chen).post(url, {"reason": "asked", "note": "她说今天打"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("followups:desk", args=[full.pk])
    assert "7天内已联系2次：李静" in body(response)
    assert Override.objects.get().note == "她说今天打"


@pytest.mark.parametrize(
    ("typed", "faulty"), [({}, "reason"), ({"reason": "other"}, "note"), ({"reason": "x"}, "reason")]
)
def test_no_reason_is_no_override(login, chen, full, typed, faulty):
    response = login(chen).post(reverse("followups:override", args=[full.pk]), typed)
    assert faulty in response.context["form"].errors
    assert not Override.objects.exists()


def test_a_reason_that_nothing_asks_for_leaves_no_line(login, li, pudong, today, now):
    card = make_card(pudong, today=today, now=now)
    login(li).post(reverse("followups:override", args=[card.pk]), {"reason": "asked"})
    card.refresh_from_db()
    assert card.lease_by == li
    assert not Override.objects.exists()


def test_a_card_that_a_colleague_took_meanwhile_says_so(login, li, chen, full, now):
    take_card(full.pk, user=chen, now=now, why=Why("manager"))
    response = login(li).post(reverse("followups:override", args=[full.pk]), {"reason": "asked"}, follow=True)
    assert "陈晨" in body(response)
    assert Override.objects.get().by == chen


def test_the_queue_says_how_often_and_by_whom(login, li, full):
    html = body(login(li).get(reverse("followups:queue"), {"tab": "later"}))
    assert "7天内已联系2次（李静、陈晨）" in html


def test_the_manager_sees_who_went_past_what_and_why(login, zhou, chen, full, now):
    take_card(full.pk, user=chen, now=now, why=Why("safety", "召回"))
    html = body(login(zhou).get(LIST))
    for words in ("王雅丽", "陈晨", "安全或法定义务", "召回"):
        assert words in html
    assert reverse("followups:overrides") in body(login(zhou).get(reverse("followups:queue")))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 1),
        ({"reason": "safety"}, 1),
        ({"reason": "asked"}, 0),
        ({"restraint": "callers"}, 0),
        ({"restraint": "budget", "by": "chen"}, 1),
        ({"by": "li"}, 0),
        ({"first": 0, "last": 0}, 1),
        ({"first": 1}, 0),
        ({"last": -1}, 0),
        ({"first": "gestern", "by": "99999"}, 1),  # a garbled value narrows nothing
    ],
)
def test_the_list_is_narrowed(login, zhou, li, chen, full, now, today, asked, found):
    take_card(full.pk, user=chen, now=now, why=Why("safety"))
    people = {"li": li.pk, "chen": chen.pk}
    values = {
        name: (today + dt.timedelta(days=value)).isoformat() if isinstance(value, int) else people.get(value, value)
        for name, value in asked.items()
    }
    assert len(login(zhou).get(LIST, values).context["rows"]) == found


def test_another_stores_overrides_are_not_listed(login, xuhui, zhao, chen, full, now):
    from tests.test_doors import person

    take_card(full.pk, user=chen, now=now, why=Why("safety"))
    assert login(person(xuhui, "followups.manage_queue")).get(LIST).context["rows"] == []


def test_as_many_queries_for_three_lines_as_for_one(login, zhou, pudong, li, chen, now, today):
    client, counts = login(zhou), []
    client.get(LIST)
    for _round in (1, 2):
        for _ in range(_round):
            card = fill(make_card(pudong, today=today, now=now), now, li, chen)
            take_card(card.pk, user=chen, now=now, why=Why("asked"))
        with CaptureQueriesContext(connection) as captured:
            assert len(client.get(LIST).context["rows"]) == (1 if _round == 1 else 3)
        counts.append(len(captured))
    assert counts[0] == counts[1]
