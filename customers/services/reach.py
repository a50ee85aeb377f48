"""Whether a customer can be reached at all: since when no number on file did (Customer.unreachable_on), and what ends that.

Lost contact begins when a topic was given up (the floor above says so) and nobody has spoken with her while it was open; it ends
with the first contact in which a person spoke, or with a visit. Each beginning is a round of its own, so that the rule asks anew.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from audit.choices import Source
from audit.models import Change
from audit.services import change_row, record_change
from customers.models import Contact, Customer, RepairOrder
from customers.services.writing import lock, write

LOT = 500


@transaction.atomic
def mark_unreachable(customer, *, since: dt.datetime, by, now) -> bool:
    """No number reaches her, from today on. False, and nothing done, where that is known, or somebody has spoken with her from
    the moment `since` on."""
    lock(customer)
    spoke = Contact.objects.alive().filter(customer=customer, connected=True, at__gte=since)
    if customer.unreachable_on is not None or spoke.exists():
        return False
    values = {"unreachable_on": customer.store.day_of(now)}
    diff = write(customer, values, now=now, unseen={"unreachable_round": customer.unreachable_round + 1})
    record_change(customer, diff, by=by, source=Source.CALL, deed="unreachable", customer_id=customer.pk, at=now)
    return True


@transaction.atomic
def mark_reached(customer, *, by, now) -> bool:
    """A person spoke. False where she was not lost."""
    lock(customer)
    diff = write(customer, {"unreachable_on": None}, now=now)
    if diff:
        record_change(customer, diff, by=by, source=Source.CALL, deed="reached", customer_id=customer.pk, at=now)
    return bool(diff)


@transaction.atomic
def restore_reach(customer, unreachable_on: str | None, round_: int, *, by, now):
    """The call that changed it is undone: as it was before, round and all."""
    lock(customer)
    day = dt.date.fromisoformat(unreachable_on) if unreachable_on else None
    diff = write(customer, {"unreachable_on": day}, now=now, unseen={"unreachable_round": round_})
    if diff:
        record_change(customer, diff, by=by, source=Source.CALL, customer_id=customer.pk, at=now)


def find_returned(store, *, now) -> int:
    """End the lost contact of all whose car came to the workshop, or with whom somebody spoke, since it began. Returns how many.

    Set-based, a few hundred customers a transaction; may run at any time and twice.
    """
    hers = Q(owner_id=OuterRef("pk")) | Q(bringer_id=OuterRef("pk"))
    visits = RepairOrder.objects.alive().filter(hers, opened_on__gt=OuterRef("unreachable_on"))
    contacts = Contact.objects.alive().annotate(
        day=TruncDate("at", tzinfo=store.zone)
    )  # the store's day, not the server's
    spoke = contacts.filter(customer_id=OuterRef("pk"), connected=True, day__gt=OuterRef("unreachable_on"))
    found = Customer.objects.filter(Exists(visits) | Exists(spoke), store=store, unreachable_on__isnull=False)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), LOT):
        with transaction.atomic():
            lot = Customer.objects.select_for_update().filter(
                pk__in=ids[start : start + LOT], unreachable_on__isnull=False
            )
            lines = [
                change_row(
                    customer,
                    {"unreachable_on": (customer.unreachable_on, None)},
                    source=Source.SYSTEM,
                    deed="reached",
                    customer_id=customer.pk,
                    at=now,
                )
                for customer in lot.order_by("pk")
            ]
            Change.objects.bulk_create(lines)
            Customer.objects.filter(pk__in=[line.object_id for line in lines]).update(
                unreachable_on=None, changed_at=now
            )
    return len(ids)
