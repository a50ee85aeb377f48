"""A script that is being written, with a real customer of the store: the very topic of the desk, and the message that is sent."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.utils.translation import override

from common.masking import masked
from customers.models import Customer, Phone
from customers.search import find
from followups.choices import ItemState, Level
from followups.models import DueItem, Outcome, Script
from followups.reading.care_list import message_of
from followups.reading.entries import Entries
from followups.reading.items import with_facts
from followups.reading.topics import TopicSheet, facts_of, topics_of
from followups.rules import Rule
from followups.services.scripts import has_calls, has_messages

OFFERED = 8
LOCALES = {"zh": "zh-hans", "en": "en"}
LIVE = (ItemState.OPEN, ItemState.TO_SEND)
LONGEST_QUERY = 80


@dataclass(frozen=True)
class Offer:
    """A customer to try the script with; `number` is masked, `about` the car."""

    pk: int
    name: str
    number: str
    about: str
    is_due: bool


@dataclass(frozen=True)
class Preview:
    """`topic` as the desk shows it (None: this rule brings no call), `message` as it is sent (None: it brings none).

    `is_known`: the topic is or was due for this customer; else it is made up of her records.
    """

    customer: Customer
    topic: TopicSheet | None
    message: str | None
    is_known: bool


def offers(user, rule: Rule, now: dt.datetime, text: str = "") -> list[Offer]:
    """Customers that `text` finds; without it those for whom the rule is due now, most urgent first, else its last ones."""
    if text.strip():
        hits = find(user, text.strip()[:LONGEST_QUERY], limit=OFFERED).hits
        return [
            Offer(
                hit.customer.pk,
                hit.customer.name,
                masked(hit.customer.numbers[0].number) if hit.customer.numbers else "",
                hit.customer.cars[0].name if hit.customer.cars else "",
                False,
            )
            for hit in hits
        ]
    phone = Phone.objects.alive().filter(customer=OuterRef("customer")).order_by("-is_primary", "id")
    items = DueItem.objects.filter(store=user.store, rule=rule.code).select_related("customer", "vehicle")
    items = items.annotate(number=Subquery(phone.values("number")[:1]))
    due = items.filter(
        Q(state=ItemState.OPEN, callable_at__lte=now) | Q(state=ItemState.TO_SEND, opens_on__lte=now.date())
    ).order_by("due_on", "pk")[: OFFERED * 2]
    found = [_offer(item, is_due=True) for item in due] or [
        _offer(item, is_due=False) for item in items.order_by("-pk")[: OFFERED * 2]
    ]
    return list({offer.pk: offer for offer in found}.values())[:OFFERED]


def _offer(item, *, is_due) -> Offer:
    car = item.vehicle.name if item.vehicle else ""
    return Offer(item.customer_id, item.customer.name, masked(item.number or ""), car, is_due)


def preview(rule: Rule, script: Script, customer: Customer, user, now: dt.datetime, *, language: str) -> Preview:
    """`script` need not be saved. In the words of `language`, as the desk would say it; `now` in the store's zone."""
    item, is_known = _item(rule, customer, now)
    topic = text = None
    with override(LOCALES[language]):
        if has_calls(rule):
            outcomes = Outcome.objects.listed().filter(store=user.store, level=Level.REACHED, retired_at__isnull=True)
            shown = {rule.code: script}
            topic = topics_of([item], customer, user, now, Entries(), outcomes.order_by("order", "id"), shown)[0]
        if has_messages(rule):
            fact = facts_of([item]).get((item.rule, item.fact_id))
            text = message_of(item, fact, script, user, now)
    return Preview(customer, topic, text, is_known)


def _item(rule, customer, now) -> tuple[DueItem, bool]:
    """Her item of the rule, an open one first, as if it were due; else one made up of her newest record, never saved."""
    items = with_facts(DueItem.objects.filter(customer=customer, rule=rule.code).select_related("vehicle__care"))
    live = Case(When(state__in=LIVE, then=Value(0)), default=Value(1))
    item = items.order_by(live, "-due_on", "-pk").first()
    if item is not None:
        item.callable_at = min(item.callable_at or now, now)
        item.customer = customer
        return item, True
    fact = _newest_fact(rule, customer)
    vehicle = getattr(fact, rule.vehicle.removesuffix("_id"), None) if fact is not None and rule.vehicle else None
    if vehicle is None and (rule.vehicle or rule.is_planned):
        vehicle = customer.vehicles.alive().select_related("care").order_by("-pk").first()
    anchor = getattr(fact, rule.anchor, None) if fact is not None and rule.anchor else None
    item = DueItem(
        pk=0,
        store=customer.store,
        rule=rule.code,
        fact_id=fact.pk if fact is not None else 0,
        customer=customer,
        vehicle=vehicle,
        anchor_on=anchor if isinstance(anchor, dt.date) else None,
        opens_on=now.date(),
        due_on=now.date(),
        callable_at=now,
    )
    item.subject = ""
    return item, False


def _newest_fact(rule, customer):
    if rule.is_planned:
        return None
    if rule.fact is Customer:
        return customer
    hers = Q()
    for column in rule.customer:
        hers |= Q(**{column: customer.pk})
    facts = rule.fact._default_manager.filter(hers, store=customer.store)
    if rule.anchor:
        facts = facts.filter(**{f"{rule.anchor}__isnull": False}).order_by(f"-{rule.anchor}")
    return facts.first()
