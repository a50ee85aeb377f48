"""The cause tree of the store: add, change, move, retire, bring back."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.meanwhile import told
from common.meanwhile import ChangedMeanwhile
from complaints.forms.causes import CauseForm
from complaints.models import Cause
from complaints.reading.causes import cause_lines
from complaints.services import causes as services

MANAGE = "complaints.manage_causes"
RECENT_DAYS = 90
STEPS = {"up": -1, "down": 1}


def own_store(request):
    if request.user.store_id is None:
        raise Http404
    return request.user.store


def _cause_or_404(request, pk):
    return get_object_or_404(Cause.objects.visible_to(request.user).select_related("store", "parent"), pk=pk)


@require_GET
@permission_required(MANAGE, raise_exception=True)
def tree(request):
    return _tree(request)


def _tree(request, wrong=""):
    active, retired = cause_lines(own_store(request), timezone.now() - dt.timedelta(days=RECENT_DAYS))
    context = {"active": active, "retired": retired, "days": RECENT_DAYS, "wrong": wrong}
    return render(request, "complaints/_causes.html" if request.htmx else "complaints/causes.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(MANAGE, raise_exception=True)
def new(request):
    """?under=ID names the cause that it shall belong to."""
    store, under = own_store(request), request.GET.get("under", "")
    parent = _cause_or_404(request, under) if under.isdecimal() else None
    form = CauseForm(request.POST or None, store_id=store.pk, initial={"parent": parent})
    if request.method == "POST" and form.is_valid():
        try:
            cause = services.add_cause(store, form.values(), by=request.user, now=timezone.now())
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("“%(cause)s” can be chosen from now on.") % {"cause": cause})
            return redirect("complaints:causes")
    return render(request, "complaints/cause.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@permission_required(MANAGE, raise_exception=True)
def edit(request, pk):
    cause = _cause_or_404(request, pk)
    form = CauseForm(request.POST or None, store_id=cause.store_id, instance=cause)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_cause(cause, form.values(), by=request.user, now=timezone.now(), seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("complaints:causes")
    return render(request, "complaints/cause.html", {"form": form, "cause": cause}, status=told(form))


@require_POST
@permission_required(MANAGE, raise_exception=True)
def move(request, pk):
    step = STEPS.get(request.POST.get("to"), 0)
    return _deed(request, pk, lambda cause, **by: services.move_cause(cause, step, **by))


@require_POST
@permission_required(MANAGE, raise_exception=True)
def retire(request, pk):
    return _deed(request, pk, services.retire_cause)


@require_POST
@permission_required(MANAGE, raise_exception=True)
def revive(request, pk):
    return _deed(request, pk, services.revive_cause)


def _deed(request, pk, deed):
    """Done, the tree shows it; refused, it says why."""
    try:
        deed(_cause_or_404(request, pk), by=request.user, now=timezone.now())
    except ValidationError as fault:
        if request.htmx:
            return _tree(request, wrong=" ".join(fault.messages))
        messages.error(request, " ".join(fault.messages))
    return _tree(request) if request.htmx else redirect("complaints:causes")
