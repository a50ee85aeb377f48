"""What somebody took and left without a result stands in her tray, and why; and back to the calls that were saved."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from followups.models import LeftCard
from followups.reading.bar import bar_of
from followups.services.claims import release, skip, take_card
from followups.services.drafts import discard_draft, save_draft
from tests.factories.followups import make_card
from tests.followups.desk import call

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def card(pudong, today, now):
    return make_card(pudong, today=today, now=now, name="王雅丽")


def tray(user, now):
    with translation.override("zh-hans"):
        return [(left.name, left.why) for left in bar_of(user, now).tray]


def given_back(card, user, now):
    card = take_card(card.pk, user=user, now=now)
    release(card, token=card.lease_token, by=user, now=now)


def test_a_card_given_back_stands_in_the_tray_of_whoever_had_it(card, li, chen, now):
    given_back(card, li, now)
    assert tray(li, now + MINUTE) == [("王雅丽", "已放回")]
    assert tray(chen, now + MINUTE) == []
    assert tray(li, now + dt.timedelta(days=1)) == []  # of today


def test_so_does_one_left_for_another_or_run_out(card, li, pudong, today, now):
    other, third = make_card(pudong, today=today, now=now, name="张建国"), make_card(pudong, today=today, now=now)
    take_card(card.pk, user=li, now=now)
    take_card(other.pk, user=li, now=now + MINUTE)
    take_card(third.pk, user=li, now=now + 60 * MINUTE)
    assert tray(li, now + 61 * MINUTE) == [("张建国", "占用超时"), ("王雅丽", "换了别的客户卡")]


def test_a_draft_says_so_and_the_card_is_listed_once(card, li, now):
    given_back(card, li, now)
    save_draft(card, li, {"note": ["写到一半"]}, now + MINUTE)
    assert tray(li, now + MINUTE) == [("王雅丽", "有草稿、已放回")]


@pytest.mark.parametrize("what", ["called", "skipped", "held", "discarded"])
def test_it_is_gone_once_something_became_of_it(card, li, chen, now, what):
    given_back(card, li, now)
    later = now + MINUTE
    if what == "called":
        call(card.customer, "no_answer", by=chen, now=later)
    elif what == "skipped":
        held = take_card(card.pk, user=chen, now=later)
        skip(held, token=held.lease_token, by=chen, now=later, reason="colleague")
    elif what == "held":
        take_card(card.pk, user=chen, now=later)
    else:
        discard_draft(card, li)
    assert tray(li, later + MINUTE) == []


def test_the_card_on_the_desk_is_not_unfinished_yet(card, li, now):
    given_back(card, li, now)
    take_card(card.pk, user=li, now=now + MINUTE)
    assert tray(li, now + 2 * MINUTE) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_bar_asks_as_little_whatever_is_in_the_tray(pudong, li, today, now, number, django_assert_num_queries):
    bar_of(li, now)
    for _ in range(number):
        given_back(make_card(pudong, today=today, now=now), li, now)
    with django_assert_num_queries(5):  # with the hours of the desk
        assert len(bar_of(li, now + MINUTE).tray) == number


# --- Through the pages ----------------------------------------------------------------------------------------------------
@pytest.fixture
def real(pudong):
    return timezone.localtime(timezone.now(), pudong.zone)


def test_back_to_the_queue_puts_it_there_and_one_post_opens_it_again(pudong, login, li, real):
    card = take_card(make_card(pudong, today=real.date(), now=real, name="王雅丽").pk, user=li, now=real)
    client = login(li)
    html = client.post(
        reverse("followups:release", args=[card.pk]), {"token": str(card.lease_token)}, follow=True
    ).content.decode()
    assert "1 张未完成" in html
    assert LeftCard.objects.get().user == li
    assert client.post(reverse("followups:take", args=[card.pk]))["Location"] == reverse(
        "followups:desk", args=[card.pk]
    )


def test_previous_leads_to_the_last_call_saved_and_on_to_those_before(pudong, login, li, real):
    first, second, held = (make_card(pudong, today=real.date(), now=real) for _ in range(3))
    calls = [
        call(card.customer, "no_answer", by=li, now=real + place * dt.timedelta(seconds=1))
        for place, card in enumerate((first, second))
    ]
    take_card(held.pk, user=li, now=real + MINUTE)
    client = login(li)
    response = client.get(reverse("followups:previous"))
    assert response["Location"] == reverse("followups:call", args=[calls[1].pk])
    html = client.get(response["Location"]).content.decode()
    assert f'href="{reverse("followups:call", args=[calls[0].pk])}" data-earlier' in html
    assert f'href="{reverse("followups:desk", args=[held.pk])}" data-back' in html
    assert "data-undo" in html
    assert "data-later" not in html


def test_without_a_saved_call_previous_says_so(login, li):
    html = login(li).get(reverse("followups:previous"), follow=True).content.decode()
    assert "您今天还没有保存过通话" in html
