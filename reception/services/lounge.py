"""Care in the lounge (客休区主动关怀): what was said while she waited. Notes are added, never rewritten."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from complaints.choices import Origin, Severity
from complaints.services import open_complaint
from customers.choices import Channel
from customers.models import RepairOrder
from customers.services import mark_reached, record_contact
from customers.services.writing import lock
from reception.choices import WORKSHOP_DAYS, Mood
from reception.models import LoungeNote

ORIGIN = "reception.note"


@dataclass(frozen=True)
class ComplaintDraft:
    """What a dissatisfied word needs to become a complaint; `cause` is a code of the store's tree, without a `department` the cause's
    usual one. The words are those of the note."""

    cause: str
    department: str = ""
    severity: str = Severity.NORMAL


@transaction.atomic
def add_note(
    arrival,
    *,
    sat_with,
    mood,
    by,
    now,
    words="",
    refreshment="",
    wait_minutes=None,
    complaint: ComplaintDraft | None = None,
) -> LoungeNote:
    """`sat_with` sat with the customer of `arrival`, who is, or was, here today. Goes to the contact ledger; she counts as reached.

    A dissatisfied word needs a `complaint`, which is opened with her words; no other mood has one. Raises ValidationError by field.
    """
    words, unhappy = words.strip(), mood == Mood.UNHAPPY
    faults = {}
    if arrival.arrived_at is None or arrival.withdrawn_at is not None:
        faults["mood"] = _("The customer is not here.")
    if mood not in Mood.values:
        faults["mood"] = _("Please choose one.")
    if not sat_with.strip():
        faults["sat_with"] = _("Who sat with the customer?")
    if not words and mood in (Mood.UNHAPPY, Mood.QUESTION):
        faults["words"] = _("Please write down what the customer says.")
    if unhappy and complaint is None:
        faults["cause"] = _("Please choose one.")
    if faults:
        raise ValidationError(faults)
    customer = arrival.customer
    lock(customer)
    case = _complain(arrival, complaint, words, by=by, now=now) if unhappy else None
    note = LoungeNote.objects.create(
        store_id=arrival.store_id,
        arrival=arrival,
        at=now,
        by=by,
        sat_with=sat_with.strip(),
        mood=mood,
        words=words,
        refreshment=refreshment.strip(),
        wait_minutes=wait_minutes,
        complaint=case,
    )
    record_contact(
        customer,
        at=now,
        channel=Channel.VISIT,
        connected=True,
        by=by,
        topics=[],
        summary={"code": "lounge", "mood": str(mood), "complaint": case.number if case else ""},
        note=words,
        vehicle=arrival.vehicle,
        origin=ORIGIN,
        origin_id=note.pk,
    )
    mark_reached(customer, by=by, now=now)
    record_change(note, {}, by=by, source=Source.FORM, deed="create", customer_id=customer.pk, at=now)
    return note


def _complain(arrival, draft, words, *, by, now):
    """Errors of the complaint are told at the fields of the note's form, which have the same names; `summary` is `words` there."""
    try:
        return open_complaint(
            arrival.customer,
            by=by,
            now=now,
            summary=words,
            vehicle=arrival.vehicle,
            repair_order=order_under_way(arrival.vehicle, arrival.day),
            origin=Origin.WALK_IN,
            **asdict(draft),
        )
    except ValidationError as fault:
        renamed = {"words" if name == "summary" else name: errors for name, errors in fault.error_dict.items()}
        raise ValidationError(renamed) from fault


def order_under_way(vehicle, day: dt.date) -> RepairOrder | None:
    """The repair order of a car that is in the workshop on `day`, as far as the DMS has told of it."""
    if vehicle is None:
        return None
    open_ones = Q(settled_on__isnull=True, opened_on__range=(day - dt.timedelta(days=WORKSHOP_DAYS), day))
    orders = RepairOrder.objects.alive().filter(open_ones | Q(opened_on=day), vehicle=vehicle)
    return orders.order_by("-opened_on", "-pk").first()
