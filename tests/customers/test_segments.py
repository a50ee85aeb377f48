"""Segments A to D: who is in which, with and without an import, and as days pass."""

import datetime as dt
import random

import pytest

from customers.models import CareLedger, Customer, FileDial, Ownership, RepairOrder, Vehicle
from customers.services.care import work_out
from customers.services.merging import merge_customers
from customers.services.segments import refresh_segments, segment_of
from tests.factories.customers import make_customer, make_order, make_vehicle, touch

pytestmark = pytest.mark.django_db


def segment(customer):
    return Customer.objects.values_list("segment", "visits_lately").get(pk=customer.pk)


def test_the_classes_of_the_trade():
    assert [segment_of(visits, FileDial()) for visits in (0, 1, 2, 3, 4, 9)] == ["D", "C", "B", "B", "A", "A"]


def test_days_of_all_her_cars_within_a_year_count(pudong, wang, focus, today, now):
    second = make_vehicle(wang)
    for car, days in ((focus, 10), (focus, 10), (second, 10), (second, 364), (focus, 366)):
        make_order(car, today - dt.timedelta(days=days))
    make_order(focus, today - dt.timedelta(days=5), status="已作废")
    make_order(focus, today + dt.timedelta(days=5))
    bringer = make_customer(pudong, name="送修人")
    work_out(pudong, now=now)
    assert segment(wang) == ("B", 3)  # two orders of one car and day are one visit
    assert segment(bringer) == ("", None)


def test_a_visit_grows_old_without_anybody_touching_it(pudong, wang, focus, today, now):
    make_order(focus, today - dt.timedelta(days=363))
    work_out(pudong, now=now)
    assert segment(wang) == ("C", 1)
    work_out(pudong, now=now + dt.timedelta(days=1))
    assert segment(wang) == ("C", 1)
    work_out(pudong, now=now + dt.timedelta(days=2))
    assert segment(wang) == ("D", 0)


def test_a_sold_car_counts_for_its_new_owner(pudong, wang, focus, today, now):
    buyer = make_customer(pudong, name="买家")
    make_order(focus, today - dt.timedelta(days=30))
    work_out(pudong, now=now)
    Ownership.objects.filter(vehicle=focus).update(ended_on=today)
    Ownership.objects.create(store=pudong, vehicle=focus, customer=buyer)
    Vehicle.objects.filter(pk=focus.pk).update(owner=buyer)
    touch(focus)
    work_out(pudong, now=now)
    assert (segment(wang), segment(buyer)) == (("", None), ("C", 1))


def test_other_dials_class_everybody_anew(
    pudong, wang, focus, today, now, login, zhou, django_capture_on_commit_callbacks
):
    make_order(focus, today - dt.timedelta(days=30))
    work_out(pudong, now=now)
    data = {"months": 12, "segment_a": 3, "segment_b": 1, "segment_c": 0, "archive_rule": "{store}-{year}-{seq:05}"}
    client = login(zhou)
    assert "segment_c" in client.post("/customers/dials/", data).context["form"].errors
    data |= {"segment_a": 3, "segment_b": 1, "segment_c": 2}
    assert "segment_b" in client.post("/customers/dials/", data).context["form"].errors
    assert client.post("/customers/dials/", data | {"segment_b": 2, "segment_c": 1, "months": 36}).status_code == 302
    assert CareLedger.objects.get(store=pudong).segments_on is None
    make_order(focus, today - dt.timedelta(days=400))
    refresh_segments(pudong, (), now=now)
    assert segment(wang) == ("B", 2)


def test_merged_cars_count_together(pudong, zhou, today, now):
    kept, gone = make_customer(pudong), make_customer(pudong)
    for person in (kept, gone):
        make_order(make_vehicle(person), today - dt.timedelta(days=30))
    work_out(pudong, now=now)
    merge_customers(kept, gone, choices={}, by=zhou, now=now)
    assert (segment(kept), segment(gone)) == (("B", 2), ("", None))


@pytest.mark.parametrize("seed", range(6))
def test_touched_and_aged_by_the_day_is_what_a_look_at_all_says(seed, pudong, today, now):
    """Whatever happens on whichever day, the small steps end where a look at everybody ends."""
    dice = random.Random(seed)
    people = [make_customer(pudong, name=f"客户{place}") for place in range(4)]
    cars = [make_vehicle(dice.choice(people)) for _ in range(6)]
    for _ in range(20):
        make_order(dice.choice(cars), today - dt.timedelta(days=dice.randrange(340, 380)))
    work_out(pudong, now=now)
    for day in range(1, 25, dice.randrange(1, 4)):
        if dice.random() < 0.5:
            order = dice.choice(list(RepairOrder.objects.all()))
            order.settled_on = order.opened_on = today + dt.timedelta(days=day - dice.randrange(3))
            order.save()
            touch(order)
        work_out(pudong, now=now + dt.timedelta(days=day))
    small = {person: segment(person) for person in people}
    CareLedger.objects.update(segments_on=None)
    refresh_segments(pudong, (), now=now + dt.timedelta(days=day))
    assert {person: segment(person) for person in people} == small


def test_the_segment_is_shown_with_its_reason_and_filtered(pudong, wang, focus, today, now, login, li):
    make_order(focus, today - dt.timedelta(days=30))
    make_vehicle(make_customer(pudong, name="从不来"))
    work_out(pudong, now=now)
    client = login(li)
    assert "12个月内进厂1次（A为4次起，B为2次起，C为1次起）" in client.get(f"/customers/{wang.pk}/").text
    names = [[row.customer.name for row in client.get(f"/customers/?segment={code}").context["rows"]] for code in "ACD"]
    assert names == [[], ["王雅丽"], ["从不来"]]
