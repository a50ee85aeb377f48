"""Taking a visit back: within some minutes, by the person who saved it, unless life went on."""

import datetime as dt

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from complaints.services import AlreadyHandled
from customers.services import learn_hour, mark_phone, void_contact
from customers.services.writing import lock
from cvp.services import void_response
from followups.choices import CloseReason, ItemState, Level
from followups.models import Call, CallCard, CallOutcome, DueItem, PlannedCall
from followups.services.aftermath import put_back, take_back
from followups.services.cards import recompute_cards
from followups.services.dials import desk_of
from followups.services.drafts import save_draft
from followups.services.odometer import put_back_readings
from followups.services.restraint import lock_relatives
from followups.services.sittings import BAD_NUMBER, ORIGIN, REMEMBERED
from followups.services.situations import planned_by
from followups.services.situations import put_back as put_back_situations
from followups.services.wishes import take_back_wish

DAYS = {"anchor_on", "opens_on", "due_on", "expires_on"}
MOMENTS = {"closed_at", "callable_at", "dialled_at", "connected_at", "effective_at"}


class TooLate(Exception):
    """The minutes in which a visit may be undone (DeskDial.undo_minutes) are over."""


class CannotUndo(Exception):
    """`reason`: "undone" (already), "not_yours", "not_last" (a later visit of yours comes first), "card_taken" (`by` has it),
    "worked_again" (the customer was called again, or the day's run went over the topics), "complaint_handled" (`complaint`).
    """

    def __init__(self, reason, *, by=None, complaint=None):
        self.reason, self.by, self.complaint = reason, by, complaint
        super().__init__(reason)


@transaction.atomic
def undo_visit(call, *, by, now) -> CallCard:
    """Everything the visit of `call` did is put back: topics, card, number, do-not-call, answers, complaints, promises, ledger.

    Its calls stay as rows with `undone_at` and count nowhere. What had been typed is her draft again; open the returned card with
    services.claims.take_card to go on. Raises TooLate, CannotUndo.
    """
    relatives = lock_relatives(call.card)
    card = CallCard.objects.select_for_update(of=("self",)).select_related("store", "customer").get(pk=call.card_id)
    calls = list(
        Call.objects.filter(card=card, visit=call.visit, by=by, undone_at__isnull=True)
        .select_related("outcome", "phone")
        .order_by("-at", "-pk")
    )
    _refuse(card, call, calls, by, now)
    lock(card.customer)  # before her numbers and cars, as in services.sittings
    rows = list(
        CallOutcome.objects.filter(call__in=calls)
        .select_related("call", "item", "outcome", "response", "complaint", "planned", "wish__customer__store")
        .order_by("-call_id", "pk")
    )
    planned = [row.planned for row in rows if row.planned is not None]
    planned += PlannedCall.objects.filter(pk__in=planned_by(calls))
    items = {
        item.pk: item
        for item in DueItem.objects.select_for_update().filter(customer_id=card.customer_id).order_by("pk")
        if item.pk in {row.item_id for row in rows} or _belongs(item, planned)
    }
    _refuse_if_life_went_on(calls[0], rows, items, planned)
    for made in calls:  # the latest first, so that each puts back what it found
        _put_back(made, [row for row in rows if row.call_id == made.pk], items)
        _put_back_phone(made, by, now)
        void_contact(ORIGIN, made.pk)
    learn_hour(card.customer)
    _void_planned(planned, items, by, now)
    for item in items.values():
        item.save(update_fields=REMEMBERED)
    for row in rows:
        if row.response is not None:
            void_response(row.response, by=by, now=now)
        _withdraw(row, by, now)
        take_back_wish(row.wish, row.call, by=by, now=now)
    put_back_readings(calls, by=by, now=now)
    first = calls[-1].undo_data
    try:
        put_back(card.customer, calls[-1], calls, rows, by=by, now=now)
        put_back_situations(card.customer, calls, by=by, now=now)
    except AlreadyHandled as handled:
        raise CannotUndo("complaint_handled", complaint=handled.args[0]) from handled
    Call.objects.filter(pk__in=[made.pk for made in calls]).update(undone_at=now)
    skipped_until = first["card"]["skipped_until"]
    CallCard.objects.filter(pk=card.pk).update(
        last_by_id=first["card"]["last_by_id"], skipped_until=skipped_until and parse_datetime(skipped_until)
    )
    if calls[0].undo_data["draft"]:
        save_draft(card, by, calls[0].undo_data["draft"], now)
    recompute_cards([card.customer_id, *relatives], store=card.store, now=now)
    card.refresh_from_db()
    return card


# --- Why not ----------------------------------------------------------------------------------------------------------
def _refuse(card, call, calls, by, now):
    if call.by_id != by.pk:
        raise CannotUndo("not_yours")
    if not calls:
        raise CannotUndo("undone")
    if now - calls[0].at > dt.timedelta(minutes=desk_of(card.store).undo_minutes):
        raise TooLate
    if card.lease_by_id not in (None, by.pk) and card.lease_until > now:
        raise CannotUndo("card_taken", by=card.lease_by)
    later = Call.objects.filter(undone_at__isnull=True, pk__gt=calls[0].pk)
    if later.filter(card=card).exists():
        raise CannotUndo("worked_again")
    if later.filter(by=by).exists():
        raise CannotUndo("not_last")


def _refuse_if_life_went_on(last, rows, items, planned):
    """The topics must still be as the visit left them, and nothing must stand where a closed one would open again."""
    for row in rows:
        if row.call_id != last.pk:
            continue
        item = items[row.item_id]
        if row.next_at is None:
            as_left = item.state != ItemState.OPEN and item.closed_at == last.at
        else:
            as_left = item.state == ItemState.OPEN and item.callable_at == row.next_at
        successor = DueItem.objects.open().filter(rule=item.rule, fact_id=item.fact_id).exclude(pk=item.pk)
        if not as_left or successor.exists():
            raise CannotUndo("worked_again")
    for plan in planned:
        if not any(
            _belongs(item, [plan]) and item.state == ItemState.OPEN and not item.attempts for item in items.values()
        ):
            raise CannotUndo("worked_again")


# --- Putting back -----------------------------------------------------------------------------------------------------
def _belongs(item, planned) -> bool:
    return any(item.rule == plan.kind and item.fact_id == plan.pk for plan in planned)


def _put_back(call, rows, items):
    for row in rows:
        for field, value in call.undo_data["items"][str(row.item_id)].items():
            parse = parse_datetime if field in MOMENTS else parse_date
            setattr(items[row.item_id], field, parse(value) if value and field in MOMENTS | DAYS else value)


def _put_back_phone(call, by, now):
    """Unless somebody has learned more about the number since."""
    phone, before = call.phone, call.undo_data["phone_state"]
    found = "good" if call.level == Level.REACHED else BAD_NUMBER.get(call.outcome.effect)
    if phone is not None and found is not None and before != found and phone.state == found:
        mark_phone(phone, before, by=by, source="call", now=now)


def _void_planned(planned, items, by, now):
    PlannedCall.objects.filter(pk__in=[plan.pk for plan in planned]).update(is_void=True, changed_at=now)
    for item in items.values():
        if _belongs(item, planned):
            item.state, item.reason, item.reason_params = ItemState.OBSOLETE, CloseReason.FACT_VOID, {}
            item.closed_at, item.closed_by = now, by


def _withdraw(row, by, now):
    try:
        take_back(row, by=by, now=now)
    except AlreadyHandled as handled:
        raise CannotUndo("complaint_handled", complaint=row.complaint) from handled
