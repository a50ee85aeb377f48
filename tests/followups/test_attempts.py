"""The proof of the attempts: days, bands, numbers; numbers that turned out wrong."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from followups.choices import ItemState
from followups.models import DueItem, PlannedCall
from followups.reading.attempts import tried_in_vain, tried_on_card
from followups.services.cards import check_cards
from followups.services.claims import take_card
from followups.services.dials import desk_of
from followups.services.undo import undo_visit
from tests.factories.customers import make_phone
from tests.factories.followups import make_item
from tests.followups.desk import again, call, dialled, done

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, "service_3dc", today=today, now=now)


def said(tries):
    return [(tried.day, tried.clock, tried.band, tried.number, tried.outcome) for tried in tries]


def test_each_number_dialled_in_vain_is_told_with_its_day_and_band(
    pudong, wang, li, item, now, django_assert_num_queries
):
    number = wang.phones.get().number
    make_phone(wang, "13900008888")
    call(wang, "no_answer", by=li, now=now, log=[dialled(wang, "busy", number="13900008888")])
    call(wang, "no_answer", by=li, now=now + DAY + 5 * HOUR)
    later = now + 2 * DAY
    bands = desk_of(pudong).bands
    with django_assert_num_queries(1):
        tries = tried_in_vain([item.pk], pudong, later, bands)[item.pk]
    hidden = f"{number[:3]}****{number[-4:]}"
    assert [(row[0], row[2], row[3]) for row in said(tries)] == [
        ("3月19日", "下午", hidden),
        ("3月18日", "上午", hidden),
        ("3月18日", "上午", "139****8888"),
    ]


def test_a_call_that_was_undone_or_reached_somebody_is_no_attempt_in_vain(pudong, wang, li, item, now):
    made = call(wang, "no_answer", by=li, now=now)
    undo_visit(made, by=li, now=now + dt.timedelta(minutes=1))
    assert tried_in_vain([item.pk], pudong, now) == {}
    call(wang, "done", by=li, now=now + HOUR, topics=[done(item)])
    assert tried_in_vain([item.pk], pudong, now + DAY) == {}


def test_a_call_about_two_topics_is_one_line_of_the_card(pudong, wang, li, item, today, now, django_assert_num_queries):
    second = make_item(wang, "delivery_7dc", today=today, now=now)
    bands = desk_of(pudong).bands
    with django_assert_num_queries(0):
        assert tried_on_card([item, second], pudong, now, bands) == []
    call(wang, "no_answer", by=li, now=now)
    assert len(tried_on_card([again(item), again(second)], pudong, now, bands)) == 1


def test_the_proof_stands_at_the_desk_on_her_page_and_in_the_list(client, pudong, wang, li, zhou, item):
    now = timezone.localtime(timezone.now(), pudong.zone)
    masked = "****" + wang.phones.get().number[-4:]
    call(wang, "no_answer", by=li, now=now)
    take_card(wang.card.pk, user=li, now=now)
    client.force_login(li)
    assert "拨打明细" in client.get(reverse("followups:desk", args=[wang.card.pk])).content.decode()
    type(item).objects.filter(pk=item.pk).update(
        state=ItemState.UNREACHABLE, reason="three_failures", reason_params={"bands": "mae"}, closed_at=now
    )
    html = client.get(reverse("followups:customer_panel", args=[wang.pk])).content.decode()
    assert "拨打明细" in html and masked in html
    client.force_login(zhou)
    html = client.get(reverse("followups:items")).content.decode()
    assert "拨打明细" in html and masked in html


def checks(customer):
    return list(DueItem.objects.open().filter(customer=customer, rule="manual"))


@pytest.mark.parametrize("outcome", ["wrong_number", "dead_number"])
def test_a_bad_number_opens_one_task_to_check_the_numbers_and_its_undo_takes_it_back(
    pudong, wang, li, item, today, now, outcome
):
    for number in ("13900008888", "13900009999"):
        make_phone(wang, number)
    made = call(wang, outcome, by=li, now=now)
    (task,) = checks(wang)
    assert PlannedCall.objects.get(pk=task.fact_id).subject == "核对电话"
    assert (task.opens_on, task.due_on, task.attempts) == (today + DAY, today + 2 * DAY, 0)
    assert check_cards(pudong, now=now) == []
    undo_visit(made, by=li, now=now + dt.timedelta(minutes=1))
    assert checks(wang) == []
    assert not PlannedCall.objects.alive().exists()
    call(wang, outcome, by=li, now=now + HOUR)
    call(wang, outcome, by=li, now=now + DAY, number="13900008888")
    assert len(checks(wang)) == 1
    assert check_cards(pudong, now=now + DAY) == []


def test_a_number_that_failed_before_the_one_that_answered_is_checked_too(pudong, wang, li, item, now):
    make_phone(wang, "13900008888")
    first = dialled(wang, "wrong_number")
    made = call(wang, "done", by=li, now=now, log=[first], number="13900008888", topics=[done(item)])
    assert len(checks(wang)) == 1
    undo_visit(made, by=li, now=now + dt.timedelta(minutes=1))
    assert checks(wang) == []


def test_without_another_number_there_is_no_call_to_plan(wang, li, item, now):
    call(wang, "dead_number", by=li, now=now)
    assert again(item).state == ItemState.UNREACHABLE
    assert checks(wang) == []
