"""What a call changes beyond its topics: a car that is gone, a topic she wants to hear no more of, a customer whom no number reaches,
a complaint that was asked about; and how an undo puts all of it back.

services.visits calls `follow_topics` and `follow_reach` once a call is worked out, services.undo `put_back`. What they need to go back
is in Call.undo_data["before"] (`snapshot`).
"""

import datetime as dt

from django.core.exceptions import ValidationError

from audit.choices import Source
from complaints.choices import ENDED, ComplaintState
from complaints.models import Complaint
from complaints.services import (
    add_note,
    record_recontact,
    reopen_by_call,
    withdraw_complaint,
    withdraw_recontact,
    withdraw_reopening,
)
from customers.choices import Channel, GoneReason
from customers.models import Vehicle
from customers.services import (
    bring_back,
    mark_gone,
    mark_reached,
    mark_unreachable,
    restore_reach,
)
from followups.choices import Effect, ItemState
from followups.models import Call, DueItem, PlannedCall
from followups.rules import BY_CODE
from followups.services.planned import make_number_check
from followups.services.wishes import set_wish_of_call

# Which of the shipped outcomes says why a car is gone; the others with that effect say it themselves, else: sold.
GONE_WHY = {"car_scrapped": GoneReason.SCRAPPED, "car_moved": GoneReason.MOVED}


BAD = (Effect.BAD_NUMBER, Effect.WRONG_NUMBER)


def gone_why(outcome) -> str:
    return outcome.why_gone or GONE_WHY.get(outcome.code, GoneReason.SOLD).value


def snapshot(sitting) -> dict:
    """What may change, as JSON: her reach, the cars that are spoken about."""
    customer = sitting.customer
    cars = {item.vehicle_id: item.vehicle for item in sitting.items.values() if item.vehicle is not None}
    return {
        "reach": [customer.unreachable_on and customer.unreachable_on.isoformat(), customer.unreachable_round],
        "cars": {str(pk): [car.gone_on and car.gone_on.isoformat(), car.gone_why] for pk, car in sorted(cars.items())},
    }


def follow_topics(sitting, call, work) -> None:
    """Of a call that reached somebody, before its outcomes are written (a wish stands on its outcome, whose undo lifts it).

    `work` are the checked topics of services.visits.
    """
    told = {"by": sitting.by, "source": Source.CALL, "now": sitting.now}
    refusal = next((piece for piece in work if piece.outcome.effect == Effect.DO_NOT_CALL), None)
    if refusal is not None:
        _wish(refusal, call, sitting, channel=Channel.PHONE_OUT)
    death = next((piece for piece in work if piece.outcome.effect == Effect.DECEASED), None)
    if death is not None:
        _wish(death, call, sitting)  # of every kind: calls, messages, greetings
    for piece in work:
        item, effect = piece.item, piece.outcome.effect
        if effect == Effect.CAR_GONE and item.vehicle is not None:
            mark_gone(item.vehicle, gone_why(piece.outcome), on=sitting.today, **told)
        elif effect == Effect.NO_TOPIC:
            topic = topic_of(item)
            if not BY_CODE[topic].is_planned:  # what was planned with her is over with its call
                _wish(piece, call, sitting, topic=topic)
        elif effect == Effect.DONE and item.rule == "complaint_recontact":
            _asked_again(item, call, sitting)


def _wish(piece, call, sitting, **scope):
    """Her wish, hung on its outcome, whose undo takes it back."""
    words = {"reason": _reason(piece, call), "source": Source.CALL}
    wish = set_wish_of_call(call, sitting.customer, by=sitting.by, now=sitting.now, **words, **scope)
    for row in sitting.rows:
        if row.item.pk == piece.item.pk:
            row.wish = wish


def topic_of(item) -> str:
    """The rule she does not want to hear of: of a promised call that from which it came."""
    if not BY_CODE[item.rule].is_planned:
        return item.rule
    return PlannedCall.objects.filter(pk=item.fact_id).values_list("topic", flat=True).first() or item.rule


def _reason(piece, call) -> str:
    """Her words, else what the outcome is called: it is the proof of her wish."""
    return piece.topic.note.strip() or call.note.strip() or piece.outcome.label_zh


def _asked_again(item, call, sitting) -> None:
    complaint = Complaint.objects.filter(pk=item.fact_id, state=ComplaintState.SOLVED).first()
    if complaint is not None:
        record_recontact(complaint, by=sitting.by, now=sitting.now, note=call.note)


def reopen(item, words, call, sitting) -> Complaint | None:
    """Asked about its solution she is dissatisfied: the same case is opened again. None where it is over by now.

    Raises ValidationError({"summary": …}).
    """
    complaint = Complaint.objects.select_for_update().filter(pk=item.fact_id).exclude(state=ComplaintState.VOID).first()
    if complaint is None or complaint.state in ENDED:
        return None
    try:
        if complaint.state in (ComplaintState.SOLVED, ComplaintState.CONFIRMED):
            before = reopen_by_call(complaint, words, by=sitting.by, now=sitting.now)
            call.undo_data["reopened"] = before
            call.save(update_fields=["undo_data"])
        else:  # somebody has opened it again before
            add_note(complaint, words, by=sitting.by, now=sitting.now)
    except ValidationError as fault:
        raise ValidationError({"summary": fault.messages}) from fault
    return complaint


def take_back(row, *, by, now) -> None:
    """Undo what this outcome did to its complaint. Raises complaints.services.AlreadyHandled."""
    if row.complaint is None:
        return
    if row.item.rule != "complaint_recontact" or row.item.fact_id != row.complaint_id:
        withdraw_complaint(row.complaint, by=by, now=now)
    elif "reopened" in row.call.undo_data:
        withdraw_reopening(row.complaint, row.call.undo_data["reopened"], row.call.at, by=by, now=now)


def follow_numbers(sitting) -> None:
    """Where a number of this sitting turned out wrong or dead and another may still be dialled: a task to check the numbers.

    Once the card is saved, before its outcomes are written: the task hangs on one of them, so that an undo takes it back. Where
    each topic was promised a call already, that call is the occasion.
    """
    free = next((row for row in sitting.rows if row.planned is None), None)
    bad = Call.objects.filter(visit=sitting.token, undone_at__isnull=True, outcome__effect__in=BAD)
    if free is not None and bad.exists() and sitting.numbers_left()[0]:
        free.planned = make_number_check(sitting.customer, by=sitting.by, now=sitting.now)


def follow_reach(sitting, *, connected: bool) -> None:
    """Who was spoken with can be reached; who was given up, and with whom nobody spoke while that topic was open, cannot."""
    if connected:
        mark_reached(sitting.customer, by=sitting.by, now=sitting.now)
        return
    given_up = [row.item for row in sitting.rows if row.item.state == ItemState.UNREACHABLE]
    if given_up:
        since = max(item.created_at for item in given_up)  # of one of them is enough
        mark_unreachable(sitting.customer, since=since, by=sitting.by, now=sitting.now)


def put_back(customer, first_call, calls, rows, *, by, now) -> None:
    """Undo of a visit: `calls` are its calls, `rows` their outcomes. Raises complaints.services.AlreadyHandled."""
    before = first_call.undo_data.get("before")
    if before is None:
        return
    restore_reach(customer, *before["reach"], by=by, now=now)
    told = {"by": by, "source": Source.CALL, "now": now}
    gone = {row.item.vehicle_id for row in rows if row.outcome.effect == Effect.CAR_GONE}
    for car in Vehicle.objects.filter(pk__in=gone & {int(pk) for pk in before["cars"]}).order_by("pk"):
        gone_on, why = before["cars"][str(car.pk)]
        if gone_on is None:
            bring_back(car, **told)
        else:
            mark_gone(car, why, on=dt.date.fromisoformat(gone_on), **told)
    moments = [call.at for call in calls]
    _unasked(rows, moments, by, now)


def _unasked(rows, moments, by, now) -> None:
    asked = DueItem.objects.filter(pk__in={row.item_id for row in rows}, rule="complaint_recontact")
    for complaint in Complaint.objects.filter(pk__in=asked.values("fact_id"), recontacted_at__isnull=False):
        at = next((moment for moment in moments if moment == complaint.recontacted_at), None)
        if at is not None:
            withdraw_recontact(complaint, at, by=by, now=now)
