"""Who was expected and did not come is asked: a task for the desk on the next morning (S1, 预约未赴约). May run twice, late, and for many days.

Whether she came is read from facts: another arrival, or a repair order that the DMS told of later. Where the order comes in only after
the task was made, the next run takes the task back, unless somebody has tried it.
"""

import datetime as dt
import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from customers.models import RepairOrder
from followups.services.cards import lock_card
from followups.services.planned import plan_manual, withdraw_planned
from reception.models import Arrival

BACK = dt.timedelta(days=7)  # a machine that was off for longer asks nobody about a visit of last month
DUE_DAYS, LAST_DAYS = 1, 5  # FEATURES §2, no_show: due on the next day, of no use after five

logger = logging.getLogger(__name__)


def follow_up_absent(store, *, now) -> dict[str, int]:
    """{"asked", "came", "quiet", "taken_back"} of the visits of the last days: tasks made, visits that took place after all, customers
    who want no calls, tasks that an order made needless."""
    today = store.day_of(now)
    counts = dict.fromkeys(("asked", "came", "quiet", "taken_back"), 0)
    waiting = Arrival.objects.filter(store=store).not_followed_up(today, back=BACK)
    for pk, customer_id in waiting.order_by("day", "pk").values_list("pk", "customer_id"):
        if outcome := _follow_up(pk, customer_id, today=today, now=now):
            counts[outcome] += 1
    asked = Arrival.objects.filter(store=store, task__isnull=False, came_with__isnull=True, day__gte=today - BACK)
    for pk, customer_id in asked.order_by("pk").values_list("pk", "customer_id"):
        counts["taken_back"] += _take_back(pk, customer_id, now=now)
    return counts


def follow_up_stores(stores, *, now) -> tuple[dict[str, dict], dict[str, Exception]]:
    """`follow_up_absent` of each, one store's fault kept from the others: ({code: counts}, {code: fault})."""
    done, failed = {}, {}
    for store in stores:
        try:
            done[store.code] = follow_up_absent(store, now=now)
        except DatabaseError as fault:
            logger.exception("store %s: absent customers", store.code)
            failed[store.code] = fault
    return done, failed


@transaction.atomic
def _follow_up(pk, customer_id, *, today, now) -> str:
    """What became of one visit; "" where another run, or the desk, was quicker."""
    lock_card(customer_id)
    arrival = (
        Arrival.objects.select_for_update(of=("self",))
        .not_followed_up(today, back=BACK)
        .select_related("customer__store", "vehicle")
        .filter(pk=pk)
        .first()
    )
    if arrival is None:
        return ""
    arrival.followed_up_at = now
    arrival.came_with = _order_of(arrival)
    if arrival.came_with is None and not _came_otherwise(arrival):
        arrival.task = _ask(arrival, today=today, now=now)
    arrival.save(update_fields=["followed_up_at", "came_with", "task"])
    if arrival.task is not None:
        return "asked"
    return "quiet" if arrival.customer.do_not_call and arrival.came_with is None else "came"


@transaction.atomic
def _take_back(pk, customer_id, *, now) -> bool:
    """The order of an asked visit is there by now: nobody needs to ring her."""
    lock_card(customer_id)
    arrival = Arrival.objects.select_for_update(of=("self",)).select_related("customer__store").get(pk=pk)
    order = _order_of(arrival)
    if arrival.task_id is None or arrival.came_with_id is not None or order is None:
        return False
    arrival.came_with = order
    arrival.save(update_fields=["came_with"])
    return withdraw_planned(arrival.task_id, arrival.customer, now=now)


def _order_of(arrival) -> RepairOrder | None:
    """The first order of her, or of the car, that was opened on the day or since."""
    hers = Q(owner=arrival.customer_id) | Q(bringer=arrival.customer_id)
    if arrival.vehicle_id is not None:
        hers = Q(vehicle=arrival.vehicle_id)
    orders = RepairOrder.objects.alive().filter(hers, store_id=arrival.store_id, opened_on__gte=arrival.day)
    return orders.order_by("opened_on", "pk").first()


def _came_otherwise(arrival) -> bool:
    """She was received on another day since, or on foot, or with another car; or she has said that she will come on a later day."""
    others = Arrival.objects.standing().filter(customer=arrival.customer_id, day__gte=arrival.day)
    others = others.exclude(pk=arrival.pk)
    return others.filter(Q(arrived_at__isnull=False) | Q(followed_up_at__isnull=True, day__gt=arrival.day)).exists()


def _ask(arrival, *, today, now):
    try:
        return plan_manual(
            arrival.customer,
            opens_on=today,
            due_on=today + dt.timedelta(days=DUE_DAYS),
            expires_on=today + dt.timedelta(days=LAST_DAYS),
            subject=_subject(arrival),
            by=arrival.expected_by,
            now=now,
            vehicle=arrival.vehicle,
        )
    except ValidationError as fault:
        if getattr(fault, "code", "") != "do_not_call":
            raise
        return None


def _subject(arrival) -> str:
    """In the language of the store's software: a task keeps the words it was made with, as if somebody had typed them."""
    with override(settings.LANGUAGE_CODE):
        words = {
            "day": date_format(arrival.day, pgettext("a day of this year", "F j")),
            "purpose": arrival.get_purpose_display() or _("visit"),
        }
        subject = _("Was expected on %(day)s (%(purpose)s) and did not come: ask why, offer another day.") % words
    return " ".join(filter(None, (subject, arrival.note)))[:200]
