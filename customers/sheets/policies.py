"""Insurance policies: one row per cover (用友), or one row per car with a day of expiry or start for each of the two covers.

Every row stands for itself; what it says of one term of one cover finds its row as customers.sheets.insurance tells. The car
is found by VIN, or by a plate the store knows once; an unknown one is created where the row names VIN and owner.
Header variants: DOMAIN §3.1.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from customers.choices import RenewalKind, Stage
from customers.sheets.book import CustomersBook
from customers.sheets.insurance import (
    COMMERCIAL,
    COMMERCIAL_ENDS_HEADERS,
    COMPULSORY,
    COMPULSORY_ENDS_HEADERS,
    DAYS_AHEAD,
    ENDS_HEADERS,
    INSURER_HEADERS,
    UNNAMED,
    CoverName,
    Term,
    WithPolicies,
    feed_term,
    is_part_of_commercial,
)
from customers.sheets.orders import EXPORT_LAG, since_when
from customers.sheets.owners import MOBILE_HEADERS, PHONE_HEADERS, PLATE_HEADERS, VIN_HEADERS
from customers.sheets.people import (
    change_owner,
    feed_person,
    feed_phones,
    find_person,
    is_as_known,
    is_renamed_here,
    new_person,
)
from dms.columns import Choice, Code, Date, Finding, Money, Name, Phone, Plate, Text, Vin
from dms.sheets import Sheet

COLUMNS = (
    Vin("vin", _("VIN"), *VIN_HEADERS, needed=True),
    Plate("plate", _("Plate"), *PLATE_HEADERS),
    Name(
        "name", _("Owner"), "车主姓名", "车主名称", "车主", "客户姓名", "客户名称", "用户名称", "被保险人", "被保险人姓名", "被保险人名称", "投保人",
        "投保人姓名", "姓名", "联系人姓名", "联系人", length=80,
    ),
    Phone("phone", _("Phone"), *MOBILE_HEADERS, *PHONE_HEADERS, "被保险人电话", "投保人电话"),
    Code("dms_no", _("DMS customer no."), "客户编号", "车主编号", "客户编码", "客户代码", length=40),
    Name("contact_person", _("Contact person"), "联系人姓名", "联系人", "联络人", length=40),
    CoverName("cover", _("Cover"), "险种名称", "险种", "险别", "险别名称", "保险种类", "保险类型", length=40),
    Code("policy_no", _("Policy no."), "保单号", "保单号码", "保险单号", "保单编号", length=40),
    Code("compulsory_no", _("Policy no. (compulsory)"), "交强险保单号", "交强险保单号码", "交强险单号", length=40),
    Code("commercial_no", _("Policy no. (commercial)"), "商业险保单号", "商业险保单号码", "商业险单号", length=40),
    Code("application_no", _("Application no."), "投保单号", "投保单编号", length=40),
    Text("insurer", _("Insurer"), *INSURER_HEADERS, length=80),
    Text("compulsory_insurer", _("Insurer (compulsory)"), "交强险承保公司", "交强险保险公司", "交强险投保公司", length=80),
    Text("commercial_insurer", _("Insurer (commercial)"), "商业险承保公司", "商业险保险公司", "商业险投保公司", length=80),
    Date("starts_on", _("Insured from"), "开始日期", "起保日期", "保险开始日期", "保险起期", "保险起始日期", "保险生效日期", days_ahead=DAYS_AHEAD),
    Date("ends_on", _("Insured until"), *ENDS_HEADERS, needed=True, days_ahead=DAYS_AHEAD),
    Date(
        "compulsory_starts_on", _("Compulsory cover from"), "交强险起保日期", "交强险开始日期", "交强险起期", "交强险生效日期", days_ahead=DAYS_AHEAD
    ),
    Date("compulsory_ends_on", _("Compulsory cover until"), *COMPULSORY_ENDS_HEADERS, days_ahead=DAYS_AHEAD),
    Date(
        "commercial_starts_on", _("Commercial cover from"), "商业险起保日期", "商业险开始日期", "商业险起期", "商业险生效日期", days_ahead=DAYS_AHEAD
    ),
    Date("commercial_ends_on", _("Commercial cover until"), *COMMERCIAL_ENDS_HEADERS, days_ahead=DAYS_AHEAD),
    Money("insured_amount", _("Sum insured"), "保额", "保险金额", "保险金额/赔偿限额"),
    Money("premium", _("Premium"), "应收金额", "保费", "保费金额", "实收保费", "保险费", "应收保费"),
    Money("compulsory_premium", _("Premium (compulsory)"), "交强险保费", "交强保费", "交强险保费(元)"),
    Money("commercial_premium", _("Premium (commercial)"), "商业保费", "商业险保费", "商业保费(元)"),
    Choice(
        "kind", _("Kind of policy"), "投保类型", "续保类型", "保险业务类型", "投保性质",
        words={
            RenewalKind.NEW.value: ("新保", "新车", "新车投保", "新车首年"),
            RenewalKind.RENEWAL.value: ("续保", "续保业务"),
            RenewalKind.FIRST.value: ("新转续", "首次续保"),
            RenewalKind.REPEAT.value: ("续转续", "再次续保"),
            RenewalKind.GAP.value: ("间转续", "脱保续保"),
            RenewalKind.PROSPECT.value: ("潜转续",),
        },
    ),
    Choice(
        "is_ours", _("Insured through this store"), "是否本公司投保", "是否本店投保", "本店投保", "是否店内投保",
        words={
            True: ("是", "y", "yes", "1", "true", "本店", "√"),
            False: ("否", "n", "no", "0", "false", "外店", "他店", "×", "不是"),
        },
    ),
    Name("renewal_agent", _("Renewal agent"), "续保专员", "保险专员", "续保顾问", "续保员", length=40),
    Date("sold_on", _("Policy sold on"), "承保日期", "保险销售日期", "出单日期", "投保日期", "签单日期"),
)  # fmt: skip
DAYS = (
    "ends_on",
    "starts_on",
    "compulsory_ends_on",
    "compulsory_starts_on",
    "commercial_ends_on",
    "commercial_starts_on",
)


class PoliciesBook(WithPolicies, CustomersBook):
    def __init__(self, memory):
        super().__init__(memory)
        self.learned = {}  # vehicle id -> day on which the store learned of car and owner; None: in this very file

    def open_policies(self, **keys):
        super().open_policies(**keys)
        self._load_customers({policy.customer_id for policy in self.policies.rows.values()})

    def carry(self, table, row):
        return self.carry_policy(row) if table is self.policies else super().carry(table, row)


def plan_policies(groups, book: PoliciesBook):
    """Compare insurance rows with the records in hand (see dms.sheets.Sheet.plan)."""
    rows = [dict(zip(POLICIES.index, group.values, strict=True)) for group in groups]
    book.open(
        vins={row["vin"] for row in rows if row["vin"]},
        plates={row["plate"] for row in rows if row["plate"] and not row["vin"]},
        dms_nos={row["dms_no"] for row in rows if row["dms_no"]},
    )
    _look_closer(rows, book)
    numbers = {row[name] for row in rows for name in ("policy_no", "compulsory_no", "commercial_no") if row[name]}
    book.open_policies(vehicle_ids=set(book.vehicles.rows), numbers=numbers)
    book.load_phones()
    for group, row in zip(groups, rows, strict=True):
        vehicle = _vehicle_of(row, book)
        if reason := _reason_to_reject(row, vehicle, group):
            group.reject(reason)
            continue
        before, book.row = book.touches, group.row
        if _plan(group, book, row, vehicle):
            group.outcome = "created"
        elif book.touches != before:
            group.outcome = "updated"


def _vehicle_of(row, book):
    """By VIN; where the row has none, by a plate that one car of the store has."""
    if row["vin"] is not None:
        return book.by_vin.get(row["vin"])
    found = book.by_plate.get(row["plate"], ())
    return found[0] if len(found) == 1 else None


def _reason_to_reject(row, vehicle, group):
    if vehicle is None and row["vin"] is None:
        return Finding("unknown_vehicle", row["plate"], column=group.columns.get("plate"))
    if vehicle is None and row["name"] is None:
        return Finding("vehicle_without_owner", row["vin"], column=group.columns.get("vin"))
    if all(term.is_backwards for term in terms_of(row)):
        field = next(name for name in DAYS if row[name] is not None)
        return Finding("policy_backwards", str(row[field]), column=group.columns.get(field))
    return None


def _look_closer(rows, book):
    """For rows that name somebody else than the store knows: who it could be, and since when the store knows the cars."""
    vehicles, numbers = [], set()
    for row in rows:
        vehicle = _vehicle_of(row, book)
        owner = book.owner_of(vehicle) if vehicle is not None else None
        if row["name"] is None or is_as_known(book, owner, name=row["name"], dms_no=row["dms_no"]):
            continue
        numbers.update(number for number, _kind in row["phone"] or ())
        if vehicle is not None:
            vehicles.append(vehicle)
    book.look_closer(vehicles, numbers)
    since_when(book, {vehicle.id for vehicle in vehicles if vehicle.id > 0})


def terms_of(row) -> list[Term]:
    """What a row says: of the cover it names (and then of the commercial cover, if that is a part of it), else of each of
    the two covers that has a day or a number of its own, else of an unnamed cover."""
    common = {name: row[name] for name in ("application_no", "kind", "is_ours", "renewal_agent", "sold_on")}
    amounts = {"insured_amount": row["insured_amount"], "premium": row["premium"]}
    cover = row["cover"]
    if cover is not None:
        is_commercial = cover == COMMERCIAL or is_part_of_commercial(cover)
        side = "compulsory" if cover == COMPULSORY else "commercial" if is_commercial else None
        term = _term(row, cover, side, common | amounts)
        if is_part_of_commercial(cover):
            return [term, _term(row, COMMERCIAL, side, common | {"premium": row["commercial_premium"]})]
        return [term]
    terms = [
        _term(row, cover, side, common | {"premium": row[f"{side}_premium"]})
        for cover, side in ((COMPULSORY, "compulsory"), (COMMERCIAL, "commercial"))
        if row[f"{side}_ends_on"]
        or row[f"{side}_starts_on"]
        or (row[f"{side}_no"] and (row["ends_on"] or row["starts_on"]))
    ]
    return terms or [_term(row, UNNAMED, None, common | amounts)]


def _term(row, cover, side, details):
    own = {name: row.get(f"{side}_{name}") for name in ("no", "insurer", "starts_on", "ends_on")} if side else {}
    column = f"{side}_ends_on" if own.get("ends_on") else "ends_on"
    starts_on, ends_on = own.get("starts_on"), own.get("ends_on")
    if starts_on is None and ends_on is None:
        starts_on, ends_on = row["starts_on"], row["ends_on"]
    details = details | {"insurer": own.get("insurer") or row["insurer"]}
    return Term(cover, starts_on, ends_on, own.get("no") or row["policy_no"], details, column)


def _plan(group, book, row, vehicle):
    terms = terms_of(row)
    if vehicle is None:
        vehicle = book.new_vehicle(vin=row["vin"], plate=row["plate"] or "")
    else:
        _compare_vehicle(book, vehicle, row["plate"])
    holder = _holder(group, book, row, vehicle, terms)
    created = [feed_term(book, group, vehicle, term, holder=holder) for term in terms]
    return any(created)


def _compare_vehicle(book, vehicle, plate):
    """A policy fills in a missing plate; it replaces none."""
    book.vehicles.fed.add(vehicle.id)
    if vehicle.is_void:
        book.revive_vehicle(vehicle, plate)
    if plate is not None and not vehicle.plate:
        book.set_plate(vehicle, plate)


def _holder(group, book, row, vehicle, terms):
    """The customer the row names, who may thereby become the owner of the car; None where it names nobody."""
    name, numbers, dms_no = row["name"], row["phone"] or (), row["dms_no"]
    if name is None:
        return None
    current = book.owner_of(vehicle)
    policies = [policy for policy in book.policies_of.get(vehicle.id, ()) if not policy.is_void]
    known = [current, *(book.customers.rows.get(policy.customer_id) for policy in policies)]
    person = find_person(book, name=name, numbers=numbers, dms_no=dms_no, known=known, vehicle=vehicle)
    if person is None and is_renamed_here(book, current, numbers=numbers, dms_no=dms_no):
        person = current
    day = row["sold_on"] or max(term.starts_on or term.ends_on - dt.timedelta(days=365) for term in terms)
    becomes = current is None or (person is not current and _speaks_for_today(book, vehicle, policies, day))
    stage = Stage.OWNER if becomes else Stage.CONTACT
    if person is None:
        person = new_person(book, name=name, dms_no=dms_no, stage=stage.value, contact=row["contact_person"])
    else:
        feed_person(
            book, group, person, stage=stage.value, name=name, contact_person=row["contact_person"], dms_no=dms_no
        )
    if numbers:
        feed_phones(book, group, person, numbers)
    if becomes:
        change_owner(book, vehicle, person, day)
    return person


def _speaks_for_today(book, vehicle, policies, day) -> bool:
    """Is the policy the newest of the car, and not older than what the store knows of its owner from elsewhere?"""
    since = book.current_ownership(vehicle)
    if since is not None and since.started_on is not None and day <= since.started_on:
        return False
    if any((policy.sold_on or policy.starts_on) > day for policy in policies):
        return False
    learned = book.learned.get(vehicle.id)
    return learned is None or day >= learned - EXPORT_LAG


POLICIES = Sheet(
    code="policies",
    label=_("Insurance policies"),
    key=None,
    columns=COLUMNS,
    requires=(("vin", "plate"), DAYS),
    dated_by=("sold_on", "starts_on", "ends_on"),
    aged_by=("sold_on",),  # terms begin and end long before and after the list was made
    book=PoliciesBook,
    plan=plan_policies,
    unlike=(
        "维修类型", "维修金额", "结算日期", "进厂行驶里程", "送修人", "投诉编号", "请求编号", "召回编号", "上次保养日期", "下次保养日期", "首保日期",
        "上次维修日期", "年检到期", "年检日期", "年审到期日期", "购车日期", "交车日期", "销售日期", "颜色",
    ),
)  # fmt: skip
