"""What the pages show about customers beyond their own row. Reads only; a fixed number of queries, whatever the rows."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from customers.care.planning import DEFAULT_INTERVAL
from customers.choices import Cover
from customers.models import (
    CareInterval,
    CarePlan,
    Customer,
    Delivery,
    FormerPlate,
    Ownership,
    Policy,
    RepairOrder,
    Vehicle,
)
from customers.wording import service_reason

POLICIES_SHOWN = 6
SERIES_SHOWN = 500


@dataclass(frozen=True)
class Row:
    """One line of the customer list. `brought`: the last visit of somebody who owns no car but brought one (an order with its
    vehicle). `verified_days` is the age of the newest confirmation, None if there never was one."""

    customer: Customer
    phone: object
    cars: list
    brought: RepairOrder | None
    last_visit: dt.date | None
    verified_days: int | None


@dataclass
class Car:
    """A vehicle as the customer page shows it: its hand-over here, and who had it before, newest first."""

    vehicle: Vehicle
    owned_since: dt.date | None = None
    delivery: Delivery | None = None
    last_visit: dt.date | None = None
    former: list[Ownership] = field(default_factory=list)
    former_plates: list[str] = field(default_factory=list)
    policies: list["Insured"] = field(default_factory=list)
    care: CarePlan | None = None
    reason: str = ""  # why the next service is due when it is


@dataclass
class Insured:
    """A cover of a car and what it consists of; `holder` where that is not the car's owner."""

    policy: Policy
    is_over: bool
    holder: Customer | None = None
    parts: list[str] = field(default_factory=list)


def names_of(user, ids) -> dict[int, tuple[str, str]]:
    """{id: (name, URL of her page, "" where the reader may not open it)} of the customers of the reader's store, merged files included."""
    found = Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "name")
    opens = user.has_perm("customers.view_customer")
    return {pk: (name, reverse("customers:detail", args=[pk]) if opens else "") for pk, name in found}


def verified_at(customer, phones):
    """The newest moment at which any of her data was confirmed by herself, or None."""
    moments = [phone.verified_at for phone in phones if phone.verified_at]
    moments += filter(None, (parse_datetime(moment) for moment in customer.verified.values()))
    return max(moments, default=None)


def days_since(moment, today, zone) -> int | None:
    """Whole calendar days of the store between a moment and today."""
    return None if moment is None else (today - moment.astimezone(zone).date()).days


def last_visits(column, ids) -> dict:
    """{id: day of the last repair order} where `column` (a path from RepairOrder) is one of `ids`."""
    rows = RepairOrder.objects.alive().filter(**{f"{column}__in": ids}).order_by()
    return dict(rows.values_list(column).annotate(day=Max(Coalesce("settled_on", "opened_on"))))


def brought_by(customers) -> dict[int, RepairOrder]:
    """{id: the last order she brought a car for, with the vehicle} of those among `customers` (made by `with_contents`) who own
    no car: without it a bringer looks as if there had never been anything. One query, none where each has a car.
    """
    ids = [customer.pk for customer in customers if not customer.cars]
    if not ids:
        return {}
    orders = RepairOrder.objects.alive().filter(bringer__in=ids).select_related("vehicle")
    day = Coalesce("settled_on", "opened_on")
    return {order.bringer_id: order for order in orders.annotate(day=day).order_by("day", "id")}


def list_rows(customers, *, today, zone) -> list[Row]:
    """`customers` (a page of them, made by `with_contents`) with what the list says of each: two queries at most."""
    visits = last_visits("vehicle__owner_id", [customer.pk for customer in customers]) if customers else {}
    brought = brought_by(customers)
    return [
        Row(
            customer,
            customer.numbers[0] if customer.numbers else None,
            customer.cars,
            brought.get(customer.pk),
            visits.get(customer.pk) or getattr(brought.get(customer.pk), "day", None),
            days_since(verified_at(customer, customer.numbers), today, zone),
        )
        for customer in customers
    ]


def cars_of(customer, *, today) -> list[Car]:
    """Her present cars, newest first, with driver, delivery, last visit, former owners, insurance and care: six queries."""
    vehicles = list(Vehicle.objects.alive().filter(owner=customer).select_related("driver", "care").order_by("-id"))
    cars = {vehicle.pk: Car(vehicle) for vehicle in vehicles}
    if not cars:
        return []
    for delivery in Delivery.objects.alive().filter(vehicle__in=cars):
        cars[delivery.vehicle_id].delivery = delivery
    for ownership in (
        Ownership.objects.alive().filter(vehicle__in=cars).select_related("customer").order_by("-ended_on", "-id")
    ):
        car = cars[ownership.vehicle_id]
        if ownership.ended_on is not None:
            car.former.append(ownership)
        elif ownership.customer_id == customer.pk:
            car.owned_since = ownership.started_on
    for pk, day in last_visits("vehicle_id", list(cars)).items():
        cars[pk].last_visit = day
    for row in FormerPlate.objects.alive().filter(vehicle__in=cars).order_by("-id"):
        cars[row.vehicle_id].former_plates.append(row.plate)
    for car in cars.values():
        car.care = getattr(car.vehicle, "care", None)
        if car.care is not None:
            car.reason = service_reason(car.care, today=today)
    _add_policies(cars, today)
    return list(cars.values())


def intervals_of(store) -> list[CareInterval]:
    """The store's own row first, as shipped where it has none; then by series and model."""
    rows = list(CareInterval.objects.filter(store=store).order_by("series", "model"))
    if not rows or rows[0].series:
        rows.insert(0, CareInterval(store=store, **DEFAULT_INTERVAL._asdict()))
    return rows


def cars_without_interval(store) -> list[tuple[str, str]]:
    """(series, model) of the store's cars that have no row of their own; the whole series ("" for the model) before its models."""
    pairs = Vehicle.objects.alive().filter(store=store).exclude(series="").order_by("series", "model")
    found = set(pairs.values_list("series", "model").distinct()[:SERIES_SHOWN])
    found |= {(series, "") for series, _model in found}
    found -= set(CareInterval.objects.filter(store=store).values_list("series", "model"))
    return sorted(found)


def _add_policies(cars, today):
    """To each car its covers, those that run longest first, no more than POLICIES_SHOWN."""
    parts = {}
    rows = (
        Policy.objects.alive().filter(vehicle__in=cars).select_related("customer").order_by("-ends_on", "cover", "id")
    )
    for policy in rows:
        car = cars[policy.vehicle_id]
        if policy.cover not in Cover.values:
            parts.setdefault((policy.vehicle_id, policy.policy_no), []).append(policy)
        elif len(car.policies) < POLICIES_SHOWN:
            holder = policy.customer if policy.customer_id not in (None, car.vehicle.owner_id) else None
            car.policies.append(Insured(policy, policy.ends_on < today, holder))
    for car in cars.values():
        for insured in car.policies:
            if insured.policy.cover == Cover.COMMERCIAL:
                key = insured.policy.vehicle_id, insured.policy.policy_no
                insured.parts = [part.cover for part in parts.get(key, ()) if part.ends_on == insured.policy.ends_on]


def former_cars(customer) -> list[Ownership]:
    """Stretches of ownership that ended, with the vehicle and its present owner."""
    ended = Ownership.objects.alive().filter(customer=customer, ended_on__isnull=False)
    return list(ended.exclude(vehicle__owner=customer).select_related("vehicle__owner").order_by("-ended_on", "-id"))
