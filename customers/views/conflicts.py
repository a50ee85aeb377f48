"""Conflicts with the DMS: the list, one decision, and the decision for a whole file or field."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.phones import BadPhone
from customers.conflicts import OPEN, conflicts_of, field_counts, filters_of, list_page, read_lines, tab_counts
from customers.services import (
    AlreadyDecided,
    ChangedMeanwhile,
    ask_by_call,
    keep_all_ours,
    keep_ours,
    reopen_conflict,
    settle_conflicts,
    take_theirs,
)
from customers.services.conflicts import OURS_MODEL
from dms.models import Batch, Conflict

DEEDS = {"ours": keep_ours, "theirs": take_theirs, "verify": ask_by_call}


def _filters(request):
    """{tab, name, batch} as far as the address names them; another store's file is 404."""
    try:
        return filters_of(request.user, request.GET)
    except Batch.DoesNotExist:
        raise Http404 from None


def _address(name, filters, **more):
    """The same part of the list in another page's address."""
    query = QueryDict(mutable=True)
    kept = {"tab": filters["tab"], "field": filters["name"], "batch": filters["batch"]} | more
    query.update({key: value for key, value in kept.items() if value and (key, value) != ("tab", OPEN)})
    return f"{reverse(name)}{'?' if query else ''}{query.urlencode()}"


@require_safe
@permission_required("customers.resolve_conflict", raise_exception=True)
def conflict_list(request):
    filters, batch = _filters(request)
    if request.user.store is not None:
        settle_conflicts(request.user.store, now=timezone.now())
    page = list_page(request.user, **filters, after=request.GET.get("after", ""))
    last = _line_of(request, request.GET.get("last", ""))
    context = {"page": page, "batch": batch, "last": last, **filters}
    return render(
        request, "customers/conflicts.html", context | {"keep_url": _address("customers:conflicts_keep", filters)}
    )


def _line_of(request, pk):
    """The line that was decided last, so that its decision can be taken back."""
    if not pk.isdecimal():
        return None
    rows = Conflict.objects.visible_to(request.user).filter(model=OURS_MODEL, pk=pk[:18])
    return next(iter(read_lines(list(rows.select_related("batch", "decided_by")))), None)


@require_POST
@permission_required("customers.resolve_conflict", raise_exception=True)
def conflict_decide(request, pk):
    """One decision (ours, theirs, verify, undo); answers with the line as it stands, or goes back to the list."""
    rows = Conflict.objects.visible_to(request.user).filter(model=OURS_MODEL)
    conflict = get_object_or_404(rows.select_related("batch", "decided_by"), pk=pk)
    problem = _decide(request, conflict)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect(_address("customers:conflicts", _filters(request)[0], last=pk))
    line = _line_of(request, str(pk))
    filters = _filters(request)[0]
    fields = field_counts(request.user, tab=filters["tab"], batch=filters["batch"])
    context = {
        "line": line,
        "problem": problem,
        "fresh_tabs": tab_counts(request.user, filters["batch"]),
        "fresh_field": fields.get(conflict.field, 0),
    }
    return render(request, "customers/_conflict_line.html", context)


def _decide(request, conflict) -> str:
    """Do it; gives why it was not done, or ""."""
    how = {"by": request.user, "now": timezone.now()}
    try:
        if request.POST.get("decision") == "undo":
            reopen_conflict(conflict, **how)
        else:
            deed = DEEDS.get(request.POST.get("decision"), keep_ours)
            deed(conflict, seen=request.POST.get("seen", ""), **how)
    except AlreadyDecided as error:
        by = error.record.decided_by
        if by == request.user:
            return ""
        return _("This has been decided already (%(person)s).") % {"person": by.full_name if by else _("System")}
    except ChangedMeanwhile:
        return _("The stored value has changed since this line was shown. Nothing was done; please look again.")
    except BadPhone:
        return _("The number in the file is no telephone number.")
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.resolve_conflict", raise_exception=True)
def conflicts_keep(request):
    """Keep ours for everything that the list shows under these filters; lines that came since the question stay."""
    filters, batch = _filters(request)
    filters["tab"] = OPEN
    found = conflicts_of(request.user, **filters)
    if request.method == "POST":
        newest = request.POST.get("newest", "")
        asked = found.filter(pk__lte=newest[:18]) if newest.isdecimal() else found.none()
        count = keep_all_ours(asked, by=request.user, now=timezone.now())
        words = ngettext("Ours was kept for %(count)s conflict.", "Ours was kept for %(count)s conflicts.", count)
        messages.success(request, words % {"count": count})
        return redirect(_address("customers:conflicts", {**filters, "name": ""}))
    context = {"count": found.count(), "newest": found.aggregate(newest=Max("pk"))["newest"], "batch": batch}
    context |= {"label": Conflict(model=OURS_MODEL, field=filters["name"]).label if filters["name"] else ""}
    return render(
        request, "customers/conflicts_keep.html", context | {"back": _address("customers:conflicts", filters)}
    )
