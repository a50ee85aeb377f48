"""When a call may be made: what days off and call hours do to `callable_at`. Deadlines never move.

An untried topic may be called from the first call moment of its first work day; a tried one that was to come back on a day off comes
back on the next work day, at the same time. A promise keeps the moment that was agreed: the customer asked for it.
"""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.calendar import calendar_of
from common.bands import attempt_kept, first_call_moment, is_call_time, next_call_time
from followups.models import CallCard, DueItem
from followups.services.calendar_years import settle
from followups.services.cards import lock_cards, recompute_cards
from followups.services.dials import desk_of
from followups.services.moving import ask_move

LOT = 500
ALIKE = ("is_tried", "bands_failed", "opens_on", "expires_on", "callable_at")


# --- Days off and bands ---------------------------------------------------------------------------------------------------
def reschedule(store, *, now, tick=lambda: None) -> int:
    """Bring the `callable_at` of the open topics that are still to come to where the calendar and the bands put it; returns how many moved.

    Groups of topics with the same days are looked at, not each; what moves is written in lots, cards with it, and `tick` is called in
    each of these transactions. Not in a transaction. Done again it moves nothing.
    """
    calendar, desk, zone = calendar_of(store), desk_of(store), store.zone
    # A topic that waits for a promise to the same customer keeps waiting for it.
    promised = DueItem.objects.open().filter(customer_id=OuterRef("customer_id"), due_at=OuterRef("callable_at"))
    waiting = DueItem.objects.open().filter(~Exists(promised), store=store, due_at__isnull=True, callable_at__gt=now)
    today = store.day_of(now)

    def target(is_tried, failed, opens_on, expires_on, callable_at):
        if is_tried:
            return attempt_kept(callable_at, zone, desk.bands, failed, calendar)
        return first_call_moment(max(opens_on, today), zone, desk.bands, calendar, until=expires_on)

    places = {}
    groups = waiting.annotate(is_tried=Q(attempts__gt=0)).order_by().values_list(*ALIKE).distinct()
    for group in list(groups):
        at = target(*group)
        if at != group[-1]:
            places[group] = at
    moving = defaultdict(list)
    if places:
        rows = waiting.filter(callable_at__in={group[-1] for group in places})
        for customer_id, pk, *group in rows.annotate(is_tried=Q(attempts__gt=0)).values_list(
            "customer_id", "pk", *ALIKE
        ):
            if (at := places.get(tuple(group))) is not None:
                moving[customer_id].append((group[-1], at, pk))
    whom, moved = sorted(moving), 0
    for start in range(0, len(whom), LOT):
        lot = whom[start : start + LOT]
        with transaction.atomic():
            tick()
            lock_cards(lot)
            moved += _move(waiting, [place for customer_id in lot for place in moving[customer_id]])
            recompute_cards(lot, store=store, now=now)
    return moved


def _move(waiting, places) -> int:
    alike = defaultdict(list)
    for before, at, pk in places:
        alike[before, at].append(pk)
    # What somebody has tried, closed or moved meanwhile is no longer where it was.
    return sum(
        waiting.filter(pk__in=ids, callable_at=before).update(callable_at=at) for (before, at), ids in alike.items()
    )


def calendar_changed(store, *, now) -> None:
    """settings.AFTER_CALENDAR_CHANGE"""
    ask_move(store, now=now)
    settle(store, today=store.day_of(now))


# --- The customer's hour (services.hours) ---------------------------------------------------------------------------------
def hour_changed(customer, *, now) -> None:
    if CallCard.objects.open().filter(customer=customer).exists():
        recompute_cards([customer.pk], store=customer.store, now=now)


# --- Quiet hours ----------------------------------------------------------------------------------------------------------
def quiet_until(store, *, now, desk=None) -> dt.datetime | None:
    """When call time goes on; None where it is call time, or the store offers cards at any time (DeskDial.hours_hold)."""
    desk = desk or desk_of(store)
    if not desk.hours_hold:
        return None
    calendar = calendar_of(store)
    if is_call_time(now, store.zone, desk.bands, calendar):
        return None
    return next_call_time(now, store.zone, desk.bands, calendar)
