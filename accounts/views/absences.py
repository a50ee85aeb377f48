"""Who is away when: the overview, entering, changing, back at work."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.absences import change_absence, end_absence, enter_absence, overview
from accounts.forms import AbsenceForm, BackForm
from accounts.models import Absence
from audit.meanwhile import rescues, told
from common.meanwhile import ChangedMeanwhile


def own_store(request):
    if request.user.store is None:
        raise PermissionDenied
    return request.user.store


def _day(text, otherwise):
    try:
        day = parse_date(text or "")
    except ValueError:
        day = None
    # Far enough from the ends of the calendar to step to the next page.
    return day if day and dt.date(2000, 1, 1) <= day <= dt.date(2200, 1, 1) else otherwise


@require_safe
@permission_required("accounts.view_absence", raise_exception=True)
def absence_list(request):
    store, today = own_store(request), timezone.localdate()
    page = overview(store, _day(request.GET.get("from"), today), today)
    hand_over, right = settings.HAND_OVER_PAGE
    context = {"page": page, "today": today, "hand_over": hand_over if request.user.has_perm(right) else ""}
    context["back_form"] = BackForm(initial={"back_on": today}, auto_id=False)
    return render(request, "accounts/absences.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("accounts.change_absence", raise_exception=True)
def absence_new(request):
    store, now = own_store(request), timezone.now()
    form = AbsenceForm(request.POST or None, store=store, initial={"first_on": store.day_of(now)})
    if request.method == "POST" and form.is_valid():
        try:
            absence = enter_absence(form.cleaned_data["person"], **form.changes(), by=request.user, now=now)
        except ValidationError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("%(name)s is entered as away.") % {"name": absence.person})
            return redirect("accounts:absences")
    return render(request, "accounts/absence_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("accounts.change_absence", raise_exception=True)
@rescues(Absence, AbsenceForm)
def absence_edit(request, pk):
    absence = get_object_or_404(Absence.objects.visible_to(request.user).alive().select_related("person"), pk=pk)
    form = AbsenceForm(request.POST or None, store=own_store(request), instance=absence)
    if request.method == "POST" and form.is_valid():
        try:
            change_absence(absence, form.changes(), by=request.user, now=timezone.now(), seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        except ValidationError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:absences")
    return render(request, "accounts/absence_form.html", {"form": form, "absence": absence}, status=told(form))


@require_POST
@permission_required("accounts.change_absence", raise_exception=True)
def absence_end(request, pk):
    absence = get_object_or_404(Absence.objects.visible_to(request.user).alive().select_related("person"), pk=pk)
    form = BackForm(request.POST)
    if form.is_valid():
        end_absence(absence, back_on=form.cleaned_data["back_on"], by=request.user, now=timezone.now())
        words = _("%(name)s is at work again from %(day)s. What was handed over stays where it is.")
        messages.success(request, words % {"name": absence.person, "day": form.cleaned_data["back_on"]})
    else:
        messages.error(request, _("From which day is she back at work?"))
    return redirect("accounts:absences")
