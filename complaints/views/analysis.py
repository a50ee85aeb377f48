"""The weekly case analysis: the newest, one week in one of its versions, and composing it anew."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from complaints.choices import Department, Severity
from complaints.models import WeekAnalysis
from complaints.reading.charts import bars_of, columns_of
from complaints.reading.shares import share_lines
from complaints.services.analysis import compose_week
from complaints.views.causes import own_store

VIEW = "complaints.view_radar"
WEEKS_LISTED = 26


def _day(text):
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


@require_GET
@permission_required(VIEW, raise_exception=True)
def newest(request):
    own_store(request)
    found = WeekAnalysis.objects.visible_to(request.user).first()
    return _page(request, found)


@require_GET
@permission_required(VIEW, raise_exception=True)
def week(request, start):
    """?version=N shows an earlier one."""
    rows = WeekAnalysis.objects.visible_to(request.user).filter(start=_day(start))
    version = request.GET.get("version", "")
    found = get_object_or_404(rows, version=version) if version.isdecimal() else rows.first()
    if found is None:
        raise Http404
    return _page(request, found)


def _page(request, found):
    mine = WeekAnalysis.objects.visible_to(request.user)
    context = {
        "analysis": found,
        "weeks": mine.order_by("-start").values_list("start", flat=True).distinct()[:WEEKS_LISTED],
    }
    if found is not None:
        context |= _worded(found) | {"versions": mine.filter(start=found.start).select_related("by")}
    return render(request, "complaints/analysis.html", context)


def _worded(found) -> dict:
    """The frozen content in the reader's language, with its charts."""
    content = found.content
    name = 2 if (get_language() or "").startswith("en") else 1
    causes = [(row[0], row[name], *row[3:]) for row in content["causes"]]
    return {
        "content": content,
        "end": found.start + dt.timedelta(days=6),
        "causes": causes,
        "bars": bars_of((label, number, before) for _code, label, number, before, _answers in causes),
        "columns": columns_of((start[5:], opened, closed) for start, opened, closed in content["trend"]),
        "departments": [(Department(code).label, number) for code, number in content["department"].items()],
        "severities": [(Severity(code).label, number) for code, number in content["severity"].items()],
        "worst": [(*row[:2], Severity(row[2]).label, row[name + 2], row[5]) for row in content["worst"]],
        "picks": [each | {"cause": each["en" if name == 2 else "zh"]} for each in content["picks"]],
        "shares": share_lines(content["figures"], found.start + dt.timedelta(days=6)),
    }


@require_POST
@permission_required("complaints.compose_analysis", raise_exception=True)
def compose(request, start):
    store, day = own_store(request), _day(start)
    get_object_or_404(WeekAnalysis.objects.filter(store=store), start=day, version=1)
    try:
        compose_week(store, day, now=timezone.now(), by=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        messages.success(request, _("Composed anew; the earlier version stays beside it."))
    return redirect("complaints:analysis", start)
