import datetime as dt

import pytest

from complaints.models import Complaint
from complaints.services import add_note, take_over
from customers.models import Contact
from customers.services import mark_phone, record_contact
from cvp.models import Response
from followups.models import Call, CallCard, DeskDial, Draft, DueItem, PlannedCall
from followups.services.cards import check_cards
from followups.services.claims import take_card, take_next
from followups.services.drafts import save_draft
from followups.services.undo import CannotUndo, TooLate, undo_visit
from followups.services.visits import ComplaintDraft, Topic
from tests.factories.customers import make_phone
from tests.factories.followups import make_card, make_item
from tests.followups.desk import again, call, card_of, dialled, done

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, "service_3dc", today=today, now=now)


@pytest.fixture
def second(wang, focus, item, today, now):
    return make_item(wang, "delivery_7dc", today=today, now=now)


def picture(customer):
    """Everything a visit may change, as plain values."""
    card = CallCard.objects.filter(customer=customer).values().get()
    card.pop("leased_at")  # since when somebody holds it now, whatever was before
    return {
        "card": card,
        "items": list(customer.due_items.exclude(rule__in=("promise", "manual")).order_by("pk").values()),
        "open": list(DueItem.objects.open().filter(customer=customer).order_by("pk").values_list("pk", flat=True)),
        "phones": list(customer.phones.order_by("pk").values("number", "state", "is_void", "is_primary")),
        "customer": type(customer).objects.filter(pk=customer.pk).values("do_not_call", "do_not_call_reason").get(),
        "responses": Response.objects.filter(is_void=False).count(),
        "complaints": Complaint.objects.exclude(state="void").count(),
        "contacts": Contact.objects.alive().count(),
        "planned": PlannedCall.objects.alive().count(),
    }


VISITS = {
    "done": lambda item, second, now: ("done", [done(item), done(second)]),
    "no answer": lambda item, second, now: ("no_answer", []),
    "dead number": lambda item, second, now: ("dead_number", []),
    "wrong number": lambda item, second, now: ("wrong_number", []),
    "promise": lambda item, second, now: (
        "call_back",
        [Topic(item.pk, "call_back", promise_at=now + DAY), Topic(second.pk, "not_available")],
    ),
    "sold": lambda item, second, now: ("car_sold", [Topic(item.pk, "car_sold")]),
    "no more calls": lambda item, second, now: ("no_more_calls", [Topic(item.pk, "no_more_calls", note="不要打")]),
    "complaint": lambda item, second, now: (
        "done",
        [
            Topic(
                item.pk,
                "done",
                answers=done(item, overall="5").answers,
                complaint=ComplaintDraft("price", "normal", "service", "太贵"),
            ),
            Topic(second.pk, "declined"),
        ],
    ),
}


@pytest.mark.parametrize("kind", VISITS)
def test_everything_is_as_it_was(wang, item, second, li, now, kind):
    before = picture(wang)
    outcome, topics = VISITS[kind](item, second, now)
    made = call(wang, outcome, by=li, now=now, topics=topics)
    assert picture(wang) != before

    card = undo_visit(made, by=li, now=now + MINUTE)

    assert picture(wang) == before
    assert card == wang.card
    assert Call.objects.get().undone_at == now + MINUTE
    assert check_cards(wang.store, now=now) == []


def test_numbers_tried_before_are_undone_with_the_visit(wang, item, second, li, now):
    make_phone(wang, "13900001111")
    before = picture(wang)
    made = call(
        wang, "done", by=li, now=now, topics=[done(item)], number="13900001111", log=[dialled(wang, "dead_number")]
    )
    undo_visit(made, by=li, now=now + MINUTE)
    assert picture(wang) == before
    assert Call.objects.filter(undone_at=now + MINUTE).count() == 2


def test_a_third_failure_is_taken_back(wang, item, li, now):
    DueItem.objects.filter(pk=item.pk).update(bands_failed="ae", attempts=2)
    made = call(wang, "no_answer", by=li, now=now)
    assert again(item).state == "unreachable"
    undo_visit(made, by=li, now=now)
    tried = again(item)
    assert (tried.state, tried.reason, tried.bands_failed, tried.attempts) == ("open", "", "ae", 2)
    assert tried.closed_by is None


def test_an_undone_attempt_does_not_count_when_she_calls_again(wang, item, li, now):
    undo_visit(call(wang, "no_answer", by=li, now=now), by=li, now=now + MINUTE)
    call(wang, "busy", by=li, now=now + 2 * MINUTE)
    assert (again(item).attempts, again(item).bands_failed) == (1, "m")
    assert Contact.objects.alive().count() == 1


def test_what_was_typed_is_her_draft_again(wang, item, li, now):
    save_draft(wang.card, li, {"note": ["旧的"]}, now)
    made = call(wang, "busy", by=li, now=now, typed={"note": ["最后的话"]})
    undo_visit(made, by=li, now=now)
    assert Draft.objects.get().data == {"note": ["最后的话"]}


def test_without_the_typed_words_the_autosaved_draft_comes_back(wang, item, li, now):
    save_draft(wang.card, li, {"note": ["自动保存"]}, now)
    undo_visit(call(wang, "busy", by=li, now=now), by=li, now=now)
    assert Draft.objects.get().data == {"note": ["自动保存"]}


def test_she_can_go_on_at_once(wang, item, li, now):
    card = undo_visit(call(wang, "done", by=li, now=now, topics=[done(item)]), by=li, now=now + MINUTE)
    assert take_card(card.pk, user=li, now=now + MINUTE).lease_by == li


def test_a_logged_number_alone_can_be_undone(wang, item, li, now):
    from followups.services.visits import log_attempt

    card = take_next(li, now=now)
    logged = log_attempt(card, dialled(wang, "dead_number"), token=card.lease_token, by=li, now=now)
    undo_visit(logged, by=li, now=now)
    assert wang.phones.get().state == "unknown"
    assert again(item).attempts == 0
    assert card_of(wang).lease_token == card.lease_token


# --- Refused ----------------------------------------------------------------------------------------------------------
def refused(made, by, now):
    before = picture(made.customer)
    with pytest.raises(CannotUndo) as refusal:
        undo_visit(made, by=by, now=now)
    assert picture(made.customer) == before
    return refusal.value.reason


def test_after_five_minutes_it_is_too_late(wang, item, li, now):
    made = call(wang, "busy", by=li, now=now)
    with pytest.raises(TooLate):
        undo_visit(made, by=li, now=now + 5 * MINUTE + dt.timedelta(seconds=1))
    undo_visit(made, by=li, now=now + 5 * MINUTE)


def test_the_minutes_are_a_dial(wang, item, li, now):
    DeskDial.objects.update(undo_minutes=1)
    made = call(wang, "busy", by=li, now=now)
    with pytest.raises(TooLate):
        undo_visit(made, by=li, now=now + 2 * MINUTE)


def test_nobody_undoes_a_colleagues_visit(wang, item, li, chen, now):
    assert refused(call(wang, "busy", by=li, now=now), chen, now) == "not_yours"


def test_a_visit_is_undone_once(wang, item, li, now):
    made = call(wang, "busy", by=li, now=now)
    undo_visit(made, by=li, now=now)
    assert refused(made, li, now) == "undone"


def test_the_last_visit_first(pudong, wang, item, li, today, now):
    other = make_card(pudong, today=today, now=now)
    first = call(wang, "busy", by=li, now=now)
    last = call(other.customer, "busy", by=li, now=now + MINUTE)
    assert refused(first, li, now + MINUTE) == "not_last"
    undo_visit(last, by=li, now=now + MINUTE)
    undo_visit(first, by=li, now=now + MINUTE)
    assert again(item).attempts == 0


def test_not_while_a_colleague_has_the_card(wang, item, second, li, chen, now):
    made = call(wang, "done", by=li, now=now, topics=[done(item)])
    take_next(chen, now=now)
    assert refused(made, li, now) == "card_taken"


def test_not_after_the_customer_was_called_again(wang, item, second, li, chen, now):
    made = call(wang, "done", by=li, now=now, topics=[done(item)])
    call(wang, "done", by=chen, now=now + MINUTE, topics=[done(second)])
    assert refused(made, li, now + 2 * MINUTE) == "worked_again"


def test_not_after_somebody_began_to_work_on_the_complaint(wang, item, second, li, zhou, now):
    outcome, topics = VISITS["complaint"](item, second, now)
    made = call(wang, outcome, by=li, now=now, topics=topics)
    add_note(Complaint.objects.get(), "已联系车间", by=zhou, now=now)
    assert refused(made, li, now + MINUTE) == "complaint_handled"
    take_over(Complaint.objects.get(), by=zhou, now=now)
    assert refused(made, li, now + MINUTE) == "complaint_handled"


def test_not_after_the_days_run_went_over_the_topic(wang, item, li, now):
    made = call(wang, "busy", by=li, now=now)
    DueItem.objects.filter(pk=item.pk).update(state="obsolete", reason="fact_void", closed_at=now)
    assert refused(made, li, now) == "worked_again"


def test_not_where_a_later_step_has_opened_in_its_place(wang, item, li, now):
    made = call(wang, "done", by=li, now=now, topics=[done(item)])
    later = again(item)
    later.pk, later.round, later.state, later.closed_at = None, "2", "open", None
    later.save(force_insert=True)
    from followups.services.cards import recompute_cards

    recompute_cards([wang.pk], store=wang.store, now=now)
    assert refused(made, li, now) == "worked_again"


def test_not_after_the_promise_was_taken_over_by_events(wang, item, li, now):
    made = call(wang, "call_back", by=li, now=now, topics=[Topic(item.pk, "call_back", promise_at=now + DAY)])
    DueItem.objects.filter(rule="promise").update(state="done", reason="called", closed_at=now)
    from followups.services.cards import recompute_cards

    recompute_cards([wang.pk], store=wang.store, now=now)
    assert refused(made, li, now) == "worked_again"


def test_what_was_learned_about_the_number_since_stays(wang, item, li, zhou, now):
    make_phone(wang, "13900001111")
    made = call(wang, "dead_number", by=li, now=now)
    mark_phone(wang.phones.get(number="13812345678"), "wrong", by=zhou, source="form", now=now)
    undo_visit(made, by=li, now=now)
    assert wang.phones.get(number="13812345678").state == "wrong"


def test_a_call_teaches_the_hour_and_its_undo_unteaches_it(wang, li, item, pudong, now):
    record_contact(wang, at=now - DAY, channel="phone_out", connected=True, by=li, topics=[], summary={})
    assert learned(wang) is None
    made = call(wang, "done", by=li, now=now, topics=[done(item)])
    assert learned(wang) == now.astimezone(pudong.zone).hour
    undo_visit(made, by=li, now=now + MINUTE)
    assert learned(wang) is None
    assert check_cards(pudong, now=now + MINUTE) == []
    call(wang, "no_answer", by=li, now=now + 2 * MINUTE)
    assert learned(wang) is None


def learned(customer):
    return type(customer).objects.values_list("learned_hour", flat=True).get(pk=customer.pk)
