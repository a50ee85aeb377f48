"""Added work (增项确认): what is proposed beyond the order, and what the customer decides. Both are added, never rewritten."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from common.locks import lock_words
from customers.choices import Channel
from customers.services import mark_reached, record_contact
from customers.services.writing import lock
from reception.choices import DECIDED, DecidedHow
from reception.models import AddedWork, AddedWorkDecision, AddedWorkItem
from reception.services.errors import Outrun
from reception.services.lounge import order_under_way

ORIGIN = "reception.decision"
_DECIDED = dict(DECIDED)


@transaction.atomic
def propose(
    customer,
    *,
    items: Sequence[tuple[str, Decimal]],
    asked_by,
    by,
    now,
    minutes_more=0,
    reason="",
    vehicle=None,
    arrival=None,
) -> AddedWork:
    """The workshop found more to do: `items` are (what, price in yuan). Not decided yet. Raises ValidationError by field."""
    faults = {}
    items = [(name.strip(), price) for name, price in items]
    if not items or not all(name and price is not None and price >= 0 for name, price in items):
        faults["items"] = _("Please write down each item with its price.")
    if not asked_by.strip():
        faults["asked_by"] = _("Who asks the customer?")
    if any(record is not None and record.store_id != customer.store_id for record in (vehicle, arrival)):
        faults["vehicle"] = _("This belongs to another store.")
    if faults:
        raise ValidationError(faults)
    work = AddedWork.objects.create(
        store_id=customer.store_id,
        number=_next_number(customer.store, now),
        customer=customer,
        vehicle=vehicle,
        arrival=arrival,
        repair_order=order_under_way(vehicle, customer.store.day_of(now)),
        asked_at=now,
        asked_by=asked_by.strip(),
        recorded_by=by,
        minutes_more=minutes_more,
        reason=reason.strip(),
    )
    AddedWorkItem.objects.bulk_create(
        AddedWorkItem(work=work, place=place, name=name, price=price)
        for place, (name, price) in enumerate(items, start=1)
    )
    record_change(work, {}, by=by, source=Source.FORM, deed="create", customer_id=customer.pk, at=now)
    return work


@transaction.atomic
def decide(work, *, decision, decided_by, how, by, now, note="", seen=None) -> AddedWorkDecision:
    """What the customer says to `work`; an earlier decision stays written beside it. `seen`: the decision that `by` looked at.

    Goes to the contact ledger: a visit, or a call to her. Raises Outrun("decided"), ValidationError by field.
    """
    faults = {}
    if decision not in _DECIDED:
        faults["decision"] = _("Please choose one.")
    if how not in DecidedHow.values:
        faults["how"] = _("Please choose one.")
    if not decided_by.strip():
        faults["decided_by"] = _("Who decided?")
    if faults:
        raise ValidationError(faults)
    customer = work.customer
    lock(customer)
    before = work.decision if seen is None else seen
    if not AddedWork.objects.filter(pk=work.pk, decision=before).update(decision=decision):
        raise Outrun("decided", AddedWork.objects.get(pk=work.pk))
    work.decision = decision
    made = AddedWorkDecision.objects.create(
        work=work, decision=decision, decided_by=decided_by.strip(), how=how, at=now, recorded_by=by, note=note.strip()
    )
    record_contact(
        customer,
        at=now,
        channel=Channel.PHONE_OUT if how == DecidedHow.PHONE else Channel.VISIT,
        connected=True,
        by=by,
        topics=[],
        summary=_summary(work, made),
        note=made.note,
        vehicle=work.vehicle,
        origin=ORIGIN,
        origin_id=made.pk,
    )
    mark_reached(customer, by=by, now=now)
    changes = {"decision": (before, decision)}
    record_change(work, changes, by=by, source=Source.FORM, customer_id=customer.pk, at=now)
    return made


def _summary(work, made) -> dict:
    items = list(work.items.all())
    return {
        "code": "work",
        "number": work.number,
        "items": len(items),
        "total": str(sum((item.price for item in items), Decimal(0))),
        "decision": str(made.decision),
        "how": str(made.how),
    }


def _next_number(store, now) -> str:
    """ "ZX20261122-003": the next free number of the store's day. Whoever numbers is alone until the transaction ends."""
    lock_words(f"added work numbers:{store.pk}")
    prefix = f"ZX{store.day_of(now):%Y%m%d}-"
    last = AddedWork.objects.filter(store=store, number__startswith=prefix).order_by("-pk").first()
    serial = int(last.number.removeprefix(prefix)) + 1 if last else 1
    return f"{prefix}{serial:03d}"
