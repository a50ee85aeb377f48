"""One call, taking it back, and what the customer's page shows of our calls."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Customer
from followups.models import Call, CallCard
from followups.permissions import may_undo
from followups.reading.calls import customer_calls, neighbours_of, saved_today, visit_of
from followups.services.claims import AlreadyClaimed, NotOpen, take_card
from followups.services.overrides import Restrained
from followups.services.undo import CannotUndo, TooLate, undo_visit
from followups.wording import why_not_undone


@permission_required("customers.view_customer", raise_exception=True)
def call(request, pk):
    calls = Call.objects.visible_to(request.user).select_related("customer", "card", "by", "outcome")
    found = get_object_or_404(calls, pk=pk)
    now = timezone.localtime()
    context = {"call": found, "visit": visit_of(found), "may_undo": may_undo(request.user, found, now)}
    context |= neighbours_of(found, request.user)
    return render(request, "followups/call.html", context)


@permission_required("followups.work_queue", raise_exception=True)
def previous(request):
    """Back to the call that one has saved last today."""
    found = saved_today(request.user, timezone.localtime()).first()
    if found is not None:
        return redirect("followups:call", pk=found.pk)
    messages.info(request, _("You have saved no call today."))
    held = CallCard.objects.filter(lease_by=request.user).first()
    return redirect("followups:desk", pk=held.pk) if held else redirect("followups:queue")


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def undo(request, pk):
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("card"), pk=pk)
    now = timezone.now()
    try:
        card = undo_visit(call, by=request.user, now=now)
        take_card(card.pk, user=request.user, now=now)
    except (TooLate, CannotUndo) as refusal:
        messages.warning(request, why_not_undone(refusal))
        return redirect("followups:call", pk=call.pk)
    except (AlreadyClaimed, NotOpen, Restrained):
        messages.success(request, _("The call is undone."))
        return redirect("followups:queue")
    messages.success(request, _("The call is undone; what you had typed is back."))
    return redirect("followups:desk", pk=card.pk)


@permission_required("followups.work_queue", raise_exception=True)
def customer_panel(request, customer_id):
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    context = {"customer": customer, **customer_calls(customer, timezone.localtime())}
    return render(request, "followups/_customer_calls.html", context)
