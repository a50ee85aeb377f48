"""Arithmetic on the call bands of a day: morning, afternoon, evening, in a store's own clock.

`bands` is what a store's dial holds: {"m": ["09:00", "11:30"], "a": ["14:00", "17:30"], …}; a band starts at its first moment and
ends just before its last. Pure functions: which days are work days, and who prefers which hour, is decided elsewhere.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

Bands = Mapping[str, Sequence[str]]


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


def first_call_moment(day: dt.date, zone: ZoneInfo, bands: Bands) -> dt.datetime:
    """When calls may begin on `day`: the start of its earliest band, aware, in `zone`."""
    return dt.datetime.combine(day, _in_order(bands)[0][0], tzinfo=zone)


def next_attempt(now: dt.datetime, zone: ZoneInfo, bands: Bands, failed: str) -> dt.datetime:
    """When to try again after a failed call: the next calendar day, in the first band whose code is not in `failed`.

    Where every band has failed already, the first band of that day.
    """
    tomorrow = now.astimezone(zone).date() + dt.timedelta(days=1)
    ordered = _in_order(bands)
    start = next((start for start, _end, code in ordered if code not in failed), ordered[0][0])
    return dt.datetime.combine(tomorrow, start, tzinfo=zone)
