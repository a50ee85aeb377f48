"""The manager's page: every number opens as many rows as it says."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.services import create_account
from tests.conftest import PASSWORD
from tests.factories.customers import make_customer
from tests.factories.followups import make_bare_item, make_card
from tests.followups.desk import call, done


@pytest.fixture(autouse=True)
def _at_ten(now):
    with time_machine.travel(now, tick=False):
        yield


def busy_day(store, people, *, today, now, cards=2):
    """Each of `people` completes one call, misses one, and leaves others; with something late and something of last week."""
    for person in people:
        satisfied = make_card(store, today=today, now=now)
        call(satisfied.customer, "done", by=person, now=now, topics=[done(satisfied.customer.due_items.get())])
        missed = make_card(store, today=today, now=now)
        call(missed.customer, "no_answer", by=person, now=now)
    for _ in range(cards):
        customer = make_customer(store, number="13812345678")
        make_bare_item(customer, due_on=today, now=now, rule="delivery_3dc")
        make_bare_item(customer, due_on=today - dt.timedelta(days=1), now=now, rule="delivery_7dc")
        make_bare_item(customer, due_on=today - dt.timedelta(days=7), now=now, rule="promise", state="expired")
        make_bare_item(customer, due_on=today, now=now, rule="manual", state="obsolete")


def cells(response):
    for period in response.context["periods"]:
        for table in period.tables:
            for line in [*table.lines, table.total]:
                yield from line.cells


def test_every_number_opens_exactly_its_rows(login, zhou, li, chen, pudong, xuhui, zhao, today, now):
    busy_day(pudong, [li, chen], today=today, now=now)
    busy_day(xuhui, [zhao], today=today, now=now)
    client = login(zhou)
    tried = 0
    for cell in cells(client.get(reverse("reports:day"))):
        if not cell.number:
            assert cell.url == ""
            continue
        opened = client.get(cell.url)
        assert (opened.context["count"], len(opened.context["rows"])) == (cell.number, cell.number), cell.url
        tried += 1
    assert tried > 40


def test_the_page_tells_the_day(login, zhou, li, pudong, today, now):
    busy_day(pudong, [li], today=today, now=now)
    response = login(zhou).get(reverse("reports:day"))
    today_page, month_page = response.context["periods"]
    by_rule, by_person, *_others = today_page.tables
    assert {cell.figure.code: cell.number for cell in by_rule.total.cells} == {
        "due": 4,
        "dialled": 2,
        "connected": 1,
        "effective": 1,
        "overdue": 2,
    }
    assert [cell.share for cell in by_rule.total.cells] == [None, 50, 25, 25, None]
    assert [(line.label, [cell.number for cell in line.cells]) for line in by_person.lines] == [("李静", [2, 2, 1, 1])]
    assert month_page.scope.start == today.replace(day=1)
    assert {cell.figure.code: cell.number for cell in month_page.tables[0].total.cells} == {
        "due": 8,
        "dialled": 2,
        "connected": 1,
        "effective": 1,
    }
    text = response.content.decode()
    assert "李静" in text
    assert "车主或使用人回答了" in text, "the formula is printed"


def test_a_number_leads_down_to_the_call_with_the_phone_masked(login, zhou, li, pudong, today, now):
    card = make_card(pudong, today=today, now=now, name="王雅丽", number="13812345678")
    made = call(card.customer, "done", by=li, now=now, topics=[done(card.customer.due_items.get())])
    client = login(zhou)
    for figure in ("effective", "calls"):
        text = client.get(reverse("reports:rows"), {"figure": figure, "period": "today"}).content.decode()
        assert reverse("followups:call", args=[made.pk]) in text
        assert "王雅丽" in text
        assert "138****5678" in text
        assert "13812345678" not in text
    assert client.get(reverse("followups:call", args=[made.pk])).status_code == 200


def test_the_last_call_of_a_topic_is_the_last_that_stands(login, zhou, li, chen, pudong, today, now):
    card = make_card(pudong, today=today, now=now)
    first = call(card.customer, "no_answer", by=li, now=now - dt.timedelta(hours=2))
    second = call(card.customer, "no_answer", by=chen, now=now - dt.timedelta(hours=1))
    url = reverse("reports:rows")
    opened = login(zhou).get(url, {"figure": "dialled", "period": "today"})
    assert [row.last for row in opened.context["rows"]] == [second]
    type(second).objects.filter(pk=second.pk).update(undone_at=now)
    opened = login(zhou).get(url, {"figure": "dialled", "period": "today"})
    assert [row.last for row in opened.context["rows"]] == [first]


def test_the_other_store_is_not_counted_nor_opened_nor_named(login, zhou, zhao, xuhui, today, now):
    busy_day(xuhui, [zhao], today=today, now=now)
    client = login(zhou)
    response = client.get(reverse("reports:day"))
    assert all(cell.number == 0 for cell in cells(response))
    opened = client.get(reverse("reports:rows"), {"figure": "calls", "period": "month", "person": zhao.pk})
    assert opened.context["rows"] == []
    assert "赵磊" not in response.content.decode() + opened.content.decode()


def test_an_empty_day_says_so(login, zhou):
    text = login(zhou).get(reverse("reports:day")).content.decode()
    assert text.count("没有到期的回访") == 2
    assert text.count("还没有人拨打电话") == 2


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"figure": "due"},
        {"figure": "weather", "period": "today"},
        {"figure": "due", "period": "century"},
        {"figure": "calls", "period": "today", "person": "abc"},
    ],
)
def test_a_number_that_nobody_shows_is_not_there(login, zhou, query):
    assert login(zhou).get(reverse("reports:rows"), query).status_code == 404


@pytest.mark.parametrize("person", ["0", "-1", "9" * 30])
def test_nobody_of_that_number_has_no_rows(login, zhou, person):
    response = login(zhou).get(reverse("reports:rows"), {"figure": "calls", "period": "today", "person": person})
    if response.status_code != 404:
        assert response.context["rows"] == []


def test_somebody_without_a_store_sees_no_figures(login, db):
    boss = create_account(username="hq", full_name="总部", role=Role.ADMINISTRATOR, store=None, password=PASSWORD)
    assert "您不属于任何门店" in login(boss).get(reverse("reports:day")).content.decode()
    query = {"figure": "due", "period": "today"}
    assert login(boss).get(reverse("reports:rows"), query).status_code == 404


def test_the_page_costs_the_same_whatever_the_rows(login, zhou, li, pudong, today, now, django_assert_num_queries):
    client = login(zhou)
    busy_day(pudong, [li], today=today, now=now, cards=1)
    urls = [reverse("reports:day")] + [
        f"{reverse('reports:rows')}?figure={figure}&period=month" for figure in ("due", "calls", "topics_dialled")
    ]
    client.get(urls[0])  # the first page of a session writes the session
    with CaptureQueriesContext(connection) as one:
        for url in urls:
            client.get(url)
    more = [
        create_account(username=f"s{n}", full_name=f"专员{n}", role=Role.SPECIALIST, store=pudong, password=PASSWORD)
        for n in range(2)
    ]
    busy_day(pudong, [li, *more], today=today, now=now, cards=3)
    with django_assert_num_queries(len(one)):
        for url in urls:
            client.get(url)


def test_long_lists_are_paged(login, zhou, pudong, today, now):
    customer = make_customer(pudong)
    for _ in range(53):
        make_bare_item(customer, due_on=today, now=now)
    client = login(zhou)
    first = client.get(reverse("reports:rows"), {"figure": "due", "period": "today"})
    assert (first.context["count"], len(first.context["rows"])) == (53, 50)
    link = re.search(r'rel="next" href="([^"]+)"', first.content.decode()).group(1).replace("&amp;", "&")
    second = client.get(reverse("reports:rows") + link)
    ids = {row.item.pk for row in [*first.context["rows"], *second.context["rows"]]}
    assert len(ids) == 53
