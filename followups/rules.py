"""The rules: whom to call, about what, counted from which day. One page; the engine (services.generation) is written once.

A rule watches one table (`fact`); its windows are dials per store (RuleDial), whose defaults stand here and nowhere else.
Sources: FEATURES §2, DOMAIN 2.2; docs/rules.md has a section for each.
"""

from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import Complaint
from customers.models import CarePlan, Customer, Delivery, Policy, RepairOrder, Vehicle
from followups.models import PlannedCall


@dataclass(frozen=True)
class Step:
    """One round of a rule: `code` goes into DueItem.round; days from the anchor. A later step supersedes an earlier open one.

    `is_message`: not a call but a line on the care list (state `to_send`), which no card shows.
    """

    code: str
    opens: int
    due: int
    expires: int
    is_message: bool = False


@dataclass(frozen=True)
class Rule:
    """`anchor`, `customer` and `vehicle` name columns of `fact` (customer: the first that is not null is called).

    `wanted` limits the facts (beyond not voided and anchor not null). `is_planned`: dates come from the fact itself
    (PlannedCall), not from dials; `expires` is then what the fact says. `asked_for`: the customer herself asked for the call,
    so her do-not-call mark does not take it back.

    Shapes beside "so many days from the anchor":
    `cycle`: a column of the fact that says which turn its anchor belongs to (CarePlan.service_round); it begins the round, so each
    turn is called about once. An open item of a former turn was overtaken by life, for the reason `overtaken`.
    `every`, `times`: the steps come again each so many days, so many turns in all; the ordinal of the turn (from `first_turn` on)
    begins the round. The steps of turn n count from n × `every` days after the anchor: turn 0 from the anchor itself.
    `yearly`: the anchor comes back each year: "date" (the day of a DATE column: anniversaries), "birthday" (a number like 1007, of the
    solar or, where `<anchor>_is_lunar`, the lunar calendar); the year is the round.
    `daily`: of the facts whose window is open so many a day are taken in at most (a dial), the greatest `worth` first; None: all.
    For rules of one step.
    `outlives_car`: the call is due also where the car is gone or its record void (a complaint; always so of planned calls).
    `patience`: so many days its deadline stands back in the queue (a dial): calls that are of use for long let those through whose
    completion is judged by the day.
    `enough`: after so many effective contacts in one turn of a ladder, or a refusal, its later steps are not called.
    `by_hand`: its items, all messages, are made by a person (services.care_list); no run makes or judges them.
    `opening`: the rule's part of the first words on a card with several topics (followups.openings).
    `spares_fleets`: about the car of a fleet or a taxi nobody is called (F10): those plan service and insurance by themselves.
    `for_owner`: meant for the owner; what the driver says to it is no effective contact.
    `is_duty`: a legal duty: no opt-out and no contact budget holds it back, only quiet hours do (DOMAIN 2.12).
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
    cycle: str = ""
    counts_up: bool = False
    overtaken: str = ""  # choices.CloseReason
    every: int = 0
    times: int = 1
    first_turn: int = 1
    yearly: str = ""
    daily: int | None = None
    worth: str = ""  # column of the fact, for `daily`
    is_duty: bool = False
    outlives_car: bool = False
    by_hand: bool = False
    enough: int = 0
    patience: int = 0
    opening: LazyText | str = ""
    spares_fleets: bool = False
    for_owner: bool = False

    @property
    def goes_with_car(self) -> bool:
        """Whether the call has no sense once the car is gone or its record void."""
        return bool(self.vehicle) and not (self.is_planned or self.outlives_car)


# The best customers are rung up beside the message: owners of a car that came four times in the two years up to its last visit
BEST_WORTH = 4_000
_OF_BEST_OWNERS = models.Exists(
    Vehicle.objects.filter(owner=models.OuterRef("pk"), is_void=False, care__worth__gte=BEST_WORTH)
)

RULES: tuple[Rule, ...] = (
    # --- What people promised or set ---
    Rule(
        code="promise",
        label=_("Promised call-back"),
        opening=pgettext_lazy("said", "as agreed[ for {agreed}], we are ringing you back[ about {subject}]"),
        fact=PlannedCall,
        wanted=models.Q(kind="promise"),
        is_planned=True,
        asked_for=True,
        weight=0,
    ),
    Rule(
        code="manual",
        label=_("Manual task"),
        opening=pgettext_lazy("said", "there is something we want to ask you[: {subject}]"),
        fact=PlannedCall,
        wanted=models.Q(kind="manual"),
        is_planned=True,
        weight=40,
    ),
    # --- Complaints ---
    Rule(
        code="complaint_recontact",
        label=_("Call about a solved complaint"),
        opening=pgettext_lazy("said", "we want to know whether what you told us about[ {car}] has been put right"),
        fact=Complaint,
        anchor="solved_on",
        wanted=models.Q(state="solved", recontacted_at__isnull=True),
        cycle="solved_round",  # solved anew, asked anew
        counts_up=True,
        outlives_car=True,
        steps=(Step("1", 0, 3, 10),),
        weight=5,
    ),
    Rule(
        code="complaint_resurvey",
        label=_("Survey after a complaint"),
        opening=pgettext_lazy("said", "we want to hear how content you are now with the way we handled your complaint"),
        fact=Complaint,
        anchor="closed_on",
        wanted=models.Q(state="closed"),
        outlives_car=True,
        steps=(Step("1", 8, 10, 20),),
        weight=22,
    ),
    # --- After the hand-over of a car, after a visit ---
    Rule(
        code="delivery_3dc",
        label=_("Call after delivery (3 days)"),
        opening=pgettext_lazy("said", "you took your new car[ {car}] home[ on {day}], and we want to know how it is"),
        fact=Delivery,
        anchor="delivered_on",
        steps=(Step("1", 1, 3, 10),),
        weight=10,
    ),
    Rule(
        code="delivery_7dc",
        label=_("Call after delivery (7 days)"),
        opening=pgettext_lazy("said", "we want to hear how you liked buying your car[ {car}]"),
        fact=Delivery,
        anchor="delivered_on",
        steps=(Step("1", 5, 7, 14),),
        weight=15,
    ),
    Rule(
        code="delivery_3w",
        label=_("Care after delivery (3 weeks)"),
        opening=pgettext_lazy(
            "said", "your car[ {car}] has been with you for three weeks, and we want to know how you are getting on"
        ),
        fact=Delivery,
        anchor="delivered_on",
        steps=(Step("1", 18, 21, 28),),
        weight=18,
    ),
    Rule(
        code="quarterly_care",
        label=_("Quarterly care"),
        opening=pgettext_lazy("said", "we want to know how you and your car[ {car}] are getting on"),
        fact=Delivery,
        anchor="delivered_on",
        every=90,
        times=8,  # the last one at 24 months
        steps=(Step("1", -3, 0, 14),),
        patience=14,
        weight=55,
        spares_fleets=True,
    ),
    Rule(
        code="service_3dc",
        label=_("Call after service (3 days)"),
        opening=pgettext_lazy("said", "we want to hear how you found our work on your car[ {car}][ on {day}]"),
        fact=RepairOrder,
        anchor="settled_on",
        customer=("bringer_id", "owner_id"),
        steps=(Step("1", 2, 3, 15),),
        weight=20,
    ),
    # --- What comes due for a car ---
    Rule(
        code="first_service",
        label=_("First service reminder"),
        opening=pgettext_lazy(
            "said", "your car[ {car}] will soon be due for its first service[, around {service_due}]"
        ),
        fact=CarePlan,
        anchor="first_service_on",
        overtaken="came",
        steps=(Step("1", -20, -10, 60),),
        patience=10,
        weight=25,
        spares_fleets=True,
        for_owner=True,
    ),
    Rule(
        code="periodic_service",
        label=_("Periodic service"),
        opening=pgettext_lazy("said", "your car[ {car}] will soon be due for its service[, around {service_due}]"),
        fact=CarePlan,
        anchor="service_on",
        cycle="service_round",
        overtaken="came",
        steps=(Step("1", -20, -10, 60),),
        patience=10,
        weight=30,
        spares_fleets=True,
        for_owner=True,
    ),
    Rule(
        code="renewal",
        label=_("Insurance renewal"),
        opening=pgettext_lazy("said", "the insurance of your car[ {car}] ends[ on {policy_end}]"),
        fact=Policy,
        anchor="renewal_on",
        overtaken="renewed",
        every=365,
        times=4,  # the day itself, and three years lapsed
        first_turn=0,
        enough=3,
        steps=(
            Step("45", -45, -43, 7),
            Step("33", -33, -31, 7),
            Step("30", -30, -28, 7),
            Step("15", -15, -13, 7),
            Step("7", -7, -5, 7),
        ),
        weight=26,
        spares_fleets=True,
    ),
    Rule(
        code="warranty_end",
        label=_("End of warranty"),
        opening=pgettext_lazy("said", "the warranty of your car[ {car}] ends[ on {warranty_end}]"),
        fact=CarePlan,
        anchor="warranty_ends_on",
        steps=(Step("1", -45, -30, 0),),
        patience=14,
        weight=32,
        spares_fleets=True,
        for_owner=True,
    ),
    Rule(
        code="inspection",
        label=_("Annual inspection"),
        opening=pgettext_lazy("said", "your car[ {car}] is due for its annual inspection[, {inspection_due}]"),
        fact=CarePlan,
        anchor="inspection_on",
        cycle="inspection_round",
        steps=(Step("1", -45, -30, 0),),
        patience=14,
        weight=33,
        spares_fleets=True,
        for_owner=True,
    ),
    # --- Customers who stay away ---
    Rule(
        code="thin_ice",
        label=_("Not seen for nine months"),
        opening=pgettext_lazy("said", "we have not seen your car[ {car}] for some time[, not since {last_visit}]"),
        fact=CarePlan,
        anchor="thin_ice_on",
        cycle="visit_round",
        overtaken="came",
        steps=(Step("1", 0, 14, 90),),
        daily=10,
        worth="worth",
        patience=60,
        weight=50,
        spares_fleets=True,
        for_owner=True,
    ),
    Rule(
        code="churn_12",
        label=_("Not seen for a year"),
        opening=pgettext_lazy("said", "we have not seen your car[ {car}] for a year[, not since {last_visit}]"),
        fact=CarePlan,
        anchor="churn_on",
        cycle="visit_round",
        overtaken="came",
        steps=(Step("1", 0, 30, 365),),
        daily=10,
        worth="worth",
        patience=60,
        weight=60,
        spares_fleets=True,
        for_owner=True,
    ),
    Rule(
        code="lost_contact",
        label=_("Lost contact"),
        opening=pgettext_lazy(
            "said", "we could not reach you for a while and want to be sure that your numbers are right"
        ),
        fact=Customer,
        anchor="unreachable_on",
        customer=("id",),
        vehicle="",
        cycle="unreachable_round",
        overtaken="heard",
        steps=(Step("message", 0, 3, 29, is_message=True), Step("call", 30, 45, 90)),
        patience=30,
        weight=45,
    ),
    # --- Care: messages, and a call for the best ---
    Rule(
        code="festival",
        label=_("Festival greeting"),
        fact=Customer,
        customer=("id",),
        vehicle="",
        by_hand=True,
        weight=72,
    ),
    Rule(
        code="birthday",
        label=_("Birthday"),
        fact=Customer,
        anchor="birthday",
        customer=("id",),
        vehicle="",
        yearly="birthday",
        steps=(Step("1", -1, 0, 3, is_message=True),),
        weight=70,
    ),
    Rule(
        code="birthday_call",
        label=_("Birthday call"),
        opening=pgettext_lazy("said", "we wish you a happy birthday"),
        fact=Customer,
        anchor="birthday",
        customer=("id",),
        vehicle="",
        wanted=models.Q(_OF_BEST_OWNERS),
        yearly="birthday",
        steps=(Step("1", -1, 0, 3),),
        weight=24,
    ),
    Rule(
        code="anniversary",
        label=_("Purchase anniversary"),
        fact=Delivery,
        anchor="delivered_on",
        yearly="date",
        steps=(Step("1", -1, 0, 3, is_message=True),),
        weight=71,
        spares_fleets=True,
    ),
    Rule(
        code="anniversary_call",
        label=_("Purchase anniversary call"),
        opening=pgettext_lazy("said", "it is the anniversary of your car[ {car}], and we want to thank you"),
        fact=Delivery,
        anchor="delivered_on",
        wanted=models.Q(vehicle__care__worth__gte=BEST_WORTH),
        yearly="date",
        steps=(Step("1", -1, 0, 3),),
        weight=34,
        spares_fleets=True,
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}

# What neither a wish nor the contact budget holds back: what the customer asked for herself, and what the law demands.
UNRESTRAINED = frozenset(rule.code for rule in RULES if rule.asked_for or rule.is_duty)


def topic_choices() -> list[tuple[str, LazyText]]:
    """(code, label) of what a customer may not want to be contacted about: neither what was planned with her, nor a legal duty."""
    return [(rule.code, rule.label) for rule in RULES if not (rule.is_planned or rule.is_duty)]
