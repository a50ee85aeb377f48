"""Verbs on emergencies: alert the house at once, call an engineer out, note when he was there and what he did."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from complaints.choices import Emergency, NoteCode
from complaints.models import Callout, Complaint, ComplaintNote
from complaints.services.base import NOTE_LENGTH, NotAllowed, words_of
from complaints.services.telling import tell_everybody_of_emergency

ENGINEER_LENGTH, PHONE_LENGTH = 80, 30


def alert(complaint, *, by, now) -> int:
    """Tell the manager, the department's head, the general manager and the handler, at whatever hour; how many."""
    ComplaintNote.objects.create(
        complaint=complaint, at=now, by=by, code=NoteCode.EMERGENCY, params={"kind": complaint.emergency}
    )
    return tell_everybody_of_emergency(complaint)


@transaction.atomic
def raise_emergency(complaint, kind, *, by, now) -> int:
    """It turns out to be one. Raises NotAllowed where it is one already or the case is over."""
    if kind not in Emergency.values:
        raise ValidationError({"kind": _("Please choose one.")})
    calm = Complaint.objects.open().filter(pk=complaint.pk, emergency="")
    if not calm.update(emergency=kind, changed_at=now):
        raise NotAllowed("state", complaint)
    complaint.emergency = kind
    record_change(
        complaint,
        {"emergency": ("", kind)},
        by=by,
        source=Source.FORM,
        deed="emergency",
        customer_id=complaint.customer_id,
        at=now,
    )
    return alert(complaint, by=by, now=now)


@transaction.atomic
def call_engineer(complaint, *, engineer, phone="", called_at, by, now) -> Callout:
    """An engineer was called out. Raises NotAllowed on a case that is over, ValidationError by field."""
    if not Complaint.objects.select_for_update().get(pk=complaint.pk).is_open:
        raise NotAllowed("state", complaint)
    if called_at > now:
        raise ValidationError({"called_at": _("This lies in the future.")})
    callout = Callout.objects.create(
        complaint=complaint,
        engineer=words_of("engineer", engineer, ENGINEER_LENGTH),
        phone=words_of("phone", phone, PHONE_LENGTH, needed=False),
        called_at=called_at,
        called_by=by,
    )
    _tell(callout, NoteCode.ENGINEER_CALLED, by=by, now=now)
    return callout


@transaction.atomic
def note_arrival(callout, *, arrived_at, done, by, now) -> Callout:
    """He was there: when, what he found and did. Written once; raises NotAllowed where it is written already."""
    if not callout.called_at <= arrived_at <= now:
        raise ValidationError({"arrived_at": _("Between the call and now, please.")})
    done = words_of("done", done, NOTE_LENGTH)
    if not Callout.objects.filter(pk=callout.pk, arrived_at=None).update(arrived_at=arrived_at, done=done):
        raise NotAllowed("changed", callout.complaint)
    callout.arrived_at, callout.done = arrived_at, done
    _tell(callout, NoteCode.ENGINEER_ARRIVED, by=by, now=now, text=done)
    return callout


def _tell(callout, code, *, by, now, text=""):
    complaint = callout.complaint
    ComplaintNote.objects.create(
        complaint=complaint, at=now, by=by, code=code, params={"engineer": callout.engineer}, text=text
    )
    how = {"by": by, "source": Source.FORM, "customer_id": complaint.customer_id, "at": now}
    record_change(complaint, {}, deed=code.value, params={"callout": callout.pk}, **how)
