import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from customers.services import set_do_not_call
from followups.models import CallCard, DeskDial, DueItem, PlannedCall
from followups.services.cards import check_cards
from followups.services.generation import generate_due
from followups.services.planned import plan_manual, plan_promise
from tests.conftest import at

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
QUIET = {"created": 0, "closed": 0, "superseded": 0, "expired": 0, "updated": 0, "let_go": 0}


def test_a_promise_is_on_the_card_at_once(wang, focus, li, today, now):
    agreed = at(wang.store, today, 16)
    planned = plan_promise(
        wang, at=agreed, subject="回电谈保养", by=li, now=now, vehicle=focus, topic="service_3dc", pinned_to=li
    )

    assert (planned.kind, planned.agreed_at, planned.subject, planned.topic) == (
        "promise",
        agreed,
        "回电谈保养",
        "service_3dc",
    )
    assert (planned.created_by, planned.pinned_to) == (li, li)
    item = DueItem.objects.get()
    assert (item.rule, item.fact_id, item.round, item.vehicle) == ("promise", planned.pk, "1", focus)
    assert (item.callable_at, item.due_at, item.due_on) == (agreed - 15 * MINUTE, agreed, today)
    assert (item.pinned_to, item.pinned_until, item.expires_on) == (li, agreed + 15 * MINUTE, None)
    card = CallCard.objects.get(customer=wang)
    assert (card.is_open, card.callable_at, card.pinned_to) == (True, agreed - 15 * MINUTE, li)


def test_lead_and_grace_are_dials(wang, li, now):
    DeskDial.objects.update(promise_lead_minutes=5, promise_grace_minutes=30)
    plan_promise(wang, at=now + DAY, subject="", by=li, now=now, pinned_to=li)
    item = DueItem.objects.get()
    assert (item.callable_at, item.pinned_until) == (now + DAY - 5 * MINUTE, now + DAY + 30 * MINUTE)


def test_a_promise_of_the_team_is_pinned_to_nobody(wang, li, now):
    plan_promise(wang, at=now + DAY, subject="", by=li, now=now)
    item = DueItem.objects.get()
    assert (item.pinned_to, item.pinned_until) == (None, None)


def test_the_day_of_a_promise_is_the_stores(wang, li, today, now):
    late = at(wang.store, today, 19)  # 11:00 UTC
    early = at(wang.store, today + DAY, 7)  # 23:00 UTC of the day before
    for moment in (late, early):
        plan_promise(wang, at=moment, subject="", by=li, now=now)
    assert list(PlannedCall.objects.order_by("agreed_at").values_list("due_on", flat=True)) == [today, today + DAY]


def test_what_has_passed_cannot_be_promised(wang, li, now):
    with pytest.raises(ValidationError) as fault:
        plan_promise(wang, at=now, subject="", by=li, now=now)
    assert set(fault.value.error_dict) == {"at"}
    assert not PlannedCall.objects.exists()


def test_a_task_waits_for_its_first_day(wang, focus, li, today, now):
    planned = plan_manual(
        wang,
        opens_on=today + DAY,
        due_on=today + 3 * DAY,
        expires_on=today + 9 * DAY,
        subject="问轮胎到货",
        by=li,
        now=now,
        vehicle=focus,
    )
    item = DueItem.objects.get()
    assert (item.rule, item.fact_id) == ("manual", planned.pk)
    assert (item.opens_on, item.due_on, item.expires_on) == (today + DAY, today + 3 * DAY, today + 9 * DAY)
    assert item.callable_at == at(wang.store, today + DAY, 9)
    assert CallCard.objects.get(customer=wang).callable_at == item.callable_at


def test_a_task_may_have_no_end(wang, li, today, now):
    plan_manual(wang, opens_on=today, due_on=today, expires_on=None, subject="x", by=li, now=now)
    assert DueItem.objects.get().expires_on is None


@pytest.mark.parametrize(("due", "expires", "field"), [(-1, None, "due_on"), (2, 1, "expires_on")])
def test_days_out_of_order_are_refused(wang, li, today, now, due, expires, field):
    with pytest.raises(ValidationError) as fault:
        plan_manual(
            wang,
            opens_on=today,
            due_on=today + due * DAY,
            expires_on=None if expires is None else today + expires * DAY,
            subject="x",
            by=li,
            now=now,
        )
    assert set(fault.value.error_dict) == {field}


def test_who_wants_no_calls_gets_no_task_but_may_have_asked_for_a_call(wang, li, today, now):
    set_do_not_call(wang, "不要打", by=li, source="call", now=now)
    with pytest.raises(ValidationError) as refusal:
        plan_manual(wang, opens_on=today, due_on=today, expires_on=None, subject="x", by=li, now=now)
    assert refusal.value.code == "do_not_call"
    plan_promise(wang, at=now + DAY, subject="", by=li, now=now)
    assert DueItem.objects.open().get().rule == "promise"


@pytest.mark.django_db(transaction=True)
def test_the_next_run_has_nothing_to_add(wang, focus, li, today, now):
    plan_promise(wang, at=now + DAY, subject="", by=li, now=now, vehicle=focus, pinned_to=li)
    plan_manual(
        wang, opens_on=today, due_on=today + DAY, expires_on=today + 2 * DAY, subject="x", by=li, now=now, vehicle=focus
    )
    before = list(DueItem.objects.order_by("pk").values())

    counts = generate_due(wang.store, today=today, now=now + MINUTE)

    assert (counts["promise"], counts["manual"]) == (QUIET, QUIET)
    assert list(DueItem.objects.order_by("pk").values()) == before
    assert check_cards(wang.store, now=now) == []
