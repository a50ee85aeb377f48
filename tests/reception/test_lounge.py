"""Care in the lounge and added work: added, never rewritten; told to the ledger."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from complaints.models import Complaint
from customers.models import Contact, Customer
from customers.timeline import timeline
from reception.models import AddedWork, AddedWorkDecision, LoungeNote
from reception.services import ComplaintDraft, Outrun, add_note, decide, propose, withdraw
from tests.factories.customers import make_customer, make_order, make_vehicle
from tests.factories.reception import make_arrival, make_expected, make_note, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(wang, focus, li, now):
    return make_arrival(wang, by=li, now=now, vehicle=focus)


def test_what_she_says_is_in_the_ledger_and_in_her_timeline(here, wang, li, now):
    note = make_note(here, by=li, now=now, words="咖啡不错", refreshment="美式", wait_minutes=40)
    contact = Contact.objects.get()
    assert (contact.channel, contact.connected, contact.note, contact.by) == ("visit", True, "咖啡不错", li)
    assert (contact.origin, contact.origin_id) == ("reception.note", note.pk)
    events = [event for event in timeline(wang, li).events if event.kind == "contact"]
    assert [(event.words, event.url) for event in events] == [("客休区关怀 · 满意", f"/reception/notes/{note.pk}/")]


def test_a_dissatisfied_word_is_a_complaint_with_her_words(here, wang, focus, li, today, now):
    order = make_order(focus, today, settled_on=None)
    about = ComplaintDraft("waiting", "service", "serious")
    note = make_note(here, by=li, now=now, mood="unhappy", words="等了两小时没人理", complaint=about)
    case = Complaint.objects.get()
    assert note.complaint == case
    assert (case.summary, case.cause.code, case.department, case.severity) == (
        "等了两小时没人理",
        "waiting",
        "service",
        "serious",
    )
    assert (case.origin, case.customer, case.vehicle, case.repair_order) == ("walk_in", wang, focus, order)
    assert case.number in timeline(wang, li).events[0].words


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"mood": "unhappy", "words": "等太久"}, {"cause"}),
        ({"mood": "unhappy", "complaint": ComplaintDraft("waiting", "service")}, {"words"}),
        ({"mood": "unhappy", "words": "等", "complaint": ComplaintDraft("nonsense", "service")}, {"cause"}),
        ({"mood": "question"}, {"words"}),
        ({"mood": "nonsense"}, {"mood"}),
        ({"sat_with": "  "}, {"sat_with"}),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_is_kept(fields, names, here, li, now):
    with pytest.raises(ValidationError) as refused:
        make_note(here, by=li, now=now, **fields)
    assert set(refused.value.message_dict) == names
    assert not LoungeNote.objects.exists() and not Contact.objects.exists() and not Complaint.objects.exists()


def test_nobody_sits_with_who_has_not_come(wang, li, today, now):
    arrival = make_expected(wang, day=today, by=li, now=now)
    with pytest.raises(ValidationError):
        add_note(arrival, sat_with="方婷", mood="content", by=li, now=now)
    withdraw(arrival, by=li, now=now)
    with pytest.raises(ValidationError):
        add_note(arrival, sat_with="方婷", mood="content", by=li, now=now)


def test_who_is_spoken_to_is_lost_no_longer(here, wang, li, today, now):
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today)
    make_note(here, by=li, now=now)
    wang.refresh_from_db()
    assert wang.unreachable_on is None


def test_added_work_is_numbered_in_its_store_and_day(wang, xuhui, li, now):
    first, second = make_work(wang, by=li, now=now), make_work(wang, by=li, now=now)
    theirs = make_work(make_customer(xuhui), by=None, now=now)
    assert [work.number for work in (first, second, theirs)] == [
        "ZX20260318-001",
        "ZX20260318-002",
        "ZX20260318-001",
    ]
    assert (first.total, first.decision, first.is_decided) == (Decimal("808.50"), "asked", False)
    assert not Contact.objects.exists()  # nobody has spoken with her yet


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"items": []}, "items"),
        ({"items": [("", Decimal(1))]}, "items"),
        ({"items": [("机油", Decimal(-1))]}, "items"),
        ({"asked_by": " "}, "asked_by"),
    ],
)
def test_a_proposal_says_what_and_how_much_and_who(fields, name, wang, li, now):
    with pytest.raises(ValidationError) as refused:
        make_work(wang, by=li, now=now, **fields)
    assert set(refused.value.message_dict) == {name}
    assert not AddedWork.objects.exists()


def test_a_car_of_another_store_is_refused(wang, xuhui, li, now):
    with pytest.raises(ValidationError):
        make_work(wang, by=li, now=now, vehicle=make_vehicle(make_customer(xuhui)))


def test_decisions_are_added_and_the_last_one_counts(wang, focus, here, li, chen, now):
    work = make_work(wang, by=li, now=now, vehicle=focus, arrival=here)
    decide(work, decision="later", decided_by="王雅丽", how="in_person", by=li, now=now, note="先问先生")
    decide(work, decision="agreed", decided_by="王雅丽的先生", how="phone", by=chen, now=now)
    work.refresh_from_db()
    assert work.decision == "agreed"
    told = AddedWorkDecision.objects.values_list("decision", "decided_by", "recorded_by__username")
    assert list(told) == [("later", "王雅丽", "li"), ("agreed", "王雅丽的先生", "chen")]
    contacts = Contact.objects.filter(origin="reception.decision").order_by("pk")
    assert [contact.channel for contact in contacts] == ["visit", "phone_out"]
    words = {event.words for event in timeline(wang, li).events if event.kind == "contact"}
    assert f"增项 · {work.number} · 2 项 · ¥808.50 · 同意 · 电话" in words


def test_of_two_who_decide_at_once_the_second_hears_of_it(wang, li, chen, now):
    work = make_work(wang, by=li, now=now)
    other = AddedWork.objects.get(pk=work.pk)
    decide(work, decision="agreed", decided_by="王雅丽", how="in_person", by=li, now=now, seen="asked")
    with pytest.raises(Outrun) as refused:
        decide(other, decision="refused", decided_by="王雅丽", how="in_person", by=chen, now=now, seen="asked")
    assert refused.value.code == "decided"
    assert AddedWorkDecision.objects.count() == 1 and AddedWork.objects.get().decision == "agreed"


@pytest.mark.parametrize(
    ("fields", "name"), [({"decision": "asked"}, "decision"), ({"how": "x"}, "how"), ({"decided_by": ""}, "decided_by")]
)
def test_a_decision_says_what_who_and_how(fields, name, wang, li, now):
    work = make_work(wang, by=li, now=now)
    values = {"decision": "agreed", "decided_by": "王雅丽", "how": "in_person", **fields}
    with pytest.raises(ValidationError) as refused:
        decide(work, by=li, now=now, **values)
    assert set(refused.value.message_dict) == {name}
    assert AddedWork.objects.get().decision == "asked"


def test_a_proposal_for_a_car_left_here_needs_no_arrival(wang, focus, li, now):
    work = propose(wang, items=[("轮胎", Decimal(500))], asked_by="吴刚", vehicle=focus, by=li, now=now)
    assert (work.arrival, work.repair_order) == (None, None)


def test_added_work_names_the_order_under_way(wang, focus, li, today, now):
    make_order(focus, today - dt.timedelta(days=60), settled_on=None)
    make_order(focus, today - dt.timedelta(days=3))
    order = make_order(focus, today - dt.timedelta(days=2), settled_on=None)
    assert make_work(wang, by=li, now=now, vehicle=focus).repair_order == order
