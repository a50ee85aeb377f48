"""The page of one response and the panel of the customer page."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cvp.services import void_response
from tests.factories.customers import make_customer
from tests.factories.cvp import make_response


def read(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_the_page_words_the_answers_and_marks_the_dissatisfied_ones(login, li, wang, focus, now):
    response = make_response(wang, by=li, now=now, vehicle=focus, overall="4", fixed="2", hotline="1")
    text = read(login(li), "cvp:response", response.pk)
    for word in (
        "维修保养三日回访",
        "王雅丽",
        "沪A8F2K1",
        "李静",
        "2026-03-18 10:00",
        "有点不满意",
        "2 项回答不满意",
        "第 1 版",
    ):
        assert word in text
    assert text.count('<li class="is-alarm">') == 2


def test_an_undone_response_says_so(login, li, wang, now):
    response = make_response(wang, by=li, now=now)
    void_response(response)
    assert "已撤销，不计入统计" in read(login(li), "cvp:response", response.pk)


def test_the_panel_shows_the_key_answer_of_the_last_ones(login, li, wang, now, pudong):
    make_response(wang, by=li, now=now - dt.timedelta(days=30), overall="5", fixed="2")
    make_response(wang, by=li, now=now, code="sales_3dc", phone_right="1")
    void_response(make_response(wang, by=li, now=now, overall="3"))
    make_response(make_customer(pudong, name="陈志远"), by=li, now=now, overall="2")
    text = read(login(li), "cvp:customer_panel", wang.pk)
    assert "非常不满意" in text
    assert "2 项不满意" in text
    assert "关键题未回答" in text
    assert "比较满意" not in text, "undone"
    assert "非常满意" not in text, "another customer's"


def test_the_panel_of_somebody_never_asked_says_so(login, li, wang):
    assert "还没有回答过问卷" in read(login(li), "cvp:customer_panel", wang.pk)


def test_the_panel_stops_at_the_latest(login, li, wang, now):
    for day in range(7):
        make_response(wang, by=li, now=now - dt.timedelta(days=day))
    text = read(login(li), "cvp:customer_panel", wang.pk)
    assert text.count(reverse("cvp:response", args=[0]).replace("0/", "")) == 5
    assert "只显示最近几条" in text


def test_pages_cost_the_same_whatever_the_rows(login, li, wang, focus, now, django_assert_num_queries):
    client = login(li)
    short = make_response(wang, by=li, now=now, vehicle=focus, overall="1")
    read(client, "cvp:response", short.pk)  # the first page of a session writes the session
    with CaptureQueriesContext(connection) as one:
        read(client, "cvp:customer_panel", wang.pk)
        read(client, "cvp:response", short.pk)
    make_response(wang, by=li, now=now, vehicle=focus, overall="5", fixed="2", hotline="2")
    long = make_response(wang, by=li, now=now, vehicle=focus, overall="5", fixed="2", hotline="2")
    with django_assert_num_queries(len(one)):
        read(client, "cvp:customer_panel", wang.pk)
        read(client, "cvp:response", long.pk)
