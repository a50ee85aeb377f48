"""Verbs on customers."""

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from audit.services import record_change
from common.meanwhile import refuse_overwriting
from common.pinyin import pinyin_of
from customers.choices import CustomerKind, Stage
from customers.models import Customer
from customers.services.archive import number_file
from customers.services.phones import add_phone
from customers.services.writing import lock, write

EDITABLE = (
    "name",
    "kind",
    "stage",
    "contact_person",
    "address",
    "postcode",
    "wechat",
    "note",
    "birthday",
    "birthday_is_lunar",
    "preferred_hour",
)


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
    number_file(customer, now=now)
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
    if "preferred_hour" in changes:
        for dotted in settings.BEFORE_HOUR_CHANGE:
            import_string(dotted)(customer.pk)
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
    if "preferred_hour" in diff:
        for dotted in settings.AFTER_HOUR_CHANGE:
            import_string(dotted)(customer, now=now)
    return diff


def restore_stamp(customer, field: str, stamp: str, *, now):
    """The value of a field is again the one that was verified at `stamp` (ISO; "": it was not). Part of taking a change back."""
    if stamp:
        write(customer, {}, now=now, unseen={"verified": {**customer.verified, field: stamp}})
