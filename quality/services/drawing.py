"""Draws the calls of a day, once, however often the job runs; days that were missed are caught up for a week."""

import datetime as dt
import random
import secrets

from django.db import transaction
from django.db.models import Max

from accounts.calendar import calendar_of
from accounts.choices import Role
from accounts.models import Store
from followups.choices import Level
from followups.models import Call
from quality.choices import LogCode
from quality.drawing import draw, wanted_of
from quality.models import QualityDial, SpotCheck, SpotDraw, SpotLog
from quality.services.obstacles import obstacles_of

CATCH_UP_DAYS = 7


def dial_of(store) -> QualityDial:
    return QualityDial.objects.filter(store=store).first() or QualityDial(store=store)


def draw_missing(store, *, now) -> int:
    """The draws of the days up to yesterday that have not been made; the first one ever is yesterday's. Returns how many calls were drawn."""
    today = store.day_of(now)
    last = SpotDraw.objects.filter(store=store).aggregate(last=Max("day"))["last"]
    yesterday = today - dt.timedelta(days=1)
    first = yesterday if last is None else max(last + dt.timedelta(days=1), today - dt.timedelta(days=CATCH_UP_DAYS))
    days = [first + dt.timedelta(days=ahead) for ahead in range((yesterday - first).days + 1)]
    return sum(len(draw_day(store, day, now=now)) for day in days)


@transaction.atomic
def draw_day(store, day, *, now) -> list[SpotCheck]:
    """Draw from the calls of `day` that reached somebody. Nothing where that was done already."""
    store = Store.objects.select_for_update().get(pk=store.pk)  # two jobs at once: the second finds the draw
    if SpotDraw.objects.filter(store=store, day=day).exists():
        return []
    dial, seed = dial_of(store), secrets.token_hex(8)
    calls = _calls_of(store, day)
    wanted = wanted_of(
        calls.count(),
        share=dial.share,
        least=dial.weekly_least,
        drawn_this_week=_drawn_this_week(store, day),
        days_left=_days_left(store, day),
    )
    found = candidates_of(store, day, dial=dial, seed=seed, now=now)
    drawn = draw([(call.pk, call.by_id) for call in found], wanted=wanted, seed=seed)
    made = SpotDraw.objects.create(
        store=store,
        day=day,
        drawn_at=now,
        seed=seed,
        calls=calls.count(),
        candidates=[[call.pk, call.by_id] for call in found],
        wanted=wanted,
    )
    by_id = {call.pk: call for call in found}
    today = store.day_of(now)
    checks = [_check(made, by_id[pk], today) for pk in drawn]
    SpotCheck.objects.bulk_create(checks)
    SpotLog.objects.bulk_create(SpotLog(check_of=check, at=now, code=LogCode.DRAWN) for check in checks)
    return checks


def candidates_of(store, day, *, dial, seed, now) -> list[Call]:
    """One call for each customer who may be called again, by id; which of a customer's calls, the seed decides."""
    calls = _calls_of(store, day).filter(by__role=Role.SPECIALIST, outcomes__isnull=False).distinct()
    by_customer = {}
    for call in calls.select_related("by", "customer").order_by("pk"):
        by_customer.setdefault(call.customer_id, []).append(call)
    since = day - dt.timedelta(days=dial.pause_days)
    lately = SpotCheck.objects.filter(customer__in=by_customer, day__gt=since).values_list("customer_id", flat=True)
    shut = set(lately) | set(obstacles_of(store, by_customer, now=now))
    rng = random.Random(seed)  # noqa: S311
    chosen = [rng.choice(calls) for customer, calls in sorted(by_customer.items()) if customer not in shut]
    return sorted(chosen, key=lambda call: call.pk)


def _calls_of(store, day):
    first = dt.datetime.combine(day, dt.time(), tzinfo=store.zone)
    until = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=store.zone)
    return Call.objects.filter(store=store, at__gte=first, at__lt=until, level=Level.REACHED, undone_at__isnull=True)


def _check(made, call, today) -> SpotCheck:
    first = call.outcomes.select_related("item").order_by("pk").first()
    return SpotCheck(
        store_id=made.store_id,
        draw=made,
        call=call,
        customer_id=call.customer_id,
        person_id=call.by_id,
        day=made.day,
        topic=first.item.rule,
        next_on=today,
    )


def _drawn_this_week(store, day):
    monday = day - dt.timedelta(days=day.weekday())
    return SpotCheck.objects.filter(store=store, day__gte=monday, day__lt=day).count()


def _days_left(store, day):
    """Work days of the week of `day` from it on, at least one."""
    calendar = calendar_of(store)
    days = [day + dt.timedelta(days=ahead) for ahead in range(7 - day.weekday())]
    return max(sum(calendar.is_workday(one) for one in days), 1)
