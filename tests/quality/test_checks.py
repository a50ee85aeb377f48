"""Asking again: matched item by item, heard before decided, one at a time, in the ledger."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.services import create_account
from audit.models import Access
from common.figures import Scope, totals
from customers.models import Contact
from customers.services.wishes import set_do_not_call
from office.models import Notice
from quality.figures import FIGURES
from quality.matching import of_answer
from quality.models import QualityDial, SpotAnswer, SpotCheck
from quality.reading.checks import rates_of
from quality.services import checks
from quality.services.checks import Told
from quality.services.drawing import draw_day
from tests.conftest import PASSWORD
from tests.factories.quality import make_check, make_reached

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(pudong, li, now):
    return make_check(pudong, li, now=now, name="王雅丽", number="13812345678")


@pytest.fixture
def wu(pudong):
    """A second manager."""
    return create_account(username="wu", full_name="吴芳", role=Role.MANAGER, store=pudong, password=PASSWORD)


def key_of(check):
    return checks.asked_again(check)[0].pk


def recall(check, by, now, **told):
    told = {"called": "yes", "answered_by": "owner", "answers": {key_of(check): 5}, "manner": "good"} | told
    checks.take_check(check, by=by, now=now)
    return checks.record_recall(check, told=Told(**told), by=by, now=now)


def agreements(check):
    return dict(SpotAnswer.objects.filter(check_of=check).values_list("item", "agreement"))


@pytest.mark.parametrize(
    ("written", "told", "agreement"),
    [
        (5, 5, "agrees"),
        (5, 4, "agrees"),
        (4, 5, "agrees"),
        (5, 3, "differs"),
        (3, 2, "differs"),
        (2, 1, "agrees"),
        (5, None, "untold"),
    ],
)
def test_five_points_may_move_by_one_but_not_across_the_limit(written, told, agreement):
    assert of_answer(written, told, limit=2, is_scale=True) == agreement


@pytest.mark.parametrize(
    ("written", "told", "agreement"), [(1, 1, "agrees"), (1, 0, "differs"), (0, 1, "differs"), (2, 3, "differs")]
)
def test_yes_and_no_and_what_stands_in_a_list_are_never_near(written, told, agreement):
    assert of_answer(written, told, limit=None, is_scale=False) == agreement


@pytest.mark.parametrize(
    ("told", "state", "items"),
    [
        ({}, "agrees", {"called": "agrees", "answered_by": "agrees", "key_answer": "agrees", "manner": ""}),
        ({"called": "no"}, "differs", {"called": "differs"}),
        ({"called": "unknown"}, "agrees", {"called": "untold"}),
        (
            {"answered_by": "family"},
            "differs",
            {"called": "agrees", "answered_by": "differs", "key_answer": "agrees", "manner": ""},
        ),
        (
            {"answered_by": "unknown", "answers": {}},
            "agrees",
            {"called": "agrees", "answered_by": "untold", "key_answer": "untold", "manner": ""},
        ),
        (
            {"manner": "poor"},
            "agrees",
            {"called": "agrees", "answered_by": "agrees", "key_answer": "agrees", "manner": ""},
        ),
    ],
)
def test_items_are_matched_one_by_one(check, zhou, now, told, state, items):
    assert recall(check, zhou, now, **told).state == state
    assert agreements(check) == items


def test_the_call_is_in_the_ledger_and_the_budget(check, zhou, now):
    recall(check, zhou, now)
    contact = Contact.objects.get(origin="quality.attempt")
    assert (contact.customer, contact.channel, contact.connected, contact.by) == (
        check.customer,
        "phone_out",
        True,
        zhou,
    )
    assert Contact.objects.alive().filter(customer=check.customer, connected=True).count() == 2
    assert Access.objects.filter(kind="reveal", actor_id=zhou.pk, customer_id=check.customer_id).count() == 1


def test_not_reached_three_times_on_three_days(check, zhou, now):
    for number in (1, 2, 3):
        moment = now + dt.timedelta(days=number - 1)
        checks.take_check(check, by=zhou, now=moment)
        check = checks.log_unreached(check, by=zhou, now=moment, reason="no_answer")
        assert check.attempts == number
        with pytest.raises(checks.NotOpen):
            checks.take_check(check, by=zhou, now=moment)
    assert check.state == "unreached"
    assert Contact.objects.filter(origin="quality.attempt", connected=False).count() == 3


def test_two_managers_do_not_ring_one_customer(check, zhou, wu, now):
    checks.take_check(check, by=zhou, now=now)
    with pytest.raises(checks.Held) as held:
        checks.take_check(check, by=wu, now=now + dt.timedelta(minutes=5))
    assert held.value.by == zhou
    checks.take_check(check, by=wu, now=now + dt.timedelta(minutes=31))
    told = Told(called="yes", answered_by="owner", answers={})
    with pytest.raises(checks.NotOpen):  # she came back to a check that the other has taken over
        checks.record_recall(check, told=told, by=zhou, now=now + dt.timedelta(minutes=32))
    checks.record_recall(check, told=told, by=wu, now=now + dt.timedelta(minutes=33))
    with pytest.raises(checks.NotOpen):
        checks.record_recall(check, told=told, by=wu, now=now + dt.timedelta(minutes=33))
    assert SpotAnswer.objects.filter(check_of=check, item="called").count() == 1


def test_what_was_found_since_the_draw_holds_the_call_back(check, zhou, li, now):
    with pytest.raises(checks.NotOpen):
        checks.drop_check(check, by=zhou, now=now)  # nobody picks whom not to call
    set_do_not_call(check.customer, "别再打了", by=li, source="call", now=now)
    with pytest.raises(checks.NotNow) as why:
        checks.take_check(check, by=zhou, now=now)
    assert why.value.obstacle == "wish"
    assert not Access.objects.filter(kind="reveal").exists()
    assert checks.drop_check(check, by=zhou, now=now).dropped_for == "wish"


def test_a_difference_is_heard_before_it_is_decided(check, zhou, li, chen, now):
    recall(check, zhou, now, answers={key_of(check): 1})
    notice = Notice.objects.get(user=li)
    assert notice.url == reverse("quality:my_check", args=[check.pk])
    decide = {"decision": "mistake", "text": "按错了键", "by": zhou, "now": now}
    with pytest.raises(checks.NotOpen):
        checks.decide_check(check, **decide)
    with pytest.raises(checks.NotOpen):
        checks.answer_check(check, text="不是我", by=chen, now=now)
    with pytest.raises(ValidationError):
        checks.answer_check(check, text="  ", by=li, now=now)
    checks.answer_check(check, text="客户当时说满意", by=li, now=now + dt.timedelta(minutes=1))
    checks.answer_check(check, text="补充：旁边有人", by=li, now=now + dt.timedelta(minutes=2))
    checks.decide_check(check, **decide | {"now": now + dt.timedelta(minutes=3)})
    log = list(check.log.values_list("code", "by__full_name", "text"))
    assert log == [
        ("drawn", None, ""),
        ("recalled", "周敏", ""),
        ("answer", "李静", "客户当时说满意"),
        ("answer", "李静", "补充：旁边有人"),
        ("decided", "周敏", "按错了键"),
    ]
    with pytest.raises(checks.NotOpen):
        checks.decide_check(check, **decide)
    notice.refresh_from_db()
    assert notice.resolved_at is not None


def test_who_has_left_is_not_waited_for(check, zhou, li, now):
    recall(check, zhou, now, called="no")
    type(li).objects.filter(pk=li.pk).update(is_active=False)
    assert checks.decide_check(check, decision="confirmed", text="查实", by=zhou, now=now).state == "decided"


def test_nobody_checks_her_own_call(check, zhou, now):
    SpotCheck.objects.filter(pk=check.pk).update(person=zhou)
    with pytest.raises(checks.OwnCall):
        checks.take_check(check, by=zhou, now=now)


def test_rates_and_figures_by_hand(pudong, li, chen, zhou, now, today, login):
    """李: three items agree in one call; in another she differs in one of three, in a third a misunderstanding. 陈: cannot tell."""
    made = [make_reached(pudong, li, at=now - dt.timedelta(days=1)) for _ in range(3)]
    made.append(make_reached(pudong, chen, at=now - dt.timedelta(days=1)))
    QualityDial.objects.filter(store=pudong).update(share=100)
    draw_day(pudong, today - dt.timedelta(days=1), now=now)
    good, differs, misunderstood, dumb = [SpotCheck.objects.get(call=call) for call in made]
    recall(good, zhou, now)
    recall(differs, zhou, now, answered_by="family")
    recall(misunderstood, zhou, now, called="no")
    checks.answer_check(misunderstood, text="打过", by=li, now=now)
    checks.decide_check(misunderstood, decision="misunderstanding", text="她记错了日子", by=zhou, now=now)
    recall(dumb, zhou, now, called="unknown")
    days = {"start": today - dt.timedelta(days=1), "end": today}
    rates = {(rate.person, bool(rate.topic)): rate for rate in rates_of(pudong, **days)}
    hers = rates["李静", False]
    assert (hers.checks, hers.agree, hers.differ, hers.untold, hers.share) == (3, 5, 1, 1, 83)
    assert (hers.judged, hers.is_small) == (6, True)
    other = rates["陈晨", True]
    assert (other.agree, other.differ, other.untold, other.share) == (0, 0, 1, None)
    with time_machine.travel(now, tick=False):
        client = login(zhou)
        for rate in client.get(reverse("quality:rates")).context["rates"]:
            query = {"tab": "rates", "person": rate.person_id, "topic": rate.topic_code}
            assert len(client.get(reverse("quality:checks"), query).context["rows"]) == rate.checks
    scope = Scope(pudong, *days.values(), today)
    assert totals(FIGURES, scope) == {"spot_checked": 4, "spot_agreeing": 3, "spot_differing": 1}
    for figure in FIGURES:
        assert figure.rows(scope).count() == totals([figure], scope)[figure.code]


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_the_manager_asks_and_the_specialist_answers(login, zhou, li, chen, check, now):
    with time_machine.travel(now, tick=False):
        client, url = login(zhou), reverse("quality:check", args=[check.pk])
        before = client.get(url).content.decode()
        assert "13812345678" not in before
        client.post(reverse("quality:take", args=[check.pk]))
        assert "13812345678" in client.get(url).content.decode()
        key = f"key_{key_of(check)}"
        fault = client.post(reverse("quality:recall", args=[check.pk]), {"called": "yes", "note": "记得的话"})
        assert "这一题也请问一下" in fault.content.decode()
        assert "记得的话" in fault.content.decode()
        values = {"called": "yes", "answered_by": "owner", key: "1", "manner": "good"}
        client.post(reverse("quality:recall", args=[check.pk]), values)
        hers = login(li)
        assert "王雅丽" in hers.get(reverse("quality:mine")).content.decode()
        mine = reverse("quality:my_check", args=[check.pk])
        hers.post(mine, {"text": "当时客户说很好"})
        assert "当时客户说很好" in hers.get(mine).content.decode()
        assert login(chen).get(mine).status_code == 404
        assert "王雅丽" not in login(chen).get(reverse("quality:mine")).content.decode()
        assert hers.get(url).status_code == 403
        client.post(reverse("quality:decide", args=[check.pk]), {"decision": "mistake", "text": "按错"})
    check.refresh_from_db()
    assert (check.state, check.decision) == ("decided", "mistake")


def test_lists_cost_the_same_whatever_the_rows(login, zhou, pudong, li, now, django_assert_num_queries):
    client = login(zhou)
    urls = [reverse("quality:checks"), reverse("quality:rates"), reverse("quality:pace")]
    recall(make_check(pudong, li, now=now), zhou, now)
    make_check(pudong, li, now=now + dt.timedelta(days=1))
    for url in urls:
        client.get(url)
    with CaptureQueriesContext(connection) as one:
        for url in urls:
            client.get(url)
    for days in (2, 3):
        later = now + dt.timedelta(days=days)
        recall(make_check(pudong, li, now=later), zhou, later)
        make_check(pudong, li, now=later + dt.timedelta(days=20))
    with django_assert_num_queries(len(one)):
        for url in urls:
            client.get(url)
