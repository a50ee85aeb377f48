"""The hours that calls have taught before anybody saved the next one: the history of a store that begins to learn, contacts that came by
other ways. Saving a call and taking it back teach at once (customers.services.learn_hour); this finds what they have not seen.
"""

import datetime as dt

from django.db import transaction

from customers.answers import hours_of
from customers.choices import Channel
from customers.models import Contact, Customer
from customers.services import store_hours
from followups.models import CallCard
from followups.services.cards import lock_cards, recompute_cards

LOT = 1000  # customers looked at a time


def learn_hours(store, *, now, since: dt.datetime | None = None) -> int:
    """Bring Customer.learned_hour to what the contact ledger says, for whom calls were written or taken back from `since` on (None: for
    all who were called); their cards follow. Returns how many hours changed. May be killed and run again. Not in a transaction.
    """
    calls = Contact.objects.filter(store=store, channel=Channel.PHONE_OUT)
    if since is not None:
        calls = calls.filter(changed_at__gte=since)
    whom = sorted(set(calls.order_by().values_list("customer_id", flat=True)))
    return sum(_learn(whom[start : start + LOT], store, now) for start in range(0, len(whom), LOT))


def _learn(ids, store, now) -> int:
    ids = list(_differing(ids, store))
    if not ids:
        return 0
    with transaction.atomic():
        # The card before the customer, as where a call is saved; and what is saved meanwhile counts.
        carded = list(CallCard.objects.filter(customer_id__in=ids).values_list("customer_id", flat=True))
        lock_cards(carded)
        differing = _differing(ids, store)
        store_hours(differing)
        recompute_cards(differing.keys() & set(carded), store=store, now=now)
    return len(differing)


def _differing(ids, store) -> dict[int, int | None]:
    says = hours_of(ids, store.zone)
    known = Customer.objects.filter(pk__in=ids, store=store).values_list("pk", "learned_hour")
    return {pk: says.get(pk) for pk, hour in known if says.get(pk) != hour}
