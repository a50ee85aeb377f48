"""Expected, here, gone."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.calendar import calendar_of
from reception import services
from reception.forms import ArriveForm, ExpectForm, SaidForm
from reception.models import Arrival
from reception.reading.person import cars_for, coming_of
from reception.views.board import RECEIVE
from reception.views.person import back_to, customer_or_404, render_person, tell
from reception.wording import why_not

STEPS = {
    "arrived": (services.mark_arrived, gettext_lazy("%(customer)s is here.")),
    "left": (services.mark_left, gettext_lazy("%(customer)s has left.")),
    "back": (services.step_back, gettext_lazy("Taken back: %(customer)s.")),
    "withdraw": (services.withdraw, gettext_lazy("%(customer)s is no longer expected.")),
}


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def expect(request, customer_id):
    customer = customer_or_404(request, customer_id)
    form = ExpectForm(request.POST, cars=cars_for(customer))
    if form.is_valid():
        try:
            arrival = services.expect(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as fault:
            tell(form, fault)
        else:
            words = _("%(customer)s is expected on %(day)s.")
            messages.success(request, words % {"customer": customer, "day": arrival.day.isoformat()})
            return back_to(customer.pk)
    return render_person(request, customer, 422, expect=form)


@require_http_methods(["GET", "POST"])
@permission_required(RECEIVE, raise_exception=True)
def expect_panel(request, customer_id):
    """The same beside a call: she says on the phone when she will come."""
    customer, now = customer_or_404(request, customer_id), timezone.localtime()
    tomorrow = calendar_of(customer.store).next_workday(now.date() + dt.timedelta(days=1))
    empty = {"cars": cars_for(customer), "initial": {"day": tomorrow}}
    form, is_new = SaidForm(request.POST or None, **empty), False
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"told_by": customer.contact_person or customer.name}
        try:
            services.expect(customer, by=request.user, now=now, **told)
        except ValidationError as fault:
            tell(form, fault)
        else:
            form, is_new = SaidForm(**empty), True
    coming = coming_of(customer, now.date())
    context = {"customer": customer, "form": form, "coming": coming, "is_new": is_new}
    answer = render(request, "reception/_expect_panel.html", context)
    if is_new:
        answer["HX-Trigger"] = "besideChanged"
    return answer


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def arrive(request, customer_id):
    customer = customer_or_404(request, customer_id)
    form = ArriveForm(request.POST, cars=cars_for(customer))
    if not form.is_valid():
        return render_person(request, customer, 422, arrive=form)
    try:
        services.arrive(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
    except services.Outrun as refusal:
        messages.warning(request, why_not(refusal))
    except ValidationError as fault:
        tell(form, fault)
        return render_person(request, customer, 422, arrive=form)
    else:
        messages.success(request, STEPS["arrived"][1] % {"customer": customer})
    return back_to(customer.pk)


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def step(request, pk, step):
    """One of STEPS, from the day's list (`next=board`) or from the customer's page."""
    if step not in STEPS:
        raise Http404
    rows = Arrival.objects.visible_to(request.user).select_related("customer__store", "store", "vehicle")
    arrival = get_object_or_404(rows, pk=pk)
    verb, words = STEPS[step]
    try:
        verb(arrival, by=request.user, now=timezone.now())
    except services.Outrun as refusal:
        messages.warning(request, why_not(refusal))
    else:
        messages.success(request, words % {"customer": arrival.customer})
    return redirect("reception:board") if request.POST.get("next") == "board" else back_to(arrival.customer_id)
