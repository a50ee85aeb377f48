"""The list and the search."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from common.paging import capped_count, keyset_page
from customers.conflicts import open_count
from customers.duplicates import open_pairs_count
from customers.filters import listed
from customers.reading import list_rows
from customers.search import CAP, find, with_contents

PAGE = 50
LONGEST_QUERY = 80


@require_GET
@permission_required("customers.view_customer", raise_exception=True)
def customer_list(request):
    filters = listed(request.user, request.GET)
    page = keyset_page(with_contents(filters.qs), ("-id",), after=request.GET.get("after", ""), size=PAGE)
    context = {
        "filters": filters,
        "is_filtered": any(request.GET.get(name) for name in filters.filters),
        "rows": list_rows(page.rows, today=timezone.localdate(), zone=timezone.get_current_timezone()),
        "next": page.next,
        "total": capped_count(filters.qs),
        "conflicts": open_count(request.user),
        "duplicates": open_pairs_count(request.user),
    }
    return render(request, "customers/list.html", context)


@require_GET
@permission_required("customers.view_customer", raise_exception=True)
def search_page(request):
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = find(request.user, text, limit=PAGE) if text else None
    if found and len(found.hits) == 1 and not request.htmx:
        return redirect("customers:detail", pk=found.hits[0].customer.pk)
    template = "customers/_search_results.html" if request.htmx else "customers/search.html"
    return render(request, template, {"text": text, "found": found, "cap": CAP})
