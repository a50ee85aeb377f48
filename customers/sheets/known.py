"""Owner rows that say what is stored already: two queries tell, and nothing of them is taken into hand.

The daily list of a dealership says nothing new of nine cars in ten. A row counts as known only where `plan_owners` would
certainly find nothing to do; every other row goes its way.
"""

from operator import itemgetter

import common.lookups  # noqa: F401 - registers `among`
from common.upsert import read_rows, readable
from customers.choices import Stage
from customers.models import Phone, Vehicle

# {column of the sheet: what it is compared with, from the vehicle}: the row says just this, or nothing.
PLAIN = {
    "plate": "plate",
    "engine_no": "engine_no",
    "brand": "brand",
    "series": "series",
    "model": "model",
    "color": "color",
    "registered_on": "registered_on",
    "warranty_starts_on": "warranty_starts_on",
    "warranty_ends_on": "warranty_ends_on",
    "name": "owner__name",
    "dms_no": "owner__dms_no",
    "kind": "owner__kind",
    "contact_person": "owner__contact_person",
    "address": "owner__address",
    "credit_code": "owner__credit_code",
    "sold_on": "deliveries__sold_on",
    "invoiced_on": "deliveries__invoiced_on",
    "sales_consultant": "deliveries__sales_consultant",
}
DAYS = ("delivered_on", "sold_on", "invoiced_on")
ABOUT = ("id", "owner_id", "deliveries__id", "deliveries__is_void", "deliveries__delivered_on", "odometer_km")


class KnownCars:
    """The groups of a chunk that say nothing new. `index`: {column: place in a group's values}."""

    def __init__(self, book, groups, index):
        self.book, self.index = book, index
        self.found = {}  # VIN: ids of vehicle, owner, delivery or None, and of the numbers that are named
        if not groups:
            return
        self.names = [name for name in PLAIN if groups[0].columns.get(name) is not None]
        self.plain = itemgetter(*(index[name] for name in self.names), index["vin"])
        self.told = [(index[name], book.customers.bits[name]) for name in PLAIN if PLAIN[name].startswith("owner__")]
        stored = self._stored({group.values[index["vin"]] for group in groups})
        phones = self._phones({row[1] for row in stored.values()}) if stored else {}
        for group in groups:
            row = stored.get(group.values[index["vin"]])
            if row is not None and not group.others and self._says_the_same(group.values, row):
                named = self._named(group.values[index["phone"]] or (), phones.get(row[1], ()))
                if named is not None:
                    self.found[row[-1]] = (*row[:3], named)

    def __contains__(self, group):
        return group.values[self.index["vin"]] in self.found

    def strays(self):
        """VINs of those whose owner other rows of the chunk speak of too: they are known no more."""
        people = self.book.customers.rows
        vins = [vin for vin, ids in self.found.items() if ids[1] in people]
        for vin in vins:
            del self.found[vin]
        return vins

    def take(self, group) -> bool:
        """Is it still one of them? Then count what it is about, and note what it has told of its owner."""
        book, values = self.book, group.values
        vin = values[self.index["vin"]]
        if vin not in self.found:
            return False
        vehicle_id, owner_id, delivery_id, named = self.found[vin]
        if owner_id in book.customers.rows:  # meanwhile a row has turned out to be about her
            book.open(vins=[vin])
            return False
        book.vehicles.fed.add(vehicle_id)
        book.customers.fed.add(owner_id)
        book.phones.fed.update(named)
        if delivery_id is not None:
            book.deliveries.fed.add(delivery_id)
        book.note_told(book.customers, owner_id, sum(bit for place, bit in self.told if values[place] is not None))
        return True

    def _stored(self, vins):
        """{VIN: (*ABOUT, *what `names` stand for, VIN)} of living cars whose owner is an owner and alive, too."""
        cars = Vehicle.objects.filter(
            store_id=self.book.memory.store_id,
            vin__among=vins,
            is_void=False,
            owner__is_void=False,
            owner__stage=Stage.OWNER.value,
        )
        columns = readable(Vehicle, [*ABOUT, *(PLAIN[name] for name in self.names), "vin"])
        return {row[-1]: row for row in read_rows(cars.values_list(*columns))}

    def _phones(self, ids):
        """{customer id: [(id, number, is it the primary one?)]} of living numbers."""
        phones = Phone.objects.filter(customer_id__among=ids, is_void=False).order_by()
        of = {}
        for customer_id, *phone in read_rows(phones.values_list("customer_id", "id", "number", "is_primary")):
            of.setdefault(customer_id, []).append(phone)
        return of

    def _named(self, numbers, phones):
        """Ids of the numbers that the row names; None where it names a strange one, or a dry run has changed hers."""
        memory = self.book.memory
        if memory.is_dry:
            carried = memory.carried.get(self.book.phones.label, ())
            if any(pk in carried for pk, _number, _is_primary in phones):
                return None
        if not numbers:
            return ()
        hers = {number: pk for pk, number, _is_primary in phones}
        if not all(number in hers for number, _kind in numbers) or not any(phone[2] for phone in phones):
            return None
        return [hers[number] for number, _kind in numbers]

    def _says_the_same(self, values, row):
        _id, owner_id, delivery_id, delivery_is_void, delivered_on, odometer_km, *stored = row
        index, memory = self.index, self.book.memory
        told = self.plain(values)
        if told != tuple(stored) and any(a is not None and a != b for a, b in zip(told, stored, strict=True)):
            return False
        odometer = values[index["odometer_km"]]
        if odometer is not None and (odometer_km is None or odometer > odometer_km):
            return False
        day = next((values[index[name]] for name in DAYS if values[index[name]] is not None), None)
        if delivery_is_void or values[index["bought_here"]] == "no" or (day is not None and day != delivered_on):
            return False
        # What a dry run would have changed before is not in the database.
        return not (
            memory.is_dry
            and (
                owner_id in memory.carried.get(self.book.customers.label, ())
                or owner_id in memory.links.get("phone", ())
            )
        )
