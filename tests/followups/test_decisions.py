"""Calls that expired unworked: grouped by use, decided once, and left alone by the run from then on."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Change
from customers.models import Delivery
from followups.models import DueItem
from followups.reading.decisions import decision_page, group_items, groups_of
from followups.services.cards import check_cards
from followups.services.decisions import decide
from followups.services.generation import generate_due
from followups.services.undecided import NOTICE, remind, undecided
from followups.wording import rule_label
from office.models import Notice
from tests.factories.customers import make_customer, make_delivery, make_vehicle, touch
from tests.factories.followups import make_bare_item, set_dial


@pytest.fixture
def expired(pudong, today, now):
    """expired(days_ago, …): a delivery whose call has expired so many days ago, as the run finds it; window 1/3/10."""

    def _expired(days_ago=2, rule="delivery_3dc", **fields):
        customer = fields.pop("customer", None) or make_customer(pudong, name="王雅丽")
        last = {"delivery_3dc": 10, "delivery_7dc": 14}[rule]
        delivery = make_delivery(make_vehicle(customer), today - dt.timedelta(days=last + days_ago))
        return make_bare_item(
            customer,
            rule=rule,
            now=now,
            due_on=delivery.delivered_on + dt.timedelta(days=3),
            vehicle=delivery.vehicle,
            fact_id=delivery.pk,
            anchor_on=delivery.delivered_on,
            expires_on=today - dt.timedelta(days=days_ago),
            state="expired",
            reason="window_passed",
            closed_at=now - dt.timedelta(days=1),
            **fields,
        )

    return _expired


@pytest.fixture
def decide_all(pudong, zhou, now):
    def _decide(decision="call", **values):
        if decision == "call":
            values = {"until": now.date() + dt.timedelta(days=7), **values}
        return decide(undecided(pudong), store=pudong, decision=decision, by=zhou, now=now, **values)

    return _decide


def again(item):
    return DueItem.objects.get(pk=item.pk)


def run(store, day, now, days=0):
    moment = now + dt.timedelta(days=days)
    return generate_due(store, today=day + dt.timedelta(days=days), now=moment)


# --- Groups -----------------------------------------------------------------------------------------------------------
def test_groups_are_ranked_by_use_and_then_by_weight(pudong, expired, today):
    expired(2, "delivery_7dc")
    expired(2)
    expired(9)
    expired(10)  # the window of 9 days is over for longer than it was long
    expired(28)
    groups = groups_of(pudong, today)
    assert [(group.rule, group.use, group.count) for group in groups] == [
        ("delivery_3dc", "fresh", 2),
        ("delivery_7dc", "fresh", 1),
        ("delivery_3dc", "late", 1),
        ("delivery_3dc", "old", 1),
    ]
    assert groups[0].last - groups[0].first == dt.timedelta(days=7)
    for group in groups:
        assert group_items(pudong, group.rule, group.use, today).count() == group.count


def test_the_measure_of_use_is_the_stores_own_window(pudong, expired, today):
    expired(10)
    set_dial(pudong, "delivery_3dc", opens=1, due=3, expires=20)
    assert [group.use for group in groups_of(pudong, today)] == ["fresh"]


def test_another_stores_calls_are_not_counted(pudong, xuhui, expired, today):
    expired()
    assert groups_of(xuhui, today) == []


# --- Call anyway -------------------------------------------------------------------------------------------------------
def test_a_call_that_shall_be_made_anyway_stands_in_the_queue_until_its_new_day(pudong, expired, decide_all, zhou, now):
    item = expired()
    until = now.date() + dt.timedelta(days=7)
    done = decide_all(note="春节停机")
    assert (done.done, dict(done.kept)) == (1, {})
    fresh = again(item)
    assert (fresh.state, fresh.reason, fresh.closed_at, fresh.expires_on) == ("open", "", None, until)
    assert (fresh.decision, fresh.decision_note, fresh.decided_by, fresh.decided_at) == ("call", "春节停机", zhou, now)
    assert fresh.due_on == item.due_on  # deadlines never move
    assert fresh.callable_at <= now
    card = fresh.customer.card
    assert card.is_open
    assert check_cards(pudong, now=now) == []
    line = Change.objects.get(object_id=item.pk, deed="decide")
    assert (line.actor_name, line.changes["state"]) == ("周敏", ["expired", "open"])


def test_the_run_leaves_it_open_until_its_new_day_and_then_asks_again(pudong, expired, decide_all, today, now):
    item = expired()
    decide_all()
    for days in (0, 1, 7):
        run(pudong, today, now, days)
        assert again(item).state == "open"
    run(pudong, today, now, 8)
    assert (again(item).state, again(item).decision) == ("expired", "")
    later = now + dt.timedelta(days=8)
    (row,) = decision_page(pudong, later, rule="delivery_3dc", use="fresh").rows
    assert "周敏" in row.before


def test_a_corrected_fact_does_not_take_the_managers_day_away(pudong, expired, decide_all, today, now):
    item = expired()
    decide_all()
    Delivery.objects.filter(pk=item.fact_id).update(delivered_on=today - dt.timedelta(days=20))
    touch(Delivery.objects.get(pk=item.fact_id))
    run(pudong, today, now)
    assert (again(item).state, again(item).expires_on) == ("open", today + dt.timedelta(days=7))


def test_life_still_closes_what_was_opened_again(pudong, expired, decide_all, today, now):
    item = expired()
    decide_all()
    Delivery.objects.filter(pk=item.fact_id).update(is_void=True)
    touch(Delivery.objects.get(pk=item.fact_id))
    run(pudong, today, now)
    assert (again(item).state, again(item).reason) == ("obsolete", "fact_void")


def test_what_the_run_would_close_at_once_is_not_opened_and_the_page_says_why(pudong, expired, decide_all, today, now):
    quiet = expired(customer=make_customer(pudong, name="勿扰", do_not_call=True))
    gone = expired()
    Delivery.objects.filter(pk=gone.fact_id).update(is_void=True)
    fine = expired()
    done = decide_all()
    assert done.done == 1
    assert dict(done.kept) == {"quiet": 1, "asks_no_more": 1}
    assert [again(item).state for item in (quiet, gone, fine)] == ["expired", "expired", "open"]


def test_a_switched_off_rule_is_not_called(pudong, expired, decide_all):
    expired()
    set_dial(pudong, "delivery_3dc", opens=1, due=3, expires=10, is_on=False)
    assert dict(decide_all().kept) == {"off": 1}


def test_a_later_item_of_the_same_fact_keeps_its_place(pudong, expired, decide_all, now):
    item = expired()
    make_bare_item(
        item.customer,
        due_on=item.due_on + dt.timedelta(days=5),
        now=now,
        fact_id=item.fact_id,
        round="2",
        vehicle=item.vehicle,
    )
    assert dict(decide_all().kept) == {"later": 1}


def test_deciding_twice_is_deciding_once(pudong, expired, decide_all, now):
    item = expired()
    decide_all()
    first = again(item).decided_at
    assert decide_all().done == 0
    assert again(item).decided_at == first
    assert Change.objects.filter(deed="decide").count() == 1


# --- Let go ------------------------------------------------------------------------------------------------------------
def test_what_is_let_go_stays_closed_with_its_reason(pudong, expired, decide_all, zhou, today, now):
    item = expired()
    assert decide_all("let_go", note="太晚了").done == 1
    fresh = again(item)
    assert (fresh.state, fresh.reason, fresh.closed_by, fresh.decision_note) == ("expired", "let_go", zhou, "太晚了")
    run(pudong, today, now)
    # The day is corrected forward: what had expired by the wrong day would come back, what a person let go does not.
    Delivery.objects.filter(pk=item.fact_id).update(delivered_on=today - dt.timedelta(days=2))
    touch(Delivery.objects.get(pk=item.fact_id))
    run(pudong, today, now, 1)
    assert again(item).state == "expired"
    assert undecided(pudong).count() == 0


def test_letting_go_wants_a_reason_and_calling_a_day(pudong, expired, decide_all, today):
    expired()
    with pytest.raises(ValidationError) as fault:
        decide_all("let_go", note=" ")
    assert set(fault.value.error_dict) == {"note"}
    for until in (None, today - dt.timedelta(days=1), today + dt.timedelta(days=400)):
        with pytest.raises(ValidationError) as fault:
            decide_all("call", until=until)
        assert set(fault.value.error_dict) == {"until"}
    assert undecided(pudong).count() == 1


# --- Reminding ---------------------------------------------------------------------------------------------------------
def test_managers_are_told_once_a_day_and_no_more_once_all_is_decided(
    pudong, expired, decide_all, zhou, li, today, now
):
    expired()
    run(pudong, today, now)
    run(pudong, today, now)
    notices = Notice.objects.filter(code=NOTICE)
    notice = notices.get()
    assert notice.user == zhou
    assert "1" in notice.text
    assert notice.url == reverse("followups:decisions")
    remind(pudong, today=today + dt.timedelta(days=1))
    assert notices.filter(resolved_at=None).count() == 1
    decide_all("let_go", note="太晚了")
    assert not notices.filter(resolved_at=None).exists()


# --- The page ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def page(login, zhou, clock):
    return lambda **where: login(zhou).get(reverse("followups:decisions"), where)


@pytest.fixture
def post(login, zhou, clock, now):
    def _post(**values):
        values = {"rule": "delivery_3dc", "use": "fresh", "as_of": now.isoformat(), **values}
        return login(zhou).post(reverse("followups:decide"), values, follow=True)

    return _post


def test_the_page_shows_groups_and_the_rows_of_one(page, expired):
    item = expired()
    assert str(rule_label("delivery_3dc")) in page().content.decode()
    html = page(rule="delivery_3dc", use="fresh").content.decode()
    assert f'name="item" value="{item.pk}"' in html
    assert page(rule="nonsense", use="old").status_code == 200


def test_marked_rows_are_decided_and_the_others_wait(post, expired):
    first, second = expired(), expired()
    response = post(decision="let_go", note="太晚了", item=[first.pk])
    assert "1个" in response.content.decode()
    assert [again(item).decision for item in (first, second)] == ["let_go", ""]


def test_a_whole_group_is_decided_as_its_page_showed_it(post, expired, today, now):
    first, older = expired(), expired(15)
    newer = expired()
    DueItem.objects.filter(pk=newer.pk).update(closed_at=now + dt.timedelta(minutes=1))
    post(decision="call", until=today + dt.timedelta(days=5), whole="1")
    assert [again(item).state for item in (first, older, newer)] == ["open", "expired", "expired"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "请选择"),
        ({"decision": "let_go", "whole": "1"}, "请说明"),
        ({"decision": "let_go", "note": "x"}, "勾选"),
        ({"decision": "call", "whole": "1", "until": "2020-01-01"}, "已过"),
    ],
)
def test_what_is_missing_is_said_in_words_and_nothing_is_decided(post, expired, pudong, values, words):
    expired()
    assert words in post(**values).content.decode()
    assert undecided(pudong).count() == 1


def test_another_stores_rows_cannot_be_decided(post, xuhui, now, today):
    customer = make_customer(xuhui, name="别店")
    item = make_bare_item(
        customer, due_on=today, now=now, state="expired", expires_on=today - dt.timedelta(days=1), closed_at=now
    )
    post(decision="let_go", note="x", item=[item.pk])
    assert again(item).decision == ""


def test_the_queue_tells_managers_what_waits(login, zhou, li, expired):
    expired()
    assert "待决定" in login(zhou).get(reverse("followups:queue")).content.decode()
    assert "待决定" not in login(li).get(reverse("followups:queue")).content.decode()


def test_the_page_costs_the_same_for_one_and_for_three(expired, zhou, login, clock):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            visitor.get(reverse("followups:decisions"), {"rule": "delivery_3dc", "use": "fresh"})
        return len(queries)

    visitor = login(zhou)
    expired()
    cost()  # content types and the like
    one = cost()
    expired()
    expired()
    assert cost() == one
