"""The pages of complaints: list, case, steps, a new one, the panel."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from complaints.choices import ComplaintState
from complaints.models import Complaint
from complaints.services import add_note, take_over, withdraw_complaint
from complaints.views import cases as views
from tests.factories.complaints import change_state, make_complaint
from tests.factories.customers import make_customer, make_order, make_phone, make_vehicle


@pytest.fixture
def complaint(wang, focus, li):
    return make_complaint(wang, by=li, now=timezone.now(), vehicle=focus)


def page(client, name, *args, query="", **data):
    return client.get(reverse(name, args=args) + query, data)


def post(client, name, complaint, **data):
    return client.post(reverse(name, args=[complaint.pk]), data)


def numbers(response):
    return [row.number for row in response.context["page"].rows]


# --- List -----------------------------------------------------------------------------------------------------------
def test_the_list_shows_first_what_must_be_closed_first(login, li, wang):
    now = timezone.now()
    calm = make_complaint(wang, by=li, now=now)
    pressing = make_complaint(wang, by=li, now=now, origin="oem")
    late = make_complaint(wang, by=li, now=now - dt.timedelta(days=8))
    response = page(login(li), "complaints:list")
    assert numbers(response) == [late.number, pressing.number, calm.number]
    assert "首次回复：已超时" in response.content.decode()
    assert numbers(page(login(li), "complaints:list", scope="overdue")) == [late.number]


def test_the_list_knows_mine_and_all_and_never_the_withdrawn(login, li, chen, wang):
    now = timezone.now()
    mine, theirs, gone = (make_complaint(wang, by=li, now=now) for _ in range(3))
    take_over(mine, by=chen, now=now)
    withdraw_complaint(gone, by=li, now=now)
    assert numbers(page(login(chen), "complaints:list", scope="mine")) == [mine.number]
    assert numbers(page(login(chen), "complaints:list", scope="all")) == [theirs.number, mine.number]
    change_state(mine, ComplaintState.SOLVED, by=chen, now=now, resolution="好了")
    change_state(mine, ComplaintState.CLOSED, by=chen, now=now, unasked="书面确认")
    assert numbers(page(login(chen), "complaints:list", scope="mine")) == []
    assert "目前没有由您处理的投诉" in page(login(chen), "complaints:list", scope="mine").content.decode()
    assert numbers(page(login(chen), "complaints:list", scope="all")) == [theirs.number, mine.number]


def test_filters_narrow_and_nonsense_is_ignored(login, li, wang, pudong):
    now = timezone.now()
    hers = make_complaint(wang, by=li, now=now, severity="major", department="sales", cause="delivery")
    his = make_complaint(make_customer(pudong, name="陈志远"), by=li, now=now)
    client = login(li)
    assert numbers(page(client, "complaints:list", severity="major")) == [hers.number]
    assert numbers(page(client, "complaints:list", department="service")) == [his.number]
    assert numbers(page(client, "complaints:list", cause="delivery", q="雅丽")) == [hers.number]
    assert numbers(page(client, "complaints:list", q=his.number[-3:], department="service")) == [his.number]
    assert numbers(page(client, "complaints:list", q="没有这个人")) == []
    assert len(numbers(page(client, "complaints:list", severity="storm", scope="moon", after="x~y"))) == 2


def test_pages_follow_one_another_without_gap_or_repeat(login, li, wang, monkeypatch):
    monkeypatch.setattr(views, "PAGE_ROWS", 3)
    now = timezone.now()
    made = [
        make_complaint(wang, by=li, now=now, severity=s).number for s in ("normal", "major", "normal", "serious") * 2
    ]
    for scope in ("open", "all"):
        seen, after = [], ""
        while True:
            response = page(login(li), "complaints:list", scope=scope, after=after)
            seen += numbers(response)
            after = response.context["page"].next
            if not after:
                break
        assert sorted(seen) == sorted(made)


def test_the_other_store_is_not_listed(login, zhao, complaint):
    assert numbers(page(login(zhao), "complaints:list", scope="all")) == []


@pytest.mark.parametrize("scope", ["open", "all"])
def test_the_list_costs_the_same_whatever_the_rows(login, li, pudong, django_assert_num_queries, scope):
    client = login(li)

    def more(count):
        for _ in range(count):
            customer = make_customer(pudong, name="王雅丽", number="13812345678")
            take_over(
                make_complaint(customer, by=li, now=timezone.now(), vehicle=make_vehicle(customer)),
                by=li,
                now=timezone.now(),
            )

    more(1)
    page(client, "complaints:list")  # the first page of a session writes the session
    with CaptureQueriesContext(connection) as one:
        page(client, "complaints:list", scope=scope)
    more(2)
    with django_assert_num_queries(len(one)):
        page(client, "complaints:list", scope=scope)


# --- One case -------------------------------------------------------------------------------------------------------
def test_the_case_tells_who_what_and_until_when(login, li, complaint):
    text = page(login(li), "complaints:detail", complaint.pk).content.decode()
    for word in (complaint.number, "王雅丽", "沪A8F2K1", "回访电话", "李静", "待受理", "取车后异响还在"):
        assert word in text
    assert "138****5678" in text
    assert "13812345678" not in text


def test_a_case_costs_the_same_however_many_notes(login, li, complaint, django_assert_num_queries):
    client = login(li)
    add_note(complaint, "一", by=li, now=timezone.now())
    page(client, "complaints:list")  # the first page of a session writes the session
    with CaptureQueriesContext(connection) as one:
        page(client, "complaints:detail", complaint.pk)
    make_phone(complaint.customer, "13900001111")
    for text in "二三":
        add_note(complaint, text, by=li, now=timezone.now())
    with django_assert_num_queries(len(one)):
        page(client, "complaints:detail", complaint.pk)


def test_a_specialist_brings_it_to_solved_and_the_manager_closes_it(login, li, zhou, complaint):
    client = login(li)
    post(client, "complaints:take_over", complaint, seen=complaint.stamp)
    post(client, "complaints:note", complaint, text="约好周四试车。")
    complaint.refresh_from_db()
    answer = post(client, "complaints:solve", complaint, seen=complaint.stamp, resolution="换了胶套。")
    assert answer.status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == ComplaintState.SOLVED
    assert "由 DCRC 经理结案" in page(client, "complaints:detail", complaint.pk).content.decode()
    assert post(client, "complaints:close", complaint).status_code == 403
    refused = post(login(zhou), "complaints:close", complaint, seen=complaint.stamp, note="客户满意。")
    assert refused.status_code == 409
    assert "还没问过客户" in refused.content.decode()
    post(client, "complaints:asked", complaint, seen=complaint.stamp, note="不响了。")
    complaint.refresh_from_db()
    post(login(zhou), "complaints:close", complaint, seen=complaint.stamp, note="客户满意。")
    complaint.refresh_from_db()
    assert complaint.state == ComplaintState.CLOSED
    text = page(client, "complaints:detail", complaint.pk).content.decode()
    assert "按时解决" in text
    assert 'id="note_text"' not in text, "nothing can be added to a closed case"


def test_solving_without_words_says_so_beside_the_field(login, li, complaint):
    take_over(complaint, by=li, now=timezone.now())
    answer = post(login(li), "complaints:solve", complaint, seen=complaint.stamp, resolution=" ")
    assert answer.status_code == 422
    assert 'id="solve_resolution_error"' in answer.content.decode()
    complaint.refresh_from_db()
    assert complaint.state == ComplaintState.HANDLING


def test_who_is_too_late_is_told_and_keeps_the_words(login, li, chen, complaint):
    take_over(complaint, by=li, now=timezone.now())
    seen = complaint.stamp
    change_state(complaint, ComplaintState.SOLVED, by=li, now=timezone.now(), resolution="李静的办法")
    answer = post(login(chen), "complaints:solve", complaint, seen=seen, resolution="陈晨写了很久的办法")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "已有同事先处理：该投诉现为“已解决”，处理人：李静" in text
    assert "陈晨写了很久的办法" in text
    complaint.refresh_from_db()
    assert complaint.resolution == "李静的办法"


def test_a_reader_without_the_right_sees_no_forms(login, pudong, complaint):
    from tests.test_doors import person

    text = page(login(person(pudong, "complaints.view_complaint")), "complaints:detail", complaint.pk).content.decode()
    assert complaint.number in text
    assert reverse("complaints:note", args=[complaint.pk]) not in text
    assert reverse("complaints:take_over", args=[complaint.pk]) not in text


def test_what_people_write_is_shown_as_text(login, li, complaint):
    add_note(complaint, "<script>alert(1)</script>", by=li, now=timezone.now())
    text = page(login(li), "complaints:detail", complaint.pk).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


# --- A new one ------------------------------------------------------------------------------------------------------
def form_data(**fields):
    return {
        "summary": "等了两个小时没人理。",
        "cause": "waiting",
        "severity": "serious",
        "department": "service",
        "origin": "phone",
        **fields,
    }


def test_a_customer_calls_the_hotline_and_a_complaint_is_opened(login, li, wang, focus, today):
    order = make_order(focus, today)
    url = reverse("complaints:new") + f"?customer={wang.pk}"
    text = login(li).get(url).content.decode()
    assert "沪A8F2K1" in text
    assert order.order_no in text
    answer = login(li).post(url, form_data(repair_order=order.pk))
    complaint = Complaint.objects.get()
    assert answer["Location"] == reverse("complaints:detail", args=[complaint.pk])
    assert (complaint.customer, complaint.vehicle, complaint.repair_order, complaint.opened_by) == (
        wang,
        focus,
        order,
        li,
    )
    assert (complaint.origin, complaint.severity) == ("phone", "serious")


def test_an_order_about_another_car_is_refused(login, li, wang, focus, today):
    order = make_order(make_vehicle(wang), today)
    answer = login(li).post(
        reverse("complaints:new") + f"?customer={wang.pk}", form_data(repair_order=order.pk, vehicle=focus.pk)
    )
    assert answer.status_code == 422
    assert "这张工单属于另一辆车" in answer.content.decode()
    assert not Complaint.objects.exists()


def test_nothing_of_another_customer_can_be_chosen(login, li, wang, pudong, today):
    stranger = make_vehicle(make_customer(pudong, name="陈志远"))
    answer = login(li).post(reverse("complaints:new") + f"?customer={wang.pk}", form_data(vehicle=stranger.pk))
    assert answer.status_code == 422
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("wanted", ["", "?customer=", "?customer=abc", "?customer=0", "?customer=999999"])
def test_without_a_customer_there_is_no_page(login, li, wanted):
    assert login(li).get(reverse("complaints:new") + wanted).status_code == 404


def test_another_stores_customer_is_not_there(login, zhao, wang):
    url = reverse("complaints:new") + f"?customer={wang.pk}"
    assert login(zhao).get(url).status_code == 404
    assert login(zhao).post(url, form_data()).status_code == 404
    assert not Complaint.objects.exists()


# --- The panel of the customer page ---------------------------------------------------------------------------------
def test_the_panel_shows_her_complaints_and_opens_a_new_one(login, li, wang, complaint, pudong):
    other = make_complaint(make_customer(pudong, name="陈志远"), by=li, now=timezone.now())
    text = page(login(li), "complaints:customer_panel", wang.pk).content.decode()
    assert complaint.number in text
    assert other.number not in text
    assert f"{reverse('complaints:new')}?customer={wang.pk}" in text


def test_the_panel_of_a_calm_customer_says_so(login, li, wang):
    assert "没有投诉记录" in page(login(li), "complaints:customer_panel", wang.pk).content.decode()


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "投诉"), ("en", "Complaints")])
def test_both_languages(login, li, complaint, language, word):
    client = login(li)
    client.cookies["django_language"] = language
    assert f"<h1>{word}</h1>" in page(client, "complaints:list").content.decode()
