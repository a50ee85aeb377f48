"""Verbs on the work calendar: days entered, copied, taken out, weekly days off. Each leaves an audit line, and the calls that wait follow."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.choices import DaySource
from accounts.models import CalendarDay, Store
from accounts.services import update_store
from audit.choices import Source
from audit.services import record_change


def enter_days(days, *, store, by, now, source=DaySource.TYPED) -> int:
    """Enter `days` [(day, is_work, name)] for a store, or for all (None); returns how many rows are new or differ."""
    with transaction.atomic():
        changed = sum([_enter(day, is_work, name, store, by, source) for day, is_work, name in days])
        if changed:
            tell_stores(store, now=now)
    return changed


@dataclass(frozen=True)
class Effect:
    """What entering a day would do: `before` is what stands there (None: nothing of this store's, or of all)."""

    day: dt.date
    is_work: bool
    name: str
    before: CalendarDay | None

    @property
    def is_same(self) -> bool:
        """Would nothing but perhaps the source change?"""
        return self.before is not None and (self.before.is_work, self.before.name) == (self.is_work, self.name)


def effects_of(days, *, store) -> list[Effect]:
    """For a look before `enter_days`; one query, in the order given."""
    rows = CalendarDay.objects.filter(store=store, day__in={day for day, _is_work, _name in days})
    before = {row.day: row for row in rows}
    return [Effect(day, is_work, name, before.get(day)) for day, is_work, name in days]


def copy_days(year, *, origin, store, by, now) -> tuple[int, int]:
    """Give a store the own days of a year that another store has; returns (entered, kept). A day that the store has itself stays."""
    of_year = CalendarDay.objects.filter(day__year=year)
    kept = set(of_year.filter(store=store).values_list("day", flat=True))
    days = list(of_year.filter(store=origin).order_by("day").values_list("day", "is_work", "name"))
    missing = [each for each in days if each[0] not in kept]
    return enter_days(missing, store=store, by=by, now=now, source=DaySource.COPIED), len(days) - len(missing)


def _enter(day, is_work, name, store, by, source) -> bool:
    row = CalendarDay.objects.select_for_update(of=("self",)).filter(store=store, day=day).first()
    if row is None:
        row = CalendarDay.objects.create(store=store, day=day, is_work=is_work, name=name, source=source)
        record_change(row, {}, by=by, source=Source.FORM, deed="create")
        return True
    changes = {
        field: (getattr(row, field), value)
        for field, value in (("is_work", is_work), ("name", name), ("source", source))
        if getattr(row, field) != value
    }
    for field, (_old, value) in changes.items():
        setattr(row, field, value)
    if changes:
        row.save(update_fields=list(changes))
        record_change(row, changes, by=by, source=Source.FORM, deed="edit")
    return bool(changes)


def remove_day(row, *, by, now) -> None:
    """The day is again what the row for all, or its weekday, says."""
    with transaction.atomic():
        record_change(row, {}, by=by, source=Source.FORM, deed="delete")
        store, _gone = row.store, row.delete()
        tell_stores(store, now=now)


def set_rest_weekdays(store, weekdays, *, by, now) -> Store:
    with transaction.atomic():
        changed = update_store(store, {"rest_weekdays": weekdays}, by=by)
        tell_stores(changed, now=now)
    return changed


def tell_stores(store, *, now) -> None:
    """What hangs on the calendar of this store, or of all, follows (settings.AFTER_CALENDAR_CHANGE); in the transaction of the change."""
    for each in [store] if store is not None else Store.objects.active():
        for dotted in settings.AFTER_CALENDAR_CHANGE:
            import_string(dotted)(each, now=now)
