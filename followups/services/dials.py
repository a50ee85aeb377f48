"""Reading and changing a store's dials. What no row says, the rule's own declaration says (followups.rules)."""

from dataclasses import dataclass

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from followups.models import DeskDial, RuleDial
from followups.rules import RULES, Rule
from followups.services.moving import ask_move

RULE_FIELDS = ("is_on", "opens", "due", "expires", "weight", "patience", "daily")
DESK_FIELDS = (
    "bands",
    "hours_hold",
    "lease_minutes",
    "stuck_minutes",
    "undo_minutes",
    "max_failures",
    "promise_lead_minutes",
    "promise_grace_minutes",
    "skip_minutes",
    "budget_contacts",
    "budget_days",
    "max_callers",
    "keep_minutes",
)
# Of both: what the open cards show follows.
ON_CARDS = {"weight", "patience", "bands", "budget_contacts", "budget_days", "max_callers", "keep_minutes"}


@dataclass(frozen=True)
class Window:
    """One step of a rule as this store sets it; days from the anchor."""

    code: str
    opens: int
    due: int
    expires: int
    is_on: bool = True
    is_message: bool = False
    daily: int | None = None  # at most so many new a day; None: no limit

    @property
    def days(self) -> list[int]:
        return [self.opens, self.due, self.expires]


def desk_of(store) -> DeskDial:
    """The store's desk dials; the shipped ones, unsaved, where it has no row."""
    return DeskDial.objects.filter(store=store).first() or DeskDial(store=store)


def windows_of(store, rules: tuple[Rule, ...] = RULES) -> dict[str, tuple[Window, ...]]:
    """{rule code: its steps in order, switched on or not}; nothing for planned rules. One query."""
    rows = {(row.rule, row.step): row for row in RuleDial.objects.filter(store=store)}
    found = {}
    for rule in rules:
        if rule.is_planned:
            continue
        steps = []
        for step in rule.steps:
            row = rows.get((rule.code, step.code)) or RuleDial(
                opens=step.opens, due=step.due, expires=step.expires, daily=rule.daily
            )
            steps.append(
                Window(
                    step.code, row.opens, row.due, row.expires, row.is_on, is_message=step.is_message, daily=row.daily
                )
            )
        found[rule.code] = tuple(sorted(steps, key=lambda step: step.opens))
    return found


@transaction.atomic
def change_dial(dial: RuleDial, values: dict, *, by, now) -> RuleDial:
    """Set columns of one rule dial, with a line of history; after a new weight or patience a job ranks the open
    cards anew (services.moving).

    A new window holds for the items that the next runs make; items that are open keep the dates they were given, so no deadline
    that somebody works towards is moved by a setting. Switching off closes the open items with the next run.
    Raises ValidationError (a window out of order, an unknown column is a TypeError).
    """
    return _change(dial, values, RULE_FIELDS, by=by, now=now)


@transaction.atomic
def change_desk_dial(dial: DeskDial, values: dict, *, by, now) -> DeskDial:
    """Set columns of the desk's numbers, with a line of history; where the number is about what waits, a job moves it (services.moving).

    Raises ValidationError; an unknown column is a TypeError.
    """
    return _change(dial, values, DESK_FIELDS, by=by, now=now)


def _change(dial, values, known, *, by, now):
    dial = type(dial).objects.select_for_update().get(pk=dial.pk)
    changes = {}
    for name, value in values.items():
        if name not in known:
            raise TypeError(f"{dial._meta.label} has no {name!r} to set")
        if getattr(dial, name) != value:
            changes[name] = (getattr(dial, name), value)
            setattr(dial, name, value)
    if not changes:
        return dial
    dial.full_clean()
    dial.save(update_fields=list(changes))
    record_change(dial, changes, by=by, source=Source.FORM, at=now)
    if ON_CARDS & set(changes):
        ask_move(dial.store, now=now, with_cards=True)
    return dial
