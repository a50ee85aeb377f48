"""Several people at once, each with a connection of her own, on whichever database the suite runs."""

import datetime as dt
import threading
import time
from collections import Counter

import pytest
from django.db import connections

from accounts.choices import Role
from accounts.services import create_account
from customers.models import Contact, Customer
from customers.services import record_contact, update_customer
from customers.services.phones import update_phone
from cvp.models import Response
from followups.models import Call, CallCard, DueItem
from followups.services import claims, odometer
from followups.services.cards import check_cards, lock_cards, recompute_cards
from followups.services.claims import AlreadyClaimed, LeaseLost, NotOpen, take_card, take_next
from followups.services.generation import generate_due
from followups.services.overrides import Restrained
from followups.services.undo import CannotUndo, undo_visit
from followups.services.visits import save_visit
from tests.conftest import PASSWORD
from tests.factories.customers import make_customer
from tests.factories.followups import make_card, make_item
from tests.followups.desk import call, dialled, done

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = dt.timedelta(minutes=1)


def at_once(*deeds):
    """Run all deeds at the same time; gives for each what it returned or raised, in order."""
    gate = threading.Barrier(len(deeds))
    results = [None] * len(deeds)

    def run(place, deed):
        try:
            gate.wait(timeout=30)
            results[place] = deed()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def make_people(store, count):
    return [
        create_account(
            username=f"p{number}", full_name=f"专员{number}", role=Role.SPECIALIST, store=store, password=PASSWORD
        )
        for number in range(count)
    ]


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, "service_3dc", today=today, now=now)


@pytest.mark.slow
def test_twenty_people_share_two_hundred_cards_without_a_double(pudong, today, now):
    people = make_people(pudong, 20)
    cards = {make_card(pudong, today=today, now=now).pk for _ in range(200)}

    def work(person):
        taken = []
        while (card := take_next(person, now=now)) is not None:
            taken.append(card.pk)
            save_visit(
                card,
                token=card.lease_token,
                by=person,
                now=now,
                attempt=dialled(card.customer, "busy"),
                topics=[],
            )
        return taken

    results = at_once(*(lambda person=person: work(person) for person in people))

    assert [result for result in results if isinstance(result, Exception)] == []
    taken = Counter(pk for result in results for pk in result)
    assert set(taken) == cards
    assert set(taken.values()) == {1}
    assert Call.objects.count() == 200
    assert set(DueItem.objects.values_list("attempts", flat=True)) == {1}
    assert check_cards(pudong, now=now) == []


def test_of_two_who_choose_one_card_one_gets_it(item, wang, li, chen, now):
    results = at_once(*(lambda who=who: take_card(wang.card.pk, user=who, now=now) for who in (li, chen)))
    refused = [result for result in results if isinstance(result, AlreadyClaimed)]
    taken = [result for result in results if isinstance(result, CallCard)]
    assert (len(refused), len(taken)) == (1, 1)
    assert refused[0].by == taken[0].lease_by


def test_two_tabs_of_one_person_hold_one_card(pudong, li, today, now):
    for _ in range(4):
        make_card(pudong, today=today, now=now)
    for _round in range(5):
        results = at_once(*(lambda: take_next(li, now=now) for _ in range(4)))
        assert all(isinstance(result, CallCard) for result in results)
        assert CallCard.objects.filter(lease_by=li).count() == 1


def test_two_relatives_with_one_number_are_never_dialled_at_once(pudong, li, chen, today, now):
    for _ in range(2):
        make_card(pudong, today=today, now=now, number="13811112222")
    for _round in range(10):
        CallCard.objects.update(lease_by=None, lease_token=None, lease_until=None)
        results = at_once(*(lambda who=who: take_next(who, now=now) for who in (li, chen)))
        assert sorted(type(result).__name__ for result in results) == ["CallCard", "NoneType"]
        assert CallCard.objects.filter(lease_by__isnull=False).count() == 1


def test_two_people_who_swap_lapsed_cards_do_not_wait_for_each_other(pudong, li, chen, today, now):
    first, second = (make_card(pudong, today=today, now=now) for _ in range(2))
    for round_ in range(5):
        moment = now + round_ * 60 * MINUTE
        mine, theirs = (first, second) if round_ % 2 == 0 else (second, first)
        take_card(mine.pk, user=li, now=moment)
        take_card(theirs.pk, user=chen, now=moment)
        later = moment + 20 * MINUTE
        results = at_once(
            lambda: take_card(theirs.pk, user=li, now=later),  # noqa: B023
            lambda: take_card(mine.pk, user=chen, now=later),  # noqa: B023
        )
        # Whoever comes first gets hers and frees the other.
        assert all(isinstance(result, CallCard) for result in results), results


def test_a_card_saved_twice_at_once_is_saved_once(item, wang, li, now):
    card = take_next(li, now=now)
    attempt, topics = dialled(wang, "done"), [done(item)]
    results = at_once(
        *(
            lambda: save_visit(card, token=card.lease_token, by=li, now=now, attempt=attempt, topics=topics)
            for _ in range(3)
        )
    )
    assert {result.pk for result in results} == {Call.objects.get().pk}
    assert (Response.objects.count(), Contact.objects.count()) == (1, 1)


def test_a_late_save_and_a_new_claim_exclude_each_other(pudong, li, chen, today, now):
    for round_ in range(6):
        customer = make_customer(pudong, name=f"客户{round_}", number=f"1370000000{round_}")
        item = make_item(customer, today=today, now=now)
        card = take_card(customer.card.pk, user=li, now=now)
        attempt, topics, later = dialled(customer, "done"), [done(item)], now + 20 * MINUTE
        saved, taken = at_once(
            lambda: save_visit(card, token=card.lease_token, by=li, now=later, attempt=attempt, topics=topics),  # noqa: B023
            lambda: take_card(card.pk, user=chen, now=later),  # noqa: B023
        )
        stored = CallCard.objects.get(pk=card.pk)
        if isinstance(saved, Call):
            assert isinstance(taken, NotOpen)
            assert (stored.is_open, stored.lease_by) == (False, None)
        else:
            assert isinstance(saved, LeaseLost), saved
            assert isinstance(taken, CallCard), taken
            assert stored.lease_by == saved.by == chen
            assert not Call.objects.filter(card=card).exists()
        CallCard.objects.filter(lease_by=chen).update(lease_by=None, lease_token=None, lease_until=None, is_open=False)


def test_what_is_being_saved_is_not_offered(pudong, li, chen, today, now):
    for _ in range(6):
        card = make_card(pudong, today=today, now=now)
        mine = take_next(li, now=now)
        attempt = dialled(card.customer, "no_answer")
        saved, offered = at_once(
            lambda: save_visit(mine, token=mine.lease_token, by=li, now=now, attempt=attempt, topics=[]),  # noqa: B023
            lambda: take_next(chen, now=now),
        )
        assert isinstance(saved, Call), saved
        assert offered is None


def test_an_undo_and_a_colleagues_claim_exclude_each_other(pudong, li, chen, today, now):
    for _ in range(6):
        card = make_card(pudong, today=today, now=now)
        make_item(card.customer, "delivery_7dc", today=today, now=now)
        first = card.customer.due_items.get(rule="service_3dc")
        made = call(card.customer, "done", by=li, now=now, topics=[done(first)])
        undone, taken = at_once(
            lambda: undo_visit(made, by=li, now=now),  # noqa: B023
            lambda: take_card(card.pk, user=chen, now=now),  # noqa: B023
        )
        assert isinstance(taken, CallCard), taken
        if isinstance(undone, CallCard):
            assert first.outcomes.get().call.undone_at == now
        else:
            assert isinstance(undone, CannotUndo), undone
            assert undone.reason == "card_taken"
        CallCard.objects.filter(pk=card.pk).update(lease_by=None, lease_token=None, lease_until=None, is_open=False)


def test_the_days_run_and_working_people_do_not_block_each_other(pudong, today, now):
    people = make_people(pudong, 4)
    for _ in range(24):
        make_card(pudong, today=today, now=now)
    DueItem.objects.filter(pk__in=list(DueItem.objects.values_list("pk", flat=True)[::2])).update(
        expires_on=today - dt.timedelta(days=1)
    )  # half of them are about to expire

    def work(person):
        while (card := take_next(person, now=now)) is not None:
            attempt = dialled(card.customer, "busy")
            save_visit(card, token=card.lease_token, by=person, now=now, attempt=attempt, topics=[])

    results = at_once(
        lambda: generate_due(pudong, today=today, now=now),
        *(lambda person=person: work(person) for person in people),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert check_cards(pudong, now=now) == []
    assert not CallCard.objects.open().filter(callable_at__lte=now).exists()


@pytest.mark.parametrize("way", ["by hand", "next"])
def test_what_is_being_said_to_one_holds_back_her_relatives_card(pudong, li, chen, today, now, way):
    """Her second contact of the week is being saved while a colleague reaches for the card of somebody with the same number."""
    for round_ in range(6):
        cards = [make_card(pudong, today=today, now=now, number=f"1361111000{round_}") for _ in range(2)]
        mother, son = (card.customer for card in cards)
        record_contact(son, at=now - MINUTE, channel="sms", connected=False, by=None, topics=[], summary={})
        recompute_cards([mother.pk, son.pk], store=pudong, now=now)
        held = take_card(mother.card.pk, user=li, now=now)
        attempt, topics = dialled(mother, "done"), [done(mother.due_items.get())]
        saved, reached = at_once(
            lambda: save_visit(held, token=held.lease_token, by=li, now=now, attempt=attempt, topics=topics),  # noqa: B023
            lambda: take_next(chen, now=now) if way == "next" else take_card(son.card.pk, user=chen, now=now),  # noqa: B023
        )
        assert isinstance(saved, Call), saved
        assert reached is None if way == "next" else isinstance(reached, (AlreadyClaimed, Restrained)), reached
        assert CallCard.objects.get(customer=son).rested_until is not None
    assert check_cards(pudong, now=now) == []


def test_what_was_said_to_one_while_a_colleague_took_her_relatives_card_is_seen(
    pudong, li, chen, today, now, monkeypatch
):
    """The call is saved between the claim of the relative's card and the look at its numbers."""
    mother, son = (make_card(pudong, today=today, now=now, number="13611130000").customer for _ in range(2))
    record_contact(son, at=now - MINUTE, channel="sms", connected=False, by=None, topics=[], summary={})
    recompute_cards([mother.pk, son.pk], store=pudong, now=now)
    held = take_card(mother.card.pk, user=li, now=now)
    # The claim looks at no numbers at first, and must not find the mother's card: as if her lease were younger than its snapshot.
    keep = claims._keeps_its_numbers

    def late(card, user, moment):
        save_visit(
            held,
            token=held.lease_token,
            by=li,
            now=now,
            attempt=dialled(mother, "done"),
            topics=[done(mother.due_items.get())],
        )
        return keep(card, user, moment)

    monkeypatch.setattr(claims, "_keeps_its_numbers", late)
    assert take_next(chen, now=now) is None
    card = CallCard.objects.get(customer=son)
    assert card.lease_by is None and card.rested_until is not None
    assert check_cards(pudong, now=now) == []


def test_relatives_saved_at_once_wait_in_one_order(pudong, li, chen, today, now):
    """Lapsed leases on both cards: both calls were made, so both are written down, and neither waits for ever."""
    for round_ in range(6):
        cards = [make_card(pudong, today=today, now=now, number=f"1361112000{round_}") for _ in range(2)]
        first = take_card(cards[0].pk, user=li, now=now)
        second = take_card(cards[1].pk, user=chen, now=now + 20 * MINUTE)
        later = now + 40 * MINUTE
        results = at_once(
            *(
                lambda card=card, who=who: save_visit(
                    card,
                    token=card.lease_token,
                    by=who,
                    now=later,  # noqa: B023
                    attempt=dialled(card.customer, "done"),
                    topics=[done(card.customer.due_items.get())],
                )
                for card, who in ((first, li), (second, chen))
            )
        )
        assert [type(result).__name__ for result in results] == ["Call", "Call"], results
    assert check_cards(pudong, now=now) == []


@pytest.mark.parametrize("way", ["hour", "number"])
def test_a_form_saved_while_a_call_is_being_saved_waits_for_it(item, wang, li, chen, now, monkeypatch, way):
    """Card, customer, number: whoever takes them in another order waits for the other for ever."""
    is_half_way, read = threading.Event(), odometer.take_readings

    def slowly(*args):
        is_half_way.set()
        time.sleep(0.5)
        read(*args)

    monkeypatch.setattr(odometer, "take_readings", slowly)
    card, phone = take_next(li, now=now), wang.phones.get()
    how = {"by": chen, "source": "form", "now": now}

    def form():
        assert is_half_way.wait(timeout=30)
        if way == "hour":
            return update_customer(Customer.objects.get(pk=wang.pk), {"preferred_hour": 18}, **how)
        return update_phone(phone, "13899990000", **how)

    attempt, topics = dialled(wang, "done"), [done(item)]
    saved, changed = at_once(
        lambda: save_visit(card, token=card.lease_token, by=li, now=now, attempt=attempt, topics=topics), form
    )
    assert isinstance(saved, Call), saved
    assert changed == ({"preferred_hour": (None, 18)} if way == "hour" else phone), changed


def test_many_cards_are_locked_in_one_order_however_many_lots_it_takes(pudong, today, now, monkeypatch):
    """Customers' ids and their cards' need not have one order; a lot of the one must not wait for a lot of the other."""
    people = [make_customer(pudong, name=f"客户{number}") for number in range(6)]
    for customer in reversed(people):
        make_item(customer, today=today, now=now)
    monkeypatch.setattr("followups.services.cards.CHUNK", 2)
    locked = []
    monkeypatch.setattr(
        "followups.services.cards.lock_cards", lambda ids: locked.extend(lock_cards(ids)) or sorted(locked)
    )
    recompute_cards([customer.pk for customer in people], store=pudong, now=now)
    assert locked == sorted(locked) and len(locked) == 6
