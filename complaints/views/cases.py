"""Pages of the complaints: list, one case, the panel of the customer page."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from common.paging import capped_count, keyset_page
from complaints.forms import FilterForm
from complaints.views.page import case_answer, rows_of
from customers.models import Customer

PAGE_ROWS = 50
PANEL_ROWS = 5
SCOPES = {  # scope -> label, the order of its list
    "open": (pgettext_lazy("complaints", "Open"), ("next_due_at", "id")),
    "overdue": (pgettext_lazy("complaints", "Overdue"), ("next_due_at", "id")),
    "mine": (pgettext_lazy("complaints", "Mine"), ("next_due_at", "id")),
    "all": (pgettext_lazy("complaints", "All"), ("-id",)),
}


def _scoped(request, now):
    mine = rows_of(request)
    return {
        "open": mine.open(),
        "overdue": mine.overdue(now),
        "mine": mine.open().handled_by(request.user),
        "all": mine.real(),
    }


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def index(request):
    """The store's complaints: those to close first on top; all of them newest first."""
    now = timezone.now()
    scopes = _scoped(request, now)
    scope = request.GET.get("scope") if request.GET.get("scope") in scopes else "open"
    filters = FilterForm(request.GET)
    page = keyset_page(
        filters.narrowed(scopes[scope]), SCOPES[scope][1], after=request.GET.get("after", ""), size=PAGE_ROWS
    )
    tabs = [
        {"scope": key, "label": label, "count": "" if key == "all" else capped_count(scopes[key])}
        for key, (label, _order) in SCOPES.items()
    ]
    context = {"now": now, "scope": scope, "tabs": tabs, "filters": filters, "page": page}
    context["is_narrowed"] = any(request.GET.get(name) for name in filters.fields)
    return render(request, "complaints/list.html", context)


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def detail(request, pk):
    """One case: facts, what was done so far, and the steps that lead on from here."""
    return case_answer(request, get_object_or_404(rows_of(request), pk=pk))


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def customer_panel(request, customer_id):
    """Fragment of the customer page: the last complaints, open ones told at once."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    rows = list(rows_of(request).real().filter(customer=customer).order_by("-id")[: PANEL_ROWS + 1])
    context = {"customer": customer, "complaints": rows[:PANEL_ROWS], "now": timezone.now()}
    context["has_more"] = len(rows) > PANEL_ROWS
    return render(request, "complaints/_customer_complaints.html", context)
