"""The records of this floor in hand of an import: how they are loaded for a chunk, and found again by their keys."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from django.db import connection

import common.lookups  # noqa: F401 - registers `among` and `filled`
from common.pinyin import pinyin_of
from common.upsert import insert_rows, plain_value
from customers.choices import CustomerKind, PhoneState, Stage
from customers.models import Customer, Delivery, FormerPlate, Ownership, Phone, RepairOrder, Vehicle
from customers.sheets.insurance import WithPolicies
from customers.sheets.merged import Merged
from customers.sheets.settle import settle_owners, settle_phones
from dms.book import Book


@dataclass(slots=True, eq=False)
class CustomerRow:
    id: int
    is_void: bool = False
    dms_no: str = ""
    kind: str = CustomerKind.PRIVATE.value
    stage: str = Stage.OWNER.value
    name: str = ""
    contact_person: str = ""
    address: str = ""
    verified: dict = field(default_factory=dict)
    credit_code: str = ""
    birthday: int | None = None
    birthday_is_lunar: bool = False


@dataclass(slots=True, eq=False)
class PhoneRow:
    id: int
    is_void: bool = False
    customer_id: int = 0
    number: str = ""
    kind: str = ""
    source: str = "import"
    state: str = PhoneState.UNKNOWN.value
    is_primary: bool = False
    verified_at: dt.datetime | None = None


@dataclass(slots=True, eq=False)
class VehicleRow:
    id: int
    is_void: bool = False
    vin: str = ""
    plate: str = ""
    owner_id: int | None = None
    engine_no: str = ""
    brand: str = ""
    series: str = ""
    model: str = ""
    color: str = ""
    registered_on: dt.date | None = None
    odometer_km: int | None = None
    odometer_on: dt.date | None = None
    warranty_starts_on: dt.date | None = None
    warranty_ends_on: dt.date | None = None
    warranty_ends_km: int | None = None
    driver_id: int | None = None
    first_service_on: dt.date | None = None
    last_service_on: dt.date | None = None
    last_service_km: int | None = None
    next_service_on: dt.date | None = None
    next_service_km: int | None = None
    km_per_day: Decimal | None = None
    odometer_reset_on: dt.date | None = None
    inspection_due_on: dt.date | None = None


@dataclass(slots=True, eq=False)
class OwnershipRow:
    id: int
    is_void: bool = False
    vehicle_id: int = 0
    customer_id: int = 0
    started_on: dt.date | None = None
    ended_on: dt.date | None = None


@dataclass(slots=True, eq=False)
class FormerPlateRow:
    id: int
    is_void: bool = False
    vehicle_id: int = 0
    plate: str = ""


@dataclass(slots=True, eq=False)
class DeliveryRow:
    id: int
    is_void: bool = False
    vehicle_id: int = 0
    customer_id: int = 0
    delivered_on: dt.date | None = None
    sold_on: dt.date | None = None
    invoiced_on: dt.date | None = None
    sales_consultant: str = ""


@dataclass(slots=True, eq=False)
class OrderRow:
    id: int
    is_void: bool = False
    order_no: str = ""
    vehicle_id: int = 0
    owner_id: int | None = None
    bringer_id: int | None = None
    bringer_name: str = ""
    bringer_phone: str = ""
    opened_on: dt.date | None = None
    settled_on: dt.date | None = None
    odometer_km: int | None = None
    kind: str = ""
    items: str = ""
    service_advisor: str = ""
    technician: str = ""
    amount: Decimal | None = None
    status: str = ""


class CustomersBook(Book):
    """`open` takes into hand what a chunk's keys touch, `look_closer` what the rows that say something new need beyond
    that; the indexes then answer without a query. What nobody foresaw is read when asked for."""

    def __init__(self, memory):
        super().__init__(memory)
        self.customers = self.table(
            Customer,
            CustomerRow,
            follows=("pinyin", "initials"),
            follow=lambda rows: zip(*[pinyin_of(row.name) for row in rows], strict=True),
            customer_id=lambda row: row.id,
            title=lambda row: row.name,
            keys=("name",),
            gives_way=lambda diff: diff.get("dms_no", (None, None))[1] == "",
        )
        self.phones = self.table(
            Phone,
            PhoneRow,
            follows=("reversed",),
            follow=lambda rows: [[row.number[::-1] for row in rows]],
            customer_id=lambda row: row.customer_id,
            title=self._name_of,
            keys=("customer_id", "number", "kind"),
            gives_way=lambda diff: diff.get("is_primary") == (True, False),
        )
        self.vehicles = self.table(
            Vehicle,
            VehicleRow,
            follows=("vin_reversed", "plate_reversed"),
            follow=lambda rows: ([row.vin[::-1] for row in rows], [row.plate[::-1] for row in rows]),
            customer_id=lambda row: row.owner_id,
            title=lambda row: row.plate or row.vin,
            keys=("vin",),
        )
        self.ownerships = self.table(
            Ownership,
            OwnershipRow,
            customer_id=lambda row: row.customer_id,
            title=self._car_of,
            is_counted=False,
            keys=("vehicle_id", "customer_id"),
            gives_way=lambda diff: diff.get("is_void") == (False, True) or diff.get("ended_on", (1, None))[0] is None,
        )
        self.former_plates = self.table(
            FormerPlate,
            FormerPlateRow,
            follows=("plate_reversed",),
            follow=lambda rows: [[row.plate[::-1] for row in rows]],
            title=lambda row: row.plate,
            is_counted=False,
            keys=("vehicle_id", "plate"),
        )
        self.replaced_plates = []  # (vehicle, plate)
        self.by_dms_no = {}
        self.by_number = {}  # number -> [customer id]
        self.by_vin = {}
        self.by_plate = {}  # plate -> [vehicle]
        self.phones_of = {}  # customer id -> [phone]
        self.ownerships_of = {}  # vehicle id -> [ownership]
        self._merged = None
        self._known_histories = set()
        self._known_numbers = set()
        self._has_phones = False

    def _car_of(self, row):
        vehicle = self.vehicles.rows.get(row.vehicle_id)
        return vehicle.plate or vehicle.vin if vehicle is not None else ""

    def _name_of(self, row):
        """Whose number or delivery it is."""
        customer = self.customers.rows.get(row.customer_id)
        return customer.name if customer is not None else ""

    # --- loading ------------------------------------------------------------------------------------------------------
    def open(self, *, vins=(), plates=(), dms_nos=(), vehicle_ids=(), customer_ids=()):
        """Take into hand the vehicles with these VINs, plates, ids and their owners, and the customers with these DMS
        numbers and ids. Locked, unless this is a dry run."""
        store_id, links = self.memory.store_id, self.memory.links
        vehicles = []
        if vins:
            vehicles += self.vehicles.load(self._locked(Vehicle.objects.filter(store_id=store_id, vin__among=vins)))
            vehicles += self._bring(self.vehicles, links.get("vin"), vins)
        ids = {pk for pk in vehicle_ids if pk not in self.vehicles.rows}
        if ids:
            vehicles += self.vehicles.load(self._locked(Vehicle.objects.filter(pk__among=ids)))
        if plates:
            found = Vehicle.objects.filter(store_id=store_id, plate__among=plates, is_void=False)
            vehicles += self.vehicles.load(self._locked(found))
        for vehicle in vehicles:
            self._index_vehicle(vehicle)
        self._load_customers({*customer_ids, *(vehicle.owner_id for vehicle in vehicles)})
        if dms_nos:
            found = Customer.objects.filter(store_id=store_id, dms_no__among=dms_nos, dms_no__filled=True)
            customers = self.customers.load(self._locked(found))
            customers += self._bring(self.customers, links.get("dms_no"), dms_nos)
            self._index_customers(customers)

    def load_drivers(self):
        """Take into hand who drives the cars that are."""
        self._load_customers({vehicle.driver_id for vehicle in self.vehicles.rows.values()})

    def look_closer(self, vehicles=(), numbers=()):
        """For rows that say something new: the former owners of these vehicles, the customers with these numbers."""
        self._load_ownerships({vehicle.id for vehicle in vehicles} - self._known_histories)
        links = self.memory.links.get("number")
        unknown = set(numbers) - self._known_numbers
        if unknown:
            self._known_numbers |= unknown
            found = Phone.objects.filter(store_id=self.memory.store_id, number__among=unknown).order_by()
            ids = set(found.values_list("customer_id", flat=True))
            ids.update(pk for number in _known(links, unknown) for pk in links[number])
            self._load_customers(ids)

    def load_phones(self):
        """All numbers of all customers in hand; those taken into hand later bring theirs."""
        if not self._has_phones:
            self._has_phones = True
            self._load_phones(self.customers.rows)

    def _locked(self, queryset):
        # An order means the same locks in the same order; where there are none, it would only mislead the planner.
        if self.memory.is_dry or not connection.features.has_select_for_update:
            return queryset
        return queryset.order_by("pk").select_for_update(no_key=True)

    @staticmethod
    def _bring(table, links, keys):
        return table.bring(links[key] for key in _known(links, keys))

    def _load_customers(self, wanted):
        ids = [pk for pk in wanted if pk is not None and pk not in self.customers.rows]
        customers = self.customers.bring(pk for pk in ids if pk < 0)
        stored = {pk for pk in ids if pk > 0}
        if stored:
            customers += self.customers.load(self._locked(Customer.objects.filter(pk__among=stored)))
        self._index_customers(customers)

    @property
    def merged(self) -> Merged:
        if self._merged is None:
            self._merged = Merged(self.memory.store_id)
        return self._merged

    def _index_customers(self, customers):
        into = {customer.id: self.merged.into.get(customer.id) for customer in customers if customer.is_void}
        if standing := {pk for pk in into.values() if pk}:
            self._load_customers(standing)
        for customer in customers:
            if customer.dms_no:
                stands = into.get(customer.id)
                self.by_dms_no[customer.dms_no] = self.customers.rows[stands] if stands else customer
        if self._has_phones:
            self._load_phones([customer.id for customer in customers])

    def _load_ownerships(self, ids):
        if not ids:
            return
        self._known_histories |= ids
        stored = {pk for pk in ids if pk > 0}
        ownerships = self.ownerships.load(Ownership.objects.filter(vehicle_id__among=stored)) if stored else []
        links = self.memory.links.get("ownership")
        ownerships += self.ownerships.bring(pk for key in _known(links, ids) for pk in links[key])
        for ownership in ownerships:
            self.ownerships_of.setdefault(ownership.vehicle_id, []).append(ownership)
        self._load_customers({ownership.customer_id for ownership in ownerships})

    def _load_phones(self, ids):
        stored = {pk for pk in ids if pk > 0}
        phones = self.phones.load(Phone.objects.filter(customer_id__among=stored).order_by("pk")) if stored else []
        links = self.memory.links.get("phone")
        phones += self.phones.bring(pk for key in _known(links, ids) for pk in links[key])
        for phone in phones:
            self._index_phone(phone)

    def _index_vehicle(self, vehicle):
        self.by_vin[vehicle.vin] = vehicle
        if vehicle.plate and not vehicle.is_void:
            self.by_plate.setdefault(vehicle.plate, []).append(vehicle)

    def _index_phone(self, phone):
        self.by_number.setdefault(phone.number, []).append(phone.customer_id)
        self.phones_of.setdefault(phone.customer_id, []).append(phone)

    def carry(self, table, row):
        links = self.memory.links
        if table is self.customers:
            if row.dms_no:
                links.setdefault("dms_no", {})[row.dms_no] = row.id
        elif row.id > 0:
            pass
        elif table is self.phones:
            links.setdefault("number", {}).setdefault(row.number, []).append(row.customer_id)
            links.setdefault("phone", {}).setdefault(row.customer_id, []).append(row.id)
        elif table is self.vehicles:
            links.setdefault("vin", {})[row.vin] = row.id
        elif table is self.ownerships:
            links.setdefault("ownership", {}).setdefault(row.vehicle_id, []).append(row.id)
        return True

    # --- what plans ask and say ---------------------------------------------------------------------------------------
    def owner_of(self, vehicle) -> CustomerRow | None:
        return self.customers.rows.get(vehicle.owner_id)

    def current_ownership(self, vehicle) -> OwnershipRow | None:
        if vehicle.id not in self._known_histories:
            self.look_closer([vehicle])
        for ownership in self.ownerships_of.get(vehicle.id, ()):
            if ownership.ended_on is None and not ownership.is_void:
                return ownership
        return None

    def past_owners(self, vehicle, *, with_undone=False) -> list[CustomerRow]:
        """`with_undone`: also those whom an undone import had named."""
        if vehicle.id not in self._known_histories:
            self.look_closer([vehicle])
        ownerships = self.ownerships_of.get(vehicle.id, ())
        people = [(self.customers.rows[stretch.customer_id], stretch) for stretch in ownerships]
        return [person for person, stretch in people if not stretch.is_void or (with_undone and person.is_void)]

    def customers_with(self, number) -> list[CustomerRow]:
        if number not in self._known_numbers:
            self.look_closer(numbers=[number])
        return [self.customers.rows[pk] for pk in self.by_number.get(number, ())]

    def new_customer(self, name, kind, stage, dms_no="", contact_person="", address="") -> CustomerRow:
        table = self.customers
        row = table.create(CustomerRow(table.next_id(), False, dms_no, kind, stage, name, contact_person, address, {}))
        if dms_no:
            self.by_dms_no[dms_no] = row
        return row

    def new_phone(self, customer_id, number, kind, *, is_primary=False) -> PhoneRow:
        row = PhoneRow(self.phones.next_id(), False, customer_id, number, kind, is_primary=is_primary)
        self.phones.create(row)
        self._index_phone(row)
        return row

    def new_vehicle(self, **values) -> VehicleRow:
        row = self.vehicles.create(VehicleRow(self.vehicles.next_id(), **values))
        self._index_vehicle(row)
        self._known_histories.add(row.id)
        return row

    def revive_vehicle(self, vehicle, plate) -> bool:
        """See Table.revive; `plate` as its row tells it, so that it is found by that."""
        begins_anew = self.vehicles.revive(vehicle)
        if plate is not None:
            self.vehicles.change(vehicle, "plate", plate)
        self._index_vehicle(vehicle)
        return begins_anew

    def open_ownership(self, vehicle, customer, started_on, ended_on=None) -> OwnershipRow:
        table = self.ownerships
        for row in self.ownerships_of.get(vehicle.id, ()):
            if row.is_void and row.customer_id == customer.id:
                table.revive(row)
                table.change(row, "started_on", started_on)
                table.change(row, "ended_on", ended_on)
                return row
        row = table.create(OwnershipRow(table.next_id(), False, vehicle.id, customer.id, started_on, ended_on))
        self.ownerships_of.setdefault(vehicle.id, []).append(row)
        return row

    def set_plate(self, vehicle, plate):
        """The replaced plate stays searchable."""
        if vehicle.plate and vehicle.plate != plate:
            self.replaced_plates.append((vehicle, vehicle.plate))
        self.vehicles.change(vehicle, "plate", plate)

    # --- Asked by the undo of a batch ---------------------------------------------------------------------------------
    def accompany(self, table, rows):
        if "vehicle_id" in table.bits:
            self.vehicles.load(Vehicle.objects.filter(pk__among={row.vehicle_id for row in rows} - {None}))
        if "customer_id" in table.bits:
            self.customers.load(Customer.objects.filter(pk__among={row.customer_id for row in rows} - {None}))

    def stays(self, table, row):
        if table is self.ownerships:
            vehicle = self.vehicles.rows[row.vehicle_id]
            return not vehicle.is_void and row.ended_on is None and vehicle.owner_id == row.customer_id
        if table is self.former_plates:
            vehicle = self.vehicles.rows[row.vehicle_id]
            return not vehicle.is_void and vehicle.plate != row.plate
        return False

    def retired(self, table, row):
        if table is self.phones:
            table.change(row, "is_primary", False)

    def settle(self, undo):
        settle_owners(self, undo)
        settle_phones(self, undo)

    # --- writing ------------------------------------------------------------------------------------------------------
    def finish(self):
        memory = self.memory
        if memory.is_dry or not self.replaced_plates:
            super().finish()
            return
        replaced = {(vehicle.id, plate) for vehicle, plate in self.replaced_plates}
        for row in self.former_plates.load(FormerPlate.objects.filter(vehicle_id__among={pk for pk, _ in replaced})):
            if row.is_void and (row.vehicle_id, row.plate) in replaced:
                self.former_plates.revive(row)
        super().finish()
        now = plain_value(FormerPlate, "changed_at", memory.now)
        insert_rows(
            FormerPlate,
            ["store_id", "batch_id", "is_void", "created_at", "changed_at", "vehicle_id", "plate", "plate_reversed"],
            [
                (memory.store_id, memory.batch_id, False, now, now, vehicle.id, plate, plate[::-1])
                for vehicle, plate in self.replaced_plates
            ],
            ignore_conflicts=True,
        )


def _known(links, keys):
    return [key for key in keys if key in links] if links else []


class OwnersBook(WithPolicies, CustomersBook):
    def __init__(self, memory):
        super().__init__(memory)
        self.deliveries = self.table(
            Delivery, DeliveryRow, customer_id=lambda row: row.customer_id, title=self._car_of, keys=("vehicle_id",)
        )
        self.delivery_of = {}  # vehicle id -> delivery
        self._delivered = set()  # vehicles whose deliveries are in hand

    def open(self, **keys):
        super().open(**keys)
        ids = {pk for pk in self.vehicles.rows if pk > 0} - self._delivered
        self._delivered |= ids
        for delivery in self.deliveries.load(Delivery.objects.filter(vehicle_id__among=ids)) if ids else ():
            self.delivery_of[delivery.vehicle_id] = delivery

    def carry(self, table, row):
        # One group per car: no later group of the file meets this car again.
        return table in (self.customers, self.phones) and super().carry(table, row)

    def new_delivery(self, vehicle, customer, delivered_on, sold_on, invoiced_on, sales_consultant):
        table = self.deliveries
        row = DeliveryRow(
            table.next_id(), False, vehicle.id, customer.id, delivered_on, sold_on, invoiced_on, sales_consultant
        )
        self.delivery_of[vehicle.id] = table.create(row)


class OrdersBook(CustomersBook):
    def __init__(self, memory):
        super().__init__(memory)
        self.orders = self.table(
            RepairOrder,
            OrderRow,
            customer_id=lambda row: row.owner_id,
            title=attrgetter("order_no"),
            keys=("order_no", "vehicle_id"),
        )
        self.by_order_no = {}
        self.newest = {}  # vehicle id -> (day, order number) of its newest order
        self.learned = {}  # vehicle id -> day on which the store learned of car and owner; None: in this very file

    def open(self, *, order_nos, **keys):
        found = RepairOrder.objects.filter(store_id=self.memory.store_id, order_no__among=order_nos)
        orders = self.orders.load(self._locked(found))
        people = {pk for order in orders for pk in (order.owner_id, order.bringer_id) if pk}
        for order in orders:
            self.by_order_no[order.order_no] = order
        super().open(vehicle_ids={order.vehicle_id for order in orders}, customer_ids=people, **keys)

    def carry(self, table, row):
        return table is not self.orders and super().carry(table, row)

    def new_order(self, **values):
        self.by_order_no[values["order_no"]] = self.orders.create(OrderRow(self.orders.next_id(), **values))
