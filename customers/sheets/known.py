"""Rows that say what is stored already: two queries tell, and nothing of them is taken into hand.

The daily list of a dealership says nothing new of nine cars in ten. A group counts as known only where the plan of its sheet
would certainly find nothing to do; every other one goes its way.
"""

from operator import itemgetter
from typing import NamedTuple

import common.lookups  # noqa: F401 - registers `among`
from common.upsert import read_rows, readable
from customers.choices import Stage
from customers.models import Phone, RepairOrder, Vehicle

DAYS = ("delivered_on", "sold_on", "invoiced_on")


class Entry(NamedTuple):
    """What a known group is about, by ids. fed: ((set of fed ids, ids), ...)."""

    vehicle_id: int
    people: tuple
    fed: tuple


class Known:
    """The groups of a chunk that say nothing new; it stays empty where `groups` is.

    PLAIN: {column of the sheet: path from the model}: the row says just what stands there, or nothing.
    ABOUT: further paths to read, in front of those. TOLD: the columns that tell of the owner, as feed_person is given them.
    """

    model: type
    key = ""  # path of what a group's key is compared with
    PLAIN: dict
    ABOUT: tuple
    TOLD: dict

    def __init__(self, book, groups, index):
        self.book, self.index, self.groups = book, index, groups
        self.found = {}  # key: Entry
        names = [name for name in self.PLAIN if groups and groups[0].columns.get(name) is not None]
        if not names:
            return
        self.told = [(index[name], book.customers.bits[field]) for name, field in self.TOLD.items()]
        self.plain = itemgetter(*(index[name] for name in names), index[names[0]])
        stored = self._stored([*self.ABOUT, *(self.PLAIN[name] for name in names)])
        self.phones = self._phones({pk for row in stored.values() for pk in self.people(row)}) if stored else {}
        size = len(self.ABOUT)
        for group in groups:
            row = stored.get(group.key)
            if row is None or group.others or not self._says(group.values, row[size:]) or self._is_carried(row):
                continue
            entry = self.compare(group.values, *row[:size])
            if entry is not None:
                self.found[group.key] = entry

    def living(self):
        """The rows that can be known at all: nothing void, and nothing else that a plan would put right."""
        raise NotImplementedError

    def people(self, row) -> tuple:
        """Ids of the customers a row is about, the owner first."""
        raise NotImplementedError

    def compare(self, values, *about) -> Entry | None:
        """None where the row says something new beyond the plain columns."""
        raise NotImplementedError

    def open(self, groups, opening):
        """Have `opening(groups)` take into hand what the unknown of these groups are about, and with them the known ones
        that speak of the same people or cars."""
        self.opening = opening
        if unknown := [group for group in groups if group.key not in self.found]:
            opening(unknown)
        while strays := [group for group in groups if group.key in self.found and self._is_in_hand(group.key)]:
            for group in strays:
                del self.found[group.key]
            opening(strays)

    def take(self, group) -> bool:
        """Is it still one of them? Then count what it is about, and note what it has told of its owner."""
        if group.key not in self.found:
            return False
        if self._is_in_hand(group.key):  # a row before it has turned out to be about the same people
            self.opening([group])
            return False
        entry, values = self.found[group.key], group.values
        for fed, ids in entry.fed:
            fed.update(ids)
        bits = sum([bit for place, bit in self.told if values[place] is not None])
        if bits:
            self.book.note_told(self.book.customers, entry.people[0], bits)
        return True

    def _is_in_hand(self, key):
        entry, people = self.found[key], self.book.customers.rows
        return entry.vehicle_id in self.book.vehicles.rows or any(pk in people for pk in entry.people)

    def _stored(self, names):
        """{key: what `names` stand for}"""
        rows = self.living().filter(
            store_id=self.book.memory.store_id, **{f"{self.key}__among": {group.key for group in self.groups}}
        )
        columns = readable(self.model, [*names, self.key])
        return {row[-1]: row[:-1] for row in read_rows(rows.values_list(*columns))}

    def _says(self, values, stored):
        told = self.plain(values)[:-1]
        return told == stored or all(a is None or a == b for a, b in zip(told, stored, strict=True))

    def _is_carried(self, row):
        """What a dry run would have changed before is not in the database."""
        if not self.book.memory.is_dry:
            return False
        carried, people = self.book.memory.carried, self.people(row)
        customers, phones, vehicles = (
            carried.get(table.label, ()) for table in (self.book.customers, self.book.phones, self.book.vehicles)
        )
        fresh = self.book.memory.links.get("phone", ())
        return row[0] in vehicles or any(
            pk in customers or pk in fresh or any(phone[0] in phones for phone in self.phones.get(pk, ()))
            for pk in people
        )

    def _phones(self, ids):
        """{customer id: [(id, number, is it the primary one?)]} of living numbers."""
        phones = Phone.objects.filter(customer_id__among=ids, is_void=False).order_by()
        of = {}
        for customer_id, *phone in read_rows(phones.values_list("customer_id", "id", "number", "is_primary")):
            of.setdefault(customer_id, []).append(phone)
        return of

    def named(self, customer_id, numbers):
        """Ids of these numbers; None where one is strange to her."""
        if not numbers:
            return ()
        phones = self.phones.get(customer_id, ())
        hers = {number: pk for pk, number, _is_primary in phones}
        if not all(number in hers for number, _kind in numbers) or not any(phone[2] for phone in phones):
            return None
        return [hers[number] for number, _kind in numbers]


class KnownCars(Known):
    """Rows of the owner list."""

    model = Vehicle
    key = "vin"
    PLAIN = {
        "name": "owner__name",
        "dms_no": "owner__dms_no",
        "kind": "owner__kind",
        "contact_person": "owner__contact_person",
        "address": "owner__address",
        "credit_code": "owner__credit_code",
        "plate": "plate",
        "engine_no": "engine_no",
        "brand": "brand",
        "series": "series",
        "model": "model",
        "color": "color",
        "registered_on": "registered_on",
        "warranty_starts_on": "warranty_starts_on",
        "warranty_ends_on": "warranty_ends_on",
        "sold_on": "deliveries__sold_on",
        "invoiced_on": "deliveries__invoiced_on",
        "sales_consultant": "deliveries__sales_consultant",
    }
    ABOUT = ("id", "owner_id", "odometer_km", "deliveries__id", "deliveries__is_void", "deliveries__delivered_on")
    TOLD = {name: name for name in ("name", "dms_no", "kind", "contact_person", "address", "credit_code")}

    def living(self):
        return Vehicle.objects.filter(is_void=False, owner__is_void=False, owner__stage=Stage.OWNER.value)

    def people(self, row):
        return (row[1],)

    def compare(self, values, vehicle_id, owner_id, odometer_km, delivery_id, is_void, delivered_on):
        index, book = self.index, self.book
        odometer = values[index["odometer_km"]]
        if odometer is not None and (odometer_km is None or odometer > odometer_km):
            return None
        day = next((values[index[name]] for name in DAYS if values[index[name]] is not None), None)
        if is_void or values[index["bought_here"]] == "no" or (day is not None and day != delivered_on):
            return None
        named = self.named(owner_id, values[index["phone"]])
        if named is None:
            return None
        deliveries = (delivery_id,) if delivery_id is not None else ()
        return Entry(
            vehicle_id,
            (owner_id,),
            (
                (book.vehicles.fed, (vehicle_id,)),
                (book.customers.fed, (owner_id,)),
                (book.phones.fed, named),
                (book.deliveries.fed, deliveries),
            ),
        )


class KnownOrders(Known):
    """Repair orders of the present owner's."""

    model = RepairOrder
    key = "order_no"
    PLAIN = {
        "owner_name": "owner__name",
        "dms_no": "owner__dms_no",
        "vin": "vehicle__vin",
        "plate": "vehicle__plate",
        "bringer_name": "bringer_name",
        "opened_on": "opened_on",
        "settled_on": "settled_on",
        "odometer_km": "odometer_km",
        "kind": "kind",
        "items": "items",
        "service_advisor": "service_advisor",
        "technician": "technician",
        "amount": "amount",
        "status": "status",
    }
    ABOUT = (
        "vehicle_id", "owner_id", "bringer_id", "id", "bringer_phone", "bringer__is_void", "vehicle__owner_id", "vehicle__brand",
        "vehicle__series", "vehicle__model", "vehicle__odometer_km", "vehicle__odometer_on", "settled_on",
    )  # fmt: skip
    TOLD = {"owner_name": "name", "dms_no": "dms_no"}

    def living(self):
        return RepairOrder.objects.filter(is_void=False, vehicle__is_void=False, owner__is_void=False)

    def people(self, row):
        return row[1:3] if row[2] not in (None, row[1]) else row[1:2]

    def compare(
        self, values, vehicle_id, owner_id, bringer_id, order_id, bringer_phone, bringer_is_void, car_owner_id, brand, series, model,
        odometer_km, odometer_on, settled_on,
    ):  # fmt: skip
        index, book = self.index, self.book
        name, numbers = values[index["owner_name"]], values[index["owner_phone"]] or ()
        day = values[index["settled_on"]] or settled_on or values[index["opened_on"]]
        if (
            name is None
            or values[index["vin"]] is None
            or owner_id != car_owner_id
            or bringer_id is None
            or bringer_is_void
        ):
            return None
        for field, stored in (("brand", brand), ("series", series), ("model", model)):
            if not stored and values[index[field]] is not None:
                return None
        odometer = values[index["odometer_km"]]
        if odometer is not None and (odometer_on is None or odometer_km is None or day > odometer_on):
            return None
        if odometer is not None and day == odometer_on and odometer > odometer_km:
            return None
        hers = self.named(owner_id, numbers)
        if hers is None:
            return None
        bringer, theirs = values[index["bringer_name"]], values[index["bringer_phone"]] or ()
        said = " / ".join(number for number, _kind in theirs)[:40]
        if theirs and said != bringer_phone:
            return None
        his = ()
        if bringer is None:
            pass  # whoever is stored
        elif (
            not theirs
            or bringer == name
            or {number for number, _kind in theirs} & {number for number, _kind in numbers}
        ):
            if bringer_id != owner_id:
                return None
        elif bringer_id == owner_id or (his := self.named(bringer_id, theirs)) is None:
            return None
        people = (owner_id, bringer_id) if his else (owner_id,)
        return Entry(
            vehicle_id,
            (owner_id, bringer_id),
            (
                (book.orders.fed, (order_id,)),
                (book.vehicles.fed, (vehicle_id,)),
                (book.customers.fed, people),
                (book.phones.fed, (*hers, *his)),
            ),
        )
