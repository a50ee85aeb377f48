"""What a customer does not want to be contacted about: a panel for her page, which lies below this floor, and the form behind it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audit.choices import Source
from customers.choices import Channel
from customers.models import Customer, DoNotContact
from customers.services import lift_wish
from followups.forms import WishForm
from followups.reading.wishes import wishes_of
from followups.services.wishes import set_wish_now


def customer_or_404(request, pk):
    rows = Customer.objects.visible_to(request.user).alive().select_related("store")
    return get_object_or_404(rows, pk=pk)


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def wishes_panel(request, customer_id):
    customer = customer_or_404(request, customer_id)
    context = {"customer": customer, **wishes_of(customer, timezone.localdate())}
    return render(request, "followups/_customer_wishes.html", context)


@permission_required("customers.change_customer", raise_exception=True)
def wish(request, customer_id):
    customer, now = customer_or_404(request, customer_id), timezone.localtime()
    first = {"channel": Channel.PHONE_OUT}
    form = WishForm(request.POST or None, vehicles=customer.vehicles.alive(), today=now.date(), initial=first)
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "source": Source.FORM, "now": now}
        _wish, closed = set_wish_now(customer, **form.cleaned_data, **how)
        words = ngettext("Noted. %(n)d open topic was closed.", "Noted. %(n)d open topics were closed.", closed)
        messages.success(request, words % {"n": closed} if closed else _("Noted."))
        return redirect("customers:detail", pk=customer.pk)
    return render(request, "followups/wish.html", {"form": form, "customer": customer})


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def wish_lift(request, pk):
    wishes = DoNotContact.objects.visible_to(request.user).select_related("customer__store")
    found = get_object_or_404(wishes, pk=pk)
    if lift_wish(found, by=request.user, source=Source.FORM, now=timezone.now()):
        messages.success(request, _("Lifted. What is still of use comes back with the next run."))
    return redirect("customers:detail", pk=found.customer_id)
