"""Cards follow from items: everything on a card but its lease and its skip is computed here, from the open items, and nowhere else.

Whoever changes items calls `recompute_cards` in the same transaction. The order of locks is: the card, then its items, by id.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, RowRange, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from common.insert_select import (
    DayNumber,
    JsonList,
    MinuteNumber,
    Unindexed,
    day_number,
    insert_select,
    minute_number,
)
from customers.models import Customer
from followups.models import CallCard, DueItem, RuleDial
from followups.rules import RULES

CHUNK = 1000  # cards locked and written at a time
PROMISES = 2_000_000_000  # taken off a promise's minute: all promises come before all days, and an INTEGER holds both
OTHER_WEIGHT = 50  # of a rule that is no longer declared
# What is computed, as it stands on a card without open items.
CLOSED = {
    "is_open": False,
    "callable_at": None,
    "rank": 0,
    "due_on": None,
    "items_open": 0,
    "rules": [],
    "pinned_to_id": None,
    "pinned_until": None,
}
WAKE_LAG = dt.timedelta(minutes=5)  # how late wake_promises may come before check_cards calls a card wrong


def rank_of(due_on: dt.date, weight: int, promised_at: dt.datetime | None = None) -> int:
    """The rank of one item; smaller is called first, and a card has the rank of its most urgent item.

    A promise whose moment has come stands before everything else, the earlier one first (F30: a word given to the customer
    outranks all). All others stand by their deadline, and among those due the same day by the weight of their rule (0-99, a dial).
    """
    if promised_at is not None:
        return minute_number(promised_at) - PROMISES
    return day_number(due_on) * 100 + weight


def weights_of(store) -> dict[str, int]:
    """{rule code: weight}: the store's dial, else the rule's own."""
    weights = {rule.code: rule.weight for rule in RULES}
    weights.update(
        RuleDial.objects.filter(store=store)
        .order_by()
        .values("rule")
        .annotate(least=Min("weight"))
        .values_list("rule", "least")
    )
    return weights


def lock_card(customer_id: int) -> CallCard:
    """The customer's card, locked until the transaction ends; made where she has none yet. Lock it before any of its items."""
    lock_cards([customer_id])
    return CallCard.objects.select_for_update(of=("self",)).select_related("store").get(customer_id=customer_id)


def lock_cards(customer_ids: Iterable[int]) -> list[int]:
    """Make the missing cards of these customers and lock all, by id. Returns their ids."""
    wanted = set(customer_ids)
    cards = CallCard.objects.select_for_update().order_by("pk")
    locked = dict(cards.filter(customer_id__in=wanted).values_list("customer_id", "pk"))
    missing = wanted - locked.keys()
    if missing:
        _make_missing(missing)  # new cards have the highest ids, so these too are locked in order
        locked.update(cards.filter(customer_id__in=missing).values_list("customer_id", "pk"))
    return sorted(locked.values())


def _make_missing(customer_ids):
    without = Customer.objects.filter(pk__in=customer_ids, card__isnull=True).order_by("pk")
    insert_select(
        CallCard,
        without,
        {"customer": F("pk"), "store": F("store_id"), "is_open": False, "rank": 0, "items_open": 0, "rules": []},
    )


def recompute_cards(customer_ids: Iterable[int], *, store, now) -> None:
    """Make the cards of these customers of `store` say what their open items say; cards that are missing are made.

    Set-based, some hundred cards a statement, each lot in a transaction of its own unless the caller holds one. Lease columns,
    `skipped_until` and `last_by` are not touched, and a skipped card does not become callable before its skip ends.
    """
    ids = sorted(set(customer_ids))
    weights = weights_of(store) if ids else {}
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _recompute(ids[start : start + CHUNK], store, now, weights)


def _recompute(ids, store, now, weights):
    lock_cards(ids)
    written = insert_select(
        CallCard,
        _merged(ids, store, now, weights),
        {
            "customer": F("customer_id"),
            "store": store.pk,
            "is_open": True,
            "callable_at": F("first_callable_at"),
            "rank": F("urgency"),
            "due_on": F("first_due_on"),
            "items_open": F("items"),
            "rules": F("codes"),
            "pinned_to": F("pin_to"),
            "pinned_until": F("pin_until"),
        },
        conflict=["customer"],
        update=[name.removesuffix("_id") for name in CLOSED],
        returning=["customer", "skipped_until"],
    )
    cards = CallCard.objects.filter(store=store)
    skipped = [customer_id for customer_id, skipped_until in written if skipped_until is not None]
    if skipped:
        still = cards.filter(customer_id__in=skipped, skipped_until__gt=F("callable_at"))
        still.update(callable_at=F("skipped_until"))
    closed = set(ids) - {customer_id for customer_id, _skipped_until in written}
    if closed:
        cards.filter(customer_id__in=closed).update(
            **{name.removesuffix("_id"): value for name, value in CLOSED.items()}
        )


def _merged(ids, store, now, weights):
    """One row a customer, that of her most urgent open item, with what all of them together say."""
    earlier = DueItem.objects.open().filter(
        customer_id=OuterRef("customer_id"), callable_at__lt=OuterRef("callable_at")
    )
    weight = Case(
        *(When(rule=code, then=Value(number)) for code, number in weights.items()),
        default=Value(OTHER_WEIGHT),
        output_field=IntegerField(),
    )
    # A promise for later must not lift a card whose other topics may be called before: only once its moment has come
    # (wake_promises), or where it is the first thing on the card.
    is_time = Q(due_at__isnull=False) & (Q(callable_at__lte=now) | ~Exists(earlier))
    urgency = Case(
        When(is_time, then=MinuteNumber("due_at") - PROMISES),
        default=DayNumber("due_on") * 100 + weight,
        output_field=IntegerField(),
    )
    whole = {"partition_by": ["customer_id"]}
    ordered = {**whole, "order_by": [F("urgency").asc(), F("id").asc()]}
    twin = DueItem.objects.annotate(same=Unindexed(F("rule"))).open()
    twin = twin.filter(customer_id=OuterRef("customer_id"), same=OuterRef("rule"))
    twin = twin.filter(Q(due_on__lt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), pk__lt=OuterRef("pk")))
    return (
        DueItem.objects.annotate(ours=Unindexed(F("store_id")))
        .open()
        .filter(ours=store.pk, customer_id__in=ids)
        .annotate(urgency=urgency, is_first=~Exists(twin), is_time=Case(When(is_time, then=True), default=False))
        .annotate(
            place=Window(RowNumber(), **ordered),
            first_callable_at=Window(Min("callable_at"), **whole),
            first_due_on=Window(Min("due_on"), **whole),
            items=Window(Count("pk"), **whole),
            codes=Window(JsonList("rule", filter=Q(is_first=True)), frame=RowRange(), **ordered),
            pin_to=Case(When(is_time=True, then=F("pinned_to_id"))),
            pin_until=Case(When(is_time=True, then=F("pinned_until"))),
        )
        .filter(place=1)
    )


def wake_promises(store, *, now) -> int:
    """Lift the cards whose promise has come by the clock since they were computed; returns how many.

    Needed only where another topic of the card could be called before the promise. Runs every minute and with each generation;
    whatever was missed is found the next time, since it is read off the items.
    """
    woken = (
        DueItem.objects.open()
        .filter(store=store, due_at__isnull=False, callable_at__lte=now, customer__card__rank__gte=0)
        .values_list("customer_id", flat=True)
    )
    ids = set(woken)
    recompute_cards(ids, store=store, now=now)
    return len(ids)


@dataclass(frozen=True)
class Difference:
    """One column of one card that does not say what the customer's open items say. `card_id` is None where the card is missing."""

    customer_id: int
    card_id: int | None
    column: str
    card_says: object
    items_say: object


def check_cards(store, *, now=None) -> list[Difference]:
    """Every difference between the store's cards and their items; an empty list is the proof that there is none.

    Computes each card anew from its items, in Python and row by row, on purpose not with the statement that wrote it. Reads
    everything the store has open; `now` decides which promises count as come (default: the clock).
    """
    now = now or timezone.now()
    weights = weights_of(store)
    items = defaultdict(list)
    for item in DueItem.objects.open().filter(store=store).iterator(5000):
        items[item.customer_id].append(item)
    found = []
    for card in CallCard.objects.filter(store=store).order_by("pk").iterator(5000):
        open_items = items.pop(card.customer_id, [])
        allowed = [_expected(open_items, weights, moment, card.skipped_until) for moment in (now, now - WAKE_LAG)]
        says = {name: getattr(card, name) for name in CLOSED}
        if says not in allowed:
            found += [
                Difference(card.customer_id, card.pk, name, says[name], value)
                for name, value in allowed[0].items()
                if says[name] != value
            ]
    found += [Difference(customer_id, None, "is_open", None, True) for customer_id in sorted(items)]
    return found


def _expected(items, weights, now, skipped_until):
    if not items:
        return CLOSED
    first = min(item.callable_at for item in items)

    def is_time(item):
        return item.due_at is not None and (item.callable_at <= now or item.callable_at == first)

    def urgency(item):
        promised_at = item.due_at if is_time(item) else None
        return rank_of(item.due_on, weights.get(item.rule, OTHER_WEIGHT), promised_at), item.pk

    top = min(items, key=urgency)
    # Each rule once, where its earliest item stands.
    earliest = {}
    for item in sorted(items, key=lambda item: (item.due_on, item.pk)):
        earliest.setdefault(item.rule, item)
    return {
        "is_open": True,
        "callable_at": max(first, skipped_until) if skipped_until else first,
        "rank": urgency(top)[0],
        "due_on": min(item.due_on for item in items),
        "items_open": len(items),
        "rules": [item.rule for item in sorted(earliest.values(), key=urgency)],
        "pinned_to_id": top.pinned_to_id if is_time(top) else None,
        "pinned_until": top.pinned_until if is_time(top) else None,
    }
