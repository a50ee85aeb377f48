"""What an undo has to put back together: a car, its owner and the stretch of owning it; a customer's one primary number.

Called with the fields of a step put back in hand and nothing written yet (dms.book.Book.settle).
"""

import datetime as dt

from customers.choices import PhoneKind, PhoneState
from customers.models import Ownership, Phone, Vehicle
from dms.takeback import PLACE_TAKEN

_MOBILE = PhoneKind.MOBILE.value
_NOT_HERS = (PhoneState.WRONG.value, PhoneState.DEAD.value)


def settle_owners(book, undo):
    """Where a car goes back to a former owner, the stretch of the undone one is retired and hers is open again; where the
    owner stays, so do the stretches."""
    moved = {pk for pk, before in book.vehicles.old.items() if "owner_id" in before}
    reopened = [book.ownerships.rows[pk] for pk, before in book.ownerships.old.items() if "ended_on" in before]
    ids = moved | {row.vehicle_id for row in reopened}
    if not ids:
        return
    book.vehicles.load(Vehicle.objects.filter(pk__among=ids))
    book.ownerships.load(Ownership.objects.filter(vehicle_id__among=ids))
    ours = undo.ours(book.ownerships, set(book.ownerships.rows), with_undone=True)
    of = {}
    for row in book.ownerships.rows.values():
        if not row.is_void:
            of.setdefault(row.vehicle_id, []).append(row)
    for pk in ids:
        vehicle = book.vehicles.rows[pk]
        if not vehicle.is_void:
            _settle_owner(book, undo, vehicle, of.get(pk, []), pk in moved, ours)


def _settle_owner(book, undo, vehicle, stretches, has_moved, ours):
    table = book.ownerships
    if not has_moved:
        for row in stretches:
            if table.old.get(row.id, {}).get("ended_on") is not None:
                table.change(row, "ended_on", table.old[row.id]["ended_on"])
        return
    for row in stretches:
        if row.ended_on is None and row.customer_id != vehicle.owner_id:
            if row.id in ours:
                undo.retire(table, row)
            else:
                table.change(row, "ended_on", book.memory.today)
    hers = [row for row in stretches if row.customer_id == vehicle.owner_id]
    if hers:
        table.change(max(hers, key=lambda row: (row.started_on or dt.date.min, row.id)), "ended_on", None)


def settle_phones(book, undo):
    """Where a number becomes primary again, the undone one that had taken its place goes, or keeps it if it has to stay; where
    the primary one went, the fittest other one takes over."""
    table = book.phones
    touched = {table.rows[pk].customer_id for pk in table.old}
    if not touched:
        return
    table.load(Phone.objects.filter(customer_id__among=touched))
    of = {}
    for phone in sorted(table.rows.values(), key=lambda row: row.id):
        if phone.customer_id in touched:
            of.setdefault(phone.customer_id, []).append(phone)
    for phones in of.values():
        _make_room(table, undo, phones)
        living = [phone for phone in phones if not phone.is_void]
        has_lost = any(phone.is_void and table.old.get(phone.id, {}).get("is_primary") for phone in phones)
        if has_lost and not any(phone.is_primary for phone in living):
            choose_primary(book, living)


def _make_room(table, undo, phones):
    primary = [phone for phone in phones if phone.is_primary and not phone.is_void]
    if len(primary) < 2:
        return
    again = [phone for phone in primary if table.old.get(phone.id, {}).get("is_primary") is False]
    others = [phone for phone in primary if phone not in again]
    ours = undo.ours(table, {phone.id for phone in others})
    going = ours - undo.keepers(table, ours).keys()
    for phone in others:
        if phone.id in going:
            undo.retire(table, phone)
        else:
            for former in again:
                table.change(former, "is_primary", False)
                undo.leave(table, former, "is_primary", PLACE_TAKEN)


def choose_primary(book, phones):
    """Of these living numbers of a customer one is primary: the first mobile takes over from a landline, unless that is verified."""
    primary = next((phone for phone in phones if phone.is_primary), None)
    if primary is not None and (primary.kind == _MOBILE or primary.verified_at):
        return
    fit = [phone for phone in phones if phone.state not in _NOT_HERS] or phones
    mobiles = [phone for phone in fit if phone.kind == _MOBILE]
    if primary is None:
        if fit:
            book.phones.change((mobiles or fit)[0], "is_primary", True)
    else:
        fresh = [phone for phone in mobiles if book.phones.is_fresh(phone)]
        if fresh:
            book.phones.change(primary, "is_primary", False)
            book.phones.change(fresh[0], "is_primary", True)
