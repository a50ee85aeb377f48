"""She stood before us: what was spoken about is closed, in her ledger, and can be opened again."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from common.figures import Scope, totals
from complaints.models import Complaint
from customers.models import Contact, Customer
from cvp.models import Response
from followups.explain import closed_because
from followups.figures import FIGURES
from followups.models import DueItem
from followups.services.cards import check_cards
from followups.services.inbound import settle_in_person, undo_inbound
from tests.factories.customers import make_customer
from tests.factories.cvp import answers_of
from tests.factories.followups import make_item
from tests.followups.desk import again, card_of, version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(wang, today, now):
    return make_item(wang, "service_3dc", today=today, now=now)


@pytest.fixture
def delivery(wang, today, now):
    return make_item(wang, "delivery_3dc", today=today, now=now)


def test_what_she_told_us_is_settled_and_what_she_does_not_want_is_declined(
    wang, service, delivery, li, now, today, pudong
):
    third = make_item(wang, "delivery_7dc", today=today, now=now, fact=wang.deliveries.get())
    contact = settle_in_person(
        wang, topics={service.pk: "done", delivery.pk: "declined"}, note="异响没有了", by=li, now=now
    )
    assert (contact.channel, contact.connected, contact.origin) == ("visit", True, "followups.in_person")
    assert (again(service).state, again(delivery).state, again(third).state) == ("done", "declined", "open")
    assert again(service).reason == again(delivery).reason == "in_person"
    assert closed_because(again(service), today) == "3月18日 到店时当面办结。"
    assert card_of(wang).rules == ["delivery_7dc"]
    assert not check_cards(pudong, now=now)


def test_it_does_not_count_as_due_like_a_call_of_hers(wang, service, delivery, li, now, today, pudong):
    scope = Scope(pudong, today, today, today)
    assert totals(FIGURES, scope)["due"] == 2
    settle_in_person(wang, topics={service.pk: "done", delivery.pk: "declined"}, note="", by=li, now=now)
    assert totals(FIGURES, scope)["due"] == 0


def test_twice_is_told_and_another_customers_topic_is_refused(wang, service, li, now, today, pudong):
    settle_in_person(wang, topics={service.pk: "done"}, note="", by=li, now=now)
    with pytest.raises(ValidationError) as refused:
        settle_in_person(wang, topics={service.pk: "done"}, note="", by=li, now=now)
    assert set(refused.value.message_dict) == {"topics"}
    theirs = make_item(make_customer(pudong, name="刘洋", number="13911112222"), today=today, now=now)
    with pytest.raises(ValidationError):
        settle_in_person(wang, topics={theirs.pk: "done"}, note="", by=li, now=now)
    assert again(theirs).state == "open" and Contact.objects.count() == 1


@pytest.mark.parametrize(("topics", "name"), [({}, "note"), ("obsolete", "topics")])
def test_something_was_spoken_about(topics, name, wang, service, li, now):
    topics = {service.pk: topics} if topics else {}
    with pytest.raises(ValidationError) as refused:
        settle_in_person(wang, topics=topics, note=" ", by=li, now=now)
    assert set(refused.value.message_dict) == {name}
    assert DueItem.objects.open().count() == 1


def test_taken_back_all_is_open_and_she_is_lost_as_before(wang, service, delivery, li, chen, now, today, pudong):
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today, unreachable_round=1)
    contact = settle_in_person(wang, topics={service.pk: "done", delivery.pk: "declined"}, note="", by=li, now=now)
    wang.refresh_from_db()
    assert wang.unreachable_on is None
    assert undo_inbound(contact, by=chen, now=now + dt.timedelta(minutes=5)) == 2
    assert {again(item).state for item in (service, delivery)} == {"open"}
    assert not Contact.objects.alive().exists()
    wang.refresh_from_db()
    assert wang.unreachable_on == today
    assert not check_cards(pudong, now=now)


def test_what_its_questionnaire_asks_is_kept_and_taken_back_and_a_dissatisfied_answer_is_a_complaint(
    wang, service, delivery, li, now
):
    answers = {
        service.pk: answers_of(version_of(service), overall="5", fixed="2"),
        delivery.pk: answers_of(version_of(delivery), overall="1"),  # she wants nothing of it: nothing is kept
    }
    told = {"topics": {service.pk: "done", delivery.pk: "declined"}, "note": "异响还在", "answers": answers}
    contact = settle_in_person(wang, **told, by=li, now=now)
    response = Response.objects.get()
    assert (response.customer, response.vehicle_id, response.answers.count()) == (wang, service.vehicle_id, 2)
    assert again(service).reason_params["response"] == response.pk
    complaint = Complaint.objects.get()
    assert "异响还在" in complaint.summary
    assert (complaint.department, complaint.vehicle_id) == ("service", service.vehicle_id)
    assert complaint.cause.code != "other"  # what she names before the whole
    undo_inbound(contact, by=li, now=now)
    response.refresh_from_db()
    assert response.is_void
    assert again(service).state == "open"
    assert Complaint.objects.alive().exists()  # said is said
