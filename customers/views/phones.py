"""Numbers of one customer: add, correct, reveal, verify, make primary, retire."""

import copy

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.choices import AccessKind, Source
from audit.meanwhile import rescues, told
from audit.services import record_access
from customers.forms import PhoneForm
from customers.models import Phone
from customers.services import ChangedMeanwhile, add_phone, make_primary, update_phone, verify_phone, void_phone
from customers.views.detail import customer_or_404, render_detail


def _phone_or_404(request, pk):
    rows = Phone.objects.visible_to(request.user).alive().filter(customer__is_void=False)
    return get_object_or_404(rows.select_related("customer__store"), pk=pk)


def _how(request):
    return {"by": request.user, "source": Source.FORM, "now": timezone.now()}


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
def phone_new(request, pk):
    customer = customer_or_404(request, pk)
    form = PhoneForm(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        add_phone(customer, data["number"], make_primary=data["primary"], verified=data["verified"], **_how(request))
        messages.success(request, _("The number has been added."))
        return redirect("customers:detail", pk=pk)
    return render(request, "customers/phone_form.html", {"form": form, "customer": customer})


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
@rescues(Phone, PhoneForm)
def phone_edit(request, pk):
    """The present digits stand in the form only for those who may reveal them, and showing them is a reveal."""
    phone = _phone_or_404(request, pk)
    shows = request.user.has_perm("customers.reveal_phone")
    form = PhoneForm(request.POST or None, customer=phone.customer, phone=phone, shows_number=shows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        marks = {"verified": data["verified"], "primary": data.get("primary", False), "seen": form.seen()}
        try:
            update_phone(copy.copy(phone), data["number"], **marks, **_how(request))
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:detail", pk=phone.customer_id)
    if shows and (request.method == "GET" or form.clashes):
        record_access(phone, by=request.user, kind=AccessKind.REVEAL, customer_id=phone.customer_id)
    context = {"form": form, "customer": phone.customer, "phone": phone}
    return render(request, "customers/phone_form.html", context, status=told(form))


@require_POST
@permission_required("customers.reveal_phone", raise_exception=True)
def phone_reveal(request, pk):
    phone = _phone_or_404(request, pk)
    record_access(phone, by=request.user, kind=AccessKind.REVEAL, customer_id=phone.customer_id)
    if request.htmx:
        return render(request, "customers/_phone_number.html", {"phone": phone, "shown": True})
    return render_detail(request, phone.customer, revealed=phone.pk)


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def phone_verify(request, pk):
    phone = _phone_or_404(request, pk)
    verify_phone(phone, by=request.user, now=timezone.now())
    return redirect("customers:detail", pk=phone.customer_id)


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def phone_primary(request, pk):
    phone = _phone_or_404(request, pk)
    make_primary(phone, **_how(request))
    return redirect("customers:detail", pk=phone.customer_id)


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def phone_retire(request, pk):
    phone = _phone_or_404(request, pk)
    void_phone(phone, **_how(request))
    messages.success(request, _("The number has been retired."))
    return redirect("customers:detail", pk=phone.customer_id)
