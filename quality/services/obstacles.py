"""Why a customer may not be called again now. Asked when calls are drawn, and again when the manager takes one."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q

from complaints.models import Complaint
from customers.choices import Channel, PhoneState
from customers.models import Customer, Phone
from customers.services.wishes import living
from followups.services.restraint import contacts_of, dial_of, rest_after
from quality.choices import Obstacle


def obstacles_of(store, customer_ids: Collection[int], *, now) -> dict[int, Obstacle]:
    """{customer id: the first thing that speaks against a call}; who may be called is not in it. A handful of queries."""
    ids = list(customer_ids)
    found = dict.fromkeys(_without_number(ids), Obstacle.NO_NUMBER)
    dial = dial_of(store.pk)
    contacts = contacts_of(ids, since=now - dt.timedelta(days=dial.budget_days))
    for customer, rows in contacts.items():
        rest = rest_after(rows, dial)
        if rest is not None and rest > now:
            found[customer] = Obstacle.BUDGET
    complaints = Complaint.objects.alive().open().filter(customer__in=ids)
    found |= dict.fromkeys(complaints.values_list("customer_id", flat=True), Obstacle.COMPLAINT)
    wishes = living(store.day_of(now)).filter(customer__in=ids, channel__in=("", Channel.PHONE_OUT))
    marked = Customer.objects.filter(Q(pk__in=ids), Q(do_not_call=True) | Q(pk__in=wishes.values("customer")))
    return found | dict.fromkeys(marked.values_list("pk", flat=True), Obstacle.WISH)


def _without_number(ids):
    usable = Phone.objects.alive().filter(customer__in=ids, state__in=(PhoneState.UNKNOWN, PhoneState.GOOD))
    return set(ids) - set(usable.values_list("customer_id", flat=True))
