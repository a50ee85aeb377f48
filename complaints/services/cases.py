"""Verbs on complaints: open, note, take over, move on, withdraw. The only place where a complaint's state changes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from common.locks import lock_words
from complaints.choices import TRANSITIONS, ComplaintState, Department, NoteCode, Origin, Severity
from complaints.models import Complaint, ComplaintNote
from complaints.services.causes import cause_of
from complaints.services.errors import NotAllowed

# Hours from opening until a complaint must be closed: 3, 5 and 7 days by level (DOMAIN 2.7, suggested default).
# Calendar hours; the dealership's working calendar comes with the complaint clocks.
CLOSE_HOURS = {Severity.MAJOR: 3 * 24, Severity.SERIOUS: 5 * 24, Severity.NORMAL: 7 * 24}
SUMMARY_LENGTH = RESOLUTION_LENGTH = 500
NOTE_LENGTH = 1000

_NOTE_OF = {  # (from, to) -> the note that tells it
    (ComplaintState.RECEIVED, ComplaintState.HANDLING): NoteCode.HANDLING,
    (ComplaintState.HANDLING, ComplaintState.SOLVED): NoteCode.SOLVED,
    (ComplaintState.SOLVED, ComplaintState.CLOSED): NoteCode.CLOSED,
    (ComplaintState.SOLVED, ComplaintState.HANDLING): NoteCode.REOPENED,
}


_SOLVED_ANEW = {"recontacted_at": None, "recontacted_by_id": None}
_SOLVED = {
    "solved_at": parse_datetime,
    "solved_on": parse_date,
}
_UNTOLD = {"solved_round"}  # what history leaves out: it follows from the state


class AlreadyHandled(Exception):  # noqa: N818
    """Somebody has begun to work on it, so it cannot be withdrawn."""


def close_hours(severity) -> int:
    """Hours a complaint of this severity may stay open."""
    return CLOSE_HOURS[Severity(severity)]


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


def _words(field, text, length, *, needed=True) -> str:
    """`text` without blanks around it. Raises ValidationError({field: …}) where it is needed and missing, or too long."""
    text = (text or "").strip()
    if needed and not text:
        raise ValidationError({field: ValidationError(_("Please write this down."), code="required")})
    if len(text) > length:
        fault = ValidationError(_("At most %(count)s characters."), code="too_long", params={"count": length})
        raise ValidationError({field: fault})
    return text


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
) -> Complaint:
    """A new complaint, state received, with a number of its own and the deadline of its severity.

    `cause` is a code of the store's tree; without a `department` it goes to the one that usually answers for that cause. Raises ValidationError by field: a word outside the lists, a missing summary, a car or order of another store.
    """
    faults, about = {}, None
    try:
        about = cause_of(customer.store_id, cause)
    except ValidationError as fault:
        faults |= fault.error_dict
    department = department or getattr(about, "department", "")
    for field, value, choices in (
        ("severity", severity, Severity),
        ("department", department, Department),
        ("origin", origin, Origin),
    ):
        if value not in choices.values:
            faults[field] = ValidationError(_("Please choose one."), code="invalid")
    for field, record in (("vehicle", vehicle), ("repair_order", repair_order)):
        if record is not None and record.store_id != customer.store_id:
            faults[field] = ValidationError(_("This belongs to another store."), code="other_store")
    if faults:
        raise ValidationError(faults)
    complaint = Complaint.objects.create(
        store_id=customer.store_id,
        number=_next_number(customer.store, now),
        customer=customer,
        vehicle=vehicle,
        repair_order=repair_order,
        origin=origin,
        cause=about,
        severity=severity,
        department=department,
        summary=_words("summary", summary, SUMMARY_LENGTH),
        handler=handler,
        deadline_at=now + dt.timedelta(hours=close_hours(severity)),
        opened_by=by,
        opened_at=now,
        changed_at=now,
    )
    source = Source.CALL if origin == Origin.CALL else Source.FORM
    record_change(complaint, {}, by=by, source=source, deed="create", customer_id=customer.pk, at=now)
    return complaint


@transaction.atomic
def add_note(complaint, text, *, by, now) -> ComplaintNote:
    """Add what somebody found out or did. Notes are never rewritten. Raises NotAllowed on a closed or withdrawn complaint."""
    text = _words("text", text, NOTE_LENGTH)
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if not fresh.is_open:
        raise NotAllowed("state", fresh)
    note = ComplaintNote.objects.create(complaint=complaint, at=now, by=by, text=text)
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


@transaction.atomic
def take_over(complaint, *, by, now, seen=""):
    """`by` handles it from now on; a received one is thereby in handling. Raises NotAllowed (closed, already theirs, or changed)."""
    _refuse_if_changed(complaint, seen)
    if not complaint.is_open or complaint.handler_id == by.pk:
        raise NotAllowed("state", complaint)
    former = complaint.handler.full_name if complaint.handler else ""
    values = {"handler_id": by.pk}
    if complaint.state == ComplaintState.RECEIVED:
        values["state"] = ComplaintState.HANDLING
    _move(complaint, values, by=by, now=now, deed="take_over", note=NoteCode.TAKEN_OVER, params={"from": former})


@transaction.atomic
def hand_complaint_over(complaint, to, *, by, now, note=""):
    """`to` handles it from now on; None: whoever takes it over. `by` None: the house, as nobody is there any more.

    Raises NotAllowed (closed, theirs already, or changed meanwhile).
    """
    if not complaint.is_open or complaint.handler_id == getattr(to, "pk", None):
        raise NotAllowed("state", complaint)
    former = complaint.handler.full_name if complaint.handler else ""
    params = {"from": former, "to": to.full_name if to else ""}
    values = {"handler_id": getattr(to, "pk", None)}
    words = _words("note", note, NOTE_LENGTH, needed=False)
    _move(complaint, values, by=by, now=now, deed="hand_over", note=NoteCode.HANDED_OVER, params=params, text=words)


@transaction.atomic
def change_state(complaint, to, *, by, now, resolution="", reason="", note="", unasked="", seen=""):
    """Move on to `to` along choices.TRANSITIONS.

    Solved needs a `resolution`, reopening (solved → handling) a `reason`; `note` is kept where it is closed. No complaint is
    closed before the customer was asked again (record_recontact), unless `unasked` says why. Who moves a complaint without a
    handler becomes its handler. Whether `by` may close is decided at the door (complaints.close_complaint). `seen` is the
    `stamp` the person looked at. Raises NotAllowed, ValidationError by field.
    """
    _refuse_if_changed(complaint, seen)
    before = ComplaintState(complaint.state)
    if to not in TRANSITIONS[before]:
        raise NotAllowed("state", complaint)
    code = _NOTE_OF[before, to]
    values, words = {"state": to}, ""
    if code == NoteCode.SOLVED:
        words = _words("resolution", resolution, RESOLUTION_LENGTH)
        values |= _SOLVED_ANEW | {"resolution": words, "solved_at": now, "solved_on": complaint.store.day_of(now)}
        values["solved_round"] = complaint.solved_round + 1
    elif code == NoteCode.REOPENED:
        words = _words("reason", reason, NOTE_LENGTH)
        values |= _SOLVED_ANEW | {"resolution": "", "solved_at": None, "solved_on": None}
    elif code == NoteCode.CLOSED:
        words = _words("note", note, NOTE_LENGTH, needed=False)
        if complaint.recontacted_at is None:
            if not (unasked or "").strip():
                raise NotAllowed("unasked", complaint)
            code, words = NoteCode.CLOSED_UNASKED, _words("unasked", unasked, NOTE_LENGTH)
        values |= {"closed_at": now, "closed_on": complaint.store.day_of(now)}
    if complaint.handler_id is None and to != ComplaintState.CLOSED:
        values["handler_id"] = by.pk
    _move(complaint, values, by=by, now=now, deed=code.value, note=code, text=words)


@transaction.atomic
def withdraw_complaint(complaint, *, by, now):
    """Take back a complaint whose call was undone. Raises AlreadyHandled unless nobody has touched it yet."""
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if fresh.state != ComplaintState.RECEIVED or fresh.notes.by_people().exists():
        raise AlreadyHandled(fresh)
    _move(fresh, {"state": ComplaintState.VOID}, by=by, now=now, deed="withdraw", note=NoteCode.WITHDRAWN)
    complaint.state = fresh.state


@transaction.atomic
def record_recontact(complaint, *, by, now, note=""):
    """The customer was asked whether the solution holds (rule complaint_recontact, or by hand). Raises NotAllowed unless solved."""
    if complaint.state != ComplaintState.SOLVED:
        raise NotAllowed("state", complaint)
    words = _words("note", note, NOTE_LENGTH, needed=False)
    values = {"recontacted_at": now, "recontacted_by_id": by.pk}
    _move(complaint, values, by=by, now=now, deed="recontact", note=NoteCode.RECONTACTED, text=words)


@transaction.atomic
def withdraw_recontact(complaint, at, *, by, now):
    """The call that asked her at the moment `at` was undone. Raises AlreadyHandled where the complaint was moved on since."""
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if fresh.state != ComplaintState.SOLVED or fresh.recontacted_at != at:
        raise AlreadyHandled(fresh)
    _move(fresh, _SOLVED_ANEW, by=by, now=now, deed="recontact_undone", note=NoteCode.RECONTACT_UNDONE)


@transaction.atomic
def reopen_by_call(complaint, words, *, by, now) -> dict:
    """She was asked, and the solution does not hold: `words` are hers. Gives what `withdraw_reopening` needs, as JSON.

    Raises NotAllowed unless solved, ValidationError.
    """
    before = {name: getattr(complaint, name) for name in ("resolution", "handler_id")}
    before |= {name: getattr(complaint, name) and getattr(complaint, name).isoformat() for name in _SOLVED}
    change_state(complaint, ComplaintState.HANDLING, by=by, now=now, reason=words)
    return before


@transaction.atomic
def withdraw_reopening(complaint, before, at, *, by, now):
    """The call that opened it again at the moment `at` was undone: solved as before. Raises AlreadyHandled where life went on."""
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    went_on = fresh.state != ComplaintState.HANDLING or fresh.changed_at != at
    if went_on or fresh.notes.by_people().filter(code="", at__gte=at).exists():
        raise AlreadyHandled(fresh)
    values = {"state": ComplaintState.SOLVED, "resolution": before["resolution"], "handler_id": before["handler_id"]}
    values |= {name: before[name] and parse(before[name]) for name, parse in _SOLVED.items()}
    _move(fresh, values, by=by, now=now, deed="recontact_undone", note=NoteCode.RECONTACT_UNDONE)


def _refuse_if_changed(complaint, seen):
    if seen and seen != complaint.stamp:
        raise NotAllowed("changed", complaint)


def _move(complaint, values, *, by, now, deed, note, params=None, text=""):
    """Write `values`, the note and the audit line, unless state or handler are no longer what `complaint` says."""
    as_seen = Complaint.objects.filter(pk=complaint.pk, state=complaint.state, handler_id=complaint.handler_id)
    if not as_seen.update(**values, changed_at=now):
        raise NotAllowed("changed", Complaint.objects.get(pk=complaint.pk))
    changes = {}
    for field, value in values.items():
        before = getattr(complaint, field)
        if before != value and field not in _UNTOLD:
            changes[field] = (before, value)
        setattr(complaint, field, value)
    complaint.changed_at = now
    ComplaintNote.objects.create(complaint=complaint, at=now, by=by, code=note, params=params or {}, text=text)
    record_change(complaint, changes, by=by, source=Source.FORM, deed=deed, customer_id=complaint.customer_id, at=now)
