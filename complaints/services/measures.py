"""Verbs on measures: plan, change, do, judge, open again; and the nudges of those that are late. The only place where their state changes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from complaints.choices import MEASURE_STEPS, MeasureCode, MeasureState
from complaints.models import LessonDial, Measure, MeasureLine
from complaints.services.errors import MeasureMoved
from office.choices import Severity
from office.services import notify, notify_people, notify_person, resolve

WORDS = 500


@transaction.atomic
def plan_measure(lesson, *, what, owner, due_on, by, now) -> Measure:
    """A new measure of `owner`, who is told. Raises ValidationError by field."""
    today, what = lesson.store.day_of(now), what.strip()
    faults = _faults(lesson.store_id, what, owner)
    if due_on is None or due_on < today:
        faults["due_on"] = _("Not before today.")
    if faults:
        raise ValidationError(faults)
    measure = Measure.objects.create(store_id=lesson.store_id, lesson=lesson, what=what, owner=owner, due_on=due_on)
    _log(measure, MeasureCode.PLANNED, by=by, now=now)
    record_change(measure, {}, by=by, source=Source.FORM, deed="create", at=now)
    _tell_owner(measure, by)
    return measure


@transaction.atomic
def change_measure(measure, *, owner, due_on, by, now, text="", seen=""):
    """Another owner or another day for an open one; the log keeps both. Raises MeasureMoved, ValidationError by field."""
    faults = _faults(measure.store_id, measure.what, owner)
    if due_on is None or due_on < measure.store.day_of(now):
        faults["due_on"] = _("Not before today.")
    if faults:
        raise ValidationError(faults)
    values = {"owner_id": owner.pk, "due_on": due_on}
    params = {"from": measure.due_on.isoformat(), "to": due_on.isoformat(), "owner_to": owner.full_name}
    params["owner_from"] = measure.owner.full_name if measure.owner else ""
    before = measure.owner_id
    _move(measure, MeasureState.OPEN, values, MeasureCode.MOVED, by=by, now=now, text=text, params=params, seen=seen)
    resolve(store=measure.store, key=_late_key(measure.pk))
    if owner.pk != before:
        measure.owner = owner
        _tell_owner(measure, by)


@transaction.atomic
def finish_measure(measure, *, text, by, now, seen=""):
    """Done as `text` tells; from now on the radar watches its cause. Raises MeasureMoved, ValidationError."""
    today, text = measure.store.day_of(now), text.strip()
    if not text:
        raise ValidationError({"text": _("Please write down what was done.")})
    dial = LessonDial.objects.get(store_id=measure.store_id)
    values = {"done_on": today, "watched_from": today, "check_on": today + dt.timedelta(days=dial.check_days)}
    _move(measure, MeasureState.DONE, values, MeasureCode.DONE, by=by, now=now, text=text, seen=seen)
    resolve(store=measure.store, key=_late_key(measure.pk))


@transaction.atomic
def judge_measure(measure, *, effective: bool, text, by, now, seen=""):
    """Did it help? Nobody judges a measure of her own. Raises MeasureMoved, ValidationError."""
    if by.pk == measure.owner_id:
        raise ValidationError(_("Nobody judges a measure of her own."), code="own")
    if not text.strip():
        raise ValidationError({"text": _("Please write down by what you see it.")})
    to, code = (
        (MeasureState.EFFECTIVE, MeasureCode.EFFECTIVE)
        if effective
        else (MeasureState.INEFFECTIVE, MeasureCode.INEFFECTIVE)
    )
    _move(measure, to, {}, code, by=by, now=now, text=text, seen=seen)
    resolve(store=measure.store, key=_check_key(measure.pk))


@transaction.atomic
def reopen_measure(measure, *, text, by, now, seen=""):
    """By hand: it is not done after all. Raises MeasureMoved, ValidationError."""
    if not text.strip():
        raise ValidationError({"text": _("Please say why.")})
    values = {"done_on": None, "watched_from": None, "check_on": None, "due_on": _due_again(measure, now)}
    _move(measure, MeasureState.OPEN, values, MeasureCode.REOPENED, by=by, now=now, text=text, seen=seen)


def return_measure(measure, *, params, now) -> bool:
    """For the radar, in its transaction: the cause is back. True where that opened the measure again; False: it was open."""
    measure = Measure.objects.select_for_update(of=("self",)).select_related("store", "owner").get(pk=measure.pk)
    if MeasureState.OPEN not in MEASURE_STEPS[MeasureState(measure.state)]:
        return False
    values = {"done_on": None, "check_on": None, "due_on": _due_again(measure, now), "returned": measure.returned + 1}
    _move(measure, MeasureState.OPEN, values, MeasureCode.RETURNED, by=None, now=now, params=params)
    return True


def nudge_measures(store, *, now) -> int:
    """Tell owners and judges of what is late or to be checked, each once. How many notices. Safe to run twice and late."""
    today, told = store.day_of(now), 0
    late = Measure.objects.overdue(today).filter(store=store).select_related("lesson__complaint", "owner")
    for measure in late:
        matter = {"store": store, "code": "measure_late", "key": _late_key(measure.pk), "params": _params(measure)}
        matter |= {"severity": Severity.WARNING, **_place(measure)}
        told += notify(permission="complaints.judge_measure", **matter)
        if measure.owner is not None:
            told += notify_person(measure.owner, **matter)
    for measure in Measure.objects.to_check(today).filter(store=store).select_related("lesson__complaint"):
        told += notify(
            store=store,
            permission="complaints.judge_measure",
            code="measure_check",
            key=_check_key(measure.pk),
            params=_params(measure),
            **_place(measure),
        )
    return told


# --- Inside ---------------------------------------------------------------------------------------------------------------
def _faults(store_id, what, owner):
    faults = {}
    if not what or len(what) > 300:
        faults["what"] = _("Please write this down, in 300 characters at most.")
    if owner is None or owner.store_id != store_id or not owner.is_active:
        faults["owner"] = _("Please choose one.")
    return faults


def _due_again(measure, now):
    again_days = LessonDial.objects.values_list("again_days", flat=True).get(store_id=measure.store_id)
    return measure.store.day_of(now) + dt.timedelta(days=again_days)


def _move(measure, to, values, code, *, by, now, text="", params=None, seen=""):
    """Along MEASURE_STEPS, unless somebody was quicker. An open one that stays open is changed, not moved."""
    stays = code == MeasureCode.MOVED
    allowed = measure.state == MeasureState.OPEN if stays else to in MEASURE_STEPS[MeasureState(measure.state)]
    as_seen = Measure.objects.filter(
        pk=measure.pk, state=measure.state, due_on=measure.due_on, owner_id=measure.owner_id
    )
    if (seen and seen != measure.state) or not allowed or not as_seen.update(state=to, **values):
        raise MeasureMoved(Measure.objects.select_related("owner").get(pk=measure.pk))
    changes = {}
    for name, new in {"state": str(to), **values}.items():
        if getattr(measure, name) != new:
            changes[name] = (getattr(measure, name), new)
            setattr(measure, name, new)
    _log(measure, code, by=by, now=now, text=text, params=params)
    record_change(measure, changes, by=by, source=Source.FORM, deed=code.value, at=now)


def _log(measure, code, *, by, now, text="", params=None):
    MeasureLine.objects.create(
        measure=measure, at=now, by=by, code=code, params=params or {}, text=text.strip()[:WORDS]
    )


def _tell_owner(measure, by):
    if measure.owner_id == by.pk:
        return
    notify_people(
        {measure.owner_id},
        store=measure.store,
        code="measure_given",
        key=f"measure:{measure.pk}:given:{measure.owner_id}",
        params=_params(measure) | {"by": by.full_name},
        **_place(measure),
    )


def _params(measure):
    return {
        "what": measure.what[:120],
        "number": measure.lesson.complaint.number,
        "day": measure.due_on.isoformat(),
    }


def _place(measure):
    return {"url_name": "complaints:detail", "url_args": [measure.lesson.complaint_id]}


def _late_key(pk):
    return f"measure:{pk}:late"


def _check_key(pk):
    return f"measure:{pk}:check"
