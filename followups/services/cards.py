"""Cards follow from items: everything on a card but its lease and its skip is computed here, from the open items, and nowhere else.

Whoever changes items calls `recompute_cards` in the same transaction. The order of locks is: the card, the customer, then items by id.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    RowRange,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

import common.lookups  # noqa: F401 - registers `among`
from common.insert_select import (
    Compiled,
    DayNumber,
    JsonList,
    Later,
    MinuteNumber,
    Unindexed,
    compile_insert,
    day_number,
    insert_select,
    minute_number,
)
from customers.choices import Channel
from customers.models import Contact, Customer, Phone
from followups.models import CallCard, DueItem, RuleDial
from followups.rules import RULES
from followups.services import hours, restraint

CHUNK = 1000  # cards locked and written at a time
PROMISES = 2_000_000_000  # taken off a promise's minute: all promises come before all days, and an INTEGER holds both
OTHER_LAG = 50  # of a rule that is no longer declared
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
    "rested_until": None,
    "kept_for_id": None,
    "kept_until": None,
    "callers_until": None,
}
RESTRAINED = (
    "customer_id",
    "rank",
    "callable_at",
    "skipped_until",
    "last_by_id",
)  # what restraint needs to know of a card
WAKE_LAG = dt.timedelta(minutes=5)  # how late wake_promises may come before check_cards calls a card wrong


def rank_of(due_on: dt.date, lag: int, promised_at: dt.datetime | None = None) -> int:
    """The rank of one item; smaller is called first, and a card has the rank of its most urgent item.

    A promise whose moment has come stands before everything else, the earlier one first (F30: a word given to the customer
    outranks all). All others stand by their deadline and the days their rule may wait beyond it, and among those of the same day by
    the weight of their rule (0-99); both are dials and make its `lag` (see lags_of).
    """
    if promised_at is not None:
        return minute_number(promised_at) - PROMISES
    return day_number(due_on) * 100 + lag


def lags_of(store) -> dict[str, int]:
    """{rule code: lag}, a lag being the days the rule may wait times 100, and its weight: the store's dials, else the rule's own."""
    lags = {rule.code: rule.patience * 100 + rule.weight for rule in RULES}
    lags.update(
        RuleDial.objects.filter(store=store)
        .order_by()
        .values("rule")
        .annotate(least=Min(F("patience") * 100 + F("weight")))
        .values_list("rule", "least")
    )
    return lags


def lock_card(customer_id: int) -> CallCard:
    """The customer's card, locked until the transaction ends; made where she has none yet. Lock it before any of its items."""
    lock_cards([customer_id])
    return CallCard.objects.select_for_update(of=("self",)).select_related("store").get(customer_id=customer_id)


def lock_cards(customer_ids: Iterable[int]) -> list[int]:
    """Make the missing cards of these customers and lock all, by id. Returns their ids."""
    wanted = set(customer_ids)
    cards = CallCard.objects.select_for_update().order_by("pk")
    locked = dict(cards.filter(customer_id__among=wanted).values_list("customer_id", "pk"))
    missing = wanted - locked.keys()
    if missing:
        _make_missing(missing)  # new cards have the highest ids, so these too are locked in order
        locked.update(cards.filter(customer_id__among=missing).values_list("customer_id", "pk"))
    return sorted(locked.values())


def _make_missing(customer_ids):
    without = Customer.objects.filter(pk__among=customer_ids, card__isnull=True).order_by("pk")
    insert_select(
        CallCard,
        without,
        {"customer": F("pk"), "store": F("store_id"), "is_open": False, "rank": 0, "items_open": 0, "rules": []},
    )


def recompute_cards(customer_ids: Iterable[int], *, store, now) -> None:
    """Make the cards of these customers of `store` say what their open items say; cards that are missing are made.

    Set-based, some hundred cards a statement, each lot in a transaction of its own unless the caller holds one. Lease columns,
    `skipped_until` and `last_by` are not touched, and a skipped card does not become callable before its skip ends, nor one that
    rests before its rest does (services.restraint); where the customer has an hour, it waits for that (services.hours).
    """
    ids = sorted(set(customer_ids))
    if len(ids) > CHUNK:
        ids = _in_order_of_locks(ids)
    lags = lags_of(store) if ids else {}
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _recompute(ids[start : start + CHUNK], store, now, lags)


def _in_order_of_locks(customer_ids) -> list[int]:
    """By id of their cards, those without one last: within a caller's transaction the lots lock one after another."""
    cards = {}
    for start in range(0, len(customer_ids), CHUNK):
        lot = CallCard.objects.filter(customer_id__among=set(customer_ids[start : start + CHUNK]))
        cards.update(lot.values_list("customer_id", "pk"))
    return sorted(customer_ids, key=lambda pk: (pk not in cards, cards.get(pk, pk)))


def _recompute(ids, store, now, lags):
    lock_cards(ids)
    written = _merging(tuple(lags.items())).run(store=store.pk, ids=ids, now=now)
    cards = CallCard.objects.filter(store=store)
    skipped = [customer_id for customer_id, skipped_until in written if skipped_until is not None]
    if skipped:
        still = cards.filter(customer_id__in=skipped, skipped_until__gt=F("callable_at"))
        still.update(callable_at=F("skipped_until"))
    _restrain([customer_id for customer_id, _skipped_until in written], store, now)
    closed = set(ids) - {customer_id for customer_id, _skipped_until in written}
    if closed:
        cards.filter(customer_id__among=closed).update(
            **{name.removesuffix("_id"): value for name, value in CLOSED.items()}
        )


def _restrain(ids, store, now):
    """What the contact ledger says about these open cards (nothing where it is empty, as on the day a store goes live), and the
    customers' own hours."""
    if not ids:
        return
    dial = restraint.dial_of(store.pk)
    if not Contact.objects.filter(store=store).exists():
        hours.offer_at_hours(ids, bands=dial.bands, zone=store.zone)
        return
    cards = CallCard.objects.filter(customer_id__among=set(ids)).only(*RESTRAINED).order_by("pk")
    restraint.rest_cards(list(cards), dial)
    hours.offer_at_hours(ids, bands=dial.bands, zone=store.zone)
    restraint.keep_cards(list(cards.all()), dial, store.zone, now)


@lru_cache(maxsize=256)
def _merging(lags) -> Compiled:
    """The statement that writes open cards, built once: it is long, and runs for every card that anybody touches."""
    return compile_insert(
        CallCard,
        _merged(lags),
        {
            "customer": F("customer_id"),
            "store": Later("store", BigIntegerField()),
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


def _merged(lags):
    """One row a customer of `ids`, that of her most urgent open item, with what all of them together say."""
    now = Later("now", DateTimeField())
    earlier = DueItem.objects.open().filter(
        customer_id=OuterRef("customer_id"), callable_at__lt=OuterRef("callable_at")
    )
    lag = Case(
        *(When(rule=code, then=Value(number)) for code, number in lags),
        default=Value(OTHER_LAG),
        output_field=IntegerField(),
    )
    # A promise for later must not lift a card whose other topics may be called before: only once its moment has come
    # (wake_promises), or where it is the first thing on the card.
    is_time = Q(due_at__isnull=False) & (Q(callable_at__lte=now) | ~Exists(earlier))
    urgency = Case(
        When(is_time, then=MinuteNumber("due_at") - PROMISES),
        default=DayNumber("due_on") * 100 + lag,
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
        .filter(ours=Later("store", BigIntegerField()), customer_id__among=Later("ids", BigIntegerField()))
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

    Needed only where another topic of the card, or a younger promise, could be called before it. Runs every minute and with each generation;
    whatever was missed is found the next time, since it is read off the items.
    """
    woken = (
        DueItem.objects.open()
        .filter(store=store, due_at__isnull=False, callable_at__lte=now)
        .annotate(urgency=MinuteNumber("due_at") - PROMISES)
        .filter(customer__card__rank__gt=F("urgency"))
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
    lags = lags_of(store)
    items = defaultdict(list)
    for item in DueItem.objects.open().filter(store=store).iterator(5000):
        items[item.customer_id].append(item)
    ledger = _Ledger(store, now)
    found = []
    for card in CallCard.objects.filter(store=store).order_by("pk").iterator(5000):
        open_items = items.pop(card.customer_id, [])
        allowed = [_expected(card, open_items, lags, moment, ledger) for moment in (now, now - WAKE_LAG)]
        says = {name: getattr(card, name) for name in CLOSED}
        says["callers_until"] = _still(says["callers_until"], now)
        if says not in allowed:
            found += [
                Difference(card.customer_id, card.pk, name, says[name], value)
                for name, value in allowed[0].items()
                if says[name] != value
            ]
    found += [Difference(customer_id, None, "is_open", None, True) for customer_id in sorted(items)]
    return found + _pinned_to_nobody(store)


def _pinned_to_nobody(store) -> list[Difference]:
    """Cards that wait for somebody whose account is closed (services.away frees them)."""
    waiting = CallCard.objects.open().filter(store=store, pinned_to__is_active=False).order_by("pk")
    rows = waiting.values_list("customer_id", "pk", "pinned_to_id")
    return [Difference(customer_id, pk, "pinned_to_id", person, None) for customer_id, pk, person in rows]


class _Ledger:
    """The contacts that count, read row by row: what services.restraint asks the database for."""

    def __init__(self, store, now):
        self.zone, self.dial = store.zone, restraint.dial_of(store.pk)
        self.own, self.heard, self.numbers, self.sharers = (defaultdict(set), defaultdict(dict), {}, {})
        mine = Coalesce("preferred_hour", "learned_hour")
        self.hours = dict(
            Customer.objects.filter(store=store).annotate(hour=mine).exclude(hour=None).values_list("pk", "hour")
        )
        year_ago = now - dt.timedelta(days=restraint.CALLERS_DAYS)
        for contact in Contact.objects.alive().filter(store=store).iterator(5000):
            is_call = contact.channel == Channel.PHONE_OUT and contact.connected
            counts = is_call or contact.channel in (Channel.SMS, Channel.WECHAT)
            if counts and not contact.is_continuation:
                self.own[contact.customer_id].add((contact.at, contact.pk))
            if is_call and contact.by_id and contact.at > year_ago:
                heard = self.heard[contact.customer_id]
                heard[contact.by_id] = max(contact.at, heard.get(contact.by_id, contact.at))
        for customer_id, number in Phone.objects.alive().filter(store=store).values_list("customer_id", "number"):
            self.numbers.setdefault(customer_id, set()).add(number)
            self.sharers.setdefault(number, set()).add(customer_id)

    def rest_of(self, customer_id):
        whose = {customer_id}.union(*(self.sharers[number] for number in self.numbers.get(customer_id, ())))
        moments = sorted(set().union(*(self.own.get(each, set()) for each in whose)), reverse=True)
        allowed = max(self.dial.budget_contacts, 1)
        return moments[allowed - 1][0] + dt.timedelta(days=self.dial.budget_days) if len(moments) >= allowed else None


def _still(moment, now):
    return moment if moment is not None and moment > now else None


def _expected(card, items, lags, now, ledger):
    if not items:
        return CLOSED
    first = min(item.callable_at for item in items)

    def is_time(item):
        return item.due_at is not None and (item.callable_at <= now or item.callable_at == first)

    def urgency(item):
        promised_at = item.due_at if is_time(item) else None
        return rank_of(item.due_on, lags.get(item.rule, OTHER_LAG), promised_at), item.pk

    top = min(items, key=urgency)
    # Each rule once, where its earliest item stands.
    earliest = {}
    for item in sorted(items, key=lambda item: (item.due_on, item.pk)):
        earliest.setdefault(item.rule, item)
    rank = urgency(top)[0]
    rested_until, callable_at = restraint.rested(items, card.skipped_until, ledger.rest_of(card.customer_id))
    callable_at = hours.offered_at(
        items,
        callable_at,
        ledger.hours.get(card.customer_id),
        zone=ledger.zone,
        bands=ledger.dial.bands,
        held_until=card.skipped_until,
    )
    kept_for_id, kept_until = restraint.kept(rank, callable_at, card.last_by_id, ledger.zone, ledger.dial)
    return {
        "is_open": True,
        "callable_at": callable_at,
        "rank": rank,
        "due_on": min(item.due_on for item in items),
        "items_open": len(items),
        "rules": [item.rule for item in sorted(earliest.values(), key=urgency)],
        "pinned_to_id": top.pinned_to_id if is_time(top) else None,
        "pinned_until": top.pinned_until if is_time(top) else None,
        "rested_until": rested_until,
        "kept_for_id": kept_for_id,
        "kept_until": kept_until,
        "callers_until": _still(restraint.callers_until(ledger.heard.get(card.customer_id, {}), ledger.dial), now),
    }
