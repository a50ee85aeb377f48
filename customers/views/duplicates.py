"""Possible duplicates: the list, and one answer."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.paging import capped_count
from customers.choices import DuplicateState
from customers.duplicates import TABS, pair_page, pairs_of, read_pairs, tab_of
from customers.models import DuplicatePair
from customers.services.duplicates import decide_pair
from customers.services.errors import AlreadyDecided

ANSWERS = {"different": DuplicateState.DIFFERENT, "same": DuplicateState.SAME, "undo": DuplicateState.OPEN}


def _own_pairs(user):
    return DuplicatePair.objects.visible_to(user).select_related("decided_by")


def _line(user, pk):
    return next(iter(read_pairs(list(_own_pairs(user).filter(pk=pk[:18])))), None) if pk.isdecimal() else None


def _tabs(user):
    return [(code, label, capped_count(pairs_of(user, code))) for code, label in TABS.items()]


@require_safe
@permission_required("customers.resolve_conflict", raise_exception=True)
def duplicate_list(request):
    tab = tab_of(request.GET)
    lines, following = pair_page(request.user, state=tab, after=request.GET.get("after", ""))
    last = _line(request.user, request.GET.get("last", ""))
    context = {"lines": lines, "next": following, "tabs": _tabs(request.user), "tab": tab, "last": last}
    return render(request, "customers/duplicates.html", context)


@require_POST
@permission_required("customers.resolve_conflict", raise_exception=True)
def duplicate_decide(request, pk):
    """One answer (different, same, undo); answers with the line as it stands, or goes back to the list."""
    pair, problem = get_object_or_404(_own_pairs(request.user), pk=pk), ""
    try:
        state = ANSWERS.get(request.POST.get("decision"), DuplicateState.DIFFERENT)
        decide_pair(pair, state, by=request.user, now=timezone.now())
    except AlreadyDecided as error:
        by = error.record.decided_by
        if by != request.user:
            problem = _("This has been decided already (%(person)s).") % {"person": by.full_name if by else _("System")}
    if request.htmx:
        context = {"line": _line(request.user, str(pk)), "problem": problem, "fresh_tabs": _tabs(request.user)}
        return render(request, "customers/_duplicate_line.html", context)
    if problem:
        messages.error(request, problem)
    return redirect(f"{reverse('customers:duplicates')}?last={pk}")
