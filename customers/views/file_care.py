"""The file of the customer on the line: how complete it is, and the two questions most worth asking."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from customers.completeness import file_care as look_at
from customers.forms.file_care import AnswerForm
from customers.services.file_care import confirm_owner, confirm_part, correct_part
from customers.views.detail import customer_or_404


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
def file_care(request, pk):
    customer, form, now = customer_or_404(request, pk), None, timezone.now()
    today, zone = customer.store.day_of(now), customer.store.zone
    page = look_at(customer, today=today, zone=zone)
    if request.method == "POST":
        form = AnswerForm(request.POST, page=page, today=today)
        if form.is_valid():
            _answer(form.cleaned_data, customer, page, by=request.user, now=now, today=today)
            form, page = None, look_at(customer_or_404(request, pk), today=today, zone=zone)
            if not request.htmx:
                return redirect("customers:detail", pk=pk)
    context = {"customer": customer, "care": page, "form": form, "months": (page.phone_days or 0) // 30}
    answer = render(request, "customers/_file_care.html", context)
    if request.method == "POST" and form is None:
        answer["HX-Trigger"] = "fileCareChanged"  # what stands around this panel reads its numbers again
    return answer


def _answer(told, customer, page, *, by, now, today):
    if told["deed"] == "owner":
        confirm_owner(customer, page, told, by=by, now=now)
    elif told["deed"] == "confirm":
        confirm_part(customer, page, told["part"], by=by, now=now)
    else:
        correct_part(customer, page, told["part"], told[told["part"]], by=by, now=now, today=today)
