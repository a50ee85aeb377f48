"""What a customer does not want to be contacted about, and the mark that follows from it."""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from audit.choices import Source
from audit.models import Change
from customers.models import DoNotContact
from customers.services import clear_do_not_call, expire_wishes, lift_wish, set_do_not_call, set_wish
from customers.timeline import timeline
from tests.factories.customers import make_customer, make_vehicle

DAY = dt.timedelta(days=1)


@pytest.fixture
def how(li, now):
    return {"by": li, "source": Source.FORM, "now": now}


def mark_of(customer):
    customer.refresh_from_db()
    return customer.do_not_call, customer.do_not_call_reason


def test_a_wish_about_one_topic_leaves_the_mark_alone(wang, focus, how):
    wish = set_wish(wang, channel="phone_out", topic="service_3dc", reason="  不用回访 ", **how)
    set_wish(wang, channel="phone_out", vehicle=focus, reason="车给儿子开", **how)
    set_wish(wang, channel="sms", reason="不要短信", **how)
    assert mark_of(wang) == (False, "")
    assert (wish.reason, wish.by, wish.created_at) == ("不用回访", how["by"], how["now"])
    assert Change.objects.filter(deed="set_wish", customer_id=wang.pk).count() == 3


@pytest.mark.parametrize("channel", ["", "phone_out"])
def test_a_wish_about_everything_on_the_telephone_is_the_mark(wang, how, channel):
    wish = set_wish(wang, channel=channel, reason="别打了", **how)
    assert mark_of(wang) == (True, "别打了")
    assert lift_wish(wish, **how)
    assert mark_of(wang) == (False, "")
    assert not lift_wish(wish, **how)
    assert DoNotContact.objects.get().is_void  # it stays as proof


def test_the_mark_stands_as_long_as_one_wish_holds_it(wang, how):
    first = set_wish(wang, channel="", reason="都不要", **how)
    set_do_not_call(wang, "不要打", **how)
    lift_wish(first, **how)
    assert mark_of(wang) == (True, "不要打")
    set_wish(wang, channel="", reason="都不要", **how)
    clear_do_not_call(wang, **how)
    assert mark_of(wang) == (False, "")
    assert not DoNotContact.objects.alive().exists()


def test_the_same_wish_again_changes_its_reason_and_its_end(wang, how, today):
    first = set_wish(wang, topic="service_3dc", reason="忙", expires_on=today + DAY, **how)
    again = set_wish(wang, topic="service_3dc", reason="一直忙", **{**how, "now": how["now"] + DAY})
    assert again.pk == first.pk
    assert (again.reason, again.expires_on, again.created_at) == ("一直忙", None, how["now"])


def test_what_cannot_be_a_wish_is_refused_by_field(wang, xuhui, how, today):
    foreign = make_vehicle(make_customer(xuhui))
    with pytest.raises(ValidationError) as refusal:
        set_wish(wang, vehicle=foreign, reason=" ", expires_on=today - DAY, **how)
    assert set(refusal.value.error_dict) == {"reason", "expires_on", "vehicle"}
    assert not DoNotContact.objects.exists()


def test_a_wish_that_has_run_out_frees_her_on_the_day_after(pudong, wang, how, now, today):
    wish = set_wish(wang, channel="phone_out", reason="出国", expires_on=today + DAY, **how)
    other = set_wish(wang, topic="service_3dc", reason="忙", expires_on=today, **how)
    assert expire_wishes(pudong, today=today, now=now) == 0
    later = now + DAY
    assert expire_wishes(pudong, today=today + DAY, now=later) == 1  # the topic alone
    other.refresh_from_db()
    assert (other.changed_at, other.is_void, mark_of(wang)[0]) == (later, False, True)
    later = now + 2 * DAY
    assert expire_wishes(pudong, today=today + 2 * DAY, now=later) == 1
    assert mark_of(wang) == (False, "")
    wish.refresh_from_db()
    assert (wish.changed_at, wang.changed_at) == (later, later)
    assert expire_wishes(pudong, today=today + 2 * DAY, now=later) == 0
    line = Change.objects.of_record(wang).newest_first().first()
    assert (line.deed, line.source, line.actor_name) == ("may_call", "system", "")


def test_a_wish_that_runs_out_does_not_free_who_wants_it_for_good(pudong, wang, how, now, today):
    set_wish(wang, channel="", reason="出国", expires_on=today, **how)
    set_wish(wang, channel="phone_out", reason="永远", **how)
    expire_wishes(pudong, today=today + DAY, now=now + DAY)
    assert mark_of(wang) == (True, "永远")


def test_the_marks_of_before_become_wishes_and_back(pudong, how):
    marked = make_customer(pudong, do_not_call=True, do_not_call_reason="以前说过")
    make_customer(pudong)
    migration = importlib.import_module("customers.migrations.0009_wishes_of_marks")
    migration.make_wishes(apps, None)
    wish = DoNotContact.objects.get()
    assert (wish.customer, wish.channel, wish.reason, wish.topic) == (marked, "phone_out", "以前说过", "")
    migration.drop_wishes(apps, None)
    assert not DoNotContact.objects.exists()
    migration.make_wishes(apps, None)
    clear_do_not_call(marked, **how)
    assert mark_of(marked) == (False, "")


def test_the_timeline_tells_a_wish_once_and_in_words(wang, li, how):
    set_do_not_call(wang, "不要打", **how)
    set_wish(wang, channel="sms", topic="service_3dc", reason="不要短信", **how)
    lines = [event.line for event in timeline(wang, li).events if event.kind == "edit"]
    assert sorted(line.deed for line in lines) == ["免打扰", "勿扰"]
    subject = next(line for line in lines if line.change.deed == "set_wish")
    assert "service_3dc" not in str(subject.fields) + subject.subject
