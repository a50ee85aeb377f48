"""What can be counted of the complaints. The formulas are printed below the figures."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common.figures import Figure, Source, Split
from complaints.choices import ComplaintState
from complaints.models import Complaint


def _people(keys):
    return dict(User.objects.filter(pk__in=keys).order_by("full_name", "pk").values_list("pk", "full_name"))


def _opened(scope):
    rows = Complaint.objects.filter(store=scope.store, is_void=False, opened_at__gte=scope.since)
    return rows.filter(opened_at__lt=scope.until).exclude(state=ComplaintState.VOID)


OPENED = Source(_opened, {"person": Split("opened_by", _people)})

FIGURES = [
    Figure(
        "complaints_opened",
        pgettext_lazy("figure", "Complaints opened"),
        _("Complaints opened in the period, through whatever door, without those withdrawn."),
        OPENED,
        is_detail=True,
    ),
]
