"""The work calendar of a store: a year at a glance; days entered one by one, as a list, from a file, from another store; taken out."""

import contextlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendar import days_of, missing_years, ruling_days
from accounts.choices import DaySource, Role
from accounts.day_lists import lines_of
from accounts.days import copy_days, effects_of, enter_days, remove_day, set_rest_weekdays
from accounts.forms import CopyForm, DayFileForm, DayForm, DaysForm, RestDaysForm
from accounts.models import CalendarDay, Store
from accounts.year import months_of, weekdays
from common.workbooks import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAY = "accounts.change_calendarday"
MAY_COPY = "accounts.change_store"
AHEAD = 5  # years


def _year(wanted, today):
    """A year that can be shown; else that of today."""
    text = str(wanted or "")
    return min(max(int(text[:6]), 2000), today.year + AHEAD) if text.isdecimal() else today.year


def _whose(request):
    return {"may_for_all": request.user.role == Role.ADMINISTRATOR, "has_store": request.user.store_id is not None}


def _forms(request, year):
    """The forms of the page, empty, but for the day that was chosen in the year."""
    today, chosen = timezone.localdate(), None
    with contextlib.suppress(ValueError):
        chosen = parse_date(request.GET.get("day", ""))
    row = ruling_days(request.user.store, chosen.year).get(chosen) if chosen else None
    day = {"day": chosen, "kind": "work" if row and row.is_work else "off", "name": row.name if row else ""}
    forms = {
        "day_form": DayForm(initial=day, **_whose(request)),
        "days_form": DaysForm(year=year, today=today, **_whose(request)),
        "file_form": DayFileForm(**_whose(request)),
        "rest_form": RestDaysForm(initial={"weekdays": list(request.user.store.rest_weekdays)})
        if request.user.store
        else None,
    }
    if request.user.has_perm(MAY_COPY):
        forms["copy_form"] = CopyForm(stores=Store.objects.visible_to(request.user).active())
    return forms


def _page(request, year, status=200, **more):
    store, today = request.user.store, timezone.localdate()
    context = {"year": year, "store": store, "before": year - 1, "after": year + 1, **_forms(request, year), **more}
    context |= {"months": months_of(store, year, today), "weekdays": weekdays()}
    context["days"] = days_of(store, year).order_by("day", "store_id")
    context["missing"] = missing_years(store, today)
    context["all_stores"] = request.user.role == Role.ADMINISTRATOR
    context["panels"] = [reverse(name) for name, may in settings.CALENDAR_PANELS if request.user.has_perm(may)]
    return render(request, "accounts/calendar.html", context, status=status)


def _target(request, form):
    return None if form.cleaned_data.get("for_all") else request.user.store


def _entered(request, number, year):
    if number:
        words = ngettext("%(number)s day entered or changed.", "%(number)s days entered or changed.", number)
        messages.success(request, words % {"number": number})
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("accounts:calendar_year", year)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def calendar(request, year=None):
    """The page; and a list on its way in: looked at first ("look"), entered when it is right ("enter")."""
    today = timezone.localdate()
    year = _year(year or request.GET.get("year"), today)
    if request.method != "POST":
        return _page(request, year)
    form = DaysForm(request.POST, year=year, today=today, **_whose(request))
    if not form.is_valid() or "look" in request.POST:
        return _looked_at(request, form, year)
    lines, source = form.cleaned_data["lines"], form.cleaned_data["source"]
    number = enter_days(lines, store=_target(request, form), by=request.user, now=timezone.now(), source=source)
    return _entered(request, number, lines[0][0].year)


def _looked_at(request, form, year):
    """The page with what every line of the list would do, or why it cannot be read."""
    form.is_valid()
    days = [day for line in form.read for day in line.days]
    effects = {(each.day, each.is_work, each.name): each for each in effects_of(days, store=_target(request, form))}
    shown = [(line, [effects[day] for day in line.days]) for line in form.read]
    faults = sum(1 for line in form.read if line.fault)
    context = {"days_form": form, "looked_at": shown, "faults": faults, "count": len({day[0] for day in days})}
    return _page(request, year, **context)


@require_POST
@permission_required(MAY, raise_exception=True)
def day_file(request, year):
    """A file becomes the list, as it stands; what is wrong in it can be put right on the page."""
    form = DayFileForm(request.POST, request.FILES, **_whose(request))
    year = _year(year, timezone.localdate())
    try:
        if form.is_valid():
            rows = import_string(settings.CALENDAR_READER)(form.cleaned_data["file"])
    except ValidationError as fault:
        form.add_error("file", fault)
    if not form.is_valid():
        return _page(request, year, file_form=form)
    data = {"lines": lines_of(rows), "source": DaySource.IMPORTED, "for_all": form.cleaned_data.get("for_all") or ""}
    return _looked_at(request, DaysForm(data, year=year, today=timezone.localdate(), **_whose(request)), year)


@require_POST
@permission_required(MAY, raise_exception=True)
def day_enter(request, year):
    form = DayForm(request.POST, **_whose(request))
    if not form.is_valid():
        return _page(request, _year(year, timezone.localdate()), day_form=form)
    told = form.cleaned_data
    days = [(told["day"], told["kind"] == "work", told["name"])]
    number = enter_days(days, store=_target(request, form), by=request.user, now=timezone.now())
    return _entered(request, number, told["day"].year)


@require_POST
@permission_required(MAY_COPY, raise_exception=True)
def days_copy(request, year):
    year = _year(year, timezone.localdate())
    form = CopyForm(request.POST, stores=Store.objects.visible_to(request.user).active())
    if not form.is_valid():
        return _page(request, year, copy_form=form)
    told = form.cleaned_data
    number, kept = copy_days(year, origin=told["origin"], store=told["store"], by=request.user, now=timezone.now())
    words = _("%(number)s days copied to %(store)s; %(kept)s that it had itself stay as they are.")
    messages.success(request, words % {"number": number, "store": told["store"], "kept": kept})
    return redirect("accounts:calendar_year", year)


@require_safe
@permission_required(MAY, raise_exception=True)
def day_sheet(request, year):
    """The days of a year as the sheet that can be filled in and read again."""
    year = _year(year, timezone.localdate())
    rows = [
        [row.day.isoformat(), _("Workday") if row.is_work else _("Day off"), row.name]
        for row in ruling_days(request.user.store, year).values()
    ]
    title = _("Work calendar %(year)s") % {"year": year}
    columns = [_("Date"), _("Kind"), _("Name")]
    answer = HttpResponse(workbook(title, columns, rows, made_at=timezone.now()), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="calendar-{year}.xlsx"'
    return answer


@require_POST
@permission_required(MAY, raise_exception=True)
def rest_days(request):
    form = RestDaysForm(request.POST)
    if request.user.store is None or not form.is_valid():
        return _page(request, timezone.localdate().year, rest_form=form)
    set_rest_weekdays(request.user.store, form.cleaned_data["weekdays"], by=request.user, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("accounts:calendar")


@require_POST
@permission_required(MAY, raise_exception=True)
def day_remove(request, pk):
    own = Q(store__isnull=False, store_id=request.user.store_id)
    if request.user.role == Role.ADMINISTRATOR:
        own |= Q(store__isnull=True)
    row = get_object_or_404(CalendarDay.objects.filter(own).select_related("store"), pk=pk)
    year = row.day.year
    remove_day(row, by=request.user, now=timezone.now())
    messages.success(request, _("The day has been taken out."))
    return redirect("accounts:calendar_year", year)
