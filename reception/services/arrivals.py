"""Arrivals: said beforehand, come, gone. Each step is a conditional UPDATE, so of two people at the desk one does it and the other hears of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from customers.services.writing import lock
from reception.choices import Purpose
from reception.models import Arrival
from reception.services.errors import Outrun


@transaction.atomic
def expect(customer, *, day, by, now, time=None, vehicle=None, purpose="", note="", told_by="") -> Arrival:
    """She said that she will come on `day` (the store's) at about `time`. The door for an appointments app, too.

    Raises ValidationError by field: a day that has passed, the same visit entered twice, a car of somebody else.
    """
    lock(customer)
    _check(customer, vehicle, purpose)
    if day < customer.store.day_of(now):
        raise ValidationError({"day": _("This day has passed.")})
    twin = _same_visit(customer, day, vehicle)
    if twin is not None:
        words = _("The customer is here already.") if twin.arrived_at else _("This visit is on the list already.")
        raise ValidationError({"day": words})
    return _create(
        customer,
        by=by,
        now=now,
        day=day,
        time=time,
        vehicle=vehicle,
        purpose=purpose,
        note=note.strip(),
        told_by=told_by.strip(),
        expected_at=now,
        expected_by=by,
    )


@transaction.atomic
def arrive(customer, *, by, now, vehicle=None, purpose="", note="") -> Arrival:
    """She stands at the desk. Takes the visit that was expected today, else makes one of somebody who came without a word.

    Raises Outrun where she is here already with this car, ValidationError by field.
    """
    lock(customer)
    _check(customer, vehicle, purpose)
    day = customer.store.day_of(now)
    today = Arrival.objects.standing().filter(customer=customer, day=day, left_at__isnull=True).order_by("pk")
    here = next((each for each in today if each.arrived_at and vehicle in (None, each.vehicle)), None)
    if here is not None:
        raise Outrun("here", here)
    waiting = [each for each in today if each.arrived_at is None]
    fitting = [each for each in waiting if vehicle is None or each.vehicle_id in (None, vehicle.pk)]
    if not fitting:
        fields = {"vehicle": vehicle, "purpose": purpose, "note": note.strip()}
        return _create(customer, by=by, now=now, day=day, arrived_at=now, arrived_by=by, **fields)
    # The row of this very car before the one that names none.
    arrival = sorted(fitting, key=lambda each: (each.vehicle != vehicle, each.pk))[0]
    told = {"vehicle": arrival.vehicle or vehicle, "purpose": purpose or arrival.purpose}
    told["note"] = " ".join(filter(None, (arrival.note, note.strip())))[:200]
    _move(arrival, Arrival.objects.expected(), "here", told | {"arrived_at": now, "arrived_by": by}, by=by, now=now)
    return arrival


@transaction.atomic
def mark_arrived(arrival, *, by, now) -> Arrival:
    """Who was expected today is here. Raises Outrun("here", "not_today")."""
    if arrival.day != arrival.store.day_of(now):
        raise Outrun("not_today", arrival)
    _move(arrival, Arrival.objects.expected(), "here", {"arrived_at": now, "arrived_by": by}, by=by, now=now)
    return arrival


@transaction.atomic
def mark_left(arrival, *, by, now) -> Arrival:
    """Raises Outrun("not_here")."""
    _move(arrival, Arrival.objects.here(), "not_here", {"left_at": now, "left_by": by}, by=by, now=now)
    return arrival


@transaction.atomic
def withdraw(arrival, *, by, now) -> Arrival:
    """She called it off, or it was a mistake. Raises Outrun("not_expected")."""
    changes = {"withdrawn_at": now, "withdrawn_by": by}
    _move(arrival, Arrival.objects.expected(), "not_expected", changes, by=by, now=now)
    return arrival


@transaction.atomic
def step_back(arrival, *, by, now) -> Arrival:
    """The last step was a slip: who left is here, who is here is expected again, or was never here where nobody expected her.

    Of the same day only. Raises Outrun("not_today", "not_here", "work_begun").
    """
    lock(arrival.customer)
    if arrival.day != arrival.store.day_of(now):
        raise Outrun("not_today", arrival)
    if arrival.left_at is not None:
        twin = _same_visit(arrival.customer, arrival.day, arrival.vehicle)
        if twin is not None:
            raise Outrun("here", twin)
        left = Arrival.objects.standing().filter(left_at__isnull=False)
        _move(arrival, left, "not_here", {"left_at": None, "left_by": None}, by=by, now=now)
        return arrival
    if arrival.notes.exists() or arrival.works.exists():
        raise Outrun("work_begun", arrival)
    changes = {"arrived_at": None, "arrived_by": None}
    if arrival.expected_at is None:
        changes |= {"withdrawn_at": now, "withdrawn_by": by}
    _move(arrival, Arrival.objects.here(), "not_here", changes, by=by, now=now)
    return arrival


def _check(customer, vehicle, purpose):
    faults = {}
    if vehicle is not None and vehicle.store_id != customer.store_id:
        faults["vehicle"] = _("This belongs to another store.")
    if purpose and purpose not in Purpose.values:
        faults["purpose"] = _("Please choose one.")
    if faults:
        raise ValidationError(faults)


def _same_visit(customer, day, vehicle) -> Arrival | None:
    """Of a customer whose row is locked: the visit of that day and car that is expected or under way."""
    rows = Arrival.objects.standing().filter(customer=customer, day=day, vehicle=vehicle, left_at__isnull=True)
    return rows.first()


def _create(customer, *, by, now, **fields) -> Arrival:
    arrival = Arrival.objects.create(store_id=customer.store_id, customer=customer, **fields)
    changes = {name: (None, value) for name, value in fields.items() if value not in (None, "")}
    _record(arrival, changes, "create", by=by, now=now)
    return arrival


def _move(arrival, rows, code, changes, *, by, now):
    """Write `changes` where the row is still among `rows`; else Outrun(code) with the row as it stands."""
    if not rows.filter(pk=arrival.pk).update(**changes):
        raise Outrun(code, Arrival.objects.select_related("arrived_by", "customer").get(pk=arrival.pk))
    diff = {name: (getattr(arrival, name), value) for name, value in changes.items() if getattr(arrival, name) != value}
    for name, value in changes.items():
        setattr(arrival, name, value)
    _record(arrival, diff, "void" if changes.get("withdrawn_at") else "edit", by=by, now=now)


def _record(arrival, changes, deed, *, by, now):
    record_change(arrival, changes, by=by, source=Source.FORM, deed=deed, customer_id=arrival.customer_id, at=now)
