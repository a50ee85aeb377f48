"""Promises to customers and tasks people set: the fact (PlannedCall) and its due item, made at once.

The day's run would make the same item from the fact (services.generation), but a promise for this afternoon cannot wait for it.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.calendar import calendar_of
from followups.choices import CloseReason, ItemState, PlanKind
from followups.models import DueItem, PlannedCall
from followups.services.cards import lock_card, recompute_cards
from followups.services.dials import desk_of
from followups.services.generation import planned_item

VERIFY_WITHIN_DAYS = 2


@transaction.atomic
def plan_promise(customer, *, at, subject, by, now, vehicle=None, topic="", pinned_to=None) -> PlannedCall:
    """`customer` was promised a call at the moment `at`. Raises ValidationError({"at": …}) for a moment that has passed.

    It may be called DeskDial.promise_lead_minutes before, is due on that day, never expires, and belongs to `pinned_to` (a user;
    None: the team) until DeskDial.promise_grace_minutes after. `topic`: the rule whose call led to it. Who wants no calls may
    still have asked for this one.
    """
    if at <= now:
        raise ValidationError({"at": _("The agreed time has passed already.")})
    if customer.deceased_on is not None:
        raise ValidationError(_("This customer has died."), code="deceased")
    lock_card(customer.pk)
    planned = make_promise(
        customer, at=at, subject=subject, by=by, now=now, vehicle=vehicle, topic=topic, pinned_to=pinned_to
    )
    recompute_cards([customer.pk], store=customer.store, now=now)
    return planned


@transaction.atomic
def plan_manual(customer, *, opens_on, due_on, expires_on, subject, by, now, vehicle=None) -> PlannedCall:
    """A task that `by` set: days of the store, `expires_on` None for never.

    Raises ValidationError: by field for days out of order, code `do_not_call` for a customer who wants no calls.
    """
    if customer.deceased_on is not None:
        raise ValidationError(_("This customer has died."), code="deceased")
    if customer.do_not_call:
        raise ValidationError(_("This customer does not want to be called."), code="do_not_call")
    if due_on < opens_on:
        raise ValidationError({"due_on": _("The deadline lies before the first day.")})
    if expires_on is not None and expires_on < due_on:
        raise ValidationError({"expires_on": _("The last day lies before the deadline.")})
    lock_card(customer.pk)
    planned = PlannedCall.objects.create(
        store_id=customer.store_id,
        kind=PlanKind.MANUAL,
        customer=customer,
        vehicle=vehicle,
        opens_on=opens_on,
        due_on=due_on,
        expires_on=expires_on,
        subject=subject,
        created_by=by,
        changed_at=now,
    )
    _make_item(planned, now)
    recompute_cards([customer.pk], store=customer.store, now=now)
    return planned


def make_promise(customer, *, at, subject, by, now, vehicle, topic, pinned_to) -> PlannedCall:
    """`plan_promise` without lock, checks and card: for callers that hold the card and recompute it themselves."""
    day = customer.store.day_of(at)
    planned = PlannedCall.objects.create(
        store_id=customer.store_id,
        kind=PlanKind.PROMISE,
        customer=customer,
        vehicle=vehicle,
        agreed_at=at,
        opens_on=day,
        due_on=day,
        subject=subject,
        topic=topic,
        pinned_to=pinned_to,
        created_by=by,
        changed_at=now,
    )
    _make_item(planned, now)
    return planned


def check_number_words() -> str:
    return _("Check the phone numbers")


def make_number_check(customer, *, by, now) -> PlannedCall | None:
    """A number turned out wrong or dead: whoever calls next, on another day, asks for the right one. None while such a task is open,
    or where she wants no calls. For callers that hold the card and recompute it themselves.
    """
    words = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            words.add(check_number_words())
    tasks = PlannedCall.objects.alive().filter(customer=customer, kind=PlanKind.MANUAL, subject__in=words)
    waiting = DueItem.objects.open().filter(customer=customer, rule=PlanKind.MANUAL, fact_id__in=tasks.values("pk"))
    if customer.do_not_call or waiting.exists():
        return None
    today = customer.store.day_of(now)
    planned = PlannedCall.objects.create(
        store_id=customer.store_id,
        kind=PlanKind.MANUAL,
        customer=customer,
        opens_on=today + dt.timedelta(days=1),
        due_on=today + dt.timedelta(days=VERIFY_WITHIN_DAYS),
        subject=check_number_words(),
        created_by=by,
        changed_at=now,
    )
    _make_item(planned, now)
    return planned


def _make_item(planned, now):
    """What the next run would make of it."""
    store = planned.store
    item = planned_item(
        planned,
        customer_id=planned.customer_id,
        today=store.day_of(now),
        zone=store.zone,
        desk=desk_of(store),
        calendar=calendar_of(store),
    )
    item.save(force_insert=True)


# --- What the floors below ask for (settings.CUSTOMERS_ASK_BY_CALL, CUSTOMERS_ASK_NO_MORE) ----------------------------
def plan_verification(customer, *, subject, by, now) -> int:
    """Somebody shall ask the customer which of two values is right: the id of the task. Raises ValidationError as `plan_manual`."""
    today = customer.store.day_of(now)
    due_on = today + dt.timedelta(days=VERIFY_WITHIN_DAYS)
    return plan_manual(
        customer, opens_on=today, due_on=due_on, expires_on=None, subject=subject[:200], by=by, now=now
    ).pk


@transaction.atomic
def withdraw_planned(planned_id, customer, *, now) -> bool:
    """The call is not wanted after all. False, and nothing done, where it has been tried or closed already."""
    lock_card(customer.pk)
    items = DueItem.objects.select_for_update().open().filter(fact_id=planned_id, customer=customer, attempts=0)
    item = items.filter(rule__in=PlanKind.values).first()
    if item is None:
        return False
    PlannedCall.objects.filter(pk=planned_id).update(is_void=True, changed_at=now)
    item.state, item.reason, item.closed_at = ItemState.OBSOLETE, CloseReason.FACT_VOID, now
    item.save(update_fields=["state", "reason", "closed_at"])
    recompute_cards([customer.pk], store=customer.store, now=now)
    return True
