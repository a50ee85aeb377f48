"""Verbs that move a case on: whose it is, from which state to which. The only place where a state changes (choices.TRANSITIONS)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from complaints.choices import ENDED, TRANSITIONS, ComplaintState, Department, FileKind, NoteCode, PauseEnd
from complaints.models import Complaint
from complaints.services.base import (
    NOTE_LENGTH,
    RESOLUTION_LENGTH,
    AlreadyHandled,
    NotAllowed,
    move,
    refuse_if_changed,
    words_of,
)
from complaints.services.clocks import begin_anew, recontact_due
from complaints.services.lessons import refuse_unlearned
from complaints.services.telling import tell_deciders, tell_handler
from complaints.services.waiting import end_pause

COMPENSATION_LENGTH = 200
_S = ComplaintState

_SOLVED_ANEW = {"recontacted_at": None, "recontacted_by_id": None}
_UNSOLVED = {**_SOLVED_ANEW, "resolution": "", "solved_at": None, "solved_on": None}
# What a reopening changes and its undo puts back, with how it is read from JSON.
_BEFORE = {
    "state": str,
    "recontacted_at": parse_datetime,
    "recontacted_by_id": int,
    "resolution": str,
    "handler_id": int,
    "solved_at": parse_datetime,
    "solved_on": parse_date,
    "deadline_at": parse_datetime,
    "clock_from": parse_datetime,
    "recontact_due_at": parse_datetime,
    "reopened_at": parse_datetime,
    "times_reopened": int,
}


# --- Whose it is ----------------------------------------------------------------------------------------------------
@transaction.atomic
def take_over(complaint, *, by, now, seen=""):
    """`by` handles it from now on; a received one is thereby in handling. Raises NotAllowed (closed, already theirs, or changed)."""
    refuse_if_changed(complaint, seen)
    if not complaint.is_open or complaint.handler_id == by.pk:
        raise NotAllowed("state", complaint)
    former = complaint.handler.full_name if complaint.handler else ""
    values = {"handler_id": by.pk}
    if complaint.state == _S.RECEIVED:
        values["state"] = _S.HANDLING
    move(complaint, values, by=by, now=now, deed="take_over", note=NoteCode.TAKEN_OVER, params={"from": former})


@transaction.atomic
def assign(complaint, to, *, department, by, now, note="", seen=""):
    """`to` of `department` handles it from now on, and is told; a received one is thereby in handling.

    Raises NotAllowed (over, that very person already, or changed), ValidationError where the person works in another department.
    """
    refuse_if_changed(complaint, seen)
    if not complaint.is_open or (complaint.handler_id, complaint.department) == (to.pk, department):
        raise NotAllowed("state", complaint)
    if department not in Department.values:
        raise ValidationError({"department": _("Please choose one.")})
    if to.works_in and to.works_in != department:
        raise ValidationError({"to": _("%(person)s works in another department.") % {"person": to.full_name}})
    if to.store_id != complaint.store_id or not to.is_active:
        raise ValidationError({"to": _("This belongs to another store.")})
    former = complaint.handler.full_name if complaint.handler else ""
    values = {"handler_id": to.pk, "department": department}
    if complaint.state == _S.RECEIVED:
        values["state"] = _S.HANDLING
    params = {"from": former, "to": to.full_name, "department": department}
    words = words_of("note", note, NOTE_LENGTH, needed=False)
    move(complaint, values, by=by, now=now, deed="assign", note=NoteCode.ASSIGNED, params=params, text=words)
    complaint.handler = to
    tell_handler(complaint, by=by)


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
    words = words_of("note", note, NOTE_LENGTH, needed=False)
    move(complaint, values, by=by, now=now, deed="hand_over", note=NoteCode.HANDED_OVER, params=params, text=words)


# --- From state to state --------------------------------------------------------------------------------------------
def _refuse_unless(complaint, to, seen):
    refuse_if_changed(complaint, seen)
    if to not in TRANSITIONS[_S(complaint.state)]:
        raise NotAllowed("state", complaint)


def _ends(complaint, now) -> dict:
    return {
        "closed_at": now,
        "closed_on": complaint.store.day_of(now),
        **end_pause(complaint, PauseEnd.MOVED_ON, None, now),
    }


@transaction.atomic
def begin_handling(complaint, *, by, now, seen=""):
    """Somebody works on it. Who begins a case without a handler becomes its handler. Raises NotAllowed."""
    refuse_if_changed(complaint, seen)
    if complaint.state != _S.RECEIVED:
        raise NotAllowed("state", complaint)
    values = {"state": _S.HANDLING, "handler_id": complaint.handler_id or by.pk}
    move(complaint, values, by=by, now=now, deed="handling", note=NoteCode.HANDLING)


@transaction.atomic
def solve(complaint, *, by, now, resolution, compensation="", seen=""):
    """It is put right; the customer is asked next. `compensation`: what she was given for it, which calls for her signature.

    Raises NotAllowed, ValidationError.
    """
    _refuse_unless(complaint, _S.SOLVED, seen)
    words = words_of("resolution", resolution, RESOLUTION_LENGTH)
    values = _SOLVED_ANEW | {
        "state": _S.SOLVED,
        "resolution": words,
        "compensation": words_of("compensation", compensation, COMPENSATION_LENGTH, needed=False)
        or complaint.compensation,
        "solved_at": now,
        "solved_on": complaint.store.day_of(now),
        "solved_round": complaint.solved_round + 1,
        "handler_id": complaint.handler_id or by.pk,
        # What is solved was answered and had a plan.
        "answered_at": complaint.answered_at or now,
        "planned_at": complaint.planned_at or now,
        **recontact_due(complaint, now),
        **end_pause(complaint, PauseEnd.MOVED_ON, by, now),
    }
    move(complaint, values, by=by, now=now, deed="solved", note=NoteCode.SOLVED, text=words)


@transaction.atomic
def reopen(complaint, *, by, now, reason, seen="", note=NoteCode.REOPENED):
    """It is not put right after all, or an end does not hold: in handling again, with a clock of its own. Raises NotAllowed,
    ValidationError."""
    if complaint.state not in (_S.SOLVED, _S.CONFIRMED, *ENDED, _S.APPEALED):
        refuse_if_changed(complaint, seen)
        raise NotAllowed("state", complaint)
    _refuse_unless(complaint, _S.HANDLING, seen)
    words = words_of("reason", reason, NOTE_LENGTH)
    values = _UNSOLVED | {"state": _S.HANDLING, "closed_at": None, "closed_on": None, "appealed_from": ""}
    values |= {"handler_id": complaint.handler_id or getattr(by, "pk", None), **begin_anew(complaint, now)}
    move(complaint, values, by=by, now=now, deed="reopened", note=note, text=words)
    tell_handler(complaint, by=by)


@transaction.atomic
def close(complaint, *, by, now, note="", unasked="", seen=""):
    """The customer has confirmed, or `unasked` says why she cannot be asked. Where something was given for it her signed
    confirmation must be among the files; what such a case has to teach must be written down (services.lessons).
    Raises NotAllowed ("unasked", "unsigned", "unlearned")."""
    _refuse_unless(complaint, _S.CLOSED, seen)
    if complaint.state == _S.APPEALED:
        raise NotAllowed("state", complaint)  # appeals are decided (dismiss_appeal)
    code, words = NoteCode.CLOSED, words_of("note", note, NOTE_LENGTH, needed=False)
    if complaint.state == _S.SOLVED:
        if not (unasked or "").strip():
            raise NotAllowed("unasked", complaint)
        code, words = NoteCode.CLOSED_UNASKED, words_of("unasked", unasked, NOTE_LENGTH)
    if complaint.compensation and not complaint.files.filter(kind=FileKind.CONFIRMATION).exists():
        raise NotAllowed("unsigned", complaint)
    refuse_unlearned(complaint)
    values = {"state": _S.CLOSED, **_ends(complaint, now)}
    move(complaint, values, by=by, now=now, deed=code.value, note=code, text=words)


@transaction.atomic
def reject(complaint, *, by, now, reason, seen=""):
    """It is no complaint, or none of ours. Raises NotAllowed, ValidationError."""
    _refuse_unless(complaint, _S.REJECTED, seen)
    if complaint.state == _S.APPEALED:
        raise NotAllowed("state", complaint)
    words = words_of("reason", reason, NOTE_LENGTH)
    values = {"state": _S.REJECTED, **_ends(complaint, now)}
    move(complaint, values, by=by, now=now, deed="rejected", note=NoteCode.REJECTED, text=words)


@transaction.atomic
def force_close(complaint, *, by, now, reason, seen=""):
    """An end without solution or without the customer's word, by somebody who may. Raises NotAllowed, ValidationError."""
    _refuse_unless(complaint, _S.FORCED, seen)
    if complaint.state == _S.APPEALED:
        raise NotAllowed("state", complaint)
    words = words_of("reason", reason, NOTE_LENGTH)
    values = {"state": _S.FORCED, **_ends(complaint, now)}
    move(complaint, values, by=by, now=now, deed="forced", note=NoteCode.FORCED, text=words)


@transaction.atomic
def appeal(complaint, *, by, now, reason, seen=""):
    """Somebody speaks against the end of a case: it waits for a decision. Raises NotAllowed, ValidationError."""
    _refuse_unless(complaint, _S.APPEALED, seen)
    words = words_of("reason", reason, NOTE_LENGTH)
    values = {"state": _S.APPEALED, "appealed_from": complaint.state}
    move(complaint, values, by=by, now=now, deed="appealed", note=NoteCode.APPEALED, text=words)
    tell_deciders(complaint)


@transaction.atomic
def grant_appeal(complaint, *, by, now, reason, seen=""):
    """In handling again. Raises NotAllowed unless appealed, ValidationError."""
    if complaint.state != _S.APPEALED:
        refuse_if_changed(complaint, seen)
        raise NotAllowed("state", complaint)
    reopen(complaint, by=by, now=now, reason=reason, seen=seen, note=NoteCode.APPEAL_GRANTED)


@transaction.atomic
def dismiss_appeal(complaint, *, by, now, reason, seen=""):
    """The end stands as it was. Raises NotAllowed unless appealed, ValidationError."""
    refuse_if_changed(complaint, seen)
    if complaint.state != _S.APPEALED:
        raise NotAllowed("state", complaint)
    words = words_of("reason", reason, NOTE_LENGTH)
    values = {"state": complaint.appealed_from, "appealed_from": ""}
    move(complaint, values, by=by, now=now, deed="appeal_dismissed", note=NoteCode.APPEAL_DISMISSED, text=words)


# --- The customer's word --------------------------------------------------------------------------------------------
@transaction.atomic
def record_recontact(complaint, *, by, now, note="", seen=""):
    """The customer was asked whether the solution holds, and it does (rule complaint_recontact, or by hand). Raises NotAllowed
    unless solved."""
    refuse_if_changed(complaint, seen)
    if complaint.state != _S.SOLVED:
        raise NotAllowed("state", complaint)
    words = words_of("note", note, NOTE_LENGTH, needed=False)
    values = {"state": _S.CONFIRMED, "recontacted_at": now, "recontacted_by_id": by.pk}
    move(complaint, values, by=by, now=now, deed="recontact", note=NoteCode.RECONTACTED, text=words)


@transaction.atomic
def withdraw_recontact(complaint, at, *, by, now):
    """The call that asked her at the moment `at` was undone. Raises AlreadyHandled where the complaint was moved on since."""
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if fresh.state != _S.CONFIRMED or fresh.recontacted_at != at:
        raise AlreadyHandled(fresh)
    values = {**_SOLVED_ANEW, "state": _S.SOLVED}
    move(fresh, values, by=by, now=now, deed="recontact_undone", note=NoteCode.RECONTACT_UNDONE)


@transaction.atomic
def reopen_by_call(complaint, words, *, by, now) -> dict:
    """She was asked, and the solution does not hold: `words` are hers. Gives what `withdraw_reopening` needs, as JSON.

    Raises NotAllowed unless solved or confirmed, ValidationError.
    """
    if complaint.state not in (_S.SOLVED, _S.CONFIRMED):
        raise NotAllowed("state", complaint)
    before = {name: getattr(complaint, name) for name in _BEFORE}
    before = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in before.items()}
    reopen(complaint, by=by, now=now, reason=words)
    return before


@transaction.atomic
def withdraw_reopening(complaint, before, at, *, by, now):
    """The call that opened it again at the moment `at` was undone: solved as before. Raises AlreadyHandled where life went on."""
    fresh = Complaint.objects.select_for_update().get(pk=complaint.pk)
    went_on = fresh.state != _S.HANDLING or fresh.changed_at != at
    if went_on or fresh.notes.by_people().filter(code="", at__gte=at).exists():
        raise AlreadyHandled(fresh)
    values = {"state": _S.SOLVED}
    for name, read in _BEFORE.items():
        if name in before:  # a call from before the clocks knows fewer
            values[name] = read(before[name]) if before[name] is not None else None
    move(fresh, values, by=by, now=now, deed="recontact_undone", note=NoteCode.RECONTACT_UNDONE)
