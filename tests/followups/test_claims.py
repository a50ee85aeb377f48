import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.calendar import calendar_of
from followups.choices import SkipReason
from followups.models import CallCard, Skip
from followups.services.cards import recompute_cards
from followups.services.claims import (
    AlreadyClaimed,
    LeaseLost,
    NotOpen,
    release,
    renew_lease,
    skip,
    take_card,
    take_next,
)
from followups.services.planned import plan_promise
from tests.factories.customers import make_customer, make_phone
from tests.factories.followups import make_card, make_item

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def card(pudong, today, now):
    return make_card(pudong, today=today, now=now)


def fresh(card):
    return CallCard.objects.get(pk=card.pk)


# --- take_next --------------------------------------------------------------------------------------------------------
def test_the_most_urgent_card_is_taken(pudong, li, today, now):
    make_card(pudong, today=today, now=now, due_on=today + DAY)
    urgent = make_card(pudong, today=today, now=now, due_on=today - DAY)

    taken = take_next(li, now=now)

    assert taken == urgent
    assert taken.lease_by == li
    assert isinstance(taken.lease_token, uuid.UUID)
    assert taken.lease_until == now + 15 * MINUTE
    assert fresh(urgent).lease_token == taken.lease_token


def test_of_equally_urgent_cards_the_one_that_waited_longer_comes_first(pudong, li, today, now):
    make_card(pudong, today=today, now=now, callable_at=now - MINUTE)
    waiting = make_card(pudong, today=today, now=now, callable_at=now - 2 * MINUTE)
    assert take_next(li, now=now) == waiting


def test_second_agent_does_not_get_the_call(card, li, chen, now):
    assert take_next(li, now=now) == card
    assert take_next(chen, now=now) is None


def test_nothing_is_offered_before_its_moment(pudong, li, today, now):
    make_card(pudong, today=today, now=now, callable_at=now + MINUTE)
    assert take_next(li, now=now) is None
    assert take_next(li, now=now + MINUTE) is not None


def test_closed_cards_and_cards_of_another_store_are_not_offered(card, li, zhao, now):
    assert take_next(zhao, now=now) is None
    card.customer.due_items.update(state="done")
    recompute_cards([card.customer_id], store=card.store, now=now)
    assert take_next(li, now=now) is None


def test_a_lease_that_ran_out_frees_the_card(card, li, chen, now):
    first = take_next(li, now=now)
    assert take_next(chen, now=now + 14 * MINUTE) is None

    second = take_next(chen, now=now + 15 * MINUTE)

    assert second == card
    assert second.lease_token != first.lease_token


def test_the_lease_time_is_a_dial(card, li, now):
    from followups.models import DeskDial

    DeskDial.objects.filter(store=card.store).update(lease_minutes=3)
    assert take_next(li, now=now).lease_until == now + 3 * MINUTE


def test_taking_another_card_releases_the_former(pudong, li, chen, today, now):
    first = make_card(pudong, today=today, now=now)
    take_next(li, now=now)
    better = make_card(pudong, today=today, now=now, due_on=today - DAY)

    assert take_next(li, now=now) == better

    assert fresh(first).lease_by is None
    assert fresh(first).lease_token is None
    assert take_next(chen, now=now) == first


def test_a_card_still_held_is_offered_again(card, li, now):
    first = take_next(li, now=now)
    again = take_next(li, now=now + MINUTE)
    assert again == card
    assert again.lease_token != first.lease_token


def test_the_database_refuses_a_second_card_for_one_person(pudong, li, today, now):
    make_card(pudong, today=today, now=now)
    other = make_card(pudong, today=today, now=now)
    take_next(li, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallCard.objects.filter(pk=other.pk).update(lease_by=li, lease_token=uuid.uuid4(), lease_until=now)


def test_a_promise_is_offered_to_the_person_who_gave_it_and_later_to_the_team(card, pudong, li, chen, today, now):
    other = make_card(pudong, today=today, now=now, due_on=today - 2 * DAY)
    card.customer.due_items.update(state="done")
    plan_promise(card.customer, at=now + 60 * MINUTE, subject="", by=li, now=now, pinned_to=li)
    moment = now + 60 * MINUTE

    assert take_next(li, now=moment - 16 * MINUTE) == other
    release(other, token=fresh(other).lease_token)
    assert take_next(chen, now=moment) == other
    assert take_next(li, now=moment - 15 * MINUTE) == card  # before everything else
    release(card, token=fresh(card).lease_token)
    CallCard.objects.filter(pk=other.pk).update(is_open=False)
    assert take_next(chen, now=moment + 14 * MINUTE) is None
    assert take_next(chen, now=moment + 15 * MINUTE) == card


def test_a_number_that_a_colleague_may_be_dialling_is_not_offered_twice(pudong, li, chen, today, now):
    husband = make_card(pudong, today=today, now=now, number="13811112222", due_on=today - DAY)
    wife = make_card(pudong, today=today, now=now, number="13833334444")
    make_phone(wife.customer, "13811112222")
    stranger = make_card(pudong, today=today, now=now, due_on=today + DAY)

    assert take_next(li, now=now) == husband
    assert take_next(chen, now=now) == stranger
    with pytest.raises(AlreadyClaimed) as refusal:
        take_card(wife.pk, user=chen, now=now)
    assert refusal.value.by == li
    assert fresh(wife).lease_by is None
    assert fresh(stranger).lease_by == chen  # what she held she still holds


def test_a_void_number_a_lapsed_lease_and_another_store_hold_no_number(pudong, xuhui, li, chen, zhao, today, now):
    mine = make_card(pudong, today=today, now=now, number="13811112222", due_on=today - DAY)
    theirs = make_card(pudong, today=today, now=now)
    make_phone(theirs.customer, "13811112222", is_void=True)
    far = make_card(xuhui, today=today, now=now, number="13811112222")

    assert take_next(li, now=now) == mine
    assert take_next(chen, now=now) == theirs
    assert take_next(zhao, now=now) == far
    release(theirs, token=fresh(theirs).lease_token)
    theirs.customer.phones.update(is_void=False)
    assert take_next(chen, now=now) is None
    CallCard.objects.filter(pk=mine.pk).update(is_open=False)
    assert take_next(chen, now=now + 15 * MINUTE) == theirs


def test_ones_own_lease_does_not_hide_a_relatives_card(pudong, li, today, now):
    husband = make_card(pudong, today=today, now=now, number="13811112222")
    take_next(li, now=now)
    wife = make_card(pudong, today=today, now=now, number="13811112222", due_on=today - DAY)
    assert take_next(li, now=now) == wife
    assert fresh(husband).lease_by is None


def test_claiming_costs_the_same_whatever_the_queue(pudong, li, today, now, django_assert_num_queries):
    assert take_next(li, now=now) is None  # PostgreSQL plans the statements once per connection
    make_card(pudong, today=today, now=now)
    with django_assert_num_queries(4):  # the desk's hours, and the claim in the test's own savepoint
        take_next(li, now=now)
    for _ in range(5):
        make_card(pudong, today=today, now=now, due_on=today - DAY)
    with django_assert_num_queries(10):  # she holds one: that lease is ended first, and stands in her tray
        take_next(li, now=now)


@pytest.mark.django_db(transaction=True)
def test_as_a_rule_a_claim_is_one_statement(pudong, li, today, now, django_assert_num_queries):
    assert take_next(li, now=now) is None
    card = make_card(pudong, today=today, now=now)
    with django_assert_num_queries(2):  # the desk's hours, and the claim
        assert take_next(li, now=now) == card


# --- take_card --------------------------------------------------------------------------------------------------------
def test_a_chosen_card_is_leased(card, li, now):
    taken = take_card(card.pk, user=li, now=now)
    assert (taken.lease_by, taken.lease_until) == (li, now + 15 * MINUTE)


def test_a_card_that_a_colleague_holds_cannot_be_chosen(card, li, chen, now):
    held = take_card(card.pk, user=li, now=now)
    with pytest.raises(AlreadyClaimed) as refusal:
        take_card(card.pk, user=chen, now=now + 14 * MINUTE)
    assert refusal.value.by == li
    assert fresh(card).lease_token == held.lease_token

    assert take_card(card.pk, user=chen, now=now + 15 * MINUTE).lease_by == chen


def test_choosing_ends_the_former_lease(pudong, li, today, now):
    first, second = (make_card(pudong, today=today, now=now) for _ in range(2))
    take_card(first.pk, user=li, now=now)
    take_card(second.pk, user=li, now=now)
    assert fresh(first).lease_by is None
    assert fresh(second).lease_by == li


def test_a_card_of_another_store_is_not_there(card, zhao, now):
    with pytest.raises(CallCard.DoesNotExist):
        take_card(card.pk, user=zhao, now=now)


def test_a_card_without_topics_cannot_be_taken(card, li, now):
    card.customer.due_items.update(state="done")
    recompute_cards([card.customer_id], store=card.store, now=now)
    with pytest.raises(NotOpen):
        take_card(card.pk, user=li, now=now)


def test_a_card_may_be_chosen_before_its_moment_and_though_it_is_a_colleagues_promise(card, li, chen, now):
    card.customer.due_items.update(state="done")
    plan_promise(card.customer, at=now + 60 * MINUTE, subject="", by=chen, now=now, pinned_to=chen)
    assert take_card(card.pk, user=li, now=now) == card


# --- Holding, giving back, putting aside ------------------------------------------------------------------------------
def test_a_lease_is_renewed_from_now(card, li, now):
    token = take_next(li, now=now).lease_token
    assert renew_lease(card, token=token, now=now + 10 * MINUTE)
    assert fresh(card).lease_until == now + 25 * MINUTE


def test_an_expired_lease_that_nobody_took_is_renewed_and_one_that_was_taken_is_not(card, li, chen, now):
    token = take_next(li, now=now).lease_token
    assert renew_lease(card, token=token, now=now + 60 * MINUTE)
    theirs = take_next(chen, now=now + 80 * MINUTE)
    assert not renew_lease(card, token=token, now=now + 81 * MINUTE)
    assert fresh(card).lease_until == theirs.lease_until


def test_a_card_given_back_goes_to_the_next_who_asks(card, li, chen, now):
    token = take_next(li, now=now).lease_token
    assert not release(card, token=uuid.uuid4())
    assert release(card, token=token)
    assert take_next(chen, now=now) == card


def test_a_skipped_card_comes_back_after_an_hour(card, li, chen, now):
    token = take_next(li, now=now).lease_token

    skip(card, token=token, by=li, now=now, reason=SkipReason.PREPARE, note="查工单")

    row = Skip.objects.get()
    assert (row.card, row.by, row.reason, row.note) == (card, li, "prepare", "查工单")
    assert fresh(card).lease_by is None
    assert take_next(chen, now=now + 59 * MINUTE) is None
    assert take_next(chen, now=now + 60 * MINUTE) == card


def test_where_the_right_number_must_be_found_it_comes_back_on_the_next_work_day(card, li, chen, now):
    token = take_next(li, now=now).lease_token
    skip(card, token=token, by=li, now=now, reason=SkipReason.NO_NUMBER)
    zone = card.store.zone
    at = dt.datetime.combine(
        calendar_of(card.store).next_workday(card.store.day_of(now) + DAY), dt.time(9), tzinfo=zone
    )
    assert fresh(card).callable_at == at
    assert take_next(chen, now=at - MINUTE) is None
    assert take_next(chen, now=at) == card


def test_only_the_holder_skips(card, li, chen, now):
    token = take_next(li, now=now).lease_token
    for person, word in ((li, uuid.uuid4()), (chen, token)):
        with pytest.raises(LeaseLost) as loss:
            skip(card, token=word, by=person, now=now, reason=SkipReason.OTHER)
        assert loss.value.by == li
    assert not Skip.objects.exists()


@pytest.mark.parametrize(
    ("promised_in", "skipped_at", "back_after"),
    [
        (30, 0, 30),  # at the promised moment, not an hour later
        (120, 0, 60),  # the promise is still far
        (30, 40, 15),  # it has passed: when it belongs to the team
    ],
)
def test_a_skip_never_hides_a_promise_beyond_its_time(pudong, li, today, now, promised_in, skipped_at, back_after):
    customer = make_customer(pudong, number="13812345678")
    make_item(customer, today=today, now=now)
    plan_promise(customer, at=now + promised_in * MINUTE, subject="", by=li, now=now, pinned_to=li)
    moment = now + skipped_at * MINUTE
    token = take_card(customer.card.pk, user=li, now=moment).lease_token

    skip(customer.card, token=token, by=li, now=moment, reason=SkipReason.OTHER)

    assert fresh(customer.card).callable_at == moment + back_after * MINUTE


def test_a_card_without_any_usable_number_comes_after_all_others(pudong, li, chen, today, now):
    lost = make_card(pudong, today=today, now=now, due_on=today - 30 * DAY)
    lost.customer.phones.update(state="wrong")
    make_phone(lost.customer, "13700009999", state="dead")
    reachable = make_card(pudong, today=today, now=now)
    assert take_next(li, now=now) == reachable
    assert take_next(chen, now=now) == lost  # when all others are called, its number is looked for
