"""Cards follow from items."""

import datetime as dt
import random
import threading
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from followups.choices import ItemState
from followups.models import CallCard, DueItem, RuleDial
from followups.services.cards import check_cards, lock_card, rank_of, recompute_cards, wake_promises
from followups.services.dials import change_dial
from tests.factories.customers import make_customer
from tests.factories.followups import make_bare_item, set_dial

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def card(customer, now):
    recompute_cards([customer.pk], store=customer.store, now=now)
    return CallCard.objects.get(customer=customer)


def promise(customer, *, at, to=None, now):
    return make_bare_item(
        customer,
        rule="promise",
        due_on=customer.store.day_of(at),
        due_at=at,
        callable_at=at - dt.timedelta(minutes=15),
        pinned_to=to,
        pinned_until=at + dt.timedelta(minutes=15) if to else None,
        now=now,
    )


def test_one_card_merges_all_open_items_of_a_customer(wang, today, now):
    make_bare_item(wang, rule="service_3dc", due_on=today + DAY, callable_at=now - HOUR, now=now)
    make_bare_item(wang, rule="delivery_7dc", due_on=today, callable_at=now + HOUR, now=now)
    make_bare_item(wang, rule="service_3dc", due_on=today + 2 * DAY, callable_at=now, now=now)
    merged = card(wang, now)
    assert (merged.is_open, merged.items_open, merged.due_on) == (True, 3, today)
    assert merged.callable_at == now - HOUR
    assert merged.rules == ["delivery_7dc", "service_3dc"]  # each once, the most urgent first
    assert merged.rank == rank_of(today, 15)


def test_what_is_closed_does_not_count_and_the_last_one_closes_the_card(wang, today, now):
    item = make_bare_item(wang, due_on=today, now=now)
    make_bare_item(wang, due_on=today - 9 * DAY, state=ItemState.DONE, now=now)
    assert (card(wang, now).items_open, card(wang, now).due_on) == (1, today)
    DueItem.objects.filter(pk=item.pk).update(state=ItemState.DONE)
    shut = card(wang, now)
    assert (shut.is_open, shut.items_open, shut.rules, shut.rank, shut.due_on, shut.callable_at) == (
        False,
        0,
        [],
        0,
        None,
        None,
    )


def test_the_queue_goes_promises_then_deadlines_then_weights(pudong, today, now):
    def customer(name):
        return make_customer(pudong, name=name)

    names = ["早些的承诺", "承诺", "逾期", "今日新车", "今日维修", "今日任务", "明日新车"]
    people = {name: customer(name) for name in names}
    promise(people["承诺"], at=now, now=now)
    promise(people["早些的承诺"], at=now - HOUR, now=now)
    make_bare_item(people["逾期"], rule="manual", due_on=today - DAY, now=now)
    make_bare_item(people["今日维修"], rule="service_3dc", due_on=today, now=now)
    make_bare_item(people["今日任务"], rule="manual", due_on=today, now=now)
    make_bare_item(people["今日新车"], rule="delivery_3dc", due_on=today, now=now)
    make_bare_item(people["明日新车"], rule="delivery_3dc", due_on=today + DAY, now=now)
    recompute_cards([each.pk for each in people.values()], store=pudong, now=now)
    assert list(CallCard.objects.order_by("rank").values_list("customer__name", flat=True)) == names


def test_a_promise_alone_pins_its_card_from_the_start(wang, li, now):
    promise(wang, at=now + 3 * DAY, to=li, now=now)
    pinned = card(wang, now)
    assert pinned.callable_at == now + 3 * DAY - dt.timedelta(minutes=15)
    assert (pinned.pinned_to, pinned.pinned_until) == (li, now + 3 * DAY + dt.timedelta(minutes=15))
    assert pinned.rank < 0


def test_a_promise_for_later_leaves_the_other_topics_to_everybody(wang, li, today, now):
    make_bare_item(wang, rule="service_3dc", due_on=today, now=now)
    promise(wang, at=now + 3 * DAY, to=li, now=now)
    open_to_all = card(wang, now)
    assert (open_to_all.pinned_to, open_to_all.rank) == (None, rank_of(today, 20))


def test_an_older_promise_that_was_tried_lifts_the_card_above_a_younger_one(pudong, wang, li, today, now):
    """Nobody answered yesterday, so it comes back today; the younger one has lifted the card before."""
    older = promise(wang, at=now - DAY, now=now)
    DueItem.objects.filter(pk=older.pk).update(callable_at=now + 3 * HOUR, attempts=1)
    younger = promise(wang, at=now + HOUR, to=li, now=now)
    assert card(wang, now).rank == rank_of(today, 0, younger.due_at)
    assert wake_promises(pudong, now=now + 2 * HOUR) == 0
    assert wake_promises(pudong, now=now + 3 * HOUR) == 1
    merged = CallCard.objects.get(customer=wang)
    assert (merged.rank, merged.pinned_to) == (rank_of(today, 0, older.due_at), None)
    assert check_cards(pudong, now=now + 3 * HOUR) == []
    assert wake_promises(pudong, now=now + 3 * HOUR) == 0


def test_when_its_moment_comes_the_promise_lifts_the_card(pudong, wang, li, today, now):
    make_bare_item(wang, rule="service_3dc", due_on=today, now=now)
    promise(wang, at=now + HOUR, to=li, now=now)
    card(wang, now)
    assert wake_promises(pudong, now=now) == 0
    assert wake_promises(pudong, now=now + HOUR) == 1
    lifted = CallCard.objects.get(customer=wang)
    assert (lifted.pinned_to, lifted.rank) == (li, rank_of(today, 0, now + HOUR))
    assert lifted.rules == ["promise", "service_3dc"]
    assert wake_promises(pudong, now=now + HOUR) == 0


def test_the_lease_and_the_last_caller_are_not_touched(wang, li, today, now):
    make_bare_item(wang, due_on=today, now=now)
    token = uuid.uuid4()
    lock_card(wang.pk)
    CallCard.objects.update(lease_by=li, lease_token=token, lease_until=now + HOUR, last_by=li)
    kept = card(wang, now)
    assert (kept.lease_by, kept.lease_token, kept.lease_until, kept.last_by) == (li, token, now + HOUR, li)


def test_a_skipped_card_is_not_callable_before_its_skip_ends(wang, today, now):
    make_bare_item(wang, due_on=today, callable_at=now - HOUR, now=now)
    lock_card(wang.pk)
    CallCard.objects.update(skipped_until=now + HOUR)
    assert card(wang, now).callable_at == now + HOUR
    CallCard.objects.update(skipped_until=now - 2 * HOUR)
    assert card(wang, now).callable_at == now - HOUR


def test_another_stores_items_and_cards_stay_alone(pudong, xuhui, wang, today, now):
    stranger = make_customer(xuhui, name="何")
    make_bare_item(stranger, due_on=today, now=now)
    recompute_cards([stranger.pk], store=xuhui, now=now)
    DueItem.objects.update(due_on=today - DAY)
    recompute_cards([stranger.pk, wang.pk], store=pudong, now=now)
    assert CallCard.objects.get(customer=stranger).due_on == today
    assert check_cards(pudong, now=now) == []
    assert {difference.column for difference in check_cards(xuhui, now=now)} == {"due_on", "rank"}


def test_an_overdue_care_call_waits_behind_a_fresh_call_judged_by_the_day(
    pudong, wang, zhou, today, now, django_capture_on_commit_callbacks
):
    other = make_customer(pudong, name="钱多多")
    make_bare_item(wang, rule="quarterly_care", due_on=today - 9 * DAY, now=now)
    make_bare_item(other, rule="delivery_3dc", due_on=today, now=now)
    late, fresh = card(wang, now), card(other, now)
    assert fresh.rank < late.rank == rank_of(today + 5 * DAY, 55)
    assert late.due_on == today - 9 * DAY  # overdue all the same, in every figure
    dial = RuleDial.objects.get(store=pudong, rule="quarterly_care")
    with django_capture_on_commit_callbacks(execute=True):
        change_dial(dial, {"patience": 0}, by=zhou, now=now)
    assert CallCard.objects.get(customer=wang).rank == rank_of(today - 9 * DAY, 55) < fresh.rank
    assert check_cards(pudong, now=now) == []


def test_the_weight_is_a_dial_and_changing_it_ranks_the_open_cards_anew(
    pudong, wang, zhou, today, now, django_capture_on_commit_callbacks
):
    make_bare_item(wang, rule="delivery_7dc", due_on=today, now=now)
    assert card(wang, now).rank == rank_of(today, 15)
    dial = RuleDial.objects.get(store=pudong, rule="delivery_7dc")
    with django_capture_on_commit_callbacks(execute=True):
        change_dial(dial, {"weight": 70}, by=zhou, now=now)
    assert CallCard.objects.get().rank == rank_of(today, 70)
    assert check_cards(pudong, now=now) == []


def test_the_statement_and_the_row_by_row_check_agree_on_a_thousand_items(pudong, li, today, now):
    """Cards are written by one SQL statement and checked in Python: two programs, one result."""
    dice = random.Random(20260318)
    people = [make_customer(pudong, name=f"客户{number}") for number in range(250)]
    set_dial(pudong, "delivery_3dc", opens=1, due=3, expires=10, weight=33)
    rows = []
    for number in range(1000):
        customer = dice.choice(people)
        rule = dice.choice(["promise", "service_3dc", "delivery_3dc", "delivery_7dc", "manual", "no_longer_declared"])
        callable_at = now + dice.randint(-4, 4) * dice.choice([HOUR, DAY])
        rows.append(
            DueItem(
                store=pudong,
                rule=rule,
                fact_id=number,
                customer=customer,
                opens_on=today,
                due_on=today + dice.randint(-3, 3) * DAY,
                callable_at=callable_at,
                due_at=callable_at + dt.timedelta(minutes=15) if rule == "promise" else None,
                pinned_to=dice.choice([li, None]) if rule == "promise" else None,
                pinned_until=callable_at + HOUR if rule == "promise" else None,
                state=dice.choice(["open", "open", "done", "expired"]),
                created_at=now,
            )
        )
    DueItem.objects.bulk_create(rows)
    assert {difference.column for difference in check_cards(pudong, now=now)} == {"is_open"}
    recompute_cards([person.pk for person in people], store=pudong, now=now)
    assert CallCard.objects.open().count() > 200
    assert check_cards(pudong, now=now) == []


def test_recomputing_takes_as_many_queries_for_three_as_for_one(pudong, today, now):
    people = [make_customer(pudong, name=name) for name in "甲乙丙丁"]
    for person in people:
        make_bare_item(person, due_on=today, now=now)

    def count(some):
        with CaptureQueriesContext(connection) as queries:
            recompute_cards([person.pk for person in some], store=pudong, now=now)
        return len(queries)

    assert count(people[:1]) == count(people[1:])


def test_check_cards_names_the_column_and_both_values(wang, pudong, today, now):
    make_bare_item(wang, due_on=today, now=now)
    good = card(wang, now)
    assert check_cards(pudong, now=now) == []
    CallCard.objects.update(items_open=7)
    (difference,) = check_cards(pudong, now=now)
    assert (difference.card_id, difference.column, difference.card_says, difference.items_say) == (
        good.pk,
        "items_open",
        7,
        1,
    )


def test_check_cards_as_a_command_fails_on_a_difference(wang, pudong, today, now, capsys):
    make_bare_item(wang, due_on=today, now=now)
    with pytest.raises(CommandError):
        call_command("check_cards", "--store", "PD")
    assert f"customer {wang.pk}" in capsys.readouterr().out
    card(wang, now)
    call_command("check_cards", "--json")
    assert capsys.readouterr().out.strip() == '{"cards": 1, "differences": []}'


@pytest.mark.django_db(transaction=True)
def test_two_who_add_a_topic_at_once_are_both_on_the_card(pudong, wang, today, now):
    """The second waits for the card's lock and then counts the first one's item too."""
    start = threading.Barrier(4)
    errors = []

    def add(number):
        try:
            start.wait(10)
            with transaction.atomic():
                lock_card(wang.pk)
                make_bare_item(wang, due_on=today + number * DAY, now=now)
                recompute_cards([wang.pk], store=pudong, now=now)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert CallCard.objects.get().items_open == 4
    assert check_cards(pudong, now=now) == []
