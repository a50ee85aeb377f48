"""Who is away when: the verbs, and the words by which others ask.

What follows for the work of whoever is away is the business of the floors above (settings.AFTER_ABSENCE_CHANGE).
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.calendar import calendar_of
from accounts.choices import AbsenceKind
from accounts.models import Absence, User
from audit.choices import Source
from audit.services import record_change
from common.meanwhile import refuse_overwriting

DAYS_SHOWN = 28
EDITABLE = ("kind", "first_on", "last_on", "deputy", "note")


# --- Verbs -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def enter_absence(person, *, kind, first_on, last_on, by, now, deputy=None, note="") -> Absence:
    """`person` is away from `first_on` to `last_on`; None with kind "left". Raises ValidationError by field: days out of order or
    overlapping another absence of hers, a deputy who is no colleague or away all the time herself."""
    person = User.objects.select_for_update().get(pk=person.pk)
    absence = Absence(store_id=person.store_id, person=person, made_by=by, made_at=now, deputy=deputy)
    absence.kind, absence.first_on, absence.last_on, absence.note = kind, first_on, last_on, note
    _check(absence)
    absence.save(force_insert=True)
    record_change(absence, {}, by=by, source=Source.FORM, deed="create", at=now)
    _tell(absence, now)
    return absence


@transaction.atomic
def change_absence(absence, changes: dict, *, by, now, seen=None) -> Absence:
    """Set columns of EDITABLE; errors as `enter_absence`. Gives the stored row."""
    absence = _locked(absence)
    refuse_overwriting(absence, changes, seen)
    diff = {name: (getattr(absence, name), new) for name, new in changes.items() if name in EDITABLE}
    diff = {name: pair for name, pair in diff.items() if pair[0] != pair[1]}
    for name, (_old, new) in diff.items():
        setattr(absence, name, new)
    if diff:
        _check(absence)
        absence.save(update_fields=list(diff))
        record_change(absence, diff, by=by, source=Source.FORM, at=now)
        _tell(absence, now)
    return absence


@transaction.atomic
def end_absence(absence, *, back_on: dt.date, by, now) -> Absence:
    """She is back at work on `back_on`: the absence ends the day before, or never was. One that is over by then stays as it is."""
    absence = _locked(absence)
    if absence.is_void or (absence.last_on is not None and absence.last_on < back_on):
        return absence
    if back_on <= absence.first_on:
        values = {"is_void": True}
    else:
        values = {"last_on": back_on - dt.timedelta(days=1)}
        if absence.kind == AbsenceKind.LEFT:
            values["kind"] = AbsenceKind.LEAVE
    diff = {name: (getattr(absence, name), new) for name, new in values.items()}
    for name, new in values.items():
        setattr(absence, name, new)
    absence.save(update_fields=list(values))
    record_change(absence, diff, by=by, source=Source.FORM, deed="end", at=now)
    _tell(absence, now)
    return absence


def _locked(absence):
    """The person first: two absences of hers are never checked against each other at once."""
    User.objects.select_for_update().get(pk=absence.person_id)
    return Absence.objects.select_for_update().get(pk=absence.pk)


def _check(absence):
    faults = {}
    if absence.kind == AbsenceKind.LEFT and absence.last_on is not None:
        faults["last_on"] = _("Who has left has no last day.")
    elif absence.kind != AbsenceKind.LEFT and absence.last_on is None:
        faults["last_on"] = _("Until when? Only who has left for good has no last day.")
    elif absence.last_on is not None and absence.last_on < absence.first_on:
        faults["last_on"] = _("The last day lies before the first day.")
    if faults:
        raise ValidationError(faults)
    other = _another_of(absence.person, absence)
    if other is not None:
        faults["first_on"] = _("%(name)s is entered as away in these days already: %(days)s.") % {
            "name": absence.person,
            "days": days_words(other),
        }
    deputy = absence.deputy
    if deputy is not None:
        if deputy.pk == absence.person_id:
            faults["deputy"] = _("Somebody else has to stand in.")
        elif deputy.store_id != absence.store_id or not deputy.is_active:
            faults["deputy"] = _("The deputy has to work at the same store.")
        elif (away := _away_throughout(deputy, absence)) is not None:
            faults["deputy"] = _("%(name)s is away too: %(days)s.") % {"name": deputy, "days": days_words(away)}
    if faults:
        raise ValidationError(faults)


def _another_of(person, absence):
    rows = Absence.objects.filter(person=person).exclude(pk=absence.pk)
    return rows.overlapping(absence.first_on, absence.last_on).first()


def _away_throughout(person, absence):
    """On some of the days a deputy may be away: what falls on these goes to the team."""
    rows = Absence.objects.filter(person=person).on(absence.first_on)
    return next(
        (row for row in rows if row.last_on is None or absence.last_on and row.last_on >= absence.last_on), None
    )


def _tell(absence, now):
    for dotted in settings.AFTER_ABSENCE_CHANGE:
        import_string(dotted)(absence, now=now)


# --- Reading ---------------------------------------------------------------------------------------------------------
def days_words(absence) -> str:
    if absence.last_on is None:
        return _("from %(day)s") % {"day": absence.first_on}
    if absence.last_on == absence.first_on:
        return f"{absence.first_on}"
    return f"{absence.first_on} – {absence.last_on}"


def absent_ids(store, day) -> set[int]:
    """The people of the store who are entered as away on this day."""
    return set(Absence.objects.filter(store=store).on(day).values_list("person_id", flat=True))


def absences_to_come(person, today):
    """Of the person, those that are not over yet."""
    return Absence.objects.filter(person=person).overlapping(today, None).select_related("deputy")


@dataclass(frozen=True)
class Day:
    day: dt.date
    is_rest: bool
    is_today: bool


@dataclass
class Line:
    """One person over the days of the page: the absence of each day, or None."""

    person: User
    days: list[Absence | None]


@dataclass
class Overview:
    days: list[Day]
    lines: list[Line]
    absences: list[Absence]
    before: dt.date
    after: dt.date


def overview(store, first: dt.date, today: dt.date) -> Overview:
    """Who of the store is away within DAYS_SHOWN days from the Monday of `first`. One query, and one or two for the calendar."""
    first -= dt.timedelta(days=first.weekday())
    days = [first + dt.timedelta(days=number) for number in range(DAYS_SHOWN)]
    rows = Absence.objects.filter(store=store).overlapping(days[0], days[-1])
    rows = list(rows.select_related("person", "deputy").order_by("first_on", "person__full_name", "pk"))
    lines = {}
    for row in rows:
        if row.last_on is None and not row.person.is_active and row.first_on < days[0]:
            continue  # gone for long: no line of empty days
        line = lines.setdefault(row.person_id, Line(row.person, [None] * DAYS_SHOWN))
        line.days = [row if row.holds_on(day) else there for day, there in zip(days, line.days, strict=True)]
    calendar = calendar_of(store)
    shown = [Day(day, not calendar.is_workday(day), day == today) for day in days]
    step = dt.timedelta(days=DAYS_SHOWN)
    return Overview(shown, list(lines.values()), rows, first - step, first + step)
