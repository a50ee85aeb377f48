"""A year of the work calendar at a glance: twelve months of weeks, each day with what it is and a sentence that says so."""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

from accounts.calendar import ruling_days
from accounts.choices import DaySource

_WEEKS = calendar.Calendar(calendar.MONDAY)


@dataclass(frozen=True)
class Day:
    """`kind`: off, makeup, rest, work. `is_entered`: by people of ours, not by the software."""

    day: dt.date
    kind: str
    is_entered: bool
    is_today: bool
    words: str


@dataclass(frozen=True)
class Month:
    name: str
    weeks: list[list[Day | None]]  # None: a day of another month


def months_of(store, year: int, today: dt.date) -> list[Month]:
    """The year of a store, or without one of all stores (Saturday and Sunday off); one query."""
    rows = ruling_days(store, year)
    rest = store.rest_weekdays if store else "67"
    return [
        Month(
            str(MONTHS[month]),
            [
                [_day(day, rows.get(day), rest, today) if day.month == month else None for day in week]
                for week in _WEEKS.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def weekdays() -> list[tuple[str, str]]:
    """[(as short as it can be, whole)] from Monday on."""
    is_english = (translation.get_language() or "").startswith("en")
    return [(str(name)[:2] if is_english else str(name)[-1], str(name)) for name in WEEKDAYS.values()]


def _day(day, row, rest, today):
    if row is not None:
        kind = "makeup" if row.is_work else "off"
    else:
        kind = "rest" if str(day.isoweekday()) in rest else "work"
    is_entered = row is not None and row.source != DaySource.PACKAGE
    return Day(day, kind, is_entered, day == today, _words(day, row, kind, day == today))


def _words(day, row, kind, is_today):
    what = {"off": _("Day off"), "makeup": _("Make-up workday"), "rest": _("Weekly day off"), "work": _("Workday")}
    said = [f"{day.isoformat()} {WEEKDAYS[day.weekday()]}", what[kind]]
    if row is not None:
        said += [row.name, row.get_source_display()]
    return " · ".join([*filter(None, said), *([_("today")] if is_today else [])])
