"""What the placeholders of scripts (followups.scripts.PLACEHOLDERS) mean, and which of them a rule can fill.

What fills them stands in reading.words; a test holds the two together.
"""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from customers.models import Delivery, Policy, RepairOrder
from followups.rules import Rule

MEANINGS: dict[str, LazyText] = {
    "greeting": _("good morning, good afternoon or good evening, by the clock"),
    "agent": _("the name of whoever calls"),
    "store": _("the name said on the phone, from the settings of the store"),
    "hotline": _("from the settings of the store"),
    "customer": _("the name on the customer's file"),
    "person": _("who brought the car, else the contact person of a company, else the customer"),
    "car": _("plate and series, as one speaks of it"),
    "plate": _("the number plate"),
    "model": _("the full name of the model"),
    "odometer": _("the last kilometres that are known"),
    "day": _("the day it is about: of the delivery, the settled order, the end of the insurance"),
    "days": _("how many days ago that was"),
    "consultant": _("who sold the car"),
    "advisor": _("who took the car in"),
    "work": _("what was done, as the order says"),
    "order_no": _("the number of the repair order"),
    "address": _("the address on file"),
    "service_due": _("about when the next service falls due, as worked out"),
    "due_km": _("at how many kilometres"),
    "last_visit": _("the day the car was last here"),
    "months_away": _("how many months ago that was"),
    "warranty_end": _("the last day of the warranty"),
    "inspection_due": _("the day of the annual inspection"),
    "policy_end": _("the last day of the insurance"),
    "insurer": _("the insurance company of the policy"),
    "group": _("first year, repeat, serviced here"),
    "years": _("how many years the car has been with her"),
    "festival": _("which festival the greeting is for"),
    "complaint_no": _("the number of the complaint"),
    "complaint_summary": _("what she complained of, in her words"),
    "resolution": _("how it was solved"),
    "subject": _("what was promised or is to be done"),
    "agreed": _("the moment that was promised"),
}
ALWAYS = {"greeting", "agent", "store", "hotline", "customer", "person", "address"}
OF_CAR = {"car", "plate", "model", "odometer"}
OF_CARE = {"service_due", "due_km", "last_visit", "months_away", "warranty_end", "inspection_due"}
OF_FACT = {
    Delivery: {"consultant", "years"},
    RepairOrder: {"advisor", "work", "order_no"},
    Policy: {"policy_end", "insurer", "group"},
    Complaint: {"complaint_no", "complaint_summary", "resolution"},
}


def known_for(rule: Rule) -> frozenset[str]:
    """The placeholders that a topic of this rule can fill; the others would always be gaps."""
    known = ALWAYS | OF_FACT.get(rule.fact, set())
    if rule.vehicle or rule.is_planned:
        known = known | OF_CAR | OF_CARE
    if rule.anchor:
        known = known | {"day", "days"}
    if rule.is_planned:
        known = known | {"subject"}
    if rule.asked_for:
        known = known | {"agreed"}
    if rule.by_hand:
        known = known | {"festival"}
    return frozenset(known)
