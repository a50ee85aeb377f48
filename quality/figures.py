"""What can be counted of the spot checks. The formulas are printed below the figures."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common.figures import Figure, Source, Split
from followups.models import Call
from followups.wording import rule_label
from quality.choices import RECALLED, Agreement, Decision
from quality.models import SpotAnswer, SpotCheck


def _people(keys):
    return dict(User.objects.filter(pk__in=keys).order_by("full_name", "pk").values_list("pk", "full_name"))


def _topics(keys):
    return {key: rule_label(key) for key in sorted(keys)}


def _checked(scope):
    return SpotCheck.objects.filter(store=scope.store, day__range=(scope.start, scope.end), state__in=RECALLED)


CHECKED = Source(
    _checked,
    {"person": Split("person", _people), "checked_topic": Split("topic", _topics)},
    opens=lambda rows: Call.objects.filter(pk__in=rows.values("call")),
)
_DIFFERS = Q(Exists(SpotAnswer.objects.filter(check_of=OuterRef("pk"), agreement=Agreement.DIFFERS))) & ~Q(
    decision=Decision.MISUNDERSTANDING
)

FIGURES = [
    Figure(
        "spot_checked",
        pgettext_lazy("figure", "Calls checked"),
        _("Calls of the period that were drawn at random and about which the customer could be asked again."),
        CHECKED,
        is_detail=True,
    ),
    Figure(
        "spot_agreeing",
        pgettext_lazy("figure", "Calls that agree"),
        _(
            "Of these, those without an item that differs, misunderstandings decided as such included; per cent of calls checked."
        ),
        CHECKED,
        ~_DIFFERS,
        of="spot_checked",
        is_detail=True,
    ),
    Figure(
        "spot_differing",
        pgettext_lazy("figure", "Calls that differ"),
        _("Of these, those with at least one item that differs and is no misunderstanding; per cent of calls checked."),
        CHECKED,
        _DIFFERS,
        of="spot_checked",
        is_detail=True,
    ),
]
