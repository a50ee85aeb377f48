"""The input boundary: forms validate only, services write."""

from followups.forms.care_list import FestivalForm, SendForm
from followups.forms.decisions import DecisionForm
from followups.forms.dials import DeskDialForm, RuleDialForm
from followups.forms.inbound import InboundForm
from followups.forms.outcomes import OutcomeForm
from followups.forms.overrides import OverrideFilter, OverrideForm
from followups.forms.scripts import ScriptForm
from followups.forms.situation import SituationForm
from followups.forms.small import NumberForm, PlanForm, SkipForm
from followups.forms.visit import TriedForm, VisitForm
from followups.forms.wishes import WishForm

__all__ = [
    "DecisionForm",
    "DeskDialForm",
    "FestivalForm",
    "InboundForm",
    "NumberForm",
    "OutcomeForm",
    "OverrideFilter",
    "OverrideForm",
    "PlanForm",
    "RuleDialForm",
    "ScriptForm",
    "SendForm",
    "SituationForm",
    "SkipForm",
    "TriedForm",
    "VisitForm",
    "WishForm",
]
