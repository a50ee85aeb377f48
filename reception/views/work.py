"""Added work: proposed, decided, printed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reception import services
from reception.forms import DecideForm, WorkForm
from reception.models import AddedWork, AddedWorkDecision
from reception.reading.person import cars_for, person_page
from reception.views.board import RECEIVE
from reception.views.person import back_to, customer_or_404, render_person, tell
from reception.wording import why_not


def _works(request):
    rows = AddedWork.objects.visible_to(request.user)
    return rows.select_related("customer__store", "vehicle", "repair_order", "recorded_by", "store")


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def propose(request, customer_id):
    customer, now = customer_or_404(request, customer_id), timezone.localtime()
    form = WorkForm(request.POST, cars=cars_for(customer))
    if form.is_valid():
        arrival = person_page(customer, request.user, now).noted
        try:
            with transaction.atomic():
                work = services.propose(customer, by=request.user, now=now, arrival=arrival, **form.proposal())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Added work %(number)s is written down.") % {"number": work.number})
            return back_to(customer.pk, "#work")
    return render_person(request, customer, 422, work=form)


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def decide(request, pk):
    work = get_object_or_404(_works(request), pk=pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen") or None
        try:
            services.decide(work, by=request.user, now=timezone.now(), seen=seen, **values)
        except services.Outrun as refusal:
            messages.warning(request, why_not(refusal))
        else:
            messages.success(request, _("The decision is written down."))
        return back_to(work.customer_id, "#work")
    form.work_id = work.pk
    return render_person(request, work.customer, 422, decide=form)


@require_GET
@permission_required(RECEIVE, raise_exception=True)
def slip(request, pk):
    """The form that both sides sign (增项确认单)."""
    work = get_object_or_404(_works(request).prefetch_related("items", "decisions__recorded_by"), pk=pk)
    decisions = list(work.decisions.all())
    context = {"work": work, "decisions": decisions, "last": decisions[-1] if decisions else None}
    context["blank_rows"] = range(max(5 - len(work.items.all()), 0))
    context["phone"] = work.customer.phones.alive().first()
    return render(request, "reception/slip.html", context)


@require_GET
@permission_required(RECEIVE, raise_exception=True)
def decision(request, pk):
    """Where a line of the contact ledger leads: the proposal that was decided."""
    rows = AddedWorkDecision.objects.filter(work__in=AddedWork.objects.visible_to(request.user))
    return redirect("reception:slip", get_object_or_404(rows, pk=pk).work_id)
