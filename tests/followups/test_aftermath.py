"""What a call changes beyond its topics, and that an undo puts all of it back."""

import datetime as dt

import pytest
from django.utils import timezone

from complaints.choices import ComplaintState
from complaints.models import Complaint
from complaints.services import add_note
from customers.models import Contact, Customer, DoNotContact, RepairOrder, Vehicle
from customers.services import find_returned, mark_gone, mark_unreachable, set_wish
from cvp.services import current_version
from followups.models import DueItem, PlannedCall
from followups.services.generation import generate_due
from followups.services.generation.life import proofs_of
from followups.services.planned import plan_manual, plan_promise
from followups.services.undo import CannotUndo, undo_visit
from followups.services.visits import ComplaintDraft, Topic
from tests.factories.complaints import change_state, make_complaint
from tests.factories.customers import make_order, make_vehicle
from tests.factories.cvp import answers_of
from tests.factories.followups import make_item
from tests.followups.desk import again, call, done

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(minutes=1)


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, today=today, now=now, vehicle=focus)


# --- Gone cars --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("outcome", "why"), [("car_sold", "sold"), ("car_scrapped", "scrapped"), ("car_moved", "moved")]
)
def test_a_car_that_is_gone_is_kept_with_the_reason_and_comes_back_with_an_undo(
    outcome, why, wang, focus, item, li, now, today
):
    made = call(wang, outcome, by=li, now=now, answered_by="owner", topics=[Topic(item.pk, outcome)])
    focus.refresh_from_db()
    assert (focus.gone_on, focus.gone_why) == (today, why)
    closed = again(item)
    assert (closed.state, closed.reason, closed.reason_params) == ("obsolete", "car_gone", {"why": why})
    undo_visit(made, by=li, now=now + SOON)
    focus.refresh_from_db()
    assert (focus.gone_on, focus.gone_why) == (None, "")
    assert again(item).state == "open"


def test_her_other_car_stays_where_it_is(wang, focus, item, li, now, today):
    other = make_vehicle(wang, plate="沪B11111")
    kept = make_item(wang, "delivery_3dc", today=today, now=now, vehicle=other)
    call(wang, "car_sold", by=li, now=now, answered_by="owner", topics=[Topic(item.pk, "car_sold")])
    other.refresh_from_db()
    assert other.gone_on is None and again(kept).state == "open"


def test_what_was_promised_and_her_complaint_outlive_the_car(wang, focus, item, li, now, today):
    promised = plan_promise(wang, at=now + dt.timedelta(hours=3), subject="问保险", by=li, now=now, vehicle=focus)
    asked = make_item(wang, "complaint_recontact", today=today, now=now, vehicle=focus)
    call(wang, "car_sold", by=li, now=now, answered_by="owner", topics=[Topic(item.pk, "car_sold")])
    assert again(item).reason == "car_gone"
    assert again(asked).state == "open"
    assert DueItem.objects.get(rule="promise", fact_id=promised.pk).state == "open"


def test_an_undo_leaves_a_car_that_a_colleague_has_said_to_be_gone(wang, focus, item, li, chen, now, today):
    made = call(wang, "done", by=li, now=now, answered_by="owner", topics=[done(item)])
    mark_gone(Vehicle.objects.get(pk=focus.pk), "sold", on=today, by=chen, source="form", now=now)
    undo_visit(made, by=li, now=now + SOON)
    focus.refresh_from_db()
    assert focus.gone_on == today


# --- A topic she wants to hear no more of -----------------------------------------------------------------------------
def test_a_topic_is_refused_for_good_and_its_other_items_with_it(wang, focus, item, li, now, today):
    twin = make_item(wang, today=today, now=now, vehicle=make_vehicle(wang))
    other = make_item(wang, "delivery_3dc", today=today, now=now, vehicle=focus)
    topics = [Topic(item.pk, "no_topic", note="修车回访不要打了")]
    made = call(wang, "no_topic", by=li, now=now, answered_by="owner", topics=topics)
    wish = DoNotContact.objects.get()
    assert (wish.topic, wish.channel, wish.vehicle, wish.reason) == ("service_3dc", "", None, "修车回访不要打了")
    for closed in (again(item), again(twin)):
        assert (closed.state, closed.reason) == ("declined", "other_topic")
    assert again(other).state == "open"
    wang.refresh_from_db()
    assert not wang.do_not_call
    undo_visit(made, by=li, now=now + SOON)
    wish.refresh_from_db()
    assert wish.is_void
    assert again(item).state == again(twin).state == "open"


def test_without_her_words_the_outcome_is_the_reason(wang, item, li, now):
    call(wang, "no_topic", by=li, now=now, answered_by="owner", topics=[Topic(item.pk, "no_topic")])
    assert DoNotContact.objects.get().reason == "以后不用打这类电话"


def test_who_refuses_the_topic_of_one_promise_keeps_the_other(wang, focus, item, li, now):
    """A promise is about something: the rule it came from is refused, not every word that was given."""
    first = plan_promise(wang, at=now + SOON, subject="下周再说", by=li, now=now, topic="service_3dc")
    other = plan_promise(wang, at=now + dt.timedelta(days=1), subject="问保险", by=li, now=now, topic="renewal")
    ripe, later = (DueItem.objects.get(rule="promise", fact_id=planned.pk) for planned in (first, other))
    call(wang, "no_topic", by=li, now=now + SOON, topics=[Topic(ripe.pk, "no_topic", note="修车回访不要打了")])
    assert DoNotContact.objects.get().topic == "service_3dc"
    assert (again(ripe).reason, again(item).reason) == ("other_topic", "other_topic")
    assert again(later).state == "open"


def test_a_task_refused_is_no_wish_against_all_tasks(wang, li, now, today, pudong):
    task = {"opens_on": today, "due_on": today, "expires_on": None, "by": li, "now": now}
    first, other = plan_manual(wang, subject="备胎", **task), plan_manual(wang, subject="发票", **task)
    items = [DueItem.objects.get(rule="manual", fact_id=planned.pk) for planned in (first, other)]
    call(wang, "no_topic", by=li, now=now, topics=[Topic(items[0].pk, "no_topic")])
    generate_due(pudong, today=today, now=now + SOON)
    assert not DoNotContact.objects.exists()
    assert (again(items[0]).state, again(items[1]).state) == ("declined", "open")


def test_a_promise_put_off_is_still_about_what_it_was_about(wang, li, now):
    plan_promise(wang, at=now + SOON, subject="", by=li, now=now, topic="renewal")
    ripe, later = wang.due_items.get(), now + dt.timedelta(days=1)
    call(wang, "call_back", by=li, now=now + SOON, topics=[Topic(ripe.pk, "call_back", promise_at=later)])
    assert PlannedCall.objects.get(agreed_at=later).topic == "renewal"


@pytest.mark.parametrize(("outcome", "scope"), [("no_topic", {"topic": "service_3dc"}), ("no_more_calls", {"channel": "phone_out"})])  # fmt: skip
def test_a_wish_that_stood_before_says_again_what_it_said(outcome, scope, wang, item, li, chen, now, today):
    until = today + dt.timedelta(days=30)
    how = {"by": chen, "source": "form", "now": now - dt.timedelta(days=2)}
    wish = set_wish(wang, reason="出差一个月", expires_on=until, **scope, **how)
    made = call(wang, outcome, by=li, now=now, topics=[Topic(item.pk, outcome, note="永远不要打")])
    wish.refresh_from_db()
    assert (wish.reason, wish.expires_on) == ("永远不要打", None)
    undo_visit(made, by=li, now=now + SOON)
    wish.refresh_from_db()
    wang.refresh_from_db()
    assert (wish.reason, wish.expires_on, wish.is_void) == ("出差一个月", until, False)
    assert wang.do_not_call_reason == ("" if outcome == "no_topic" else "出差一个月")


@pytest.mark.parametrize(("outcome", "scope"), [("no_topic", {"topic": "service_3dc"}), ("no_more_calls", {"channel": "phone_out"})])  # fmt: skip
def test_a_wish_that_had_run_out_is_proof_and_stays_as_it_is(outcome, scope, wang, item, li, now, today):
    how = {"by": li, "source": "form", "now": now - dt.timedelta(days=9)}
    old = set_wish(wang, reason="忙", expires_on=today - dt.timedelta(days=5), **scope, **how)
    made = call(wang, outcome, by=li, now=now, topics=[Topic(item.pk, outcome, note="永远不要打")])
    undo_visit(made, by=li, now=now + SOON)
    old.refresh_from_db()
    wang.refresh_from_db()
    assert (old.reason, old.expires_on) == ("忙", today - dt.timedelta(days=5))
    assert DoNotContact.objects.alive().get() == old
    assert not wang.do_not_call


# --- Lost contact -----------------------------------------------------------------------------------------------------
def exhausted(item):
    type(item).objects.filter(pk=item.pk).update(bands_failed="ae", attempts=2)


def lost(customer):
    customer.refresh_from_db()
    return customer.unreachable_on, customer.unreachable_round


def test_who_was_given_up_in_three_bands_is_lost_and_an_undo_finds_her_again(wang, item, li, now, today):
    exhausted(item)
    made = call(wang, "no_answer", by=li, now=now)
    assert (again(item).state, lost(wang)) == ("unreachable", (today, 1))
    undo_visit(made, by=li, now=now + SOON)
    assert lost(wang) == (None, 0)


def test_who_has_no_number_left_is_lost(wang, item, li, now, today):
    call(wang, "dead_number", by=li, now=now)
    assert lost(wang) == (today, 1)


def test_a_call_before_eight_in_the_morning_is_of_the_store_s_day(wang, now, today, pudong):
    item = make_item(wang, "lost_contact", today=today, now=now, anchor_on=today)
    early = dt.datetime.combine(today, dt.time(7, 30), tzinfo=pudong.zone)  # the day before by UTC
    Contact.objects.create(store=pudong, customer=wang, at=early, channel="phone_in", connected=True)
    assert proofs_of("heard", [(item, wang)]) == {item.pk: {"day": today.isoformat()}}


def test_a_failed_try_alone_loses_nobody(wang, item, li, now):
    call(wang, "no_answer", by=li, now=now)
    assert lost(wang) == (None, 0)


def test_with_whom_somebody_spoke_meanwhile_she_is_not_lost(wang, item, li, now, pudong):
    exhausted(item)
    type(item).objects.filter(pk=item.pk).update(created_at=now - dt.timedelta(days=3))
    Contact.objects.create(
        store=pudong, customer=wang, at=now - dt.timedelta(days=1), channel="phone_in", connected=True
    )
    call(wang, "no_answer", by=li, now=now)
    assert (again(item).state, lost(wang)) == ("unreachable", (None, 0))


def test_a_talk_before_the_last_topic_opened_is_no_talk_about_it(wang, focus, item, li, now, today, pudong):
    """Two topics are given up by one call; somebody had spoken with her while only the older one was open."""
    second = make_item(wang, "delivery_7dc", today=today, now=now, vehicle=focus)
    for each, days in ((item, 9), (second, 3)):
        exhausted(each)
        type(item).objects.filter(pk=each.pk).update(created_at=now - dt.timedelta(days=days))
    Contact.objects.create(
        store=pudong, customer=wang, at=now - dt.timedelta(days=5), channel="phone_in", connected=True
    )
    call(wang, "no_answer", by=li, now=now)
    assert (again(item).state, again(second).state) == ("unreachable", "unreachable")
    assert lost(wang) == (today, 1)


def test_the_first_talk_finds_her_again_and_the_next_loss_is_a_new_round(wang, item, li, now, today):
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today - dt.timedelta(days=40), unreachable_round=1)
    made = call(wang, "declined", by=li, now=now, topics=[Topic(item.pk, "declined")])
    assert lost(wang) == (None, 1)
    undo_visit(made, by=li, now=now + SOON)
    assert lost(wang) == (today - dt.timedelta(days=40), 1)
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=None)
    wang.refresh_from_db()
    assert mark_unreachable(wang, since=now, by=li, now=now)
    assert lost(wang) == (today, 2)


def test_a_visit_after_it_began_finds_her_again(pudong, wang, focus, now, today):
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today - dt.timedelta(days=5), unreachable_round=1)
    order = make_order(focus, today - dt.timedelta(days=9))
    assert find_returned(pudong, now=now) == 0
    RepairOrder.objects.filter(pk=order.pk).update(opened_on=today - dt.timedelta(days=2))
    assert find_returned(pudong, now=now) == 1
    wang.refresh_from_db()
    assert (wang.unreachable_on, wang.changed_at) == (None, now)
    assert find_returned(pudong, now=now) == 0


# --- Complaints -------------------------------------------------------------------------------------------------------
@pytest.fixture
def solved(wang, li, now):
    complaint = make_complaint(wang, by=li, now=now - dt.timedelta(days=2))
    for state in (ComplaintState.HANDLING, ComplaintState.SOLVED):
        change_state(complaint, state, by=li, now=now - dt.timedelta(days=1), resolution="返工，试车正常。")
    return complaint


def asked(wang, solved, li, now, today):
    item = make_item(wang, "complaint_recontact", today=today, now=now, fact=solved)
    version = current_version(wang.store, "complaint_recontact")
    topics = [Topic(item.pk, "done", answers=answers_of(version, overall="1"))]
    return call(wang, "done", by=li, now=now, answered_by="owner", topics=topics, note="不响了")


def test_who_was_asked_about_the_solution_is_written_on_the_case(wang, focus, solved, li, zhou, now, today):
    made = asked(wang, solved, li, now, today)
    solved.refresh_from_db()
    assert (solved.recontacted_at, solved.recontacted_by) == (now, li)
    undo_visit(made, by=li, now=now + SOON)
    solved.refresh_from_db()
    assert solved.recontacted_at is None


def test_a_case_that_was_closed_upon_it_keeps_the_call(wang, focus, solved, li, zhou, now, today):
    made = asked(wang, solved, li, now, today)
    solved.refresh_from_db()
    change_state(solved, ComplaintState.CLOSED, by=zhou, now=now)
    with pytest.raises(CannotUndo) as refused:
        undo_visit(made, by=li, now=now + SOON)
    assert refused.value.reason == "complaint_handled"
    assert Complaint.objects.get().state == "closed"


def dissatisfied(wang, solved, li, now, today):
    item = make_item(wang, "complaint_recontact", today=today, now=now, fact=solved)
    version = current_version(wang.store, "complaint_recontact")
    words = ComplaintDraft("other", "normal", "service", "还在响")
    topics = [Topic(item.pk, "done", answers=answers_of(version, overall="5"), complaint=words)]
    return call(wang, "done", by=li, now=now, answered_by="owner", topics=topics)


def test_who_is_not_content_opens_the_same_case_again_and_an_undo_solves_it(wang, focus, solved, li, zhou, now, today):
    was = Complaint.objects.values("state", "resolution", "solved_at", "solved_on", "handler_id").get()
    made = dissatisfied(wang, solved, li, now, today)
    opened = Complaint.objects.get()  # and no other
    assert (opened.state, opened.resolution, opened.solved_on) == ("handling", "", None)
    assert opened.notes.get(code="reopened").text == "还在响"
    undo_visit(made, by=li, now=now + SOON)
    assert Complaint.objects.values(*was).get() == was


def test_a_case_that_is_worked_on_again_keeps_the_call(wang, focus, solved, li, zhou, now, today):
    made = dissatisfied(wang, solved, li, now, today)
    add_note(Complaint.objects.get(), "约好明天来店", by=zhou, now=now + SOON / 2)
    with pytest.raises(CannotUndo) as refused:
        undo_visit(made, by=li, now=now + SOON)
    assert refused.value.reason == "complaint_handled"
    assert Complaint.objects.get().state == "handling"


def test_solved_again_on_the_same_day_she_is_asked_again(wang, focus, solved, li, zhou, now, today, pudong):
    """The round counts the solutions; it is no name of a record that may have been replaced."""
    make_order(focus, today)  # something for the run to read
    change_state(solved, ComplaintState.HANDLING, by=zhou, now=now, reason="又响了")
    change_state(solved, ComplaintState.SOLVED, by=li, now=now, resolution="换了支架。")
    generate_due(pudong, today=today, now=now)
    first = DueItem.objects.get(rule="complaint_recontact")
    version = current_version(wang.store, "complaint_recontact")
    words = ComplaintDraft("other", "normal", "service", "还在响")
    topics = [Topic(first.pk, "done", answers=answers_of(version, overall="5"), complaint=words)]
    call(wang, "done", by=li, now=now + SOON, answered_by="owner", topics=topics)
    complaint = Complaint.objects.get()
    change_state(complaint, ComplaintState.SOLVED, by=li, now=now + 2 * SOON, resolution="再换一次。")
    generate_due(pudong, today=today, now=now + 3 * SOON)
    rounds = DueItem.objects.filter(rule="complaint_recontact").order_by("pk").values_list("round", "state")
    assert list(rounds) == [("2", "done"), ("3", "open")]


def test_the_day_of_a_contact_is_the_stores(pudong, wang, now, today):
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today - dt.timedelta(days=2), unreachable_round=1)
    late = dt.datetime.combine(today - dt.timedelta(days=2), dt.time(23, 30), tzinfo=pudong.zone)
    told = {"store": pudong, "customer": wang, "channel": "phone_in", "connected": True}
    Contact.objects.create(at=late, **told)
    with timezone.override("Pacific/Auckland"):  # the server's: there it is the next day
        assert find_returned(pudong, now=now) == 0
    early = late + dt.timedelta(hours=1)
    Contact.objects.create(at=early, **told)
    with timezone.override("America/New_York"):  # there it is still the day before
        assert find_returned(pudong, now=now) == 1
