"""What a sheet for the outside would say: the corrections of the history, net, and the new owners. Reads only."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from audit.choices import Source
from audit.models import Change
from customers.choices import CustomerKind, DuplicateState, OutwardSheet, PhoneState
from customers.models import Contact, Customer, Delivery, DuplicatePair, OutwardExport, OutwardLine, Phone, Vehicle
from dms.choices import ConflictState
from dms.models import Conflict

CUSTOMER, PHONE, VEHICLE, CONFLICT = "customers.customer", "customers.phone", "customers.vehicle", "dms.conflict"
PAIR = "customers.duplicatepair"
OUR_SOURCES = (Source.FORM, Source.CALL)
FIELDS = ("name", "contact_person", "address", "postcode", "do_not_call")
# A change is read again by the next sheet if its transaction took no longer than this after it began.
OVERLAP = dt.timedelta(days=1)
DMS_COLUMNS = (
    _noop("VIN"), _noop("Plate"), _noop("DMS customer no."), _noop("Owner"), _noop("Field"), _noop("Old value"),
    _noop("New value"), _noop("Kind of change"), _noop("When"), _noop("By"), _noop("Source"),
)  # fmt: skip
OEM_COLUMNS = (
    _noop("VIN"), _noop("Plate"), _noop("Delivered on"), _noop("Owner"), _noop("Phone"), _noop("Postal address"),
    _noop("Postcode"), _noop("Who answered"), _noop("Confirmed on"), _noop("Accuracy"),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One line to be: see OutwardLine."""

    customer_id: int | None
    model: str
    object_id: int
    field: str
    value: str
    cells: list[str]


# --- Corrections for the DMS ------------------------------------------------------------------------------------------
def latest_export(store, sheet) -> OutwardExport | None:
    return OutwardExport.objects.filter(store=store, sheet=sheet).order_by("-pk").first()


def fresh_changes(store, last) -> list[Change]:
    """What DCRC did to its customers since the sheet `last` (None: ever), oldest first."""
    changes = Change.objects.filter(store_id=store.pk, batch_id__isnull=True, source__in=OUR_SOURCES)
    changes = changes.filter(model__in=(CUSTOMER, PHONE, VEHICLE, CONFLICT, PAIR))
    if last is None:
        return list(changes.order_by("pk"))
    seen = set(last.seen)
    return [change for change in changes.filter(pk__gt=last.since_id).order_by("pk") if change.pk not in seen]


def corrections(changes) -> list[Told]:
    """What became of each value in all, oldest first: a value that is again what it was says nothing."""
    reader = _Reader(changes)
    groups = defaultdict(list)
    for change in changes:
        for field in _fields_of(change):
            groups[reader.value_of(change, field)].append(change)
    lines = [reader.line(value, together) for value, together in groups.items() if value is not None]
    return [line for line in lines if line is not None]


def _fields_of(change):
    if change.model == CUSTOMER:
        return [name for name in FIELDS if name in change.changes or name in change.params.get("verified", ())]
    if change.model == VEHICLE:
        return ["plate"] if "plate" in change.changes else []
    if change.model == CONFLICT:
        return ["state"] if change.changes.get("state", ["", ""])[1] == ConflictState.OURS else []
    if change.model == PAIR:
        return ["dms_no"] if change.changes.get("state", ["", ""])[1] == DuplicateState.SAME else []
    return ["number"]


class _Reader:
    """The records that the changes are about, in six queries."""

    def __init__(self, changes):
        ids = defaultdict(set)
        for change in changes:
            ids[change.model].add(change.object_id)
        self.phones = Phone.objects.in_bulk(ids[PHONE])
        self.vehicles = Vehicle.objects.in_bulk(ids[VEHICLE])
        self.conflicts = Conflict.objects.in_bulk(ids[CONFLICT])
        pairs = DuplicatePair.objects.filter(state=DuplicateState.SAME, pk__in=ids[PAIR])
        self.pairs = {pair.pk: pair for pair in pairs.select_related("first", "second")}
        people = (
            {pair.first_id for pair in self.pairs.values()}
            | ids[CUSTOMER]
            | {phone.customer_id for phone in self.phones.values()}
        )
        people |= {conflict.customer_id for conflict in self.conflicts.values()}
        people |= {vehicle.owner_id for vehicle in self.vehicles.values()}
        self.people = Customer.objects.in_bulk(people - {None})
        self.cars = defaultdict(list)
        for vehicle in Vehicle.objects.alive().filter(owner__in=self.people).order_by("pk"):
            self.cars[vehicle.owner_id].append(vehicle)

    def value_of(self, change, field):
        """Which value the change is about: (model, record id, field), or None for one that is gone."""
        if change.model != CONFLICT:
            known = {CUSTOMER: self.people, PHONE: self.phones, VEHICLE: self.vehicles, PAIR: self.pairs}[change.model]
            return (change.model, change.object_id, field) if change.object_id in known else None
        conflict = self.conflicts.get(change.object_id)
        if conflict is None or conflict.state != ConflictState.OURS:
            return None
        if conflict.field != "phone":
            return CUSTOMER, conflict.object_id, conflict.field
        return CONFLICT, conflict.pk, "phone"

    def line(self, value, changes) -> Told | None:
        model, pk, field = value
        if model == PHONE:
            return self._number(self.phones[pk], changes)
        if model == VEHICLE:
            vehicle = self.vehicles[pk]
            return self._told(vehicle.owner_id, value, changes, _net(changes, field, vehicle.plate), [vehicle])
        if model == PAIR:
            pair = self.pairs[pk]
            both = (f"{one.dms_no} {one.name}".strip() for one in (pair.second, pair.first))
            return self._told(pair.first_id, value, changes, (*both, _("One person, two numbers in the DMS")))
        if model == CONFLICT:
            conflict = self.conflicts[pk]
            return self._told(conflict.customer_id, value, changes, (conflict.theirs, conflict.ours, _("DMS differs")))
        return self._told(pk, value, changes, self._field(self.people[pk], field, changes))

    def _field(self, customer, field, changes):
        kept = [self.conflicts[change.object_id] for change in changes if change.model == CONFLICT]
        stored = getattr(customer, field)
        if kept:
            words = dict(CustomerKind.choices) if field == "kind" else {}
            theirs = kept[-1].theirs
            return words.get(theirs, theirs), words.get(stored, stored), _("DMS differs")
        net = _net(changes, field, stored)
        if net is None and stored and any(field in change.params.get("verified", ()) for change in changes):
            net = (stored, stored, _("Confirmed"))
        if net and field == "do_not_call":
            words = {True: _("yes"), False: _("no")}
            return words[net[0]], words[net[1]], net[2]
        return net

    def _number(self, phone, changes):
        first = changes[0]
        was_there = first.deed not in ("create", "revive")
        old = str(first.changes.get("number", [phone.number])[0]) if was_there else ""
        is_hers = not phone.is_void and phone.state not in (PhoneState.WRONG, PhoneState.DEAD)
        new = phone.number if is_hers else ""
        net = None
        if old != new:
            net = (old, new, _("Changed") if old and new else _("Added") if new else _("No longer hers"))
        elif new and any(change.deed == "verify" for change in changes):
            net = (old, new, _("Confirmed"))
        elif new and any(change.deed == "primary" for change in changes) and phone.is_primary:
            net = (old, new, _("Dial first"))
        return self._told(phone.customer_id, (PHONE, phone.pk, "phone"), changes, net)

    def _told(self, customer_id, value, changes, net, cars=None) -> Told | None:
        if net is None:
            return None
        old, new, what = net
        customer, last = self.people.get(customer_id), changes[-1]
        cars = cars or self.cars[customer_id]
        cells = [
            " / ".join(car.vin for car in cars),
            " / ".join(car.plate for car in cars if car.plate),
            customer.dms_no if customer else "",
            customer.name if customer else "",
            _label(value[2]),
            str(old),
            str(new),
            what,
            date_format(timezone.localtime(last.at), "Y-m-d H:i"),
            last.actor_name or _("System"),
            str(last.get_source_display()),
        ]
        return Told(customer_id, value[0], value[1], value[2], str(new)[:255], cells)


def _label(field):
    model = Vehicle if field == "plate" else Phone if field == "phone" else Customer
    return str(model._meta.get_field("number" if field == "phone" else field).verbose_name)


def _net(changes, field, stored):
    """(before the first change, now, word), or None where they are the same."""
    pairs = [change.changes[field] for change in changes if field in change.changes]
    if not pairs or pairs[0][0] == stored:
        return None
    return pairs[0][0], stored, _("Changed")


def told_on(pairs) -> dict:
    """{(customer id, field, value): moment of the last sheet for the DMS that told it} of these (customer id, field)."""
    ids, fields = {pk for pk, _field in pairs}, {field for _pk, field in pairs}
    lines = OutwardLine.objects.filter(customer__in=ids, field__in=fields, export__sheet=OutwardSheet.DMS)
    rows = lines.order_by("pk").values_list("customer_id", "field", "value", "export__made_at")
    return {(pk, field, value): at for pk, field, value, at in rows}


# --- New owners for the manufacturer ----------------------------------------------------------------------------------
def new_owners(store, *, start, end):
    """Deliveries of these days whose owner has not been told yet, oldest first."""
    told = OutwardLine.objects.filter(
        model="customers.delivery", object_id=OuterRef("pk"), export__sheet=OutwardSheet.OEM
    )
    found = Delivery.objects.filter(store=store, delivered_on__range=(start, end)).alive().filter(~Exists(told))
    return found.select_related("vehicle", "customer").order_by("delivered_on", "pk")


def confirmations(deliveries, *, zone, with_unconfirmed=False) -> list[Told]:
    """The lines of form 3. A record counts as confirmed by what the owner confirmed since the delivery."""
    people = {delivery.customer_id for delivery in deliveries}
    phones, corrected, answered = defaultdict(list), _corrected(people), _answered(people)
    for phone in Phone.objects.alive().filter(customer__in=people).order_by("-is_primary", "pk"):
        phones[phone.customer_id].append(phone)
    lines = []
    for delivery in deliveries:
        customer = delivery.customer
        since = dt.datetime.combine(delivery.delivered_on, dt.time(), tzinfo=zone)
        at = _confirmed_at(customer, phones[customer.pk], since)
        if at is None and not with_unconfirmed:
            continue
        accuracy = "" if at is None else _("Corrected") if corrected.get(customer.pk, since) > since else _("Right")
        cells = [
            delivery.vehicle.vin,
            delivery.vehicle.plate,
            delivery.delivered_on.isoformat(),
            customer.name,
            phones[customer.pk][0].number if phones[customer.pk] else "",
            customer.address,
            customer.postcode,
            _who(answered.get(customer.pk), customer),
            date_format(at.astimezone(zone), "Y-m-d") if at else "",
            accuracy or _("Not confirmed"),
        ]
        lines.append(Told(customer.pk, "customers.delivery", delivery.pk, "", accuracy, cells))
    return lines


def _confirmed_at(customer, phones, since):
    moments = [phone.verified_at for phone in phones if phone.verified_at]
    moments += [parse_datetime(customer.verified[name]) for name in FIELDS if name in customer.verified]
    return max((moment for moment in moments if moment >= since), default=None)


def _corrected(people) -> dict:
    """{customer id: moment of the last change that DCRC made to what the form holds}."""
    changes = Change.objects.filter(customer_id__in=people, model__in=(CUSTOMER, PHONE), source__in=OUR_SOURCES)
    found = {}
    for change in changes.exclude(changes={}).order_by("at"):
        if {"name", "address", "postcode", "number"} & set(change.changes):
            found[change.customer_id] = change.at
    return found


def _answered(people) -> dict:
    """{customer id: who answered her last call that reached somebody}, as the code that the call floor writes."""
    contacts = Contact.objects.alive().filter(customer__in=people, connected=True).order_by("at", "pk")
    return {contact.customer_id: contact.summary.get("answered_by", "") for contact in contacts}


def _who(code, customer):
    if code == "owner":
        return customer.name
    if code == "driver":
        return customer.contact_person or _("Driver")
    return _("Somebody else") if code else ""
