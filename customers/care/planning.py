"""What is due when: the days of a CarePlan from the facts of one car. Everything follows from the facts alone; `today` only says which
of them cannot have happened yet."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, field
from typing import NamedTuple

from customers.care.pace import Pace, Reading, pace_of
from customers.care.visits import Visit

THIN_ICE, CHURN, LOST = 9, 12, 24  # months after the last visit (FEATURES §2)
SOONEST = 30  # days: no service is predicted earlier than this after the last one
FARTHEST = 3_650  # days: what lies beyond is not predicted
LEAST_RANGE = 7  # days either side
MONTHS_RANGE = 14  # days either side where months alone speak: people come when it suits them
NEW_UNTIL = 60  # days between registration and delivery of a car that was new
# The share by which a stretch differs where the pace is not the car's own.
SPREADS = {"told": 0.3, "model": 0.4, "store": 0.5}
OWN, TOLD, MODEL, STORE, NONE = "own", "told", "model", "store", "none"
WORTH_MONTHS = 24


class Interval(NamedTuple):
    """Of models.CareInterval; 0: no limit."""

    first_months: int
    first_km: int
    months: int
    km: int
    warranty_months: int
    warranty_km: int


# The general rule of the trade, 5,000 km or 6 months (DOMAIN 2.3); three years' warranty (2.4), 100,000 km (general knowledge).
DEFAULT_INTERVAL = Interval(6, 5_000, 6, 5_000, 36, 100_000)


@dataclass(slots=True)
class Facts:
    """One car. `visits` as care.visits.visits_of gives them; what is told is what the DMS says of the car."""

    visits: list[Visit] = field(default_factory=list)
    delivered_on: dt.date | None = None  # by this store
    registered_on: dt.date | None = None
    odometer_km: int | None = None
    odometer_on: dt.date | None = None
    odometer_reset_on: dt.date | None = None
    first_service_on: dt.date | None = None
    last_service_on: dt.date | None = None
    last_service_km: int | None = None
    next_service_on: dt.date | None = None
    next_service_km: int | None = None
    km_per_day: float | None = None
    warranty_starts_on: dt.date | None = None
    warranty_ends_on: dt.date | None = None
    warranty_ends_km: int | None = None
    inspection_due_on: dt.date | None = None


@dataclass(slots=True)
class Plan:
    """The columns of models.CarePlan that are worked out."""

    last_visit_on: dt.date | None = None
    last_visit_km: int | None = None
    last_maintenance_on: dt.date | None = None
    last_maintenance_km: int | None = None
    visits: int = 0
    worth: int = 0
    km_per_day: float | None = None
    pace: str = ""
    first_service_on: dt.date | None = None
    service_on: dt.date | None = None
    service_round: str = "0"
    earliest_on: dt.date | None = None
    latest_on: dt.date | None = None
    service_km: int | None = None
    why: dict = field(default_factory=dict)
    visit_round: str = "0"
    thin_ice_on: dt.date | None = None
    churn_on: dt.date | None = None
    lost_on: dt.date | None = None
    warranty_ends_on: dt.date | None = None
    inspection_on: dt.date | None = None
    inspection_round: str = "0"


def plan_of(facts: Facts, interval: Interval, today: dt.date, *, model_pace=None, store_pace=None) -> Plan:
    """model_pace, store_pace: averages of cars whose own pace is known; None where there are too few."""
    plan = Plan()
    pace = _own_pace(facts, today)
    spread = pace.spread
    if pace.km_per_day is not None:
        plan.pace, plan.km_per_day = OWN, pace.km_per_day
    else:
        choices = ((TOLD, facts.km_per_day), (MODEL, model_pace), (STORE, store_pace), (NONE, None))
        plan.pace, plan.km_per_day = next((each for each in choices if each[1]), choices[-1])
        spread = SPREADS.get(plan.pace, 0.0)
    if plan.km_per_day is not None:
        plan.km_per_day = round(float(plan.km_per_day), 2)
    _visits(plan, facts, today)
    _service(plan, facts, interval, pace, spread, today)
    _warranty(plan, facts, interval, pace)
    if facts.inspection_due_on is not None:
        plan.inspection_on, plan.inspection_round = facts.inspection_due_on, str(facts.inspection_due_on.year)
    return plan


def _own_pace(facts, today) -> Pace:
    readings = {visit.day: visit.km for visit in facts.visits if visit.km}
    for day, km in ((facts.odometer_on, facts.odometer_km), (facts.last_service_on, facts.last_service_km)):
        if day is not None and km and day <= today and day not in readings:
            readings[day] = km
    return pace_of(sorted(readings.items()), new_on=_new_on(facts), reset_on=facts.odometer_reset_on)


def _new_on(facts):
    """The day on which this store handed the car over, if it was new then."""
    delivered, registered = facts.delivered_on, facts.registered_on
    if delivered is None or (registered is not None and (delivered - registered).days > NEW_UNTIL):
        return None
    return delivered


def _told(day, today):
    return day if day is not None and day <= today else None


def _visits(plan, facts, today):
    """Who has come when, and when that is so long ago that somebody has to ask."""
    visits = facts.visits
    plan.visits = len(visits)
    if visits:
        plan.last_visit_on, plan.visit_round = visits[-1].day, str(visits[-1].id)
        plan.last_visit_km = visits[-1].km
        plan.worth = worth_of(visits)
    told = max(filter(None, (_told(facts.last_service_on, today), _told(facts.first_service_on, today))), default=None)
    if told is not None and (plan.last_visit_on is None or told > plan.last_visit_on):
        plan.last_visit_on, plan.visit_round, plan.last_visit_km = told, _round_of(told), None
        if told == facts.last_service_on:
            plan.last_visit_km = facts.last_service_km
    since = plan.last_visit_on or _told(facts.delivered_on, today)
    if since is not None:
        plan.thin_ice_on = add_months(since, THIN_ICE)
        plan.churn_on = add_months(since, CHURN)
        plan.lost_on = add_months(since, LOST)


def worth_of(visits) -> int:
    """The more, the earlier a scarce call: a thousand for each visit of the two years up to the last one, and what was paid for
    them in hundreds (at most 999). Says nothing about today, so it stays right while nobody comes."""
    if not visits:
        return 0
    since = add_months(visits[-1].day, -WORTH_MONTHS)
    recent = [visit for visit in visits if visit.day > since]
    paid = sum(max(visit.amount, 0) for visit in recent)
    return len(recent) * 1_000 + min(int(paid // 100), 999)


def _service(plan, facts, interval, pace, spread, today):
    base = _last_maintenance(plan, facts, today)
    by_km = by_months = None
    if base is not None:
        months, limit = interval.months, interval.km
        plan.service_km = plan.last_maintenance_km + limit if plan.last_maintenance_km and limit else None
        by_months = add_months(base, months) if months else None
        is_first = False
        if _dms_knows_better(facts, base):
            plan.service_on, plan.service_km = facts.next_service_on, facts.next_service_km
            _say(plan, "dms", 0.0)
            return
    elif _is_past_first(facts, interval, pace):
        base = plan.last_visit_on or pace.last.day
        plan.service_round = plan.visit_round
        limit, is_first = interval.km, False
        plan.service_km = (pace.last.km // limit + 1) * limit
    elif facts.delivered_on is not None:
        base, is_first = facts.delivered_on, True
        plan.service_km = interval.first_km or None
        by_months = add_months(base, interval.first_months) if interval.first_months else None
        future = facts.first_service_on
        if future is not None and future > today:
            by_months = future
    elif facts.next_service_on is not None:
        plan.service_on, plan.service_km = facts.next_service_on, facts.next_service_km
        day = facts.next_service_on
        plan.service_round = f"d{day.year}{1 if day.month < 7 else 2}"
        _say(plan, "dms", 0.0)
        return
    else:
        return
    start = _start(pace, base, plan, is_first)
    if plan.service_km and start is not None and plan.km_per_day:
        days = max((plan.service_km - start.km) / plan.km_per_day, 0)
        if days <= FARTHEST:
            by_km = max(start.day + dt.timedelta(days=int(days)), base + dt.timedelta(days=SOONEST))
    day = min(filter(None, (by_km, by_months)), default=None)
    if day is None:
        return
    if is_first:
        plan.first_service_on = day
    else:
        plan.service_on = day
    goes_by_km = day == by_km and (by_months is None or by_km < by_months)
    if goes_by_km:
        _say(plan, "km", spread, start, pace, is_first=is_first, by_months=by_months)
    else:
        _say(plan, "months", spread, start, pace, is_first=is_first, by_km=by_km)
        plan.why |= {"months": interval.first_months if is_first else interval.months, "since": base.isoformat()}
        if is_first and facts.first_service_on == day:
            plan.why = {"code": "dms"}


def _last_maintenance(plan, facts, today):
    """The day that the service clock counts from: the last maintenance known, here or as the DMS tells. None: none yet."""
    done = next((visit for visit in reversed(facts.visits) if visit.is_maintenance), None)
    if done is not None:
        plan.last_maintenance_on, plan.last_maintenance_km = done.day, done.km
        plan.service_round = str(done.id)
    told, told_km = _told(facts.last_service_on, today), facts.last_service_km
    if told is None:
        told, told_km = _told(facts.first_service_on, today), None
    if told is not None and (done is None or told > done.day):
        plan.last_maintenance_on, plan.last_maintenance_km = told, told_km
        plan.service_round = _round_of(told)
    return plan.last_maintenance_on


def _round_of(day) -> str:
    return f"d{day:%Y%m%d}"


def _dms_knows_better(facts, base):
    """The DMS tells a next service, and of the last one we know by it alone."""
    has_own = any(visit.is_maintenance for visit in facts.visits)
    return not has_own and facts.next_service_on is not None and facts.next_service_on > base


def _is_past_first(facts, interval, pace):
    """It never had maintenance that we know of, and has run too far for that: it was serviced elsewhere."""
    if not facts.visits or pace.last is None or not interval.km:
        return False
    return pace.last.km >= interval.first_km + interval.km


def _start(pace, base, plan, is_first) -> Reading | None:
    """The reading that the kilometres count on from: the newest usable one, if it belongs to this turn."""
    if pace.last is not None and pace.last.day >= base:
        return pace.last
    if is_first:
        return Reading(base, 0)
    return Reading(base, plan.last_maintenance_km) if plan.last_maintenance_km else pace.last


def _say(plan, code, spread, start=None, pace=None, *, is_first=False, by_months=None, by_km=None):
    """The range, and why, as a code with parameters (customers.wording)."""
    day = plan.first_service_on or plan.service_on
    plan.why = {"code": code}
    margin = dt.timedelta(days=MONTHS_RANGE)
    plan.earliest_on, plan.latest_on = day - margin, day + margin
    if code == "dms":
        return
    if is_first:
        plan.why["first"] = True
    known_by = by_km if code == "months" else day
    if known_by is not None:
        plan.why |= {"pace": plan.pace, "km_a_day": round(plan.km_per_day), "km": plan.service_km}
        if plan.pace == OWN:
            plan.why["n"] = pace.readings
        days = (known_by - start.day).days
        earliest = known_by - dt.timedelta(days=max(round(days * spread / (1 + spread)), LEAST_RANGE))
        if code == "months":
            plan.earliest_on = min(plan.earliest_on, earliest)
            return
        latest = known_by + dt.timedelta(days=max(round(days * spread / (1 - spread)), LEAST_RANGE))
        if by_months is not None:
            latest = min(latest, max(by_months, day + dt.timedelta(days=LEAST_RANGE)))
        plan.earliest_on, plan.latest_on = earliest, latest
        if plan.service_km <= start.km:
            plan.why |= {"reached": start.km}


def _warranty(plan, facts, interval, pace):
    """Until when the warranty runs: as told, else by the months of the model from the hand-over; earlier where it runs out by km."""
    limit = facts.warranty_ends_km
    ends = facts.warranty_ends_on
    if ends is None:
        starts = facts.warranty_starts_on or facts.delivered_on
        if starts is None:
            return
        limit = limit or interval.warranty_km
        ends = add_months(starts, interval.warranty_months) if interval.warranty_months else None
    if limit and pace.last is not None and plan.pace == OWN:
        if pace.last.km >= limit:
            ends = min(filter(None, (ends, pace.last.day)))
        elif plan.km_per_day:
            days = (limit - pace.last.km) / plan.km_per_day
            if days <= FARTHEST:
                ends = min(filter(None, (ends, pace.last.day + dt.timedelta(days=int(days)))))
    plan.warranty_ends_on = ends


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if day.day <= 28:
        return dt.date(year, month, day.day)
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))
