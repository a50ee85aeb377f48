"""The owner and vehicle list: one row per car. Yields customers with phones, vehicles with their owners, deliveries.

Header variants: DOMAIN §3.1 (用友, 长安铃木, 华胜, 五菱, 陕汽 exports).
"""

from django.utils.translation import gettext_lazy as _

from customers.choices import CustomerKind
from customers.sheets.book import OwnersBook
from customers.sheets.people import (
    OWNER,
    change_owner,
    feed_person,
    feed_phones,
    find_person,
    is_as_known,
    is_renamed_here,
    new_person,
)
from dms.columns import Choice, Code, Date, Finding, Name, Phone, Plate, Text, Vin, Whole
from dms.sheets import Sheet

VIN_HEADERS = (
    "VIN", "VIN号", "VIN码", "VIN号码", "Vin", "车辆VIN号", "车辆VIN", "VIN（*）", "车架号", "车架号VIN", "车架号*", "车架号码", "车辆识别代号",
    "车辆识别码", "车辆识别代码", "底盘号", "底盘号码", "VIN/车架号", "车架号/VIN",
)  # fmt: skip
PLATE_HEADERS = ("车牌号", "车牌号码", "牌照号", "车牌", "牌照号码", "号牌号码", "车辆牌照")
MOBILE_HEADERS = (
    "车主手机",
    "车主手机号",
    "手机号码",
    "手机号",
    "手机",
    "联系人手机",
    "联系手机",
    "移动电话",
    "用户手机",
    "客户手机",
)
PHONE_HEADERS = (
    "车主电话", "客户电话", "用户电话", "联系电话", "主要联系电话", "联系人电话", "电话", "电话号码", "联系方式", "固定电话", "车主联系电话",
    "客户联系电话",
)  # fmt: skip
LARGEST_ODOMETER = 2_000_000

COLUMNS = (
    Vin("vin", _("VIN"), *VIN_HEADERS),
    Plate("plate", _("Plate"), *PLATE_HEADERS),
    Name(
        "name", _("Owner"), "车主姓名", "车主名称", "车主", "客户姓名", "客户名称", "用户名称", "用户姓名", "机主姓名", "姓名", "联系人姓名", "联系人",
        length=80, person="name",
    ),
    Phone("phone", _("Phone"), *MOBILE_HEADERS, *PHONE_HEADERS, person="name"),
    Code("dms_no", _("DMS customer no."), "客户编号", "车主编号", "客户编码", "客户代码", "客户号", "用户编号", length=40, person="name"),
    Choice(
        "kind", _("Customer kind"), "客户类型", "客户性质", "车主性质", "车主类型", "用户类型", "客户类别", person="name",
        words={
            CustomerKind.PRIVATE.value: ("个人", "个人客户", "私人", "私家", "个人用户", "私户", "private", "个体"),
            CustomerKind.COMPANY.value: (
                "公司", "公司客户", "单位", "企业", "企业客户", "单位客户", "集团", "集团客户", "大客户", "公户", "政府", "机关", "租赁",
                "公司用户", "单位用户", "组织", "company",
            ),
        },
    ),
    Name("contact_person", _("Contact person"), "联系人姓名", "联系人", "联络人", length=40, person="name"),
    Text(
        "address", _("Address"), "地址", "联系地址", "联系人地址", "用户地址", "车主地址", "客户地址", "通讯地址", "通信地址", "家庭住址", "详细地址",
        length=200, person="name",
    ),
    Code("engine_no", _("Engine no."), "发动机号", "发动机号码", "发动机编号", length=40),
    Text("brand", _("Brand"), "品牌", "车辆品牌", length=40),
    Text("series", _("Series"), "车系", "系列", "车系名称", length=60),
    Text("model", _("Model"), "车型", "车型名称", "厂牌车型信息", "厂牌型号", "车辆型号", "物料名称", length=100),
    Text("color", _("Colour"), "颜色", "车身颜色", "车辆颜色", "外观颜色", length=30),
    Date("registered_on", _("Registered on"), "上牌日期", "注册日期", "初登日期", "登记日期", "初次登记日期", "上牌时间"),
    Whole(
        "odometer_km", _("Odometer (km)"), "行驶里程", "里程数", "公里数", "最近进店里程", "当前里程", "行驶公里数", "上次维修里程", "里程",
        largest=LARGEST_ODOMETER,
    ),
    Date(
        "delivered_on", _("Delivered on"), "交车日期", "车辆交付日期", "交付日期", "提车日期", "交车时间", "实际交车日期", "交付时间", "提车时间",
        needed=True, person="name",
    ),
    Date(
        "sold_on", _("Sold on"), "销售日期", "实销时间", "购车日期", "购车时间", "成交日期", "零售上报日期", "实销日期", "销售时间", "购买日期",
        needed=True, person="name",
    ),
    Date(
        "invoiced_on", _("Invoiced on"), "开票日期", "发票日期", "开票时间", needed=True, unless=("delivered_on", "sold_on"), person="name"
    ),
    Name("sales_consultant", _("Sales consultant"), "销售顾问", "业务员", "销售员", "销售顾问姓名", "销售人员", length=40, person="name"),
    Choice(
        "bought_here", _("Bought here"), "是否本公司购车", "是否本店购车", "本店购车", "是否本店销售", person="name",
        words={"yes": ("是", "y", "yes", "1", "true", "本店", "√"), "no": ("否", "n", "no", "0", "false", "外店", "他店", "×", "不是")},
    ),
)  # fmt: skip

# Headers of lists that also have VINs and names.
UNLIKE = (
    "工单号", "结算单号", "单据号", "委托书号", "投诉编号", "请求编号", "召回编号", "投保单号", "险种", "险种名称", "交强险保单号", "商业险保单号",
    "跟踪性质", "反馈类型", "反馈内容", "提醒状态", "跟踪状态", "意向级别", "线索来源",
)  # fmt: skip


def plan_owners(groups, book: OwnersBook):
    """Compare owner rows with the records in hand (see dms.sheets.Sheet.plan)."""
    place = OWNERS.index
    vin, name, phone, dms_no = place["vin"], place["name"], place["phone"], place["dms_no"]
    book.open(
        vins={group.values[vin] for group in groups},
        dms_nos={group.values[dms_no] for group in groups if group.values[dms_no]},
    )
    vehicles, numbers = [], set()
    for group in groups:
        values = group.values
        vehicle = book.by_vin.get(values[vin])
        owner = book.owner_of(vehicle) if vehicle is not None else None
        if not is_as_known(book, owner, name=values[name], dms_no=values[dms_no]):
            numbers.update(number for number, _kind in values[phone] or ())
            if vehicle is not None:
                vehicles.append(vehicle)
    book.look_closer(vehicles, numbers)
    book.load_phones()
    for group in groups:
        before = book.touches
        vehicle = book.by_vin.get(group.values[vin])
        is_new = vehicle is None or vehicle.is_void
        _plan(group, book, vehicle)
        if is_new:
            group.outcome = "created"
        elif book.touches != before:
            group.outcome = "updated"


def _plan(group, book, vehicle):
    (
        vin, plate, name, numbers, dms_no, kind, contact, address, engine_no, brand, series, model, color, registered_on,
        odometer_km, delivered_on, sold_on, invoiced_on, consultant, bought_here,
    ) = group.values  # fmt: skip
    day = delivered_on or sold_on or invoiced_on
    owner = book.owner_of(vehicle) if vehicle is not None else None
    person = find_person(book, name=name, numbers=numbers or (), dms_no=dms_no, known=(owner,), vehicle=vehicle)
    if person is None and is_renamed_here(book, owner, numbers=numbers, dms_no=dms_no):
        person = owner
    if person is None:
        person = new_person(book, name=name, kind=kind, dms_no=dms_no, contact=contact, address=address)
    else:
        feed_person(book, group, person, name=name, kind=kind, contact_person=contact, address=address, dms_no=dms_no)
    if numbers:
        feed_phones(book, group, person, numbers)
    fields = {
        "engine_no": engine_no, "brand": brand, "series": series, "model": model, "color": color, "registered_on": registered_on,
    }  # fmt: skip
    if vehicle is None:
        given = {field: value for field, value in fields.items() if value is not None}
        vehicle = book.new_vehicle(vin=vin, plate=plate or "", owner_id=person.id, odometer_km=odometer_km, **given)
        book.open_ownership(vehicle, person, day)
        _stage(book, person)
    else:
        _compare_vehicle(book, vehicle, plate, odometer_km, fields)
        _compare_owner(group, book, vehicle, owner, person, day)
    if bought_here == "no":
        delivery = book.delivery_of.get(vehicle.id)
        if delivery is not None:
            book.deliveries.fed.add(delivery.id)
            book.deliveries.change(delivery, "is_void", True)
    else:
        _compare_delivery(book, vehicle, person, owner, delivered_on, sold_on, invoiced_on, consultant)


def _compare_vehicle(book, vehicle, plate, odometer_km, fields):
    table = book.vehicles
    table.fed.add(vehicle.id)
    if vehicle.is_void:
        table.change(vehicle, "is_void", False)
    if plate is not None and vehicle.plate != plate:
        book.set_plate(vehicle, plate)
    for field, value in fields.items():
        if value is not None and getattr(vehicle, field) != value:
            table.change(vehicle, field, value)
    # A list does not say when the car was read: only upward.
    if odometer_km is not None and (vehicle.odometer_km is None or odometer_km > vehicle.odometer_km):
        table.change(vehicle, "odometer_km", odometer_km)


def _compare_owner(group, book, vehicle, owner, person, day):
    if owner is person:
        _stage(book, person)
        if day is not None and vehicle.id not in book.delivery_of:
            current = book.current_ownership(vehicle)
            if current is not None and current.started_on is None:
                book.ownerships.change(current, "started_on", day)
        return
    current = book.current_ownership(vehicle)
    if owner is None or day is None or current is None or current.started_on is None or day >= current.started_on:
        change_owner(book, vehicle, person, day)
    else:
        # What we know is newer than this row: she goes into the history, the owner stays.
        if person not in book.past_owners(vehicle):
            book.open_ownership(vehicle, person, day, current.started_on)
        note = Finding("older_owner", person.name, params={"kept": owner.name}, column=group.columns.get("name"))
        group.note(note)


def _stage(book, person):
    if person.stage != OWNER:
        book.customers.change(person, "stage", OWNER)


def _compare_delivery(book, vehicle, person, owner, delivered_on, sold_on, invoiced_on, consultant):
    """The day of delivery is the delivery date; where the DMS has none, the sale, else the invoice date."""
    delivery = book.delivery_of.get(vehicle.id)
    day = delivered_on or sold_on or invoiced_on
    if delivery is None:
        if day is not None:
            book.new_delivery(vehicle, person, day, sold_on, invoiced_on, consultant or "")
        return
    table = book.deliveries
    table.fed.add(delivery.id)
    if day is None:
        return
    if delivery.is_void:
        table.change(delivery, "is_void", False)
    # A day that came from a sale or invoice date moves with it; a real delivery date only by another one.
    stands_in = delivery.delivered_on == (delivery.sold_on or delivery.invoiced_on)
    if (
        delivered_on is None
        and not stands_in
        or delivered_on is None
        and sold_on is None
        and delivery.sold_on is not None
    ):
        day = delivery.delivered_on
    if day != delivery.delivered_on:
        if person is not owner and day > delivery.delivered_on:
            table.change(delivery, "customer_id", person.id)  # sold again by this store
        table.change(delivery, "delivered_on", day)
    for field, value in (("sold_on", sold_on), ("invoiced_on", invoiced_on), ("sales_consultant", consultant)):
        if value is not None and getattr(delivery, field) != value:
            table.change(delivery, field, value)


OWNERS = Sheet(
    code="owners",
    label=_("Owners and vehicles"),
    key="vin",
    columns=COLUMNS,
    requires=(("name",),),
    dated_by=("delivered_on", "sold_on", "invoiced_on", "registered_on"),
    book=OwnersBook,
    plan=plan_owners,
    unlike=UNLIKE,
)
