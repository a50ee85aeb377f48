import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from followups.models import DueItem, PlannedCall
from tests.factories.customers import make_phone, make_vehicle
from tests.factories.followups import make_card, make_item
from tests.followups.desk import call, dialled, done


@pytest.fixture
def now(pudong):
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def card(pudong, today, now):
    return make_card(pudong, today=today, now=now, name="王雅丽", number="13812345678")


@pytest.fixture
def item(card):
    return card.customer.due_items.get()


def page(client, name, *args, **parameters):
    return client.get(reverse(f"followups:{name}", args=args), parameters).content.decode()


# --- One call ---------------------------------------------------------------------------------------------------------
def test_a_call_shows_its_whole_visit(login, li, zhou, card, item, now):
    make_phone(card.customer, "02158881234")
    tried = dialled(card.customer, "busy")
    made = call(
        card.customer, "done", by=li, now=now, log=[tried], number="02158881234", topics=[done(item)], note="很客气"
    )
    html = page(login(zhou), "call", made.pk)
    for words in ("占线", "完成", "很客气", "车主", "李静", "维修三日回访", "138****5678", "021****1234"):
        assert words in html
    assert reverse("cvp:response", args=[made.outcomes.get().response_id]) in html
    assert "13812345678" not in html


def test_an_undone_call_is_marked(login, li, card, now):
    made = call(card.customer, "no_answer", by=li, now=now)
    client = login(li)
    assert reverse("followups:undo", args=[made.pk]) in page(client, "call", made.pk)
    client.post(reverse("followups:undo", args=[made.pk]))
    html = page(client, "call", made.pk)
    assert "已撤销" in html
    assert reverse("followups:undo", args=[made.pk]) not in html


def test_nobody_else_is_offered_the_undo(login, li, chen, card, now):
    made = call(card.customer, "no_answer", by=li, now=now)
    assert reverse("followups:undo", args=[made.pk]) not in page(login(chen), "call", made.pk)


# --- The customer's page ------------------------------------------------------------------------------------------------
def test_the_customers_page_shows_topics_and_calls(login, li, card, item, now):
    html = page(login(li), "customer_panel", card.customer_id)
    assert "维修三日回访" in html
    assert reverse("followups:take", args=[card.pk]) in html
    made = call(card.customer, "done", by=li, now=now, topics=[done(item)])
    html = page(login(li), "customer_panel", card.customer_id)
    assert "目前没有要打的回访" in html
    assert reverse("followups:call", args=[made.pk]) in html
    assert reverse("followups:take", args=[card.pk]) not in html


def test_the_customers_page_itself_carries_the_panel(login, li, card):
    html = login(li).get(reverse("customers:detail", args=[card.customer_id])).content.decode()
    assert reverse("followups:customer_panel", args=[card.customer_id]) in html


# --- Plan ---------------------------------------------------------------------------------------------------------------
def test_a_task_is_planned_and_stands_in_the_queue(login, li, wang, now, today):
    data = {"subject": "备件到货，通知来店", "opens_on": today, "due_on": today + dt.timedelta(days=2)}
    response = login(li).post(reverse("followups:plan", args=[wang.pk]), data)
    assert response["Location"] == reverse("customers:detail", args=[wang.pk])
    item = DueItem.objects.get(customer=wang)
    assert (item.rule, item.due_on) == ("manual", today + dt.timedelta(days=2))
    assert "备件到货" in page(login(li), "queue") + page(login(li), "queue", tab="later")


def test_a_promise_is_planned_for_whoever_gives_it(login, li, wang, now):
    at = now + dt.timedelta(days=1)
    data = {"subject": "再确认一次", "agreed_at": f"{at:%Y-%m-%dT%H:%M}"}
    login(li).post(reverse("followups:plan", args=[wang.pk]), data)
    assert DueItem.objects.get(customer=wang).pinned_to == li


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due_on": ""}, "最晚到哪一天"),
        ({"due_on": "2020-01-01"}, "已经过了"),
        ({"opens_on": "2999-01-01", "due_on": "2999-01-02"}, "最多安排到一年以内"),
        ({"agreed_at": "2020-01-01T10:00"}, "已经过了"),
        ({"subject": ""}, "invalid-feedback"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_place(login, li, wang, today, fields, words):
    data = {"subject": "事由", "opens_on": today, "due_on": today, **fields}
    html = login(li).post(reverse("followups:plan", args=[wang.pk]), data).content.decode()
    assert words in html
    assert not PlannedCall.objects.exists()


def test_nothing_is_planned_for_whoever_wants_no_calls(login, li, wang, today):
    type(wang).objects.filter(pk=wang.pk).update(do_not_call=True)
    data = {"subject": "事由", "opens_on": today, "due_on": today}
    login(li).post(reverse("followups:plan", args=[wang.pk]), data)
    assert not PlannedCall.objects.exists()


def test_another_customers_car_cannot_be_chosen(login, li, wang, focus, pudong, today, now):
    foreign = make_card(pudong, today=today, now=now).customer.vehicles.get()
    data = {"subject": "事由", "opens_on": today, "due_on": today, "vehicle": foreign.pk}
    login(li).post(reverse("followups:plan", args=[wang.pk]), data)
    assert not PlannedCall.objects.exists()


# --- Items --------------------------------------------------------------------------------------------------------------
def test_items_are_narrowed_by_rule_state_deadline_and_person(login, li, chen, zhou, pudong, today, now):
    first = make_card(pudong, today=today, now=now, name="甲先生", rule="delivery_3dc").customer
    second = make_card(pudong, today=today, now=now, name="乙先生", due_on=today - dt.timedelta(days=9)).customer
    call(first, "done", by=li, now=now, topics=[done(first.due_items.get())])
    client = login(zhou)

    def found(**parameters):
        html = page(client, "items", **parameters)
        return {name for name in ("甲先生", "乙先生") if name in html}

    assert found() == {"甲先生", "乙先生"}
    assert found(rule="delivery_3dc") == {"甲先生"}
    assert found(state="open") == {"乙先生"}
    assert found(start=str(today)) == {"甲先生"}
    assert found(end=str(today - dt.timedelta(days=1))) == {"乙先生"}
    assert found(person=li.pk) == {"甲先生"}
    assert found(person=chen.pk) == set()
    assert second.due_items.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_items_costs_the_same_whatever_the_rows(
    login, zhou, pudong, today, now, count, django_assert_max_num_queries
):
    for _number in range(count):
        card = make_card(pudong, today=today, now=now)
        make_item(card.customer, "delivery_7dc", today=today, now=now, vehicle=make_vehicle(card.customer))
    client = login(zhou)
    with django_assert_max_num_queries(11):
        client.get(reverse("followups:items"))


def test_another_stores_items_are_not_listed(login, zhao, pudong, today, now):
    from django.contrib.auth.models import Permission

    make_card(pudong, today=today, now=now, name="甲先生")
    zhao.user_permissions.add(Permission.objects.get(codename="view_figures"))
    assert "甲先生" not in page(login(zhao), "items")
