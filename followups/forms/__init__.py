"""The input boundary: forms validate only, services write."""

from followups.forms.small import NumberForm, PlanForm, SkipForm
from followups.forms.visit import AttemptForm, VisitForm

__all__ = ["AttemptForm", "NumberForm", "PlanForm", "SkipForm", "VisitForm"]
