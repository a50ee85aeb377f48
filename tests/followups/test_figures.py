"""What each figure counts, on calls made by the services of the desk."""

import datetime as dt

import pytest

from common.figures import Scope, split_counts, totals
from followups.choices import ItemState
from followups.figures import FIGURES
from followups.models import Call, DueItem
from followups.services.undo import undo_visit
from tests.conftest import at
from tests.factories.customers import make_customer
from tests.factories.followups import make_bare_item, make_card, make_item
from tests.followups.desk import call, dialled, done

BY_CODE = {figure.code: figure for figure in FIGURES}


@pytest.fixture
def scope(pudong, today):
    return Scope(pudong, today, today, today)


def number(code, scope):
    """The total; and the rows that it opens are as many."""
    counted = totals([BY_CODE[code]], scope)[code]
    assert BY_CODE[code].rows(scope).count() == counted
    return counted


def numbers(scope, *codes):
    return tuple(number(code, scope) for code in codes)


FUNNEL = ("due", "dialled", "connected", "effective")


def test_due_is_what_the_deadline_says(pudong, today, now, scope):
    customer = make_customer(pudong)
    for days in (-1, 0, 1):
        make_bare_item(customer, due_on=today + dt.timedelta(days=days), now=now)
    assert number("due", scope) == 1
    assert number("due", Scope(pudong, today - dt.timedelta(days=1), today, today)) == 2


@pytest.mark.parametrize("state", ItemState.values)
def test_what_life_overtook_is_not_due(pudong, today, now, scope, state):
    make_bare_item(make_customer(pudong), due_on=today, now=now, state=state)
    assert number("due", scope) == (0 if state in {"obsolete", "superseded"} else 1)


def test_no_answer_is_dialled_and_no_more(pudong, li, today, now, scope):
    card = make_card(pudong, today=today, now=now)
    call(card.customer, "no_answer", by=li, now=now)
    assert numbers(scope, *FUNNEL) == (1, 1, 0, 0)


def test_her_brother_answers_and_it_is_connected_but_not_effective(pudong, li, today, now, scope):
    card = make_card(pudong, today=today, now=now)
    item = card.customer.due_items.get()
    call(card.customer, "done", by=li, now=now, topics=[done(item)], answered_by="family")
    assert numbers(scope, *FUNNEL) == (1, 1, 1, 0)


@pytest.mark.parametrize("who", ["owner", "driver"])
def test_owner_or_driver_answers_the_required_question_and_it_is_effective(pudong, li, today, now, scope, who):
    card = make_card(pudong, today=today, now=now)
    item = card.customer.due_items.get()
    call(card.customer, "done", by=li, now=now, topics=[done(item)], answered_by=who)
    assert numbers(scope, *FUNNEL) == (1, 1, 1, 1)


def test_overdue_is_open_and_late_from_any_period(pudong, today, now, scope):
    customer = make_customer(pudong)
    for days, state in ((-40, "open"), (-1, "open"), (-1, "done"), (0, "open")):
        make_bare_item(customer, due_on=today + dt.timedelta(days=days), now=now, state=state)
    assert number("overdue", scope) == 2


def test_a_person_has_tried_two_numbers_about_one_topic(pudong, li, chen, today, now, scope):
    card = make_card(pudong, today=today, now=now)
    busy = dialled(card.customer, "no_answer")
    call(card.customer, "no_answer", by=li, now=now, log=[busy], number=None)
    other = make_card(pudong, today=today, now=now)
    call(other.customer, "done", by=chen, now=now, topics=[done(other.customer.due_items.get())])
    people = split_counts([figure for figure in FIGURES if "person" in figure.source.splits], scope, "person")
    assert people[li.pk]["topics_dialled"] == 1
    assert people[li.pk]["calls"] == Call.objects.filter(by=li).count()
    assert people[chen.pk] == {"calls": 1, "topics_dialled": 1, "topics_connected": 1, "topics_effective": 1}
    for person in (li, chen):
        for code, counted in people[person.pk].items():
            assert BY_CODE[code].rows(scope, person=person.pk).count() == counted


def test_a_topic_two_people_worked_on_counts_once_together_and_for_each(pudong, li, chen, today, now, scope):
    card = make_card(pudong, today=today, now=now)
    call(card.customer, "no_answer", by=li, now=now)
    item = card.customer.due_items.get()
    DueItem.objects.filter(pk=item.pk).update(callable_at=now)
    call(card.customer, "done", by=chen, now=now + dt.timedelta(hours=5), topics=[done(item)])
    assert number("topics_dialled", scope) == 1
    people = split_counts([BY_CODE["topics_dialled"]], scope, "person")
    assert people == {li.pk: {"topics_dialled": 1}, chen.pk: {"topics_dialled": 1}}


def test_a_person_is_counted_on_the_day_of_the_call_in_store_time(pudong, li, today, now):
    card = make_card(pudong, today=today, now=now)
    call(card.customer, "no_answer", by=li, now=now)
    Call.objects.update(at=at(pudong, today, 0, 0))
    assert number("calls", Scope(pudong, today, today, today)) == 1
    Call.objects.update(at=at(pudong, today, 0, 0) - dt.timedelta(seconds=1))
    assert number("calls", Scope(pudong, today, today, today)) == 0
    yesterday = today - dt.timedelta(days=1)
    assert number("calls", Scope(pudong, yesterday, yesterday, today)) == 1


def test_undone_calls_count_nowhere(pudong, li, today, now, scope):
    card = make_card(pudong, today=today, now=now)
    item = card.customer.due_items.get()
    made = call(card.customer, "done", by=li, now=now, topics=[done(item)])
    assert numbers(scope, *FUNNEL, "calls", "topics_dialled", "topics_effective") == (1, 1, 1, 1, 1, 1, 1)
    undo_visit(made, by=li, now=now + dt.timedelta(minutes=1))
    assert numbers(scope, *FUNNEL, "calls", "topics_dialled", "topics_effective") == (1, 0, 0, 0, 0, 0, 0)


def test_the_other_store_never_counts(pudong, xuhui, zhao, today, now, scope):
    card = make_card(xuhui, today=today, now=now)
    call(card.customer, "done", by=zhao, now=now, topics=[done(card.customer.due_items.get())])
    make_bare_item(card.customer, due_on=today - dt.timedelta(days=1), now=now)
    assert all(number(figure.code, scope) == 0 for figure in FIGURES)
    theirs = Scope(xuhui, today, today, today)
    assert all(number(figure.code, theirs) == 1 for figure in FIGURES)


def test_the_parts_of_a_split_add_up_to_the_whole(pudong, today, now, scope):
    customer = make_customer(pudong)
    for rule in ("service_3dc", "delivery_3dc", "delivery_3dc", "delivery_7dc"):
        make_item(customer, rule, today=today, now=now) if rule == "service_3dc" else make_bare_item(
            customer, due_on=today, now=now, rule=rule
        )
    parts = split_counts([BY_CODE["due"]], scope, "rule")
    assert parts == {"service_3dc": {"due": 1}, "delivery_3dc": {"due": 2}, "delivery_7dc": {"due": 1}}
    assert sum(part["due"] for part in parts.values()) == number("due", scope)


def test_every_figure_says_how_it_is_counted():
    assert len(BY_CODE) == len(FIGURES), "codes are unique"
    for figure in FIGURES:
        assert len(str(figure.formula)) > 20
        if figure.of:
            assert BY_CODE[figure.of].source is figure.source, "a share is of the same rows"
