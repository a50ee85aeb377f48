"""Default windows of the rules (they stand in followups.rules) and the desk's numbers."""

from followups.models import DeskDial, RuleDial
from followups.rules import RULES


def seed_dials(store):
    """Make the dials that `store` has not got: the desk's row, and one for each step of each rule with windows."""
    DeskDial.objects.get_or_create(store=store)
    known = set(RuleDial.objects.filter(store=store).values_list("rule", "step"))
    RuleDial.objects.bulk_create(
        RuleDial(
            store=store,
            rule=rule.code,
            step=step.code,
            opens=step.opens,
            due=step.due,
            expires=step.expires,
            weight=rule.weight,
            patience=rule.patience,
            daily=rule.daily,
        )
        for rule in RULES
        for step in rule.steps
        if (rule.code, step.code) not in known
    )
