"""Arithmetic on working time: a store's opening hours on the work days of its calendar, with public holidays and make-up days (调休).

A length of working time is a `timedelta` that counts opening hours only: with 09:00 to 18:00 nine hours are one work day, and from
15:00 they reach 15:00 of the next work day. Pure functions; moments are aware.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from common.bands import EVERY_DAY, ONE_DAY, Calendar

MOST_DAYS = 3 * 366  # of looking for an open day; a calendar without any ends the search
NOTHING = dt.timedelta()


@dataclass(frozen=True)
class Hours:
    """When a store is at work: from `opens` to just before `closes`, in its zone, on the work days of its calendar."""

    opens: dt.time
    closes: dt.time
    zone: ZoneInfo
    calendar: Calendar = EVERY_DAY

    def __post_init__(self):
        if self.opens >= self.closes:
            raise ValueError(f"closes before it opens: {self.opens}-{self.closes}")

    @property
    def day(self) -> dt.timedelta:
        """One work day."""
        return dt.datetime.combine(dt.date.min, self.closes) - dt.datetime.combine(dt.date.min, self.opens)

    def bounds(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """Opening and closing of a day, whether it is a work day or not."""
        at = (dt.datetime.combine(day, time, tzinfo=self.zone) for time in (self.opens, self.closes))
        return tuple(moment.astimezone(dt.UTC) for moment in at)

    def is_open(self, moment: dt.datetime) -> bool:
        local = moment.astimezone(self.zone)
        return self.opens <= local.time() < self.closes and self.calendar.is_workday(local.date())

    def next_open(self, moment: dt.datetime) -> dt.datetime:
        """`moment` where the store is open, else when it opens the next time; where it never does, `moment` itself."""
        day = moment.astimezone(self.zone).date()
        for ahead in range(MOST_DAYS):
            each = day + ahead * ONE_DAY
            opens, closes = self.bounds(each)
            if moment < closes and self.calendar.is_workday(each):
                return max(moment, opens)
        return moment

    def later(self, moment: dt.datetime, length: dt.timedelta) -> dt.datetime:
        """The moment when so much working time has passed since `moment`. What ends with a day ends at its closing time.

        Where the calendar has no open day any more, the days are counted as if each were one.
        """
        left, day = length, moment.astimezone(self.zone).date()
        for ahead in range(MOST_DAYS):
            each = day + ahead * ONE_DAY
            opens, closes = self.bounds(each)
            begins = max(opens, moment)
            if begins >= closes or not self.calendar.is_workday(each):
                continue
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
        return moment + length / self.day * ONE_DAY

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """The working time from `start` to `end`; nothing where `end` is not after `start`."""
        total, day = NOTHING, start.astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            if self.calendar.is_workday(day):
                opens, closes = self.bounds(day)
                total += max(min(closes, end) - max(opens, start), NOTHING)
            day += ONE_DAY
        return total
