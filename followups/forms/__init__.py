"""The input boundary: forms validate only, services write."""

from followups.forms.small import NumberForm, PlanForm, SkipForm
from followups.forms.visit import TriedForm, VisitForm

__all__ = ["NumberForm", "PlanForm", "SkipForm", "TriedForm", "VisitForm"]
