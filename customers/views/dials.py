"""What a store decides about its customers' files."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.forms.dials import FileDialForm
from customers.models import Customer, FileDial
from customers.services.archive import preview
from customers.services.dials import save_file_dial


@require_http_methods(["GET", "POST"])
@permission_required("customers.change_filedial", raise_exception=True)
def file_dials(request):
    store, now = request.user.store, timezone.now()
    if store is None:
        raise Http404
    dial = FileDial.objects.filter(store=store).first() or FileDial(store=store)
    form = FileDialForm(request.POST or None, instance=dial)
    if request.method == "POST" and form.is_valid():
        save_file_dial(store, form.cleaned_data, by=request.user, now=now)
        messages.success(request, _("Saved. Segments and missing archive numbers follow by the worker."))
        return redirect("customers:file_dials")
    shown = dial.archive_rule if form.is_valid() or not form.is_bound else ""
    has_none = Customer.objects.filter(store=store, archive_no="", is_void=False).exists()
    context = {"form": form, "numbers": preview(shown, store, now) if shown else [], "has_none": has_none}
    return render(request, "customers/file_dials.html", context)
