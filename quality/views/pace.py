"""Questions about the pace of the last days."""

import datetime as dt

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from common.paging import keyset_page
from customers.models import Customer
from followups.models import Call, Skip
from quality.reading.pace import BEHIND, behind, people_of, questions_of
from quality.views.checks import own_store

PACE_DAYS = 14
PAGE = 50
SHOWN_WITH = {Call: ("customer", "outcome"), Skip: ("card__customer",), Customer: ()}


@require_safe
@permission_required("quality.work_checks", raise_exception=True)
def pace(request):
    store, period = own_store(request), _period()
    context = period | {"findings": questions_of(store, **period), "people": people_of(store, **period)}
    context["behind"] = BEHIND
    return render(request, "quality/pace.html", context)


@require_safe
@permission_required("quality.work_checks", raise_exception=True)
def pace_rows(request, person, what):
    """What one number of a person's line counts."""
    store, period = own_store(request), _period()
    if what not in BEHIND:
        raise Http404
    person = get_object_or_404(User, pk=person, store=store)
    found = behind(store, what, person.pk, **period)
    rows = found.select_related(*SHOWN_WITH[found.model])
    page = keyset_page(rows, ("-id",), after=request.GET.get("after", ""), size=PAGE)
    context = {"person": person, "label": BEHIND[what], "kind": found.model._meta.model_name, "count": found.count()}
    return render(request, "quality/pace_rows.html", context | period | {"rows": page.rows, "next": page.next})


def _period():
    end = timezone.localtime().date()
    return {"start": end - dt.timedelta(days=PACE_DAYS - 1), "end": end}
