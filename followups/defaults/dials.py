"""Default windows of the rules (they stand in followups.rules) and the desk's numbers."""

from followups.models import DeskDial, RuleDial
from followups.rules import RULES


def seed_dials(store):
    DeskDial.objects.get_or_create(store=store)
    for rule in RULES:
        if rule.is_planned:
            continue
        step = rule.steps[0]
        RuleDial.objects.get_or_create(
            store=store,
            rule=rule.code,
            defaults={"opens": step.opens, "due": step.due, "expires": step.expires, "weight": rule.weight},
        )
