"""The daily callback report: its numbers are figures and rows, the same on the page and in the workbook."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from audit.models import Access
from followups.models import Call, DueItem
from followups.services.claims import skip, take_card
from followups.services.undo import undo_visit
from followups.services.visits import Topic, log_attempt, save_visit
from tests.conftest import at
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer
from tests.factories.followups import make_bare_item, make_card
from tests.followups.desk import call, dialled, done


@pytest.fixture(autouse=True)
def _at_ten(now):
    with time_machine.travel(now, tick=False):
        yield


def blocks(report):
    """{code: {label: {figure: number}}}, the whole under None."""
    found = {}
    for filled in report.blocks:
        lines = {str(line.label): line for line in filled.lines} | {None: filled.total}
        found[filled.block.code] = {
            label: {cell.figure.code: cell.number for cell in line.cells} for label, line in lines.items()
        }
    return found


def listing(report, code):
    return next(found for found in report.listings if found.code == code)


def report_of(client, **query):
    return client.get(reverse("reports:callback"), query).context["report"]


def satisfied(store, person, *, today, now, key="1", **fields):
    card = make_card(store, today=today, now=now, **fields)
    item = card.customer.due_items.get()
    return call(card.customer, "done", by=person, now=now, topics=[done(item, overall=key)])


def whole_day(store, li, chen, *, today, now):
    """李: one satisfied at the first call, one dissatisfied at her second number, one not reached; 陈: one satisfied, one card put aside."""
    satisfied(store, li, today=today, now=now, name="满意一")
    second = make_card(store, today=today, now=now, name="不满意")
    busy = dialled(second.customer, "busy")
    item = second.customer.due_items.get()
    card = take_card(second.pk, user=li, now=now)

    log_attempt(card, busy, token=card.lease_token, by=li, now=now - dt.timedelta(minutes=1))
    save_visit(
        card,
        token=card.lease_token,
        by=li,
        now=now,
        attempt=dialled(second.customer, "done", note="说洗车不干净"),
        topics=[done(item, overall="5")],
    )
    missed = make_card(store, today=today, now=now)
    call(missed.customer, "no_answer", by=li, now=now)
    satisfied(store, chen, today=today, now=now, name="满意二")
    aside = make_card(store, today=today, now=now)
    taken = take_card(aside.pk, user=chen, now=now)
    skip(taken, token=taken.lease_token, by=chen, reason="no_number", note="号码要先问销售", now=now)
    make_complaint(make_customer(store, name="投诉人"), by=chen, now=now)
    late = make_customer(store, name="逾期人")
    make_bare_item(late, due_on=today - dt.timedelta(days=2), now=now, rule="delivery_3dc")
    make_bare_item(late, due_on=today - dt.timedelta(days=9), now=now, rule="delivery_7dc")


def test_the_day_by_hand(login, zhou, li, chen, pudong, today, now):
    whole_day(pudong, li, chen, today=today, now=now)
    report = report_of(login(zhou))
    found = blocks(report)
    work = ("calls", "customers_called", "customers_spoken", "topics_dialled", "topics_connected", "topics_effective")
    assert found["people"]["李静"] == dict(zip(work, (4, 3, 2, 3, 2, 2), strict=True)) | {"topics_first_call": 1}
    assert found["people"]["陈晨"] == dict(zip(work, (1, 1, 1, 1, 1, 1), strict=True)) | {"topics_first_call": 1}
    due = {"due": 5, "dialled": 4, "connected": 3, "effective": 3, "first_call": 2, "overdue_then": 2}
    assert found["due"][None] == due
    assert found["results"][None] == {"outcomes": 5}
    assert {label: line["outcomes"] for label, line in found["results"].items() if label} == {
        "接通 · 完成": 3,
        "未接通 · 无人接听": 1,
        "未接通 · 占线": 1,
    }
    assert found["answers"][None] == {"answered": 3, "satisfied": 2, "dissatisfied": 1}
    assert [line["overdue_then"] for label, line in found["overdue"].items() if label] == [1, 1]
    assert found["skipped"][None] == {"skipped": 1}
    assert [row.cells[0] for row in listing(report, "words").rows] == ["不满意"]
    assert "说洗车不干净" in listing(report, "words").rows[0].cells
    assert [row.cells[0] for row in listing(report, "complaints").rows] == ["投诉人"]
    assert [row.cells[0] for row in listing(report, "oldest").rows] == ["逾期人", "逾期人"]
    assert [row.cells[4] for row in listing(report, "oldest").rows] == ["9", "2"]
    assert "号码要先问销售" in listing(report, "aside").rows[0].cells


@pytest.mark.parametrize("period", ["day", "week", "month"])
@pytest.mark.parametrize("whose", ["store", "li"])
def test_every_number_opens_exactly_its_rows(login, zhou, li, chen, zhao, pudong, xuhui, today, now, period, whose):
    whole_day(pudong, li, chen, today=today, now=now)
    satisfied(xuhui, zhao, today=today, now=now)
    client = login(zhou)
    report = report_of(client, period=period, **({"person": li.pk} if whose == "li" else {}))
    tried = 0
    for filled in report.blocks:
        for line in [*filled.lines, filled.total]:
            for cell in line.cells:
                if cell.number:
                    opened = client.get(cell.url)
                    assert (opened.context["count"], len(opened.context["rows"])) == (cell.number,) * 2, cell.url
                    tried += 1
    assert tried > (40 if whose == "store" else 12)


def test_one_persons_report_holds_only_her_work(login, zhou, li, chen, pudong, today, now):
    whole_day(pudong, li, chen, today=today, now=now)
    report = report_of(login(zhou), person=chen.pk)
    found = blocks(report)
    assert found["work"][None] == {
        "topics_dialled": 1,
        "topics_connected": 1,
        "topics_effective": 1,
        "topics_first_call": 1,
    }
    assert "due" not in found
    assert "overdue" not in found
    assert found["answers"][None] == {"answered": 1, "satisfied": 1, "dissatisfied": 0}
    assert listing(report, "words").rows == []
    assert [row.cells[0] for row in listing(report, "complaints").rows] == ["投诉人"]


def test_promises_are_judged_by_the_agreed_moment(login, zhou, li, pudong, today, now):
    """Two are due today: one dialled within the grace, one an hour late; a third was given for tomorrow."""
    for name, hour, minute in (("按时", 14, 10), ("晚了", 15, 0), ("明天", None, None)):
        card = make_card(pudong, today=today, now=now, name=name)
        item = card.customer.due_items.get()
        agreed = at(pudong, today, 14) if hour else at(pudong, today + dt.timedelta(days=1), 14)
        promise = [Topic(item.pk, "call_back", promise_at=agreed)]
        call(card.customer, "call_back", by=li, now=now, topics=promise)
        if hour:
            kept = DueItem.objects.get(customer=card.customer, rule="promise")
            call(card.customer, "done", by=li, now=at(pudong, today, hour, minute), topics=[done(kept)])
    promises = {"promises_given": 3, "promises_due": 2, "promises_kept": 1, "promises_late": 1, "promises_waiting": 0}
    with time_machine.travel(at(pudong, today, 18), tick=False):
        report = report_of(login(zhou))
    assert blocks(report)["promises"] == {"李静": promises, None: promises}
    assert [row.cells[0] for row in listing(report, "broken").rows] == ["晚了"]
    with time_machine.travel(at(pudong, today + dt.timedelta(days=1), 18), tick=False):
        report = report_of(login(zhou))
    assert blocks(report)["promises"][None]["promises_waiting"] == 1


def test_a_past_day_keeps_its_overdue_topics(login, zhou, li, pudong, today, now):
    """What was overdue then and is settled today still counts there; what became overdue since does not."""
    yesterday = today - dt.timedelta(days=1)
    customer = make_customer(pudong)
    settled = make_bare_item(customer, due_on=today - dt.timedelta(days=3), now=now, state="done", closed_at=now)
    long_ago = now - dt.timedelta(days=2)
    make_bare_item(customer, due_on=today - dt.timedelta(days=3), now=now, state="done", closed_at=long_ago)
    since = make_bare_item(customer, due_on=yesterday, now=now)
    DueItem.objects.update(created_at=now - dt.timedelta(days=10))
    client = login(zhou)
    before = client.get(reverse("reports:rows"), {"figure": "overdue_then", "period": "day", "day": str(yesterday)})
    assert [row.item for row in before.context["rows"]] == [settled]
    after = client.get(reverse("reports:rows"), {"figure": "overdue_then", "period": "day", "day": str(today)})
    assert [row.item for row in after.context["rows"]] == [since]
    text = client.get(reverse("reports:callback"), {"day": str(yesterday)}).content.decode()
    assert "哪些以后还会变" in text


def test_an_undone_call_leaves_the_report(login, zhou, li, pudong, today, now):
    made = satisfied(pudong, li, today=today, now=now, key="5", name="撤销的")
    assert blocks(report_of(login(zhou)))["answers"][None]["dissatisfied"] == 1
    undo_visit(made, by=li, now=now + dt.timedelta(minutes=1))
    report = report_of(login(zhou))
    assert blocks(report)["answers"][None] == {"answered": 0, "satisfied": 0, "dissatisfied": 0}
    assert blocks(report)["people"][None]["customers_called"] == 0
    assert listing(report, "words").rows == []


def test_the_workbook_tells_what_the_page_tells(login, zhou, li, chen, pudong, today, now):
    whole_day(pudong, li, chen, today=today, now=now)
    client = login(zhou)
    report = report_of(client, period="week")
    answer = client.post(reverse("reports:callback_export"), {"period": "week", "day": str(today), "person": ""})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["日回访报表", "指标口径"]
    rows = [[cell for cell in row if cell != ""] for row in book.get_sheet_by_index(0).to_python()]
    for filled in report.blocks:
        for line in filled.lines:
            numbers = []
            for cell in line.cells:
                numbers += [cell.number] + ([cell.share] if cell.figure.of and cell.share is not None else [])
            assert [str(line.label), *map(float, numbers)] in rows, (filled.block.code, str(line.label))
    for found in report.listings:
        for row in found.rows:
            assert [str(cell) for cell in row.cells if cell] in rows
    words = {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python() if len(row) > 1}
    for figure in report.figures:
        assert words[str(figure.label)] == str(figure.formula)


def test_nothing_a_customer_said_is_reckoned_by_excel(login, zhou, li, pudong, today, now):
    make_complaint(make_customer(pudong, name='=HYPERLINK("http://x")'), by=li, now=now, summary="@SUM(1+1)*cmd")
    content = login(zhou).post(reverse("reports:callback_export")).content
    cells = {
        cell
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        for cell in row
    }
    assert '\'=HYPERLINK("http://x")' in cells
    assert "'@SUM(1+1)*cmd" in cells


def test_an_export_leaves_its_lines(login, zhou, li, pudong, today, now):
    customer = make_customer(pudong, name="投诉人")
    make_complaint(customer, by=li, now=now)
    client = login(zhou)
    client.get(reverse("reports:callback"))
    assert not Access.objects.filter(kind="export").exists()
    client.post(reverse("reports:callback_export"), {"day": str(today), "period": "month"})
    lines = Access.objects.filter(kind="export", actor_id=zhou.pk).order_by("pk")
    assert [(line.model, line.object_id) for line in lines] == [
        ("accounts.store", pudong.pk),
        ("customers.customer", customer.pk),
    ]
    assert lines[0].params == {
        "sheet": "callback_report",
        "day": str(today),
        "period": "month",
        "person": None,
        "full": False,
    }


def test_the_other_store_is_not_in_it(login, zhou, zhao, xuhui, today, now):
    satisfied(xuhui, zhao, today=today, now=now, key="5", name="徐汇客户")
    make_complaint(make_customer(xuhui, name="徐汇投诉"), by=zhao, now=now)
    client = login(zhou)
    response = client.get(reverse("reports:callback"), {"person": zhao.pk})
    text = response.content.decode()
    assert response.context["report"].person is None
    assert "选择一个有效的选项" in text
    for words in ("徐汇客户", "徐汇投诉", "赵磊"):
        assert words not in text
    assert all(cell.number == 0 for filled in response.context["report"].blocks for cell in filled.total.cells)


@pytest.mark.parametrize(("day", "fault"), [("2026-03-19", "这一天还没有到。"), ("gestern", "输入一个有效的日期。")])
def test_a_day_that_cannot_be_is_told_at_the_field(login, zhou, day, fault, today):
    response = login(zhou).get(reverse("reports:callback"), {"day": day})
    assert fault in response.content.decode()
    assert response.context["report"].scope.end == today
    assert login(zhou).get(reverse("reports:rows"), {"figure": "due", "period": "day", "day": "x"}).status_code == 404


def test_somebody_without_a_store_has_none(login, db):
    from accounts.choices import Role
    from accounts.services import create_account
    from tests.conftest import PASSWORD

    boss = create_account(username="hq", full_name="总部", role=Role.MANAGER, store=None, password=PASSWORD)
    assert login(boss).get(reverse("reports:callback")).status_code == 403


def test_it_costs_the_same_whatever_the_rows(login, zhou, li, chen, pudong, today, now, django_assert_num_queries):
    client = login(zhou)
    whole_day(pudong, li, chen, today=today, now=now)
    client.get(reverse("reports:callback"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("reports:callback"))
    for _ in range(2):
        whole_day(pudong, li, chen, today=today, now=now)
    assert Call.objects.count() > 10
    with django_assert_num_queries(len(one)):
        client.get(reverse("reports:callback"))


def test_a_specialist_reads_her_own_calls_and_nobody_elses(login, li, chen, pudong, today, now):
    for person in (li, chen, chen):
        customer = make_card(pudong, today=today, now=now).customer
        call(customer, "done", by=person, now=now, topics=[done(customer.due_items.get())])
    page = login(li).get(reverse("reports:callback"), {"person": chen.pk})
    report = page.context["report"]
    assert report.person == li
    assert blocks(report)["work"][None]["topics_dialled"] == 1
    assert reverse("reports:rows") not in page.content.decode()  # what she may not open is no link
    assert login(li).post(reverse("reports:callback_export")).status_code == 403
