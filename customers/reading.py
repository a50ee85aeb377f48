"""What the pages show about customers beyond their own row. Reads only; a fixed number of queries, whatever the rows."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from customers.models import Customer, Delivery, FormerPlate, Ownership, RepairOrder, Vehicle


@dataclass(frozen=True)
class Row:
    """One line of the customer list. `verified_days` is the age of the newest confirmation, None if there never was one."""

    customer: Customer
    phone: object
    cars: list
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


def list_rows(customers, *, today, zone) -> list[Row]:
    """`customers` (a page of them, made by `with_contents`) with what the list says of each: one query."""
    visits = last_visits("vehicle__owner_id", [customer.pk for customer in customers]) if customers else {}
    return [
        Row(
            customer,
            customer.numbers[0] if customer.numbers else None,
            customer.cars,
            visits.get(customer.pk),
            days_since(verified_at(customer, customer.numbers), today, zone),
        )
        for customer in customers
    ]


def cars_of(customer) -> list[Car]:
    """Her present cars, newest first, with delivery, last visit and former owners: five queries."""
    vehicles = list(Vehicle.objects.alive().filter(owner=customer).order_by("-id"))
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
    return list(cars.values())


def former_cars(customer) -> list[Ownership]:
    """Stretches of ownership that ended, with the vehicle and its present owner."""
    ended = Ownership.objects.alive().filter(customer=customer, ended_on__isnull=False)
    return list(ended.exclude(vehicle__owner=customer).select_related("vehicle__owner").order_by("-ended_on", "-id"))
