"""Cars that are gone: sold, scrapped, moved away. No rule calls about one until it comes to the workshop again or has another owner."""

from django.db import transaction

from audit.choices import Source
from audit.models import Change
from audit.services import record_change
from customers.models import Delivery, Policy, RepairOrder
from customers.services.writing import lock, write
from customers.standing import standing_id

GONE, BACK = "gone", "back"  # deeds in the history


@transaction.atomic
def mark_gone(vehicle, why, *, on, by, source, now) -> dict:
    """The car is gone since the day `on`, for the reason `why` (choices.GoneReason); gives {field: (old, new)}.

    Closes nothing itself: the next run closes what was to be called about it.
    """
    return _set(vehicle, {"gone_on": on, "gone_why": str(why)}, GONE, by=by, source=source, now=now)


@transaction.atomic
def bring_back(vehicle, *, by, source, now, params=None) -> dict:
    """It is there again, or never was gone. Nothing happens where it is not gone.

    What happened to it counts as changed: rules asked for nothing about it meanwhile, and find it by that.
    """
    diff = _set(vehicle, {"gone_on": None, "gone_why": ""}, BACK, by=by, source=source, now=now, params=params)
    if diff:
        for model in (Delivery, RepairOrder, Policy):
            model.objects.alive().filter(vehicle=vehicle).update(changed_at=now)
    return diff


def _set(vehicle, values, deed, *, by, source, now, params=None):
    lock(vehicle)
    diff = write(vehicle, values, now=now)
    if diff:
        record_change(
            vehicle, diff, by=by, source=source, deed=deed, customer_id=vehicle.owner_id, params=params, at=now
        )
    return diff


def bring_back_returned(cars, *, now):
    """Bring back those of these gone cars (services.care) that came to the workshop, or got another owner, after they were said to
    be gone. Part of the caller's transaction."""
    for car in cars:
        came_on = next((visit.day for visit in car.facts.visits if visit.day > car.gone_on), None)
        if came_on is None and not _has_new_owner(car):
            continue
        params = {"came_on": came_on.isoformat()} if came_on else {"owner": car.owner_id}
        bring_back(car.record(), by=None, source=Source.SYSTEM, now=now, params=params)
        car.gone_on = None


def _has_new_owner(car):
    """Does it belong to somebody else than when it was said to be gone?"""
    marks = Change.objects.filter(model="customers.vehicle", object_id=car.id, deed=GONE).order_by("-at", "-pk")
    owner_id = marks.values_list("customer_id", flat=True).first()
    return owner_id is not None and car.owner_id not in (owner_id, standing_id(owner_id))
