"""A card is offered at the customer's hour: the one she prefers, else the one learned from her answers.

On the day of its first topic: never earlier than it may be called, never on another day, not where it is overdue by then, not in a
band that has failed, and not past a promise. A moment computed once stays true while time passes.
"""

import datetime as dt
from collections import defaultdict

import common.lookups  # noqa: F401 - registers `among`
from common.bands import band_of, moment_in_hour
from followups.models import CallCard, DueItem

HOUR_COLUMNS = ("customer_id", "due_on", "due_at", "callable_at", "bands_failed")


def offered_at(items, callable_at, hour, *, zone, bands, held_until=None) -> dt.datetime:
    """When a card that may be called from `callable_at` is offered to somebody whose hour is `hour` (None: at once).

    Pure, and without a clock: what it says of a card does not change while time passes. `held_until`: a skip or a rest that
    `callable_at` comes from; whoever put a card aside said when.
    """
    if hour is None or callable_at == held_until:
        return callable_at
    day = callable_at.astimezone(zone).date()
    at = moment_in_hour(day, hour, zone, bands)
    if at is None or at <= callable_at or min(item.due_on for item in items) < day:
        return callable_at
    promises = [item.callable_at for item in items if item.due_at is not None]
    if any(moment <= at for moment in promises):
        return callable_at
    ripe = [item for item in items if item.callable_at <= at]
    if any(band_of(at, zone, bands) in item.bands_failed for item in ripe):
        return callable_at
    return at


def offer_at_hours(customer_ids, *, bands, zone) -> None:
    """Move the open cards of these customers to their hours; after skips and rests (services.cards)."""
    cards = CallCard.objects.open().filter(customer_id__among=set(customer_ids))
    cards = cards.exclude(customer__preferred_hour__isnull=True, customer__learned_hour__isnull=True)
    rows = "pk", "customer_id", "callable_at", "skipped_until", "customer__preferred_hour", "customer__learned_hour"
    cards = list(cards.values_list(*rows))
    if not cards:
        return
    items = defaultdict(list)
    for item in DueItem.objects.open().filter(customer_id__among={card[1] for card in cards}).only(*HOUR_COLUMNS):
        items[item.customer_id].append(item)
    alike = defaultdict(list)
    for pk, customer_id, callable_at, skipped_until, preferred, learned in cards:
        hour = learned if preferred is None else preferred
        at = offered_at(items[customer_id], callable_at, hour, zone=zone, bands=bands, held_until=skipped_until)
        if at != callable_at:
            alike[at].append(pk)
    for at, ids in alike.items():
        CallCard.objects.filter(pk__in=ids).update(callable_at=at)
