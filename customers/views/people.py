"""New customer, edit, do-not-call."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.choices import Source
from customers.forms import CustomerForm, DoNotCallForm, NewCustomerForm
from customers.services import (
    ChangedMeanwhile,
    clear_do_not_call,
    create_customer,
    set_do_not_call,
    update_customer,
)
from customers.views.clashes import conflict_of
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
def customer_edit(request, pk):
    customer = customer_or_404(request, pk)
    form, conflict = CustomerForm(request.POST or None, instance=customer), None
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "source": Source.FORM, "now": timezone.now(), "seen": form.seen()}
        try:
            update_customer(customer, form.changes(), verified=form.cleaned_data["verified"], **how)
        except ChangedMeanwhile as error:
            form, conflict = conflict_of(form, customer, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:detail", pk=pk)
    context = {"form": form, "customer": customer, "conflict": conflict}
    return render(request, "customers/customer_form.html", context, status=409 if conflict else 200)


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
def do_not_call(request, pk):
    customer = customer_or_404(request, pk)
    form = DoNotCallForm(request.POST or None, initial={"reason": customer.do_not_call_reason})
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "source": Source.FORM, "now": timezone.now()}
        set_do_not_call(customer, form.cleaned_data["reason"], **how)
        messages.success(request, _("%(name)s will not be called.") % {"name": customer.name})
        return redirect("customers:detail", pk=pk)
    return render(request, "customers/do_not_call.html", {"form": form, "customer": customer})


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def may_call(request, pk):
    customer = customer_or_404(request, pk)
    clear_do_not_call(customer, by=request.user, source=Source.FORM, now=timezone.now())
    messages.success(request, _("%(name)s may be called again.") % {"name": customer.name})
    return redirect("customers:detail", pk=pk)
