"""Expected, here, gone: each step once, whoever is quicker; and taken back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.models import Change
from reception.models import Arrival
from reception.services import Outrun, arrive, expect, mark_arrived, mark_left, step_back, withdraw
from tests.factories.customers import make_customer, make_vehicle
from tests.factories.reception import make_arrival, make_expected, make_note, make_work

pytestmark = pytest.mark.django_db


def again(arrival):
    return Arrival.objects.get(pk=arrival.pk)


def test_who_said_she_comes_is_expected_and_then_here_and_gone(wang, focus, li, chen, today, now):
    arrival = expect(
        wang, day=today, time=dt.time(14), vehicle=focus, purpose="service", told_by="本人", by=li, now=now
    )
    assert again(arrival).state == "expected" and arrival.expected_by == li
    mark_arrived(arrival, by=chen, now=now)
    assert (again(arrival).state, again(arrival).arrived_by) == ("here", chen)
    mark_left(arrival, by=li, now=now + dt.timedelta(hours=2))
    assert again(arrival).state == "left"
    told = Change.objects.filter(model="reception.arrival", object_id=arrival.pk).order_by("pk")
    assert [line.deed for line in told] == ["create", "edit", "edit"]
    assert {line.customer_id for line in told} == {wang.pk}


@pytest.mark.parametrize(("fields", "field"), [({"day": -1}, "day"), ({"vehicle": "theirs"}, "vehicle")])
def test_a_day_that_has_passed_and_a_car_of_another_store_are_refused(fields, field, wang, li, xuhui, today, now):
    day = today + dt.timedelta(days=fields.get("day", 0))
    car = make_vehicle(make_customer(xuhui)) if "vehicle" in fields else None
    with pytest.raises(ValidationError) as refused:
        expect(wang, day=day, vehicle=car, by=li, now=now)
    assert set(refused.value.message_dict) == {field}
    assert not Arrival.objects.exists()


def test_the_same_visit_is_entered_once(wang, focus, li, today, now):
    expect(wang, day=today, vehicle=focus, by=li, now=now)
    with pytest.raises(ValidationError) as refused:
        expect(wang, day=today, vehicle=focus, by=li, now=now)
    assert set(refused.value.message_dict) == {"day"}
    expect(wang, day=today, vehicle=make_vehicle(wang), by=li, now=now)
    expect(wang, day=today + dt.timedelta(days=1), vehicle=focus, by=li, now=now)
    assert Arrival.objects.count() == 3


def test_the_database_says_no_where_nobody_looked(wang, focus, li, today, now):
    first = expect(wang, day=today, vehicle=focus, by=li, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Arrival.objects.create(store=first.store, customer=wang, vehicle=focus, day=today, expected_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Arrival.objects.filter(pk=first.pk).update(left_at=now)


def test_two_people_at_the_desk_mark_her_once(wang, li, chen, today, now):
    arrival = make_expected(wang, day=today, by=li, now=now)
    hers, his = again(arrival), again(arrival)
    mark_arrived(hers, by=li, now=now)
    with pytest.raises(Outrun) as refused:
        mark_arrived(his, by=chen, now=now)
    assert (refused.value.code, refused.value.record.arrived_by) == ("here", li)
    assert again(arrival).arrived_by == li
    mark_left(again(arrival), by=li, now=now)
    with pytest.raises(Outrun) as refused:
        mark_left(his, by=chen, now=now)
    assert refused.value.code == "not_here"


def test_who_stands_at_the_desk_is_the_one_who_was_expected(wang, focus, li, today, now):
    on_foot = make_expected(wang, day=today, by=li, now=now, note="说下午来")
    by_car = make_expected(wang, day=today, by=li, now=now, vehicle=focus)
    assert arrive(wang, vehicle=focus, by=li, now=now).pk == by_car.pk
    other = make_vehicle(wang)
    came = arrive(wang, vehicle=other, purpose="repair", note="异响", by=li, now=now)
    assert (came.pk, again(came).vehicle, again(came).note) == (on_foot.pk, other, "说下午来 异响")
    with pytest.raises(Outrun) as refused:
        arrive(wang, vehicle=other, by=li, now=now)
    assert refused.value.code == "here"


def test_a_visit_of_tomorrow_is_not_todays(wang, li, today, now):
    tomorrow = make_expected(wang, day=today + dt.timedelta(days=1), by=li, now=now)
    with pytest.raises(Outrun) as refused:
        mark_arrived(tomorrow, by=li, now=now)
    assert refused.value.code == "not_today"
    assert arrive(wang, by=li, now=now).pk != tomorrow.pk
    assert again(tomorrow).state == "expected"


def test_steps_are_taken_back_one_by_one(wang, li, today, now):
    arrival = make_expected(wang, day=today, by=li, now=now)
    mark_arrived(arrival, by=li, now=now)
    mark_left(arrival, by=li, now=now)
    step_back(arrival, by=li, now=now)
    assert again(arrival).state == "here"
    step_back(arrival, by=li, now=now)
    assert again(arrival).state == "expected"
    withdraw(arrival, by=li, now=now)
    assert again(arrival).state == "withdrawn"
    with pytest.raises(Outrun) as refused:
        withdraw(arrival, by=li, now=now)
    assert refused.value.code == "not_expected"


def test_who_came_unannounced_by_mistake_was_never_here(wang, li, today, now):
    arrival = make_arrival(wang, by=li, now=now)
    step_back(arrival, by=li, now=now)
    assert (again(arrival).state, again(arrival).arrived_at) == ("withdrawn", None)
    assert arrive(wang, by=li, now=now).pk != arrival.pk


@pytest.mark.parametrize("what", ["note", "work"])
def test_a_visit_on_which_something_hangs_stays(what, wang, li, now):
    arrival = make_arrival(wang, by=li, now=now)
    if what == "note":
        make_note(arrival, by=li, now=now)
    else:
        make_work(wang, by=li, now=now, arrival=arrival)
    with pytest.raises(Outrun) as refused:
        step_back(arrival, by=li, now=now)
    assert refused.value.code == "work_begun"
    assert again(arrival).state == "here"


def test_yesterday_is_not_taken_back(wang, li, now):
    arrival = make_arrival(wang, by=li, now=now)
    with pytest.raises(Outrun):
        step_back(arrival, by=li, now=now + dt.timedelta(days=1))


def test_who_left_and_came_again_is_not_called_back(wang, li, now):
    first = make_arrival(wang, by=li, now=now)
    mark_left(first, by=li, now=now)
    make_arrival(wang, by=li, now=now)
    with pytest.raises(Outrun) as refused:
        step_back(first, by=li, now=now)
    assert refused.value.code == "here"
