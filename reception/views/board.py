"""The day's list and the search box."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from reception.reading.board import board_of
from reception.reading.person import found

RECEIVE = "reception.receive_customers"


@require_GET
@permission_required(RECEIVE, raise_exception=True)
def board(request):
    context = {"board": board_of(request.user.store, timezone.localtime()), "found": None, "text": ""}
    return render(request, "reception/board.html", context)


@require_GET
@permission_required(RECEIVE, raise_exception=True)
def search(request):
    """While typing: the list below the box. Enter: the one person at once, else the list on its own page."""
    text = request.GET.get("q", "").strip()[:80]
    result = found(request.user, text) if text else None
    context = {"found": result, "text": text}
    if request.htmx:
        return render(request, "reception/_found.html", context)
    if result is not None and len(result.hits) == 1:
        return redirect("reception:person", customer_id=result.hits[0].customer.pk)
    context["board"] = board_of(request.user.store, timezone.localtime())
    return render(request, "reception/board.html", context)
