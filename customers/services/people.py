"""Verbs on customers."""

from django.db import transaction

from audit.services import record_change
from common.pinyin import pinyin_of
from customers.choices import CustomerKind, Stage
from customers.models import Customer
from customers.services.phones import add_phone
from customers.services.writing import lock, refuse_overwriting, write

EDITABLE = ("name", "kind", "stage", "contact_person", "address", "postcode", "wechat", "note")


def sort_out_names(name: str) -> dict:
    """The columns that follow a customer's name: {"name", "pinyin", "initials"}, the name without stray blanks."""
    name = " ".join(name.split())
    full, initials = pinyin_of(name)
    return {"name": name, "pinyin": full, "initials": initials}


@transaction.atomic
def create_customer(
    store, *, name, by, source, now, number="", kind=CustomerKind.PRIVATE, stage=Stage.PROSPECT, **fields
) -> Customer:
    """A new customer, with a first number where given (raises common.phones.BadPhone)."""
    customer = Customer(store=store, kind=kind, stage=stage, changed_at=now, **sort_out_names(name), **fields)
    customer.save(force_insert=True)
    record_change(customer, {}, by=by, source=source, deed="create", customer_id=customer.pk, at=now)
    if number:
        add_phone(customer, number, by=by, source=source, now=now)
    return customer


@transaction.atomic
def update_customer(customer, changes: dict, *, by, source, now, verified=False, seen=None) -> dict:
    """Change fields of EDITABLE; gives {field: (old, new)} of what differed.

    verified: the customer has confirmed these values; each is stamped in `customer.verified`, also where it was right
    already, and a DMS import no longer overwrites it. An unverified change takes the old value's stamp away.
    seen: {field: value the editor was shown}; raises ChangedMeanwhile where somebody stored another value since.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    lock(customer)
    refuse_overwriting(customer, changes, seen)
    follow = {}
    if "name" in changes:
        follow = sort_out_names(changes["name"])
        changes = {**changes, "name": follow.pop("name")}
    stamps = dict(customer.verified)
    for field, value in changes.items():
        if verified:
            stamps[field] = now.isoformat()
        elif getattr(customer, field) != value:
            stamps.pop(field, None)
    diff = write(customer, changes, now=now, unseen={**follow, "verified": stamps})
    record_change(
        customer,
        diff,
        by=by,
        source=source,
        deed="edit" if diff or not verified else "verify",
        customer_id=customer.pk,
        params={"verified": sorted(changes)} if verified else None,
        at=now,
    )
    return diff


def restore_stamp(customer, field: str, stamp: str, *, now):
    """The value of a field is again the one that was verified at `stamp` (ISO; "": it was not). Part of taking a change back."""
    if stamp:
        write(customer, {}, now=now, unseen={"verified": {**customer.verified, field: stamp}})


@transaction.atomic
def set_do_not_call(customer, reason, *, by, source, now):
    """She does not want to be called; no rule and no queue shows her as long as this stands."""
    _do_not_call(customer, True, reason, by=by, source=source, now=now)


@transaction.atomic
def clear_do_not_call(customer, *, by, source, now):
    _do_not_call(customer, False, "", by=by, source=source, now=now)


def _do_not_call(customer, flag, reason, *, by, source, now):
    lock(customer)
    diff = write(customer, {"do_not_call": flag, "do_not_call_reason": reason}, now=now)
    deed = "do_not_call" if flag else "may_call"
    if diff:
        record_change(customer, diff, by=by, source=source, deed=deed, customer_id=customer.pk, at=now)
