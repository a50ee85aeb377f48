"""How far a car is driven a day, from readings of its odometer that may be wrong.

A reading is usable where the car could have driven there: not backwards, not more than POSSIBLE a day. Of all readings the longest
believable row is kept. One reading that is off (a digit too many, one missing) falls out of it; a fall from which at least
two readings go on is an odometer that was replaced, and begins a row of its own.
"""

import datetime as dt
from typing import NamedTuple

POSSIBLE = 1_000  # km a day; more is impossible
UNLIKELY = 500  # km a day; a step above it has to be borne out by what follows
FRESH = 200  # km a day from a new car's first day; one that had more was not new
NOISE = 30  # km that a reading may fall (a test drive, a rounded figure)
LEAST_DAYS = 30  # between the first usable reading and the last
HALF_LIFE = 365  # days after which a stretch weighs half
_KEPT = 14  # newest readings that are looked at
_BREAK, _DOUBT = 1.5, 1.2  # how many readings a replaced odometer, an unlikely step has to bring in
_HASTE = 0.0002  # of two rows as long, the one driven more slowly is the likelier


class Reading(NamedTuple):
    day: dt.date
    km: int


class Pace(NamedTuple):
    """km_per_day None: not known from this car. `spread`: the share by which a stretch usually differs. `last`: the newest usable reading."""

    km_per_day: float | None
    spread: float
    readings: int
    last: Reading | None


def pace_of(readings, *, new_on: dt.date | None = None, reset_on: dt.date | None = None) -> Pace:
    """readings: (day, km) in order of days, one a day. new_on: the day a new car stood at zero. reset_on: its odometer was replaced."""
    readings = [Reading(*each) for each in readings[-_KEPT:]]
    parts = [readings]
    if reset_on is not None:
        parts = [
            [each for each in readings if each.day < reset_on],
            [each for each in readings if each.day >= reset_on],
        ]
    steps, count, last = [], 0, None
    for number, part in enumerate(parts):
        row = part if _is_believable(part) else _longest(part)
        if number == 0 and new_on is not None and row and len(readings) < _KEPT:
            days, km = (row[0].day - new_on).days, row[0].km
            if days > 0 and km / days <= FRESH:
                steps.append((new_on, row[0].day, km))
        for before, after in zip(row, row[1:], strict=False):
            if after.km >= before.km - NOISE:
                steps.append((before.day, after.day, max(after.km - before.km, 0)))
        count += len(row)
        last = row[-1] if row else last
    return _weigh(steps, count, last)


def _is_believable(row):
    for before, after in zip(row, row[1:], strict=False):
        km = after.km - before.km
        if km < -NOISE or km > UNLIKELY * max((after.day - before.day).days, 1):
            return False
    return True


def _longest(row):
    """The believable readings among these: as many as possible, the later ones where that is equal."""
    best = []  # (worth, index before) of the best row that ends here
    for place, after in enumerate(row):
        worth, origin = 1.0, None
        for index in range(place):
            before = row[index]
            days, km = max((after.day - before.day).days, 1), after.km - before.km
            if km < -NOISE:
                step = best[index][0] + 1 - _BREAK
            elif km > POSSIBLE * days:
                continue
            else:
                step = best[index][0] + 1 - (_DOUBT if km > UNLIKELY * days else 0) - _HASTE * max(km, 0) / days
            if step >= worth + (1e-9 if origin is None else 0):
                worth, origin = step, index
        best.append((worth, origin))
    place = max(range(len(best)), key=lambda index: (best[index][0], index))
    chain = []
    while place is not None:
        chain.append(row[place])
        place = best[place][1]
    return chain[::-1]


def _weigh(steps, count, last):
    days = sum((end - start).days for start, end, _km in steps)
    if last is None or days < LEAST_DAYS:
        return Pace(None, 0.0, count, last)
    weights = []
    for start, end, km in steps:
        length = (end - start).days
        if length:
            age = (last.day - end).days + length / 2
            weights.append((0.5 ** (age / HALF_LIFE) * length, km / length))
    total = sum(weight for weight, _rate in weights)
    pace = sum(weight * rate for weight, rate in weights) / total
    if pace <= 0:
        return Pace(0.0, 0.0, count, last)
    variance = sum(weight * (rate - pace) ** 2 for weight, rate in weights) / total
    # Few stretches tell little of how much they differ: two of a usual car (25 %) are thought along with them.
    spread = (len(weights) * variance**0.5 / pace + 2 * 0.25) / (len(weights) + 2)
    return Pace(pace, min(max(spread, 0.1), 0.6), count, last)
