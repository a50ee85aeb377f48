"""The import pages. One import has one address for its whole life; what it shows follows the state of its row."""

import contextlib
import datetime as dt
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from audit.choices import AccessKind
from audit.services import record_access
from common.paging import capped_count, keyset_page
from dms import checking, services, undo
from dms.choices import MOVING, BatchState, ConflictState
from dms.forecast import forecast
from dms.forms import MappingForm, SheetForm, UploadForm
from dms.models import Batch, Conflict
from dms.pages import batches_page, differences_page, errors_page, living_customers, same_file, why
from dms.remembered import remembered
from dms.rows_file import open_rows

PAGE_SIZE = 25
CHOOSABLE = (BatchState.UPLOADED, BatchState.READY)
# Where an import leads next. By name, since those floors lie above this one: (label, URL name, permission).
NEXT_PAGES = [
    (gettext_lazy("Work through the call queue"), "followups:queue", "followups.work_queue"),
    (gettext_lazy("See the figures of the day"), "reports:day", "reports.view_figures"),
    (gettext_lazy("Look at the customers"), "customers:list", "customers.view_customer"),
]


def own_batch(request, pk):
    """The import of the reader's own store, or 404."""
    return get_object_or_404(
        Batch.objects.visible_to(request.user).select_related("created_by", "confirmed_by", "undone_by"), pk=pk
    )


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def batch_list(request):
    page = batches_page(Batch.objects.visible_to(request.user), request.GET)
    conflicts = Conflict.objects.visible_to(request.user).filter(state=ConflictState.OPEN).latest()
    return render(request, "dms/list.html", {"page": page, "conflicts": capped_count(conflicts)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("dms.add_batch", raise_exception=True)
def upload(request):
    if request.user.store is None:
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = services.stage_upload(store=request.user.store, by=request.user, file_name=file.name, content=file)
        except services.UnusableFile as problem:
            form.add_error("file", _("%(file)s: %(problem)s") % {"file": file.name, "problem": problem})
        else:
            return redirect("dms:columns", batch.pk)
    limits = {"bytes": settings.IMPORT_MAX_BYTES, "rows": settings.IMPORT_MAX_ROWS}
    return render(request, "dms/upload.html", {"form": form, "limits": limits})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("dms.add_batch", raise_exception=True)
def columns(request, pk):
    """Two forms: what the file is ("recognise"), and which column feeds which field ("check")."""
    batch = own_batch(request, pk)
    if batch.state not in CHOOSABLE:
        return redirect("dms:batch", pk)
    sheet_form = SheetForm(request.POST if "recognise" in request.POST else None, batch=batch)
    mapping_form = MappingForm(request.POST if "check" in request.POST else None, batch=batch)
    form = sheet_form if sheet_form.is_bound else mapping_form
    if form.is_bound and form.is_valid():
        try:
            chosen = services.choose(batch, **form.cleaned_data, by=request.user)
            if form is sheet_form:
                return redirect("dms:columns", pk)
            checking.check_batch(chosen)
        except services.UnusableFile as problem:
            form.add_error(None, str(problem))
        except services.WrongState:
            return redirect("dms:batch", pk)
        else:
            return redirect("dms:batch", pk)
    page = {"batch": batch, "sheet_form": sheet_form, "mapping_form": mapping_form, "same_file": same_file(batch)}
    page |= {"why": why(batch), "told": remembered(batch.store, batch.layout_key)}
    return render(request, "dms/columns.html", page)


@require_POST
@permission_required("dms.add_batch", raise_exception=True)
def forget_columns(request, pk):
    batch = own_batch(request, pk)
    try:
        services.forget_columns(batch, by=request.user)
    except services.UnusableFile as problem:
        messages.error(request, str(problem))
    except services.WrongState:
        return redirect("dms:batch", pk)
    else:
        messages.success(request, _("The columns are forgotten; they stand as they are recognised now."))
    return redirect("dms:columns", pk)


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def batch(request, pk):
    batch = own_batch(request, pk)
    if batch.state in MOVING:
        return render(request, "dms/progress.html", progress_of(batch))
    if batch.state == BatchState.UPLOADED and request.user.has_perm("dms.add_batch"):
        return redirect("dms:columns", pk)
    page = {"batch": batch, "page": errors_page(batch, request.GET)}
    if batch.state == BatchState.READY:
        storable = batch.preview["rows"] - batch.preview["rejected"]
        page |= {
            "storable": storable,
            "same_file": same_file(batch),
            "differences": differences_page(batch, request.GET),
        }
        return render(request, "dms/preview.html", page)
    page |= {"next_pages": next_pages(request.user), "panels": panels(request.user, batch)}
    return render(request, "dms/result.html", page)


def next_pages(user):
    return [(label, reverse(name)) for label, name, permission in NEXT_PAGES if user.has_perm(permission)]


def panels(user, batch):
    """What the floors above say about a finished import, by URL."""
    if not batch.has_landed:
        return []
    return [reverse(name, args=[batch.pk]) for name, permission in settings.IMPORT_PANELS if user.has_perm(permission)]


@require_POST
@permission_required("dms.add_batch", raise_exception=True)
def confirm(request, pk):
    batch = own_batch(request, pk)
    # The second click of a double click finds the batch on its way already; the page shows how far it is.
    with contextlib.suppress(services.WrongState):
        services.confirm_batch(batch, by=request.user)
    return redirect("dms:batch", pk)


@require_POST
@permission_required("dms.add_batch", raise_exception=True)
def cancel(request, pk):
    batch = own_batch(request, pk)
    try:
        services.cancel_batch(batch, by=request.user)
    except services.WrongState:
        messages.error(request, _("This import cannot be discarded any more; it has begun or has ended."))
        return redirect("dms:batch", pk)
    messages.success(request, _("%(file)s was discarded; nothing was stored.") % {"file": batch.file_name})
    return redirect("dms:list")


def progress_of(batch):
    """A batch that somebody works on; `is_quiet` when there has been no sign of life for so long that the sweep should act."""
    stale = dt.timedelta(seconds=settings.IMPORT_STALE_SECONDS)
    return {"batch": batch, "is_quiet": batch.heartbeat_at is not None and batch.heartbeat_at < timezone.now() - stale}


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def progress(request, pk):
    """The fragment that polls; a finished batch sends the reader to its page, which ends the polling."""
    batch = own_batch(request, pk)
    if batch.state in MOVING:
        return render(request, "dms/_progress.html", progress_of(batch))
    if request.htmx:
        return HttpResponseClientRedirect(reverse("dms:batch", args=[pk]))
    return redirect("dms:batch", pk)


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def errors(request, pk):
    batch = own_batch(request, pk)
    template = "dms/_errors.html" if request.htmx else "dms/errors.html"
    return render(request, template, {"batch": batch, "page": errors_page(batch, request.GET)})


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def error_rows(request, pk):
    """The error workbook, with the rows as they came: it leaves an access line. `?warnings`: those with a cell left out too.
    Of a long list a page that waits for the worker."""
    batch = own_batch(request, pk)
    with_warnings = "warnings" in request.GET
    try:
        found = open_rows(batch, with_warnings=with_warnings)
    except services.UnusableFile as problem:
        messages.error(request, str(problem))
        return redirect("dms:batch", pk)
    if found is None or request.htmx:
        if found is not None:
            found[0].close()
        template = "dms/_error_rows.html" if request.htmx else "dms/error_rows.html"
        page = {"batch": batch, "is_ready": found is not None, "address": request.get_full_path()}
        return render(request, template, page)
    file, rows = found
    record_access(
        batch, by=request.user, kind=AccessKind.EXPORT, params={"rows": rows, "file": batch.file_name, "full": True}
    )
    name = _("%(file)s - rows to correct.xlsx") % {"file": Path(batch.file_name).stem}
    return FileResponse(file, as_attachment=True, filename=name)


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def differences(request, pk):
    batch = own_batch(request, pk)
    template = "dms/_differences.html" if request.htmx else "dms/differences.html"
    return render(request, template, {"batch": batch, "differences": differences_page(batch, request.GET)})


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def conflicts(request, pk):
    batch = own_batch(request, pk)
    page = keyset_page(batch.conflicts.all(), ("row", "id"), after=request.GET.get("after", ""), size=PAGE_SIZE)
    names = living_customers(page.rows)
    conflicts = [(conflict, names.get(conflict.customer_id)) for conflict in page.rows]
    return render(request, "dms/conflicts.html", {"batch": batch, "conflicts": conflicts, "later": page.next})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("dms.undo_batch", raise_exception=True)
def undo_import(request, pk):
    """Says in numbers what an undo would do; posting it does it."""
    batch = own_batch(request, pk)
    if request.method == "POST":
        # The second click of a double click finds the undo on its way already; the page shows how far it is.
        with contextlib.suppress(services.WrongState):
            undo.undo_batch(batch, by=request.user)
        return redirect("dms:batch", pk)
    if not undo.can_be_undone(batch):
        return redirect("dms:batch", pk)
    return render(request, "dms/undo.html", {"batch": batch, "forecast": forecast(batch)})


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def remnants(request, pk):
    batch = own_batch(request, pk)
    page = keyset_page(batch.remnants.all(), ("id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    customers = living_customers(page.rows)
    return render(
        request,
        "dms/remnants.html",
        {"batch": batch, "remnants": page.rows, "later": page.next, "customers": customers},
    )
