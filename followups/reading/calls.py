"""Calls that were made: one visit with all its numbers, and what a customer's page shows."""

from dataclasses import dataclass

from django.db.models import Prefetch

from followups.models import Call, CallCard, CallOutcome, DueItem
from followups.reading.items import WhyNow, why_now, with_facts
from followups.wording import rule_label

CALLS_SHOWN = 5


@dataclass
class Visit:
    """One sitting at a card: the numbers tried, in their order, and what came out per topic (of the last call that says)."""

    calls: list[Call]
    outcomes: list[CallOutcome]


def visit_of(call: Call) -> Visit:
    """Three queries. Each outcome carries `label` (its rule) beside its own fields."""
    outcomes = CallOutcome.objects.select_related(
        "item__vehicle", "outcome", "response", "complaint", "planned"
    ).order_by("id")
    calls = (
        Call.objects.filter(card_id=call.card_id, visit=call.visit)
        .select_related("by", "outcome")
        .prefetch_related(Prefetch("outcomes", outcomes))
        .order_by("at", "id")
    )
    calls = list(calls)
    last = {outcome.item_id: outcome for made in calls for outcome in made.outcomes.all()}
    for outcome in last.values():
        outcome.label = rule_label(outcome.item.rule)
    return Visit(calls, list(last.values()))


def customer_calls(customer, now) -> dict:
    """`card`, `held_by`, `topics` (open ones, as WhyNow with `callable_at`), `calls` (the last, newest first). Three queries."""
    items = with_facts(DueItem.objects.open().filter(customer=customer).select_related("vehicle")).order_by(
        "due_on", "id"
    )
    topics: list[WhyNow] = [why_now(item, now) for item in items]
    calls = Call.objects.filter(customer=customer).select_related("by", "outcome").order_by("-at", "-id")[:CALLS_SHOWN]
    card = CallCard.objects.filter(customer=customer, is_open=True).select_related("lease_by").first()
    held_by = card.lease_by if card and card.lease_by_id and card.lease_until > now else None
    return {"card": card, "held_by": held_by, "topics": topics, "calls": list(calls)}
