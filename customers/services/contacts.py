"""Verbs on the contact ledger."""

from django.db import transaction
from django.utils import timezone

from customers.models import Contact


@transaction.atomic
def record_contact(
    customer, *, at, channel, connected, by, topics, summary, note="", vehicle=None, origin="", origin_id=None
) -> Contact:
    """One contact with a customer. `topics` are rule codes; `summary` is what its writer's wording can word
    (settings.CONTACT_WORDING). With an origin the row is written once: a second call rewrites and revives it.
    """
    values = {
        "store_id": customer.store_id,
        "customer": customer,
        "vehicle": vehicle,
        "at": at,
        "channel": channel,
        "connected": connected,
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
