"""What a case taught: its panel on the case page, its own page, its measures, the list of measures, the dials."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.meanwhile import told
from common.meanwhile import ChangedMeanwhile
from common.paging import capped_count, keyset_page
from complaints.forms import lessons as forms
from complaints.models import Complaint, LessonDial, Measure
from complaints.permissions import may_do, may_judge
from complaints.reading.lessons import lesson_of, lesson_page
from complaints.services import NotAllowed, lessons, measures
from complaints.services.errors import MeasureMoved
from complaints.wording import refusal

VIEW, WRITE, JUDGE = "complaints.view_complaint", "complaints.write_lesson", "complaints.judge_measure"
PAGE_ROWS = 50
SCOPES = {
    "mine": pgettext_lazy("measures", "Mine"),
    "open": pgettext_lazy("measures", "Open"),
    "late": pgettext_lazy("measures", "Overdue"),
    "check": pgettext_lazy("measures", "To be checked"),
    "all": pgettext_lazy("measures", "All"),
}


def complaint_or_404(request, pk):
    rows = Complaint.objects.visible_to(request.user).select_related("customer", "vehicle", "cause", "store")
    return get_object_or_404(rows, pk=pk)


def _lesson_case_or_404(request, pk):
    """Of a case that the reader sees, or in whose lesson she has a measure to do."""
    mine = Measure.objects.visible_to(request.user).filter(owner=request.user, lesson__complaint=pk)
    if not mine.exists():
        return complaint_or_404(request, pk)
    rows = Complaint.objects.filter(store=request.user.store_id)
    return get_object_or_404(rows.select_related("customer", "vehicle", "cause", "store"), pk=pk)


def _measures_of(request):
    """Her own, and those of the cases she sees."""
    seen = Q(owner=request.user) | Q(lesson__complaint__in=Complaint.objects.visible_to(request.user))
    return Measure.objects.visible_to(request.user).filter(seen)


def _measure_or_404(request, pk):
    rows = _measures_of(request).select_related("owner", "store", "lesson__complaint")
    return get_object_or_404(rows, pk=pk)


@require_GET
@permission_required(VIEW, raise_exception=True)
def panel(request, pk):
    """Fragment of the case page."""
    complaint = complaint_or_404(request, pk)
    context = {"complaint": complaint, "page": lesson_page(complaint, request.user, timezone.localdate())}
    return render(request, "complaints/_lesson_panel.html", context)


@require_GET
@permission_required(VIEW, raise_exception=True)
def lesson(request, pk):
    return _page(request, _lesson_case_or_404(request, pk))


def _page(request, complaint, status=200, **bound):
    """The whole page; `bound` are forms that were refused, in the place of the empty ones of their kind."""
    page = lesson_page(complaint, request.user, timezone.localdate())
    store_id = complaint.store_id
    context = {
        "complaint": complaint,
        "page": page,
        "form": forms.LessonForm(complaint=complaint, lesson=page.lesson),
        "plan": forms.MeasureForm(store_id=store_id),
        "may_write": request.user.has_perm(WRITE),
        "blank": {"done": forms.DoneForm(), "judge": forms.JudgeForm(), "reopen": forms.ReopenMeasureForm()},
        "people": forms.ChangeMeasureForm(store_id=store_id).fields["owner"].queryset,
    }
    return render(request, "complaints/lesson.html", context | bound, status=status)


@require_POST
@permission_required(WRITE, raise_exception=True)
def write(request, pk):
    complaint = complaint_or_404(request, pk)
    form = forms.LessonForm(request.POST, complaint=complaint, lesson=lesson_of(complaint))
    if form.is_valid():
        try:
            lessons.write_lesson(complaint, form.values(), by=request.user, now=timezone.now(), seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        except ValidationError as fault:
            form.blame(fault)
        except NotAllowed as refused:
            form.add_error(None, refusal(refused))
        else:
            messages.success(request, _("What was learned is written down."))
            return redirect("complaints:lesson", pk)
    return _page(request, complaint, told(form) if form.clashes else 422, form=form)


@require_POST
@permission_required(WRITE, raise_exception=True)
def plan(request, pk):
    complaint = complaint_or_404(request, pk)
    known = lesson_of(complaint)
    if known is None:
        raise Http404
    form = forms.MeasureForm(request.POST, store_id=complaint.store_id)
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("what", "owner", "due_on")}
        try:
            measures.plan_measure(known, by=request.user, now=timezone.now(), **data)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("The measure is planned, and its owner is told."))
            return redirect("complaints:lesson", pk)
    return _page(request, complaint, 422, plan=form)


def _step(request, measure, form, deed, done):
    """Check, do, say so; a refusal is told on the page as it now stands, with what was typed."""
    complaint = _lesson_case_or_404(request, measure.lesson.complaint_id)
    if form.is_valid():
        try:
            deed(form.cleaned_data)
        except MeasureMoved:
            messages.error(
                request, _("Somebody was quicker: this is how the measure stands now. Your step was not taken.")
            )
            return _page(request, complaint, 409, refused=(measure.pk, form))
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, done)
            return redirect("complaints:lesson", complaint.pk)
    return _page(request, complaint, 422, refused=(measure.pk, form))


@require_POST
@permission_required(WRITE, raise_exception=True)
def change(request, pk):
    measure = _measure_or_404(request, pk)
    form = forms.ChangeMeasureForm(request.POST, store_id=measure.store_id)

    def deed(data):
        measures.change_measure(measure, by=request.user, now=timezone.now(), **data)

    return _step(request, measure, form, deed, _("Changed."))


@require_POST
@permission_required(VIEW, raise_exception=True)
def done(request, pk):
    measure = _measure_or_404(request, pk)
    if not may_do(request.user, measure):
        raise PermissionDenied

    def deed(data):
        measures.finish_measure(measure, by=request.user, now=timezone.now(), **data)

    return _step(request, measure, forms.DoneForm(request.POST), deed, _("Done. Its effect is checked later."))


@require_POST
@permission_required(JUDGE, raise_exception=True)
def judge(request, pk):
    measure = _measure_or_404(request, pk)
    if not may_judge(request.user, measure):
        raise PermissionDenied

    def deed(data):
        measures.judge_measure(measure, by=request.user, now=timezone.now(), **data)

    return _step(request, measure, forms.JudgeForm(request.POST), deed, _("The judgement is written down."))


@require_POST
@permission_required(VIEW, raise_exception=True)
def reopen(request, pk):
    measure = _measure_or_404(request, pk)
    if not may_do(request.user, measure):
        raise PermissionDenied

    def deed(data):
        measures.reopen_measure(measure, by=request.user, now=timezone.now(), **data)

    return _step(request, measure, forms.ReopenMeasureForm(request.POST), deed, _("The measure is open again."))


@require_GET
@permission_required(VIEW, raise_exception=True)
def measure_list(request):
    """Measures of the store: the next due on top."""
    today = timezone.localdate()
    mine = _measures_of(request)
    scopes = {
        "mine": mine.open().filter(owner=request.user),
        "open": mine.open(),
        "late": mine.overdue(today),
        "check": mine.to_check(today),
        "all": mine,
    }
    scope = request.GET.get("scope") if request.GET.get("scope") in scopes else "open"
    order = ("-id",) if scope == "all" else ("due_on", "id")
    rows = scopes[scope].select_related("owner", "lesson__complaint", "lesson__cause")
    page = keyset_page(rows, order, after=request.GET.get("after", ""), size=PAGE_ROWS)
    tabs = [
        {"scope": key, "label": label, "count": "" if key == "all" else capped_count(scopes[key])}
        for key, label in SCOPES.items()
    ]
    context = {"page": page, "tabs": tabs, "scope": scope, "today": today}
    return render(request, "complaints/measures.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("complaints.change_lesson_dials", raise_exception=True)
def dials(request):
    dial = get_object_or_404(LessonDial.objects.visible_to(request.user).select_related("store"))
    form = forms.DialForm(request.POST or None, instance=dial)
    if request.method == "POST" and form.is_valid():
        try:
            lessons.change_dials(dial.store, form.cleaned_data, by=request.user, now=timezone.now(), seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        else:
            messages.success(request, _("Saved."))
            return redirect("complaints:lesson_dials")
    return render(request, "complaints/lesson_dials.html", {"form": form}, status=told(form))
