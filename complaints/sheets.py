"""The complaints of the DMS and of the maker's call centre as plain facts: one case per number, closed ones with their outcome.

Nobody is told and no clock runs in the past: a case that comes closed has no deadline, an open one the DMS's own where that
lies ahead, else as if it were opened at the import. What somebody here has worked on stands. Layouts: DOMAIN §3.1.
"""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext_lazy as _

import common.lookups  # noqa: F401 - registers `among`
from accounts.models import Store
from common.upsert import plain_value
from complaints.choices import OPEN_STATES, ComplaintState, Department, Origin, Severity, Step
from complaints.models import Cause, Complaint, ComplaintNote
from complaints.services.causes import FALLBACK
from complaints.services.clocks import deadline_for, hours_of, rules_of
from complaints.wording import FACTS
from customers.sheets.book import CustomersBook
from customers.sheets.owners import MOBILE_HEADERS, PHONE_HEADERS, PLATE_HEADERS, VIN_HEADERS
from customers.sheets.people import find_person
from dms.book import Named
from dms.columns import Choice, Code, Finding, Moment, Name, Phone, Plate, Text, Vin
from dms.sheets import Sheet

CLOSED, SOLVED, HANDLING, RECEIVED = (
    ComplaintState.CLOSED.value, ComplaintState.SOLVED.value, ComplaintState.HANDLING.value, ComplaintState.RECEIVED.value,
)  # fmt: skip
YES = ("是", "y", "yes", "1", "true", "√", "已关闭", "已完成")
NO = ("否", "n", "no", "0", "false", "×", "未关闭", "未完成")

# The first word that stands in the cell tells; else the last.
STATES = (
    (("OEM申请结案",), SOLVED), (("拒绝结案", "未结案", "未关闭", "未完结", "处理中", "待反馈", "待完结", "跟进"), HANDLING),
    (("关闭", "结案", "驳回", "完结"), CLOSED), (("待处理", "未处理", "新建"), RECEIVED), (("已处理", "处理完", "已解决"), SOLVED),
)  # fmt: skip
CAUSES = (  # codes of the shipped tree; a store that has retired one gets FALLBACK
    (("态度", "接待"), "attitude"), (("休息区", "客休"), "place-lounge"), (("环境",), "environment"), (("返修",), "repair-again"),
    (("维修质量", "修理质量"), "repair_quality"), (("产品", "质量", "车辆故障"), "product_quality"), (("维修时间", "维修周期"), "repair_time"),
    (("备件", "配件", "零件"), "parts"), (("收费", "价格", "费用"), "price"), (("等待", "等候"), "waiting"), (("交车", "交付"), "delivery"),
)  # fmt: skip
DEPARTMENTS = (
    (("售后", "服务", "维修", "车间"), Department.SERVICE), (("配件", "备件"), Department.PARTS), (("销售", "展厅"), Department.SALES),
    (("客服", "客户关系", "DCRC", "CRM"), Department.DCRC),
)  # fmt: skip
SEVERITIES = ((("重大", "特急", "一级"), Severity.MAJOR), (("升级", "严重", "重要", "紧急", "高"), Severity.SERIOUS))
# Kinds of request that a call centre lists beside complaints.
OTHER_REQUESTS = ("咨询", "表扬", "建议", "救援", "预约")

COLUMNS = (
    Code("dms_no", _("Complaint no. in the DMS"), "投诉编号", "请求编号", "投诉单号", "投诉单编号", "客诉编号", length=40),
    Name("name", _("Complainant"), "投诉人姓名", "投诉人", "用户名", "来电人", "客户姓名", "客户名称", length=80),
    Name("owner_name", _("Owner"), "车主姓名", "车主", "车主名称", length=80),
    Phone("phone", _("Phone"), "投诉人电话", *MOBILE_HEADERS, *PHONE_HEADERS),
    Vin("vin", _("VIN"), *VIN_HEADERS),
    Plate("plate", _("Plate"), *PLATE_HEADERS),
    Moment("opened_at", _("Opened at"), "接单时间", "创建时间", "投诉时间", "投诉日期", "受理时间", "投诉下发时间", needed=True),
    Moment("solved_at", _("Solved at"), "处理完成日期", "处理完时间", "处理完成时间"),
    Moment("closed_at", _("Closed at"), "结案日期", "结案时间", "关闭时间", "关闭日期", "回访时间"),
    Moment("due_at", _("To be closed by"), "预计处理完成时间", "要求完成时间"),
    Choice("is_solved", _("Solved"), "是否处理完", "是否处理完成", words={True: YES, False: NO}),
    Choice("is_closed", _("Closed"), "是否关闭", "是否结案", words={True: YES, False: NO}),
    Text("status", FACTS["status"], "处理状态", "投诉状态", "状态", length=60),
    Text("category", FACTS["category"], "投诉类型", "投诉类别", "请求类型", "投诉分类", length=60),
    Text("severity", _("Severity"), "重要程度", "投诉等级", "紧急程度", length=30),
    Text("department", _("Department"), "发生部门", "责任部门", "投诉部门", length=60),
    Text("summary", _("What the customer says"), "投诉摘要", "投诉内容", "请求内容", "问题描述", length=500),
    Text("resolution", _("Resolution"), "解决方案", "处理结果", "处理方案", length=500),
    Text("cause", FACTS["cause"], "投诉原因", length=500),
    Text("source", FACTS["source"], "投诉来源", "信息来源", length=60),
    Text("handler", FACTS["handler"], "处理人", "负责人", length=60),
    Text("adviser", FACTS["adviser"], "客户经理", "服务顾问", length=60),
    Text("technician", FACTS["technician"], "责任技师", length=60),
    Text("outcome", FACTS["outcome"], "回访结果", length=300),
    Text("satisfied", FACTS["satisfied"], "是否满意", "满意度", length=60),
    Text("reason", FACTS["reason"], "不满意的原因", "不满意原因", length=300),
)  # fmt: skip


@dataclass(slots=True, eq=False)
class ComplaintRow:
    id: int
    is_void: bool = False
    number: str = ""
    dms_no: str = ""
    customer_id: int = 0
    vehicle_id: int | None = None
    handler_id: int | None = None
    origin: str = Origin.IMPORTED.value
    cause_id: int = 0
    severity: str = Severity.NORMAL.value
    department: str = Department.OTHER.value
    summary: str = ""
    state: str = RECEIVED
    deadline_at: dt.datetime | None = None
    resolution: str = ""
    opened_at: dt.datetime | None = None
    solved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    solved_on: dt.date | None = None
    closed_on: dt.date | None = None
    dms_facts: dict = field(default_factory=dict)


def _next_steps(rows):
    """The one deadline of a case that came from the DMS is what is due next while it is open."""
    steps = {RECEIVED: Step.SOLUTION.value, HANDLING: Step.SOLUTION.value, SOLVED: Step.RECONTACT.value}
    is_open = [row.state in OPEN_STATES for row in rows]
    return [
        [steps.get(row.state, "") for row in rows],
        [
            plain_value(Complaint, "next_due_at", row.deadline_at) if alive else None
            for row, alive in zip(rows, is_open, strict=True)
        ],
    ]


class ComplaintsBook(CustomersBook):
    def __init__(self, memory):
        super().__init__(memory)
        self.complaints = self.table(
            Complaint,
            ComplaintRow,
            customer_id=lambda row: row.customer_id,
            follows=("next_step", "next_due_at"),
            follow=_next_steps,
            title=lambda row: row.number,
            keys=("number", "dms_no", "customer_id", "opened_at"),
        )
        self.by_no = {}
        self.worked_on = set()  # ids of cases that somebody here has touched
        self.store = Store.objects.get(pk=memory.store_id)
        self.zone = self.store.zone
        causes = list(Cause.objects.filter(store=self.store))
        self.named[Cause] = Named({cause.pk: str(cause) for cause in causes})
        self.causes = {cause.code: cause.pk for cause in causes if cause.retired_at is None}

    @cached_property
    def clocks(self):
        """The store's rules and working time, read where the list brings an open case."""
        rules = rules_of(self.store)
        return rules, hours_of(self.store, rules)

    def open_complaints(self, numbers):
        found = Complaint.objects.filter(store_id=self.memory.store_id, dms_no__among=numbers)
        rows = self.complaints.load(self._locked(found))
        self.by_no = {row.dms_no: row for row in rows}
        notes = ComplaintNote.objects.filter(complaint_id__among={row.id for row in rows})
        self.worked_on = set(notes.values_list("complaint_id", flat=True)) | {row.id for row in rows if row.handler_id}
        self._load_customers({row.customer_id for row in rows})

    def carry(self, table, row):
        return table is not self.complaints and super().carry(table, row)

    def retired(self, table, row):
        super().retired(table, row)
        if table is self.complaints:
            table.change(row, "state", ComplaintState.VOID.value)


def plan_complaints(groups, book: ComplaintsBook):
    """Compare cases with the records in hand (see dms.sheets.Sheet.plan)."""
    rows = [dict(zip(COMPLAINTS.index, group.values, strict=True)) for group in groups]
    book.open(
        vins={row["vin"] for row in rows if row["vin"]},
        plates={row["plate"] for row in rows if row["plate"] and not row["vin"]},
    )
    book.open_complaints({group.key for group in groups})
    book.look_closer(numbers={number for row in rows for number, _kind in row["phone"] or ()})
    book.load_phones()
    for group, row in zip(groups, rows, strict=True):
        before, book.row = book.touches, group.row
        complaint = book.by_no.get(group.key)
        is_new = complaint is None or complaint.is_void
        if reason := _plan(group, book, complaint, row):
            group.reject(reason)
        elif is_new:
            group.outcome = "created"
        elif book.touches != before:
            group.outcome = "updated"


def _plan(group, book, complaint, row):
    """Gives a Finding where the row cannot be used."""
    if (
        row["category"] is not None
        and "投诉" not in row["category"]
        and any(w in row["category"] for w in OTHER_REQUESTS)
    ):
        return Finding("not_a_complaint", row["category"], column=group.columns.get("category"))
    vehicle = _vehicle_of(row, book)
    customer = _customer_of(row, book, vehicle)
    if customer is None and complaint is None:
        column = next((group.columns[name] for name in ("plate", "vin", "name") if row[name] is not None), None)
        return Finding("unknown_customer", row["name"] or row["owner_name"] or row["plate"] or "", column=column)
    values = _values(row, book)
    if vehicle is not None:
        values["vehicle_id"] = vehicle.id
    if complaint is None:
        _create(book, group.key, customer, values, row)
    else:
        _compare(group, book, complaint, values, row)
    return None


def _vehicle_of(row, book):
    """By VIN; else by a plate that one car of the store has."""
    if row["vin"] is not None:
        vehicle = book.by_vin.get(row["vin"])
        return None if vehicle is None or vehicle.is_void else vehicle
    found = book.by_plate.get(row["plate"], ())
    return found[0] if len(found) == 1 else None


def _customer_of(row, book, vehicle):
    """The complainant where the store knows her by name: as the car's owner, or with one of her numbers; else the owner."""
    numbers, owner = row["phone"] or (), book.owner_of(vehicle) if vehicle is not None else None
    for name in (row["name"], row["owner_name"]):
        if name is not None:
            person = find_person(book, name=name, numbers=numbers, known=(owner,), vehicle=vehicle)
            if person is not None and not person.is_void:
                return person
    return owner


def _values(row, book):
    """{column of Complaint: value} of what the row says."""
    moments = {
        name: row[name].replace(tzinfo=book.zone) if row[name] is not None else None
        for name in ("opened_at", "solved_at", "closed_at")
    }
    values = moments | {
        "state": _state_of(row),
        "cause_id": book.causes.get(_word(CAUSES, row["category"], row["cause"])),
        "severity": _word(SEVERITIES, row["severity"]),
        "department": _word(DEPARTMENTS, row["department"]),
        "summary": row["summary"] or row["cause"] or row["category"],
        "resolution": row["resolution"],
    }
    if values["state"] != CLOSED:
        values["closed_at"] = None
    for name in ("solved", "closed"):
        values[f"{name}_on"] = values[f"{name}_at"].date() if values[f"{name}_at"] is not None else None
    return {name: value for name, value in values.items() if value is not None}


def _word(table, *texts):
    """The value of the first line of `table` with a word that stands in the first of the texts that fits; None for none."""
    for text in texts:
        for words, value in table:
            if text is not None and any(word in text for word in words):
                return value.value if hasattr(value, "value") else value
    return None


def _state_of(row):
    state = _word(STATES, row["status"])
    if row["is_closed"] or state == CLOSED or (state is None and row["is_closed"] is None and row["closed_at"]):
        return CLOSED
    if state is None:
        state = SOLVED if row["is_solved"] or row["solved_at"] is not None else RECEIVED
    return state


def _facts(row):
    return {code: row[code] for code in FACTS if row.get(code) is not None}


def _create(book, dms_no, customer, values, row):
    table = book.complaints
    values = {"cause_id": book.causes[FALLBACK]} | values
    complaint = ComplaintRow(table.next_id(), number=f"DMS-{dms_no}", dms_no=dms_no, customer_id=customer.id, **values)
    complaint.dms_facts = _facts(row)
    complaint.deadline_at = _deadline(book, complaint, row)
    book.by_no[dms_no] = table.create(complaint)


def _deadline(book, complaint, row):
    if complaint.state not in OPEN_STATES:
        return None
    due_at = row["due_at"].replace(tzinfo=book.zone) if row["due_at"] is not None else None
    if due_at is not None and due_at > book.memory.now:
        return due_at
    rules, hours = book.clocks
    return deadline_for(hours, rules, complaint.severity, book.memory.now)


def _compare(group, book, complaint, values, row):
    table = book.complaints
    table.fed.add(complaint.id)
    if complaint.is_void:
        table.revive(complaint)
    elif complaint.id in book.worked_on:
        if values["state"] != complaint.state:
            group.note(Finding("worked_on_here", row["status"] or "", column=group.columns.get("status")))
        return
    elif complaint.state == CLOSED:
        values.pop("state")  # a list from before the end of the case opens it no more
    for name, value in values.items():
        table.change(complaint, name, value)
    table.change(complaint, "dms_facts", complaint.dms_facts | _facts(row))
    if complaint.state not in OPEN_STATES or complaint.deadline_at is None:
        table.change(complaint, "deadline_at", _deadline(book, complaint, row))


COMPLAINTS = Sheet(
    code="complaints",
    label=_("Complaints of the DMS"),
    key="dms_no",
    columns=COLUMNS,
    requires=(("opened_at",), ("name", "owner_name", "plate", "vin")),
    dated_by=("closed_at", "solved_at", "opened_at"),
    book=ComplaintsBook,
    plan=plan_complaints,
    unlike=("工单号", "结算单号", "召回编号", "投保单号", "险种", "险种名称", "意向级别", "线索来源"),
)
SHEETS = [COMPLAINTS]
