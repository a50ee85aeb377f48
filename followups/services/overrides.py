"""Going past a restraint, with a reason that is written down (Override).

Only a card that a person chooses is asked about here: what is offered by itself is within its restraints. An override holds
for its person for the rest of the day, until the customer is contacted again.
"""

import datetime as dt
from dataclasses import dataclass, field

from audit.choices import Source
from audit.services import record_change
from customers.models import Contact
from followups.choices import Restraint
from followups.models import DueItem, Override
from followups.rules import UNRESTRAINED
from followups.services.offering import callers_who_are_here
from followups.services.restraint import CALLERS_DAYS, callers_of, callers_until, contacts_of, dial_of, rest_after


@dataclass(frozen=True)
class Why:
    """The reason of an override: a code of choices.OverrideReason, and what is to be said about it."""

    reason: str
    note: str = ""


@dataclass(frozen=True)
class Obstacle:
    """One restraint that stands before a card. `contacts` (newest first, with `by_name`) are those of the budget's days; `days` how
    many these are; `people` the ids of those who may call."""

    restraint: Restraint
    contacts: list[Contact] = field(default_factory=list)
    days: int = 0
    people: list[int] = field(default_factory=list)


class Restrained(Exception):
    """The card wants an override by reason first; `obstacles` say what she would go past."""

    def __init__(self, card, obstacles):
        self.card, self.obstacles = card, obstacles
        super().__init__(f"{card} is restrained: {[str(obstacle.restraint) for obstacle in obstacles]}")


def obstacles_of(card, user, now) -> list[Obstacle]:
    """What `user` would go past by calling this customer now; nothing where a promise has come, or a legal duty is open.

    The ledger is read anew: what a colleague, an import or another floor wrote a second ago counts. What she has given a reason for
    today is no obstacle. Three to six queries.
    """
    due = DueItem.objects.open().filter(customer_id=card.customer_id, rule__in=UNRESTRAINED, callable_at__lte=now)
    if due.exists():
        return []
    dial = dial_of(card.store_id)
    found = [*_budget(card, dial, now), *_callers(card, user, dial, now)]
    if not found:
        return found
    given = _given(card, user, now)
    return [
        obstacle
        for obstacle in found
        if obstacle.restraint not in given
        or any(contact.at > given[obstacle.restraint] for contact in obstacle.contacts)
    ]


def _budget(card, dial, now):
    since = now - dt.timedelta(days=dial.budget_days)
    contacts = contacts_of([card.customer_id], since=since).get(card.customer_id, [])
    rest = rest_after(contacts, dial)
    if rest is not None and rest > now:
        yield Obstacle(Restraint.BUDGET, contacts, dial.budget_days)


def _callers(card, user, dial, now):
    since = now - dt.timedelta(days=CALLERS_DAYS)
    heard = callers_of([card.customer_id], since=since).get(card.customer_id, {})
    until = callers_until(heard, dial)
    if until is not None and until > now and user.pk not in heard and callers_who_are_here(heard, card.store, now):
        yield Obstacle(Restraint.CALLERS, people=sorted(heard))


def _given(card, user, now) -> dict[str, dt.datetime]:
    midnight = dt.datetime.combine(card.store.day_of(now), dt.time(), tzinfo=card.store.zone)
    mine = Override.objects.filter(card=card, by=user, at__gte=midnight).order_by("at")
    return dict(mine.values_list("restraint", "at"))


def go_past(card, obstacles, why: Why, *, by, now) -> list[Override]:
    """Write down what `by` goes past, and why, with a line of history each. The caller holds the card and the transaction."""
    rows = []
    for obstacle in obstacles:
        row = Override.objects.create(
            store_id=card.store_id,
            card=card,
            by=by,
            at=now,
            restraint=obstacle.restraint,
            reason=why.reason,
            note=why.note,
        )
        diff = {name: ("", getattr(row, name)) for name in ("restraint", "reason", "note") if getattr(row, name)}
        record_change(row, diff, by=by, source=Source.FORM, deed="create", customer_id=card.customer_id, at=now)
        rows.append(row)
    return rows
