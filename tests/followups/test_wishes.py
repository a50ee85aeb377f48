"""A wish closes what is open about it at once, whatever rule made it; lifting leaves reopening to the run."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Store
from customers.models import Delivery, DoNotContact
from customers.services import lift_wish, set_wish
from followups.models import CallOutcome, DueItem
from followups.rules import topic_choices
from followups.services.generation import generate_due
from followups.services.planned import plan_manual, plan_promise
from followups.services.undo import undo_visit
from followups.services.wishes import set_wish_now
from tests.factories.customers import make_customer, make_vehicle
from tests.factories.followups import make_item
from tests.followups.desk import again, call, card_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def how(li, now):
    return {"by": li, "source": "form", "now": now}


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, vehicle=focus, today=today, now=now)


def test_a_topic_is_closed_at_once_and_the_others_stay(wang, focus, item, how, today, now):
    other = make_item(wang, "delivery_7dc", vehicle=focus, today=today, now=now)
    wish, closed = set_wish_now(wang, channel="phone_out", topic="service_3dc", reason="不用回访", **how)
    assert closed == 1
    assert (again(item).state, again(item).reason, again(item).closed_by) == ("declined", "other_topic", None)
    assert again(other).state == "open"
    assert card_of(wang).rules == ["delivery_7dc"]
    assert again(item).get_reason_display() == "客户不希望接到此类回访"


def test_a_car_closes_what_is_about_it(wang, focus, item, how, today, now):
    other = make_item(wang, vehicle=make_vehicle(wang), today=today, now=now)
    set_wish_now(wang, vehicle=focus, reason="卖给亲戚了", **how)
    assert (again(item).state, again(other).state) == ("declined", "open")


@pytest.mark.parametrize(("channel", "state"), [("sms", "open"), ("wechat", "open"), ("", "declined")])
def test_a_channel_closes_what_goes_through_it(wang, item, how, channel, state):
    message = DueItem.objects.create(
        **{field: getattr(item, field) for field in ("store", "customer", "vehicle", "opens_on", "due_on", "callable_at")},
        rule="service_3dc", fact_id=77, state="to_send",
    )  # fmt: skip
    set_wish_now(wang, channel=channel, topic="service_3dc", reason="勿扰", **how)
    assert again(item).state == state
    assert again(message).state == ("to_send" if channel == "wechat" else "declined")


def test_what_she_asked_for_stays_and_what_we_planned_goes(wang, item, how, li, now, today):
    plan_promise(wang, at=now + DAY, subject="问价格", by=li, now=now)
    plan_manual(wang, opens_on=today, due_on=today, expires_on=None, subject="备胎", by=li, now=now)
    set_wish_now(wang, channel="phone_out", reason="别打了", **how)
    assert dict(wang.due_items.values_list("rule", "state")) == {
        "service_3dc": "declined", "manual": "declined", "promise": "open",
    }  # fmt: skip
    assert again(item).reason == "do_not_call"


@pytest.mark.parametrize("other", ["sms", "phone_out"])
def test_a_wish_lifted_brings_the_call_back_whatever_she_minds_in_another_channel(
    pudong, wang, focus, how, today, now, other
):
    Store.objects.filter(pk=pudong.pk).update(live_on=today)
    pudong.refresh_from_db()
    made = {"store": pudong, "customer": wang, "vehicle": focus, "changed_at": now}
    Delivery.objects.create(delivered_on=today - 2 * DAY, **made)
    generate_due(pudong, today=today, now=now)
    item = DueItem.objects.get(rule="delivery_3dc")
    wish, _closed = set_wish_now(wang, channel="phone_out", topic="delivery_3dc", reason="忙", **how)
    set_wish_now(wang, channel=other, vehicle=focus, reason="勿扰", **how)
    generate_due(pudong, today=today, now=now + DAY / 24)
    assert again(item).state == "declined"
    lift_wish(wish, **how)
    generate_due(pudong, today=today + DAY, now=now + DAY)
    assert again(item).state == ("open" if other == "sms" else "declined")


def test_a_wish_that_has_run_out_closes_nothing(wang, item, how, today, now):
    set_wish(wang, topic="service_3dc", reason="忙", expires_on=today - DAY, **{**how, "now": now - 2 * DAY})
    _wish, closed = set_wish_now(wang, channel="sms", reason="不要短信", **how)
    assert (closed, again(item).state) == (0, "open")


def test_an_undone_call_lifts_the_wish_that_it_made_and_no_other(wang, item, li, now):
    stood = set_wish(wang, topic="delivery_3dc", reason="早就说过", by=li, source="form", now=now - DAY)
    made = call(wang, "no_answer", by=li, now=now)
    wish = set_wish(wang, topic="service_3dc", reason="不要此类", by=li, source="call", now=now)
    row = made.outcomes.get()
    CallOutcome.objects.filter(pk=row.pk).update(wish=wish)
    undo_visit(made, by=li, now=now)
    assert list(DoNotContact.objects.alive()) == [stood]


def test_legal_duties_and_planned_calls_are_no_topics_to_refuse():
    codes = [code for code, _label in topic_choices()]
    assert "service_3dc" in codes
    assert not {"promise", "manual"} & set(codes)


class TestPages:
    def test_the_panel_says_what_why_until_when_and_who(self, wang, focus, li, login, now, today):
        how = {"by": li, "source": "form", "now": now}
        set_wish(wang, channel="phone_out", topic="service_3dc", vehicle=focus, reason="不用回访", **how)
        lift_wish(set_wish(wang, channel="sms", reason="不要短信", **how), **how)
        page = login(li).get(reverse("followups:wishes_panel", args=[wang.pk])).content.decode()
        for words in ("外呼", "维修三日回访", "沪A8F2K1", "不用回访", "李静", "2026-03-18", "不要短信", "已取消"):
            assert words in page

    def test_as_many_queries_for_three_wishes_as_for_one(self, pudong, li, login, now):
        client, counts = login(li), []
        client.get(reverse("followups:queue"))
        how = {"by": li, "source": "form", "now": now}
        for codes in (["service_3dc"], ["service_3dc", "delivery_3dc", "delivery_7dc"]):
            customer = make_customer(pudong)
            for code in codes:
                set_wish(customer, topic=code, vehicle=make_vehicle(customer), reason="忙", **how)
                lift_wish(set_wish(customer, channel="sms", topic=code, reason="忙", **how), **how)
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("followups:wishes_panel", args=[customer.pk]))
            counts.append(len(captured))
        assert counts[0] == counts[1]

    def test_the_form_sets_it_and_closes_the_card(self, wang, item, li, login):
        page = login(li).post(
            reverse("followups:wish", args=[wang.pk]), {"channel": "phone_out", "reason": "多次说不要打"}, follow=True
        ).content.decode()  # fmt: skip
        assert "多次说不要打" in page
        assert "已关闭1个事项" in page
        assert not card_of(wang).is_open
        login(li).post(reverse("customers:may_call", args=[wang.pk]))
        wang.refresh_from_db()
        assert not wang.do_not_call

    def test_it_needs_a_reason_and_a_day_to_come(self, wang, li, login):
        response = login(li).post(
            reverse("followups:wish", args=[wang.pk]), {"reason": " ", "expires_on": "2020-01-01"}
        )
        assert set(response.context["form"].errors) == {"reason", "expires_on"}

    def test_another_customers_car_cannot_be_chosen(self, pudong, wang, li, login):
        car = make_vehicle(make_customer(pudong))
        response = login(li).post(reverse("followups:wish", args=[wang.pk]), {"reason": "勿扰", "vehicle": car.pk})
        assert "vehicle" in response.context["form"].errors

    def test_lifting_from_the_page(self, wang, li, login, now):
        wish = set_wish(wang, topic="service_3dc", reason="忙", by=li, source="form", now=now)
        login(li).post(reverse("followups:wish_lift", args=[wish.pk]))
        wish.refresh_from_db()
        assert wish.is_void
