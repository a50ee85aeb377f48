"""Verbs on phone numbers. A number is voided, never deleted; one living number of a customer is primary."""

from django.db import transaction
from django.utils.dateparse import parse_datetime

from audit.services import record_change
from common.meanwhile import refuse_overwriting
from common.phones import parse_phone
from customers.choices import PhoneKind, PhoneState
from customers.models import Phone
from customers.services.errors import NumberTaken
from customers.services.writing import lock, write

# A number that turned out wrong is the last that takes over as primary.
_FITNESS = {PhoneState.GOOD: 0, PhoneState.UNKNOWN: 1, PhoneState.WRONG: 2, PhoneState.DEAD: 3}


def _stamp(by, now):
    return {"verified_at": now, "verified_by": (getattr(by, "full_name", "") or "")[:40]}


def _line(phone, diff, *, by, source, now, deed="edit", params=None):
    record_change(
        phone, diff, by=by, source=source, deed=deed, customer_id=phone.customer_id, params=params or {}, at=now
    )


def _hand_over_primary(phone, *, by, source, now):
    """`phone` becomes the one primary number of its customer, whose row is locked."""
    former = Phone.objects.alive().filter(customer_id=phone.customer_id, is_primary=True).exclude(pk=phone.pk).first()
    if former is not None:
        _line(former, write(former, {"is_primary": False}, now=now), by=by, source=source, now=now)
    diff = write(phone, {"is_primary": True}, now=now)
    if diff:
        _line(phone, diff, by=by, source=source, now=now, deed="primary")


@transaction.atomic
def add_phone(customer, number: str, *, by, source, now, make_primary=False, verified=False) -> Phone:
    """The customer's number as typed; raises common.phones.BadPhone. A void one is revived, a known one is kept.

    The first number is primary, and the first mobile takes over from a landline. `verified`: she said so herself.
    """
    parsed = parse_phone(number)
    lock(customer)
    phone = customer.phones.filter(number=parsed.number).first()
    known = list(customer.phones.filter(is_void=False))
    stamp = _stamp(by, now) if verified else {}
    if phone is None:
        phone = Phone(
            store_id=customer.store_id,
            customer=customer,
            number=parsed.number,
            reversed=parsed.number[::-1],
            kind=parsed.kind,
            source=source,
            changed_at=now,
            **stamp,
        )
        phone.save(force_insert=True)
        _line(phone, {"number": ("", phone.number)}, by=by, source=source, now=now, deed="create")
    elif phone.is_void:
        fresh = {"is_void": False, "is_primary": False, "state": PhoneState.UNKNOWN, "source": source, **stamp}
        _line(phone, write(phone, fresh, now=now), by=by, source=source, now=now, deed="revive")
    elif verified:
        verify_phone(phone, by=by, now=now, source=source)
    is_first_mobile = phone.kind == PhoneKind.MOBILE and not any(other.kind == PhoneKind.MOBILE for other in known)
    if make_primary or is_first_mobile or not any(other.is_primary for other in known):
        _hand_over_primary(phone, by=by, source=source, now=now)
    return phone


@transaction.atomic
def change_number(phone, number: str, *, by, source, now, verified=False, seen=None) -> Phone:
    """The digits were mistyped: another number in the same row, with no state or stamp of the old one.

    Raises BadPhone, NumberTaken (she has that number already), ChangedMeanwhile (`seen` is the number shown).
    """
    parsed = parse_phone(number)
    lock(phone.customer)
    lock(phone)
    refuse_overwriting(phone, {"number": parsed.number}, seen)
    taken = Phone.objects.filter(customer_id=phone.customer_id, number=parsed.number).exclude(pk=phone.pk).first()
    if taken is not None:
        raise NumberTaken(taken)
    if parsed.number == phone.number:
        return phone
    values = {"number": parsed.number, "kind": parsed.kind, "source": source, "state": PhoneState.UNKNOWN}
    stamp = _stamp(by, now) if verified else {"verified_at": None, "verified_by": ""}
    diff = write(phone, {**values, **stamp}, now=now, unseen={"reversed": parsed.number[::-1]})
    _line(phone, diff, by=by, source=source, now=now)
    return phone


def update_phone(phone, number: str, *, by, source, now, verified=False, primary=False, seen=None) -> Phone:
    """What the form for one number saves, in one transaction: digits, stamp, primary. Errors as `change_number`."""
    with transaction.atomic():
        change_number(phone, number, by=by, source=source, now=now, verified=verified, seen=seen)
        if verified and phone.verified_at != now:
            verify_phone(phone, by=by, now=now, source=source)
        if primary:
            make_primary(phone, by=by, source=source, now=now)
        return phone


@transaction.atomic
def verify_phone(phone, *, by, now, source="form"):
    """She confirmed that this is her number: stamped, and no longer marked wrong or dead."""
    lock(phone)
    values = _stamp(by, now)
    if phone.state in (PhoneState.WRONG, PhoneState.DEAD):
        values["state"] = PhoneState.UNKNOWN
    _line(phone, write(phone, values, now=now), by=by, source=source, now=now, deed="verify")


@transaction.atomic
def withdraw_verification(phone, *, by, source, now):
    """Nobody stands for this number any more; it stays hers."""
    lock(phone)
    _line(phone, write(phone, {"verified_at": None, "verified_by": ""}, now=now), by=by, source=source, now=now)


@transaction.atomic
def mark_phone(phone, state, *, by, source, now):
    """What a call found out about the number (PhoneState)."""
    lock(phone)
    _line(phone, write(phone, {"state": state}, now=now), by=by, source=source, now=now)


@transaction.atomic
def make_primary(phone, *, by, source, now):
    """This number is dialled first; the former primary steps back."""
    lock(phone.customer)
    lock(phone)
    _hand_over_primary(phone, by=by, source=source, now=now)


@transaction.atomic
def void_phone(phone, *, by, source, now):
    """The number is no longer hers. If it was primary, the fittest other one takes over (mobiles first)."""
    lock(phone.customer)
    lock(phone)
    was_primary = phone.is_primary
    diff = write(phone, {"is_void": True, "is_primary": False}, now=now)
    if not diff:
        return
    _line(phone, diff, by=by, source=source, now=now, deed="void")
    others = sorted(
        Phone.objects.alive().filter(customer_id=phone.customer_id),
        key=lambda other: (_FITNESS[other.state], other.kind != PhoneKind.MOBILE, other.pk),
    )
    if was_primary and others:
        _hand_over_primary(others[0], by=by, source=source, now=now)


_REMEMBERED = ("is_void", "is_primary", "state", "source", "verified_by")


def snapshot_phones(customer) -> dict:
    """All her numbers as they stand, {id: …} for JSON, so that a deed on them can be taken back (`restore_phones`)."""
    return {
        str(phone.pk): {name: getattr(phone, name) for name in _REMEMBERED}
        | {"verified_at": phone.verified_at and phone.verified_at.isoformat()}
        for phone in customer.phones.all()
    }


@transaction.atomic
def restore_phones(customer, snapshot: dict, *, by, source, now):
    """Her numbers are again as in the snapshot; those added since are retired. The caller knows that nobody touched them."""
    lock(customer)
    gone = {"is_void": True, "is_primary": False}
    wanted = {}
    for phone in customer.phones.all():
        before = snapshot.get(str(phone.pk))
        wanted[phone] = gone if before is None else before | {"verified_at": _moment(before["verified_at"])}
    # First those that step back: one primary number at a time.
    for phone, values in sorted(wanted.items(), key=lambda pair: pair[1]["is_primary"]):
        diff = write(phone, values, now=now)
        if diff:
            _line(phone, diff, by=by, source=source, now=now)


def _moment(text):
    return parse_datetime(text) if text else None
