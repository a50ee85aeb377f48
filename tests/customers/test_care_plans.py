"""What is worked out for whom: from the stored facts to CarePlan, Policy.renewal_on and Prediction."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Change
from customers.models import (
    CareInterval,
    CareLedger,
    CarePlan,
    Delivery,
    Ownership,
    Policy,
    Prediction,
    RepairOrder,
    Vehicle,
)
from customers.services import care
from customers.services.gone import bring_back, mark_gone
from tests.factories.customers import make_customer, make_delivery, make_order, make_vehicle, touch

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 1)


def day(text):
    return dt.date.fromisoformat(text)


def run(store):
    return care.work_out(store, now=NOW)


@pytest.fixture
def car(pudong):
    car = make_vehicle(make_customer(pudong), series="福克斯", model="福克斯 1.5")
    make_delivery(car, day("2025-01-01"))
    return car


def policy(car, ends, *, cover="commercial", **fields):
    ends = day(ends)
    fields = {"starts_on": ends - dt.timedelta(days=364), "ends_on": ends, "customer": car.owner, **fields}
    return Policy.objects.create(store=car.store, vehicle=car, cover=cover, **fields)


def age(store):
    """Everything so far happened long before the next run."""
    long_ago = timezone.now() - dt.timedelta(days=1)
    for model in (Vehicle, RepairOrder, Delivery, Ownership, Policy, CarePlan):
        model.objects.filter(store=store).update(changed_at=long_ago)
    CareLedger.objects.filter(store=store).update(watermark=timezone.now() - dt.timedelta(hours=1))


def test_a_car_gets_its_plan_and_keeps_it(pudong, car):
    order = make_order(car, day("2025-07-01"), kind="首保", odometer_km=7_240)
    assert run(pudong) == 1
    plan = CarePlan.objects.get()
    assert (plan.customer, plan.service_round, plan.visit_round) == (car.owner, str(order.pk), str(order.pk))
    assert (plan.service_on, plan.pace, plan.visits) == (day("2025-11-03"), "own", 1)
    assert plan.why == {"code": "km", "pace": "own", "km_a_day": 40, "km": 12_240, "n": 1}
    before = plan.changed_at
    touch(car)
    run(pudong)
    assert CarePlan.objects.get().changed_at == before


def test_only_what_was_touched_is_read_again(pudong, car):
    other = make_vehicle(make_customer(pudong))
    make_order(other, day("2026-01-05"), kind="保养")
    assert run(pudong) == 2
    age(pudong)
    assert run(pudong) == 0
    make_order(car, day("2026-02-01"), kind="保养")
    assert run(pudong) == 1
    assert CarePlan.objects.get(vehicle=car).last_visit_on == day("2026-02-01")


@pytest.mark.parametrize("what", ["vehicle", "delivery", "policy", "ownership", "order"])
def test_whatever_is_touched_is_noticed(pudong, car, what):
    order, insured = make_order(car, day("2026-01-05")), policy(car, "2026-05-01")
    run(pudong)
    age(pudong)
    records = {
        "vehicle": car,
        "delivery": car.deliveries.get(),
        "policy": insured,
        "order": order,
        "ownership": car.ownerships.get(),
    }
    touch(records[what])
    assert run(pudong) == 1


def test_what_it_wrote_itself_is_not_read_again(pudong, car):
    policy(car, "2026-05-01")
    run(pudong)
    Policy.objects.exclude(renewal_on=None).get()
    for model in (Vehicle, RepairOrder, Delivery, Ownership):
        model.objects.filter(store=pudong).update(changed_at=timezone.now() - dt.timedelta(days=1))
    assert run(pudong) == 0


def test_an_order_written_on_another_car_is_no_visit_of_the_first_any_more(pudong, car):
    order = make_order(car, day("2026-01-05"), kind="保养")
    run(pudong)
    age(pudong)
    other = make_vehicle(make_customer(pudong))
    from audit.services import record_change

    record_change(order, {"vehicle_id": (car.pk, other.pk)}, source="import", at=timezone.now())
    RepairOrder.objects.filter(pk=order.pk).update(vehicle=other, changed_at=timezone.now())
    assert run(pudong) == 2
    assert CarePlan.objects.get(vehicle=car).visits == 0
    assert CarePlan.objects.get(vehicle=other).visits == 1


def test_a_visit_taken_back_by_an_undo_takes_its_turn_along(pudong, car):
    first = make_order(car, day("2025-07-01"), kind="首保", odometer_km=7_240)
    second = make_order(car, day("2026-01-01"), kind="保养", odometer_km=14_600)
    run(pudong)
    assert set(Prediction.objects.values_list("round", "came_on")) == {
        (str(first.pk), day("2026-01-01")), (str(second.pk), None),
    }  # fmt: skip
    RepairOrder.objects.filter(pk=second.pk).update(is_void=True, changed_at=timezone.now())
    run(pudong)
    assert CarePlan.objects.get().service_round == str(first.pk)
    running = Prediction.objects.exclude(round="0")
    assert list(running.values_list("round", "came_on", "error_days")) == [(str(first.pk), None, None)]


def test_a_store_that_is_not_mine_stays_as_it_is(pudong, xuhui, car):
    make_order(make_vehicle(make_customer(xuhui)), day("2026-01-05"))
    run(pudong)
    assert set(CarePlan.objects.values_list("store", flat=True)) == {pudong.pk}


def test_killed_between_two_lots_it_begins_again_and_ends_the_same(pudong, monkeypatch):
    monkeypatch.setattr(care, "CHUNK", 1)
    for number in range(3):
        make_order(make_vehicle(make_customer(pudong)), day("2026-01-05"), kind="保养", odometer_km=1_000 + number)
    real, lots = care._Work._lot, []

    def dying(self, ids):
        if lots:
            raise KeyboardInterrupt
        lots.append(ids)
        return real(self, ids)

    monkeypatch.setattr(care._Work, "_lot", dying)
    with pytest.raises(KeyboardInterrupt):
        run(pudong)
    assert CarePlan.objects.count() == 1 and not CareLedger.objects.exists()
    monkeypatch.setattr(care._Work, "_lot", real)
    run(pudong)
    assert CarePlan.objects.count() == 3
    stamps = set(CarePlan.objects.values_list("vehicle_id", "changed_at"))
    run(pudong)
    assert stamps == set(CarePlan.objects.values_list("vehicle_id", "changed_at"))


def test_cars_without_a_pace_go_by_their_model_and_then_by_the_store(pudong):
    for number in range(care.LEAST_CARS):
        car = make_vehicle(make_customer(pudong), series="福克斯", model="A")
        make_delivery(car, day("2025-01-01"))
        make_order(car, day("2025-12-01"), kind="保养", odometer_km=50 * 334 + number)
    same = make_vehicle(make_customer(pudong), series="福克斯", model="A")
    other = make_vehicle(make_customer(pudong), series="锐界", model="B")
    for car in (same, other):
        make_delivery(car, day("2026-02-01"))
    run(pudong)
    assert (CarePlan.objects.get(vehicle=same).pace, CarePlan.objects.get(vehicle=same).km_per_day) == ("model", 50)
    assert (CarePlan.objects.get(vehicle=other).pace, CarePlan.objects.get(vehicle=other).km_per_day) == ("store", 50)


def test_the_interval_of_the_model_comes_before_that_of_the_series_and_the_store(pudong, car):
    CareInterval.objects.filter(store=pudong).delete()
    run(pudong)
    assert CarePlan.objects.get().first_service_on == day("2025-07-01")  # six months, as shipped
    numbers = {"first_km": 99_000, "months": 12, "km": 10_000, "warranty_months": 36, "warranty_km": 0}
    for series, model, months in (("", "", 5), ("福克斯", "", 4), ("福克斯", "福克斯 1.5", 3)):
        CareInterval.objects.create(store=pudong, series=series, model=model, first_months=months, **numbers)
        care.work_out_cars(pudong, Vehicle.objects.all(), now=NOW)
        assert CarePlan.objects.get().first_service_on == day(f"2025-{1 + months:02d}-01")


def test_the_queries_do_not_grow_with_the_cars(pudong):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            care.work_out_cars(pudong, Vehicle.objects.all(), now=NOW)
        return len(queries)

    def add():
        car = make_vehicle(make_customer(pudong))
        make_delivery(car, day("2025-03-01"))
        make_order(car, day("2025-09-01"), kind="保养", odometer_km=5_000)
        make_order(car, day("2026-02-01"), kind="保养", odometer_km=12_000)
        policy(car, "2026-05-01")

    add()
    care.work_out_cars(pudong, Vehicle.objects.all(), now=NOW)
    once = count()
    add()
    add()
    care.work_out_cars(pudong, Vehicle.objects.all(), now=NOW)
    assert count() == once


# --- renewal --------------------------------------------------------------------------------------------------------
def test_the_newest_commercial_policy_says_the_day_of_renewal(pudong, car):
    old, new = policy(car, "2025-04-10"), policy(car, "2026-04-10", is_ours=True)
    policy(car, "2026-05-01", cover="compulsory")
    run(pudong)
    assert list(Policy.objects.exclude(renewal_on=None).values_list("pk", "renewal_on", "renewal_group")) == [
        (new.pk, day("2026-04-10"), "repeat")
    ]
    age(pudong)
    newer = policy(car, "2027-04-10", is_ours=True)
    run(pudong)
    new.refresh_from_db()
    newer.refresh_from_db()
    assert (new.renewal_on, new.renewal_group, newer.renewal_on) == (None, "", day("2027-04-10"))
    assert new.changed_at > timezone.now() - dt.timedelta(minutes=1)
    old.refresh_from_db()
    assert old.changed_at < timezone.now() - dt.timedelta(hours=1)


# --- gone cars ------------------------------------------------------------------------------------------------------
def test_a_car_that_is_gone_has_no_days_and_gets_them_back_with_its_next_visit(pudong, car):
    make_order(car, day("2025-07-01"), kind="首保", odometer_km=7_240)
    insured = policy(car, "2026-05-01")
    run(pudong)
    mark_gone(car, "sold", on=day("2026-02-01"), by=None, source="call", now=timezone.now())
    run(pudong)
    plan = CarePlan.objects.get()
    assert {plan.service_on, plan.thin_ice_on, plan.churn_on, plan.lost_on, plan.warranty_ends_on} == {None}
    insured.refresh_from_db()
    assert insured.renewal_on is None and plan.last_visit_on == day("2025-07-01")
    make_order(car, day("2026-01-20"))  # a late list tells of a visit before she sold it
    run(pudong)
    car.refresh_from_db()
    assert car.gone_on == day("2026-02-01")
    make_order(car, day("2026-02-20"), kind="保养")
    run(pudong)
    car.refresh_from_db()
    assert (car.gone_on, car.gone_why) == (None, "")
    assert CarePlan.objects.get().service_on is not None
    insured.refresh_from_db()
    assert insured.renewal_on == day("2026-05-01")
    line = Change.objects.filter(deed="back").get()
    assert (line.source, line.params, line.actor_id) == ("system", {"came_on": "2026-02-20"}, None)


def test_a_new_owner_brings_a_car_back(pudong, car):
    mark_gone(car, "sold", on=day("2026-02-01"), by=None, source="form", now=timezone.now())
    run(pudong)
    buyer = make_customer(pudong, name="钱伟")
    car.ownerships.update(ended_on=day("2026-02-10"))
    Ownership.objects.create(store=pudong, vehicle=car, customer=buyer, started_on=day("2026-02-10"))
    Vehicle.objects.filter(pk=car.pk).update(owner=buyer, changed_at=timezone.now())
    run(pudong)
    car.refresh_from_db()
    assert car.gone_on is None and CarePlan.objects.get().customer == buyer


def test_marking_twice_leaves_one_line(pudong, car, zhou):
    for _ in range(2):
        mark_gone(car, "scrapped", on=day("2026-02-01"), by=zhou, source="form", now=NOW)
    for _ in range(2):
        bring_back(car, by=zhou, source="form", now=NOW)
    lines = Change.objects.filter(model="customers.vehicle", object_id=car.pk).order_by("pk")
    assert list(lines.values_list("deed", flat=True)) == [
        "gone",
        "back",
    ]


# --- predictions ----------------------------------------------------------------------------------------------------
def test_a_prediction_is_made_once_and_held_against_the_visit(pudong, car):
    first = make_order(car, day("2025-12-20"), kind="首保", odometer_km=10_000)
    run(pudong)
    made = Prediction.objects.get(round=str(first.pk))
    assert (made.made_on, made.came_on, made.pace) == (TODAY, None, "own")
    make_order(car, day("2026-02-25"), kind="一般维修", odometer_km=12_000)
    run(pudong)
    made.refresh_from_db()
    assert made.came_on is None and CarePlan.objects.get().service_on != made.predicted_on
    later = made.predicted_on + dt.timedelta(days=6)
    make_order(car, later, kind="保养", odometer_km=15_500)
    care.work_out(pudong, now=NOW + dt.timedelta(days=200))
    made.refresh_from_db()
    assert (made.came_on, made.error_days) == (later, 6)


def test_a_turn_that_ended_before_is_replayed_with_what_was_known_then(pudong, car):
    make_order(car, day("2025-06-20"), kind="首保", odometer_km=6_800)
    run(pudong)
    replayed = Prediction.objects.get(round="0")
    assert (replayed.made_on, replayed.predicted_on, replayed.pace) == (day("2025-01-01"), day("2025-07-01"), "none")
    assert (replayed.came_on, replayed.error_days) == (day("2025-06-20"), -11)


def test_what_lies_behind_is_not_predicted(pudong, car):
    make_order(car, day("2025-01-05"), kind="保养", odometer_km=200)
    run(pudong)
    assert CarePlan.objects.get().service_on == day("2025-07-05")
    assert not Prediction.objects.filter(came_on=None).exists()
