"""A specialist's own day: her calls hour by hour beside her own average. Nobody else's figures stand here, and nothing is ranked."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from followups.choices import Level
from followups.models import Call

WEEKS = 4


@dataclass(frozen=True)
class Hour:
    """`calls` and `connected` of today (None for an hour that is still to come), `usual`: her average of the days on which she called."""

    start: int
    calls: int | None
    connected: int | None
    usual: float
    is_now: bool


@dataclass(frozen=True)
class MyDay:
    """`usual_by_now`: her average up to this minute of the day; `days`: of how many days the averages are (0: there are none yet)."""

    hours: list[Hour]
    calls: int
    connected: int
    usual_by_now: float
    usual: float
    days: int
    most: float  # of any hour, for the bars


def my_day(user, now: dt.datetime) -> MyDay:
    """One query. `now` in the store's zone; the average is of the days of the last four weeks on which she called, without today."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.filter(store_id=user.store_id, by=user, undone_at__isnull=True, at__lte=now)
    calls = calls.filter(at__gte=midnight - dt.timedelta(weeks=WEEKS))
    today, connected, before, days, by_now = Counter(), Counter(), Counter(), set(), 0
    for at, level in calls.values_list("at", "level"):
        local = at.astimezone(now.tzinfo)
        if local >= midnight:
            today[local.hour] += 1
            connected[local.hour] += level == Level.REACHED
            continue
        days.add(local.date())
        before[local.hour] += 1
        by_now += local.time() <= now.time()
    shares = defaultdict(float, {hour: count / len(days) for hour, count in before.items()})
    seen = [*today, *before, now.hour]
    hours = [_hour(start, today, connected, shares, now) for start in range(min(seen), max(seen) + 1)]
    number = max(len(days), 1)
    most = max([*(hour.usual for hour in hours), *(hour.calls or 0 for hour in hours), 1])
    totals = (sum(today.values()), sum(connected.values()))
    return MyDay(hours, *totals, by_now / number, sum(before.values()) / number, len(days), most)


def _hour(start, today, connected, shares, now):
    is_ahead = start > now.hour
    calls, reached = (None, None) if is_ahead else (today[start], connected[start])
    return Hour(start, calls, reached, shares[start], start == now.hour)
