"""What follows a person, a car or a fact on this floor (see common.personal).

Items that a run made and nobody has tried keep nothing: the next run closes or corrects them.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal import Follow, Joining, Tie
from followups.rules import RULES

_TRIED = Q(attempts__gt=0) | Q(closed_by__isnull=False)
_LIVING = Q(is_void=False)
_CALLED = Q(undone_at__isnull=True)
_REASON = _("Somebody has called about it.")


def _facts():
    """The items' column `fact_id` names a row of whatever table the rule watches."""
    codes = {}
    for rule in RULES:
        codes.setdefault(rule.fact._meta.label, []).append(rule.code)
    for label, rules in codes.items():
        where = _TRIED & Q(rule__in=rules)
        yield Follow("followups.DueItem", "fact_id", label, Tie.WORK, _REASON, where, merge=Joining.BY_APP)


FOLLOWS = (
    Follow("followups.CallOutcome", "wish", "customers.DoNotContact", Tie.TRACE),
    Follow("followups.Call", "customer", "customers.Customer", Tie.WORK, _("The customer was called."), _CALLED),
    Follow("followups.Call", "phone", "customers.Phone", Tie.WORK, _("The number was dialled."), _CALLED),
    Follow("followups.CallCard", "customer", "customers.Customer", Tie.DERIVED, merge=Joining.BY_APP),
    Follow(
        "followups.DueItem",
        "customer",
        "customers.Customer",
        Tie.WORK,
        _("The customer was called."),
        _TRIED,
        merge=Joining.BY_APP,
    ),
    Follow("followups.DueItem", "vehicle", "customers.Vehicle", Tie.WORK, _REASON, _TRIED),
    *_facts(),
    Follow(
        "followups.PlannedCall", "customer", "customers.Customer", Tie.WORK, _("A call to her is planned."), _LIVING
    ),
    Follow(
        "followups.PlannedCall", "vehicle", "customers.Vehicle", Tie.WORK, _("A call about it is planned."), _LIVING
    ),
)
