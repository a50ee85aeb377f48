"""What the verbs of all nouns share: the one conditional write of a case, and the checking of words."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from complaints.models import Complaint, ComplaintNote
from complaints.services.clocks import next_of
from complaints.services.telling import settle_emergency, settle_notices

SUMMARY_LENGTH = RESOLUTION_LENGTH = WISH_LENGTH = 500
NOTE_LENGTH = 1000

# What history leaves out: it follows from the rest, or is worked out anew.
UNTOLD = {"solved_round", "allowed", "clock_round", "clock_from", "next_step", "next_due_at", "times_reopened"}


class NotAllowed(Exception):  # noqa: N818
    """The step does not lead on from where the complaint stands now.

    `code`: "state", "changed" (somebody was quicker), "unasked" (closing needs the customer's word, or a reason why not),
    "unsigned" (something was given for it, and the customer's signed confirmation is not there), "unlearned" (the store wants what
    such a case teaches to be written down first).
    """

    def __init__(self, code, complaint):
        super().__init__(f"{complaint.number}: {code}")
        self.code = code
        self.complaint = complaint


class AlreadyHandled(Exception):  # noqa: N818
    """Somebody has begun to work on it, so it cannot be withdrawn."""


def words_of(field, text, length, *, needed=True) -> str:
    """`text` without blanks around it. Raises ValidationError({field: …}) where it is needed and missing, or too long."""
    text = (text or "").strip()
    if needed and not text:
        raise ValidationError({field: ValidationError(_("Please write this down."), code="required")})
    if len(text) > length:
        fault = ValidationError(_("At most %(count)s characters."), code="too_long", params={"count": length})
        raise ValidationError({field: fault})
    return text


def refuse_if_changed(complaint, seen):
    """`seen` is the stamp that the person looked at; "" where nobody looked. Raises NotAllowed."""
    if seen and seen != complaint.stamp:
        raise NotAllowed("changed", complaint)


def move(complaint, values, *, by, now, deed, note, params=None, text="", kind=None) -> ComplaintNote:
    """Write `values`, the note and the audit line, unless state, handler or the clock's round are no longer what `complaint` says.

    The only writer of a case that is open. Which step is due next follows.
    """
    as_seen = Complaint.objects.filter(
        pk=complaint.pk,
        state=complaint.state,
        handler_id=complaint.handler_id,
        clock_round=complaint.clock_round,
        waits_until=complaint.waits_until,
    )
    before = {field: getattr(complaint, field) for field in values}
    former_step, former_state = complaint.next_step, complaint.state
    values = {**values, "changed_at": now}
    after = _with(complaint, values)
    values |= next_of(after)
    if not as_seen.update(**values):
        raise NotAllowed("changed", Complaint.objects.get(pk=complaint.pk))
    for field, value in values.items():
        setattr(complaint, field, value)
    changes = {
        field: (was, values[field]) for field, was in before.items() if was != values[field] and field not in UNTOLD
    }
    extra = {"kind": kind} if kind else {}
    row = ComplaintNote.objects.create(
        complaint=complaint, at=now, by=by, code=note, params=params or {}, text=text, **extra
    )
    source = Source.FORM if by is not None else Source.SYSTEM
    record_change(complaint, changes, by=by, source=source, deed=deed, customer_id=complaint.customer_id, at=now)
    if complaint.next_step != former_step:
        settle_notices(complaint)
    if complaint.state != former_state:
        settle_emergency(complaint)
    return row


def _with(complaint, values):
    """The case as it will stand, unsaved."""
    fields = {field.attname: getattr(complaint, field.attname) for field in Complaint._meta.concrete_fields}
    return Complaint(**{**fields, **values})
