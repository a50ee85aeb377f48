"""One timeline out of five tables, newest first, complete over its pages."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.choices import Source
from customers.choices import Channel
from customers.models import Ownership
from customers.services import record_contact, update_customer
from customers.timeline import timeline
from tests.conftest import at
from tests.factories.customers import make_customer, make_delivery, make_order, make_vehicle


def contact(customer, moment, by, **fields):
    return record_contact(
        customer, at=moment, channel=Channel.PHONE_OUT, connected=True, by=by, topics=[], summary={}, **fields
    )


@pytest.fixture
def life(wang, focus, li, pudong, today):
    """One of each, on different days."""
    make_delivery(focus, today - dt.timedelta(days=400))
    make_order(focus, today - dt.timedelta(days=30), order_no="RO1")
    contact(wang, at(pudong, today, 10), li)
    update_customer(wang, {"address": "A"}, by=li, source=Source.FORM, now=at(pudong, today, 9))
    Ownership.objects.filter(vehicle=focus).update(started_on=today - dt.timedelta(days=399))
    return wang


def kinds(page):
    return [event.kind for event in page.events]


def test_everything_stands_in_one_line_newest_first(life, li):
    assert kinds(timeline(life, li)) == ["contact", "edit", "order", "owner_from", "delivery"]


@pytest.mark.parametrize(
    ("group", "found"),
    [
        ("contact", ["contact"]),
        ("order", ["order"]),
        ("delivery", ["delivery"]),
        ("owner", ["owner_from"]),
        ("edit", ["edit"]),
        ("nonsense", ["contact", "edit", "order", "owner_from", "delivery"]),
    ],
)
def test_a_group_shows_its_kind_only(life, group, found, li):
    assert kinds(timeline(life, li, group=group)) == found


def test_pages_together_are_the_whole_and_nothing_twice(wang, focus, li, pudong, today):
    """Many things on the same day and at the same moment, cut at every possible place."""
    noon = at(pudong, today, 12)
    for number in range(3):
        make_order(focus, today, order_no=f"RO{number}")
        contact(wang, noon, li)
        contact(wang, at(pudong, today, 0), li)
        update_customer(wang, {"note": str(number)}, by=li, source=Source.FORM, now=noon)
    make_delivery(focus, today)
    whole = [(event.kind, event.record.pk) for event in timeline(wang, li, size=100).events]
    assert len(whole) == 13
    for size in range(1, 14):
        pages, cursor = [], ""
        while True:
            page = timeline(wang, li, before=cursor, size=size)
            pages += [(event.kind, event.record.pk) for event in page.events]
            cursor = page.cursor
            if not cursor:
                break
        assert pages == whole, size


@pytest.mark.parametrize(
    "cursor", ["x~y", "~~", "9999-12-31T23:59:59+00:00~0~1", "0001-01-01T00:00:00+14:00~0~1", "2026-01-01T00:00:00~0~1"]
)
def test_a_wrong_cursor_shows_the_first_page(life, li, cursor):
    assert kinds(timeline(life, li, before=cursor)) == kinds(timeline(life, li))


def test_a_cursor_beyond_all_numbers_is_no_error(life, li):
    assert timeline(life, li, before=f"2026-03-18T02:00:00+00:00~5~{10**30}").events


def test_a_bringer_sees_the_visit_and_the_owner_too(wang, focus, pudong, today, li):
    driver = make_customer(pudong, name="司机", stage="contact")
    make_order(focus, today, bringer=driver)
    assert kinds(timeline(driver, li)) == ["order"]
    assert kinds(timeline(wang, li)) == ["order"]


def test_a_sold_car_shows_from_and_until(wang, focus, pudong, today, li):
    buyer = make_customer(pudong, name="新车主")
    Ownership.objects.filter(vehicle=focus).update(started_on=dt.date(2024, 1, 1), ended_on=today)
    Ownership.objects.create(store=pudong, vehicle=focus, customer=buyer, started_on=today)
    assert kinds(timeline(wang, li)) == ["owner_until", "owner_from"]
    assert kinds(timeline(buyer, li)) == ["owner_from"]


def test_voided_and_foreign_things_are_not_shown(life, focus, pudong, today, li):
    other = make_customer(pudong, name="别人")
    make_order(make_vehicle(other), today)
    make_order(focus, today, order_no="RO9", is_void=True)
    assert kinds(timeline(life, li)) == ["contact", "edit", "order", "owner_from", "delivery"]


def test_an_order_that_is_not_settled_stands_on_its_opening_day(wang, focus, today, li):
    make_order(focus, today, settled_on=None)
    make_order(focus, None, opened_on=None, settled_on=None)
    assert kinds(timeline(wang, li)) == ["order"]


def test_a_call_is_worded_by_the_floor_that_made_it_and_opens_for_whom_it_may(wang, li, qian, pudong, today):
    contact(wang, at(pudong, today, 10), li, origin="followups.call", origin_id=7)
    [event] = timeline(wang, li).events
    assert event.words
    assert event.url == reverse("followups:call", args=[7])
    [event] = timeline(wang, qian).events
    assert event.url == ""
