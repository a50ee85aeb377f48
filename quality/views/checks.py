"""The lists of checks, one check, how often they agree, the dial."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.paging import keyset_page
from quality.forms import DecideForm, DialForm, RecallForm, UnreachedForm
from quality.models import QualityDial, SpotCheck
from quality.reading.checks import FEW, counts, first_day, lines, rates_of, selected, whole, with_names
from quality.services.checks import is_mine, numbers_of, obstacle_of
from quality.services.dials import change_quality_dial
from quality.wording import Obstacle


def own_store(request):
    if request.user.store is None:
        raise PermissionDenied
    return request.user.store


@require_safe
@permission_required("quality.work_checks", raise_exception=True)
def checks(request):
    store, now = own_store(request), timezone.localtime()
    tab, rows, order = selected(request.user, request.GET, now.date())
    page = keyset_page(rows, order, after=request.GET.get("after", ""))
    context = {"tab": tab, "counts": counts(store), "rows": lines(page.rows), "next": page.next, "today": now.date()}
    return render(request, "quality/checks.html", context)


@require_safe
@permission_required("quality.answer_checks", raise_exception=True)
def mine(request):
    own_store(request)
    rows = SpotCheck.objects.visible_to(request.user).filter(person=request.user, recalled_at__isnull=False)
    page = keyset_page(with_names(rows), ("-id",), after=request.GET.get("after", ""))
    return render(request, "quality/mine.html", {"rows": lines(page.rows), "next": page.next})


@require_safe
@permission_required("quality.work_checks", raise_exception=True)
def check(request, pk):
    return check_page(request, found_check(request, pk))


def found_check(request, pk):
    return get_object_or_404(with_names(SpotCheck.objects.visible_to(request.user).select_related("store")), pk=pk)


def check_page(request, check, status=200, **forms):
    """The manager's view of one check; `forms` are those that came back with faults."""
    now = timezone.localtime()
    context = whole(check)
    mine = is_mine(check, request.user, now)
    obstacle = obstacle_of(check, now=now) if check.state == "open" and not mine else None
    context |= {
        "is_mine": mine,
        "is_due": check.next_on <= now.date(),
        "obstacle": Obstacle(obstacle).label if obstacle else "",
        "numbers": numbers_of(check) if mine else [],
        "recall_form": forms.get("recall") or (RecallForm(check=check) if mine else None),
        "unreached_form": forms.get("unreached") or UnreachedForm(),
        "decide_form": forms.get("decide") or DecideForm(),
        "may_decide": check.state == "answered" or (check.state == "differs" and not check.person.is_active),
    }
    return render(request, "quality/check.html", context, status=status)


@require_safe
@permission_required("quality.work_checks", raise_exception=True)
def rates(request):
    store, now = own_store(request), timezone.localtime()
    end = now.date()
    start = first_day(end)
    context = {"rates": rates_of(store, start=start, end=end), "start": start, "end": end, "few": FEW}
    return render(request, "quality/rates.html", context)


@permission_required("quality.work_checks", raise_exception=True)
def dial(request):
    store = own_store(request)
    row = QualityDial.objects.filter(store=store).first() or QualityDial(store=store)
    form = DialForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        change_quality_dial(store, form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("quality:checks")
    return render(request, "quality/dial.html", {"form": form})
