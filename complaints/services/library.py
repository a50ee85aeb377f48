"""Writing the case library, and choosing the cases of a week or a month."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Deed, Source
from audit.services import record_change
from common.meanwhile import refuse_overwriting
from complaints.choices import ComplaintState, PickPeriod
from complaints.models import CasePick, LibraryEntry
from complaints.privacy import traces_in
from complaints.services.causes import cause_of

FIELDS = ("cause", "title", "situation", "done", "reply")
NEEDED = ("title", "situation", "done")


class GivesAway(ValidationError):
    """The text would tell who the customer is; `traces` says where. A standard reply with one is never taken."""

    def __init__(self, traces, is_reply):
        self.traces, self.is_reply = traces, is_reply
        found = ", ".join(f"{trace.what}: {trace.text}" for trace in traces)
        words = (
            _("The standard reply is sent to others: take this out of it (%(found)s).")
            if is_reply
            else _("This would tell who the customer is (%(found)s). Take it out, or confirm that it may stay.")
        )
        super().__init__(words % {"found": found}, code="gives_away")


@transaction.atomic
def write_entry(
    store, values: dict, *, by, now, complaint=None, entry=None, confirmed=False, seen=None
) -> LibraryEntry:
    """A new entry, of a case that has ended or of none, or a change of `entry`. `cause` is a code.

    Raises GivesAway (a trace of the customer, unless `confirmed`), ValidationError by field, ChangedMeanwhile.
    """
    complaint = entry.complaint if entry else complaint
    values = _checked(store, values, entry)
    names = [complaint.customer.name, complaint.customer.contact_person] if complaint else []
    if complaint is not None and complaint.state != ComplaintState.CLOSED and entry is None:
        raise ValidationError(_("A case goes into the library once it is closed."), code="open")
    if traces := traces_in(values["reply"], names=names):
        raise GivesAway(traces, is_reply=True)
    if not confirmed and (traces := traces_in(*(values[name] for name in NEEDED), names=names)):
        raise GivesAway(traces, is_reply=False)
    if entry is None:
        if complaint is not None and LibraryEntry.objects.filter(complaint=complaint).exists():
            raise ValidationError(_("This case stands in the library already."), code="twice")
        entry = LibraryEntry.objects.create(store=store, complaint=complaint, by=by, at=now, **values)
        record_change(entry, {}, by=by, source=Source.FORM, deed=Deed.CREATE, at=now)
        return entry
    entry = LibraryEntry.objects.select_for_update().get(pk=entry.pk)
    refuse_overwriting(entry, values, seen)
    changes = {name: (getattr(entry, name), new) for name, new in values.items() if getattr(entry, name) != new}
    for name, (_old, new) in changes.items():
        setattr(entry, name, new)
    entry.save(update_fields=list(changes))
    record_change(entry, changes, by=by, source=Source.FORM, at=now)
    return entry


@transaction.atomic
def retire_entry(entry, *, by, now) -> bool:
    """Found no more, but kept. False where it is retired already."""
    if not LibraryEntry.objects.filter(pk=entry.pk, retired_at=None).update(retired_at=now):
        return False
    record_change(entry, {"retired_at": (None, now)}, by=by, source=Source.FORM, deed=Deed.VOID, at=now)
    return True


@transaction.atomic
def revive_entry(entry, *, by, now) -> bool:
    if not LibraryEntry.objects.filter(pk=entry.pk, retired_at__isnull=False).update(retired_at=None):
        return False
    record_change(entry, {"retired_at": (entry.retired_at, None)}, by=by, source=Source.FORM, deed=Deed.REVIVE, at=now)
    return True


def period_start(period, day: dt.date) -> dt.date:
    """The first day of the week (a Monday) or the month that `day` lies in."""
    return day - dt.timedelta(days=day.weekday()) if period == PickPeriod.WEEK else day.replace(day=1)


@transaction.atomic
def pick_case(complaint, *, period, day, by, now, why="") -> CasePick:
    """Choose the case for the analysis of the week, or the month, of `day`. Choosing it twice changes its reason."""
    if period not in PickPeriod.values:
        raise ValidationError({"period": _("Please choose one.")})
    pick, is_new = CasePick.objects.update_or_create(
        complaint=complaint,
        period=period,
        start=period_start(period, day),
        defaults={"store_id": complaint.store_id, "why": why.strip()[:200], "by": by, "at": now},
    )
    deed = Deed.CREATE if is_new else Deed.EDIT
    record_change(pick, {"why": ("", pick.why)}, by=by, source=Source.FORM, deed=deed, at=now)
    return pick


@transaction.atomic
def drop_pick(pick, *, by, now):
    record_change(pick, {}, by=by, source=Source.FORM, deed=Deed.VOID, at=now)
    pick.delete()


def _checked(store, values, entry):
    faults = {}
    values = {name: value.strip() for name, value in values.items()}
    try:
        keeps = entry is not None and entry.cause.code == values["cause"]
        values["cause"] = entry.cause if keeps else cause_of(store.pk, values["cause"])
    except ValidationError as fault:
        faults |= fault.error_dict
    for name in ("title", "situation", "done", "reply"):
        length = LibraryEntry._meta.get_field(name).max_length
        if name in NEEDED and not values[name]:
            faults[name] = _("Please write this down.")
        elif len(values[name]) > length:
            faults[name] = _("At most %(count)s characters.") % {"count": length}
    if faults:
        raise ValidationError(faults)
    return values
