"""What a car is driven for (a taxi, a car of a fleet), and that a customer has died: both stop calls, and both can be taken back."""

import datetime as dt

from django.db import transaction

from audit.services import record_change
from customers.choices import SPARED_USES
from customers.models import CarePlan, Delivery, Policy, RepairOrder
from customers.services.writing import lock, write


@transaction.atomic
def set_use(vehicle, use: str, *, by, source, now, reason="") -> dict:
    """The car is driven for `use` (choices.VehicleUse; "": privately); gives {field: (old, new)}. Closes nothing itself.

    Back from a use that is spared, its facts count as changed: rules asked for nothing about it meanwhile, and find it by that.
    """
    lock(vehicle)
    diff = write(vehicle, {"use": str(use)}, now=now)
    if not diff:
        return diff
    params = {"reason": reason} if reason else None
    told = {"by": by, "source": source, "params": params, "at": now}
    record_change(vehicle, diff, deed="use", customer_id=vehicle.owner_id, **told)
    look_again(vehicle, diff, now=now)
    return diff


def look_again(vehicle, diff, *, now):
    """After a change of `use`: what was not asked for while it was spared counts as changed."""
    before, use = diff.get("use", ("", ""))
    if before in SPARED_USES and use not in SPARED_USES:
        CarePlan.objects.filter(vehicle=vehicle).update(changed_at=now)
        for model in (Delivery, RepairOrder, Policy):
            model.objects.alive().filter(vehicle=vehicle).update(changed_at=now)


@transaction.atomic
def mark_deceased(customer, on: dt.date | None, *, by, source, now) -> dict:
    """She has died, known since the day `on`; None: that was a mistake. Gives {field: (old, new)}.

    As long as it stands no rule asks for her, and nobody plans a call (the floor above closes what was open).
    """
    lock(customer)
    diff = write(customer, {"deceased_on": on}, now=now)
    if diff:
        deed = "deceased" if on else "not_deceased"
        record_change(customer, diff, by=by, source=source, deed=deed, customer_id=customer.pk, at=now)
    return diff
