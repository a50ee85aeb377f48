"""Complaints of the DMS: historic cases as plain facts, open ones without a clock in the past."""

import datetime as dt

import pytest
from django.utils import timezone

from complaints.models import Complaint, ComplaintNote
from complaints.services import take_over
from complaints.services.clocks import deadline_for, hours_of, rules_of
from complaints.wording import deadline_of, dms_facts
from dms.recognise import known_headers, normalise
from dms.sheets import get_sheet
from dms.undo import undo_now
from tests.dms.exports import OWNERS, bring_in, outcome, owner, remarks

pytestmark = pytest.mark.django_db
YY = [
    "投诉编号", "投诉类型", "投诉人姓名", "接单时间", "客户经理", "处理人", "责任技师", "处理状态", "处理完成日期", "发生部门", "结案日期",
    "回访结果", "投诉来源", "及时处理", "投诉摘要", "投诉原因", "解决方案", "车主姓名", "车牌号",
]  # fmt: skip
CQZT = [
    "创建时间", "请求编号", "信息来源", "用户名", "电话", "请求类型", "重要程度", "车型", "是否处理完", "处理人", "预计处理完成时间", "投诉下发时间",
    "首次回复时间", "处理完时间", "处理周期", "是否关闭", "是否满意", "不满意的原因", "回访人", "须回复周期", "回访时间",
]  # fmt: skip


def yy(number="TS1", **more):
    row = dict.fromkeys(YY, "") | {
        "投诉编号": number, "投诉类型": "维修质量投诉", "投诉人姓名": "王雅丽", "接单时间": "2026-05-01 09:30:00", "处理人": "周敏",
        "处理状态": "已结案", "处理完成日期": "2026-05-02", "发生部门": "售后服务部", "结案日期": "2026-05-03 16:00", "回访结果": "满意",
        "投诉来源": "电访", "投诉摘要": "刹车仍有异响", "投诉原因": "制动片未更换", "解决方案": "免费更换", "车主姓名": "王雅丽", "车牌号": "沪A00001",
    } | more  # fmt: skip
    return [row[header] for header in YY]


def cqzt(number="QQ1", **more):
    row = dict.fromkeys(CQZT, "") | {
        "创建时间": "2026-05-01 09:30:00", "请求编号": number, "信息来源": "400电话", "用户名": "王雅丽", "电话": "13800000001",
        "请求类型": "投诉", "重要程度": "重大", "是否处理完": "是", "处理人": "周敏", "处理完时间": "2026-05-02 10:00:00", "是否关闭": "是",
        "是否满意": "满意", "回访时间": "2026-05-04 11:00:00",
    } | more  # fmt: skip
    return [row[header] for header in CQZT]


def local(moment, store):
    return f"{moment.astimezone(store.zone):%Y-%m-%d %H:%M}"


def local_day(moment, store):
    return moment.astimezone(store.zone).date()


@pytest.fixture
def wang(pudong):
    bring_in(pudong, OWNERS, owner(1))


def test_a_closed_case_comes_in_closed_with_its_days_and_outcome(pudong, wang):
    batch = bring_in(pudong, YY, yy())
    assert (batch.sheet, outcome(batch), remarks(batch)) == ("complaints", (1, 0, 0, 0), [])
    case = Complaint.objects.get()
    assert (case.number, case.dms_no, case.origin, case.state) == ("DMS-TS1", "TS1", "imported", "closed")
    assert (case.customer.name, case.vehicle.plate) == ("王雅丽", "沪A00001")
    assert (case.cause.code, case.severity, case.department) == ("repair_quality", "normal", "service")
    assert (case.summary, case.resolution) == ("刹车仍有异响", "免费更换")
    assert [local(moment, pudong) for moment in (case.opened_at, case.solved_at, case.closed_at)] == [
        "2026-05-01 09:30", "2026-05-02 00:00", "2026-05-03 16:00",
    ]  # fmt: skip
    assert (case.solved_on, case.closed_on) == tuple(local_day(m, pudong) for m in (case.solved_at, case.closed_at))
    assert case.deadline_at is None and deadline_of(case, timezone.now()) is None
    assert [text for _label, text in dms_facts(case)] == [
        "维修质量投诉", "电访", "已结案", "周敏", "制动片未更换", "满意",
    ]  # fmt: skip
    assert outcome(bring_in(pudong, YY, yy())) == (0, 0, 1, 0)


def test_the_layout_of_the_call_centre(pudong, wang):
    rows = CQZT, cqzt(), cqzt("QQ2", 请求类型="咨询"), cqzt("QQ3", 用户名="没来过", 电话="13911112222")
    batch = bring_in(pudong, *rows)
    assert (batch.sheet, outcome(batch)) == ("complaints", (1, 0, 0, 2))
    assert [(row, code) for row, _column, code, _severity in remarks(batch)] == [
        (3, "not_a_complaint"),
        (4, "unknown_customer"),
    ]
    case = Complaint.objects.get()
    assert (case.dms_no, case.state, case.severity, case.summary) == ("QQ1", "closed", "major", "投诉")
    assert local(case.closed_at, pudong) == "2026-05-04 11:00"


def test_an_open_case_starts_its_clock_at_the_import(pudong, wang):
    rows = YY, yy(处理状态="未结案", 处理完成日期="", 结案日期="", 回访结果="", 解决方案="")
    before = timezone.now()
    bring_in(pudong, *rows)
    case = Complaint.objects.get()
    assert (case.state, case.closed_at, case.handler) == ("handling", None, None)
    clocks = hours_of(pudong), rules_of(pudong), "normal"
    assert deadline_for(*clocks, before) <= case.deadline_at <= deadline_for(*clocks, timezone.now())
    assert (case.next_step, case.next_due_at) == ("solution", case.deadline_at)
    assert not Complaint.objects.overdue(timezone.now()).exists() and Complaint.objects.open().count() == 1
    assert outcome(bring_in(pudong, *rows)) == (0, 0, 1, 0)
    assert Complaint.objects.get().deadline_at == case.deadline_at


def test_the_dms_s_own_deadline_counts_where_it_lies_ahead(pudong, wang):
    ahead = timezone.now() + dt.timedelta(days=3)
    words = {"是否处理完": "否", "处理完时间": "", "是否关闭": "否", "是否满意": "", "回访时间": ""}
    bring_in(pudong, CQZT, cqzt(**words, 预计处理完成时间=f"{ahead:%Y-%m-%d} 18:00"))
    assert local(Complaint.objects.get().deadline_at, pudong) == f"{ahead:%Y-%m-%d} 18:00"


def test_a_newer_file_closes_an_untouched_case_and_an_older_one_does_not_open_it(pudong, wang):
    still_open = YY, yy(处理状态="处理中", 处理完成日期="", 结案日期="")
    bring_in(pudong, *still_open)
    assert outcome(bring_in(pudong, YY, yy())) == (0, 1, 0, 0)
    case = Complaint.objects.get()
    assert (case.state, case.deadline_at, case.resolution) == ("closed", None, "免费更换")
    bring_in(pudong, *still_open)
    assert Complaint.objects.get().state == "closed"


def test_what_somebody_here_works_on_stands(pudong, wang, zhou):
    bring_in(pudong, YY, yy(处理状态="待处理", 处理完成日期="", 结案日期=""))
    take_over(Complaint.objects.get(), by=zhou, now=timezone.now())
    batch = bring_in(pudong, YY, yy())
    assert outcome(batch) == (0, 0, 1, 0)
    assert remarks(batch) == [(2, "处理状态", "worked_on_here", "warning")]
    assert Complaint.objects.get().state == "handling"
    assert ComplaintNote.objects.count() == 1


def test_the_customer_is_the_complainant_else_the_owner_of_the_car(pudong, wang):
    bring_in(pudong, OWNERS, owner(2, name="李小明"))
    bring_in(
        pudong,
        YY,
        yy("T1", 投诉人姓名="没来过", 车主姓名=""),
        yy("T2", 投诉人姓名="李小明", 车牌号="沪A00002", 车主姓名=""),
    )
    names = dict(Complaint.objects.values_list("dms_no", "customer__name"))
    assert names == {"T1": "王雅丽", "T2": "李小明"}


@pytest.mark.parametrize("cells", [{"接单时间": ""}, {"接单时间": "2026-02-30"}, {"投诉编号": ""}])
def test_a_case_without_number_or_day_is_rejected(pudong, wang, cells):
    assert outcome(bring_in(pudong, YY, yy(**cells))) == (0, 0, 0, 1)
    assert not Complaint.objects.exists()


def test_an_undone_import_takes_its_cases_back_and_brings_them_again(pudong, wang):
    rows = YY, yy(处理状态="处理中", 处理完成日期="", 结案日期="")
    batch = bring_in(pudong, *rows)
    undo_now(batch, by=None)
    case = Complaint.objects.get()
    assert (case.is_void, case.state) == (True, "void")
    assert not Complaint.objects.open().exists() and not Complaint.objects.real().exists()
    assert outcome(bring_in(pudong, *rows)) == (1, 0, 0, 0)
    case = Complaint.objects.get()
    assert (case.is_void, case.state, case.summary) == (False, "handling", "刹车仍有异响")
    assert case.deadline_at is not None


def test_another_store_s_case_of_the_same_number_is_another(pudong, xuhui, wang):
    bring_in(xuhui, OWNERS, owner(1))
    bring_in(pudong, YY, yy())
    assert outcome(bring_in(xuhui, YY, yy(投诉摘要="别的"))) == (1, 0, 0, 0)
    assert Complaint.objects.get(store=pudong).summary == "刹车仍有异响"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("待处理", "received"), ("处理中", "handling"), ("待反馈", "handling"), ("待完结", "handling"), ("已关闭", "closed"), ("强制关闭", "closed"),
        ("驳回", "closed"), ("未结案", "handling"), ("已结案", "closed"), ("OEM申请结案", "solved"), ("OEM拒绝结案", "handling"),
    ],
)  # fmt: skip
def test_every_state_of_the_dms_is_known(pudong, wang, status, state):
    bring_in(pudong, YY, yy(处理状态=status, 结案日期=""))
    assert Complaint.objects.get().state == state


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("投诉编号", "dms_no"), ("请求编号", "dms_no"), ("投诉类型", "category"), ("请求类型", "category"), ("投诉人姓名", "name"),
        ("用户名", "name"), ("电话", "phone"), ("接单时间", "opened_at"), ("创建时间", "opened_at"), ("投诉下发时间", "opened_at"),
        ("客户经理", "adviser"), ("处理人", "handler"), ("责任技师", "technician"), ("处理状态", "status"), ("处理完成日期", "solved_at"),
        ("处理完时间", "solved_at"), ("发生部门", "department"), ("结案日期", "closed_at"), ("回访时间", "closed_at"), ("回访结果", "outcome"),
        ("投诉来源", "source"), ("信息来源", "source"), ("投诉摘要", "summary"), ("投诉原因", "cause"), ("解决方案", "resolution"),
        ("车主姓名", "owner_name"), ("车牌号", "plate"), ("重要程度", "severity"), ("是否处理完", "is_solved"), ("是否关闭", "is_closed"),
        ("预计处理完成时间", "due_at"), ("是否满意", "satisfied"), ("不满意的原因", "reason"),
    ],
)  # fmt: skip
def test_every_header_variant_is_known(header, field):
    sheet = get_sheet("complaints")
    places = known_headers(sheet)[normalise(header)]
    assert sheet.columns[places[0][0]].name == field
