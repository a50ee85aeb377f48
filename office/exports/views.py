"""Take a list home: ask, watch, fetch; what was taken home, and who saw what."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from office.exports import asking
from office.exports.forms import AccessFilterForm, ExportForm, JobFilterForm
from office.exports.lists import Asked, NoSuchList, all_lists
from office.exports.reading import (
    accesses_of,
    customer_names,
    exports_of,
    seen_page,
    sheet_of,
    sheets_page,
)
from office.exports.wording import refusal
from office.exports.words import sentence
from office.models import Job

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT = permission_required("office.export_lists", raise_exception=True)
WATCH = permission_required("audit.view_access", raise_exception=True)


def _own_store(request):
    if request.user.store is None:
        raise PermissionDenied
    return request.user.store


def _asked(request, code):
    """(the list, what is asked of it) behind the reader's rights: who may not see a list may not take it home."""
    entry = all_lists().get(code)
    if entry is None:
        raise Http404
    if not entry.opens_to(request.user):
        raise PermissionDenied
    query = QueryDict(mutable=True)
    query.update(request.GET)
    for name in ("after", "page"):
        query.pop(name, None)
    return entry, Asked(request.user, query, timezone.localtime())


@require_http_methods(["GET", "HEAD", "POST"])
@EXPORT
def export_new(request, code):
    """How many rows it would be, masked or not and why; the query is that of the list's page."""
    entry, asked = _asked(request, code)
    form, status, problem = ExportForm(request.POST if request.method == "POST" else None), 200, ""
    try:
        if request.method == "POST" and form.is_valid():
            try:
                return _answer(request, asking.ask_export(entry, asked, **form.wish()))
            except asking.Refused as refused:
                problem, status = refusal(refused), 403 if refused.code == "no_right" else 422
        look = asking.look(entry, asked)
    except NoSuchList:
        raise Http404 from None
    context = {"entry": entry, "look": look, "form": form, "problem": problem, "query": asked.query.urlencode()}
    context |= {"filters": sentence(look.selection.filters), "most": settings.EXPORT_MAX_ROWS}
    context |= {"back": entry.address(asked.query)} | _columns(look)
    return render(request, "office/exports/new.html", context, status=status)


def _columns(look):
    columns = look.selection.columns
    return {
        "personal": [column.label for column in columns if column.kind.is_personal],
        "others": [column.label for column in columns if not column.kind.is_personal],
    }


def _answer(request, job):
    """The file itself where it is there, else the page that says how far it is."""
    try:
        return _file(request, job) if job.params["at_once"] else redirect("exports:export", pk=job.pk)
    except asking.FileGone:
        return redirect("exports:export", pk=job.pk)


def _file(request, job):
    path = asking.fetch(job, by=request.user)
    name = f"{job.code}-{job.store.code}-{timezone.localtime(job.made_at):%Y%m%d-%H%M}.xlsx"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


def _own_job(request, pk):
    return get_object_or_404(Job.objects.of(request.user).select_related("store", "made_by"), pk=pk)


@require_safe
@EXPORT
def export(request, pk):
    """One sheet of mine: how far it is, or where to fetch it."""
    sheet = sheet_of(_own_job(request, pk), request.user, timezone.now())
    return render(request, "office/exports/export.html", {"sheet": sheet})


@require_safe
@EXPORT
def progress(request, pk):
    """The same, asked for by the page itself."""
    sheet = sheet_of(_own_job(request, pk), request.user, timezone.now())
    return render(request, "office/exports/_progress.html", {"sheet": sheet})


@require_safe
@EXPORT
def export_file(request, pk):
    job = _own_job(request, pk)
    try:
        return _file(request, job)
    except asking.FileGone:
        messages.info(request, _("This sheet is no longer kept. Please export the list again."))
        return redirect("exports:mine")


@require_safe
@EXPORT
def mine(request):
    _own_store(request)
    jobs = exports_of(request.user).filter(made_by=request.user)
    rows, following = sheets_page(jobs, request.user, timezone.now(), after=request.GET.get("after", ""))
    return render(request, "office/exports/mine.html", {"rows": rows, "next": following})


@require_safe
@WATCH
def everybodys(request):
    """What was taken home from this store, by whom, with which filters, masked or not and why."""
    store, now = _own_store(request), timezone.now()
    form = JobFilterForm(request.GET, store=store, today=store.day_of(now))
    jobs = form.narrowed(exports_of(request.user))
    rows, following = sheets_page(jobs, request.user, now, after=request.GET.get("after", ""))
    return render(request, "office/exports/everybodys.html", {"rows": rows, "next": following, "form": form})


@require_safe
@WATCH
def accesses(request):
    store, now = _own_store(request), timezone.now()
    form = AccessFilterForm(request.GET, store=store, today=store.day_of(now))
    lines = form.narrowed(accesses_of(request.user))
    rows, following = seen_page(lines, request.user, after=request.GET.get("after", ""))
    return render(request, "office/exports/accesses.html", {"rows": rows, "next": following, "form": form})


@require_safe
@WATCH
def customer_accesses(request, customer_id):
    """Who saw the data of one customer, sheets that she stood in with full numbers included."""
    store, found = _own_store(request), customer_names(request.user, {customer_id})
    if customer_id not in found:
        raise Http404
    name, url = found[customer_id]
    rows, following = seen_page(
        accesses_of(request.user, customer_id), request.user, after=request.GET.get("after", "")
    )
    context = {"rows": rows, "next": following, "customer": name, "url": url, "store": store}
    return render(request, "office/exports/customer_accesses.html", context)
