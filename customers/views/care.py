"""A car that is gone, service intervals, and how right the predictions are."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.choices import Source
from audit.meanwhile import rescues, told
from common.meanwhile import ChangedMeanwhile
from customers.forms.care import GoneForm, IntervalForm
from customers.models import CareInterval, Vehicle
from customers.predicting import PARTS, accuracy, rows_of, rows_page
from customers.reading import cars_without_interval, intervals_of
from customers.services.gone import bring_back, mark_gone
from customers.services.intervals import remove_interval, save_interval
from customers.tasks import work_out_interval


def _vehicle_or_404(request, pk):
    owned = Vehicle.objects.visible_to(request.user).alive().filter(owner__is_void=False)
    return get_object_or_404(owned.select_related("owner"), pk=pk)


def _store_or_404(request):
    if request.user.store is None:
        raise Http404
    return request.user.store


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
def vehicle_gone(request, pk):
    vehicle, now = _vehicle_or_404(request, pk), timezone.now()
    form = GoneForm(request.POST or None, today=vehicle.store.day_of(now))
    if request.method == "POST" and form.is_valid():
        why, on = form.cleaned_data["gone_why"], form.cleaned_data["gone_on"]
        mark_gone(vehicle, why, on=on, by=request.user, source=Source.FORM, now=now)
        messages.success(request, _("Nobody is called about this car any more."))
        return redirect("customers:detail", pk=vehicle.owner_id)
    return render(request, "customers/vehicle_gone.html", {"form": form, "vehicle": vehicle})


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def vehicle_back(request, pk):
    vehicle = _vehicle_or_404(request, pk)
    bring_back(vehicle, by=request.user, source=Source.FORM, now=timezone.now())
    messages.success(request, _("The car is there again."))
    return redirect("customers:detail", pk=vehicle.owner_id)


@require_safe
@permission_required("customers.change_careinterval", raise_exception=True)
def interval_list(request):
    store = _store_or_404(request)
    context = {"rows": intervals_of(store), "can_add": bool(cars_without_interval(store))}
    return render(request, "customers/intervals.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_careinterval", raise_exception=True)
def interval_new(request):
    store = _store_or_404(request)
    default = intervals_of(store)[0]
    values = {name: getattr(default, name) for name in IntervalForm.Meta.fields}
    form = IntervalForm(request.POST or None, initial=values, cars=cars_without_interval(store))
    return _save(request, store, form, None)


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_careinterval", raise_exception=True)
@rescues(CareInterval, IntervalForm)
def interval_edit(request, pk):
    row = get_object_or_404(CareInterval.objects.visible_to(request.user), pk=pk)
    return _save(request, row.store, IntervalForm(request.POST or None, instance=row), row)


def _save(request, store, form, row):
    if request.method == "POST" and form.is_valid():
        series, model = form.pair()
        what = {"series": series, "model": model, "values": form.values(), "seen": form.seen()}
        try:
            save_interval(store, **what, by=request.user, now=timezone.now())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        else:
            work_out_interval.delay_on_commit(store.pk, series, model)
            messages.success(request, _("Saved. The cars are being worked out anew."))
            return redirect("customers:intervals")
    return render(request, "customers/interval_form.html", {"form": form, "row": row}, status=told(form))


@require_POST
@permission_required("customers.change_careinterval", raise_exception=True)
def interval_remove(request, pk):
    row = get_object_or_404(CareInterval.objects.visible_to(request.user).exclude(series=""), pk=pk)
    remove_interval(row, by=request.user, now=timezone.now())
    work_out_interval.delay_on_commit(row.store_id, row.series, row.model)
    messages.success(request, _("Removed. Its cars go by the wider row again."))
    return redirect("customers:intervals")


@require_safe
@permission_required("customers.change_careinterval", raise_exception=True)
def predictions(request):
    store = _store_or_404(request)
    today = store.day_of(timezone.now())
    return render(request, "customers/predictions.html", {"table": accuracy(store, today=today)})


@require_safe
@permission_required("customers.change_careinterval", raise_exception=True)
def prediction_rows(request):
    """The predictions behind one number of that page."""
    store = _store_or_404(request)
    rows = rows_of(store, request.GET, today=store.day_of(timezone.now()))
    if rows is None:
        raise Http404
    context = {"page": rows_page(rows, after=request.GET.get("after", "")), "label": PARTS[request.GET["part"]].label}
    context |= {"series": request.GET.get("series"), "model": request.GET.get("model", "")}
    return render(request, "customers/prediction_rows.html", context)
