"""The numbers of two files that become one, and of one that becomes two again.

The same number stands once, with the better confirmation of the two; one living number is dialled first.
"""

from django.utils.dateparse import parse_datetime

from audit.choices import Deed, Source
from audit.services import record_change
from customers.choices import PhoneKind, PhoneState
from customers.merging import GONE
from customers.models import Phone

_COLUMNS = ("customer_id", "is_void", "is_primary", "state", "source", "verified_at", "verified_by")
_FITNESS = {PhoneState.GOOD: 0, PhoneState.UNKNOWN: 1, PhoneState.WRONG: 2, PhoneState.DEAD: 3}


def join_phones(kept, gone, *, primary, by, now) -> dict:
    """{phone id: [before, after]} of the numbers that this has changed. Both customers are locked."""
    mine, hers = list(_locked(kept)), list(_locked(gone))
    before = {phone.pk: _picture(phone) for phone in (*mine, *hers)}
    known, first = {phone.number: phone for phone in mine}, None
    for phone in hers:
        twin = known.get(phone.number)
        if phone.is_primary and not phone.is_void:
            first = twin or phone
        phone.is_primary = False
        if twin is None:
            phone.customer_id = kept.pk
        else:
            _take_over(twin, phone)
            phone.is_void = True
    living = [phone for phone in (*mine, *hers) if phone.customer_id == kept.pk and not phone.is_void]
    front = next((phone for phone in living if phone.is_primary), None)
    if first in living and (primary == GONE or front is None):
        front = first
    for phone in living:
        phone.is_primary = phone is front
    return _write(before, (*mine, *hers), Deed.MERGE, by=by, now=now)


def _take_over(twin, phone):
    """Of one number in two files: what is known of it in either. One retired here comes back only where she confirmed it there."""
    if phone.is_void:
        return
    if phone.verified_at and (twin.verified_at is None or phone.verified_at > twin.verified_at):
        twin.verified_at, twin.verified_by, twin.is_void = phone.verified_at, phone.verified_by, False
        twin.state = phone.state if phone.state != PhoneState.UNKNOWN else twin.state
    elif twin.state == PhoneState.UNKNOWN:
        twin.state = phone.state


def part_phones(kept, gone, changed: dict, *, by, now) -> int:
    """Put back what `join_phones` has changed and nobody has since; gives how many numbers had to stay as they are."""
    phones = {phone.pk: phone for phone in (*_locked(kept), *_locked(gone))}
    before = {pk: _picture(phone) for pk, phone in phones.items()}
    left, wanted = 0, {}
    for key, (old, new) in changed.items():
        phone = phones.get(int(key))
        if phone is None:
            left += 1
            continue
        if before[phone.pk] == new:
            wanted[phone.pk] = old["is_primary"]
            for name in _COLUMNS:
                setattr(phone, name, _value(name, old[name]))
        else:
            left += 1
            if phone.customer_id == new["customer_id"]:
                phone.customer_id = old["customer_id"]
    for person in (kept, gone):
        _settle_primary([phone for phone in phones.values() if phone.customer_id == person.pk], wanted)
    _write(before, phones.values(), Deed.UNMERGE, by=by, now=now)
    return left


def _settle_primary(phones, wanted):
    """One living number of a file is dialled first: the one from before, else the present one, else the fittest."""
    living = [phone for phone in phones if not phone.is_void]
    living.sort(
        key=lambda phone: (
            not wanted.get(phone.pk, False), not phone.is_primary, _FITNESS[phone.state], phone.kind != PhoneKind.MOBILE, phone.pk,
        )
    )  # fmt: skip
    had_one = any(phone.is_primary for phone in living) or any(wanted.get(phone.pk) for phone in phones)
    for place, phone in enumerate(living):
        phone.is_primary = had_one and place == 0


def _locked(customer):
    return Phone.objects.filter(customer=customer).order_by("pk").select_for_update(no_key=True)


def _picture(phone) -> dict:
    return {name: _plain(getattr(phone, name)) for name in _COLUMNS}


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _value(name, value):
    return parse_datetime(value) if name == "verified_at" and value else value


def _write(before, phones, deed, *, by, now) -> dict:
    """First all step back: one primary number of a customer at a time."""
    changed = {}
    touched = {phone.pk for phone in phones if before[phone.pk] != _picture(phone)}
    Phone.objects.filter(pk__in=touched).update(is_primary=False)
    for phone in sorted(phones, key=lambda phone: phone.pk):
        old, new = before[phone.pk], _picture(phone)
        if old == new:
            continue
        changed[str(phone.pk)] = [old, new]
        names = [name for name in _COLUMNS if old[name] != new[name]]
        phone.changed_at = now
        columns = {name.removesuffix("_id") for name in names} | {"is_primary", "changed_at"}
        phone.save(update_fields=columns)
        diff = {name: (old[name], new[name]) for name in names}
        told = {"by": by, "source": Source.FORM, "deed": deed, "customer_id": phone.customer_id, "at": now}
        record_change(phone, diff, **told)
    return changed
