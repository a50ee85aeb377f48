"""Verbs on vehicles."""

from django.db import transaction

from audit.services import record_change
from common.meanwhile import refuse_overwriting
from customers.models import FormerPlate
from customers.services.use import look_again
from customers.services.writing import lock, write

EDITABLE = (
    "plate",
    "engine_no",
    "brand",
    "series",
    "model",
    "color",
    "registered_on",
    "odometer_km",
    "odometer_on",
    "use",
)


def former_plate_row(vehicle, plate: str, *, now) -> FormerPlate:
    """An unsaved row, so that a set-based writer can `bulk_create(ignore_conflicts=True)` the plates it replaced."""
    return FormerPlate(
        store_id=vehicle.store_id, vehicle_id=vehicle.pk, plate=plate, plate_reversed=plate[::-1], changed_at=now
    )


@transaction.atomic
def update_vehicle(vehicle, changes: dict, *, by, source, now, seen=None) -> dict:
    """Change fields of EDITABLE; gives {field: (old, new)}. A replaced plate stays searchable (FormerPlate).

    seen: {field: value the editor was shown}; raises ChangedMeanwhile where somebody stored another value since.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    lock(vehicle)
    refuse_overwriting(vehicle, changes, seen)
    follow = {"plate_reversed": changes["plate"][::-1]} if "plate" in changes else {}
    diff = write(vehicle, changes, now=now, unseen=follow)
    old_plate = diff.get("plate", ("", ""))[0]
    if old_plate:
        FormerPlate.objects.bulk_create([former_plate_row(vehicle, old_plate, now=now)], ignore_conflicts=True)
    look_again(vehicle, diff, now=now)
    record_change(vehicle, diff, by=by, source=source, customer_id=vehicle.owner_id, at=now)
    return diff
