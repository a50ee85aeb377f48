"""What can be counted of the complaints. The formulas are printed below the figures."""

import datetime as dt

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common.figures import Figure, Source, Split
from complaints.choices import OPEN_STATES, ComplaintState
from complaints.models import Complaint


def _people(keys):
    return dict(User.objects.filter(pk__in=keys).order_by("full_name", "pk").values_list("pk", "full_name"))


def _opened(scope):
    rows = Complaint.objects.filter(store=scope.store, is_void=False, opened_at__gte=scope.since)
    return rows.filter(opened_at__lt=scope.until).exclude(state=ComplaintState.VOID)


OPENED = Source(_opened, {"person": Split("opened_by", _people)})


# A case of the DMS without a deadline is judged by nobody.
_ENDED = Q(state__in=(ComplaintState.CLOSED, ComplaintState.FORCED))
_IN_TIME = _ENDED & Q(solved_at__lte=F("deadline_at"))
TWO_WEEKS = dt.timedelta(days=14)  # DOMAIN 2.11, studyofnet 219565247


def _limit(scope):
    """The end of the period, or the beginning of today where that comes first."""
    return min(scope.until, dt.datetime.combine(scope.today, dt.time(), tzinfo=scope.store.zone))


def _judged(scope):
    ended = _ENDED & Q(closed_on__range=(scope.start, scope.end))
    late = Q(state__in=OPEN_STATES, solved_at=None, deadline_at__lt=_limit(scope))
    rows = Complaint.objects.filter(store=scope.store, is_void=False, deadline_at__isnull=False)
    return rows.filter(ended | late)


def _two_weeks(scope):
    ended = _ENDED & Q(closed_on__range=(scope.start, scope.end))
    old = Q(state__in=OPEN_STATES, opened_at__lt=_limit(scope) - TWO_WEEKS)
    return Complaint.objects.filter(store=scope.store, is_void=False).filter(ended | old)


def _reopened(scope):
    rows = Complaint.objects.filter(store=scope.store, is_void=False, reopened_at__gte=scope.since)
    return rows.filter(reopened_at__lt=scope.until).exclude(state=ComplaintState.VOID)


JUDGED, LONG, REOPENED = Source(_judged, {}), Source(_two_weeks, {}), Source(_reopened, {})

# 投诉及时处理率, 一次性及时关闭率 (CQZT) and 两周结案率, for the weekly case analysis.
WEEK_FIGURES = [
    Figure(
        "complaints_judged",
        pgettext_lazy("figure", "Complaints judged"),
        _("Closed in the period, by force too, and open ones whose deadline for the solution has passed."),
        JUDGED,
        is_detail=True,
    ),
    Figure(
        "complaints_in_time",
        pgettext_lazy("figure", "Handled in time"),
        _("Of the complaints judged: closed, and solved by their deadline."),
        JUDGED,
        where=_IN_TIME,
        of="complaints_judged",
        is_detail=True,
    ),
    Figure(
        "complaints_first_time",
        pgettext_lazy("figure", "Closed in time at the first go"),
        _("Of the complaints judged: closed, solved by their deadline, and never reopened."),
        JUDGED,
        where=_IN_TIME & Q(times_reopened=0),
        of="complaints_judged",
        is_detail=True,
    ),
    Figure(
        "complaints_long",
        pgettext_lazy("figure", "Closed or open over two weeks"),
        _("Closed in the period, by force too, and open ones that were opened more than two weeks before its end."),
        LONG,
        is_detail=True,
    ),
    Figure(
        "complaints_two_weeks",
        pgettext_lazy("figure", "Closed, against open over two weeks"),
        _("Closed complaints of those that are closed or open for more than two weeks."),
        LONG,
        where=_ENDED,
        of="complaints_long",
        is_detail=True,
    ),
    Figure(
        "complaints_reopened",
        pgettext_lazy("figure", "Reopened"),
        _("Complaints that were opened again in the period, by their last reopening."),
        REOPENED,
        is_detail=True,
    ),
]

FIGURES = [
    *WEEK_FIGURES,
    Figure(
        "complaints_opened",
        pgettext_lazy("figure", "Complaints opened"),
        _("Complaints opened in the period, through whatever door, without those withdrawn."),
        OPENED,
        is_detail=True,
    ),
]
