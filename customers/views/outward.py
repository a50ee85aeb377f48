"""Sheets for the outside: what the next one would say, make it, download one again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.paging import keyset_page
from customers.choices import OutwardSheet
from customers.forms.outward import NewOwnersForm
from customers.models import OutwardExport
from customers.outward import confirmations, corrections, fresh_changes, latest_export, new_owners
from customers.services.outward import download, make_dms_sheet, make_oem_sheet

SHOWN = 8
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _own_store(request):
    if request.user.store is None:
        raise PermissionDenied
    return request.user.store


@require_safe
@permission_required("customers.send_outward", raise_exception=True)
def outward(request):
    store, now = _own_store(request), timezone.now()
    last = latest_export(store, OutwardSheet.DMS)
    lines = corrections(fresh_changes(store, last))
    form = NewOwnersForm(request.GET if "end" in request.GET else None, store=store, today=store.day_of(now))
    rows = OutwardExport.objects.visible_to(request.user).select_related("made_by").defer("seen")
    page = keyset_page(rows, ("-id",), after=request.GET.get("after", ""), size=20)
    context = {"last": last, "lines": lines[-SHOWN:][::-1], "count": len(lines), "form": form, "page": page}
    return render(request, "customers/outward.html", context | _owners(store, form, now))


def _owners(store, form, now) -> dict:
    """How many new owners the form's days hold, and how many of them would be told."""
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    start, end = chosen.get("start") or store.live_on, chosen.get("end") or store.day_of(now)
    deliveries = list(new_owners(store, start=start, end=end))
    with_unconfirmed = chosen.get("with_unconfirmed", False)
    told = confirmations(deliveries, zone=store.zone, with_unconfirmed=with_unconfirmed)
    days = {"start": start, "end": end, "with_unconfirmed": with_unconfirmed}
    return days | {"owners": len(told), "waiting": len(deliveries) - len(told)}


@require_POST
@permission_required("customers.send_outward", raise_exception=True)
def outward_make(request, sheet):
    store, how = _own_store(request), {"by": request.user, "now": timezone.now()}
    if sheet == OutwardSheet.DMS:
        export = make_dms_sheet(store, **how)
    elif sheet == OutwardSheet.OEM:
        form = NewOwnersForm(request.POST, store=store, today=store.day_of(how["now"]))
        if not form.is_valid():
            messages.error(request, " ".join(form.non_field_errors()) or _("These days cannot be read."))
            return redirect("customers:outward")
        export = make_oem_sheet(store, **form.cleaned_data, **how)
    else:
        raise Http404
    if export is None:
        messages.info(request, _("There was nothing to tell; no sheet was made."))
    else:
        words = ngettext("A sheet with %(count)s line was made.", "A sheet with %(count)s lines was made.", export.rows)
        messages.success(request, words % {"count": export.rows})
    return redirect("customers:outward")


@require_safe
@permission_required("customers.send_outward", raise_exception=True)
def outward_download(request, pk):
    export = get_object_or_404(OutwardExport.objects.visible_to(request.user), pk=pk)
    response = HttpResponse(download(export, by=request.user), content_type=XLSX)
    name = f"{export.sheet}-{request.user.store.code}-{export.made_at.astimezone(request.user.store.zone):%Y%m%d-%H%M}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
