"""The day at the desk: who is expected, who is here, who has left, and whose car is still in the workshop.

A repair order that the DMS told of stands beside the arrival it belongs to, or alone where nobody marked one. Twelve queries at most.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from common.figures import Scope, share, totals
from complaints.models import Complaint
from customers.models import Customer, RepairOrder, Vehicle
from followups.models import DueItem
from reception.choices import WORKSHOP_DAYS, WorkDecision
from reception.figures import FIGURES
from reception.models import AddedWork, Arrival, LoungeNote
from reception.reading.checks import BAD, checks_of, conflicts_of, phones_of

SHOWN = 200


@dataclass
class Line:
    """One customer with one car. `checks`, `topics`, `complaints`, `pending` (added work not decided), `notes` are counts."""

    customer: Customer
    vehicle: Vehicle | None
    arrival: Arrival | None = None
    order: RepairOrder | None = None
    number: str = ""
    checks: int = 0
    topics: int = 0
    complaints: int = 0
    notes: int = 0
    pending: int = 0

    @property
    def since(self) -> dt.date | None:
        return self.order.opened_on if self.order else None


@dataclass
class Board:
    day: dt.date
    expected: list[Line] = field(default_factory=list)
    here: list[Line] = field(default_factory=list)
    workshop: list[Line] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)
    figures: list = field(default_factory=list)  # (figure, number, per cent or None)

    @property
    def is_empty(self) -> bool:
        return not (self.expected or self.here or self.workshop or self.left)


def board_of(store, now: dt.datetime) -> Board:
    """`store` may be None for people without one: then nothing is shown."""
    if store is None:
        return Board(now.date())
    today = store.day_of(now)
    board = Board(today)
    lines = _lines(store, today)
    _fill(lines, store, today)
    for line in lines:
        _place_of(line, board, today).append(line)
    board.expected.sort(key=lambda line: (line.arrival.time is None, line.arrival.time or dt.time.min, line.arrival.pk))
    board.here.sort(key=lambda line: (line.arrival is None, line.arrival and line.arrival.arrived_at or now))
    board.workshop.sort(key=lambda line: line.since, reverse=True)
    board.figures = figures_of(store, today)
    return board


def figures_of(store, today) -> list:
    """(figure, number, share) of today. Two queries."""
    numbers = totals(FIGURES, Scope(store, today, today, today))
    return [
        (figure, numbers[figure.code], share(numbers[figure.code], numbers[figure.of]) if figure.of else None)
        for figure in FIGURES
    ]


def _place_of(line, board, today) -> list[Line]:
    if line.arrival is None:
        if line.order.settled_on is not None:
            return board.left
        return board.here if line.since == today else board.workshop
    if line.arrival.left_at is not None:
        # She went home, and her car stays with us.
        return board.workshop if line.order is not None and line.order.settled_on is None else board.left
    return board.here if line.arrival.arrived_at is not None else board.expected


def _lines(store, today) -> list[Line]:
    arrivals = Arrival.objects.standing().filter(store=store, day=today)
    arrivals = arrivals.select_related("customer", "vehicle", "arrived_by").order_by("arrived_at", "pk")[:SHOWN]
    lines = [Line(arrival.customer, arrival.vehicle, arrival) for arrival in arrivals]
    for order in _orders(store, today):
        line = _line_of(order, lines)
        if line is not None:
            line.order, line.vehicle = order, line.vehicle or order.vehicle
        elif (order.bringer or order.owner) is not None:
            lines.append(Line(order.bringer or order.owner, order.vehicle, order=order))
    return lines


def _orders(store, today):
    """Of today, and those not settled yet."""
    open_ones = Q(settled_on__isnull=True, opened_on__range=(today - dt.timedelta(days=WORKSHOP_DAYS), today))
    rows = RepairOrder.objects.alive().filter(open_ones | Q(settled_on=today, opened_on=today), store=store)
    return rows.select_related("vehicle", "owner", "bringer").order_by("-opened_on", "-pk")[:SHOWN]


def _line_of(order, lines) -> Line | None:
    """The arrival that this order belongs to: that of its car, else of its people without a car."""
    people = {order.owner_id, order.bringer_id}
    free = [line for line in lines if line.arrival is not None and line.order is None]
    by_car = next((line for line in free if line.vehicle is not None and line.vehicle.pk == order.vehicle_id), None)
    return by_car or next((line for line in free if line.vehicle is None and line.customer.pk in people), None)


def _fill(lines, store, today):
    """What waits to be said to each of them, counted; eight queries."""
    ids = {line.customer.pk for line in lines}
    if not ids:
        return
    phones, conflicts = phones_of(ids), conflicts_of(ids)
    topics = _count(DueItem.objects.open().filter(customer__in=ids, opens_on__lte=today))
    complaints = _count(Complaint.objects.open().alive().filter(customer__in=ids))
    arrivals = [line.arrival.pk for line in lines if line.arrival]
    notes = dict(
        LoungeNote.objects.filter(arrival__in=arrivals).order_by().values_list("arrival").annotate(Count("pk"))
    )
    pending = Counter(
        AddedWork.objects.filter(
            store=store, customer__in=ids, decision=WorkDecision.ASKED, asked_at__gte=_since(store, today)
        ).values_list("customer", flat=True)
    )
    cars = _cars(line.customer.pk for line in lines if line.vehicle is None)
    for line in lines:
        pk, hers = line.customer.pk, phones.get(line.customer.pk, [])
        usable = [phone for phone in hers if phone.state not in BAD]
        line.number = (usable or hers or [None])[0] and (usable or hers)[0].number or ""
        line.checks = len(checks_of(line.customer, hers, conflicts.get(pk, []), today=today, zone=store.zone))
        line.topics, line.complaints, line.pending = topics.get(pk, 0), complaints.get(pk, 0), pending[pk]
        line.notes = notes.get(line.arrival.pk, 0) if line.arrival else 0
        line.vehicle = line.vehicle or cars.get(pk)


def _since(store, today):
    return dt.datetime.combine(today - dt.timedelta(days=WORKSHOP_DAYS), dt.time(), tzinfo=store.zone)


def _count(rows) -> dict[int, int]:
    return dict(rows.order_by().values_list("customer").annotate(Count("pk")))


def _cars(customer_ids) -> dict[int, Vehicle]:
    """{customer: her one car} where she has only one; told so that a list names it."""
    found = defaultdict(list)
    for vehicle in Vehicle.objects.alive().filter(owner__in=list(customer_ids), gone_on__isnull=True):
        found[vehicle.owner_id].append(vehicle)
    return {pk: cars[0] for pk, cars in found.items() if len(cars) == 1}
