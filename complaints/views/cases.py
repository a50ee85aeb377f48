"""Pages of the complaints: list, one case, the panel of the customer page."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from common.paging import capped_count, keyset_page
from complaints.forms import FilterForm
from complaints.lists import SCOPES, rows_of, scope_of, scoped
from complaints.reading.repeats import repeat_of, repeats_of
from complaints.views.page import case_answer, case_of
from customers.models import Customer

PAGE_ROWS = 50
PANEL_ROWS = 5


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def index(request):
    """The store's complaints: those to close first on top; all of them newest first."""
    now = timezone.now()
    scopes, scope = scoped(request.user, now), scope_of(request.GET)
    filters = FilterForm(request.GET, store_id=request.user.store_id)
    page = keyset_page(
        filters.narrowed(scopes[scope]), SCOPES[scope][1], after=request.GET.get("after", ""), size=PAGE_ROWS
    )
    tabs = [
        {"scope": key, "label": label, "count": "" if key == "all" else capped_count(scopes[key])}
        for key, (label, _order) in SCOPES.items()
    ]
    context = {"now": now, "scope": scope, "tabs": tabs, "filters": filters, "page": page}
    context["repeats"] = repeats_of(request.user.store, [row.customer_id for row in page.rows], timezone.localdate())
    context["is_narrowed"] = any(request.GET.get(name) for name in filters.fields)
    return render(request, "complaints/list.html", context)


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def detail(request, pk):
    """One case: facts, what was done so far, and the steps that lead on from here."""
    return case_answer(request, case_of(request, pk))


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def customer_panel(request, customer_id):
    """Fragment of the customer page: the last complaints, open ones told at once."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    rows = list(rows_of(request.user).real().filter(customer=customer).order_by("-id")[: PANEL_ROWS + 1])
    context = {"customer": customer, "complaints": rows[:PANEL_ROWS], "now": timezone.now()}
    context["has_more"] = len(rows) > PANEL_ROWS
    context["repeat"] = repeat_of(customer.store, customer.pk, timezone.localdate())
    return render(request, "complaints/_customer_complaints.html", context)
