import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError

from complaints.models import Complaint
from customers.models import Contact
from cvp.models import Response
from followups.models import Call, CallOutcome, DeskDial, Draft, DueItem, PlannedCall
from followups.services.cards import check_cards
from followups.services.claims import LeaseLost, release, take_card, take_next
from followups.services.drafts import save_draft
from followups.services.planned import plan_manual, plan_promise
from followups.services.visits import (
    Attempt,
    ComplaintDraft,
    Topic,
    TopicGone,
    log_attempt,
    save_visit,
    topic_field,
)
from tests.conftest import at
from tests.factories.customers import make_customer, make_phone, make_vehicle
from tests.factories.cvp import answers_of
from tests.factories.followups import make_item
from tests.followups.desk import again, call, card_of, dialled, done, version_of

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def item(wang, focus, today, now):
    """王女士's car was serviced three days ago."""
    return make_item(wang, "service_3dc", today=today, now=now)


@pytest.fixture
def second(wang, focus, item, today, now):
    """And was delivered a week ago."""
    return make_item(wang, "delivery_7dc", today=today, now=now)


# --- Reached ----------------------------------------------------------------------------------------------------------
def test_a_satisfied_call_closes_its_topic_and_gives_the_card_back(wang, item, li, now):
    made = call(wang, "done", by=li, now=now, topics=[done(item)])

    closed = again(item)
    assert (closed.state, closed.reason, closed.closed_by, closed.closed_at) == ("done", "called", li, now)
    assert (closed.dialled_at, closed.connected_at, closed.effective_at) == (now, now, now)
    assert (closed.attempts, closed.bands_failed) == (1, "")
    assert (made.level, made.number, made.answered_by, made.by, made.at) == ("reached", "13812345678", "owner", li, now)
    row = made.outcomes.get()
    assert (row.item, row.is_effective, row.next_at) == (item, True, None)
    assert row.response.answers.get(question__is_key=True).number == 5
    card = card_of(wang)
    assert not card.is_open
    assert (card.lease_by, card.lease_token, card.last_by) == (None, None, li)


def test_each_topic_gets_its_own_outcome(wang, item, second, li, now):
    promised_at = now + 3 * DAY
    made = call(
        wang,
        "done",
        by=li,
        now=now,
        topics=[done(item), Topic(second.pk, "call_back", note="周末再聊", promise_at=promised_at)],
    )

    assert again(item).state == "done"
    waiting = again(second)
    assert (waiting.state, waiting.callable_at) == ("open", promised_at)
    promise = DueItem.objects.get(rule="promise")
    assert (promise.due_at, promise.pinned_to, promise.state) == (promised_at, li, "open")
    planned = made.outcomes.get(item=second).planned
    assert (planned.pk, planned.subject, planned.topic) == (promise.fact_id, "周末再聊", "delivery_7dc")
    assert made.outcomes.get(item=second).next_at == promised_at
    assert card_of(wang).callable_at == promised_at - 15 * MINUTE
    assert check_cards(wang.store) == []


def test_two_topics_put_off_to_one_moment_make_one_promise(wang, item, second, li, now):
    topics = [Topic(each.pk, "call_back", promise_at=now + DAY) for each in (item, second)]
    made = call(wang, "call_back", by=li, now=now, topics=topics)
    planned = PlannedCall.objects.get()
    assert {row.planned for row in made.outcomes.all()} == {planned}


def test_a_topic_that_is_left_out_stays_as_it_was(wang, item, second, li, now):
    call(wang, "done", by=li, now=now, topics=[done(item)])
    left = again(second)
    assert (left.state, left.callable_at, left.attempts, left.dialled_at) == ("open", second.callable_at, 0, None)
    assert card_of(wang).is_open


def test_declined_sold_and_not_there(wang, item, second, li, today, now):
    other = make_item(wang, "delivery_3dc", vehicle=make_vehicle(wang), today=today, now=now)
    call(
        wang,
        "declined",
        by=li,
        now=now,
        topics=[Topic(item.pk, "declined"), Topic(other.pk, "not_available")],
    )
    assert (again(item).state, again(item).reason) == ("declined", "refused")
    absent = again(other)
    assert (absent.state, absent.attempts, absent.bands_failed) == ("open", 1, "")
    assert absent.callable_at == at(wang.store, today + DAY, 14)  # another band on the next day
    assert absent.connected_at == now
    assert absent.effective_at is None


def test_a_sold_car_closes_all_its_topics_and_no_others(wang, item, second, li, today, now):
    other = make_item(wang, "delivery_3dc", vehicle=make_vehicle(wang), today=today, now=now)
    made = call(wang, "car_sold", by=li, now=now, topics=[Topic(item.pk, "car_sold")])
    for gone in (item, second):
        assert (again(gone).state, again(gone).reason) == ("obsolete", "car_gone")
    assert again(other).state == "open"
    assert set(made.outcomes.values_list("item", flat=True)) == {item.pk, second.pk}


def test_who_wants_no_calls_is_asked_nothing_more(wang, item, second, li, now):
    plan_promise(wang, at=now + DAY, subject="", by=li, now=now)
    call(wang, "no_more_calls", by=li, now=now, topics=[Topic(item.pk, "no_more_calls", note="不要再打了")])
    wang.refresh_from_db()
    assert (wang.do_not_call, wang.do_not_call_reason) == (True, "不要再打了")
    assert set(wang.due_items.values_list("state", "reason")) == {("declined", "do_not_call")}
    assert not card_of(wang).is_open


def test_a_promise_that_is_put_off_is_kept_and_a_new_one_made(wang, focus, li, now):
    first = plan_promise(wang, at=now + 10 * MINUTE, subject="问价格", by=li, now=now, pinned_to=li)
    old = DueItem.objects.get(fact_id=first.pk)
    call(
        wang,
        "call_back",
        by=li,
        now=now + 10 * MINUTE,
        topics=[Topic(old.pk, "call_back", promise_at=now + DAY)],
    )
    assert (again(old).state, again(old).reason) == ("done", "called")
    assert DueItem.objects.open().get().due_at == now + DAY


def test_a_dissatisfied_answer_opens_a_complaint_on_the_order(wang, item, li, now):
    draft = ComplaintDraft("repair_quality", "serious", "service", "刹车还是响")
    topic = done(item, overall="5")
    topic = Topic(item.pk, "done", answers=topic.answers, complaint=draft)
    made = call(wang, "done", by=li, now=now, topics=[topic])

    complaint = Complaint.objects.get()
    assert made.outcomes.get().complaint == complaint
    assert (complaint.customer, complaint.vehicle, complaint.opened_by) == (wang, item.vehicle, li)
    assert complaint.repair_order_id == item.fact_id
    assert (complaint.cause.code, complaint.severity, complaint.summary) == ("repair_quality", "serious", "刹车还是响")


@pytest.mark.parametrize(("who", "effective"), [("owner", True), ("driver", True), ("family", False), ("other", False)])
def test_a_call_is_effective_when_owner_or_driver_answered_the_key_question(wang, item, li, now, who, effective):
    made = call(wang, "done", by=li, now=now, topics=[done(item)], answered_by=who)
    assert made.outcomes.get().is_effective is effective
    assert again(item).effective_at == (now if effective else None)
    assert again(item).connected_at == now


def test_a_topic_without_questions_is_effective_when_done_with_the_owner(wang, focus, li, now):
    plan_promise(wang, at=now + MINUTE, subject="", by=li, now=now)
    promise = DueItem.objects.get()
    call(wang, "done", by=li, now=now + MINUTE, topics=[done(promise)])
    assert again(promise).effective_at == now + MINUTE


def test_answers_of_a_topic_that_comes_back_are_not_counted(wang, item, li, now):
    answers = answers_of(version_of(item), overall="1")
    call(wang, "call_back", by=li, now=now, topics=[Topic(item.pk, "call_back", answers=answers, promise_at=now + DAY)])
    assert not Response.objects.exists()


def test_a_reached_number_is_good_and_the_ledger_has_one_line(wang, item, second, li, now):
    make_phone(wang, "13900001111")
    call(
        wang,
        "done",
        by=li,
        now=now,
        number="13900001111",
        note="下午方便",
        topics=[done(item), done(second)],
        log=[dialled(wang, "busy")],
    )
    assert dict(wang.phones.values_list("number", "state")) == {"13812345678": "unknown", "13900001111": "good"}
    contact = Contact.objects.get()
    assert (contact.customer, contact.connected, contact.by, contact.channel) == (wang, True, li, "phone_out")
    assert contact.topics == ["service_3dc", "delivery_7dc"]
    assert contact.summary["zh"] == "完成"
    assert (contact.note, contact.vehicle) == ("下午方便", item.vehicle)


# --- Not reached ------------------------------------------------------------------------------------------------------
def test_no_answer_comes_back_in_another_band_on_the_next_day(wang, item, second, li, today, now):
    made = call(wang, "no_answer", by=li, now=now)
    for each in (item, second):
        tried = again(each)
        assert (tried.state, tried.attempts, tried.bands_failed) == ("open", 1, "m")
        assert tried.callable_at == at(wang.store, today + DAY, 14)
        assert tried.due_on == each.due_on
        assert (tried.dialled_at, tried.connected_at) == (now, None)
    assert made.outcomes.count() == 2
    assert card_of(wang).callable_at == at(wang.store, today + DAY, 14)
    assert card_of(wang).last_by is None
    assert not Contact.objects.get().connected


def test_failures_in_three_different_bands_make_it_unreachable(wang, item, li, today, now):
    moments = [now, at(wang.store, today + DAY, 14), at(wang.store, today + 2 * DAY, 18)]
    for moment in moments:
        assert again(item).state == "open"
        call(wang, "no_answer", by=li, now=moment)
    given_up = again(item)
    assert (given_up.state, given_up.reason, given_up.reason_params) == (
        "unreachable",
        "three_failures",
        {"bands": "mae"},
    )
    assert given_up.attempts == 3
    assert not card_of(wang).is_open


def test_three_failures_in_one_band_are_not_enough(wang, item, li, today, now):
    for days in range(4):
        call(wang, "no_answer", by=li, now=now + days * DAY)
    tried = again(item)
    assert (tried.state, tried.attempts, tried.bands_failed) == ("open", 4, "m")


def test_a_store_with_two_bands_gives_up_after_both(wang, item, li, today, now):
    bands = {"m": ["09:00", "11:30"], "a": ["14:00", "17:30"]}
    DeskDial.objects.filter(store=wang.store).update(bands=bands)
    call(wang, "no_answer", by=li, now=now)
    call(wang, "no_answer", by=li, now=at(wang.store, today + DAY, 14))
    assert again(item).state == "unreachable"


def test_only_one_attempt_a_day_counts(wang, item, li, chen, today, now):
    call(wang, "no_answer", by=li, now=now)
    call(wang, "busy", by=chen, now=at(wang.store, today, 15))
    tried = again(item)
    assert (tried.attempts, tried.bands_failed) == (1, "m")
    assert tried.callable_at == at(wang.store, today + DAY, 17, 30)  # neither morning nor afternoon
    assert Call.objects.count() == 2


def test_a_promise_not_reached_keeps_its_agreed_moment_as_deadline(wang, focus, li, today, now):
    plan_promise(wang, at=now, subject="", by=li, now=now - MINUTE, pinned_to=li)
    promise = DueItem.objects.get()
    call(wang, "no_answer", by=li, now=now)
    tried = again(promise)
    assert (tried.due_at, tried.due_on) == (now, today)
    assert tried.callable_at == at(wang.store, today + DAY, 14)


def test_an_earlier_failed_call_does_not_move_a_promise_nor_what_waits_for_it(wang, item, second, li, today, now):
    promised_at = at(wang.store, today, 16)
    topics = [Topic(item.pk, "call_back", promise_at=promised_at)]
    call(wang, "call_back", by=li, now=now - 30 * MINUTE, topics=topics)

    call(wang, "no_answer", by=li, now=now)

    assert again(item).callable_at == promised_at
    assert DueItem.objects.get(rule="promise").callable_at == promised_at - 15 * MINUTE
    assert again(second).callable_at == at(wang.store, today + DAY, 14)
    assert card_of(wang).callable_at == promised_at - 15 * MINUTE


def test_what_would_be_called_later_today_anyway_is_not_dialled_twice(wang, item, second, li, today, now):
    DueItem.objects.filter(pk=second.pk).update(callable_at=at(wang.store, today, 14), bands_failed="m", attempts=1)
    call(wang, "no_answer", by=li, now=now)
    assert again(second).callable_at == at(wang.store, today + DAY, 14)
    assert again(second).attempts == 2


def test_a_card_chosen_before_its_time_still_counts_its_call(wang, item, li, today, now):
    DueItem.objects.filter(pk=item.pk).update(callable_at=now + 2 * DAY)
    made = call(wang, "no_answer", by=li, now=now)
    assert made.outcomes.get().item == item
    assert again(item).attempts == 1


def test_outside_call_hours_no_band_fails(wang, item, li, today):
    call(wang, "no_answer", by=li, now=at(wang.store, today, 12))
    assert (again(item).attempts, again(item).bands_failed) == (1, "")


# --- Several numbers in one sitting -----------------------------------------------------------------------------------
def test_several_numbers_in_one_sitting_are_several_calls_and_one_attempt(wang, item, li, now):
    make_phone(wang, "13900001111")
    call(wang, "no_answer", by=li, now=now, number="13900001111", log=[dialled(wang, "power_off")])
    assert [made.number for made in Call.objects.order_by("pk")] == ["13812345678", "13900001111"]
    assert Call.objects.values("visit").distinct().count() == 1
    assert (again(item).attempts, again(item).bands_failed) == (1, "m")
    assert Contact.objects.count() == 1


def test_a_logged_number_keeps_the_card_but_rings_nobody_twice(wang, item, li, chen, today, now):
    card = take_next(li, now=now)
    log_attempt(card, dialled(wang, "busy"), token=card.lease_token, by=li, now=now)
    assert card_of(wang).lease_token == card.lease_token
    release(card, token=card.lease_token)
    assert take_next(chen, now=now + MINUTE) is None
    assert take_next(chen, now=at(wang.store, today + DAY, 14)) == card


def test_a_third_failure_does_not_close_the_topic_while_another_number_is_tried(wang, item, li, now):
    make_phone(wang, "13900001111")
    DueItem.objects.filter(pk=item.pk).update(bands_failed="ae", attempts=2)
    call(wang, "done", by=li, now=now, number="13900001111", topics=[done(item)], log=[dialled(wang, "busy")])
    assert again(item).state == "done"


def test_a_promise_is_worked_on_to_the_end_of_the_sitting(wang, item, li, today, now):
    plan_promise(wang, at=now + 5 * MINUTE, subject="", by=li, now=now, pinned_to=li)
    promise = DueItem.objects.get(rule="promise")
    make_phone(wang, "13900001111")
    made = call(wang, "no_answer", by=li, now=now, number="13900001111", log=[dialled(wang, "power_off")])
    assert set(made.outcomes.values_list("item", flat=True)) == {item.pk, promise.pk}


def test_a_double_click_logs_one_call(wang, item, li, now):
    card = take_next(li, now=now)
    attempt = dialled(wang, "busy")
    first = log_attempt(card, attempt, token=card.lease_token, by=li, now=now)
    assert log_attempt(card, attempt, token=card.lease_token, by=li, now=now + dt.timedelta(seconds=1)) == first
    assert log_attempt(card, attempt, token=card.lease_token, by=li, now=now + MINUTE) != first


def test_who_was_reached_is_saved_not_logged(wang, item, li, now):
    card = take_next(li, now=now)
    with pytest.raises(ValidationError) as fault:
        log_attempt(card, dialled(wang, "done"), token=card.lease_token, by=li, now=now)
    assert "topics" in fault.value.error_dict


# --- Bad numbers ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("outcome", "state"), [("dead_number", "dead"), ("suspended", "dead"), ("wrong_number", "wrong")]
)
def test_without_another_number_a_bad_one_makes_everything_unreachable(wang, item, second, li, now, outcome, state):
    call(wang, outcome, by=li, now=now)
    assert wang.phones.get().state == state
    assert set(wang.due_items.values_list("state", "reason")) == {("unreachable", "no_number")}
    assert again(item).bands_failed == ""
    assert not card_of(wang).is_open


def test_with_another_number_the_card_is_callable_at_once(wang, item, li, chen, now):
    make_phone(wang, "13900001111")
    call(wang, "dead_number", by=li, now=now)
    assert (again(item).state, again(item).callable_at) == ("open", item.callable_at)
    assert take_next(chen, now=now) == wang.card


def test_a_bad_number_after_a_silent_one_is_tried_again_another_day(wang, item, li, today, now):
    make_phone(wang, "13900001111")
    call(wang, "dead_number", by=li, now=now, number="13900001111", log=[dialled(wang, "no_answer")])
    assert (again(item).attempts, again(item).bands_failed) == (1, "m")
    assert again(item).callable_at == at(wang.store, today + DAY, 14)


def test_a_silent_number_after_a_bad_one_counts_its_band(wang, item, li, today, now):
    make_phone(wang, "13900001111")
    call(wang, "no_answer", by=li, now=now, number="13900001111", log=[dialled(wang, "dead_number")])
    assert (again(item).attempts, again(item).bands_failed) == (1, "m")
    assert again(item).callable_at == at(wang.store, today + DAY, 14)


def test_a_number_found_dead_before_is_not_another_number(wang, item, li, now):
    make_phone(wang, "13900001111", state="dead")
    make_phone(wang, "13900002222", is_void=True)
    call(wang, "dead_number", by=li, now=now)
    assert again(item).state == "unreachable"


def test_a_customer_without_a_number_can_only_be_called_invalid(pudong, li, today, now):
    nobody = make_customer(pudong, name="无号码")
    item = make_item(nobody, today=today, now=now)
    with pytest.raises(ValidationError):
        call(nobody, "no_answer", by=li, now=now)
    call(nobody, "dead_number", by=li, now=now)
    assert again(item).reason == "no_number"


# --- Who may save -----------------------------------------------------------------------------------------------------
def test_an_expired_lease_that_nobody_took_still_saves(wang, item, li, now):
    card = take_next(li, now=now)
    save_visit(
        card,
        token=card.lease_token,
        by=li,
        now=now + 60 * MINUTE,
        attempt=dialled(wang, "done"),
        topics=[done(item)],
    )
    assert again(item).state == "done"


def test_a_card_that_somebody_else_took_is_not_overwritten(wang, item, li, chen, now):
    mine = take_next(li, now=now)
    take_next(chen, now=now + 20 * MINUTE)
    with pytest.raises(LeaseLost) as loss:
        save_visit(
            mine,
            token=mine.lease_token,
            by=li,
            now=now + 21 * MINUTE,
            attempt=dialled(wang, "done"),
            topics=[done(item)],
        )
    assert loss.value.by == chen
    assert again(item).state == "open"
    assert not Call.objects.exists()
    assert card_of(wang).lease_by == chen


def test_a_token_in_another_hand_saves_nothing(wang, item, li, chen, now):
    card = take_next(li, now=now)
    for person, token in ((chen, card.lease_token), (li, uuid.uuid4())):
        with pytest.raises(LeaseLost):
            save_visit(card, token=token, by=person, now=now, attempt=dialled(wang, "busy"), topics=[])
        with pytest.raises(LeaseLost):
            log_attempt(card, dialled(wang, "busy"), token=token, by=person, now=now)
    assert not Call.objects.exists()


def test_saving_twice_gives_the_first_call_again(wang, item, li, now):
    card = take_next(li, now=now)
    attempt, topics = dialled(wang, "done"), [done(item)]
    saved = [
        save_visit(card, token=card.lease_token, by=li, now=now + n * MINUTE, attempt=attempt, topics=topics)
        for n in range(2)
    ]
    assert saved[0] == saved[1]
    assert (Call.objects.count(), CallOutcome.objects.count(), Response.objects.count(), Contact.objects.count()) == (
        1,
        1,
        1,
        1,
    )


def test_a_topic_that_was_closed_meanwhile_is_named_and_nothing_is_saved(wang, item, second, li, now):
    card = take_next(li, now=now)
    DueItem.objects.filter(pk=second.pk).update(state="obsolete", reason="fact_void", closed_at=now)
    with pytest.raises(TopicGone) as gone:
        save_visit(
            card,
            token=card.lease_token,
            by=li,
            now=now,
            attempt=dialled(wang, "done"),
            topics=[done(item), done(second)],
        )
    assert gone.value.item == second
    assert again(item).state == "open"


def test_a_topic_of_another_customer_is_not_there(pudong, wang, item, li, today, now):
    stranger = make_item(make_customer(pudong, name="别人"), today=today, now=now)
    card = take_card(wang.card.pk, user=li, now=now)
    with pytest.raises(DueItem.DoesNotExist):
        save_visit(
            card,
            token=card.lease_token,
            by=li,
            now=now,
            attempt=dialled(wang, "done"),
            topics=[done(stranger)],
        )
    assert again(stranger).state == "open"


# --- What was typed wrong ---------------------------------------------------------------------------------------------
def faults_of(wang, li, now, attempt, topics=()):
    card = take_card(wang.card.pk, user=li, now=now)
    with pytest.raises(ValidationError) as fault:
        save_visit(card, token=card.lease_token, by=li, now=now, attempt=attempt, topics=list(topics))
    assert not Call.objects.exists()
    return set(fault.value.error_dict)


def test_faults_stand_at_their_fields(wang, item, li, now):
    phone = wang.phones.get()
    assert faults_of(wang, li, now, Attempt(phone.pk, "", "no such word")) == {"outcome"}
    assert faults_of(wang, li, now, Attempt(None, "", "busy")) == {"number"}
    assert faults_of(wang, li, now, Attempt(phone.pk + 1000, "", "busy")) == {"number"}
    assert faults_of(wang, li, now, Attempt(phone.pk, "", "done")) == {"answered_by", "topics"}
    assert faults_of(wang, li, now, dialled(wang, "done"), [Topic(item.pk, "busy")]) == {
        topic_field(item.pk, "outcome")
    }


def test_a_retired_outcome_cannot_be_chosen(wang, item, li, now):
    from followups.models import Outcome

    Outcome.objects.filter(code="busy").update(retired_at=now)
    assert faults_of(wang, li, now, dialled(wang, "busy")) == {"outcome"}


def test_a_promise_needs_a_moment_to_come(wang, item, li, now):
    key = topic_field(item.pk, "promise_at")
    for moment in (None, now):
        topic = Topic(item.pk, "call_back", promise_at=moment)
        assert faults_of(wang, li, now, dialled(wang, "call_back"), [topic]) == {key}


def test_a_needed_note_is_asked_for_at_the_topic_or_the_call(wang, item, li, now):
    refusal = Topic(item.pk, "no_more_calls")
    assert faults_of(wang, li, now, dialled(wang, "no_more_calls"), [refusal]) == {topic_field(item.pk, "note")}
    from followups.models import Outcome

    Outcome.objects.filter(code="busy").update(note_required=True)
    assert faults_of(wang, li, now, dialled(wang, "busy", note=" ")) == {"note"}
    call(wang, "no_more_calls", by=li, now=now, topics=[refusal], note="骚扰")
    wang.refresh_from_db()
    assert wang.do_not_call_reason == "骚扰"


def test_a_topic_with_questions_is_not_done_without_the_key_answer(wang, item, li, now):
    version = version_of(item)
    key = version.questions.get(is_key=True)
    expected = {topic_field(item.pk, f"q{key.pk}")}
    assert faults_of(wang, li, now, dialled(wang, "done"), [Topic(item.pk, "done")]) == expected
    wrong = Topic(item.pk, "done", answers={key.pk: "9"})
    assert faults_of(wang, li, now, dialled(wang, "done"), [wrong]) == expected


def test_a_note_of_the_call_reaches_the_complaint_once(wang, item, li, now):
    draft = ComplaintDraft("repair_quality", "serious", "service", "刹车还是响")
    topic = Topic(item.pk, "done", answers=done(item).answers, complaint=draft, note="刹车还是响")
    call(wang, "done", by=li, now=now, topics=[topic], note="周末来店检查")
    assert Complaint.objects.get().summary == "刹车还是响\n周末来店检查"


def test_a_note_for_which_the_complaint_has_no_room_stays_on_the_call(wang, item, li, now):
    draft = ComplaintDraft("repair_quality", "serious", "service", "响" * 500)
    topic = Topic(item.pk, "done", answers=done(item).answers, complaint=draft)
    made = call(wang, "done", by=li, now=now, topics=[topic], note="周末来店检查")
    assert Complaint.objects.get().summary == "响" * 500
    assert made.note == "周末来店检查"


def test_a_complaint_without_words_is_a_fault_of_its_topic(wang, item, li, now):
    topic = Topic(
        item.pk, "done", answers=done(item).answers, complaint=ComplaintDraft("price", "normal", "sales", " ")
    )
    assert faults_of(wang, li, now, dialled(wang, "done"), [topic]) == {topic_field(item.pk, "summary")}
    assert not Response.objects.exists()


def test_a_refusal_of_all_calls_and_a_promise_do_not_go_together(wang, item, second, li, now):
    topics = [Topic(item.pk, "no_more_calls", note="x"), Topic(second.pk, "call_back", promise_at=now + DAY)]
    assert faults_of(wang, li, now, dialled(wang, "done"), topics) == {topic_field(second.pk, "outcome")}


def test_the_draft_is_gone_once_the_card_is_saved(wang, item, li, chen, now):
    save_draft(wang.card, li, {"note": ["半句"]}, now)
    save_draft(wang.card, chen, {"note": ["别人的"]}, now)
    call(wang, "busy", by=li, now=now)
    assert [draft.user for draft in Draft.objects.all()] == [chen]


def test_a_task_that_was_chosen_before_its_time_and_failed_comes_back_when_it_opens(wang, focus, li, zhou, today, now):
    days = {"opens_on": today + 3 * DAY, "due_on": today + 4 * DAY, "expires_on": None}
    planned = plan_manual(wang, **days, subject="备胎", by=zhou, now=now)
    call(wang, "no_answer", by=li, now=now)

    item = DueItem.objects.get(rule="manual", fact_id=planned.pk)
    assert wang.store.day_of(item.callable_at) >= today + 3 * DAY
