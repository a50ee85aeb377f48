"""What is done with one check: take, ask again, answer, decide."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quality.forms import AnswerForm, DecideForm, RecallForm, UnreachedForm
from quality.reading.checks import whole
from quality.services import checks as deeds
from quality.views.checks import check_page, found_check
from quality.wording import refusal

REFUSALS = (deeds.NotOpen, deeds.Held, deeds.NotNow, deeds.OwnCall)


def _do(request, deed, check, done="", **values):
    """Do it, say what came of it, and show the check."""
    try:
        deed(check, by=request.user, now=timezone.localtime(), **values)
        if done:
            messages.success(request, done)
    except REFUSALS as error:
        messages.warning(request, refusal(error))
    return redirect("quality:check", pk=check.pk)


@require_POST
@permission_required("quality.work_checks", raise_exception=True)
def take(request, pk):
    return _do(request, deeds.take_check, found_check(request, pk))


@require_POST
@permission_required("quality.work_checks", raise_exception=True)
def unreached(request, pk):
    check, form = found_check(request, pk), UnreachedForm(request.POST)
    if not form.is_valid():
        return check_page(request, check, unreached=form)
    return _do(request, deeds.log_unreached, check, _("Written down."), reason=form.cleaned_data["reason"])


@require_POST
@permission_required("quality.work_checks", raise_exception=True)
def recall(request, pk):
    check = found_check(request, pk)
    form = RecallForm(request.POST, check=check)
    if not form.is_valid():
        return check_page(request, check, recall=form)
    return _do(request, deeds.record_recall, check, _("Written down."), told=form.told)


@require_POST
@permission_required("quality.work_checks", raise_exception=True)
def drop(request, pk):
    return _do(request, deeds.drop_check, found_check(request, pk), _("This customer is not called."))


@require_POST
@permission_required("quality.work_checks", raise_exception=True)
def decide(request, pk):
    check, form = found_check(request, pk), DecideForm(request.POST)
    if not form.is_valid():
        return check_page(request, check, decide=form)
    return _do(request, deeds.decide_check, check, _("Decided."), **form.cleaned_data)


@require_http_methods(["GET", "POST"])
@permission_required("quality.answer_checks", raise_exception=True)
def my_check(request, pk):
    """What the customer told about a call of mine; and my answer, where something differs."""
    check = found_check(request, pk)
    if check.person_id != request.user.pk or check.recalled_at is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deeds.answer_check(check, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
            messages.success(request, _("Your answer is written down."))
        except (*REFUSALS, ValidationError) as error:
            messages.warning(request, refusal(error))
        return redirect("quality:my_check", pk=check.pk)
    context = whole(check) | {"form": form, "may_answer": check.state in ("differs", "answered")}
    return render(request, "quality/my_check.html", context)
