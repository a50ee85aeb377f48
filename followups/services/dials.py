"""Reading and changing a store's dials. What no row says, the rule's own declaration says (followups.rules)."""

from dataclasses import dataclass

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from followups.models import CallCard, DeskDial, RuleDial
from followups.rules import RULES, Rule
from followups.services.cards import recompute_cards


@dataclass(frozen=True)
class Window:
    """One step of a rule as this store sets it; days from the anchor."""

    code: str
    opens: int
    due: int
    expires: int
    is_on: bool = True

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
            row = rows.get((rule.code, step.code)) or RuleDial(opens=step.opens, due=step.due, expires=step.expires)
            steps.append(Window(step.code, row.opens, row.due, row.expires, row.is_on))
        found[rule.code] = tuple(sorted(steps, key=lambda step: step.opens))
    return found


@transaction.atomic
def change_dial(dial: RuleDial, values: dict, *, by, now) -> RuleDial:
    """Set columns of one rule dial, with a line of history; a new weight re-ranks the store's open cards at once.

    A new window holds for the items that the next runs make; items that are open keep the dates they were given, so no deadline
    that somebody works towards is moved by a setting. Switching off closes the open items with the next run.
    Raises ValidationError (a window out of order, an unknown column is a TypeError).
    """
    dial = RuleDial.objects.select_for_update().get(pk=dial.pk)
    changes = {}
    for name, value in values.items():
        if name not in {"is_on", "opens", "due", "expires", "weight"}:
            raise TypeError(f"a rule dial has no {name!r} to set")
        if getattr(dial, name) != value:
            changes[name] = (getattr(dial, name), value)
            setattr(dial, name, value)
    if not changes:
        return dial
    dial.full_clean()
    dial.save(update_fields=list(changes))
    record_change(dial, changes, by=by, source=Source.FORM, at=now)
    if "weight" in changes:
        open_cards = CallCard.objects.open().filter(store_id=dial.store_id)
        recompute_cards(open_cards.values_list("customer_id", flat=True), store=dial.store, now=now)
    return dial
