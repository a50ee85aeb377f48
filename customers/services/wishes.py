"""What a customer does not want to be contacted about (DoNotContact), and her do-not-call mark, which follows from it.

The mark stands as long as a wish for all topics and all cars holds that closes the telephone. An import writes neither. The
floor above closes what was open about it (followups.services.wishes), its run what was missed.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from customers.choices import Channel
from customers.models import Customer, DoNotContact
from customers.services.writing import lock, write

BY_PHONE = ("", Channel.PHONE_OUT)
LOOK_BACK_DAYS = 400  # wishes that ran out longer ago have been swept by any store that is alive


@transaction.atomic
def set_wish(customer, *, channel="", topic="", vehicle=None, reason, expires_on=None, by, source, now) -> DoNotContact:
    """She does not want to be contacted through `channel` about `topic` and `vehicle`; "" and None mean all of them.

    It holds until it is lifted, or to the end of the day `expires_on`. A wish of the same scope that still holds gets the new reason and
    end; a row made here has `created_at` = `now`, so whoever takes a call back knows whose it was. `reason` is the proof: her words.
    Raises ValidationError by field: no reason, a day that has passed, a car that is not of this store.
    """
    lock(customer)
    reason = reason.strip()[:200]
    faults = {}
    if not reason:
        faults["reason"] = _("Please write down what the customer said.")
    if expires_on is not None and expires_on < customer.store.day_of(now):
        faults["expires_on"] = _("This day has passed.")
    if vehicle is not None and vehicle.store_id != customer.store_id:
        faults["vehicle"] = _("This car is not of this store.")
    if faults:
        raise ValidationError(faults)
    scope = {"channel": channel, "topic": topic, "vehicle": vehicle}
    wish = standing_wish(customer, now=now, **scope)
    if wish is None:
        fields = {**scope, "reason": reason, "expires_on": expires_on}
        wish = DoNotContact.objects.create(
            store_id=customer.store_id,
            customer=customer,
            **fields,
            source=source,
            by=by,
            created_at=now,
            changed_at=now,
        )
        diff = {name: ("" if value is not None else None, value) for name, value in fields.items()}
        diff = {name: pair for name, pair in diff.items() if pair[0] != pair[1]}
    else:
        diff = write(wish, {"reason": reason, "expires_on": expires_on}, now=now)
    if diff:
        _record(wish, diff, "set_wish", by=by, source=source, now=now)
    keep_in_step(customer, by=by, source=source, now=now)
    return wish


def standing_wish(customer, *, channel="", topic="", vehicle=None, now) -> DoNotContact | None:
    """The wish of this very scope that holds; one that has run out is proof of what was, and stays as it is."""
    wishes = living(customer.store.day_of(now)).filter(customer=customer, channel=channel, topic=topic, vehicle=vehicle)
    return wishes.order_by("pk").first()


@transaction.atomic
def restore_wish(wish, reason, expires_on: str | None, *, since, by, source, now) -> bool:
    """Reason and end (ISO) as they were before the moment `since`, where nobody has changed or lifted the wish after it."""
    lock(wish.customer)
    lock(wish)
    if wish.is_void or wish.changed_at != since:
        return False
    values = {"reason": reason, "expires_on": expires_on and dt.date.fromisoformat(expires_on)}
    _record(wish, write(wish, values, now=now), "set_wish", by=by, source=source, now=now)
    keep_in_step(wish.customer, by=by, source=source, now=now)
    return True


@transaction.atomic
def lift_wish(wish, *, by, source, now) -> bool:
    """She may be contacted about it again; the row stays as proof. False where it was lifted already."""
    customer = wish.customer
    lock(customer)
    lock(wish)
    if wish.is_void:
        return False
    _void(wish, by=by, source=source, now=now)
    keep_in_step(customer, by=by, source=source, now=now)
    return True


@transaction.atomic
def set_do_not_call(customer, reason, *, by, source, now) -> DoNotContact:
    """She does not want to be called about anything; no rule and no queue shows her as long as this stands."""
    return set_wish(customer, channel=Channel.PHONE_OUT, reason=reason, by=by, source=source, now=now)


@transaction.atomic
def clear_do_not_call(customer, *, by, source, now):
    """She may be called again: every wish that closes the telephone as a whole is lifted."""
    lock(customer)
    for wish in _whole(DoNotContact.objects.alive()).filter(customer=customer):
        _void(wish, by=by, source=source, now=now)
    keep_in_step(customer, by=by, source=source, now=now)


@transaction.atomic
def expire_wishes(store, *, today: dt.date, now) -> int:
    """Let go of what ran out before `today`: marks are taken off, `changed_at` moves so that a run sees it. Returns how many.

    The rows stay as they are: their day says that they hold no longer. May run at any time and twice.
    """
    ran_out = DoNotContact.objects.alive().filter(
        store=store, expires_on__lt=today, expires_on__gte=today - dt.timedelta(days=LOOK_BACK_DAYS)
    )
    unseen = [
        pk
        for pk, expires_on, changed_at in ran_out.values_list("pk", "expires_on", "changed_at")
        if store.day_of(changed_at) <= expires_on
    ]
    DoNotContact.objects.filter(pk__in=unseen).update(changed_at=now)
    passed = _whole(ran_out.filter(customer=OuterRef("pk")))
    holding = _whole(living(today).filter(customer=OuterRef("pk")))
    freed = Customer.objects.filter(Exists(passed), ~Exists(holding), store=store, do_not_call=True)
    for customer in freed.order_by("pk"):
        lock(customer)
        keep_in_step(customer, by=None, source=Source.SYSTEM, now=now, today=today)
    return len(unseen)


def living(today: dt.date):
    """The wishes that hold on a day of the store."""
    return DoNotContact.objects.alive().filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))


def _whole(wishes):
    return wishes.filter(channel__in=BY_PHONE, topic="", vehicle__isnull=True)


def _void(wish, *, by, source, now):
    diff = write(wish, {"is_void": True}, now=now)
    _record(wish, diff, "lift_wish", by=by, source=source, now=now)


def _record(wish, diff, deed, *, by, source, now):
    is_mark = wish.channel in BY_PHONE and not wish.topic and wish.vehicle_id is None
    params = {"mark": True} if is_mark else None
    record_change(wish, diff, by=by, source=source, deed=deed, customer_id=wish.customer_id, params=params, at=now)


def keep_in_step(customer, *, by, source, now, today=None):
    """The mark and its reason follow the wishes; a change that the rules must see moves `changed_at` of the customer."""
    wishes = living(today or customer.store.day_of(now)).filter(customer=customer)
    first = _whole(wishes).order_by("-channel", "pk").first()
    values = {"do_not_call": first is not None, "do_not_call_reason": first.reason if first else ""}
    diff = write(customer, values, now=now)
    if diff:
        deed = "do_not_call" if first else "may_call"
        record_change(customer, diff, by=by, source=source, deed=deed, customer_id=customer.pk, at=now)
