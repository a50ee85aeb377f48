"""One sitting at a card: what a dialled number does to the topics, and what an undo needs to know.

The verbs of services.visits open a Sitting on a locked card, let it work on the locked items in memory, and have it write
once. How a topic moves:

- dialled: one attempt a day counts, however many numbers were tried;
- not reached: the band of the first failure of the day is noted, the topic comes back on the next day in a band that has not
  failed yet; failures in DeskDial.max_failures different bands make it unreachable;
- `due_on` is never moved.
"""

import datetime as dt

from accounts.calendar import calendar_of
from common.bands import band_of, first_call_moment, next_attempt
from customers.choices import Channel, PhoneState
from customers.models import Phone
from customers.services import learn_hour, mark_phone, record_contact
from customers.services.writing import lock
from followups.choices import CloseReason, Effect, ItemState, Level
from followups.models import Call, CallCard, CallOutcome, DueItem
from followups.services.aftermath import snapshot
from followups.services.cards import recompute_cards
from followups.services.dials import desk_of
from followups.services.drafts import discard_draft

ORIGIN = "followups.call"  # of the rows in the contact ledger
# What an undo of a call puts back into its items.
REMEMBERED = (
    "anchor_on",
    "opens_on",
    "due_on",
    "expires_on",
    "state",
    "reason",
    "reason_params",
    "closed_at",
    "closed_by_id",
    "attempts",
    "bands_failed",
    "callable_at",
    "dialled_at",
    "connected_at",
    "effective_at",
)
BAD_NUMBER = {Effect.BAD_NUMBER: PhoneState.DEAD, Effect.WRONG_NUMBER: PhoneState.WRONG}
TAKEN_UP_WITHIN = dt.timedelta(hours=2)  # a call later than that after a broken line is a contact of its own
CALLABLE_STATES = (PhoneState.UNKNOWN, PhoneState.GOOD)


class Sitting:
    """`card` must be locked (services.claims.holding). The customer and the items, by id, are locked here.

    The customer before her numbers and cars, as every form and import does it, whatever the call will change of them.
    """

    def __init__(self, card, *, token, by, now):
        self.card, self.token, self.by, self.now = card, token, by, now
        self.store, self.customer = card.store, card.customer
        lock(self.customer)
        self.customer.store = self.store  # which reading it again has forgotten
        self.zone = self.store.zone
        self.today = self.store.day_of(now)
        self.dial = desk_of(self.store)
        self.band = band_of(now, self.zone, self.dial.bands)
        items = DueItem.objects.select_for_update(of=("self",)).open().filter(customer_id=card.customer_id)
        self.items = {item.pk: item for item in items.select_related("vehicle").order_by("pk")}
        self.agreed = {item.due_at for item in self.items.values() if item.due_at is not None}
        self.before = {str(item.pk): _remember(item) for item in self.items.values()}
        self.rows: list[CallOutcome] = []
        self.also = None  # services.situations.Also
        self._read_today()

    def _read_today(self):
        midnight = dt.datetime.combine(self.today, dt.time(), tzinfo=self.zone)
        self.dialled_today, self.failed_today, self.in_this_sitting = set(), set(), set()
        rows = CallOutcome.objects.filter(
            item__in=self.items, call__at__gte=midnight, call__undone_at__isnull=True
        ).values_list("item_id", "call__visit", "outcome__effect", "outcome__level")
        for item_id, visit, effect, level in rows:
            self.dialled_today.add(item_id)
            if effect == Effect.RETRY and level == Level.NOT_REACHED:
                self.failed_today.add(item_id)
            if str(visit) == str(self.token):
                self.in_this_sitting.add(item_id)

    # --- Which topics a dialled number is about ---------------------------------------------------------------------
    def at_hand(self) -> list[DueItem]:
        """The open topics that this call is about: callable by now, or later today anyway (a customer is dialled once a day).

        A promise whose moment is still to come is not, nor a topic that waits for it. Where a card was chosen before the time
        of all its topics, it is about all of them.
        """
        topics = [item for item in self.still_open() if not self.waits(item)]
        ripe = [
            item
            for item in topics
            if item.pk in self.in_this_sitting or self.store.day_of(item.callable_at) <= self.today
        ]
        return ripe or topics or self.still_open()

    def waits(self, item) -> bool:
        """For a moment agreed with the customer, which an earlier call does not move."""
        if item.callable_at <= self.now or item.pk in self.in_this_sitting:
            return False
        return item.callable_at in self.agreed if item.due_at is None else item.due_at > self.now

    def still_open(self) -> list[DueItem]:
        return [item for item in self.items.values() if item.state == ItemState.OPEN]

    # --- The number -------------------------------------------------------------------------------------------------
    def dial_number(self, phone, number, outcome, *, answered_by="", note="", draft=None, saves=False) -> Call:
        """Write the Call row with all that its undo needs, and mark the number by what it turned out to be."""
        customer = self.customer
        call = Call.objects.create(
            store_id=self.card.store_id,
            card=self.card,
            customer=customer,
            visit=self.token,
            phone=phone,
            number=number,
            by=self.by,
            at=self.now,
            outcome=outcome,
            level=outcome.level,
            answered_by=answered_by,
            note=note,
            undo_data={
                "saves": saves,
                "items": self.before,
                "card": {
                    "last_by_id": self.card.last_by_id,
                    "skipped_until": _json(self.card.skipped_until),
                },
                "phone_state": phone.state if phone else None,
                "before": snapshot(self),
                "draft": draft,
            },
        )
        state = PhoneState.GOOD if outcome.level == Level.REACHED else BAD_NUMBER.get(outcome.effect)
        if phone is not None and state is not None and phone.state != state:
            mark_phone(phone, state, by=self.by, source="call", now=self.now)
        return call

    def numbers_left(self) -> tuple[bool, bool]:
        """(some number may still be dialled, one of them was not tried in this sitting)."""
        left = set(
            Phone.objects.alive()
            .filter(customer_id=self.card.customer_id, state__in=CALLABLE_STATES)
            .values_list("number", flat=True)
        )
        tried = set(Call.objects.filter(visit=self.token, undone_at__isnull=True).values_list("number", flat=True))
        return bool(left), bool(left - tried)

    # --- What becomes of a topic --------------------------------------------------------------------------------------
    def count(self, item, *, failed=False):
        """One attempt a day; of a failed one the band."""
        if item.pk not in self.dialled_today:
            item.attempts += 1
            self.dialled_today.add(item.pk)
        if failed and item.pk not in self.failed_today:
            self.failed_today.add(item.pk)
            if self.band and self.band not in item.bands_failed:
                item.bands_failed += self.band
        item.dialled_at = item.dialled_at or self.now

    def note(self, call, item, outcome, **fields) -> CallOutcome:
        """What `call` meant for `item`, written at the end."""
        fields.setdefault("next_at", item.callable_at if item.state == ItemState.OPEN else None)
        row = CallOutcome(call=call, item=item, outcome=outcome, **fields)
        self.rows.append(row)
        return row

    def close(self, item, state, reason, **params):
        item.state, item.reason, item.reason_params = state, reason, params
        item.closed_at, item.closed_by = self.now, self.by

    def close_along(self, call, outcome, items, state, reason, **params):
        """What was said of something else closes these topics too."""
        noted = {row.item.pk: row for row in self.rows}
        for item in items:
            self.count(item)
            item.connected_at = item.connected_at or self.now
            self.close(item, state, reason, **params)
            if item.pk in noted:
                noted[item.pk].next_at = None
            else:
                self.note(call, item, outcome)

    def come_back(self, item):
        """On the next day, in a band that has not failed and is not the present one; what waits for a promise keeps waiting."""
        if self.waits(item):
            return
        tried = item.bands_failed + (self.band or "")
        calendar = calendar_of(self.store)
        item.callable_at = next_attempt(self.now, self.zone, self.dial.bands, tried, calendar)
        if self.store.day_of(item.callable_at) < item.opens_on:  # somebody chose the card before its time
            until = item.expires_on
            item.callable_at = first_call_moment(item.opens_on, self.zone, self.dial.bands, calendar, until=until)

    def is_exhausted(self, item) -> bool:
        """It failed in as many different bands as the store asks for, or as the store has."""
        return len(set(item.bands_failed)) >= min(self.dial.max_failures, len(self.dial.bands))

    def apply_retry(self, call, outcome, *, may_close=True):
        for item in self.at_hand():
            self.count(item, failed=True)
            if may_close and self.is_exhausted(item):
                self.close(item, ItemState.UNREACHABLE, CloseReason.THREE_FAILURES, bands=item.bands_failed)
            else:
                self.come_back(item)
            self.note(call, item, outcome)

    def apply_bad_number(self, call, outcome, *, may_close=True):
        """The next number at once; where all were tried today, another day; where none is left, nobody can be reached."""
        is_left, is_untried = self.numbers_left()
        nobody = may_close and not is_left
        for item in self.still_open() if nobody else self.at_hand():
            self.count(item)
            if nobody:
                self.close(item, ItemState.UNREACHABLE, CloseReason.NO_NUMBER)
            elif is_left and not is_untried:
                self.come_back(item)
            elif item.callable_at > self.now:
                item.callable_at = self.now
            self.note(call, item, outcome)

    # --- Writing ------------------------------------------------------------------------------------------------------
    def write(self):
        """The items that changed, and what the call meant for each."""
        for row in self.rows:
            row.item.save(update_fields=REMEMBERED)
        CallOutcome.objects.bulk_create(self.rows)

    def leave(self, call, *, connected, relatives=()):
        """End the sitting: contact ledger, draft, lease, card. `relatives` share a number: what she was told counts for them too."""
        items = [row.item for row in self.rows]
        vehicles = {item.vehicle_id for item in items}
        record_contact(
            self.customer,
            at=self.now,
            channel=Channel.PHONE_OUT,
            connected=connected,
            is_continuation=self._takes_up(),
            by=self.by,
            topics=list(dict.fromkeys(item.rule for item in items)),
            summary={
                "code": "call",
                "outcome": call.outcome.code,
                "zh": call.outcome.label_zh,
                "en": call.outcome.label_en,
                "level": call.level,
                "answered_by": call.answered_by,
            },
            note=call.note,
            vehicle=items[0].vehicle if len(vehicles) == 1 else None,
            origin=ORIGIN,
            origin_id=call.pk,
        )
        if connected:
            learn_hour(self.customer)
        discard_draft(self.card, self.by)
        changed = {"lease_by": None, "lease_token": None, "lease_until": None, "skipped_until": None}
        if connected:
            changed["last_by"] = self.by
        CallCard.objects.filter(pk=self.card.pk).update(**changed)
        self.recompute(*relatives)

    def _takes_up(self) -> bool:
        """Whether this is the call that was agreed when the line broke, a short while ago."""
        agreed = [row.item.fact_id for row in self.rows if row.item.due_at is not None]
        since = self.now - TAKEN_UP_WITHIN
        broken = CallOutcome.objects.filter(planned__in=agreed, outcome__effect=Effect.DROPPED, call__at__gte=since)
        return bool(agreed) and broken.filter(call__undone_at__isnull=True).exists()

    def recompute(self, *others):
        recompute_cards([self.card.customer_id, *others], store=self.store, now=self.now)


def _json(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _remember(item) -> dict:
    return {field: _json(getattr(item, field)) for field in REMEMBERED}
