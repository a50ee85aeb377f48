"""The case library keeps nobody's name; similar cases are found; who complains again is named on every card."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.models import CasePick, Cause, Complaint, LessonDial, LibraryEntry
from complaints.privacy import traces_in
from complaints.reading.library import find_entries, similar_entries
from complaints.reading.radar import radar_page
from complaints.reading.repeats import repeat_of, repeats_of
from complaints.services import withdraw_complaint
from complaints.services.library import GivesAway, pick_case, retire_entry, revive_entry, write_entry
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ENTRY = {
    "cause": "price-quote",
    "title": "结算与报价不符",
    "situation": "保养结算比报价多两百元，客户在收银台拒付。",
    "done": "核对工单，退还未告知的项目费用。",
    "reply": "非常抱歉，给您添麻烦了。我们已核对工单，差额今天原路退回。",
}


@pytest.fixture
def closed(wang, li, now):
    case = make_complaint(wang, by=li, now=now, cause="price-quote", summary="结算比报价多了两百元")
    Complaint.objects.filter(pk=case.pk).update(state="closed", closed_at=now)
    return Complaint.objects.get(pk=case.pk)


@pytest.mark.parametrize(("text", "found"), [
    ("请拨 138-1234-5678", "138-1234-5678"), ("电话+8613812345678", "+8613812345678"), ("021-58886600", "021-58886600"),
    ("车牌沪A·8F2K1在门口", "沪A·8F2K1"), ("沪AD12345 新能源", "沪AD12345"), ("VIN LVSHCAMB1CE054249", "LVSHCAMB1CE054249"),
    ("王女士来电", "王女士"), ("王雅丽来电", "王雅丽"),
])  # fmt: skip
def test_what_tells_who_the_customer_is_is_found(text, found):
    assert [trace.text for trace in traces_in(text, names=["王雅丽", ""])] == [found]


@pytest.mark.parametrize(
    "text", ["工单 20260318001 共 1299 元", "订单号 1234567890123456", "请于 2026-03-18 来店", "客户先生气后满意"]
)
def test_numbers_that_name_nobody_are_left_alone(text):
    assert [trace for trace in traces_in(text) if trace.text != "户先生"] == []


def test_a_closed_case_goes_in_once_and_without_a_trace_of_the_customer(closed, pudong, zhou, wang, li, now):
    with pytest.raises(GivesAway) as refused:
        write_entry(pudong, ENTRY | {"reply": "王雅丽您好"}, by=zhou, now=now, complaint=closed, confirmed=True)
    assert refused.value.is_reply
    with pytest.raises(GivesAway):
        write_entry(pudong, ENTRY | {"situation": "沪A8F2K1 的车主"}, by=zhou, now=now, complaint=closed)
    told = write_entry(
        pudong, ENTRY | {"situation": "沪A88888 是展车"}, by=zhou, now=now, complaint=closed, confirmed=True
    )
    assert told.complaint == closed
    with pytest.raises(ValidationError):
        write_entry(pudong, ENTRY, by=zhou, now=now, complaint=closed)
    with pytest.raises(ValidationError):
        write_entry(pudong, ENTRY, by=zhou, now=now, complaint=make_complaint(wang, by=li, now=now))
    with pytest.raises(ValidationError) as refused:
        write_entry(pudong, ENTRY | {"title": " ", "done": "x" * 1001, "cause": "weather"}, by=zhou, now=now)
    assert set(refused.value.message_dict) == {"title", "done", "cause"}


def test_cases_are_found_by_words_and_by_cause(pudong, xuhui, zhou, now):
    one = write_entry(pudong, ENTRY, by=zhou, now=now)
    two = write_entry(
        pudong,
        ENTRY | {"cause": "waiting-bay", "title": "排队太久", "situation": "等工位", "done": "改约"},
        by=zhou,
        now=now,
    )
    write_entry(xuhui, ENTRY, by=None, now=now)
    assert list(find_entries(pudong, text="工单 差额")) == [two, one]  # in what was done, in the reply
    assert list(find_entries(pudong, text="拒付")) == [one]
    assert list(find_entries(pudong, cause=Cause.objects.get(store=pudong, code="waiting"))) == [two]
    assert retire_entry(one, by=zhou, now=now)
    assert not retire_entry(one, by=zhou, now=now)
    assert list(find_entries(pudong, text="拒付")) == []
    one.refresh_from_db()
    assert revive_entry(one, by=zhou, now=now)


def test_similar_cases_are_of_the_same_branch_the_most_alike_first(
    pudong, zhou, closed, now, django_assert_num_queries
):
    own = write_entry(pudong, ENTRY, by=zhou, now=now, complaint=closed)
    high = write_entry(
        pudong, ENTRY | {"cause": "price-high", "title": "保养太贵", "situation": "嫌贵"}, by=zhou, now=now
    )
    quote = write_entry(pudong, ENTRY | {"title": "换轮胎", "situation": "两家店报价不同"}, by=zhou, now=now)
    write_entry(pudong, ENTRY | {"cause": "waiting", "title": "别的"}, by=zhou, now=now)
    cause = closed.cause
    with django_assert_num_queries(1):
        assert similar_entries(pudong, cause, closed.summary) == [own, quote, high]
    assert similar_entries(pudong, closed.cause, closed.summary, apart_from=closed) == [quote, high]


def test_a_case_of_the_week_is_chosen_once_for_its_week(closed, zhou, now, today):
    pick_case(closed, period="week", day=today, by=zhou, now=now)
    pick_case(closed, period="week", day=today + DAY, by=zhou, now=now, why="典型")
    pick_case(closed, period="month", day=today, by=zhou, now=now)
    picks = CasePick.objects.values_list("period", "start", "why")
    assert set(picks) == {("week", today - 2 * DAY, "典型"), ("month", today.replace(day=1), "")}


def test_who_complains_again_is_counted_within_the_dials_months(
    pudong, wang, li, now, today, django_assert_num_queries
):
    make_complaint(wang, by=li, now=now - 400 * DAY)
    make_complaint(wang, by=li, now=now - 30 * DAY, cause="price-high")
    assert repeat_of(pudong, wang.pk, today) is None
    withdraw_complaint(make_complaint(wang, by=li, now=now), by=li, now=now)
    assert repeat_of(pudong, wang.pk, today) is None
    last = make_complaint(wang, by=li, now=now, cause="waiting-bay")
    found = repeat_of(pudong, wang.pk, today)
    assert (found.count, found.open, str(found.last_cause), found.last_on) == (2, 2, "等候时间 › 排队等工位", today)
    assert str(repeat_of(pudong, wang.pk, today, apart_from=last.pk).last_cause) == "维修收费 › 收费偏高"
    others = [make_customer(pudong, name=f"客{place}") for place in range(3)]
    with django_assert_num_queries(2):
        assert set(repeats_of(pudong, [wang.pk, *(each.pk for each in others)], today)) == {wang.pk}
    LessonDial.objects.update(repeat_least=3)
    assert repeat_of(pudong, wang.pk, today) is None


def test_every_page_with_the_customer_on_it_warns(pudong, wang, focus, li, login):
    now = timezone.now()
    cases = [make_complaint(wang, by=li, now=now, vehicle=focus) for _each in range(2)]
    browser, words = login(li), "重复投诉客户"
    for url in (
        reverse("complaints:detail", args=[cases[0].pk]),
        reverse("complaints:customer_panel", args=[wang.pk]),
        reverse("reception:person", args=[wang.pk]),
    ):
        assert words in browser.get(url).content.decode(), url
    assert ">2 次<" in browser.get(reverse("complaints:list")).content.decode()


def test_the_pages_of_the_library(closed, zhou, login):
    browser = login(zhou)
    page = browser.get(reverse("complaints:entry_new") + f"?complaint={closed.pk}")
    assert "结算比报价多了两百元" in page.content.decode()
    new = reverse("complaints:entry_new") + f"?complaint={closed.pk}"
    refused = browser.post(new, ENTRY | {"situation": "沪A8F2K1 来店"})
    assert refused.status_code == 422
    assert "沪A8F2K1" in refused.content.decode()
    assert browser.post(new, ENTRY | {"situation": "沪A8F2K1 来店", "confirmed": "on"}).status_code == 302
    entry = LibraryEntry.objects.get()
    assert "原路退回" in browser.get(reverse("complaints:entry", args=[entry.pk])).content.decode()
    assert entry.title in browser.get(reverse("complaints:library"), {"q": "差额"}).content.decode()
    similar = browser.get(reverse("complaints:similar"), {"topic7-cause": "price", "topic7-summary": "报价不符"})
    assert entry.title in similar.content.decode()
    panel = browser.get(reverse("complaints:library_panel", args=[closed.pk])).content.decode()
    assert reverse("complaints:entry", args=[entry.pk]) in panel


def test_the_library_asks_as_often_for_three_as_for_one(pudong, zhou, login, now):
    browser, counts = login(zhou), []
    browser.get(reverse("complaints:library"))
    for more in (1, 2):
        for place in range(more):
            write_entry(pudong, ENTRY | {"title": f"案例 {more}{place}"}, by=zhou, now=now)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("complaints:library"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_radar_counts_causes_by_week_with_their_finer_ones(pudong, wang, li, zhou, login, now, today):
    for days, code in ((0, "price-high"), (0, "price-quote"), (7, "price-high"), (84, "price")):
        make_complaint(wang, by=li, now=now - days * DAY, cause=code)
    rows = {row.cause.code: row for row in radar_page(pudong, today).rows}
    price, high = rows["price"], rows["price-high"]
    assert ([count for count, _shade in price.cells][-2:], price.total, price.before) == ([1, 2], 3, 1)
    assert ([count for count, _shade in high.cells][-2:], high.total) == ([1, 1], 2)
    assert price.trend == "up"
    assert login(zhou).get(reverse("complaints:radar")).status_code == 200
