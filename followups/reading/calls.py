"""Calls that were made: one visit with all its numbers, and what a customer's page shows."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q

from followups import explain, wording
from followups.choices import ItemState
from followups.models import Call, CallCard, CallOutcome, DueItem
from followups.reading.attempts import Tried, given_up, tried_in_vain
from followups.reading.items import WhyNow, why_now, with_facts
from followups.services.inbound import SETTLED, UNDO_WITHIN
from followups.wording import rule_label

CALLS_SHOWN = 5
CLOSED_SHOWN = 6
CLOSED_DAYS = 90


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


def saved_today(user, now: dt.datetime):
    """Her own calls of today that saved a card, the newest first. `now` in the store's zone."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.visible_to(user).filter(by=user, at__gte=midnight, undo_data__saves=True)
    return calls.order_by("-at", "-id")


def neighbours_of(call: Call, user) -> dict:
    """`earlier` and `later`: the reader's own saved calls before and after this one; `held`: the card she has on her desk. Three
    queries."""
    own = Call.objects.visible_to(user).filter(by=user, undo_data__saves=True)
    before = Q(at__lt=call.at) | Q(at=call.at, pk__lt=call.pk)
    after = Q(at__gt=call.at) | Q(at=call.at, pk__gt=call.pk)
    return {
        "earlier": own.filter(before).order_by("-at", "-id").select_related("customer").first(),
        "later": own.filter(after).order_by("at", "id").select_related("customer").first(),
        "held": CallCard.objects.filter(lease_by=user).select_related("customer").first(),
    }


def open_topics(customer, now) -> list[DueItem]:
    """Her open items, each with its WhyNow as `why`, the nearest deadline first."""
    items = with_facts(DueItem.objects.open().filter(customer=customer).select_related("vehicle"))
    items = list(items.order_by("due_on", "id"))
    for item in items:
        item.why = why_now(item, now)
    return items


@dataclass(frozen=True)
class Closed:
    """A topic that is settled: what, when, why; `undo` the id of the customer's own call that settled it and may be taken back; `tried` what was done
    to reach her, where nobody was."""

    why: WhyNow
    on: str
    because: str
    undo: int | None
    tried: list[Tried] = field(default_factory=list)


def closed_topics(customer, now) -> list[Closed]:
    """What was last about her and is no more, newest first; the steps of a ladder that the next one replaced are left out."""
    since = now - dt.timedelta(days=CLOSED_DAYS)
    items = DueItem.objects.filter(customer=customer, closed_at__gte=since).exclude(
        state__in=(ItemState.OPEN, ItemState.SUPERSEDED)
    )
    items = with_facts(items.select_related("vehicle")).order_by("-closed_at", "-id")[:CLOSED_SHOWN]
    tried = tried_in_vain(given_up(items), customer.store, now)
    return [
        Closed(
            why_now(item, now),
            wording.past_day(item.closed_at.astimezone(now.tzinfo).date(), now.date()),
            explain.closed_because(item, now.date()),
            item.reason_params.get("contact")
            if item.reason in SETTLED and now - item.closed_at <= UNDO_WITHIN
            else None,
            tried.get(item.pk, []),
        )
        for item in items
    ]


def customer_calls(customer, now) -> dict:
    """`card`, `held_by`, `topics` (open ones, as WhyNow), `closed`, `calls` (the last, newest first). Four queries."""
    topics: list[WhyNow] = [item.why for item in open_topics(customer, now)]
    calls = Call.objects.filter(customer=customer).select_related("by", "outcome").order_by("-at", "-id")[:CALLS_SHOWN]
    card = CallCard.objects.filter(customer=customer, is_open=True).select_related("lease_by").first()
    held_by = card.lease_by if card and card.lease_by_id and card.lease_until > now else None
    return {
        "card": card,
        "held_by": held_by,
        "topics": topics,
        "closed": closed_topics(customer, now),
        "calls": list(calls),
    }
