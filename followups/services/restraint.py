"""Restraint: how often a customer is contacted, and by how many people.

The **budget**: at most DeskDial.budget_contacts contacts in DeskDial.budget_days, over all channels and people, and over everybody who
shares a phone number with her (families, duplicates). What counts: calls to her that somebody answered, messages sent; not her own
calls and visits. Over it a card *rests* until the oldest of them is long enough ago. A promise that has come and a legal duty
are not held back; a manual task is. Deadlines never move.

The **callers**: a customer hears at most DeskDial.max_callers different people within a year; then only these are offered her card.
Whoever spoke with her last is offered it alone for the first DeskDial.keep_minutes of call time.

All of it follows from the contact ledger, so a contact written by anybody counts. Nothing here is asked again when a call is saved:
what has happened is always written down.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q

import common.lookups  # noqa: F401 - registers `among`
from common.bands import call_time_later
from customers.choices import Channel
from customers.models import Contact, Phone
from followups.models import CallCard, DeskDial, DueItem
from followups.rules import UNRESTRAINED

LOT = 5000  # customers asked about at a time
CALLERS_DAYS = 365  # of whom a customer has heard
# The contacts that count, of her own and of everybody with one of her numbers; `whose` says for whom.
COUNTED = "NOT c.is_void AND NOT c.is_continuation AND c.at > %s AND (c.channel IN ('sms', 'wechat') OR c.channel = 'phone_out' AND c.connected)"
CONTACTS = """
SELECT c.id, c.at, c.channel, c.by_id, c.customer_id, u.full_name AS by_name, c.customer_id AS whose
FROM customers_contact c LEFT JOIN accounts_user u ON u.id = c.by_id
WHERE c.customer_id IN ({ids}) AND {counted}
UNION
SELECT c.id, c.at, c.channel, c.by_id, c.customer_id, u.full_name AS by_name, ours.customer_id AS whose
FROM customers_phone ours
JOIN customers_phone theirs ON theirs.store_id = ours.store_id AND theirs.number = ours.number
JOIN customers_contact c ON c.customer_id = theirs.customer_id
LEFT JOIN accounts_user u ON u.id = c.by_id
WHERE ours.customer_id IN ({ids}) AND NOT ours.is_void AND NOT theirs.is_void AND {counted}
"""


# --- Reading ----------------------------------------------------------------------------------------------------------
def dial_of(store_id) -> DeskDial:
    return DeskDial.objects.filter(store_id=store_id).first() or DeskDial(store_id=store_id)


def contacts_of(customer_ids: Iterable[int], *, since: dt.datetime) -> dict[int, list[Contact]]:
    """{customer id: the contacts after `since` that count for her, newest first}, each with `by_name`. One query; who has none is
    not in it."""
    ids = ", ".join(str(int(pk)) for pk in customer_ids)
    if not ids:
        return {}
    moment = connection.ops.adapt_datetimefield_value(since)
    found = defaultdict(list)
    for contact in Contact.objects.raw(CONTACTS.format(ids=ids, counted=COUNTED), [moment, moment]):
        found[contact.whose].append(contact)
    for contacts in found.values():
        contacts.sort(key=lambda contact: (contact.at, contact.pk), reverse=True)
    return found


def callers_of(customer_ids: Iterable[int], *, since: dt.datetime) -> dict[int, dict[int, dt.datetime]]:
    """{customer id: {person id: when she last heard that person}} of the calls after `since`."""
    calls = Contact.objects.alive().filter(customer_id__among=set(customer_ids), channel=Channel.PHONE_OUT)
    calls = calls.filter(connected=True, by__isnull=False, at__gt=since).order_by()
    found = defaultdict(dict)
    for customer_id, by_id, last in calls.values_list("customer_id", "by_id").annotate(last=Max("at")):
        found[customer_id][by_id] = last
    return found


def relatives_of(customer_ids: Iterable[int]) -> set[int]:
    """The customers who share a number with one of these, without these."""
    ids = sorted(set(customer_ids))
    found = set()
    for start in range(0, len(ids), LOT):
        ours = Phone.objects.alive().filter(customer_id__among=set(ids[start : start + LOT]))
        theirs = Phone.objects.alive().filter(store_id=OuterRef("store_id"), number=OuterRef("number"))
        shared = ours.filter(Exists(theirs.exclude(customer_id=OuterRef("customer_id"))))
        numbers = list(shared.values_list("store_id", "number").distinct())
        if numbers:
            whose = Phone.objects.alive().filter(store_id__in={store for store, _number in numbers})
            whose = whose.filter(number__in={number for _store, number in numbers})
            found.update(whose.values_list("customer_id", flat=True))
    return found.difference(ids)


def lock_relatives(card) -> list[int]:
    """The customers with open cards who share a number with this one's; their cards and this one are locked, by id.

    Before the card itself is locked: what is contacted there counts for all of them.
    """
    shared = relatives_of([card.customer_id])
    if not shared:
        return []
    cards = CallCard.objects.select_for_update().filter(Q(pk=card.pk) | Q(is_open=True, customer_id__in=shared))
    return [
        customer_id
        for customer_id in cards.order_by("pk").values_list("customer_id", flat=True)
        if customer_id in shared
    ]


# --- What follows ------------------------------------------------------------------------------------------------------
def rest_after(contacts: list[Contact], dial: DeskDial) -> dt.datetime | None:
    """Until when these contacts (newest first) are enough; None where there are fewer than the budget allows."""
    allowed = max(dial.budget_contacts, 1)
    if len(contacts) < allowed:
        return None
    return contacts[allowed - 1].at + dt.timedelta(days=dial.budget_days)


def callers_until(last_heard: dict[int, dt.datetime], dial: DeskDial) -> dt.datetime | None:
    """Until when she has heard as many different people as she should; None where it was fewer."""
    most = max(dial.max_callers, 1)
    if len(last_heard) < most:
        return None
    return sorted(last_heard.values(), reverse=True)[most - 1] + dt.timedelta(days=CALLERS_DAYS)


def rested(items, skipped_until, rest) -> tuple[dt.datetime | None, dt.datetime]:
    """(CallCard.rested_until, CallCard.callable_at) of open items (`rule`, `callable_at`); `rest` is `rest_after`.

    Where the first topic that is held back may be called later anyway, the card does not rest.
    """
    floor = skipped_until or dt.datetime.min.replace(tzinfo=dt.UTC)
    free = [max(item.callable_at, floor) for item in items if item.rule in UNRESTRAINED]
    held = [max(item.callable_at, floor) for item in items if item.rule not in UNRESTRAINED]
    if not held or rest is None or rest <= min(held):
        return None, min(free + held)
    return rest, min([*free, rest])


def kept(rank, callable_at, last_by_id, zone, dial) -> tuple[int | None, dt.datetime | None]:
    """(CallCard.kept_for_id, .kept_until). A promise that has come waits for nobody but whom it is pinned to."""
    if last_by_id is None or rank < 0:
        return None, None
    return last_by_id, call_time_later(callable_at, zone, dial.bands, dial.keep_minutes)


# --- Writing on cards (services.cards.recompute_cards) --------------------------------------------------------------------
def rest_cards(cards, dial: DeskDial) -> None:
    """Let the cards (open, locked, as computed from their items and skips) rest where their customers were contacted enough."""
    since = min(card.callable_at for card in cards) - dt.timedelta(days=dial.budget_days)
    contacts = contacts_of([card.customer_id for card in cards], since=since)
    rests = {whose: rest_after(rows, dial) for whose, rows in contacts.items()}
    held = {
        card.customer_id: card for card in cards if (rests.get(card.customer_id) or card.callable_at) > card.callable_at
    }
    items = defaultdict(list)
    for item in DueItem.objects.open().filter(customer_id__among=set(held)).only("customer_id", "rule", "callable_at"):
        items[item.customer_id].append(item)
    changed = []
    for customer_id, card in held.items():
        card.rested_until, card.callable_at = rested(items[customer_id], card.skipped_until, rests[customer_id])
        if card.rested_until is not None:
            changed.append(card)
    if changed:
        CallCard.objects.bulk_update(changed, ["rested_until", "callable_at"], batch_size=200)


def keep_cards(cards, dial: DeskDial, zone, now) -> None:
    """Whose the cards are first, and whether only those who have called before may call. After all that moves `callable_at`."""
    callers = callers_of([card.customer_id for card in cards], since=now - dt.timedelta(days=CALLERS_DAYS))
    changed = []
    for card in cards:
        card.kept_for_id, card.kept_until = kept(card.rank, card.callable_at, card.last_by_id, zone, dial)
        card.callers_until = callers_until(callers.get(card.customer_id, {}), dial)
        if card.kept_for_id or card.callers_until:
            changed.append(card)
    if changed:
        CallCard.objects.bulk_update(changed, ["kept_for", "kept_until", "callers_until"], batch_size=200)


def touched_since(store, since: dt.datetime | None, *, now) -> set[int]:
    """The customers with open cards for whom a contact counts, or counts no more, since then: her own, and who shares a number.

    At least those of the whole budget's days are given: a number may have become a shared one meanwhile; and whose card rests
    though one of her numbers has changed: it may be shared no more. Found by `changed_at`, which every writer sets.
    """
    first = now - dt.timedelta(days=dial_of(store.pk).budget_days)
    written = Contact.objects.filter(store=store, changed_at__gte=min(since or first, first))
    ids = set(written.order_by().values_list("customer_id", flat=True).distinct())
    if not ids:
        return ids
    return _with_open_cards(ids | relatives_of(ids)) | _resting_by_changed_numbers(store, since or first, now)


def _resting_by_changed_numbers(store, since, now) -> set[int]:
    """The number may be hers or the other's, and void by now on either side."""
    theirs = Phone.objects.filter(store_id=OuterRef("store_id"), number=OuterRef("number"), changed_at__gte=since)
    hers = Phone.objects.filter(Exists(theirs), customer_id=OuterRef("customer_id"))
    resting = CallCard.objects.open().filter(Exists(hers), store=store, rested_until__gt=now)
    return set(resting.values_list("customer_id", flat=True))


def open_relatives(customer_ids: Iterable[int]) -> set[int]:
    """The relatives who have an open card: it is to be recomputed where somebody contacted one of these customers."""
    return _with_open_cards(relatives_of(customer_ids))


def _with_open_cards(customer_ids) -> set[int]:
    ids, found = sorted(customer_ids), set()
    for start in range(0, len(ids), LOT):
        cards = CallCard.objects.open().filter(customer_id__among=set(ids[start : start + LOT]))
        found.update(cards.values_list("customer_id", flat=True))
    return found
