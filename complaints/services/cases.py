"""Verbs on a case as such: taken down, written on, withdrawn."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from common.locks import lock_words
from complaints.choices import (
    IN_WORK,
    ComplaintState,
    Department,
    Emergency,
    NoteCode,
    NoteKind,
    Origin,
    Severity,
)
from complaints.models import Complaint, ComplaintNote
from complaints.services.base import (
    NOTE_LENGTH,
    SUMMARY_LENGTH,
    WISH_LENGTH,
    AlreadyHandled,
    NotAllowed,
    move,
    words_of,
)
from complaints.services.causes import find_cause
from complaints.services.clocks import first_clocks, next_of
from complaints.services.emergencies import alert
from complaints.services.telling import settle_notices

OEM_NO_LENGTH = 40
SAME_CLICK = dt.timedelta(seconds=30)  # the same words by the same person again so soon are a double click


def number_prefix(store, now) -> str:
    """ "TS20261122-": the store's calendar day."""
    return f"TS{store.day_of(now):%Y%m%d}-"


def _next_number(store, now) -> str:
    """The next free number of the store's day. Whoever numbers a complaint of the store is alone until the transaction ends.

    Not the store's row is locked: an import holds it while it waits for customers, and a call being saved holds customers.
    """
    lock_words(f"complaint numbers:{store.pk}")
    prefix = number_prefix(store, now)
    last = Complaint.objects.filter(store=store).of_day(prefix).order_by("-id").values_list("number", flat=True).first()
    serial = int(last.removeprefix(prefix)) + 1 if last else 1
    return f"{prefix}{serial:03d}"


def _refuse_foreign_words(customer, chosen, records, about):
    faults = {} if about else {"cause": ValidationError(_("Please choose one."), code="invalid")}
    for field, value, choices in chosen:
        if value not in choices.values:
            faults[field] = ValidationError(_("Please choose one."), code="invalid")
    for field, record in records:
        if record is not None and record.store_id != customer.store_id:
            faults[field] = ValidationError(_("This belongs to another store."), code="other_store")
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def open_complaint(
    customer,
    *,
    by,
    now,
    cause,
    severity,
    summary,
    department="",
    vehicle=None,
    repair_order=None,
    origin=Origin.CALL,
    handler=None,
    wish="",
    emergency="",
    oem_no="",
    oem_due_at=None,
) -> Complaint:
    """A new complaint, state received, with a number of its own and its clocks running. An emergency alerts the house at once.

    `cause` is a code of the store's tree; without a `department` it goes to the one that usually answers for that cause. `oem_due_at`:
    by when the maker wants it solved. Raises ValidationError by field: a word outside the lists, a missing summary, a car or order
    of another store, a deadline of the maker that has passed.
    """
    about = find_cause(customer.store_id, cause)
    department = department or getattr(about, "department", "")
    chosen = [
        ("severity", severity, Severity),
        ("department", department, Department),
        ("origin", origin, Origin),
    ]
    chosen += [("emergency", emergency, Emergency)] if emergency else []
    _refuse_foreign_words(customer, chosen, (("vehicle", vehicle), ("repair_order", repair_order)), about)
    if oem_due_at is not None and oem_due_at <= now:
        raise ValidationError({"oem_due_at": _("This lies in the past.")})
    complaint = Complaint(
        store=customer.store,
        number=_next_number(customer.store, now),
        customer=customer,
        vehicle=vehicle,
        repair_order=repair_order,
        origin=origin,
        cause=about,
        severity=severity,
        department=department,
        summary=words_of("summary", summary, SUMMARY_LENGTH),
        wish=words_of("wish", wish, WISH_LENGTH, needed=False),
        emergency=emergency,
        oem_no=words_of("oem_no", oem_no, OEM_NO_LENGTH, needed=False),
        handler=handler,
        opened_by=by,
        opened_at=now,
        changed_at=now,
        **first_clocks(customer.store, severity=severity, origin=origin, now=now, oem_due_at=oem_due_at),
    )
    for field, value in next_of(complaint).items():
        setattr(complaint, field, value)
    complaint.save(force_insert=True)
    source = Source.CALL if origin == Origin.CALL else Source.FORM
    record_change(complaint, {}, by=by, source=source, deed="create", customer_id=customer.pk, at=now)
    if emergency:
        alert(complaint, by=by, now=now)
    return complaint


@transaction.atomic
def add_note(complaint, text, *, by, now, kind=NoteKind.INTERNAL) -> ComplaintNote:
    """Add what somebody found out, did or said. Notes are never rewritten. Raises NotAllowed on a case that is over.

    The first note said to the customer is the first answer, the first plan is the plan: their clocks have done their work. The same
    words of the same person again within `SAME_CLICK` are the note that is there already.
    """
    text = words_of("text", text, NOTE_LENGTH)
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if not fresh.is_open:
        raise NotAllowed("state", fresh)
    twin = fresh.notes.filter(by=by, code="", text=text, kind=kind, at__gt=now - SAME_CLICK, at__lte=now).first()
    if twin is not None:
        return twin
    note = ComplaintNote.objects.create(complaint=complaint, at=now, by=by, text=text, kind=kind)
    _meet(fresh, kind, now)
    for field in ("answered_at", "planned_at", "next_step", "next_due_at"):
        setattr(complaint, field, getattr(fresh, field))
    record_change(
        complaint,
        {},
        by=by,
        source=Source.FORM,
        deed="note",
        customer_id=complaint.customer_id,
        params={"note": note.pk},
        at=now,
    )
    return note


def _meet(complaint, kind, now):
    """What a note is worth to the clocks. `complaint` is locked."""
    done = {NoteKind.CUSTOMER: "answered_at", NoteKind.PLAN: "planned_at"}.get(kind)
    if done is None or getattr(complaint, done) is not None or complaint.state not in IN_WORK:
        return
    setattr(complaint, done, now)
    values = {done: now, **next_of(complaint)}
    for field, value in values.items():
        setattr(complaint, field, value)
    Complaint.objects.filter(pk=complaint.pk).update(**values)
    settle_notices(complaint)


@transaction.atomic
def withdraw_complaint(complaint, *, by, now):
    """Take back a complaint whose call was undone. Raises AlreadyHandled unless nobody has touched it yet."""
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if fresh.state != ComplaintState.RECEIVED or fresh.notes.by_people().exists():
        raise AlreadyHandled(fresh)
    move(fresh, {"state": ComplaintState.VOID}, by=by, now=now, deed="withdraw", note=NoteCode.WITHDRAWN)
    complaint.state = fresh.state
