"""A complaint from the dissatisfied call to its end, in a real browser: warned before the deadline, escalated once, solved with a photo,
asked again, closed. The clock is moved by the hour, nobody sleeps.

`Case` holds the people and the clock, so that what comes after the end (a cause that returns, the reopening) can go on from
`test_…`'s last line with the same case.
"""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from complaints.models import Complaint
from complaints.services.ladder import watch
from complaints.tasks import watch_complaints
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.complaints.people import hire
from tests.factories.followups import make_item
from tests.factories.office import HEADS
from tests.journeys.test_thin_day import call_dissatisfied

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "保养等了三个小时,没有人告知进度"


class Case:
    """The store's people and the clock."""

    def __init__(self, page_as, store, traveller, **people):
        self.page_as, self.store, self.clock = page_as, store, traveller
        self.people = people

    @property
    def row(self):
        return Complaint.objects.get()

    def at(self, moment):
        """It is `moment` now; the job looks twice, as it may."""
        self.clock.move_to(moment)
        watch_complaints()
        assert watch(self.store, now=moment) == {}

    def page(self, name, path="/"):
        """A fresh login: sessions of before the clock was moved have ended."""
        return self.page_as(self.people[name], path)

    def open(self, name):
        return self.page(name, reverse("complaints:detail", args=[self.row.pk]))

    def bell(self, name):
        return self.page(name, reverse("office:notices")).locator("main")


@pytest.fixture
def clock(pudong):
    """Tomorrow 10:00 of the store: after the browser's own clock, so that session cookies live."""
    day = pudong.day_of(dt.datetime.now(dt.UTC)) + dt.timedelta(days=1)
    with time_machine.travel(dt.datetime.combine(day, dt.time(10, 0), tzinfo=pudong.zone), tick=True) as traveller:
        yield traveller


@pytest.fixture
def case(page_as, pudong, clock, li, zhou):
    gao, he = hire(pudong, "gao", "he")
    return Case(page_as, pudong, clock, li=li, zhou=zhou, gao=gao, he=he)


def test_from_the_dissatisfied_call_to_the_end(case, pudong, wang, clock):
    now = dt.datetime.now(pudong.zone)
    make_item(wang, rule="service_3dc", today=now.date(), now=now)
    hers = case.page("li", "/calls/")
    hers.keyboard.press("n")
    expect(hers.locator("#desk-form")).to_be_visible()
    call_dissatisfied(hers, WORDS)
    expect(hers.locator("#desk-form")).to_have_count(0)
    opened = case.row
    assert (opened.summary, opened.state, opened.origin) == (WORDS, "received", "call")

    # The manager says who handles it; the handler sees it on a page of his own, with the time that is left.
    boss = case.open("zhou")
    boss.locator("#steps summary").get_by_text("派单", exact=True).click()
    boss.get_by_label("处理人").select_option(label="高建国 · 售后服务")
    boss.get_by_role("button", name="派单").click()
    expect(boss.locator("main")).to_contain_text("已派单并通知处理人")
    his = case.page("gao")
    expect(his.locator(".part-running")).to_contain_text("首次回复：剩余")
    assert (serious_findings(his), overflow(his)) == ([], 0)

    # He is warned before the deadline, once; when it has passed he is told, then, once, the head of his department.
    due = opened.answer_due_at
    case.at(due - dt.timedelta(minutes=20))
    expect(case.bell("gao")).to_contain_text(f"投诉 {opened.number}：首次回复须在")
    case.at(due + dt.timedelta(hours=4))
    expect(case.bell("he")).to_contain_text(f"贵部门的投诉 {opened.number} 超时")
    assert case.people["zhou"].notices.filter(code__startswith="complaint_rung").count() == 0

    # He answers, with a photo, and solves it; the notice presses nobody any more.
    his = case.open("gao")
    his.locator(".add-note").get_by_label("记录").fill("已致电致歉，并说明等候原因。")
    his.locator(".add-note").get_by_label("对客户说").check()
    photo = {"name": "现场.png", "mimeType": "image/png", "buffer": HEADS["png"]}
    his.locator(".add-note input[type=file]").set_input_files(photo)
    his.get_by_role("button", name="添加记录").click()
    expect(his.locator(".to-customer")).to_contain_text("现场.png")
    his.get_by_label("解决方案").fill("赠送洗车一次，调整预约排班。")
    his.get_by_role("button", name="标记为已解决").click()
    expect(his.locator("main")).to_contain_text("再次回访：剩余")
    assert not case.people["he"].notices.filter(resolved_at=None, code="complaint_rung_2").exists()

    # 李静 asks the customer again, the manager closes.
    hers = case.open("li")
    hers.get_by_label("客户对解决方案的意见").fill("可以，谢谢。")
    hers.get_by_role("button", name="客户满意").click()
    expect(hers.locator(".state-bar .here")).to_have_text("客户已确认")
    boss = case.open("zhou")
    boss.get_by_role("button", name="结案", exact=True).click()
    expect(boss.locator(".state-bar .here")).to_have_text("已结案")
    assert case.row.state == "closed"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_pages_are_readable_for_everybody(page_as, pudong, wang, li, zhou, size):
    from tests.factories.complaints import make_complaint

    case = make_complaint(wang, by=li, now=dt.datetime.now(dt.UTC), emergency="fire", wish="赔偿" * 40)
    page = page_as(zhou, size=size)
    for name, args in (("list", []), ("glance", []), ("clocks", []), ("stranger", []), ("detail", [case.pk])):
        page.goto(reverse(f"complaints:{name}", args=args))
        for details in page.locator("main details").all():
            details.evaluate("each => each.open = true")
        assert (serious_findings(page), overflow(page)) == ([], 0), name
