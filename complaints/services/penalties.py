"""Verbs on penalties: propose, answer, decide, appeal, decide the appeal. The only place where their state changes; each leaves a line."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from complaints.choices import ComplaintState, FileKind, PenaltyCode, PenaltyKind, PenaltyState
from complaints.models import Complaint, ComplaintFile, Penalty, PenaltyLine
from complaints.permissions import may_answer, may_appeal, may_decide
from office.choices import Severity
from office.services import notify, notify_person

WORDS = 1000


class PenaltyMoved(Exception):  # noqa: N818
    """Somebody was quicker, or the step does not lead on from here; `penalty` is as it stands now."""

    def __init__(self, penalty):
        super().__init__(f"{penalty.pk}: {penalty.state}")
        self.penalty = penalty


class NotYours(Exception):  # noqa: N818
    """This step is for somebody else: nobody decides what she proposed, nor about herself."""


@transaction.atomic
def propose_penalty(complaint, *, kind, grounds, by, now, person=None, name="", amount=None) -> Penalty:
    """Who is meant (`person`, or the name of who has no account) is told. Raises ValidationError by field; one per case."""
    complaint = Complaint.objects.select_for_update().select_related("store").get(pk=complaint.pk)
    faults, name, grounds = {}, (person.full_name if person else name).strip(), grounds.strip()
    if complaint.state == ComplaintState.VOID:
        faults["__all__"] = _("This complaint was withdrawn.")
    elif Penalty.objects.filter(complaint=complaint).exists():
        faults["__all__"] = _("One case, one penalty: there is one already.")
    if not name or (person is not None and person.store_id != complaint.store_id):
        faults["person"] = _("Who is meant?")
    if kind not in PenaltyKind.values:
        faults["kind"] = _("Please choose one.")
    elif (kind == PenaltyKind.FINE) != bool(amount):
        faults["amount"] = _("A fine has an amount, and nothing else has.")
    if not grounds or len(grounds) > 500:
        faults["grounds"] = _("Please write this down, in 500 characters at most.")
    if faults:
        raise ValidationError(faults)
    penalty = Penalty.objects.create(
        store=complaint.store,
        complaint=complaint,
        person=person,
        name=name[:40],
        kind=kind,
        amount=amount or None,
        grounds=grounds,
        proposed_by=by,
    )
    _log(penalty, PenaltyCode.PROPOSED, grounds, by=by, now=now)
    record_change(penalty, {}, by=by, source=Source.FORM, deed="create", at=now)
    _tell(penalty, "penalty_proposed", to_deciders=True)
    return penalty


@transaction.atomic
def answer_penalty(penalty, text, *, by, now):
    """What the person concerned says to it, as often as she likes. Raises NotYours, ValidationError."""
    if not may_answer(by, penalty):
        raise NotYours
    _log(penalty, PenaltyCode.ANSWERED, _words(text), by=by, now=now)


@transaction.atomic
def decide_penalty(penalty, *, impose: bool, text, by, now):
    """Raises NotYours (proposed by her, or about her), PenaltyMoved, ValidationError."""
    if not may_decide(by, penalty):
        raise NotYours
    to, code = (PenaltyState.IMPOSED, PenaltyCode.IMPOSED) if impose else (PenaltyState.DROPPED, PenaltyCode.DROPPED)
    _move(penalty, PenaltyState.PROPOSED, to, {"decided_by": by}, code, text, by=by, now=now)
    _tell(penalty, "penalty_decided")


@transaction.atomic
def appeal_penalty(penalty, *, text, proof: ComplaintFile | None, by, now):
    """Only with `proof`: a confirmation signed by the customer, among the files of the case. Raises NotYours, PenaltyMoved, ValidationError."""
    if not may_appeal(by, penalty):
        raise NotYours
    if proof is None or proof.complaint_id != penalty.complaint_id or proof.kind != FileKind.CONFIRMATION:
        raise ValidationError({"proof": _("An appeal needs the confirmation that the customer has signed.")})
    to = PenaltyState.APPEALED
    _move(penalty, PenaltyState.IMPOSED, to, {"proof": proof}, PenaltyCode.APPEALED, text, by=by, now=now)
    _tell(penalty, "penalty_appealed", to_deciders=True)


@transaction.atomic
def decide_appeal(penalty, *, lift: bool, text, by, now):
    """By somebody else than who imposed it. Raises NotYours, PenaltyMoved, ValidationError."""
    if not may_decide(by, penalty):
        raise NotYours
    to, code = (PenaltyState.LIFTED, PenaltyCode.LIFTED) if lift else (PenaltyState.UPHELD, PenaltyCode.UPHELD)
    _move(penalty, PenaltyState.APPEALED, to, {"appeal_decided_by": by}, code, text, by=by, now=now)
    _tell(penalty, "penalty_decided")


# --- Inside ---------------------------------------------------------------------------------------------------------------
def _words(text):
    text = text.strip()
    if not text or len(text) > WORDS:
        raise ValidationError({"text": _("Please write this down.")})
    return text


def _move(penalty, state, to, values, code, text, *, by, now):
    text = _words(text)
    if not Penalty.objects.filter(pk=penalty.pk, state=state).update(state=to, **values):
        raise PenaltyMoved(Penalty.objects.get(pk=penalty.pk))
    changes = {"state": (str(state), str(to))} | {name: (getattr(penalty, name), new) for name, new in values.items()}
    for name, (_old, _new) in changes.items():
        setattr(penalty, name, to if name == "state" else values[name])
    _log(penalty, code, text, by=by, now=now)
    record_change(penalty, changes, by=by, source=Source.FORM, deed=code.value, at=now)


def _log(penalty, code, text, *, by, now):
    PenaltyLine.objects.create(penalty=penalty, at=now, by=by, code=code, text=text)


def _tell(penalty, code, *, to_deciders=False):
    """The person concerned always; who decides where a decision is due."""
    matter = {
        "store": penalty.store,
        "code": code,
        "key": f"penalty:{penalty.pk}:{penalty.state}",
        "params": {"number": penalty.complaint.number, "name": penalty.name},
        "severity": Severity.WARNING,
        "url_name": "complaints:penalty",
        "url_args": [penalty.pk],
    }
    if penalty.person is not None:
        notify_person(penalty.person, **matter)
    if to_deciders:
        notify(permission="complaints.decide_penalty", **matter)
