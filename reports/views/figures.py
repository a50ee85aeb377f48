"""The manager's page: how the day and the month went, and the rows behind each number."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from common.paging import keyset_page
from reports.reading.figures import NoSuchRows, chosen, day_page, opened, order_of, overview_figures, with_names


@require_GET
@permission_required("reports.view_figures", raise_exception=True)
def day(request):
    """Today and this month, by topic and by person."""
    now, store = timezone.now(), request.user.store
    context = {"now": now, "store": store, "figures": overview_figures()}
    context["periods"] = day_page(store, now) if store else []
    return render(request, "reports/day.html", context)


@require_GET
@permission_required("reports.view_figures", raise_exception=True)
def rows(request):
    """The rows behind one number (reading.figures.chosen)."""
    try:
        number = chosen(request.user.store, request.GET, timezone.now())
    except NoSuchRows:
        raise Http404 from None
    found = number.rows
    page = keyset_page(with_names(found), order_of(found), after=request.GET.get("after", ""))
    count = found.count()
    context = {"figure": number.figure, "period": number.period, "day": number.day, "scope": number.scope}
    context |= {"parts": number.parts if count else [], "count": count, "kind": found.model._meta.model_name}
    return render(request, "reports/rows.html", context | {"rows": opened(page.rows), "next": page.next})
