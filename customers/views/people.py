"""New customer, edit, may be called again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.choices import Source
from audit.meanwhile import rescues, told
from customers.forms import CustomerForm, NewCustomerForm
from customers.models import Customer
from customers.services import ChangedMeanwhile, clear_do_not_call, create_customer, update_customer
from customers.views.detail import customer_or_404


@require_http_methods(["GET", "POST"])
@permission_required("customers.add_customer", raise_exception=True)
def customer_new(request):
    form = NewCustomerForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        customer = create_customer(
            request.user.store, **form.cleaned_data, by=request.user, source=Source.FORM, now=timezone.now()
        )
        messages.success(request, _("%(name)s has a file now.") % {"name": customer.name})
        return redirect("customers:detail", pk=customer.pk)
    return render(request, "customers/customer_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
@rescues(Customer, CustomerForm)
def customer_edit(request, pk):
    customer = customer_or_404(request, pk)
    form = CustomerForm(request.POST or None, instance=customer)
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "source": Source.FORM, "now": timezone.now(), "seen": form.seen()}
        try:
            update_customer(customer, form.changes(), verified=form.cleaned_data["verified"], **how)
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:detail", pk=pk)
    context = {"form": form, "customer": customer}
    return render(request, "customers/customer_form.html", context, status=told(form))


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def may_call(request, pk):
    customer = customer_or_404(request, pk)
    clear_do_not_call(customer, by=request.user, source=Source.FORM, now=timezone.now())
    messages.success(request, _("%(name)s may be called again.") % {"name": customer.name})
    return redirect("customers:detail", pk=pk)
