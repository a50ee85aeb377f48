"""Customers, cars and facts for tests, written the way the import writes them."""

import datetime as dt
import itertools

from django.utils import timezone

from customers.models import CareLedger, Customer, Delivery, OutwardExport, Ownership, Phone, RepairOrder, Vehicle
from dms.models import Batch, Conflict

_serial = itertools.count(1)


def make_customer(store, *, name="王雅丽", number="", **fields) -> Customer:
    customer = Customer.objects.create(store=store, name=name, **fields)
    if number:
        make_phone(customer, number, is_primary=True)
    return customer


def make_phone(customer, number, **fields) -> Phone:
    fields = {"kind": "mobile" if number.startswith("1") else "landline", "source": "import", **fields}
    return Phone.objects.create(store=customer.store, customer=customer, number=number, reversed=number[::-1], **fields)


def make_vehicle(owner, *, vin=None, plate="", **fields) -> Vehicle:
    vin = vin or f"LVSHCAMB1CE{next(_serial):06d}"
    vehicle = Vehicle.objects.create(
        store=owner.store,
        owner=owner,
        vin=vin,
        vin_reversed=vin[::-1],
        plate=plate,
        plate_reversed=plate[::-1],
        **fields,
    )
    Ownership.objects.create(store=owner.store, vehicle=vehicle, customer=owner)
    return vehicle


def make_delivery(vehicle, day, **fields) -> Delivery:
    fields = {"customer": vehicle.owner, "sales_consultant": "孙强", **fields}
    return Delivery.objects.create(store=vehicle.store, vehicle=vehicle, delivered_on=day, **fields)


def make_order(vehicle, day, *, order_no=None, **fields) -> RepairOrder:
    """A settled order; `day` is both opened and settled."""
    fields = {
        "owner": vehicle.owner,
        "bringer": vehicle.owner,
        "opened_on": day,
        "settled_on": day,
        "service_advisor": "吴刚",
        **fields,
    }
    return RepairOrder.objects.create(
        store=vehicle.store, vehicle=vehicle, order_no=order_no or f"RO{next(_serial):08d}", **fields
    )


def touch(record):
    """Mark a record as changed now, as every writer must."""
    type(record).objects.filter(pk=record.pk).update(changed_at=timezone.now())


def make_conflict(customer, field, ours, theirs, **fields) -> Conflict:
    """A file says `theirs` where DCRC verified `ours` (already stored)."""
    batch = fields.pop("batch", None) or Batch.objects.create(
        store=customer.store, file_name="保有客户.xlsx", sheet="owners", state="done", rows_total=1
    )
    fields = {"row": next(_serial), "model": "customers.Customer", "object_id": customer.pk, **fields}
    return Conflict.objects.create(
        store=customer.store, batch=batch, customer_id=customer.pk, field=field, ours=ours, theirs=theirs, **fields
    )


def make_outward(store, *, lines=()) -> OutwardExport:
    """A sheet for the DMS with these lines (dicts of OutwardLine)."""
    export = OutwardExport.objects.create(
        store=store, sheet="dms", columns=["字段", "新值"], rows=len(lines), made_at=timezone.now()
    )
    for line in lines:
        export.lines.create(**{"model": "customers.customer", "object_id": 1, **line})
    return export


def keep_typed_plans(store):
    """Care plans and days of renewal that a test writes itself are not worked out anew."""
    CareLedger.objects.update_or_create(store=store, defaults={"watermark": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)})
