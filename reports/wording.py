"""Sentences that page, print and workbook share."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SHEET_LABELS = {"callback_report": gettext_lazy("Daily callback report")}  # of sheets in access lines


def report_title(report) -> str:
    """`浦东店 日回访报表 2026-03-18`, with the first day where the period has more than one."""
    scope = report.scope
    days = f"{scope.end}" if scope.start == scope.end else f"{scope.start} – {scope.end}"
    return f"{report.store.name} {_('Daily callback report')} {days}"


def moving_words() -> list:
    """What may still change in the report of a day that is over."""
    return [
        gettext_lazy(
            "Due, dialled, connected, effective: a topic of that day may still be called later and counts then as late work; what events overtake leaves the due topics."
        ),
        gettext_lazy(
            "Promised calls: what was not dialled so far may still be; the agreed moment stays, so it counts as late."
        ),
        gettext_lazy(
            "Calls, answers and complaints: a call that is undone within minutes, and a complaint withdrawn with it, disappear."
        ),
        gettext_lazy("Overdue: what a manager opens again later counts as open all the time."),
        gettext_lazy("Put aside: stays as it is."),
    ]
