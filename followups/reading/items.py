"""Due items with what a page says about them, in one query."""

import datetime as dt
import functools
from dataclasses import dataclass

from django.db.models import Case, CharField, OuterRef, Subquery, Value, When

from followups import explain, wording
from followups.models import CallOutcome, DueItem, PlannedCall
from followups.reading.attempts import Tried, given_up, tried_in_vain
from followups.rules import RULES

PLANNED = [rule.code for rule in RULES if rule.is_planned]


def with_facts(items):
    """Annotate `subject`: what a planned call is about, else "". The day the rule counts from is the item's own `anchor_on`."""
    subject = Subquery(PlannedCall.objects.filter(pk=OuterRef("fact_id")).values("subject")[:1])
    return items.annotate(
        subject=Case(When(rule__in=PLANNED, then=subject), default=Value(""), output_field=CharField())
    )


@dataclass(slots=True)
class WhyNow:
    """Why one topic is in the queue now. Texts are worded for the reader; `urgency` has a tone."""

    label: str
    age: str
    urgency: wording.Words
    car: str
    subject: str
    attempts: int


class WhyWords:
    """Words many items at one moment; a list has few different days, so each is worded once. `now` in the store's zone."""

    def __init__(self, now: dt.datetime):
        self.now, self.today = now, now.date()
        self.label = functools.cache(lambda rule: str(wording.rule_label(rule)))
        self.age = functools.cache(lambda rule, anchor_on: explain.age(rule, anchor_on, self.today))
        self.deadline = functools.cache(lambda due_on: wording.deadline(due_on, self.today))

    def of(self, item, car: str) -> WhyNow:
        """`item` is a DueItem of `with_facts`, or a row with its columns."""
        urgency = self.deadline(item.due_on) if item.due_at is None else wording.urgency(item, self.now)
        return WhyNow(
            self.label(item.rule), self.age(item.rule, item.anchor_on), urgency, car, item.subject or "", item.attempts
        )


def why_now(item, now: dt.datetime) -> WhyNow:
    """Of one DueItem of `with_facts`, with its vehicle."""
    return WhyWords(now).of(item, item.vehicle.name if item.vehicle else "")


def with_last_call(items):
    """For a list of items: with facts, customer and car, and `last_call`, the id of the last standing call about each."""
    calls = CallOutcome.objects.filter(item=OuterRef("pk"), call__undone_at__isnull=True).order_by(
        "-call__at", "-call_id"
    )
    return with_facts(items.select_related("customer", "vehicle")).annotate(
        last_call=Subquery(calls.values("call_id")[:1])
    )


@dataclass(frozen=True)
class ItemRow:
    """`because`: of a closed item, why it is; `tried`: of one that was given up, what was done to reach the customer."""

    item: DueItem
    why: WhyNow
    tone: str
    because: str
    tried: list[Tried]


def item_rows(items, store, now: dt.datetime) -> list[ItemRow]:
    """Items of one store; at most two queries."""
    tried = tried_in_vain(given_up(items), store, now)
    return [
        ItemRow(
            item,
            why_now(item, now),
            explain.tone_of(item.state),
            explain.closed_because(item, now.date()),
            tried.get(item.pk, []),
        )
        for item in items
    ]
