"""Verbs on the clock of a case: it stands still with an agreed date and a reason, goes on, is extended."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.choices import TRANSITIONS, ComplaintState, NoteCode, PauseEnd, Step, WaitsFor
from complaints.models import Complaint, Pause
from complaints.services.base import NOTE_LENGTH, NotAllowed, move, refuse_if_changed, words_of
from complaints.services.clocks import DUE, hours_of, shifted
from complaints.services.telling import handlers_of, tell_people
from office.choices import Severity

LONGEST_WAIT = dt.timedelta(days=120)
LONGEST_EXTENSION = 30  # work days at once
_STANDS = {"waits_for": "", "waits_until": None, "waits_since": None}


@transaction.atomic
def wait(complaint, *, waits_for, until, reason, by, now, seen="") -> Pause:
    """The case waits for somebody until an agreed moment, and its clocks stand still. Raises NotAllowed, ValidationError by field."""
    refuse_if_changed(complaint, seen)
    if ComplaintState.WAITING not in TRANSITIONS[ComplaintState(complaint.state)]:
        raise NotAllowed("state", complaint)
    if waits_for not in WaitsFor.values:
        raise ValidationError({"waits_for": _("Please choose one.")})
    if until <= now:
        raise ValidationError({"until": _("This lies in the past.")})
    if until - now > LONGEST_WAIT:
        days = {"days": LONGEST_WAIT.days}
        raise ValidationError({"until": _("At most %(days)s days ahead; agree on an earlier date first.") % days})
    words = words_of("reason", reason, NOTE_LENGTH)
    values = {"state": ComplaintState.WAITING, "waits_for": waits_for, "waits_until": until, "waits_since": now}
    values["handler_id"] = complaint.handler_id or by.pk
    params = {"for": waits_for, "until": until.isoformat()}
    move(complaint, values, by=by, now=now, deed="waiting", note=NoteCode.WAITING, params=params, text=words)
    return Pause.objects.create(
        complaint=complaint, waits_for=waits_for, began_at=now, until_at=until, reason=words, by=by
    )


def end_pause(complaint, why, by, now) -> dict:
    """End the pause of a case that waits, at most at its agreed date; the columns that follow. Nothing where it does not wait."""
    if complaint.state != ComplaintState.WAITING:
        return {}
    ended = min(now, complaint.waits_until)
    Pause.objects.filter(complaint=complaint, ended_at=None).update(ended_at=ended, ended_by=by, ended_why=why)
    stood = hours_of(complaint.store).between(complaint.waits_since, ended)
    return {**_STANDS, **shifted(complaint, stood, since=complaint.waits_since)}


@transaction.atomic
def resume(complaint, *, by, now, note="", seen=""):
    """It goes on before the agreed date. Raises NotAllowed unless it waits."""
    refuse_if_changed(complaint, seen)
    if complaint.state != ComplaintState.WAITING:
        raise NotAllowed("state", complaint)
    words = words_of("note", note, NOTE_LENGTH, needed=False)
    values = {"state": ComplaintState.HANDLING, **end_pause(complaint, PauseEnd.RESUMED, by, now)}
    move(complaint, values, by=by, now=now, deed="resumed", note=NoteCode.RESUMED, text=words)


def wake(store, *, now) -> int:
    """Cases whose agreed date has passed go on by themselves, and their handlers are told; how many."""
    due = Complaint.objects.filter(store=store, state=ComplaintState.WAITING, waits_until__lte=now)
    return sum(_wake(pk, now) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _wake(pk, now) -> bool:
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("handler", "store").get(pk=pk)
    if complaint.state != ComplaintState.WAITING or complaint.waits_until > now:
        return False
    until, waited_for = complaint.waits_until, complaint.waits_for
    values = {"state": ComplaintState.HANDLING, **end_pause(complaint, PauseEnd.LAPSED, None, now)}
    move(complaint, values, by=None, now=now, deed="lapsed", note=NoteCode.LAPSED, params={"for": waited_for})
    tell_people(
        complaint,
        handlers_of(complaint),
        "complaint_woken",
        severity=Severity.WARNING,
        key=f"{until:%Y%m%d%H%M}",
        waited_for=waited_for,
    )
    return True


@transaction.atomic
def extend(complaint, *, days, reason, by, now, seen=""):
    """The solution gets so many work days more. Raises NotAllowed where no such clock runs, ValidationError by field."""
    refuse_if_changed(complaint, seen)
    due = DUE[Step.SOLUTION][0]
    if complaint.state not in (ComplaintState.RECEIVED, ComplaintState.HANDLING) or getattr(complaint, due) is None:
        raise NotAllowed("state", complaint)
    if not 1 <= days <= LONGEST_EXTENSION:
        raise ValidationError({"days": _("Between 1 and %(most)s work days.") % {"most": LONGEST_EXTENSION}})
    words = words_of("reason", reason, NOTE_LENGTH)
    before, hours = getattr(complaint, due), hours_of(complaint.store)
    values = shifted(complaint, days * hours.day, steps=(Step.SOLUTION,))
    if before < now:  # an extension of what is missed counts from now on
        values[due] = hours.later(now, days * hours.day)
    params = {"step": Step.SOLUTION.value, "from": before.isoformat(), "to": values[due].isoformat()}
    values["clock_round"] = complaint.clock_round + 1
    move(complaint, values, by=by, now=now, deed="extended", note=NoteCode.EXTENDED, params=params, text=words)
    tell_people(
        complaint,
        handlers_of(complaint),
        "complaint_extended",
        key=str(complaint.clock_round),
        due=values[due].astimezone(complaint.store.zone).strftime("%m-%d %H:%M"),
    )
