"""The owner and vehicle list: one row per car. Yields customers with phones, vehicles with their owners, deliveries.

Header variants: DOMAIN §3.1 (用友, 长安铃木, 华胜, 五菱, 陕汽 exports).
"""

from django.utils.translation import gettext_lazy as _

from customers.choices import CustomerKind
from customers.sheets.book import OwnersBook
from customers.sheets.care import feed_birthday, feed_care, feed_driver
from customers.sheets.insurance import (
    COMMERCIAL,
    COMMERCIAL_ENDS_HEADERS,
    COMPULSORY,
    COMPULSORY_ENDS_HEADERS,
    DAYS_AHEAD,
    ENDS_HEADERS,
    INSURER_HEADERS,
    UNNAMED,
    Term,
    feed_term,
)
from customers.sheets.known import KnownCars
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
from dms.columns import Amount, Birthday, Choice, Code, CreditCode, Date, Finding, Name, Phone, Plate, Text, Vin, Whole
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
YEARS_AHEAD = 15 * 366  # the longest warranties and the inspections of new cars

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
    CreditCode("credit_code", _("Unified social credit code"), "统一社会信用代码", "社会信用代码", "信用代码", length=18, person="name"),
    Date("warranty_starts_on", _("Warranty from"), "保修起始日期", "保修开始日期", "质保起始日期"),
    Date(
        "warranty_ends_on", _("Warranty until"), "保修结束日期", "保修到期日期", "保修到期", "质保到期日期", "质保结束日期", "质保到期",
        days_ahead=YEARS_AHEAD,
    ),
    Whole("warranty_ends_km", _("Warranty until (km)"), "保修结束里程", "质保结束里程", largest=LARGEST_ODOMETER),
    Date("first_service_on", _("First service"), "首保日期", "首保时间", "首次保养日期"),
    Date("last_service_on", _("Last service"), "上次保养日期", "上次保养时间", "最近保养日期", "最后保养日期"),
    Whole("last_service_km", _("Last service (km)"), "上次保养里程", "最近保养里程", "最后保养里程", largest=LARGEST_ODOMETER),
    Date("next_service_on", _("Next service"), "下次保养日期", "下次保养时间", "预计下次保养日期", days_ahead=YEARS_AHEAD),
    Whole("next_service_km", _("Next service (km)"), "下次保养里程", "预计下次保养里程", largest=LARGEST_ODOMETER),
    Amount("km_per_day", _("Kilometres a day"), "日平均里程", "日均里程", "日均行驶里程", largest=9_999),
    Date("odometer_reset_on", _("Odometer replaced on"), "换表日期"),
    Date(
        "inspection_due_on", _("Inspection due"), "年检到期日期", "年检到期", "年审到期日期", "年审到期", "年检日期", "年检到期日", "验车到期日期",
        "验车到期", days_ahead=YEARS_AHEAD,
    ),
    Name("driver_name", _("Driver"), "使用人", "使用人姓名", "驾驶人", "用车人", length=80),
    Phone("driver_phone", _("Phone of the driver"), "使用人电话", "使用人手机", "使用人手机号", "驾驶人电话", "用车人电话"),
    Date("compulsory_ends_on", _("Compulsory cover until"), *COMPULSORY_ENDS_HEADERS, days_ahead=DAYS_AHEAD),
    Date("commercial_ends_on", _("Commercial cover until"), *COMMERCIAL_ENDS_HEADERS, days_ahead=DAYS_AHEAD),
    Date("insured_until", _("Insured until"), *ENDS_HEADERS[1:], days_ahead=DAYS_AHEAD),
    Text("insurer", _("Insurer"), *INSURER_HEADERS, length=80),
    Birthday("birthday", _("Birthday"), "生日", "出生日期", "车主生日", "客户生日", "出生年月日", "车主出生日期", person="name"),
)  # fmt: skip
CARE = (
    "warranty_ends_km", "first_service_on", "last_service_on", "last_service_km", "next_service_on", "next_service_km", "km_per_day",
    "odometer_reset_on", "inspection_due_on",
)  # fmt: skip
COVERS = {"compulsory_ends_on": COMPULSORY, "commercial_ends_on": COMMERCIAL, "insured_until": UNNAMED}

# Headers of lists that also have VINs and names.
UNLIKE = (
    "工单号", "结算单号", "单据号", "委托书号", "投诉编号", "请求编号", "召回编号", "投保单号", "险种", "险种名称", "保单号", "交强险保单号", "商业险保单号",
    "交强险起保日期", "商业险起保日期", "投保类型", "承保日期", "保额",
    "跟踪性质", "反馈类型", "反馈内容", "提醒状态", "跟踪状态", "意向级别", "线索来源",
)  # fmt: skip


def plan_owners(groups, book: OwnersBook):
    """Compare owner rows with the records in hand (see dms.sheets.Sheet.plan)."""
    if not groups:
        return
    further = Further(groups[0].columns)
    known = KnownCars(book, () if further else groups, OWNERS.index)
    known.open(groups, lambda groups: _open(groups, book))
    if further:
        further.open(book)
    for group in groups:
        if known.take(group):
            continue
        book.row, before = group.row, book.touches
        vehicle = book.by_vin.get(group.key)
        is_new = vehicle is None or vehicle.is_void
        _plan(group, book, vehicle)
        if group.others:
            _remember_former(group, book)
        if further:
            further.feed(group, book)
        if is_new:
            group.outcome = "created"
        elif book.touches != before:
            group.outcome = "updated"


def _open(groups, book):
    """Take into hand whom and what these rows are about."""
    place = OWNERS.index
    vin, name, phone, dms_no = place["vin"], place["name"], place["phone"], place["dms_no"]
    book.open(
        vins={group.values[vin] for group in groups},
        dms_nos={row[dms_no] for group in groups for row in (group.values, *group.others) if row[dms_no]},
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


def _plan(group, book, vehicle):
    (
        vin, plate, name, numbers, dms_no, kind, contact, address, engine_no, brand, series, model, color, registered_on,
        odometer_km, delivered_on, sold_on, invoiced_on, consultant, bought_here, credit_code, warranty_starts_on,
        warranty_ends_on, *_further,
    ) = group.values  # fmt: skip
    day = delivered_on or sold_on or invoiced_on
    former = owner = book.owner_of(vehicle) if vehicle is not None else None
    if vehicle is not None and vehicle.is_void and book.revive_vehicle(vehicle, plate):
        owner = None
    person = find_person(book, name=name, numbers=numbers or (), dms_no=dms_no, known=(former,), vehicle=vehicle)
    if person is None and is_renamed_here(book, owner, numbers=numbers, dms_no=dms_no):
        person = owner
    if person is None:
        person = new_person(
            book, name=name, kind=kind, dms_no=dms_no, contact=contact, address=address, credit_code=credit_code
        )
    else:
        feed_person(
            book, group, person, name=name, kind=kind, contact_person=contact, address=address, dms_no=dms_no, credit_code=credit_code
        )  # fmt: skip
    if numbers:
        feed_phones(book, group, person, numbers)
    fields = {
        "engine_no": engine_no, "brand": brand, "series": series, "model": model, "color": color, "registered_on": registered_on,
        "warranty_starts_on": warranty_starts_on, "warranty_ends_on": warranty_ends_on,
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


class Further:
    """The columns that few lists have: care, driver, insurance. False where this list has none."""

    def __init__(self, columns):
        self.care = [(name, OWNERS.index[name]) for name in CARE if columns.get(name) is not None]
        self.covers = [
            (name, cover, OWNERS.index[name]) for name, cover in COVERS.items() if columns.get(name) is not None
        ]
        self.has_drivers = columns.get("driver_name") is not None
        self.has_birthdays = columns.get("birthday") is not None

    def __bool__(self):
        return bool(self.care or self.covers or self.has_drivers or self.has_birthdays)

    def open(self, book):
        if self.has_drivers:
            book.load_drivers()
        if self.covers:
            book.open_policies(vehicle_ids=set(book.vehicles.rows))

    def feed(self, group, book):
        values, index = group.values, OWNERS.index
        vehicle = book.by_vin[values[index["vin"]]]
        if self.care:
            feed_care(book, vehicle, {name: values[place] for name, place in self.care})
        if self.has_drivers:
            feed_driver(book, group, vehicle, values[index["driver_name"]], values[index["driver_phone"]] or ())
        if self.has_birthdays and values[index["birthday"]] is not None:
            feed_birthday(book, vehicle, values[index["name"]], *values[index["birthday"]])
        terms = [
            Term(cover, None, values[place], details={"insurer": values[index["insurer"]]}, column=name)
            for name, cover, place in self.covers
            if values[place] is not None
        ]
        for term in terms:
            if term.cover != UNNAMED or len(terms) == 1:
                feed_term(book, group, vehicle, term)


def _compare_vehicle(book, vehicle, plate, odometer_km, fields):
    table = book.vehicles
    table.fed.add(vehicle.id)
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
        if day is not None and not _has_told_of_delivery(book, vehicle):
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


def _has_told_of_delivery(book, vehicle):
    """Has a list that was not undone?"""
    delivery = book.delivery_of.get(vehicle.id)
    return delivery is not None and not book.deliveries.was_undone(delivery)


def _remember_former(group, book):
    """Rows of the same car with an earlier day and another name: closed stretches of its history."""
    index = OWNERS.index
    days = [index[name] for name in ("delivered_on", "sold_on", "invoiced_on")]
    vehicle = book.by_vin[group.key]
    current = book.current_ownership(vehicle)
    until = current.started_on if current is not None else None
    told = [(next((row[day] for day in days if row[day]), None), row) for row in group.others]
    for day, row in sorted((pair for pair in told if pair[0] is not None), key=lambda pair: pair[0], reverse=True):
        if until is None or day >= until:
            continue
        name, numbers, dms_no = row[index["name"]], row[index["phone"]] or (), row[index["dms_no"]]
        person = find_person(book, name=name, numbers=numbers, dms_no=dms_no, vehicle=vehicle)
        is_news = person is None or person.is_void
        if person is None:
            person = new_person(book, name=name, dms_no=dms_no)
        elif is_news:
            feed_person(book, group, person, name=name, dms_no=dms_no)
        if numbers and is_news:
            feed_phones(book, group, person, numbers)
        if person not in book.past_owners(vehicle):
            book.open_ownership(vehicle, person, day, until)
        until = day


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
    if delivery.is_void and table.revive(delivery):
        table.change(delivery, "customer_id", person.id)
        table.change(delivery, "delivered_on", day)
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
