"""Questions about the pace of the last days."""

import datetime as dt

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quality.reading.pace import people_of, questions_of
from quality.views.checks import own_store

PACE_DAYS = 14


@require_safe
@permission_required("quality.work_checks", raise_exception=True)
def pace(request):
    store, end = own_store(request), timezone.localtime().date()
    period = {"start": end - dt.timedelta(days=PACE_DAYS - 1), "end": end}
    context = period | {"findings": questions_of(store, **period), "people": people_of(store, **period)}
    return render(request, "quality/pace.html", context)
