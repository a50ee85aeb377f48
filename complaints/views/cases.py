"""Pages of the complaints: list, one case with its steps, a new one, and the panel of the customer page."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.paging import capped_count, keyset_page
from complaints import services
from complaints.choices import ComplaintState
from complaints.forms import (
    AskedForm,
    CloseForm,
    ComplaintForm,
    FilterForm,
    NoteForm,
    ReopenForm,
    SolveForm,
    TakeoverForm,
)
from complaints.lists import SCOPES, rows_of, scope_of, scoped
from complaints.reading.repeats import repeat_of, repeats_of
from complaints.wording import dms_facts, refusal
from customers.models import Customer

PAGE_ROWS = 50
PANEL_ROWS = 5


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def index(request):
    """The store's complaints: those to close first on top; all of them newest first."""
    now = timezone.now()
    scopes, scope = scoped(request.user, now), scope_of(request.GET)
    filters = FilterForm(request.GET, store_id=request.user.store_id)
    page = keyset_page(
        filters.narrowed(scopes[scope]), SCOPES[scope][1], after=request.GET.get("after", ""), size=PAGE_ROWS
    )
    tabs = [
        {"scope": key, "label": label, "count": "" if key == "all" else capped_count(scopes[key])}
        for key, (label, _order) in SCOPES.items()
    ]
    context = {"now": now, "scope": scope, "tabs": tabs, "filters": filters, "page": page}
    context["repeats"] = repeats_of(request.user.store, [row.customer_id for row in page.rows], timezone.localdate())
    context["is_narrowed"] = any(request.GET.get(name) for name in filters.fields)
    return render(request, "complaints/list.html", context)


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def detail(request, pk):
    """One case: facts, what was done so far, and the steps that lead on from here."""
    return _page(request, get_object_or_404(rows_of(request.user), pk=pk))


def _page(request, complaint, refused_form=None, status=200):
    """The page of one case; `refused_form` takes the place of the empty form of its kind."""
    forms = {
        form.__name__.removesuffix("Form").lower(): form(initial={"seen": complaint.stamp})
        for form in (TakeoverForm, NoteForm, SolveForm, AskedForm, CloseForm, ReopenForm)
    }
    if refused_form is not None:
        forms[type(refused_form).__name__.removesuffix("Form").lower()] = refused_form
    context = {
        "complaint": complaint,
        "now": timezone.now(),
        "notes": complaint.notes.select_related("by"),
        "dms_facts": dms_facts(complaint),
        "phone": complaint.customer.phones.alive().first(),
        "steps": _steps(complaint),
        "repeat": repeat_of(complaint.store, complaint.customer_id, timezone.localdate(), apart_from=complaint.pk),
        "forms": forms,
        "may_change": complaint.is_open and request.user.has_perm("complaints.change_complaint"),
        "may_close": request.user.has_perm("complaints.close_complaint"),
    }
    return render(request, "complaints/detail.html", context, status=status)


def _rescued(form):
    """What somebody typed for a step that is no longer possible, as a note ready to be added."""
    typed = next(
        (
            form.cleaned_data[name]
            for name in ("text", "resolution", "reason", "note", "unasked")
            if name in form.fields
        ),
        "",
    )
    return NoteForm(initial={"text": typed})


def _steps(complaint):
    """The bar of states: (label, is it passed, is it here)."""
    way = [
        ComplaintState.RECEIVED,
        ComplaintState.HANDLING,
        ComplaintState.SOLVED,
        ComplaintState.CONFIRMED,
        ComplaintState.CLOSED,
    ]
    here = way.index(complaint.state) if complaint.state in way else -1
    return [{"label": state.label, "passed": place < here, "here": place == here} for place, state in enumerate(way)]


def _step(request, pk, form_class, deed, done):
    """Check the form, do the deed (complaint, cleaned data), say so; a refusal is told on the page as it now stands."""
    complaint = get_object_or_404(rows_of(request.user), pk=pk)
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, complaint, form, status=422)
    try:
        deed(complaint, form.cleaned_data)
    except ValidationError as fault:
        form.add_error(None, fault.messages)
        return _page(request, complaint, form, status=422)
    except services.NotAllowed as refused:
        messages.error(request, refusal(refused))
        return _page(request, get_object_or_404(rows_of(request.user), pk=pk), _rescued(form), status=409)
    else:
        messages.success(request, done)
    return redirect("complaints:detail", pk)


@require_POST
@permission_required("complaints.change_complaint", raise_exception=True)
def note(request, pk):
    def deed(complaint, data):
        services.add_note(complaint, data["text"], by=request.user, now=timezone.now())

    return _step(request, pk, NoteForm, deed, _("The note was added."))


@require_POST
@permission_required("complaints.change_complaint", raise_exception=True)
def take_over(request, pk):
    def deed(complaint, data):
        services.take_over(complaint, by=request.user, now=timezone.now(), seen=data["seen"])

    return _step(request, pk, TakeoverForm, deed, _("You handle this complaint now."))


@require_POST
@permission_required("complaints.change_complaint", raise_exception=True)
def solve(request, pk):
    def deed(complaint, data):
        services.solve(complaint, by=request.user, now=timezone.now(), **data)

    return _step(request, pk, SolveForm, deed, _("Marked as solved."))


@require_POST
@permission_required("complaints.change_complaint", raise_exception=True)
def asked(request, pk):
    """The customer was asked again, in person or on a call of one's own."""

    def deed(complaint, data):
        services.record_recontact(complaint, by=request.user, now=timezone.now(), **data)

    return _step(request, pk, AskedForm, deed, _("What the customer says is written down."))


@require_POST
@permission_required("complaints.close_complaint", raise_exception=True)
def close(request, pk):
    def deed(complaint, data):
        services.close(complaint, by=request.user, now=timezone.now(), **data)

    return _step(request, pk, CloseForm, deed, _("The complaint is closed."))


@require_POST
@permission_required("complaints.change_complaint", raise_exception=True)
def reopen(request, pk):
    def deed(complaint, data):
        services.reopen(complaint, by=request.user, now=timezone.now(), **data)

    return _step(request, pk, ReopenForm, deed, _("The complaint is in handling again."))


@require_http_methods(["GET", "POST"])
@permission_required("complaints.add_complaint", raise_exception=True)
def new(request):
    """A complaint of the customer named by ?customer=ID, who called the hotline or came in."""
    wanted = request.GET.get("customer", "")
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=wanted if wanted.isdecimal() else None)
    form = ComplaintForm(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            complaint = services.open_complaint(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, _("Complaint %(number)s was opened.") % {"number": complaint.number})
            return redirect("complaints:detail", complaint.pk)
    context = {"form": form, "customer": customer}
    return render(request, "complaints/new.html", context, status=422 if form.errors else 200)


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def customer_panel(request, customer_id):
    """Fragment of the customer page: the last complaints, open ones told at once."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    rows = list(rows_of(request.user).real().filter(customer=customer).order_by("-id")[: PANEL_ROWS + 1])
    context = {"customer": customer, "complaints": rows[:PANEL_ROWS], "now": timezone.now()}
    context["has_more"] = len(rows) > PANEL_ROWS
    context["repeat"] = repeat_of(customer.store, customer.pk, timezone.localdate())
    return render(request, "complaints/_customer_complaints.html", context)
