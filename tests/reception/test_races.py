"""Two people at the desk in the same moment, each with a connection of her own."""

import datetime as dt

import pytest

from customers.models import Customer
from followups.models import DueItem
from reception.models import AddedWork, AddedWorkDecision, Arrival
from reception.services import Outrun, arrive, decide, follow_up_absent, mark_arrived
from tests.factories.reception import make_expected, make_work
from tests.followups.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_comes_unannounced_is_marked_once(wang, li, chen, now):
    def mark(by):
        return lambda: arrive(Customer.objects.get(pk=wang.pk), by=by, now=now)

    results = at_once(mark(li), mark(chen), mark(li))
    assert sum(isinstance(result, Outrun) for result in results) == 2
    assert Arrival.objects.count() == 1


def test_who_was_expected_is_marked_once(wang, li, chen, today, now):
    arrival = make_expected(wang, day=today, by=li, now=now)
    results = at_once(
        *(lambda by=by: mark_arrived(Arrival.objects.get(pk=arrival.pk), by=by, now=now) for by in (li, chen))
    )
    assert sum(isinstance(result, Outrun) for result in results) == 1
    assert Arrival.objects.get().arrived_by in (li, chen)


def test_two_runs_make_one_task(wang, li, pudong, today, now):
    make_expected(wang, day=today, by=li, now=now)
    tomorrow = now + dt.timedelta(days=1)
    results = at_once(*[lambda: follow_up_absent(pudong, now=tomorrow)] * 2)
    assert sorted(result["asked"] for result in results) == [0, 1]
    assert DueItem.objects.count() == 1


def test_two_decisions_on_what_was_seen_are_one(wang, li, chen, now):
    work = make_work(wang, by=li, now=now)

    def say(decision, by):
        told = {"decision": decision, "decided_by": "王雅丽", "how": "phone", "seen": "asked"}
        return lambda: decide(AddedWork.objects.get(pk=work.pk), by=by, now=now, **told)

    results = at_once(say("agreed", li), say("refused", chen))
    assert sum(isinstance(result, Outrun) for result in results) == 1
    assert AddedWorkDecision.objects.get().decision == AddedWork.objects.get().decision


def test_numbers_of_added_work_do_not_repeat(wang, li, now):
    results = at_once(*[lambda: make_work(Customer.objects.get(pk=wang.pk), by=li, now=now)] * 3)
    assert sorted(work.number[-3:] for work in results) == ["001", "002", "003"]
