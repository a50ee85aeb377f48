"""One customer as the reception sees her: what to verify, what to settle, what ends soon, how she is cared for."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.reading.repeats import Repeat, repeat_of
from customers.models import Contact, RepairOrder, Vehicle
from customers.reading import cars_of
from customers.search import find
from followups.models import DueItem
from followups.reading.calls import open_topics
from followups.reading.topics import with_questions
from followups.reading.wishes import wishes_of
from followups.services.inbound import CAME_IN, UNDO_WITHIN
from followups.wording import rule_label
from reception.choices import WORKSHOP_DAYS, ArrivalState
from reception.models import AddedWork, Arrival
from reception.reading.checks import checks_of, conflicts_of, phones_of

SOON = {
    "policy": 60,
    "warranty": 90,
    "inspection": 60,
    "service": 45,
}  # days ahead; renewal opens at 45, warranty at 45, FEATURES §2
LATELY = 30  # days: what is over for longer is no news at the desk
FOUND = 8  # at a desk one types on rather than reads on


@dataclass(frozen=True)
class Ending:
    """Something that ends, or falls due: `day`, `left` in days (negative: past)."""

    label: str
    car: str
    day: dt.date
    left: int
    why: str = ""

    @property
    def tone(self) -> str:
        return "bad" if self.left < 0 else "warn" if self.left <= 14 else ""


@dataclass(frozen=True)
class Settled:
    """What was settled face to face in the last day and may be taken back."""

    contact: Contact
    topics: list


@dataclass
class PersonPage:
    customer: object
    phone: object
    now: dt.datetime
    cars: list
    checks: list
    topics: list
    complaints: list[Complaint]
    repeat: Repeat | None
    wishes: list
    endings: list[Ending]
    visits: list[Arrival]
    works: list[AddedWork]
    settled: list[Settled]
    orders: list[RepairOrder] = field(default_factory=list)

    @property
    def here(self) -> Arrival | None:
        return next((visit for visit in self.visits if visit.state == ArrivalState.HERE), None)

    @property
    def today(self) -> Arrival | None:
        """The visit of today that counts: where she is here, else the one expected, else the last that she left."""
        today = [visit for visit in self.visits if visit.day == self.now.date()]
        rank = [ArrivalState.HERE, ArrivalState.EXPECTED, ArrivalState.LEFT]
        known = [visit for visit in today if visit.state in rank]
        return min(known, key=lambda visit: (rank.index(visit.state), -visit.pk), default=None)

    @property
    def coming(self) -> list[Arrival]:
        """Expected on another day."""
        return [visit for visit in self.visits if visit.day > self.now.date()]

    @property
    def noted(self) -> Arrival | None:
        """The visit that a lounge note is about."""
        return self.today if self.today is not None and self.today.arrived_at is not None else None


def coming_of(customer, today: dt.date) -> list[Arrival]:
    """Her announced visits from today on, the next one first. One query."""
    rows = Arrival.objects.expected().filter(customer=customer, day__gte=today)
    return list(rows.select_related("vehicle").order_by("day", "time", "pk"))


def person_page(customer, user, now: dt.datetime) -> PersonPage:
    """`now` in the store's zone."""
    today, store = now.date(), customer.store
    phones = phones_of([customer.pk]).get(customer.pk, [])
    conflicts = conflicts_of([customer.pk]).get(customer.pk, [])
    cars = cars_of(customer, today=today)
    complaints = Complaint.objects.open().alive().filter(customer=customer).order_by("deadline_at", "pk")
    return PersonPage(
        customer=customer,
        phone=phones[0] if phones else None,
        now=now,
        cars=cars,
        checks=checks_of(customer, phones, conflicts, today=today, zone=store.zone),
        topics=with_questions(open_topics(customer, now), customer.store_id),
        complaints=list(complaints.select_related("handler")),
        repeat=repeat_of(store, customer.pk, today),
        wishes=wishes_of(customer, today)["living"],
        endings=endings_of(cars, today),
        visits=_visits(customer, today),
        works=_works(customer, now),
        settled=_settled(customer, now),
        orders=_orders(customer, today),
    )


def endings_of(cars, today) -> list[Ending]:
    """Insurance, warranty, inspection and service of her cars that end soon or ended lately, the nearest first."""
    found = []
    for car in cars:
        if car.vehicle.gone_on is not None:
            continue
        newest = {}
        for insured in car.policies:
            newest.setdefault(insured.policy.cover, insured.policy)
        told = [("policy", str(policy.cover_label), policy.ends_on, policy.insurer) for policy in newest.values()]
        if car.care is not None:
            told += [
                ("warranty", _("Warranty"), car.care.warranty_ends_on, ""),
                ("inspection", _("Annual inspection"), car.care.inspection_on, ""),
                ("service", _("Service"), car.care.service_on or car.care.first_service_on, car.reason),
            ]
        for kind, label, day, why in told:
            left = (day - today).days if day else None
            if left is not None and (-LATELY <= left <= SOON[kind] or (kind == "service" and left < 0)):
                found.append(Ending(label, car.vehicle.name, day, left, why))
    return sorted(found, key=lambda ending: ending.day)


def cars_for(customer):
    """The cars she may come with: her own, those she drives, those she has brought; a queryset for a form."""
    brought = RepairOrder.objects.alive().filter(bringer=customer).values("vehicle")
    hers = Q(owner=customer) | Q(driver=customer) | Q(pk__in=brought)
    return Vehicle.objects.alive().filter(hers, store_id=customer.store_id, gone_on__isnull=True).order_by("-pk")


def _visits(customer, today) -> list[Arrival]:
    """Of today and to come, with their notes."""
    rows = Arrival.objects.standing().filter(customer=customer, day__gte=today)
    rows = rows.select_related("vehicle", "arrived_by", "left_by", "expected_by")
    return list(rows.prefetch_related("works", "notes__by", "notes__complaint").order_by("day", "time", "pk"))


def _works(customer, now) -> list[AddedWork]:
    rows = AddedWork.objects.filter(customer=customer, asked_at__gte=now - dt.timedelta(days=WORKSHOP_DAYS))
    rows = rows.select_related("vehicle", "recorded_by")
    return list(rows.prefetch_related("items", "decisions__recorded_by"))


def _orders(customer, today) -> list[RepairOrder]:
    """In the workshop now."""
    hers = Q(owner=customer) | Q(bringer=customer)
    since = today - dt.timedelta(days=WORKSHOP_DAYS)
    rows = RepairOrder.objects.alive().filter(hers, settled_on__isnull=True, opened_on__range=(since, today))
    return list(rows.select_related("vehicle").order_by("-opened_on", "-pk"))


def _settled(customer, now) -> list[Settled]:
    contacts = Contact.objects.alive().filter(customer=customer, origin=CAME_IN.origin, at__gte=now - UNDO_WITHIN)
    return [
        Settled(contact, [rule_label(code) for code in contact.topics])
        for contact in contacts.select_related("by").order_by("-at")
    ]


def found(user, text):
    """What the search box finds, with how many topics wait for each. Six queries."""
    result = find(user, text, FOUND)
    ids = [hit.customer.pk for hit in result.hits]
    waiting = DueItem.objects.open().filter(customer__in=ids).values_list("customer", flat=True)
    waiting = list(waiting)
    for hit in result.hits:
        hit.topics = waiting.count(hit.customer.pk)
    return result
