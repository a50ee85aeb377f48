"""Arithmetic on the call bands of a day: morning, afternoon, evening, in a store's own clock, on the work days of its calendar.

`bands` is what a store's dial holds: {"m": ["09:00", "11:30"], "a": ["14:00", "17:30"], …}; a band starts at its first moment and
ends just before its last. `calendar` says which days are work days (accounts.calendar); without one every day is. Pure functions.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

Bands = Mapping[str, Sequence[str]]
ONE_DAY = dt.timedelta(days=1)


class Calendar(Protocol):
    def is_workday(self, day: dt.date) -> bool: ...

    def next_workday(self, day: dt.date) -> dt.date:
        """`day` itself where it is one."""


class EveryDay:
    """No day off."""

    def is_workday(self, day: dt.date) -> bool:
        return True

    def next_workday(self, day: dt.date) -> dt.date:
        return day


EVERY_DAY = EveryDay()


def _in_order(bands: Bands) -> list[tuple[dt.time, dt.time, str]]:
    """(start, end, code) by start. Raises ValueError where there is no band, or one ends before it starts."""
    ordered = sorted(
        (dt.time.fromisoformat(start), dt.time.fromisoformat(end), code) for code, (start, end) in bands.items()
    )
    if not ordered or any(start >= end for start, end, _code in ordered):
        raise ValueError(f"not a day's call bands: {bands!r}")
    return ordered


def band_of(moment: dt.datetime, zone: ZoneInfo, bands: Bands) -> str | None:
    """The code of the band that an aware moment falls into, None between and outside them."""
    clock = moment.astimezone(zone).time()
    return next((code for start, end, code in _in_order(bands) if start <= clock < end), None)


def first_call_moment(
    day: dt.date, zone: ZoneInfo, bands: Bands, calendar: Calendar = EVERY_DAY, *, until: dt.date | None = None
) -> dt.datetime:
    """When calls may begin from `day` on: the start of the earliest band of the first work day, aware, in `zone`.

    `until` is the last day on which the call is of use. Where there is no work day up to then, it is that day all the same: a call
    that nothing but days off stands in the way of must not become impossible.
    """
    first = calendar.next_workday(day)
    if until is not None and first > until:
        first = max(day, until)
    return dt.datetime.combine(first, _in_order(bands)[0][0], tzinfo=zone)


def next_attempt(
    now: dt.datetime, zone: ZoneInfo, bands: Bands, failed: str, calendar: Calendar = EVERY_DAY
) -> dt.datetime:
    """When to try again after a failed call: the next work day after today, in the first band whose code is not in `failed`.

    Where every band has failed already, the first band of that day.
    """
    day = calendar.next_workday(now.astimezone(zone).date() + ONE_DAY)
    ordered = _in_order(bands)
    start = next((start for start, _end, code in ordered if code not in failed), ordered[0][0])
    return dt.datetime.combine(day, start, tzinfo=zone)


def attempt_kept(
    at: dt.datetime, zone: ZoneInfo, bands: Bands, failed: str, calendar: Calendar = EVERY_DAY
) -> dt.datetime:
    """Where a further try that was planned for `at` stands after the days off or the bands have changed.

    At the same time of the first work day from its day on; where no band holds that time any more, at the next start of a band whose
    code is not in `failed`, of that day or the next work day. What stands so already stays.
    """
    local, ordered = at.astimezone(zone), _in_order(bands)
    day = calendar.next_workday(local.date())
    if band_of(kept := dt.datetime.combine(day, local.time(), tzinfo=zone), zone, bands):
        return kept
    later = (start for start, _end, code in ordered if start > local.time() and code not in failed)
    if (start := next(later, None)) is not None:
        return dt.datetime.combine(day, start, tzinfo=zone)
    return next_attempt(kept, zone, bands, failed, calendar)


def is_call_time(moment: dt.datetime, zone: ZoneInfo, bands: Bands, calendar: Calendar = EVERY_DAY) -> bool:
    """From the start of a work day's first band to the end of its last; the breaks between belong to it."""
    local, ordered = moment.astimezone(zone), _in_order(bands)
    last = max(end for _start, end, _code in ordered)
    return ordered[0][0] <= local.time() < last and calendar.is_workday(local.date())


def next_call_time(moment: dt.datetime, zone: ZoneInfo, bands: Bands, calendar: Calendar = EVERY_DAY) -> dt.datetime:
    """`moment` where it is call time, else when that begins the next time."""
    if is_call_time(moment, zone, bands, calendar):
        return moment
    local = moment.astimezone(zone)
    today = first_call_moment(local.date(), zone, bands, calendar)
    return today if today > moment else first_call_moment(local.date() + ONE_DAY, zone, bands, calendar)


def moment_in_hour(day: dt.date, hour: int, zone: ZoneInfo, bands: Bands) -> dt.datetime | None:
    """The first moment of call time within that hour of the day; None where the bands have none."""
    for start, end, _code in _in_order(bands):
        first = max(start, dt.time(hour))
        if first.hour == hour and first < end:
            return dt.datetime.combine(day, first, tzinfo=zone)
    return None


def call_time_later(moment: dt.datetime, zone: ZoneInfo, bands: Bands, minutes: int) -> dt.datetime:
    """The moment after so many minutes of call time (breaks do not count) of the day of `moment`; at the latest the end of its calls.

    Where no call time is left on that day: `moment` itself.
    """
    local, left = moment.astimezone(zone), dt.timedelta(minutes=minutes)
    reached = moment
    for start, end, _code in _in_order(bands):
        opens = max(dt.datetime.combine(local.date(), start, tzinfo=zone), local)
        closes = dt.datetime.combine(local.date(), end, tzinfo=zone)
        if opens >= closes:
            continue
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
        reached = closes
    return reached
