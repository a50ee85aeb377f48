"""The rules: whom to call, about what, counted from which day. One page; the engine (services.generation) is written once.

A rule watches one table (`fact`); its windows are dials per store (RuleDial), whose defaults stand here and nowhere else.
Sources: FEATURES §2, DOMAIN 2.2; docs/rules.md has a section for each.
"""

from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from customers.models import Delivery, RepairOrder
from followups.models import PlannedCall


@dataclass(frozen=True)
class Step:
    """One round of a rule: `code` goes into DueItem.round; days from the anchor. A later step supersedes an earlier open one."""

    code: str
    opens: int
    due: int
    expires: int


@dataclass(frozen=True)
class Rule:
    """`anchor`, `customer` and `vehicle` name columns of `fact` (customer: the first that is not null is called).

    `wanted` limits the facts (beyond not voided and anchor not null). `is_planned`: dates come from the fact itself
    (PlannedCall), not from dials; `expires` is then what the fact says. `asked_for`: the customer herself asked for the call,
    so her do-not-call mark does not take it back.
    """

    code: str
    label: LazyText
    fact: type[models.Model]
    anchor: str = ""
    customer: tuple[str, ...] = ("customer_id",)
    vehicle: str = "vehicle_id"
    steps: tuple[Step, ...] = ()
    weight: int = 50
    wanted: models.Q = field(default_factory=models.Q)
    is_planned: bool = False
    asked_for: bool = False


RULES: tuple[Rule, ...] = (
    Rule(
        code="promise",
        label=_("Promised call-back"),
        fact=PlannedCall,
        wanted=models.Q(kind="promise"),
        is_planned=True,
        asked_for=True,
        weight=0,
    ),
    Rule(
        code="service_3dc",
        label=_("Call after service (3 days)"),
        fact=RepairOrder,
        anchor="settled_on",
        customer=("bringer_id", "owner_id"),
        steps=(Step("1", 2, 3, 15),),
        weight=20,
    ),
    Rule(
        code="delivery_3dc",
        label=_("Call after delivery (3 days)"),
        fact=Delivery,
        anchor="delivered_on",
        steps=(Step("1", 1, 3, 10),),
        weight=10,
    ),
    Rule(
        code="delivery_7dc",
        label=_("Call after delivery (7 days)"),
        fact=Delivery,
        anchor="delivered_on",
        steps=(Step("1", 5, 7, 14),),
        weight=15,
    ),
    Rule(
        code="manual",
        label=_("Manual task"),
        fact=PlannedCall,
        wanted=models.Q(kind="manual"),
        is_planned=True,
        weight=40,
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}
