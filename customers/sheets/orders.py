"""Repair orders: one group per order number. Yields orders, and the car and its owner where they are not known yet.

The owner is reminded, the bringer is asked how it went: they are kept apart. Header variants: DOMAIN §3.1.
"""

import datetime as dt
from operator import attrgetter

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.choices import Stage
from customers.models import Ownership, RepairOrder, Vehicle
from customers.sheets.book import OrdersBook
from customers.sheets.known import KnownOrders
from customers.sheets.owners import LARGEST_ODOMETER, MOBILE_HEADERS, PHONE_HEADERS, PLATE_HEADERS, VIN_HEADERS
from customers.sheets.people import (
    change_owner,
    feed_person,
    feed_phones,
    find_person,
    is_as_known,
    is_renamed_here,
    new_person,
)
from dms.columns import Code, Date, Finding, Money, Name, Phone, Plate, Text, Vin, Whole
from dms.sheets import Sheet

# A list of owners is as of the day it was exported; an order older than that by more than this says nothing about
# whose car it is today (exports lie some days, at most a month).
EXPORT_LAG = dt.timedelta(days=31)

COLUMNS = (
    Code(
        "order_no", _("Order no."), "工单号", "维修工单号", "工单编号", "委托书号", "任务委托书号", "委托书编号", "结算单号", "单据号", "施工单号", "RO号",
        "维修单号", length=40,
    ),
    Vin("vin", _("VIN"), *VIN_HEADERS, needed=True),
    Plate("plate", _("Plate"), *PLATE_HEADERS),
    Text("brand", _("Brand"), "品牌", "车辆品牌", length=40),
    Text("series", _("Series"), "车系", "系列", "车系名称", length=60),
    Text("model", _("Model"), "车型", "车型名称", "厂牌车型信息", "厂牌型号", length=100),
    Name("owner_name", _("Owner"), "车主", "车主姓名", "车主名称", "客户姓名", "客户名称", "用户名称", length=80, person="owner_name"),
    Phone("owner_phone", _("Phone of the owner"), *MOBILE_HEADERS, *PHONE_HEADERS, person="owner_name"),
    Code("dms_no", _("DMS customer no."), "车主编号", "客户编号", "客户编码", "客户代码", length=40, person="owner_name"),
    Name(
        "bringer_name", _("Brought by"), "送修人", "送修人姓名", "送修人名称", "报修人", "送修客户", length=80, person="bringer_name"
    ),
    Phone(
        "bringer_phone", _("Phone of the bringer"), "送修人手机", "送修人手机号", "送修人电话", "送修人联系电话", "送修人联系方式", "报修人电话",
        person="bringer_name",
    ),
    Date(
        "opened_on", _("Opened on"), "工单开单日期", "工单开始时间", "开单时间", "开单日期", "接待日期", "接待时间", "进店日期", "进厂日期", "进厂时间",
        "进店时间", "维修日期",
    ),
    Date(
        "settled_on", _("Settled on"), "结算日期", "结算时间", "提交结算时间", "结账时间", "结账日期", "交车日期", "交车时间", "竣工时间", "竣工日期",
        "最近离店日期", "离店日期", "出厂日期", "离厂日期", needed=True,
    ),
    Whole(
        "odometer_km", _("Odometer (km)"), "进厂行驶里程", "进厂里程", "进场里程数", "进店里程", "进厂里程数", "里程数", "行驶里程", "公里数", "里程",
        "出厂行驶里程", largest=LARGEST_ODOMETER,
    ),
    Text("kind", _("Repair kind"), "维修类型", "维修类别", "工单类型", "业务类型", "维修种类", length=60),
    Text("items", _("Work done"), "维修项目名称", "维修项目", "项目名称", "作业项目", "维修内容", "故障描述", length=500, joins=True),
    Name("service_advisor", _("Service adviser"), "服务顾问", "客户经理", "维修顾问", "接待顾问", "接待员", "维修业务员", "服务专员", length=40),
    Text("technician", _("Technician"), "指定技师", "责任技师", "技师", "维修技师", "主修人", "维修工", length=40, joins=True),
    Money("amount", _("Amount"), "维修金额", "结算金额", "实收金额", "总金额", "应收金额", "工单金额", "结算总额", "金额"),
    Text("status", _("Status in the DMS"), "工单状态", "结算状态", "单据状态", "状态", length=30),
)  # fmt: skip


FIELDS = (
    "vehicle_id", "owner_id", "bringer_id", "bringer_name", "bringer_phone", "opened_on", "settled_on", "odometer_km", "kind", "items",
    "service_advisor", "technician", "amount", "status",
)  # fmt: skip
STORED = attrgetter(*FIELDS)


def plan_orders(groups, book: OrdersBook):
    """Compare repair orders with the records in hand (see dms.sheets.Sheet.plan)."""
    known = KnownOrders(book, groups, REPAIR_ORDERS.index)
    known.open(groups, lambda groups: _open(groups, book))
    vin, plate = REPAIR_ORDERS.index["vin"], REPAIR_ORDERS.index["plate"]
    for group in groups:
        if known.take(group):
            continue
        vehicle = _vehicle_of(group, book)
        if vehicle is None and group.values[vin] is None:
            value = group.values[plate]
            group.reject(Finding("unknown_vehicle", value, column=group.columns.get("plate")))
            continue
        book.row, before = group.row, book.touches
        order = book.by_order_no.get(group.key)
        is_new = order is None or order.is_void
        _plan(group, book, order, vehicle)
        if is_new:
            group.outcome = "created"
        elif book.touches != before:
            group.outcome = "updated"


def _open(groups, book):
    """Take into hand whom and what these orders are about."""
    place = REPAIR_ORDERS.index
    vin, plate, dms_no = place["vin"], place["plate"], place["dms_no"]
    book.open(
        order_nos={group.key for group in groups},
        vins={group.values[vin] for group in groups if group.values[vin]},
        plates={group.values[plate] for group in groups if group.values[plate] and not group.values[vin]},
        dms_nos={group.values[dms_no] for group in groups if group.values[dms_no]},
    )
    _look_closer(groups, book)
    book.load_phones()


def _vehicle_of(group, book):
    """By VIN; where the file has none, by a plate that one car of the store has."""
    vin, plate = group.values[REPAIR_ORDERS.index["vin"]], group.values[REPAIR_ORDERS.index["plate"]]
    if vin is not None:
        return book.by_vin.get(vin)
    found = book.by_plate.get(plate, ())
    return found[0] if len(found) == 1 else None


def _look_closer(groups, book):
    """For groups that say something new: who else it could be; and about their cars the newest order so far, and since when
    the store knows them."""
    place = REPAIR_ORDERS.index
    name, phone, dms_no, plate = (place[field] for field in ("owner_name", "owner_phone", "dms_no", "plate"))
    bringer, bringer_phone = place["bringer_name"], place["bringer_phone"]
    opened_on, settled_on = place["opened_on"], place["settled_on"]
    vehicles, numbers, doubtful, told = [], set(), set(), {}
    for group in groups:
        values, order = group.values, book.by_order_no.get(group.key)
        vehicle = _vehicle_of(group, book)
        owner = book.owner_of(vehicle) if vehicle is not None else None
        if values[name] is not None:
            is_known = is_as_known(book, owner, name=values[name], dms_no=values[dms_no])
            if not is_known:
                numbers.update(number for number, _kind in values[phone] or ())
                if vehicle is not None:
                    vehicles.append(vehicle)
            if vehicle is not None and (not is_known or _may_differ(owner, order, values[name], values[dms_no])):
                doubtful.add(vehicle.id)
        if vehicle is not None:
            if values[plate] is not None and values[plate] != vehicle.plate:
                doubtful.add(vehicle.id)
            stored = order if order is not None and not order.is_void else None
            day = (_day_of(values[opened_on], values[settled_on], stored), group.key)
            told[vehicle.id] = max(told.get(vehicle.id, day), day)
        if values[bringer] is not None and values[bringer_phone] and values[bringer] != values[name]:
            stored = book.customers.rows.get(order.bringer_id) if order is not None else None
            if stored is None or stored.is_void or stored.name != values[bringer]:
                numbers.update(number for number, _kind in values[bringer_phone])
    book.look_closer(vehicles, numbers)
    _learn(doubtful, told, {group.key for group in groups}, book)


def _day_of(opened_on, settled_on, order):
    """A list without settlement days does not make a settled order older than it is."""
    if order is None:
        return settled_on or opened_on
    return settled_on or order.settled_on or opened_on or order.opened_on


def _may_differ(owner, order, name, dms_no):
    return (
        owner.name != name
        or (dms_no is not None and owner.dms_no != dms_no)
        or (order is not None and order.owner_id not in (None, owner.id))
    )


def _learn(doubtful, told, at_hand, book):
    book.newest.update(book.memory.links.get("newest", {}))
    stored = {pk for pk in doubtful if pk > 0}
    if not stored:
        return
    orders = (
        RepairOrder.objects.alive().filter(vehicle_id__among=stored).annotate(day=Coalesce("settled_on", "opened_on"))
    )
    # Of the orders at hand counts what the file says: their days and cars may just be changing.
    for pk, day, number in orders.values_list("vehicle_id", "day", "order_no"):
        if number not in at_hand:
            book.newest[pk] = max(book.newest.get(pk, (dt.date.min, "")), (day, number))
    for pk in stored:
        book.newest[pk] = max(book.newest.get(pk, (dt.date.min, "")), told.get(pk, (dt.date.min, "")))
    since_when(book, stored)


def since_when(book, ids):
    """Note in `book.learned` the day on which the store learned of these stored cars and of their present owners."""
    if not ids:
        return
    vehicles = Vehicle.objects.alive().filter(pk__among=ids)
    _learn_days(book, book.vehicles, vehicles.values_list("pk", "pk", "batch_id", "created_at"))
    current = Ownership.objects.alive().filter(vehicle_id__among=ids, ended_on__isnull=True)
    _learn_days(book, book.ownerships, current.values_list("pk", "vehicle_id", "batch_id", "created_at"))


def _learn_days(book, table, rows):
    memory = book.memory
    revived = memory.revived.get(table.label, ())
    for pk, vehicle_id, batch_id, moment in rows:
        is_ours = pk in revived or (batch_id is not None and batch_id == memory.batch_id)
        book.learned[vehicle_id] = None if is_ours else memory.day_of(moment)


def _speaks_for_today(book, vehicle, day, order_no) -> bool:
    """Is the order the newest of the car, and not older than what the store knows of it from elsewhere?"""
    if book.newest.get(vehicle.id, (dt.date.min, "")) > (day, order_no):
        return False
    learned = book.learned.get(vehicle.id)
    return learned is None or day >= learned - EXPORT_LAG


def _plan(group, book, order, vehicle):
    (
        order_no, vin, plate, brand, series, model, owner_name, owner_numbers, dms_no, bringer_name, bringer_numbers,
        opened_on, settled_on, odometer_km, kind, items, advisor, technician, amount, status,
    ) = group.values  # fmt: skip
    stored, stored_bringer = _people_of(order, book)
    begins_anew = order is not None and order.is_void and book.orders.revive(order)
    day = _day_of(opened_on, settled_on, order)
    if vehicle is None:
        vehicle = book.new_vehicle(
            vin=vin, plate=plate or "", brand=brand or "", series=series or "", model=model or "",
            odometer_km=odometer_km, odometer_on=day if odometer_km is not None else None,
        )  # fmt: skip
    else:
        if vehicle.is_void:
            book.revive_vehicle(vehicle, plate)
        _compare_vehicle(book, vehicle, plate, {"brand": brand, "series": series, "model": model}, day, order_no)
        _compare_odometer(book, vehicle, odometer_km, day)
    owner = _owner(group, book, vehicle, stored, owner_name, owner_numbers or (), dms_no, day)
    if owner is None:
        owner = book.owner_of(vehicle) if order is None or begins_anew else stored
    bringer = _bringer(
        group, book, order, stored_bringer, owner, owner_name, owner_numbers or (), bringer_name, bringer_numbers or ()
    )
    values = (
        vehicle.id,
        owner.id if owner is not None else None,
        bringer.id if bringer is not None else None,
        bringer_name,
        _joined(bringer_numbers) if bringer_numbers else None,
        opened_on,
        settled_on,
        odometer_km,
        kind,
        items,
        advisor,
        technician,
        amount,
        status,
    )
    if order is None:
        given = {field: value for field, value in zip(FIELDS, values, strict=True) if value is not None}
        book.new_order(order_no=order_no, **given)
    else:
        book.orders.fed.add(order.id)
        if STORED(order) != values:
            for field, value in zip(FIELDS, values, strict=True):
                if value is not None and getattr(order, field) != value:
                    book.orders.change(order, field, value)
    _note_newest(book, vehicle, day, order_no)


def _people_of(order, book):
    """Owner and bringer as stored."""
    if order is None:
        return None, None
    return book.customers.rows.get(order.owner_id), book.customers.rows.get(order.bringer_id)


def _note_newest(book, vehicle, day, order_no):
    newest = max(book.newest.get(vehicle.id, (dt.date.min, "")), (day, order_no))
    book.newest[vehicle.id] = newest
    if book.memory.is_dry:
        links = book.memory.links.setdefault("newest", {})
        links[vehicle.id] = max(links.get(vehicle.id, newest), newest)


def _compare_vehicle(book, vehicle, plate, fields, day, order_no):
    """An order fills what is not known of a car. Only a plate may be new, and only the newest order tells."""
    book.vehicles.fed.add(vehicle.id)
    if (
        plate is not None
        and vehicle.plate != plate
        and (not vehicle.plate or _speaks_for_today(book, vehicle, day, order_no))
    ):
        book.set_plate(vehicle, plate)
    for field, value in fields.items():
        if value is not None and not getattr(vehicle, field):
            book.vehicles.change(vehicle, field, value)


def _compare_odometer(book, vehicle, odometer_km, day):
    """The latest reading counts. One without a day (owner list) only goes up, and takes the day of the first that has one."""
    if odometer_km is None:
        return
    known, read_on = vehicle.odometer_km, vehicle.odometer_on
    is_later = read_on is not None and day > read_on
    if is_later or (read_on in (None, day) and (known is None or odometer_km > known)):
        book.vehicles.change(vehicle, "odometer_km", odometer_km)
    if read_on is None or day > read_on:
        book.vehicles.change(vehicle, "odometer_on", day)


def _owner(group, book, vehicle, stored, name, numbers, dms_no, day):
    """The customer the order names as owner, who may thereby become the owner of the car; None where it names nobody."""
    current = book.owner_of(vehicle)
    if name is None:
        return None
    person = find_person(book, name=name, numbers=numbers, dms_no=dms_no, known=(stored, current), vehicle=vehicle)
    if person is None and is_renamed_here(book, current, numbers=numbers, dms_no=dms_no):
        person = current
    starts = current is None
    if current is not None and person is not current:
        since = book.current_ownership(vehicle)
        starts = (since is None or since.started_on is None or day > since.started_on) and _speaks_for_today(
            book, vehicle, day, group.key
        )
    stage = (Stage.OWNER if starts else Stage.CONTACT).value
    if person is None:
        person = new_person(book, name=name, dms_no=dms_no, stage=stage)
    else:
        feed_person(book, group, person, stage=stage, name=name, dms_no=dms_no)
    if numbers:
        feed_phones(book, group, person, numbers)
    if starts:
        change_owner(book, vehicle, person, day)
    return person


def _joined(numbers):
    return " / ".join(number for number, _kind in numbers)[:40]


def _bringer(group, book, order, stored, owner, owner_name, owner_numbers, name, numbers):
    """Somebody of another name and another phone is a customer of his own (stage contact); everybody else is the owner."""
    if name is None or not numbers:
        has_one = order is not None and order.bringer_id is not None
        return stored if has_one and name is None else owner
    same_name = name == (owner_name or (owner.name if owner is not None else None))
    if same_name or {number for number, _kind in numbers} & {number for number, _kind in owner_numbers}:
        return owner
    if stored is not None and (order.bringer_name, order.bringer_phone) == (name, _joined(numbers)):
        person = stored  # the DMS says what it said, whatever she is called by now
    else:
        person = find_person(book, name=name, numbers=numbers, known=(stored,))
    if person is None:
        person = new_person(book, name=name, stage=Stage.CONTACT.value)
    else:
        feed_person(book, group, person, stage=Stage.CONTACT.value)
    feed_phones(book, group, person, numbers)
    return person


REPAIR_ORDERS = Sheet(
    code="repair_orders",
    label=_("Repair orders"),
    key="order_no",
    columns=COLUMNS,
    requires=(("vin",), ("opened_on", "settled_on")),
    stand_ins=(("vin", "plate"),),
    dated_by=("settled_on", "opened_on"),
    book=OrdersBook,
    plan=plan_orders,
    unlike=(
        "投诉编号",
        "请求编号",
        "召回编号",
        "投保单号",
        "险种",
        "险种名称",
        "交强险起保日期",
        "商业险起保日期",
        "投保类型",
    ),
)
