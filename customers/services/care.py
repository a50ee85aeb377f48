"""Works out what follows from the cars' histories (customers.care), for the cars that something has happened to.

Reads the facts of some two thousand cars at a time by a handful of queries, and writes what differs, in one short transaction.
How far it has read stands in CareLedger; killed, it begins the same stretch again, and run again, it finds nothing to do.
"""

import datetime as dt
import json
from dataclasses import fields, replace
from decimal import Decimal

from django.db import transaction

import common.lookups  # noqa: F401 - registers `among`
from audit.models import Change
from common.insert_select import database_now
from common.locks import lock_words
from common.upsert import insert_rows, plain_value, read_rows, readable, update_rows
from customers.care.insurance import Term, group_of, leading
from customers.care.planning import DEFAULT_INTERVAL, OWN, TOLD, Facts, Interval, Plan, plan_of
from customers.care.visits import Order, visits_of
from customers.models import (
    CareInterval,
    CareLedger,
    CarePlan,
    Delivery,
    Ownership,
    Policy,
    RepairOrder,
    Vehicle,
)
from customers.services.gone import bring_back_returned
from customers.services.predictions import write_predictions
from customers.services.segments import refresh_segments

CHUNK = 2_000
# A fact's `changed_at` is set before its transaction commits; import transactions are under a second (DESIGN §4).
OVERLAP = dt.timedelta(minutes=2)
LEAST_CARS = 10  # with a pace of their own, for an average
SAMPLE = 20_000  # newest of them that an average is taken from
_NAMES = tuple(field.name for field in fields(Plan))
_ROW = (*_NAMES, "customer_id", "is_void")
_TOLD = (
    "registered_on", "odometer_km", "odometer_on", "odometer_reset_on", "first_service_on", "last_service_on", "last_service_km",
    "next_service_on", "next_service_km", "km_per_day", "warranty_starts_on", "warranty_ends_on", "warranty_ends_km", "inspection_due_on",
)  # fmt: skip
_INTERVAL = Interval._fields
_ORDER = ["id", "opened_on", "settled_on", "odometer_km", "kind", "items", "amount", "status"]  # of care.visits.Order


def work_out(store, *, now) -> int:
    """Bring the care plans, renewal days and predictions of `store` up to date; gives how many cars were read.

    Reads the cars that were touched since the last time, or, the first time, all. Must not be called inside a transaction.
    """
    started = database_now()
    mark = CareLedger.objects.filter(store=store).values_list("watermark", flat=True).first()
    seen = set()
    read = _Work(store, now).over(_noting(seen, _all(store) if mark is None else _touched(store, mark)))
    refresh_segments(store, seen, now=now)
    watermark = max(filter(None, (mark, started)))  # never back, also where a clock was put back
    CareLedger.objects.update_or_create(store=store, defaults={"watermark": watermark, "updated_at": started})
    return read


def work_out_cars(store, vehicles, *, now) -> int:
    """The same for these cars (a queryset), whatever has happened to them: an interval of theirs was changed."""
    return _Work(store, now).over(_in_chunks(vehicles.filter(store=store)))


def foresee(vehicle, *, now) -> Plan:
    """The plan of this car by what is written now, without storing it: for a call that cannot wait for its work."""
    store = vehicle.store
    today = store.day_of(now)
    work, car = _Work(store, now), _Cars(store, [vehicle.pk], today)[0]
    interval = work.interval_of(car.series, car.model)
    plan = plan_of(car.facts, interval, today)
    if plan.pace in (OWN, TOLD):
        return plan
    averages = _averages(store)
    model_pace, store_pace = averages.get((car.series, car.model)), averages.get(None)
    return plan_of(car.facts, interval, today, model_pace=model_pace, store_pace=store_pace)


def _noting(seen, lots):
    for ids in lots:
        seen.update(ids)
        yield ids


def _in_chunks(vehicles):
    """Lists of ids, in their order."""
    last = 0
    while ids := list(vehicles.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        last = ids[-1]


def _all(store):
    return _in_chunks(Vehicle.objects.filter(store=store))


def _touched(store, mark):
    since = mark - OVERLAP
    ids = set()
    for model, column in ((Vehicle, "pk"), (Delivery, "vehicle_id"), (Ownership, "vehicle_id")):
        rows = model.objects.filter(store=store, changed_at__gte=since).order_by()
        ids.update(rows.values_list(column, flat=True))
    # A policy that this work itself has written carries the moment of its car's plan.
    policies = Policy.objects.filter(store=store, changed_at__gte=since).order_by()
    moments = policies.values_list("vehicle_id", "changed_at", "vehicle__care__changed_at")
    ids.update(pk for pk, told, worked_out in moments if told != worked_out)
    orders = dict(
        RepairOrder.objects.filter(store=store, changed_at__gte=since).order_by().values_list("pk", "vehicle_id")
    )
    ids.update(orders.values())
    # One that is written on another car now was a visit of the former one.
    moved = Change.objects.filter(model="customers.repairorder", object_id__among=set(orders), at__gte=since)
    for changes in moved.values_list("changes", flat=True):
        ids.update(changes.get("vehicle_id", ()))
    ids = sorted(pk for pk in ids if pk)
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


class _Work:
    def __init__(self, store, now):
        self.store, self.now, self.today = store, now, store.day_of(now)
        rows = CareInterval.objects.filter(store=store)
        self.intervals = {
            (row.series, row.model): Interval(*(getattr(row, name) for name in _INTERVAL)) for row in rows
        }
        self.default = self.intervals.get(("", ""), DEFAULT_INTERVAL)
        self.averages = None

    def over(self, lots) -> int:
        """Work out these cars; those without a pace of their own once more, if what they go by has changed by the others."""
        read, others = 0, []
        for ids in lots:
            if self.averages is None:
                self.averages = _averages(self.store)
            others += self._lot(ids)
            read += len(ids)
        if others:
            before, self.averages = self.averages, _averages(self.store)
            if before != self.averages:
                for start in range(0, len(others), CHUNK):
                    self._lot(others[start : start + CHUNK])
        return read

    @transaction.atomic
    def _lot(self, ids):
        """Returns the cars that go by the pace of others."""
        lock_words(f"care:{self.store.pk}")
        stamp = database_now()
        cars = _Cars(self.store, ids, self.today)
        bring_back_returned([car for car in cars if car.gone_on and not car.is_void], now=self.now)
        fresh, changed, others, plans, renewals = [], [], [], {}, []
        for car in cars:
            interval = self.interval_of(car.series, car.model)
            model_pace, store_pace = self.averages.get((car.series, car.model)), self.averages.get(None)
            plan = plan_of(car.facts, interval, self.today, model_pace=model_pace, store_pace=store_pace)
            if plan.pace not in (OWN, TOLD):
                others.append(car.id)
            is_ours = not car.is_void and car.owner_id is not None and car.gone_on is None
            plans[car] = (plan if is_ours else None, interval)
            renewed = _renewals(car, is_ours)
            renewals += renewed
            row = (*_values(plan if is_ours else silent(plan)), car.owner_id, car.is_void)
            stored = cars.plans.get(car.id)
            if stored is None:
                if not car.is_void:
                    fresh.append((car.id, *row))
            elif stored != row or renewed:
                changed.append((*row, car.id))
        self._write(fresh, changed, renewals, stamp)
        write_predictions(self.store, cars, plans, today=self.today, averages=self.averages)
        return others

    def interval_of(self, series, model) -> Interval:
        return self.intervals.get((series, model)) or self.intervals.get((series, "")) or self.default

    def _write(self, fresh, changed, renewals, stamp):
        moment = plain_value(CarePlan, "changed_at", stamp)
        place = _ROW.index("why")
        constants = {"store_id": self.store.pk, "batch_id": None, "created_at": moment, "changed_at": moment}
        insert_rows(CarePlan, ["vehicle_id", *_ROW], (_plain(row, place + 1) for row in fresh), constants=constants)
        update_rows(CarePlan, [*_ROW, "changed_at"], [(*_plain(row[:-1], place), moment, row[-1]) for row in changed])
        update_rows(
            Policy, ["renewal_on", "renewal_group", "changed_at"], [(*row[:2], moment, row[2]) for row in renewals]
        )


def silent(plan):
    """Nobody is called about a car that is gone, or nobody's; what is known of it stays."""
    days = dict.fromkeys(
        (
            "first_service_on",
            "service_on",
            "earliest_on",
            "latest_on",
            "thin_ice_on",
            "churn_on",
            "lost_on",
            "warranty_ends_on",
            "inspection_on",
        )
    )
    return replace(plan, **days, why={})


_PACE = _NAMES.index("km_per_day")


def _values(plan):
    row = [getattr(plan, name) for name in _NAMES]
    if row[_PACE] is not None:
        row[_PACE] = Decimal(f"{min(row[_PACE], 9_999):.2f}")
    return row


def _plain(row, place):
    return (*row[:place], json.dumps(row[place], ensure_ascii=False), *row[place + 1 :])


def _renewals(car, is_ours):
    """[(renewal_on, renewal_group, policy id)] of the policies for which that differs from what is stored."""
    terms = [term for term, _on, _group in car.policies]
    leads = leading(terms) if is_ours else None
    differing = []
    for term, renewal_on, group in car.policies:
        right = (None, "")
        if term is leads:
            last = car.visited_on
            right = (term.ends_on, group_of(term, terms, delivered_on=car.facts.delivered_on, last_visit_on=last))
        if right != (renewal_on, group):
            differing.append((*right, term.id))
    return differing


def _averages(store):
    """{(series, model): whole kilometres a day}, and None: those of the store; of the newest cars with a pace of their own."""
    own = CarePlan.objects.filter(store=store, pace=OWN, km_per_day__gt=0).order_by("-vehicle_id")[:SAMPLE]
    found = {}
    for series, model, pace in own.values_list("vehicle__series", "vehicle__model", "km_per_day"):
        for key in ((series, model), None):
            total = found.setdefault(key, [0, 0])
            total[0] += 1
            total[1] += pace
    return {key: round(total / count) for key, (count, total) in found.items() if count >= LEAST_CARS}


class _Car:
    __slots__ = ("id", "owner_id", "is_void", "gone_on", "series", "model", "facts", "policies")

    @property
    def visited_on(self):
        return self.facts.visits[-1].day if self.facts.visits else None

    def record(self):
        return Vehicle.objects.get(pk=self.id)


class _Cars(list):
    """These cars with their facts; `plans`: what has been worked out before."""

    def __init__(self, store, ids, today):
        self.ids = set(ids)
        stored = self._rows(CarePlan, "vehicle_id", ["vehicle_id", *_ROW], with_void=True)
        self.plans = {row[0]: row[1:] for row in stored}
        delivered = dict(self._rows(Delivery, "vehicle_id", ["vehicle_id", "delivered_on"]))
        orders = {}
        for pk, *order in self._rows(RepairOrder, "vehicle_id", ["vehicle_id", *_ORDER]):
            orders.setdefault(pk, []).append(Order(*order))
        policies = self._policies()
        names = ["id", "owner_id", "is_void", "gone_on", "series", "model", *_TOLD]
        for row in self._rows(Vehicle, "id", names, with_void=True):
            car = _Car()
            car.id, car.owner_id, car.is_void, car.gone_on, car.series, car.model = row[:6]
            car.facts = Facts(visits_of(orders.get(car.id, ()), today), delivered.get(car.id), *row[6:])
            car.policies = policies.get(car.id, ())
            self.append(car)

    def _rows(self, model, key, names, *, with_void=False):
        rows = model.objects.filter(**{f"{key}__among": self.ids}).order_by()
        if not with_void:
            rows = rows.filter(is_void=False)
        return read_rows(rows.values_list(*readable(model, names)))

    def _policies(self):
        columns = [
            "vehicle_id",
            "renewal_on",
            "renewal_group",
            "id",
            "cover",
            "starts_on",
            "ends_on",
            "kind",
            "is_ours",
        ]
        found = {}
        rows = self._rows(Policy, "vehicle_id", [*columns, "renewal_agent", "sold_on"])
        for pk, on, group, *term, agent, sold_on in rows:
            found.setdefault(pk, []).append((Term(*term, bool(agent or sold_on)), on, group))
        return found
