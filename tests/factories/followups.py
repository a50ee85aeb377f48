"""Items and cards for tests of the desk: an open item of each rule, as the day's run makes them."""

import datetime as dt
import itertools

from common.bands import first_call_moment
from customers.models import RepairOrder
from followups.models import CallCard, DeskDial, DueItem
from followups.rules import BY_CODE
from followups.services.cards import recompute_cards
from tests.factories.customers import make_customer, make_delivery, make_order, make_vehicle

_serial = itertools.count(1)


def make_item(customer, rule="service_3dc", *, today, now, vehicle=None, fact=None, **fields) -> DueItem:
    """An open item with its fact (three days old for calls after service or delivery) and the card recomputed."""
    vehicle = vehicle or customer.vehicles.first() or make_vehicle(customer)
    if fact is None:
        make = make_order if BY_CODE[rule].fact is RepairOrder else make_delivery
        fact = make(vehicle, today - dt.timedelta(days=3))
    bands = DeskDial.objects.get(store=customer.store).bands
    values = {
        "opens_on": today - dt.timedelta(days=1),
        "due_on": today,
        "expires_on": today + dt.timedelta(days=12),
        "callable_at": first_call_moment(today - dt.timedelta(days=1), customer.store.zone, bands),
        **fields,
    }
    item = DueItem.objects.create(
        store=customer.store, rule=rule, fact_id=fact.pk, customer=customer, vehicle=vehicle, **values
    )
    recompute_cards([customer.pk], store=customer.store, now=now)
    return item


def make_card(store, *, today, now, name=None, number=None, **fields) -> CallCard:
    """A customer of her own with a number of her own, one car and one item to be called about after service."""
    serial = next(_serial)
    customer = make_customer(store, name=name or f"客户{serial}", number=number or f"139{serial:08d}")
    make_item(customer, today=today, now=now, **fields)
    return customer.card
