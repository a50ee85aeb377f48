"""Verbs on the contact ledger."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from customers.answers import learned_from
from customers.models import Contact, Customer


@transaction.atomic
def record_contact(
    customer,
    *,
    at,
    channel,
    connected,
    by,
    topics,
    summary,
    note="",
    vehicle=None,
    origin="",
    origin_id=None,
    is_continuation=False,
) -> Contact:
    """One contact with a customer. `topics` are rule codes; `summary` is what its writer's wording can word
    (settings.CONTACT_WORDING). With an origin the row is written once: a second call rewrites and revives it. `is_continuation`: the
    talk before it, taken up again after the line broke.
    """
    values = {
        "store_id": customer.store_id,
        "customer": customer,
        "vehicle": vehicle,
        "at": at,
        "channel": channel,
        "connected": connected,
        "is_continuation": is_continuation,
        "by": by,
        "topics": list(topics),
        "summary": summary,
        "note": note,
        "is_void": False,
        "changed_at": timezone.now(),
    }
    if origin_id is None:
        return Contact.objects.create(origin=origin, **values)
    contact, _created = Contact.objects.update_or_create(origin=origin, origin_id=origin_id, defaults=values)
    return contact


def void_contact(origin, origin_id) -> bool:
    """The contact did not happen after all (an undone call). False if there is no such living row."""
    living = Contact.objects.filter(origin=origin, origin_id=origin_id, is_void=False)
    return bool(living.update(is_void=True, changed_at=timezone.now()))


def learn_hour(customer) -> int | None:
    """Bring Customer.learned_hour to what the ledger says (customers.answers); for whoever wrote or voided a call. Her card follows
    with its next recomputing, which is the caller's."""
    learned = learned_from(customer)
    hour = learned and learned.hour
    if hour != customer.learned_hour:
        customer.learned_hour = hour
        customer.save(update_fields=["learned_hour"])
    return hour


def store_hours(hours: dict[int, int | None]) -> None:
    """`learn_hour` for many: {customer id: hour} as the caller has found it, with their cards locked."""
    alike = defaultdict(list)
    for customer_id, hour in hours.items():
        alike[hour].append(customer_id)
    for hour, ids in alike.items():
        Customer.objects.filter(pk__in=ids).update(learned_hour=hour)


def record_contacts(rows: list[dict]) -> int:
    """Many contacts at once: fields of Contact, each with its origin, so that a second call writes none again. Returns how many."""
    now = timezone.now()
    contacts = [Contact(**row, changed_at=now) for row in rows]
    Contact.objects.bulk_create(contacts, batch_size=500, ignore_conflicts=True)
    return len(contacts)
