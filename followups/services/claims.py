"""Who works on which card: leases.

A lease is three columns of the card: who, a fresh token, until when. Saving needs the token (services.visits), so a
page left open over lunch cannot overwrite what a colleague did meanwhile. A person holds one card at a time (a unique
index says so too). A lease also holds the card's phone numbers: a relative's or a duplicate's card with the same number is
not offered while a colleague may be dialling it.
"""

import contextlib
import datetime as dt
import uuid

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce

from accounts.calendar import calendar_of
from common.bands import first_call_moment
from common.locks import lock_words
from common.moments import minutes_later
from common.prepared import planned_once
from customers.models import Phone
from followups.choices import LeftWhy, SkipReason
from followups.models import CallCard, DeskDial, DueItem, LeftCard, Skip
from followups.services import offering
from followups.services.cards import recompute_cards
from followups.services.overrides import Restrained, Why, go_past, obstacles_of

TRIES = 5  # a claim is tried again only where another tab or a relative's card got in between


class AlreadyClaimed(Exception):
    """`by` (a user) holds the card, or a card with the same phone number; `until` is the end of that lease, where it is known."""

    def __init__(self, by, until=None):
        self.by, self.until = by, until
        super().__init__(f"claimed by {by}")


class NotOpen(Exception):
    """There is nothing left to call about on this card."""


class LeaseLost(Exception):
    """The token is not the card's any more. `by`: who holds it now, None where nobody does."""

    def __init__(self, by=None):
        self.by = by
        super().__init__(f"lease lost to {by}")


# One statement on both databases; PostgreSQL adds the row lock. Order and filters follow the index callcard_queue.
TAKE_NEXT = """
UPDATE followups_callcard SET lease_by_id = %(user)s, lease_token = %(token)s, lease_until = {until}, leased_at = %(now)s
WHERE id = (
    SELECT c.id FROM followups_callcard c
    WHERE c.store_id = %(store)s AND c.is_open AND c.callable_at <= %(now)s
      AND (c.lease_by_id IS NULL OR c.lease_by_id = %(user)s OR c.lease_until <= %(now)s)
      AND (c.pinned_to_id IS NULL OR c.pinned_to_id = %(user)s OR c.pinned_until <= %(now)s)
      AND {offered}
      AND NOT EXISTS ({unless})
      AND {reachable}
    ORDER BY c.rank, c.callable_at, c.id
    LIMIT 1 {lock}
)
RETURNING *, EXISTS (
    SELECT 1
    FROM customers_phone ours
    JOIN customers_phone theirs ON theirs.store_id = ours.store_id AND theirs.number = ours.number
    WHERE ours.customer_id = followups_callcard.customer_id AND theirs.customer_id <> ours.customer_id
      AND NOT ours.is_void AND NOT theirs.is_void
) AS shares_a_number
"""
PARAMETERS = {"user": "bigint", "store": "bigint", "now": "timestamptz", "token": "uuid", **offering.PARAMETERS}
LEASE_MINUTES = "(SELECT lease_minutes FROM followups_deskdial WHERE store_id = %(store)s)"
SHE_HOLDS_ONE = "SELECT 1 FROM followups_callcard WHERE lease_by_id = %(user)s"
# Whoever has no number that may reach her needs a search before a call: she comes when all others are called.
A_NUMBER_IS_USABLE = """EXISTS (
    SELECT 1 FROM customers_phone n WHERE n.customer_id = c.customer_id AND NOT n.is_void AND n.state NOT IN ('dead', 'wrong')
)"""
A_COLLEAGUE_HOLDS_THE_NUMBER = """
    SELECT 1
    FROM customers_phone ours
    JOIN customers_phone theirs ON theirs.store_id = ours.store_id AND theirs.number = ours.number
    JOIN followups_callcard held ON held.customer_id = theirs.customer_id
    WHERE ours.customer_id = c.customer_id AND NOT ours.is_void AND NOT theirs.is_void
      AND held.lease_by_id IS NOT NULL AND held.lease_by_id <> %(user)s AND held.lease_until > %(now)s
"""


def take_next(user, *, now) -> CallCard | None:
    """The best card that `user` may call now, leased to her with a fresh token; None where there is none.

    Best is rank, then callable_at, then id, among the open cards of her store that are callable at `now`, not leased to a
    colleague, not pinned to one nor reserved for one who is here, and whose numbers are on no card a colleague holds. Her former lease ends with it; a card she
    still holds is offered again if it is the best. A card without any usable number comes after all that have one.

    Outside call hours only a promise that has come is offered (DeskDial.hours_hold): they are looked up first.
    As a rule she holds nothing and the number is one customer's: then it is one statement, and that is all. Else, her lease is
    ended first, and numbers are looked at card by card.
    """
    hours = offering.moments(user.store, now)
    return _take(user, now, hours, A_NUMBER_IS_USABLE) or _take(user, now, hours, "TRUE")


def _take(user, now, hours, reachable) -> CallCard | None:
    for attempt in range(TRIES):
        is_simple = attempt == 0
        try:
            with _on_its_own() if is_simple else transaction.atomic():
                if not is_simple:
                    _release_others(user, now=now)
                unless = SHE_HOLDS_ONE if is_simple else A_COLLEAGUE_HOLDS_THE_NUMBER
                card = _claim(user, now, hours, unless=unless, reachable=reachable)
        except IntegrityError:
            continue  # her other tab took a card in the same instant
        if card is None:
            if is_simple:
                continue
            return None
        if not card.shares_a_number or _keeps_its_numbers(card, user, now):
            return card
    return None


def _on_its_own():
    """A single statement needs a transaction only where it may fail inside the caller's."""
    return transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext()


def _claim(user, now, hours, *, unless, reachable):
    lock = "FOR UPDATE OF c SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    until = minutes_later("%(now)s", LEASE_MINUTES)
    offered = offering.OFFERED.format(card="c")
    statement = TAKE_NEXT.format(until=until, offered=offered, unless=unless, reachable=reachable, lock=lock)
    parameters = {
        "user": user.pk,
        "store": user.store_id,
        "now": connection.ops.adapt_datetimefield_value(now),
        **hours,
        "token": CallCard._meta.get_field("lease_token").get_db_prep_value(uuid.uuid4(), connection),
    }
    return next(iter(CallCard.objects.raw(planned_once(statement, PARAMETERS), parameters)), None)


@transaction.atomic
def _keeps_its_numbers(card, user, now) -> bool:
    """False, and the card is given back, if a colleague claimed a relative's card in the same instant, or has just saved what
    was said to the relative: then this card rests.
    """
    try:
        _hold_numbers(card.customer_id, user, now)
    except AlreadyClaimed:
        release(card, token=card.lease_token)
        return False
    if CallCard.objects.open().filter(pk=card.pk, callable_at__lte=now).exists():
        return True
    release(card, token=card.lease_token)
    return False


@transaction.atomic
def take_card(card_id, *, user, now, why: Why | None = None) -> CallCard:
    """Lease the chosen card to `user` with a fresh token; her former lease ends.

    Any open card of her store may be chosen, also one that is not callable yet or pinned to a colleague (the customer rang,
    the colleague is ill); pins and preferences only steer what take_next offers. A customer who was contacted often enough, or
    has heard enough people, is called with a reason (`why`) that is written down; without it Restrained is raised. Raises too
    CallCard.DoesNotExist (no such card in her store), NotOpen, AlreadyClaimed. A lease that ran out is no obstacle.
    """
    # Both her cards in one order: two people who swap cards must not wait for each other.
    list(CallCard.objects.select_for_update().filter(Q(pk=card_id) | Q(lease_by=user)).order_by("pk").values_list("pk"))
    card = CallCard.objects.visible_to(user).select_related("store").get(pk=card_id)
    if not card.is_open:
        raise NotOpen(card)
    _release_others(user, keep=card_id, now=now)
    won = (
        CallCard.objects.open()
        .filter(Q(lease_by__isnull=True) | Q(lease_by=user) | Q(lease_until__lte=now), pk=card_id)
        .update(
            lease_by=user,
            lease_token=uuid.uuid4(),
            lease_until=now + _lease_time(user.store_id),
            leased_at=Case(When(lease_by=user, then=Coalesce("leased_at", now)), default=now),
        )
    )
    if not won:
        raise AlreadyClaimed(card.lease_by, card.lease_until)
    _hold_numbers(card.customer_id, user, now)
    if not (card.lease_by_id == user.pk and card.lease_until > now):  # who holds it was asked when she took it
        obstacles = obstacles_of(card, user, now)
        if obstacles and why is None:
            raise Restrained(card, obstacles)
        go_past(card, obstacles, why, by=user, now=now)
    card.refresh_from_db()
    return card


def renew_lease(card, *, token, now) -> bool:
    """Another full lease from `now`; False where the card went to somebody else. An expired lease nobody took is renewed."""
    return bool(
        CallCard.objects.filter(pk=card.pk, lease_token=token).update(lease_until=now + _lease_time(card.store_id))
    )


@transaction.atomic
def release(card, *, token, by=None, now=None) -> bool:
    """Give the card back unsaved; a draft stays. False where the lease was lost already. With `by` and `now` it stands in that
    person's tray until something becomes of it."""
    given = CallCard.objects.filter(pk=card.pk, lease_token=token).update(
        lease_by=None, lease_token=None, lease_until=None
    )
    if given and by is not None:
        _leave([card.pk], by, LeftWhy.GIVEN_BACK, now)
    return bool(given)


def _leave(card_ids, user, why, now):
    """In one statement: these cards stand in her tray."""
    rows = [LeftCard(card_id=pk, user=user, at=now, why=why) for pk in card_ids]
    LeftCard.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["card", "user"], update_fields=["at", "why"]
    )


@transaction.atomic
def skip(card, *, token, by, now, reason, note="") -> Skip:
    """Put the card aside without a call; it comes back to the queue after DeskDial.skip_minutes. Raises LeaseLost.

    A promise is never hidden beyond its time: a card with one comes back at the promised moment at the latest, and where that
    moment has passed, after DeskDial.promise_grace_minutes, when the promise belongs to the team. Where the right number must be
    found first it comes back on the next work day: an hour does not find one, and the others' calls go on meanwhile.
    """
    card = holding(card, token=token, by=by)
    dial = DeskDial.objects.get(store_id=card.store_id)
    until = now + dt.timedelta(minutes=dial.skip_minutes)
    if reason == SkipReason.NO_NUMBER:
        tomorrow = card.store.day_of(now) + dt.timedelta(days=1)
        until = first_call_moment(tomorrow, card.store.zone, dial.bands, calendar_of(card.store))
    promises = DueItem.objects.open().filter(customer_id=card.customer_id, due_at__isnull=False)
    for promised_at in promises.values_list("due_at", flat=True):
        grace = now + dt.timedelta(minutes=dial.promise_grace_minutes)
        until = min(until, promised_at if promised_at > now else grace)
    row = Skip.objects.create(store_id=card.store_id, card=card, by=by, at=now, reason=reason, note=note)
    CallCard.objects.filter(pk=card.pk).update(skipped_until=until, lease_by=None, lease_token=None, lease_until=None)
    recompute_cards([card.customer_id], store=card.store, now=now)
    return row


def holding(card, *, token, by) -> CallCard:
    """The card, locked until the transaction ends, if `by` holds it with `token`, expired or not; else raises LeaseLost."""
    locked = CallCard.objects.select_for_update(of=("self",)).select_related("store", "customer").get(pk=card.pk)
    if locked.lease_token is None or str(locked.lease_token) != str(token) or locked.lease_by_id != by.pk:
        raise LeaseLost(locked.lease_by)
    return locked


def _lease_time(store_id):
    return dt.timedelta(minutes=DeskDial.objects.values_list("lease_minutes", flat=True).get(store_id=store_id))


def _release_others(user, *, now, keep=None):
    held = CallCard.objects.filter(lease_by=user)
    if keep is not None:
        held = held.exclude(pk=keep)
    for card_id, until in held.values_list("pk", "lease_until"):
        _leave([card_id], user, LeftWhy.RAN_OUT if until <= now else LeftWhy.OTHER_CARD, now)
    held.update(lease_by=None, lease_token=None, lease_until=None)


def _hold_numbers(customer_id, user, now):
    """Raise AlreadyClaimed if a colleague holds a card with one of this customer's numbers.

    Two people who claim two relatives in the same instant do not see each other's lease yet: they meet at the numbers.
    """
    numbers = sorted(Phone.objects.alive().filter(customer_id=customer_id).values_list("number", flat=True))
    lock_words(*(f"{user.store_id}:{number}" for number in numbers))
    other = (
        CallCard.objects.filter(
            store_id=user.store_id,
            lease_by__isnull=False,
            lease_until__gt=now,
            customer__phones__number__in=numbers,
            customer__phones__is_void=False,
        )
        .exclude(lease_by=user)
        .select_related("lease_by")
        .first()
    )
    if other is not None:
        raise AlreadyClaimed(other.lease_by, other.lease_until)
