"""The customer rang us."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Contact, Customer
from followups.forms import InboundForm
from followups.reading.calls import open_topics
from followups.reading.topics import with_questions
from followups.services.inbound import CAME_IN, RANG, CannotTakeBack, record_inbound, undo_inbound
from followups.wording import why_not_taken_back


@permission_required("followups.work_queue", raise_exception=True)
def inbound(request, customer_id):
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("store"), pk=customer_id)
    now = timezone.localtime()
    form = InboundForm(request.POST or None, items=with_questions(open_topics(customer, now), customer.store_id))
    if request.method == "POST" and form.is_valid():
        values = {"topics": [], **form.cleaned_data}
        try:
            told = {"topics": values["topics"], "note": values["note"], "answers": form.answers()}
            record_inbound(customer, **told, by=request.user, now=now)
        except ValidationError as fault:
            for name, errors in fault.message_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            messages.success(request, _("The call is written down."))
            return redirect("customers:detail", pk=customer.pk)
    return render(request, "followups/inbound.html", {"form": form, "customer": customer})


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def undo(request, pk):
    calls = (
        Contact.objects.visible_to(request.user)
        .filter(summary__code__in=(RANG.code, CAME_IN.code))
        .select_related("customer__store")
    )
    contact = get_object_or_404(calls, pk=pk)
    try:
        undo_inbound(contact, by=request.user, now=timezone.now())
    except CannotTakeBack as refusal:
        messages.warning(request, why_not_taken_back(refusal))
    else:
        messages.success(request, _("Taken back; what it had settled is open again."))
    return redirect("customers:detail", pk=contact.customer_id)
