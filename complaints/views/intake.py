"""A new complaint: of a customer of the file, of a stranger."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import services
from complaints.forms import ComplaintForm, StrangerForm
from complaints.views.page import tell_faults
from customers.models import Customer

ADD = permission_required("complaints.add_complaint", raise_exception=True)


@require_http_methods(["GET", "POST"])
@ADD
def new(request):
    """A complaint of the customer named by ?customer=ID, however it reached us."""
    wanted = request.GET.get("customer", "")
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=wanted if wanted.isdecimal() else None)
    form = ComplaintForm(request.POST or None, request.FILES or None, customer=customer)
    return _taken_in(request, form, {"customer": customer}, customer=customer)


@require_http_methods(["GET", "POST"])
@ADD
def stranger(request):
    """The complaint of somebody who is not in the file; whom name and number prove to be a customer it is."""
    form = StrangerForm(request.POST or None, request.FILES or None, store_id=request.user.store_id)
    return _taken_in(request, form, {})


def _taken_in(request, form, context, **who):
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        uploads = data.pop("uploads")
        if "name" in data:
            who["stranger"] = services.Stranger(data.pop("name"), data.pop("number"))
        told = {"by": request.user, "now": timezone.now()}
        try:
            complaint = services.take_in(request.user.store, uploads=uploads, **who, **data, **told)
        except ValidationError as fault:
            tell_faults(form, fault)
        else:
            messages.success(request, _("Complaint %(number)s was opened.") % {"number": complaint.number})
            return redirect("complaints:detail", complaint.pk)
    return render(request, "complaints/new.html", context | {"form": form}, status=422 if form.errors else 200)
