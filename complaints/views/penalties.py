"""Penalties of staff: the list (all of them, or one's own), one with its log and steps, and proposing one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.paging import keyset_page
from complaints.choices import PenaltyState
from complaints.forms import penalties as forms
from complaints.models import Penalty
from complaints.permissions import may_answer, may_appeal, may_decide, sees_all_penalties
from complaints.services import penalties as services
from complaints.views.lessons import complaint_or_404

PAGE_ROWS = 50


def _rows(request):
    return Penalty.objects.seen_by(request.user).select_related(
        "complaint", "store", "person", "proposed_by", "decided_by", "appeal_decided_by", "proof__attachment"
    )


@require_GET
def index(request):
    """Everybody sees what is about herself."""
    page = keyset_page(_rows(request), ("-id",), after=request.GET.get("after", ""), size=PAGE_ROWS)
    return render(request, "complaints/penalties.html", {"page": page, "sees_all": sees_all_penalties(request.user)})


@require_GET
def penalty(request, pk):
    return _page(request, get_object_or_404(_rows(request), pk=pk))


def _page(request, row, status=200, **bound):
    user = request.user
    context = {
        "penalty": row,
        "lines": row.lines.select_related("by"),
        "answer": forms.WordsForm() if may_answer(user, row) else None,
        "decide": forms.DecideForm() if may_decide(user, row) else None,
        "appeal": forms.AppealForm(complaint=row.complaint) if may_appeal(user, row) else None,
        "is_appealed": row.state == PenaltyState.APPEALED,
    }
    return render(request, "complaints/penalty.html", context | bound, status=status)


def _step(request, pk, name, form, deed, done):
    row = get_object_or_404(_rows(request), pk=pk)
    if form.is_valid():
        try:
            deed(row, form.cleaned_data)
        except services.NotYours:
            raise PermissionDenied from None
        except services.PenaltyMoved:
            messages.error(request, _("Somebody was quicker: this is how it stands now. Your step was not taken."))
            return _page(request, get_object_or_404(_rows(request), pk=pk), 409)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, done)
            return redirect("complaints:penalty", pk)
    return _page(request, row, 422, **{name: form})


@require_POST
def answer(request, pk):
    def deed(row, data):
        services.answer_penalty(row, data["text"], by=request.user, now=timezone.now())

    return _step(request, pk, "answer", forms.WordsForm(request.POST), deed, _("Your words are written down."))


@require_POST
@permission_required("complaints.decide_penalty", raise_exception=True)
def decide(request, pk):
    """Of a proposal, or of an appeal against one."""

    def deed(row, data):
        how = {"text": data["text"], "by": request.user, "now": timezone.now()}
        if row.state == PenaltyState.APPEALED:
            services.decide_appeal(row, lift=data["to"] == "yes", **how)
        else:
            services.decide_penalty(row, impose=data["to"] == "yes", **how)

    return _step(
        request, pk, "decide", forms.DecideForm(request.POST), deed, _("Decided; the person concerned is told.")
    )


@require_POST
def appeal(request, pk):
    row = get_object_or_404(_rows(request), pk=pk)
    form = forms.AppealForm(request.POST, complaint=row.complaint)

    def deed(row, data):
        services.appeal_penalty(row, by=request.user, now=timezone.now(), **data)

    return _step(request, pk, "appeal", form, deed, _("The appeal is written down."))


@require_GET
@permission_required("complaints.propose_penalty", raise_exception=True)
def panel(request, pk):
    """Fragment of the case page."""
    complaint = complaint_or_404(request, pk)
    row = Penalty.objects.filter(complaint=complaint).first()
    return render(request, "complaints/_penalty_panel.html", {"complaint": complaint, "penalty": row})


@require_http_methods(["GET", "POST"])
@permission_required("complaints.propose_penalty", raise_exception=True)
def propose(request, pk):
    complaint = complaint_or_404(request, pk)
    form = forms.ProposeForm(request.POST or None, store_id=complaint.store_id)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.propose_penalty(complaint, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("Proposed; the person concerned is told and may answer."))
            return redirect("complaints:penalty", row.pk)
    context = {"form": form, "complaint": complaint}
    return render(request, "complaints/penalty_form.html", context, status=422 if form.errors else 200)
