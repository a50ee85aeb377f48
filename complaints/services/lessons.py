"""Writing down what a case taught, and the dials of learning. Measures: services.measures."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from common.meanwhile import refuse_overwriting
from complaints.choices import ComplaintState, Department
from complaints.models import Complaint, Lesson, LessonDial
from complaints.models.lessons import WHYS
from complaints.permissions import lesson_lacks
from complaints.services.base import NotAllowed
from complaints.services.causes import cause_of

FIELDS = ("cause", "department", "person", "whys", "correction")


@transaction.atomic
def write_lesson(complaint, values: dict, *, by, now, seen=None) -> Lesson:
    """Write, or change, the lesson of a case: `values` of FIELDS, `cause` as its code. `seen`: what the writer was shown of it.

    Raises ValidationError by field, ChangedMeanwhile, NotAllowed on a withdrawn case.
    """
    complaint = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if complaint.state == ComplaintState.VOID:
        raise NotAllowed("state", complaint)
    values = _checked(complaint, values)
    lesson = Lesson.objects.filter(complaint=complaint).first()
    if lesson is None:
        lesson = Lesson.objects.create(store_id=complaint.store_id, complaint=complaint, by=by, at=now, **values)
        changes, deed = {}, "create"
    else:
        refuse_overwriting(lesson, values, seen)
        changes = {name: (getattr(lesson, name), new) for name, new in values.items() if getattr(lesson, name) != new}
        for name, (_old, new) in changes.items():
            setattr(lesson, name, new)
        lesson.save(update_fields=list(changes))
        deed = "edit"
    about = {"customer_id": complaint.customer_id, "at": now}
    record_change(lesson, changes, by=by, source=Source.FORM, deed=deed, **about)
    return lesson


def refuse_unlearned(complaint):
    """Closing needs what the store's dial says has to be learned first. Raises NotAllowed("unlearned")."""
    need = LessonDial.objects.values_list("need", flat=True).get(store_id=complaint.store_id)
    lesson = Lesson.objects.filter(complaint=complaint).first()
    if lesson_lacks(complaint, need, lesson, lesson is not None and lesson.measures.exists()):
        raise NotAllowed("unlearned", complaint)


def _checked(complaint, values):
    faults = {}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    values["whys"] = [text.strip() for text in values.get("whys", ()) if text.strip()]
    try:
        kept = Lesson.objects.filter(complaint=complaint, cause__code=values["cause"]).select_related("cause").first()
        values["cause"] = kept.cause if kept else cause_of(complaint.store_id, values["cause"])
    except ValidationError as fault:
        faults |= fault.error_dict
    if values["department"] not in Department.values:
        faults["department"] = _("Please choose one.")
    if not values["whys"]:
        faults["whys"] = _("Ask at least once why it happened.")
    elif len(values["whys"]) > WHYS or any(len(text) > 300 for text in values["whys"]):
        faults["whys"] = _("At most five answers of 300 characters.")
    if not values["correction"]:
        faults["correction"] = _("Please write this down.")
    if faults:
        raise ValidationError(faults)
    return values


@transaction.atomic
def change_dials(store, values: dict, *, by, now, seen=None) -> LessonDial:
    """Raises ChangedMeanwhile, ValidationError by field."""
    dial = LessonDial.objects.select_for_update().get(store=store)
    refuse_overwriting(dial, values, seen)
    changes = {name: (getattr(dial, name), new) for name, new in values.items() if getattr(dial, name) != new}
    for name, (_old, new) in changes.items():
        setattr(dial, name, new)
    dial.full_clean()
    dial.save(update_fields=list(changes))
    record_change(dial, changes, by=by, source=Source.FORM, at=now)
    return dial
