"""Which days are work days at a store: public holidays and make-up workdays (调休), the store's own days, its weekly days off.

In this order: the store's own row of the day, the row that holds for all stores, the weekday. A year of which no public day is
known is read by the weekdays alone; `missing_years` says which of those that matter are, and managers are told.
"""

import datetime as dt
from functools import cached_property

import chinese_calendar
from chinese_calendar import constants
from django.db.models import Q

from accounts.choices import DaySource
from accounts.models import CalendarDay, Store

ASK_FROM_MONTH = 11  # the State Council publishes the next year between the end of October and the end of November
# 全国年节及纪念日放假办法 (2024): thirteen days of seven festivals, so with fewer days off than festivals it is not the year's list, but
# somebody's single days.
FESTIVALS_OF_A_YEAR = 7
LOOK_AHEAD = 400  # days; a calendar without any work day ends the search
ONE_DAY = dt.timedelta(days=1)


class WorkCalendar:
    """The calendar of one store. Reads a year and the one after it at its first question (so that the last days of December cost no
    query more than others), and keeps them as long as the object lives."""

    def __init__(self, store: Store):
        self.store = store
        self._years: dict[int, dict[dt.date, bool]] = {}

    @classmethod
    def of_day(cls, store: Store, day: dt.date, says: bool | None) -> "WorkCalendar":
        """One that is asked about this day alone, whose row the caller has read already: `says` is its `is_work`, None without a row."""
        calendar = cls(store)
        calendar._years[day.year] = {} if says is None else {day: bool(says)}
        return calendar

    @cached_property
    def _rest(self) -> frozenset[int]:
        return frozenset(int(number) for number in self.store.rest_weekdays)

    def is_workday(self, day: dt.date) -> bool:
        says = self._year(day.year).get(day)
        return day.isoweekday() not in self._rest if says is None else says

    def next_workday(self, day: dt.date) -> dt.date:
        """`day` itself where it is one."""
        for ahead in range(LOOK_AHEAD):
            if self.is_workday(day + ahead * ONE_DAY):
                return day + ahead * ONE_DAY
        return day

    def _year(self, year: int) -> dict[dt.date, bool]:
        if year not in self._years:
            self._years |= {year: {}, year + 1: {}}
            for day, row in ruling_days(self.store, year, until=year + 1).items():
                self._years[day.year][day] = row.is_work
        return self._years[year]


def calendar_of(store: Store) -> WorkCalendar:
    """A calendar for one piece of work: what somebody changes meanwhile, the next one knows."""
    return WorkCalendar(store)


def days_of(store: Store | None, year: int, *, until: int | None = None):
    """The rows of a year (or of all years `until` one) that hold for a store: those for all and its own; without a store those for all."""
    days = CalendarDay.objects.filter(day__range=(dt.date(year, 1, 1), dt.date(until or year, 12, 31)))
    return days.filter(Q(store__isnull=True) | Q(store=store)) if store else days.filter(store__isnull=True)


def ruling_days(store: Store | None, year: int, *, until: int | None = None) -> dict[dt.date, CalendarDay]:
    """{day: the row that counts}: the store's own before that of all; in the order of the days. One query."""
    rows = sorted(days_of(store, year, until=until), key=lambda row: (row.day, row.store_id is not None))
    return {row.day: row for row in rows}


def missing_years(store: Store | None, today: dt.date) -> list[int]:
    """The years whose public holidays nobody has entered, for a store or for all: this one, and from November on the next."""
    years = [today.year] + [today.year + 1] * (today.month >= ASK_FROM_MONTH)
    return [year for year in years if not is_known(store, year)]


def is_known(store: Store | None, year: int) -> bool:
    """Is it the list of a year that stands there, rather than a day or two?"""
    off = days_of(store, year).filter(is_work=False)
    return off.values("day").distinct().count() >= FESTIVALS_OF_A_YEAR


# --- What ships with the software ---------------------------------------------------------------------------------------
def shipped_days(first_year: int) -> list[CalendarDay]:
    """The days of chinesecalendar from that year on, for all stores; unsaved."""
    days = [(day, False, name) for day, name in constants.holidays.items()]
    days += [(day, True, name) for day, name in constants.workdays.items()]
    return [
        CalendarDay(day=day, is_work=is_work, name=_chinese(name), source=DaySource.PACKAGE)
        for day, is_work, name in sorted(days)
        if day.year >= first_year
    ]


def _chinese(name: str) -> str:
    return next((holiday.chinese for holiday in chinese_calendar.Holiday if holiday.value == name), name)


def seed_calendar(*, first_year: int, using="default") -> int:
    """Enter what ships with the software and is not there yet; returns how many days. Safe to run often.

    A day that an import or a person has entered stays as it is, and so does a year that they have touched: what they took out is not
    brought back.
    """
    known = CalendarDay.objects.using(using).filter(store__isnull=True)
    touched = {day.year for day in known.exclude(source=DaySource.PACKAGE).values_list("day", flat=True)}
    there = set(known.values_list("day", flat=True))
    fresh = [day for day in shipped_days(first_year) if day.day not in there and day.day.year not in touched]
    CalendarDay.objects.using(using).bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
