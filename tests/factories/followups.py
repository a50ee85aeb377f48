"""Items and cards for tests of the desk: an open item of each rule, as the day's run makes them."""

import datetime as dt
import itertools

from django.utils import timezone

from common.bands import first_call_moment
from customers.models import RepairOrder
from followups.choices import PlanKind
from followups.models import CallCard, DeskDial, DueItem, PlannedCall, RuleDial
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
    anchored = BY_CODE[rule].anchor and "anchor_on" not in fields
    values = {
        "anchor_on": getattr(fact, BY_CODE[rule].anchor, None) if anchored else None,
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


def make_bare_item(customer, *, due_on, now, rule="delivery_3dc", **fields) -> DueItem:
    """An open item without a fact, callable since yesterday; the card is left to the test."""
    fields = {
        "fact_id": 10_000_000 + next(_serial),
        "opens_on": due_on - dt.timedelta(days=2),
        "expires_on": None if rule == "promise" else due_on + dt.timedelta(days=7),
        "callable_at": now - dt.timedelta(days=1),
        **fields,
    }
    return DueItem.objects.create(store=customer.store, rule=rule, customer=customer, due_on=due_on, **fields)


def make_planned(customer, *, due_on, kind=PlanKind.MANUAL, **fields) -> PlannedCall:
    """A planned call without its item."""
    fields = {"opens_on": due_on, "subject": "备胎到货", "changed_at": timezone.now(), **fields}
    return PlannedCall.objects.create(store=customer.store, customer=customer, kind=kind, due_on=due_on, **fields)


def set_dial(store, rule, step="1", **values) -> None:
    RuleDial.objects.update_or_create(store=store, rule=rule, step=step, defaults=values)
