"""Any life of a card: whatever people do in whatever order, cards say what items say, and every end has a reason."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from followups.choices import ItemState, SkipReason
from followups.models import Call, CallCard, CallOutcome, DueItem
from followups.services.cards import check_cards, wake_promises
from followups.services.claims import skip, take_card
from followups.services.planned import plan_promise
from followups.services.undo import CannotUndo, TooLate, undo_visit
from followups.services.visits import Topic, log_attempt, save_visit
from tests.factories.customers import make_customer, make_phone, make_vehicle
from tests.factories.followups import make_item
from tests.followups.desk import QUESTIONNAIRES, dialled, done

HOUR = dt.timedelta(hours=1)
FAILURES = ["no_answer", "busy", "power_off", "rejected", "dead_number", "wrong_number"]
RESULTS = ["done", "call_back", "declined", "not_available", "car_sold", "no_more_calls"]

deeds = st.one_of(
    st.tuples(st.just("fail"), st.sampled_from(FAILURES), st.integers(0, 1)),
    st.tuples(st.just("log"), st.sampled_from(FAILURES), st.sampled_from(FAILURES)),
    st.tuples(st.just("reach"), st.lists(st.sampled_from([*RESULTS, ""]), min_size=6, max_size=6), st.integers(0, 1)),
    st.tuples(st.just("skip"), st.sampled_from(SkipReason.values), st.none()),
    st.tuples(st.just("promise"), st.integers(1, 72), st.none()),
    st.tuples(st.just("undo"), st.none(), st.none()),
)
steps = st.lists(st.tuples(deeds, st.integers(0, 1), st.sampled_from([0, 4, 20, 24, 28])), min_size=1, max_size=12)


class Life:
    """One customer with two cars, three topics and two numbers, and two people who call her."""

    def __init__(self, store, people, today, now):
        self.store, self.people, self.start, self.now = store, people, now, now
        self.last = None
        self.customer = make_customer(store, number="13800001111")
        make_phone(self.customer, "13900001111")
        cars = [make_vehicle(self.customer) for _ in range(2)]
        for rule, car in (("service_3dc", 0), ("delivery_7dc", 0), ("delivery_3dc", 1)):
            make_item(self.customer, rule, vehicle=cars[car], today=today, now=now, expires_on=None)

    def do(self, deed, person, hours):
        self.now += hours * HOUR
        wake_promises(self.store, now=self.now)  # as beat does every minute
        name, first, second = deed
        if name == "undo":
            return self.undo()
        if name == "promise":
            return plan_promise(
                self.customer, at=self.now + first * HOUR, subject="", by=person, now=self.now, pinned_to=person
            )
        card = CallCard.objects.get(customer=self.customer)
        if not card.is_open:
            return None
        self.card = take_card(card.pk, user=person, now=self.now)
        return getattr(self, name)(person, first, second)

    def number(self, place):
        return self.customer.phones.order_by("pk")[place].number

    def save(self, person, attempt, topics=()):
        self.last = save_visit(
            self.card, token=self.card.lease_token, by=person, now=self.now, attempt=attempt, topics=list(topics)
        )
        assert not CallCard.objects.filter(lease_by=person).exists()

    def fail(self, person, outcome, place):
        self.save(person, dialled(self.customer, outcome, number=self.number(place)))

    def log(self, person, first, second):
        attempt = dialled(self.customer, first, number=self.number(0))
        log_attempt(self.card, attempt, token=self.card.lease_token, by=person, now=self.now)
        self.fail(person, second, 1)

    def reach(self, person, outcomes, place):
        topics = []
        for item, outcome in zip(self.customer.due_items.open().order_by("pk"), outcomes, strict=False):
            if outcome == "done":
                topics.append(done(item))
            elif outcome:
                topics.append(Topic(item.pk, outcome, note="好", promise_at=self.now + 5 * HOUR))
        if any(topic.outcome == "no_more_calls" for topic in topics):
            topics = [topic for topic in topics if topic.outcome != "call_back"]
        if topics:
            attempt = dialled(self.customer, topics[0].outcome, number=self.number(place))
            self.save(person, attempt, topics)

    def skip(self, person, reason, _nothing):
        skip(self.card, token=self.card.lease_token, by=person, now=self.now, reason=reason)

    def undo(self):
        if self.last is None:
            return
        try:
            undo_visit(self.last, by=self.last.by, now=self.now)
        except (CannotUndo, TooLate):
            return
        self.last = None

    def check(self):
        assert check_cards(self.store, now=self.now) == []
        days = (self.now.date() - self.start.date()).days + 2
        for item in DueItem.objects.filter(customer=self.customer):
            is_open = item.state == ItemState.OPEN
            assert is_open == (item.reason == "") == (item.closed_at is None), item
            assert len(set(item.bands_failed)) == len(item.bands_failed) <= item.attempts <= days
            assert (item.attempts == 0) == (item.dialled_at is None)
            assert item.connected_at is None or item.dialled_at <= item.connected_at
            assert item.effective_at is None or item.connected_at <= item.effective_at
            assert item.reason != "three_failures" or len(item.bands_failed) == 3
            counted = CallOutcome.objects.filter(item=item, call__undone_at__isnull=True)
            assert item.attempts == len({self.store.day_of(row.call.at) for row in counted.select_related("call")})
        for call in Call.objects.filter(undone_at__isnull=False):
            assert not any(row.response and not row.response.is_void for row in call.outcomes.all())


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
@example(steps=[(("fail", "no_answer", 0), 0, hours) for hours in (0, 28, 28)] + [(("undo", None, None), 0, 0)])
def test_whatever_happens_cards_and_items_agree(pudong, li, chen, today, now, steps):
    assert set(QUESTIONNAIRES) == {"service_3dc", "delivery_7dc", "delivery_3dc"}
    with transaction.atomic():
        life = Life(pudong, [li, chen], today, now)
        for deed, who, hours in steps:
            life.do(deed, life.people[who], hours)
            life.check()
        transaction.set_rollback(True)
