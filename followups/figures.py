"""What can be counted of the calls (DOMAIN 2.11; docs/rules.md). Formulas are printed below the figures, for denominators differ by brand.

Topics are judged by their deadline, people by what they did: a colleague who calls today what was due yesterday has worked today.
Undone calls count nowhere.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common.figures import Figure, Source, Split
from followups.choices import ItemState, Level
from followups.models import Call, CallOutcome, DueItem, Outcome
from followups.rules import RULES
from followups.services.inbound import SETTLED
from followups.services.undecided import MESSAGES


def _rule_names(keys):
    names = {rule.code: rule.label for rule in RULES if rule.code in keys}
    return names | {key: key for key in keys if key not in names}


def _people(keys):
    return dict(User.objects.filter(pk__in=keys).order_by("full_name", "pk").values_list("pk", "full_name"))


def _outcome_names(keys):
    """In the order of the desk: reached, not reached, invalid."""
    levels = {level: place for place, level in enumerate(Level)}
    found = sorted(Outcome.objects.filter(pk__in=keys), key=lambda row: (levels[row.level], row.order, row.pk))
    return {row.pk: f"{row.get_level_display()} · {row.label}" for row in found}


def _due(scope):
    items = DueItem.objects.filter(store=scope.store, due_on__range=(scope.start, scope.end))
    # A customer who rang us about it, or told us at the store, was quicker than we: an event that overtook the call, like her coming.
    overtaken = Q(state__in=(ItemState.OBSOLETE, ItemState.SUPERSEDED)) | Q(reason__in=SETTLED)
    return items.exclude(overtaken).exclude(MESSAGES)


def _overdue(scope):
    return DueItem.objects.filter(store=scope.store).overdue(scope.today)


def _calls(scope):
    return Call.objects.filter(store=scope.store, at__gte=scope.since, at__lt=scope.until, undone_at__isnull=True)


def _outcomes(scope):
    return CallOutcome.objects.filter(
        call__store=scope.store, call__at__gte=scope.since, call__at__lt=scope.until, call__undone_at__isnull=True
    )


def _items_of(outcomes):
    return DueItem.objects.filter(pk__in=outcomes.values("item"))


DUE = Source(_due, {"rule": Split("rule", _rule_names)})
OVERDUE = Source(_overdue, {"rule": Split("rule", _rule_names)}, is_stock=True)
CALLS = Source(_calls, {"person": Split("by", _people), "outcome": Split("outcome", _outcome_names)})
OUTCOMES = Source(
    _outcomes,
    {"person": Split("call__by", _people), "topic": Split("item__rule", _rule_names)},
    unit="item",
    opens=_items_of,
)

FIGURES = [
    Figure(
        "due",
        pgettext_lazy("figure", "Due"),
        _("Topics whose deadline lies in the period, without those overtaken by events or replaced by a later step."),
        DUE,
    ),
    Figure(
        "dialled",
        pgettext_lazy("figure", "Dialled"),
        _("Of the due topics, those for which a number was dialled, whenever that was; per cent of due."),
        DUE,
        Q(dialled_at__isnull=False),
        of="due",
    ),
    Figure(
        "connected",
        pgettext_lazy("figure", "Connected"),
        _("Of the due topics, those about which a person was spoken to, whoever answered; per cent of due."),
        DUE,
        Q(connected_at__isnull=False),
        of="due",
    ),
    Figure(
        "effective",
        pgettext_lazy("figure", "Effective"),
        _(
            "Of the due topics, those where the owner or driver answered the topic's required question; per cent of due."
        ),
        DUE,
        Q(effective_at__isnull=False),
        of="due",
    ),
    Figure(
        "overdue",
        pgettext_lazy("figure", "Overdue"),
        _("Topics open at this moment whose deadline was before today, from any period."),
        OVERDUE,
    ),
    Figure(
        "calls",
        pgettext_lazy("figure", "Numbers tried"),
        _("Calls the person made in the period, one for each number tried."),
        CALLS,
    ),
    Figure(
        "topics_dialled",
        pgettext_lazy("figure", "Topics dialled"),
        _("Different topics the person called about in the period, whatever their deadline."),
        OUTCOMES,
    ),
    Figure(
        "topics_connected",
        pgettext_lazy("figure", "Topics connected"),
        _("Of these topics, those where the person spoke to somebody; per cent of topics dialled."),
        OUTCOMES,
        Q(call__level=Level.REACHED),
        of="topics_dialled",
    ),
    Figure(
        "topics_effective",
        pgettext_lazy("figure", "Topics effective"),
        _(
            "Of these topics, those where the owner or driver answered the required question; per cent of topics dialled."
        ),
        OUTCOMES,
        Q(is_effective=True),
        of="topics_dialled",
    ),
]
