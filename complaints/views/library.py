"""The case library: find, read, write; similar cases; the cases of a week or a month."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.meanwhile import told
from common.meanwhile import ChangedMeanwhile
from common.paging import keyset_page
from complaints.forms.library import EntryForm, FindForm, PickForm
from complaints.models import CasePick, Cause, LibraryEntry
from complaints.reading.library import find_entries, similar_entries
from complaints.services import library as services
from complaints.views.causes import own_store
from complaints.views.lessons import complaint_or_404

VIEW, EDIT, PICK = "complaints.view_complaint", "complaints.edit_library", "complaints.pick_cases"
PAGE_ROWS = 30


def _entry_or_404(request, pk):
    rows = LibraryEntry.objects.visible_to(request.user).select_related("store", "cause", "by", "complaint__customer")
    return get_object_or_404(rows, pk=pk)


@require_GET
@permission_required(VIEW, raise_exception=True)
def index(request):
    store, retired = own_store(request), request.GET.get("scope") == "retired"
    form = FindForm(request.GET, store_id=store.pk)
    rows = find_entries(store, retired=retired, **form.wanted())
    page = keyset_page(rows, ("-id",), after=request.GET.get("after", ""), size=PAGE_ROWS)
    context = {"page": page, "filters": form, "is_retired": retired, "is_narrowed": any(form.wanted().values())}
    return render(request, "complaints/library.html", context)


@require_GET
@permission_required(VIEW, raise_exception=True)
def entry(request, pk):
    return render(request, "complaints/entry.html", {"entry": _entry_or_404(request, pk)})


@require_http_methods(["GET", "POST"])
@permission_required(EDIT, raise_exception=True)
def new(request):
    """?complaint=ID proposes what that case tells."""
    store, of = own_store(request), request.GET.get("complaint", "")
    complaint = complaint_or_404(request, of) if of.isdecimal() else None
    lesson = getattr(complaint, "lesson", None) if complaint else None
    initial = {}
    if complaint is not None:
        cause = lesson.cause if lesson else complaint.cause
        done = "\n".join(filter(None, [complaint.resolution, lesson.correction if lesson else ""]))
        initial = {"cause": cause.code, "situation": complaint.summary, "done": done, "title": cause.name}
    form = EntryForm(request.POST or None, store_id=store.pk, initial=initial)
    if request.method == "POST" and form.is_valid():
        how = {"complaint": complaint, "confirmed": form.cleaned_data["confirmed"]}
        try:
            made = services.write_entry(store, form.values(), by=request.user, now=timezone.now(), **how)
        except ValidationError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("The case stands in the library."))
            return redirect("complaints:entry", made.pk)
    context = {"form": form, "complaint": complaint}
    return render(request, "complaints/entry_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@permission_required(EDIT, raise_exception=True)
def edit(request, pk):
    known = _entry_or_404(request, pk)
    form = EntryForm(request.POST or None, store_id=known.store_id, instance=known)
    if request.method == "POST" and form.is_valid():
        how = {"entry": known, "confirmed": form.cleaned_data["confirmed"], "seen": form.seen()}
        try:
            services.write_entry(known.store, form.values(), by=request.user, now=timezone.now(), **how)
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        except ValidationError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("complaints:entry", pk)
    context = {"form": form, "entry": known, "complaint": known.complaint}
    status = told(form) if form.clashes else 422 if form.errors else 200
    return render(request, "complaints/entry_form.html", context, status=status)


@require_POST
@permission_required(EDIT, raise_exception=True)
def retire(request, pk):
    services.retire_entry(_entry_or_404(request, pk), by=request.user, now=timezone.now())
    return redirect("complaints:entry", pk)


@require_POST
@permission_required(EDIT, raise_exception=True)
def revive(request, pk):
    services.revive_entry(_entry_or_404(request, pk), by=request.user, now=timezone.now())
    return redirect("complaints:entry", pk)


@require_GET
@permission_required(VIEW, raise_exception=True)
def similar(request):
    """Fragment below a form in which a complaint is taken down: ?…cause=CODE&…summary=TEXT, under whatever prefix."""
    store, values = own_store(request), request.GET.items()
    code = next((value for name, value in values if name.endswith("cause")), "")
    text = next((value for name, value in values if name.endswith("summary")), "")
    cause = Cause.objects.filter(store=store, code=code).first()
    entries = similar_entries(store, cause, text) if cause else []
    return render(request, "complaints/_similar.html", {"entries": entries})


@require_GET
@permission_required(VIEW, raise_exception=True)
def panel(request, pk):
    """Fragment of the case page: cases like it, its place in the library, and whether it was chosen for an analysis."""
    complaint = complaint_or_404(request, pk)
    entries = similar_entries(complaint.store, complaint.cause, complaint.summary, apart_from=complaint)
    context = {
        "complaint": complaint,
        "entries": entries,
        "own": LibraryEntry.objects.filter(complaint=complaint).first(),
    }
    context["picks"] = CasePick.objects.filter(complaint=complaint).select_related("by")
    context["pick"] = PickForm(initial={"day": timezone.localdate()})
    return render(request, "complaints/_library_panel.html", context)


@require_POST
@permission_required(PICK, raise_exception=True)
def pick(request, pk):
    complaint = complaint_or_404(request, pk)
    form = PickForm(request.POST)
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("period", "day", "why")}
        services.pick_case(complaint, by=request.user, now=timezone.now(), **data)
        messages.success(request, _("Chosen: it stands in the case analysis."))
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("complaints:detail", pk)


@require_POST
@permission_required(PICK, raise_exception=True)
def drop(request, pk):
    row = get_object_or_404(CasePick.objects.visible_to(request.user), pk=pk)
    services.drop_pick(row, by=request.user, now=timezone.now())
    return redirect("complaints:detail", row.complaint_id)
