"""Who was expected and did not come is asked on the next day, once."""

import datetime as dt

import pytest
from django.core.management import call_command

from followups.models import DueItem, PlannedCall
from followups.services.cards import check_cards
from reception.models import Arrival
from reception.services import follow_up_absent, follow_up_stores, withdraw
from reception.services.absent import BACK
from tests.factories.customers import make_customer, make_order, make_vehicle
from tests.factories.reception import make_arrival, make_expected

pytestmark = pytest.mark.django_db
NONE = {"asked": 0, "came": 0, "quiet": 0, "taken_back": 0}
DAY = dt.timedelta(days=1)


@pytest.fixture
def waited_for(wang, focus, li, today, now):
    return make_expected(wang, day=today, by=li, now=now, vehicle=focus, purpose="service", note="想看刹车")


def test_on_the_next_day_there_is_a_task_and_only_one(pudong, wang, focus, waited_for, today, now):
    assert follow_up_absent(pudong, now=now) == NONE
    assert follow_up_absent(pudong, now=now + DAY) == NONE | {"asked": 1}
    assert follow_up_absent(pudong, now=now + DAY) == NONE
    item = DueItem.objects.get()
    assert (item.rule, item.state, item.customer, item.vehicle) == ("manual", "open", wang, focus)
    assert (item.opens_on, item.due_on, item.expires_on) == (today + DAY, today + 2 * DAY, today + 6 * DAY)
    subject = PlannedCall.objects.get().subject
    assert "3月18日" in subject and "保养" in subject and "想看刹车" in subject
    assert Arrival.objects.get().state == "absent"
    assert not check_cards(pudong, now=now + DAY)


def test_who_came_or_called_off_or_was_expected_long_ago_is_not_asked(pudong, wang, li, today, now):
    make_arrival(wang, by=li, now=now)
    off = make_expected(make_customer(pudong, name="刘洋"), day=today, by=li, now=now)
    withdraw(off, by=li, now=now)
    make_expected(make_customer(pudong, name="孙宁"), day=today, by=li, now=now)
    assert follow_up_absent(pudong, now=now + BACK + DAY) == NONE
    assert not DueItem.objects.exists()


def test_an_order_of_the_car_proves_that_she_came(pudong, focus, waited_for, today, now):
    order = make_order(focus, today, settled_on=None)
    assert follow_up_absent(pudong, now=now + DAY) == NONE | {"came": 1}
    arrival = Arrival.objects.get()
    assert (arrival.came_with, arrival.task, arrival.state) == (order, None, "came_later")


def test_an_order_of_another_car_or_store_or_of_before_proves_nothing(
    pudong, wang, focus, waited_for, xuhui, today, now
):
    make_order(focus, today - DAY)
    make_order(make_vehicle(wang), today)
    make_order(focus, today, is_void=True)
    assert follow_up_absent(pudong, now=now + DAY) == NONE | {"asked": 1}


def test_the_order_that_comes_in_late_takes_the_task_back(pudong, focus, waited_for, today, now):
    follow_up_absent(pudong, now=now + DAY)
    make_order(focus, today)
    assert follow_up_absent(pudong, now=now + DAY) == NONE | {"taken_back": 1}
    assert follow_up_absent(pudong, now=now + DAY) == NONE
    assert DueItem.objects.get().state == "obsolete"
    assert not check_cards(pudong, now=now + DAY)


def test_a_task_that_was_tried_stays(pudong, focus, waited_for, today, now):
    follow_up_absent(pudong, now=now + DAY)
    DueItem.objects.update(attempts=1)
    make_order(focus, today)
    assert follow_up_absent(pudong, now=now + DAY) == NONE
    assert DueItem.objects.get().state == "open"


def test_who_is_expected_on_another_day_now_is_not_asked(pudong, wang, li, waited_for, today, now):
    make_expected(wang, day=today + 3 * DAY, by=li, now=now)
    assert follow_up_absent(pudong, now=now + DAY) == NONE | {"came": 1}
    assert not DueItem.objects.exists()


def test_who_wants_no_calls_is_not_asked(pudong, wang, waited_for, now):
    type(wang).objects.filter(pk=wang.pk).update(do_not_call=True)
    assert follow_up_absent(pudong, now=now + DAY) == NONE | {"quiet": 1}
    assert follow_up_absent(pudong, now=now + DAY) == NONE
    assert not DueItem.objects.exists()


def test_each_store_has_its_own(pudong, xuhui, waited_for, now):
    done, failed = follow_up_stores([xuhui, pudong], now=now + DAY)
    assert (done, failed) == ({"XH": NONE, "PD": NONE | {"asked": 1}}, {})


def test_the_command_says_what_it_did(pudong, waited_for, capsys):
    Arrival.objects.update(day=dt.date(2020, 1, 1))
    call_command("follow_up_absent", "--store", "PD")
    assert capsys.readouterr().out.strip() == "PD: asked 0, came 0, quiet 0, taken_back 0"
