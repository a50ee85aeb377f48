"""The desk: the day's list, the search box, one person; what is typed wrong is told and nothing is lost."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.services import create_account
from complaints.models import Complaint
from customers.models import CarePlan, Contact, Customer, Phone, Policy
from cvp.models import Response
from reception.models import AddedWork, AddedWorkDecision, Arrival, LoungeNote
from reception.services import decide, mark_left
from tests.conftest import PASSWORD
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_conflict, make_customer, make_order, make_vehicle
from tests.factories.followups import make_item
from tests.factories.reception import make_arrival, make_expected, make_note, make_work
from tests.followups.desk import again, version_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_ten(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def fang(pudong):
    """The reception."""
    return create_account(username="fang", full_name="方婷", role=Role.RECEPTION, store=pudong, password=PASSWORD)


@pytest.fixture
def desk(login, fang):
    return login(fang)


def board(client):
    return client.get(reverse("reception:board")).context["board"]


def names(lines):
    return [line.customer.name for line in lines]


def page(client, customer):
    return client.get(reverse("reception:person", args=[customer.pk]))


def post(client, name, *args, **data):
    return client.post(reverse(f"reception:{name}", args=args), data)


# --- The day's list ---------------------------------------------------------------------------------------------------
def test_the_reception_lands_on_its_list_and_rings_nobody(desk, fang):
    assert desk.get("/", follow=True).redirect_chain[-1][0] == reverse("reception:board")
    assert "今天没有预计到店的客户" in desk.get(reverse("reception:board")).text
    assert not fang.has_perm("followups.work_queue") and not fang.has_perm("complaints.close_complaint")


def test_everybody_stands_in_one_place(desk, pudong, li, today, now):
    people = {
        name: make_customer(pudong, name=name)
        for name in ("预计", "在店", "已走", "开单", "结算", "留车", "昨天", "旧单")
    }
    cars = {name: make_vehicle(person) for name, person in people.items()}
    make_expected(people["预计"], day=today, time=dt.time(14), by=li, now=now)
    make_arrival(people["在店"], by=li, now=now)
    mark_left(make_arrival(people["已走"], by=li, now=now), by=li, now=now)
    make_order(cars["开单"], today, settled_on=None)
    make_order(cars["结算"], today)
    mark_left(make_arrival(people["留车"], vehicle=cars["留车"], by=li, now=now), by=li, now=now)
    make_order(cars["留车"], today, settled_on=None)
    make_order(cars["昨天"], today - dt.timedelta(days=1), settled_on=None)
    make_order(cars["旧单"], today - dt.timedelta(days=400), settled_on=None)
    day = board(desk)
    assert names(day.expected) == ["预计"]
    assert sorted(names(day.here)) == ["在店", "开单"]
    assert sorted(names(day.left)) == ["已走", "结算"]
    assert sorted(names(day.workshop)) == ["昨天", "留车"]


def test_an_order_and_the_arrival_it_belongs_to_are_one_line(desk, wang, focus, li, today, now):
    make_arrival(wang, vehicle=focus, by=li, now=now)
    driver = make_customer(wang.store, name="刘洋", stage="contact")
    make_order(focus, today, settled_on=None, bringer=driver)
    assert names(board(desk).here) == ["王雅丽"]
    assert board(desk).here[0].order is not None


def test_whoever_brought_the_car_is_the_one_who_came(desk, wang, focus, today):
    driver = make_customer(wang.store, name="刘洋", stage="contact")
    make_order(focus, today, settled_on=None, bringer=driver)
    assert names(board(desk).here) == ["刘洋"]


def test_the_list_tells_what_waits_for_each(desk, wang, li, today, now):
    arrival = make_arrival(wang, by=li, now=now)
    make_item(wang, today=today, now=now)
    make_complaint(wang, by=li, now=now)
    make_note(arrival, by=li, now=now)
    make_work(wang, by=li, now=now)
    line = board(desk).here[0]
    assert (line.topics, line.complaints, line.notes, line.pending, line.checks) == (1, 1, 1, 1, 2)
    assert "138****5678" in desk.get(reverse("reception:board")).text
    assert "13812345678" not in desk.get(reverse("reception:board")).text


def test_another_stores_customers_are_not_on_the_list(desk, xuhui, zhao, today, now):
    theirs = make_customer(xuhui, name="孙宁", number="13912345678")
    make_expected(theirs, day=today, by=zhao, now=now)
    make_order(make_vehicle(theirs), today, settled_on=None)
    assert board(desk).is_empty
    assert "孙宁" not in desk.get(reverse("reception:search"), {"q": "5678"}).text


def test_a_person_without_a_store_sees_an_empty_list(login):
    boss = create_account(username="hq", full_name="总部", role=Role.MANAGER, store=None, password=PASSWORD)
    assert board(login(boss)).is_empty


def test_the_list_costs_the_same_for_one_and_for_three(desk, pudong, li, today, now):
    def full_day(name):
        for kind in ("expected", "here", "order"):
            customer = make_customer(pudong, name=f"{name}{kind}", number="13812345678", address="老地址")
            make_item(customer, today=today, now=now)
            make_conflict(customer, "address", "老地址", "新地址")
            make_complaint(customer, by=li, now=now)
            if kind == "expected":
                make_expected(customer, day=today, by=li, now=now)
            elif kind == "here":
                make_note(make_arrival(customer, by=li, now=now), by=li, now=now)
            else:
                make_order(customer.vehicles.get(), today, settled_on=None)

    def queries():
        desk.get(reverse("reception:board"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            desk.get(reverse("reception:board"))
        return len(captured)

    full_day("一")
    one = queries()
    full_day("二")
    full_day("三")
    assert queries() == one < 25


# --- The search box -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["8F2K1", "5678", "王雅丽", "054249", "wyl"])
def test_one_person_found_is_opened_at_once(text, desk, wang, focus):
    Customer.objects.filter(pk=wang.pk).update(pinyin="wangyali", initials="wyl")
    answer = desk.get(reverse("reception:search"), {"q": text})
    assert answer.status_code == 302 and answer["Location"] == reverse("reception:person", args=[wang.pk])


def test_several_are_listed_and_none_is_said_so(desk, wang, pudong):
    make_customer(pudong, name="王雅丽", number="13912345678")
    assert desk.get(reverse("reception:search"), {"q": "5678"}).text.count("data-line") == 2
    while_typing = desk.get(reverse("reception:search"), {"q": "5678"}, headers={"HX-Request": "true"}).text
    assert while_typing.count("data-line") == 2 and "<html" not in while_typing
    assert "没有找到" in desk.get(reverse("reception:search"), {"q": "9999"}).text


# --- One person -------------------------------------------------------------------------------------------------------
def test_what_to_verify_and_what_ends(desk, wang, focus, today, now):
    make_conflict(wang, "address", "世纪大道1号", "张杨路2号")
    Phone.objects.update(state="wrong")
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today)
    CarePlan.objects.create(
        store=wang.store,
        vehicle=focus,
        customer=wang,
        warranty_ends_on=today + dt.timedelta(days=20),
        inspection_on=today + dt.timedelta(days=300),
    )
    for cover, days in (("commercial", 10), ("compulsory", -100)):
        Policy.objects.create(
            store=wang.store,
            vehicle=focus,
            customer=wang,
            cover=cover,
            starts_on=today - dt.timedelta(days=355),
            ends_on=today + dt.timedelta(days=days),
        )
    shown = page(desk, wang).context["page"]
    words = " ".join(check.words for check in shown.checks)
    assert all(word in words for word in ("失联", "没有可用电话", "错号或空号", "没有地址", "以哪个为准"))
    assert [ending.left for ending in shown.endings] == [10, 20]
    assert "世纪大道1号 ≠ 张杨路2号" in page(desk, wang).text


def test_what_was_confirmed_lately_is_not_asked_again(desk, wang, now):
    Phone.objects.update(verified_at=now)
    type(wang).objects.update(address="世纪大道1号", verified={"address": now.isoformat()})
    assert page(desk, wang).context["page"].checks == []
    Phone.objects.update(verified_at=now - dt.timedelta(days=200))
    assert [check.what.partition(":")[0] for check in page(desk, wang).context["page"].checks] == ["phone"]


def test_one_touch_confirms_number_and_address(desk, wang, fang, pudong):
    Customer.objects.filter(pk=wang.pk).update(address="世纪大道1号")
    post(desk, "confirm", wang.pk, what=f"phone:{wang.phones.get().pk}")
    post(desk, "confirm", wang.pk, what="address", shown="世纪大道1号")
    assert wang.phones.get().verified_by == "方婷"
    wang.refresh_from_db()
    assert set(wang.verified) == {"address"}
    other = make_customer(pudong, name="刘洋", number="13911112222")
    assert post(desk, "confirm", wang.pk, what=f"phone:{other.phones.get().pk}").status_code == 404
    assert post(desk, "confirm", wang.pk, what="phone:x").status_code == 404
    assert other.phones.get().verified_at is None


def test_an_address_that_was_changed_meanwhile_is_not_overwritten(desk, wang):
    Customer.objects.filter(pk=wang.pk).update(address="新地址")
    post(desk, "confirm", wang.pk, what="address", shown="老地址")
    wang.refresh_from_db()
    assert (wang.address, wang.verified) == ("新地址", {})


def test_topics_are_settled_here_and_taken_back(desk, wang, today, now):
    service = make_item(wang, "service_3dc", today=today, now=now)
    other = make_item(wang, "delivery_3dc", today=today, now=now)
    answer = post(desk, "settle", wang.pk, **{f"topic{service.pk}": "done", f"topic{other.pk}": "", "note": "好了"})
    assert answer.status_code == 302
    assert (again(service).state, again(other).state) == ("done", "open")
    contact = Contact.objects.get()
    assert "好了" in page(desk, wang).text
    post(desk, "unsettle", contact.pk)
    assert again(service).state == "open" and not Contact.objects.alive().exists()


def test_a_settled_topic_asks_its_questionnaire_and_keeps_the_answers(desk, wang, today, now):
    service = make_item(wang, "service_3dc", today=today, now=now)
    plain = make_item(wang, "inspection", today=today, now=now)
    questions = version_of(service).questions
    asked = page(desk, wang).text
    names = {question.code: f"topic{service.pk}-q{question.pk}" for question in questions.all()}
    assert all(name in asked for name in names.values())
    assert f"topic{plain.pk}-q" not in asked
    post(desk, "settle", wang.pk, **{f"topic{service.pk}": "done", names["overall"]: "2", "note": "好了"})
    assert [answer.number for answer in Response.objects.get().answers.all()] == [4]


def test_a_visit_is_announced_beside_a_call(login, li, wang, focus, today):
    day = today + dt.timedelta(days=3)
    client, address = login(li), reverse("reception:expect_panel", args=[wang.pk])
    assert "expect-day" in client.get(address).content.decode()
    told = {"expect-day": day.isoformat(), "expect-time": "10:30", "expect-vehicle": focus.pk, "expect-purpose": ""}
    answer = client.post(address, told)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "besideChanged")
    visit = Arrival.objects.get()
    assert (visit.day, visit.vehicle, visit.told_by, visit.expected_by) == (day, focus, "王雅丽", li)
    again_told = client.post(address, told)
    assert "HX-Trigger" not in again_told and Arrival.objects.count() == 1
    assert "problem" in again_told.content.decode()


def test_nothing_said_and_nothing_ticked_is_told_at_the_note(desk, wang, today, now):
    item = make_item(wang, today=today, now=now)
    answer = post(desk, "settle", wang.pk, note=" ")
    assert answer.status_code == 422 and "请写下谈了什么" in answer.text
    assert post(desk, "settle", wang.pk, **{f"topic{item.pk}": "nonsense"}).status_code == 422
    assert again(item).state == "open"


def test_a_call_that_the_customer_made_is_not_taken_back_here(desk, wang, li, now):
    from followups.services.inbound import record_inbound

    contact = record_inbound(wang, topics=[], note="问营业时间", by=li, now=now)
    assert post(desk, "unsettle", contact.pk).status_code == 404
    assert Contact.objects.alive().exists()


def test_marked_as_arrived_and_seen_off_from_page_and_list(desk, wang, focus):
    post(desk, "arrive", wang.pk, vehicle=focus.pk, purpose="service", note="异响")
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.vehicle, arrival.purpose, arrival.note) == ("here", focus, "service", "异响")
    url = reverse("reception:arrive", args=[wang.pk])
    assert "王雅丽 已到店，由方婷接待。" in desk.post(url, {"vehicle": focus.pk}, follow=True).text
    assert Arrival.objects.count() == 1
    answer = post(desk, "step", arrival.pk, "left", next="board")
    assert answer["Location"] == reverse("reception:board") and Arrival.objects.get().state == "left"
    assert post(desk, "step", arrival.pk, "nonsense").status_code == 404


def test_a_car_that_is_not_hers_is_refused(desk, wang, pudong):
    theirs = make_vehicle(make_customer(pudong, name="刘洋"))
    assert post(desk, "arrive", wang.pk, vehicle=theirs.pk).status_code == 422
    assert not Arrival.objects.exists()


def test_an_announced_visit_in_one_line(desk, wang, focus, today):
    values = {"time": "14:30", "vehicle": focus.pk, "purpose": "service", "told_by": "先生", "note": "带孩子来"}
    refused = post(desk, "expect", wang.pk, day=(today - dt.timedelta(days=1)).isoformat(), **values)
    assert refused.status_code == 422 and "带孩子来" in refused.text
    post(desk, "expect", wang.pk, day=(today + dt.timedelta(days=2)).isoformat(), **values)
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.time, arrival.told_by) == ("expected", dt.time(14, 30), "先生")
    assert page(desk, wang).context["page"].coming == [arrival]
    post(desk, "step", arrival.pk, "withdraw")
    assert page(desk, wang).context["page"].coming == []


def test_a_dissatisfied_word_asks_for_its_complaint_and_keeps_what_was_typed(desk, wang, li, now):
    arrival = make_arrival(wang, by=li, now=now)
    values = {"mood": "unhappy", "words": "等了两小时", "sat_with": "方婷", "refreshment": "茶"}
    refused = post(desk, "add_note", arrival.pk, **values)
    assert refused.status_code == 422 and "等了两小时" in refused.text and not LoungeNote.objects.exists()
    post(desk, "add_note", arrival.pk, **values, cause="waiting", department="service")
    assert LoungeNote.objects.get().complaint == Complaint.objects.get()
    assert Complaint.objects.get().number in page(desk, wang).text


def test_added_work_is_proposed_decided_and_printed(desk, wang, focus, li, now):
    arrival = make_arrival(wang, by=li, now=now)
    values = {"item1": "前刹车片", "price1": "680", "item2": "滤芯", "price2": "128.50", "asked_by": "吴刚"}
    post(desk, "propose", wang.pk, **values, vehicle=focus.pk, minutes_more=45)
    work = AddedWork.objects.get()
    assert (work.arrival, work.vehicle, work.minutes_more, work.items.count()) == (arrival, focus, 45, 2)
    data = {"decision": "agreed", "decided_by": "王雅丽", "how": "phone", "seen": "asked"}
    post(desk, "decide", work.pk, **data)
    post(desk, "decide", work.pk, **data | {"decision": "refused"})  # of the same moment, from another page
    assert AddedWorkDecision.objects.get().decision == "agreed"
    slip = desk.get(reverse("reception:slip", args=[work.pk])).text
    assert all(word in slip for word in (work.number, "前刹车片", "¥808.50", "客户签字", "沪A8F2K1", "138****5678"))
    assert "13812345678" not in slip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "请逐项写明"),
        ({"item1": "机油"}, "请填写价格"),
        ({"price1": "5"}, "请填写项目名称"),
        ({"item1": "机油", "price1": "-5"}, "大于或等于"),
        ({"item1": "机油", "price1": "abc"}, "输入一个数字"),
    ],
)
def test_a_line_of_added_work_without_name_or_price_is_told(typed, words, desk, wang):
    answer = post(desk, "propose", wang.pk, asked_by="吴刚", reason="漏油", **typed)
    assert answer.status_code == 422 and words in answer.text and "漏油" in answer.text
    assert not AddedWork.objects.exists()


def test_the_page_costs_the_same_for_one_and_for_three(desk, wang, li, today, now):
    def more():
        make_vehicle(wang)
        make_item(wang, today=today, now=now, fact=None, rule="delivery_3dc", vehicle=make_vehicle(wang))
        make_complaint(wang, by=li, now=now)
        work = make_work(wang, by=li, now=now)
        decide(work, decision="agreed", decided_by="王雅丽", how="phone", by=li, now=now)
        make_note(arrival, by=li, now=now)

    def queries():
        page(desk, wang)
        with CaptureQueriesContext(connection) as captured:
            page(desk, wang)
        return len(captured)

    arrival = make_arrival(wang, by=li, now=now)
    more()
    one = queries()
    more()
    more()
    assert queries() == one < 50


def test_panels_of_other_apps_are_loaded_by_their_address(desk, fang, wang, settings):
    settings.ARRIVAL_PANELS = [
        ("complaints:customer_panel", "complaints.view_complaint"),
        ("followups:customer_panel", "followups.work_queue"),
    ]
    text = page(desk, wang).text
    assert f'hx-get="{reverse("complaints:customer_panel", args=[wang.pk])}"' in text
    assert reverse("followups:customer_panel", args=[wang.pk]) not in text


def test_the_figures_open_their_rows(login, zhou, wang, pudong, li, now):
    note = make_note(make_arrival(wang, by=li, now=now), by=li, now=now)
    make_arrival(make_customer(pudong, name="刘洋"), by=li, now=now)
    work = make_work(wang, by=li, now=now)
    make_work(make_customer(pudong, name="孙宁"), by=li, now=now)
    decide(work, decision="agreed", decided_by="王雅丽", how="phone", by=li, now=now)
    client = login(zhou)
    shown = {figure.code: (number, part) for figure, number, part in board(client).figures}
    assert shown == {"arrived": (2, None), "cared_for": (1, 50), "work_asked": (2, None), "work_agreed": (1, 50)}
    rows = client.get(reverse("reports:rows"), {"figure": "cared_for", "period": "today", "receiver": li.pk})
    assert [customer.name for customer in rows.context["rows"]] == ["王雅丽"] and note.arrival.customer == wang
    day = client.get(reverse("reports:day")).text
    assert "到店接待（按人员）" in day and "增项" in day
