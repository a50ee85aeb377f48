"""Days off, the customer's hour and call hours move `callable_at`, and never a deadline."""

import datetime as dt

import pytest

from accounts.choices import DaySource
from accounts.models import CalendarDay
from customers.models import Customer
from followups.models import CallCard, DeskDial, DueItem
from followups.services.cards import check_cards, recompute_cards
from followups.services.claims import take_next
from followups.services.generation import generate_due
from followups.services.moments import quiet_until, reschedule
from followups.services.planned import plan_promise
from tests.conftest import at
from tests.factories.customers import make_order
from tests.factories.followups import make_card, make_item

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def holiday(pudong):
    def put(*days, store=None, is_work=False):
        for day in days:
            CalendarDay.objects.create(day=day, is_work=is_work, source=DaySource.TYPED, store=store)

    return put


def dates(item):
    return item.opens_on, item.due_on, item.expires_on


def test_a_call_that_opens_on_a_holiday_may_be_made_from_the_next_work_day_and_keeps_its_deadlines(
    pudong, focus, holiday, today, now
):
    make_order(focus, today - 2 * ONE_DAY)
    holiday(today, today + ONE_DAY)
    generate_due(pudong, today=today, now=at(pudong, today, 6))
    item = DueItem.objects.get(rule="service_3dc")
    assert item.callable_at == at(pudong, today + 2 * ONE_DAY, 9)
    assert dates(item) == (today, today + ONE_DAY, today + 13 * ONE_DAY)
    assert check_cards(pudong, now=now) == []


def test_where_the_whole_window_is_days_off_the_call_stands_at_its_last_day(pudong, wang, holiday, today, now):
    item = make_item(wang, today=today, now=now, callable_at=at(pudong, today + ONE_DAY, 9), expires_on=today + ONE_DAY)
    holiday(today + ONE_DAY, today + 2 * ONE_DAY, today)
    reschedule(pudong, now=now)
    item.refresh_from_db()
    assert item.callable_at == at(pudong, today + ONE_DAY, 9)


def test_a_day_off_put_in_and_taken_out_moves_calls_there_and_back_but_no_promise(
    pudong, wang, li, holiday, today, now
):
    tomorrow = today + ONE_DAY
    fresh = make_item(wang, today=today, now=now, opens_on=tomorrow, callable_at=at(pudong, tomorrow, 9))
    tried = make_item(
        wang, "delivery_3dc", today=today, now=now, attempts=1, bands_failed="m", callable_at=at(pudong, tomorrow, 14)
    )
    promise = plan_promise(wang, at=at(pudong, tomorrow, 11), subject="回电", by=li, now=now)
    holiday(tomorrow)
    assert reschedule(pudong, now=now) == 2
    fresh.refresh_from_db(), tried.refresh_from_db()
    assert fresh.callable_at == at(pudong, tomorrow + ONE_DAY, 9)
    assert tried.callable_at == at(pudong, tomorrow + ONE_DAY, 14)
    assert DueItem.objects.get(rule="promise", fact_id=promise.pk).callable_at.date() == tomorrow
    assert check_cards(pudong, now=now) == []
    CalendarDay.objects.all().delete()
    assert reschedule(pudong, now=now) == 1
    fresh.refresh_from_db()
    assert fresh.callable_at == at(pudong, tomorrow, 9)


@pytest.mark.parametrize(
    ("hour", "fields", "offered"),
    [
        (18, {}, 18),
        (11, {}, 11),
        (12, {}, 9),  # no band has this hour
        (8, {}, 9),
        (18, {"due_on": dt.date(2026, 3, 18)}, 9),  # overdue by then
        (18, {"bands_failed": "e", "attempts": 1}, 9),
    ],
)
def test_a_card_is_offered_at_the_hour_the_customer_prefers(pudong, wang, today, now, hour, fields, offered):
    tomorrow = today + ONE_DAY
    Customer.objects.filter(pk=wang.pk).update(preferred_hour=hour, learned_hour=10)
    make_item(wang, today=today, now=now, **{"due_on": tomorrow, "callable_at": at(pudong, tomorrow, 9), **fields})
    assert CallCard.objects.get(customer=wang).callable_at == at(pudong, tomorrow, offered)
    assert check_cards(pudong, now=now) == []
    assert check_cards(pudong, now=now + 3 * ONE_DAY) == []


def test_a_promise_is_not_put_off_to_an_hour(pudong, wang, li, today, now):
    Customer.objects.filter(pk=wang.pk).update(learned_hour=18)
    make_item(wang, today=today, now=now, due_on=today, callable_at=at(pudong, today, 9))
    plan_promise(wang, at=at(pudong, today, 15), subject="回电", by=li, now=now)
    recompute_cards([wang.pk], store=pudong, now=now)
    assert CallCard.objects.get(customer=wang).callable_at == at(pudong, today, 9)
    assert check_cards(pudong, now=now) == []


def test_outside_call_hours_nothing_is_offered_but_promises_that_have_come(pudong, wang, li, holiday, today, now):
    DeskDial.objects.filter(store=pudong).update(hours_hold=True)
    card = make_card(pudong, today=today, now=now)
    late = at(pudong, today, 20, 30)
    assert quiet_until(pudong, now=late) == at(pudong, today + ONE_DAY, 9)
    assert quiet_until(pudong, now=at(pudong, today, 12)) is None
    assert take_next(li, now=late) is None
    plan_promise(wang, at=at(pudong, today, 20, 40), subject="回电", by=li, now=now)
    recompute_cards([wang.pk], store=pudong, now=late)
    assert take_next(li, now=late).customer_id == wang.pk
    CallCard.objects.update(lease_by=None, lease_token=None, lease_until=None)
    DueItem.objects.filter(rule="promise").delete()
    recompute_cards([wang.pk], store=pudong, now=now)
    assert take_next(li, now=now).pk == card.pk
    CallCard.objects.update(lease_by=None, lease_token=None, lease_until=None)
    holiday(today)
    assert take_next(li, now=now) is None
