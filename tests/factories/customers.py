"""Customers, cars and facts for tests, written the way the import writes them."""

import itertools

from django.utils import timezone

from customers.models import Customer, Delivery, Ownership, Phone, RepairOrder, Vehicle

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
