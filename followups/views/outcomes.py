"""The outcome list of the store: add, change, move, retire, bring back."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.reading import read_changes
from followups.choices import Level
from followups.forms import OutcomeForm
from followups.models import Outcome
from followups.reading.outcomes import EFFECT_WORDS, RECENT_DAYS, outcome_lists
from followups.services.outcomes import (
    EFFECTS,
    OutcomeMoved,
    add_outcome,
    edit_outcome,
    is_used,
    last_change,
    move_outcome,
    retire_outcome,
    revive_outcome,
)
from followups.views.decisions import own_store

STEPS = {"up": -1, "down": 1}


def outcome_or_404(request, pk):
    return get_object_or_404(Outcome.objects.listed().filter(store=own_store(request)).select_related("store"), pk=pk)


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def outcomes(request):
    return _list(request)


def _list(request, wrong=""):
    context = {"levels": outcome_lists(own_store(request), timezone.now()), "days": RECENT_DAYS, "wrong": wrong}
    return render(request, "followups/_outcomes.html" if request.htmx else "followups/outcomes.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("followups.manage_queue", raise_exception=True)
def outcome_new(request, level):
    if level not in Level.values:
        raise Http404
    store = own_store(request)
    form = OutcomeForm(request.POST or None, instance=Outcome(store=store, level=level, effect=EFFECTS[level][0]))
    if request.method == "POST" and form.is_valid():
        try:
            outcome = add_outcome(store, level, form.values(), by=request.user, now=timezone.now())
        except ValidationError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("“%(outcome)s” can be chosen on the desk from now on.") % {"outcome": outcome})
            return redirect("followups:outcomes")
    return _form(request, form, level)


@require_http_methods(["GET", "POST"])
@permission_required("followups.manage_queue", raise_exception=True)
def outcome(request, pk):
    row = outcome_or_404(request, pk)
    form, moved = OutcomeForm(request.POST or None, instance=row, is_used=is_used(row)), []
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] or 0
        try:
            edit_outcome(row, form.values(), seen=seen, by=request.user, now=timezone.now())
        except OutcomeMoved as before:
            form.seeing(before.change.pk)
            moved = read_changes([before.change])
        except ValidationError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved. The desk shows it from the next card on."))
            return redirect("followups:outcomes")
    elif request.method == "GET":
        newest = last_change(row)
        form.initial["seen"] = newest.pk if newest else 0
    return _form(request, form, row.level, row=row, moved=moved)


def _form(request, form, level, *, row=None, moved=()):
    effects = [(effect.label, EFFECT_WORDS[effect]) for effect in EFFECTS[level]]
    context = {"form": form, "level": Level(level), "row": row, "moved": moved, "effects": effects}
    return render(request, "followups/outcome.html", context)


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def outcome_move(request, pk):
    step = STEPS.get(request.POST.get("to"), 0)
    return _deed(request, pk, lambda row, **told: move_outcome(row, step, **told))


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def outcome_retire(request, pk):
    return _deed(request, pk, retire_outcome)


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def outcome_revive(request, pk):
    return _deed(request, pk, revive_outcome)


def _deed(request, pk, deed):
    """Done, the list shows it; refused, it says why."""
    try:
        deed(outcome_or_404(request, pk), by=request.user, now=timezone.now())
    except ValidationError as fault:
        if request.htmx:
            return _list(request, wrong=" ".join(fault.messages))
        messages.error(request, " ".join(fault.messages))
    return _list(request) if request.htmx else redirect("followups:outcomes")
