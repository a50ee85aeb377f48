"""The manager's page: how the day and the month went, and the rows behind each number."""

import datetime as dt

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from common.paging import keyset_page
from reports.reading.figures import (
    NUMBER_SPLITS,
    PERIODS,
    PERIODS_TO_A_DAY,
    all_figures,
    day_page,
    opened,
    order_of,
    overview_figures,
    scope_of,
    with_names,
)


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
    """The rows behind one number: ?figure=…&period=…, day=… where the period ends on a chosen one, rule=… or person=… for a part."""
    figure, period, store = all_figures().get(request.GET.get("figure")), request.GET.get("period"), request.user.store
    day = _day(request)
    periods = PERIODS_TO_A_DAY if day else PERIODS
    if figure is None or period not in periods or store is None:
        raise Http404
    scope = scope_of(store, period, timezone.now(), day)
    keys = _keys(request, figure)
    found = figure.rows(scope, **keys)
    page = keyset_page(with_names(found), order_of(found), after=request.GET.get("after", ""))
    count = found.count()
    # Where nothing is behind a key it may be somebody of another store: not even a name is told.
    parts = [_part(figure, split, key) for split, key in keys.items()] if count else []
    context = {"figure": figure, "period": periods[period], "day": day, "scope": scope, "parts": parts, "count": count}
    context |= {"rows": opened(page.rows), "next": page.next, "kind": found.model._meta.model_name}
    return render(request, "reports/rows.html", context)


def _keys(request, figure):
    """{split: key} as far as the address names parts; an id is a number that a database can hold."""
    keys = {split: request.GET[split] for split in figure.source.splits if request.GET.get(split)}
    for key in (keys[split] for split in NUMBER_SPLITS if split in keys):
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise Http404
    return keys


def _day(request):
    """The chosen last day of the period, None where none is named."""
    text = request.GET.get("day", "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


def _part(figure, split, key):
    """What one part of a split is called."""
    return next(iter(figure.source.splits[split].names([key]).values()), key)
