"""Which customer comes how often: segments A to D (F9), kept beside the care plans and by the same runs.

A visit is a day on which a car of hers came (care.visits), all her present cars together. Worked out are the owners of cars that
something has happened to, and, as days pass, those of whom a visit has grown too old.
"""

from collections import defaultdict

from django.db.models import Q

import common.lookups  # noqa: F401 - registers `among`
from common.upsert import update_rows
from customers.care.planning import add_months
from customers.care.visits import Order, day_of
from customers.choices import Segment
from customers.models import CareLedger, Customer, FileDial, Ownership, RepairOrder, Vehicle

CHUNK = 2_000


def dial_of(store) -> FileDial:
    """The store's dials; as shipped where it has none."""
    return FileDial.objects.filter(store=store).first() or FileDial(store=store)


def segment_of(visits: int, dial) -> str:
    """The class of an owner whose cars came so often."""
    steps = ((Segment.A, dial.segment_a), (Segment.B, dial.segment_b), (Segment.C, dial.segment_c))
    return next((segment.value for segment, least in steps if visits >= least), Segment.D.value)


def refresh_segments(store, vehicle_ids, *, now) -> int:
    """After care plans were worked out for these cars; gives how many customers were looked at. Safe to run twice."""
    today, dial = store.day_of(now), dial_of(store)
    ledger, _made = CareLedger.objects.get_or_create(store=store)
    if ledger.segments_on is None:
        owners = set(Vehicle.objects.filter(store=store, owner__isnull=False).values_list("owner_id", flat=True))
        owners |= set(Customer.objects.filter(store=store).exclude(segment="").values_list("pk", flat=True))
    else:
        owners = _owners_of(sorted(vehicle_ids)) | _grown_old(store, ledger.segments_on, today, dial)
    work_out_segments(owners, today=today, dial=dial)
    CareLedger.objects.filter(pk=ledger.pk).update(segments_on=max(today, ledger.segments_on or today))
    return len(owners)


def class_again(store, owners, *, now):
    """Of these alone, where the store's segments have been worked out at all: their cars have changed hands."""
    if CareLedger.objects.filter(store=store, segments_on__isnull=False).exists():
        work_out_segments(owners, today=store.day_of(now), dial=dial_of(store))


def work_out_segments(owners, *, today, dial):
    """Bring segment and visits of these customers up to date; writes what differs, some thousand at a time."""
    ids = sorted(owners)
    for start in range(0, len(ids), CHUNK):
        _lot(set(ids[start : start + CHUNK]), today, dial)


def _lot(ids, today, dial):
    since = add_months(today, -dial.months)
    cars = Vehicle.objects.alive().filter(owner__among=ids).order_by()
    owner_of = dict(cars.values_list("pk", "owner_id"))
    orders = RepairOrder.objects.alive().filter(vehicle__among=set(owner_of)).order_by()
    orders = orders.filter(Q(opened_on__gt=since) | Q(settled_on__gt=since))
    days = defaultdict(set)
    for vehicle, opened, settled, status in orders.values_list("vehicle_id", "opened_on", "settled_on", "status"):
        day = day_of(Order(0, opened, settled, None, "", "", None, status), today)
        if day is not None and day > since:
            days[owner_of[vehicle]].add((vehicle, day))
    owners, rows = set(owner_of.values()), []
    for pk, *stored in Customer.objects.filter(pk__among=ids).values_list("pk", "segment", "visits_lately"):
        count = len(days.get(pk, ())) if pk in owners else None
        right = ["", None] if count is None else [segment_of(count, dial), count]
        if stored != right:
            rows.append((*right, pk))
    if rows:
        update_rows(Customer, ["segment", "visits_lately"], rows)


def _owners_of(vehicle_ids) -> set[int]:
    """Who has these cars, and who had them: a sold car counts for its new owner."""
    owners = set()
    for start in range(0, len(vehicle_ids), CHUNK):
        lot = set(vehicle_ids[start : start + CHUNK])
        owners.update(Vehicle.objects.filter(pk__among=lot).values_list("owner_id", flat=True))
        owners.update(Ownership.objects.filter(vehicle__among=lot).values_list("customer_id", flat=True))
    return owners - {None}


def _grown_old(store, last_on, today, dial) -> set[int]:
    """Owners of whom a visit has left the window since it was last looked at, by either day of its order."""
    window = (add_months(last_on, -dial.months), add_months(today, -dial.months))
    if last_on >= today:
        return set()
    orders = RepairOrder.objects.filter(store=store, vehicle__owner__isnull=False).order_by()
    counted = Customer.objects.filter(store=store, segment__in=[Segment.A, Segment.B, Segment.C])
    aged = Q(settled_on__range=window) | Q(opened_on__range=window, settled_on=None) | Q(opened_on__range=window)
    return set(orders.filter(aged, vehicle__owner__in=counted).values_list("vehicle__owner_id", flat=True))
