"""What life did before we rang: the day and the document that a specialist reads as the reason (choices.CloseReason). Writes nothing.

Each function gives {item id: parameters} for those of (item, fact) of which there is proof; where there is none, a record was
merely corrected.
"""

from collections import defaultdict

from django.db.models import Q

from customers.choices import Channel
from customers.models import Contact, Policy, RepairOrder
from followups.choices import CloseReason


def proofs_of(reason: str, pairs: list) -> dict[int, dict]:
    """{item id: reason_params} of the items that life overtook in this way."""
    return _PROOFS[reason](pairs) if pairs and reason in _PROOFS else {}


def _came(pairs):
    """The car was here after the turn that the call belongs to: its care plan tells the visit."""
    days, found = {}, {}
    for item, plan in pairs:
        day = getattr(plan, "last_visit_on", None)
        anchor = plan.anchor
        # An anchor that went back belongs to an earlier visit: the later one was taken back.
        if day is not None and (anchor is None or item.anchor_on is None or anchor > item.anchor_on):
            days[item.pk] = (plan.pk, day)
    orders = defaultdict(dict)
    cars = {car for car, _day in days.values()}
    rows = RepairOrder.objects.filter(vehicle__in=cars, is_void=False).order_by("pk")
    rows = rows.filter(
        Q(opened_on__in={day for _car, day in days.values()}) | Q(settled_on__in={day for _car, day in days.values()})
    )
    for car, opened_on, settled_on, number in rows.values_list("vehicle_id", "opened_on", "settled_on", "order_no"):
        orders[car][settled_on] = number
        orders[car][opened_on] = number
    for pk, (car, day) in days.items():
        number = orders[car].get(day)
        found[pk] = {"day": day.isoformat(), **({"order": number} if number else {})}
    return found


def _renewed(pairs):
    """A policy of the car that ends later."""
    ends = defaultdict(list)
    rows = Policy.objects.filter(vehicle__in={fact.vehicle_id for _item, fact in pairs}, is_void=False)
    for car, ends_on, sold_on, starts_on in rows.values_list("vehicle_id", "ends_on", "sold_on", "starts_on"):
        ends[car].append((ends_on, sold_on or starts_on))
    found = {}
    for item, fact in pairs:
        later = [day for ends_on, day in ends[fact.vehicle_id] if ends_on > fact.ends_on]
        if later:
            found[item.pk] = {"day": max(later).isoformat()}
    return found


def _heard(pairs):
    """Somebody spoke with the customer, or she came, since she was out of reach."""
    last = {}
    rows = Contact.objects.filter(customer__in={item.customer_id for item, _fact in pairs}, is_void=False)
    rows = rows.filter(Q(connected=True) | Q(channel=Channel.VISIT)).order_by("at")
    for customer, at in rows.values_list("customer_id", "at"):
        last[customer] = at
    found = {}
    for item, _fact in pairs:
        at = last.get(item.customer_id)
        day = at and item.store.day_of(at)
        if day is not None and (item.anchor_on is None or day >= item.anchor_on):
            found[item.pk] = {"day": day.isoformat()}
    return _returned([item for item, _fact in pairs if item.pk not in found]) | found


def _returned(items):
    """Of customers with whom nobody spoke: who brought a car."""
    people = {item.customer_id for item in items}
    rows = RepairOrder.objects.filter(Q(owner__in=people) | Q(bringer__in=people), is_void=False).order_by("opened_on")
    last = {}
    for owner, bringer, day, number in rows.values_list("owner_id", "bringer_id", "opened_on", "order_no"):
        if day is not None:
            last[owner] = last[bringer] = {"day": day.isoformat(), "order": number}
    since = {item.pk: item.anchor_on.isoformat() if item.anchor_on else "" for item in items}
    told = {item.pk: last[item.customer_id] for item in items if item.customer_id in last}
    return {pk: params for pk, params in told.items() if params["day"] >= since[pk]}


_PROOFS = {CloseReason.CAME: _came, CloseReason.RENEWED: _renewed, CloseReason.HEARD: _heard}
