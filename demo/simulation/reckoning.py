"""Which windows ought to have opened: plain Python over the facts and the dials of a store, for every shape a rule may have.

Knows the declarations of the rules (followups.rules), not the engine that reads them.
"""

import datetime as dt
from calendar import isleap
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from common.birthdays import celebrated_on
from customers.models import CarePlan, Customer, DoNotContact, Vehicle
from followups.models import RuleDial
from followups.rules import RULES, Rule

day_of_birthday = cache(celebrated_on)  # the moon is slow, and the auditor asks each evening


@dataclass(frozen=True)
class Due:
    """One window of one fact."""

    rule: Rule
    fact_id: int
    round: str
    anchor_on: dt.date
    opens_on: dt.date
    due_on: dt.date
    expires_on: dt.date
    customer_id: int
    vehicle_id: int | None
    changed_at: dt.datetime  # of the fact
    is_message: bool
    step: str


def engine_rules():
    return [rule for rule in RULES if not rule.is_planned and not getattr(rule, "by_hand", False)]


def is_free(rule) -> bool:
    """No wish and no budget holds its calls back."""
    return rule.asked_for or rule.is_duty


class Facts:
    """Everything the rules look at, read once."""

    def __init__(self, store, today):
        self.store, self.today = store, today
        people = list(Customer.objects.filter(store=store).values_list("pk", "is_void", "do_not_call", "changed_at"))
        self.people = {pk: (is_void, is_marked) for pk, is_void, is_marked, _changed_at in people}
        self.people_changed = {pk: changed_at for pk, _is_void, _is_marked, changed_at in people}
        cars = Vehicle.objects.filter(store=store).values_list("pk", "is_void", "gone_on", "changed_at")
        self.cars = {pk: (is_void or gone_on is not None, changed_at) for pk, is_void, gone_on, changed_at in cars}
        self.wishes = defaultdict(list)
        for wish in DoNotContact.objects.filter(store=store, is_void=False):
            if wish.expires_on is None or wish.expires_on >= today:
                self.wishes[wish.customer_id].append(wish)
        rows = RuleDial.objects.filter(store=store)
        self.dials = {(row.rule, row.step): row for row in rows}
        self.tables, self._windows = {}, {}

    def is_quiet(self, rule_code, customer_id, vehicle_id, *, is_message) -> bool:
        """The do-not-call mark, or a wish that holds today."""
        if self.people.get(customer_id, (False, False))[1]:
            return True
        channel = "sms" if is_message else "phone_out"
        return any(
            wish.channel in ("", channel)
            and wish.topic in ("", rule_code)
            and (wish.vehicle_id is None or wish.vehicle_id == vehicle_id)
            for wish in self.wishes[customer_id]
        )

    def car_is_gone(self, vehicle_id) -> bool:
        return self.cars.get(vehicle_id, (False, None))[0]

    def rows(self, table):
        if table not in self.tables:
            self.tables[table] = {row.pk: row for row in table.objects.filter(store=self.store)}
        return self.tables[table]

    def asking(self, rule) -> dict[int, tuple]:
        """{fact id: (fact, customer id, vehicle id)} of what asks for a call today."""
        wanted = set(rule.fact.objects.filter(rule.wanted, store=self.store).values_list("pk", flat=True))
        found = {}
        for pk, fact in self.rows(rule.fact).items():
            if pk not in wanted or fact.is_void:
                continue
            car = getattr(fact, rule.vehicle) if rule.vehicle else None
            goes_along = car is not None and not (rule.is_planned or rule.outlives_car)
            if goes_along and self.car_is_gone(car):
                continue
            who = next((each for each in (self._person(fact, name) for name in rule.customer) if each), None)
            if who is not None and (rule.is_planned or getattr(fact, rule.anchor) is not None):
                found[pk] = (fact, who, car)
        return found

    def _person(self, fact, name):
        pk = fact.pk if name in ("id", "pk") else getattr(fact, name)
        return pk if pk in self.people and not self.people[pk][0] else None

    def dial(self, rule, step):
        row = self.dials.get((rule.code, step.code))
        if row is None:
            return True, (step.opens, step.due, step.expires), rule.daily
        return row.is_on, (row.opens, row.due, row.expires), row.daily

    def windows(self, rule):
        """All windows of the rule's facts whose steps are switched on, whenever they are."""
        if rule.code not in self._windows:
            self._windows[rule.code] = list(self._reckon(rule))
        return self._windows[rule.code]

    def _reckon(self, rule):
        asking = self.asking(rule)
        for step in rule.steps:
            is_on, days, _daily = self.dial(rule, step)
            if not is_on:
                continue
            for pk, (fact, who, car) in asking.items():
                for prefix, anchor in self._anchors(rule, fact):
                    opens, due, expires = (anchor[1] + dt.timedelta(days=number) for number in days)
                    name = round_of(rule, step, prefix)
                    yield Due(
                        rule,
                        pk,
                        name,
                        anchor[0],
                        opens,
                        due,
                        expires,
                        who,
                        car,
                        fact.changed_at,
                        step.is_message,
                        step.code,
                    )

    def best_since(self, due) -> dt.date:
        """The last day on which a visit may have changed what the customer's cars are worth."""
        plans = self.rows(CarePlan).values()
        moments = [
            plan.changed_at for plan in plans if due.customer_id == plan.customer_id or due.vehicle_id == plan.pk
        ]
        return max(map(self.store.day_of, moments), default=dt.date.min)

    def _anchors(self, rule, fact):
        """(what the round begins with, (day that is kept as the anchor, day that the window counts from))."""
        anchor = getattr(fact, rule.anchor)
        if rule.every:
            for turn in range(rule.first_turn, rule.first_turn + rule.times):
                yield str(turn), (anchor, anchor + dt.timedelta(days=rule.every * turn))
        elif rule.yearly == "birthday":
            is_lunar = bool(getattr(fact, f"{rule.anchor}_is_lunar", False))
            for year in range(self.today.year - 1, self.today.year + 2):
                day = day_of_birthday(anchor, is_lunar, year)
                if day is not None:
                    yield str(year), (day, day)
        elif rule.yearly:
            for year in range(max(self.today.year - 1, anchor.year + 1), self.today.year + 2):
                day = dt.date(year, 2, 28) if is_leap_day(anchor) and not isleap(year) else anchor.replace(year=year)
                yield str(year), (day, day)
        elif rule.cycle:
            yield str(getattr(fact, rule.cycle)), (anchor, anchor)
        else:
            yield "", (anchor, anchor)


def is_leap_day(day):
    return (day.month, day.day) == (2, 29)


def round_of(rule, step, prefix) -> str:
    if not prefix:
        return step.code
    return f"{prefix}.{step.code}" if len(rule.steps) > 1 else prefix
