"""A manager's deeds on cards: reserved, given back, put aside, taken back; many at a time, in lots, undone."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Change
from followups.models import CallCard, Draft, DueItem, PlannedCall, QueueMove
from followups.services import steering
from followups.services.cards import check_cards, recompute_cards, wake_promises
from followups.services.claims import LeaseLost, renew_lease, take_card, take_next
from followups.services.drafts import save_draft
from followups.services.planned import plan_promise
from followups.services.visits import save_visit
from followups.tasks import sweep_queue_moves
from office.models import Notice
from tests.factories.followups import make_card
from tests.followups.desk import call, dialled

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def here(li, chen, now):
    """Both specialists are at work."""
    for person in (li, chen):
        person.last_login = now - dt.timedelta(minutes=30)
        person.save(update_fields=["last_login"])


@pytest.fixture
def cards(pudong, today, now):
    return [make_card(pudong, today=today, now=now) for _number in range(5)]


def fresh(card) -> CallCard:
    return CallCard.objects.get(pk=card.pk)


def ask(store, *, by, now, deed="assign", **fields):
    fields = {"note": "分一分", "wanted": 5, **fields}
    return steering.ask_move(store, deed=deed, by=by, now=now, **fields)


def owners(cards):
    return [fresh(card).assigned_to_id for card in cards]


# --- One card --------------------------------------------------------------------------------------------------------
def test_a_reserved_card_is_offered_to_its_person_alone(here, li, chen, zhou, cards, now):
    steering.assign_cards(cards, to=chen, by=zhou, now=now, note="熟客")
    assert take_next(li, now=now) is None
    assert take_next(chen, now=now) in cards


def test_whoever_is_absent_or_has_left_blocks_nothing(here, li, chen, zhou, cards, now):
    steering.assign_cards(cards, to=chen, by=zhou, now=now, note="熟客")
    chen.last_login = now - 2 * DAY
    chen.save()
    assert take_next(li, now=now) == cards[0]
    chen.last_login, chen.is_active = now, False
    chen.save()
    assert take_next(li, now=now) is not None


def test_a_reservation_ends_with_its_day(here, li, chen, zhou, pudong, cards, today, now):
    steering.assign_cards(cards, to=chen, by=zhou, now=now, note="今天", until=today)
    late = dt.datetime.combine(today, dt.time(23, 59), tzinfo=pudong.zone)
    chen.last_login = late + 9 * dt.timedelta(hours=1)
    chen.save()
    assert take_next(li, now=late) is None
    assert take_next(li, now=late + 10 * dt.timedelta(hours=1)) is not None


def test_a_promise_that_has_come_waits_for_no_reservation(here, li, chen, zhou, cards, now):
    steering.assign_cards(cards, to=chen, by=zhou, now=now, note="熟客")
    plan_promise(cards[2].customer, at=now + dt.timedelta(minutes=5), subject="约好", by=li, now=now)
    assert take_next(li, now=now) == cards[2]


def test_anybody_may_choose_a_reserved_card_by_hand(here, li, chen, zhou, cards, now):
    steering.assign_cards(cards[:1], to=chen, by=zhou, now=now, note="熟客")
    assert take_card(cards[0].pk, user=li, now=now).lease_by == li


def test_reserving_moves_no_deadline_and_no_moment_and_says_why(here, chen, zhou, cards, now, pudong):
    before = list(CallCard.objects.order_by("pk").values_list("callable_at", "due_on", "rank", "rested_until"))
    move = steering.assign_cards(cards, to=chen, by=zhou, now=now, note="陈晨认识他们")
    assert list(CallCard.objects.order_by("pk").values_list("callable_at", "due_on", "rank", "rested_until")) == before
    assert (move.moved, move.state, move.note) == (5, "done", "陈晨认识他们")
    line = Change.objects.get(model="followups.callcard", object_id=cards[0].pk)
    assert (line.deed, line.actor_id, line.params) == ("steer", zhou.pk, {"note": "陈晨认识他们"})
    assert line.changes["assigned_to"] == [None, chen.pk]
    notice = Notice.objects.get(user=chen)
    assert "5" in notice.text and "陈晨认识他们" in notice.text
    assert check_cards(pudong, now=now) == []


def test_a_promise_goes_along_and_keeps_its_moment(here, li, chen, zhou, cards, now, pudong):
    at = now + dt.timedelta(hours=3)
    planned = plan_promise(cards[0].customer, at=at, subject="约好", by=li, now=now, pinned_to=li)
    steering.assign_cards(cards[:1], to=chen, by=zhou, now=now, note="李静请假")
    item = DueItem.objects.get(rule="promise", fact_id=planned.pk)
    assert (item.pinned_to, item.due_at, item.callable_at) == (chen, at, at - dt.timedelta(minutes=15))
    assert item.pinned_until == at + dt.timedelta(minutes=15)
    assert PlannedCall.objects.get(pk=planned.pk).pinned_to == chen
    assert "1" in Notice.objects.get(user=li).text  # she loses it, and is told
    assert check_cards(pudong, now=now) == []
    wake_promises(pudong, now=at)
    assert take_next(li, now=at) != cards[0]
    assert take_next(chen, now=at) == cards[0]


def test_a_late_promise_belongs_to_whoever_gets_it_for_a_while(here, li, chen, zhou, cards, now, pudong):
    at = now + dt.timedelta(minutes=1)
    plan_promise(cards[0].customer, at=at, subject="约好", by=li, now=now, pinned_to=li)
    later = at + dt.timedelta(hours=1)
    steering.assign_cards(cards[:1], to=chen, by=zhou, now=later, note="快打")
    assert take_next(li, now=later) != cards[0]
    assert take_next(chen, now=later) == cards[0]
    assert DueItem.objects.get(rule="promise").due_at == at


def test_back_to_the_team_takes_reservation_and_promise_from_everybody(here, li, chen, zhou, cards, now):
    at = now + dt.timedelta(hours=3)
    plan_promise(cards[0].customer, at=at, subject="约好", by=li, now=now, pinned_to=li)
    steering.assign_cards(cards[:1], to=chen, by=zhou, now=now, note="先给陈晨", promises=False)
    assert DueItem.objects.get(rule="promise").pinned_to == li
    move = steering.assign_cards(cards, to=None, by=zhou, now=now, note="还是大家打")
    item = DueItem.objects.get(rule="promise")
    assert (owners(cards[:1]), item.pinned_to, item.due_at) == ([None], None, at)
    assert (move.moved, move.passed) == (1, {"same": 4})


def test_reasons_people_and_days_are_asked_for(here, li, zhao, zhou, qian, cards, today, now):
    def faults(**fields):
        with pytest.raises(ValidationError) as found:
            steering.assign_cards(cards, **({"to": li, "by": zhou, "now": now, "note": "好"} | fields))
        return list(found.value.message_dict)

    assert faults(note="  ") == ["note"]
    assert faults(to=zhao) == ["people"]  # of another store
    assert faults(to=qian) == ["people"]  # may not work on the queue
    assert faults(until=today - DAY) == ["until"]
    assert faults(until=today + 91 * DAY) == ["until"]
    assert owners(cards) == [None] * 5 and not QueueMove.objects.exists()
    assert steering.assign_cards([], to=li, by=zhou, now=now, note="无") is None


def test_a_card_taken_back_cannot_be_saved_and_her_draft_stays(here, li, zhou, chen, cards, now):
    card = take_card(cards[0].pk, user=li, now=now)
    save_draft(card, li, {"note": ["客户在开会"]}, now)
    with pytest.raises(ValidationError):
        steering.take_back(card, by=zhou, now=now, note="")
    move = steering.take_back(card, by=zhou, now=now, note="急事")
    assert (move.deed, move.moved, move.note) == ("take_back", 1, "急事")
    assert not renew_lease(card, token=card.lease_token, now=now)  # what tells her page
    with pytest.raises(LeaseLost):
        save_visit(card, token=card.lease_token, by=li, now=now, attempt=dialled(card.customer, "no_answer"), topics=[])
    assert Draft.objects.get(card=card, user=li).data == {"note": ["客户在开会"]}
    assert card.customer.name in Notice.objects.get(user=li).text
    assert Change.objects.get(deed="take_back").params == {"note": "急事"}
    assert take_card(card.pk, user=chen, now=now).lease_by == chen
    assert steering.take_back(cards[1], by=zhou, now=now, note="没人占") is None
    with pytest.raises(steering.CannotUndoMove):
        steering.ask_undo(move, by=zhou, now=now)


def test_the_board_sees_since_when_a_card_is_held(here, li, cards, now):
    first = take_card(cards[0].pk, user=li, now=now)
    again = take_card(cards[0].pk, user=li, now=now + dt.timedelta(minutes=4))
    assert (first.leased_at, again.leased_at) == (now, now)
    other = take_next(li, now=now + dt.timedelta(minutes=9))
    assert other.leased_at == now + dt.timedelta(minutes=9)


# --- Put aside -----------------------------------------------------------------------------------------------------
def test_put_aside_moves_the_moment_never_the_deadline(here, li, zhou, pudong, cards, today, now):
    deadlines = list(DueItem.objects.order_by("pk").values_list("due_on", "expires_on", "callable_at"))
    move = ask(pudong, deed="put_aside", until=today + 2 * DAY, by=zhou, now=now, cards=[card.pk for card in cards])
    steering.run_move(move.pk, now=now)
    assert take_next(li, now=now) is None
    morning = dt.datetime.combine(today + 2 * DAY, dt.time(9), tzinfo=pudong.zone)
    assert {fresh(card).callable_at for card in cards} == {morning}
    assert list(DueItem.objects.order_by("pk").values_list("due_on", "expires_on", "callable_at")) == deadlines
    assert check_cards(pudong, now=now) == []
    assert take_next(li, now=morning) is not None


def test_a_promise_is_not_put_aside_beyond_its_time(here, li, zhou, pudong, cards, today, now):
    at = now + dt.timedelta(hours=3)
    plan_promise(cards[0].customer, at=at, subject="约好", by=li, now=now)
    plan_promise(cards[1].customer, at=now + dt.timedelta(minutes=5), subject="约好", by=li, now=now)
    move = ask(pudong, deed="put_aside", until=today + 2 * DAY, by=zhou, now=now, cards=[card.pk for card in cards[:2]])
    move = steering.run_move(move.pk, now=now)
    assert fresh(cards[0]).callable_at == at - dt.timedelta(minutes=15)
    assert (move.moved, move.passed) == (1, {"promise": 1})
    assert check_cards(pudong, now=now) == []


# --- Many ----------------------------------------------------------------------------------------------------------
def test_cards_are_shared_out_in_turn(here, li, chen, zhou, pudong, cards, now, monkeypatch):
    monkeypatch.setattr(steering, "LOT", 2)
    take_card(cards[1].pk, user=li, now=now)
    move = ask(pudong, people=(li, chen), by=zhou, now=now, query={})
    move = steering.run_move(move.pk, now=now)
    assert owners(cards) == [li.pk, None, chen.pk, li.pk, chen.pk]
    assert (move.moved, move.passed, move.lines.count()) == (4, {"held": 1}, 4)
    assert {notice.user_id for notice in Notice.objects.all()} == {li.pk, chen.pk}


def test_the_filter_chooses(here, li, zhou, pudong, xuhui, today, now):
    mine = make_card(pudong, today=today, now=now, rule="delivery_3dc", due_on=today - DAY)
    make_card(pudong, today=today, now=now, rule="delivery_3dc", due_on=today)
    make_card(pudong, today=today, now=now, due_on=today - DAY)
    make_card(xuhui, today=today, now=now, rule="delivery_3dc", due_on=today - DAY)
    move = ask(pudong, people=(li,), by=zhou, now=now, query={"rule": "delivery_3dc", "overdue": "on"})
    steering.run_move(move.pk, now=now)
    assert list(CallCard.objects.filter(assigned_to=li)) == [mine]


def test_another_stores_cards_are_not_moved_by_their_ids(here, li, zhou, pudong, xuhui, cards, today, now):
    theirs = make_card(xuhui, today=today, now=now)
    move = ask(pudong, people=(li,), by=zhou, now=now, cards=[theirs.pk, cards[0].pk])
    move = steering.run_move(move.pk, now=now)
    assert (owners([theirs, cards[0]]), move.moved) == ([None, li.pk], 1)


def test_a_killed_job_is_gone_on_with_and_run_twice_it_moves_once(
    here, li, chen, zhou, pudong, cards, now, monkeypatch
):
    monkeypatch.setattr(steering, "LOT", 2)
    monkeypatch.setattr(steering, "AT_ONCE", 0)
    move = ask(pudong, people=(li, chen), by=zhou, now=now - dt.timedelta(days=1), query={})
    real, lots = steering.move_lot, []

    def dies(ids, *args, **kwargs):
        lots.append(ids)
        if len(lots) == 2:
            raise KeyboardInterrupt
        return real(ids, *args, **kwargs)

    monkeypatch.setattr(steering, "move_lot", dies)
    with pytest.raises(KeyboardInterrupt):
        steering.run_move(move.pk, now=now)
    monkeypatch.setattr(steering, "move_lot", real)
    move.refresh_from_db()
    assert (move.moved, move.state) == (2, "waiting")
    assert steering.find_unfinished() == []  # it was heard of a moment ago
    QueueMove.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=2))
    sweep_queue_moves()
    assert owners(cards) == [li.pk, chen.pk, li.pk, chen.pk, li.pk]
    assert steering.run_move(move.pk, now=now) is None and steering.find_unfinished() == []
    assert move.lines.count() == 5


def test_the_same_page_sent_twice_is_one_move(here, li, zhou, pudong, cards, now):
    key = uuid.uuid4()
    first = ask(pudong, people=(li,), by=zhou, now=now, query={}, form_key=key)
    assert ask(pudong, people=(li,), by=zhou, now=now, query={}, form_key=key) == first
    assert QueueMove.objects.count() == 1


def test_a_card_worked_in_between_is_left_alone(here, li, chen, zhou, pudong, cards, now):
    move = ask(pudong, people=(chen,), by=zhou, now=now, cards=[card.pk for card in cards])
    call(cards[0].customer, "no_answer", by=li, now=now)
    for item in cards[1].customer.due_items.all():
        item.state = "done"
        item.save()
    recompute_cards([cards[1].customer_id], store=pudong, now=now)
    move = steering.run_move(move.pk, now=now)
    assert move.passed == {"closed": 1} and move.moved == 4
    assert fresh(cards[1]).assigned_to is None


def test_an_undo_puts_back_what_nobody_has_touched(here, li, chen, zhou, pudong, cards, today, now):
    at = now + dt.timedelta(hours=3)
    plan_promise(cards[3].customer, at=at, subject="约好", by=li, now=now, pinned_to=li)
    steering.assign_cards(cards[3:], to=li, by=zhou, now=now, note="李静的")
    before = {card.pk: fresh(card) for card in cards}
    move = steering.assign_cards(cards, to=chen, by=zhou, now=now, note="陈晨的")
    soon = now + dt.timedelta(minutes=10)
    call(cards[0].customer, "no_answer", by=chen, now=soon)  # worked on
    take_card(cards[1].pk, user=chen, now=soon)  # being worked on
    steering.assign_cards(cards[2:3], to=li, by=zhou, now=soon, note="换人")  # moved again, by another deed
    move = steering.ask_undo(move, by=zhou, now=soon)
    assert (move.state, move.undone) == ("undone", 2)
    assert owners(cards) == [chen.pk, chen.pk, li.pk, li.pk, li.pk]
    for card in cards[3:]:
        assert (fresh(card).assigned_until, fresh(card).callable_at) == (
            before[card.pk].assigned_until,
            before[card.pk].callable_at,
        )
    assert DueItem.objects.get(rule="promise").pinned_to == li
    assert check_cards(pudong, now=soon) == []
    assert not Notice.objects.filter(code="cards_given", key__endswith=f"-{move.pk}").unresolved().exists()
    with pytest.raises(steering.CannotUndoMove) as refusal:
        steering.ask_undo(move, by=zhou, now=soon)
    assert refusal.value.reason == "undone"


def test_what_is_put_aside_comes_back_by_an_undo_and_not_after_a_day(here, li, zhou, pudong, cards, today, now):
    move = ask(pudong, deed="put_aside", until=today + 2 * DAY, by=zhou, now=now, cards=[card.pk for card in cards])
    move = steering.run_move(move.pk, now=now)
    with pytest.raises(steering.CannotUndoMove) as refusal:
        steering.ask_undo(move, by=zhou, now=now + 2 * DAY)
    assert refusal.value.reason == "too_late"
    steering.ask_undo(move, by=zhou, now=now + dt.timedelta(minutes=1))
    assert take_next(li, now=now + dt.timedelta(minutes=1)) is not None
    assert {fresh(card).skipped_until for card in cards} == {None}
    assert check_cards(pudong, now=now) == []


def test_a_lot_asks_the_same_however_many_cards(here, li, zhou, pudong, cards, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        steering.assign_cards(cards[:1], to=li, by=zhou, now=now, note="一张")
    with django_assert_max_num_queries(45):
        steering.assign_cards(cards[1:], to=li, by=zhou, now=now, note="四张")
