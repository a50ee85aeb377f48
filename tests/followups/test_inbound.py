"""She rang us: what was spoken about is closed, and can be opened again."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from customers.choices import Channel
from customers.models import Contact, Customer
from followups.models import DueItem
from followups.services.cards import check_cards
from followups.services.inbound import CannotTakeBack, record_inbound, undo_inbound
from tests.factories.customers import make_customer
from tests.factories.followups import make_item
from tests.followups.desk import again, card_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(wang, today, now):
    return make_item(wang, "service_3dc", today=today, now=now)


@pytest.fixture
def delivery(wang, today, now):
    return make_item(wang, "delivery_3dc", today=today, now=now)


def test_what_she_rang_about_is_settled_and_the_rest_stays(wang, service, delivery, li, now, today, pudong):
    contact = record_inbound(wang, topics=[service.pk], note="异响没有了", by=li, now=now)
    assert (contact.channel, contact.connected, contact.topics, contact.note) == (
        Channel.PHONE_IN,
        True,
        ["service_3dc"],
        "异响没有了",
    )
    item = again(service)
    assert (item.state, item.reason, item.closed_by) == ("done", "rang_us", li)
    assert item.reason_params["day"] == today.isoformat()
    assert again(delivery).state == "open"
    assert card_of(wang).rules == ["delivery_3dc"]
    assert not check_cards(pudong, now=now)


def test_a_call_about_nothing_of_ours_needs_a_note(wang, li, now):
    with pytest.raises(ValidationError) as refused:
        record_inbound(wang, topics=[], note=" ", by=li, now=now)
    assert set(refused.value.message_dict) == {"note"}
    assert record_inbound(wang, topics=[], note="问营业时间", by=li, now=now).topics == []


def test_a_topic_that_is_settled_or_another_customers_is_refused(wang, service, li, now, pudong, today):
    other = make_customer(pudong, name="刘洋", number="13911112222")
    theirs = make_item(other, today=today, now=now)
    with pytest.raises(ValidationError) as refused:
        record_inbound(wang, topics=[service.pk, theirs.pk], note="", by=li, now=now)
    assert set(refused.value.message_dict) == {"topics"}
    assert again(service).state == again(theirs).state == "open"
    assert not Contact.objects.exists()


def test_who_rings_us_is_lost_no_longer(wang, li, now, today):
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=today)
    record_inbound(wang, topics=[], note="换了号码", by=li, now=now)
    wang.refresh_from_db()
    assert wang.unreachable_on is None


def test_taken_back_it_never_happened(wang, service, li, chen, now, pudong):
    contact = record_inbound(wang, topics=[service.pk], note="", by=li, now=now)
    assert undo_inbound(contact, by=chen, now=now + dt.timedelta(minutes=30)) == 1
    item = again(service)
    assert (item.state, item.reason, item.reason_params, item.closed_at, item.closed_by) == ("open", "", {}, None, None)
    assert not Contact.objects.alive().exists()
    assert card_of(wang).rules == ["service_3dc"]
    assert not check_cards(pudong, now=now)


@pytest.mark.parametrize("spoke", [False, True])
def test_taken_back_she_is_lost_as_before_unless_somebody_has_spoken_with_her(wang, li, now, today, spoke):
    since = today - dt.timedelta(days=3)
    Customer.objects.filter(pk=wang.pk).update(unreachable_on=since, unreachable_round=2)
    contact = record_inbound(wang, topics=[], note="换了号码", by=li, now=now)
    if spoke:
        record_inbound(wang, topics=[], note="又来电", by=li, now=now + dt.timedelta(minutes=1))
    undo_inbound(contact, by=li, now=now + dt.timedelta(minutes=5))
    wang.refresh_from_db()
    assert (wang.unreachable_on, wang.unreachable_round) == (None if spoke else since, 2)


@pytest.mark.parametrize("reason", ["undone", "too_late", "worked_again"])
def test_it_stands_once_life_went_on(reason, wang, service, li, now):
    contact = record_inbound(wang, topics=[service.pk], note="", by=li, now=now)
    later = now + dt.timedelta(minutes=1)
    if reason == "undone":
        undo_inbound(contact, by=li, now=later)
    elif reason == "too_late":
        later = now + dt.timedelta(days=2)
    else:
        DueItem.objects.create(
            **{
                name: getattr(service, name)
                for name in ("store", "rule", "fact_id", "customer", "opens_on", "due_on", "callable_at")
            },
            round="2",
        )
    with pytest.raises(CannotTakeBack) as refused:
        undo_inbound(contact, by=li, now=later)
    assert refused.value.reason == reason


def test_a_call_of_hers_is_written_down_from_her_page(login, li, wang, service, delivery):
    client = login(li)
    page = client.get(f"/calls/customers/{wang.pk}/inbound/").content.decode()
    assert "客户来电" in page and "维修三日回访" in page and "交车三日回访" in page
    answer = client.post(f"/calls/customers/{wang.pk}/inbound/", {"topics": [service.pk], "note": "已经好了"})
    assert answer.status_code == 302
    assert again(service).state == "done"
    panel = client.get(f"/calls/customers/{wang.pk}/panel/").content.decode()
    assert "已来电" in panel and "收回" in panel
    contact = Contact.objects.get()
    assert client.post(f"/calls/inbound/{contact.pk}/undo/").status_code == 302
    assert again(service).state == "open"


def test_without_topics_the_form_asks_what_it_was_about(login, li, wang):
    answer = login(li).post(f"/calls/customers/{wang.pk}/inbound/", {"note": ""})
    assert answer.status_code == 200 and not Contact.objects.exists()
