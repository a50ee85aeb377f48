"""Due items: the rows behind a figure, and a task of one's own."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.paging import keyset_page
from customers.models import Customer
from followups.filters import listed
from followups.forms import PlanForm
from followups.reading.items import item_rows, with_last_call
from followups.services.planned import plan_manual, plan_promise


@permission_required("reports.view_figures", raise_exception=True)
def items(request):
    found = listed(request.user, request.GET)
    page = keyset_page(with_last_call(found.qs), ("due_on", "id"), after=request.GET.get("after", ""))
    context = {
        "form": found.form,
        "rows": item_rows(page.rows, request.user.store, timezone.localtime()),
        "next": page.next,
    }
    if found.form.is_valid():
        context["batch"] = found.form.cleaned_data["batch"]
    return render(request, "followups/items.html", context)


@permission_required("followups.work_queue", raise_exception=True)
def plan(request, customer_id):
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("store"), pk=customer_id)
    now = timezone.localtime()
    form = PlanForm(request.POST or None, vehicles=customer.vehicles.alive(), today=now.date(), initial=first_days(now))
    if request.method == "POST" and form.is_valid():
        try:
            write_plan(customer, form.cleaned_data, by=request.user, now=now)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, _("Planned; it stands in the queue from its day on."))
            return redirect("customers:detail", pk=customer.pk)
    return render(request, "followups/plan.html", {"form": form, "customer": customer})


def first_days(now):
    return {"opens_on": now.date(), "due_on": now.date()}


def write_plan(customer, values, *, by, now):
    shared = {"subject": values["subject"], "vehicle": values["vehicle"], "by": by, "now": now}
    if values["agreed_at"]:
        return plan_promise(customer, at=values["agreed_at"], pinned_to=by, **shared)
    return plan_manual(customer, opens_on=values["opens_on"], due_on=values["due_on"], expires_on=None, **shared)
