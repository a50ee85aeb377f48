"""Handing over what a person holds, and what became of it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Absence, User
from followups.forms.handing import HandOverForm
from followups.models import HandOver
from followups.reading.holdings import handed_page, holdings_of, present_team, receivers_of
from followups.services.handing import hand_over as write_hand_over
from followups.services.handing import kinds_words


def _person_or_404(request, pk):
    """Whom the reader may see; what is handed over lies at that person's store."""
    person = get_object_or_404(User.objects.visible_to(request.user).select_related("store"), pk=pk)
    if person.store is None:
        raise Http404
    return person


def _absence_of(request, person):
    wanted = request.GET.get("absence", "")
    rows = Absence.objects.filter(person=person).alive().select_related("deputy")
    return rows.filter(pk=wanted).first() if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None


def _through(request, absence):
    """Up to which day promises are shown and moved: what the page said when it was sent, else the absence's last day."""
    try:
        typed = parse_date(request.POST.get("through", ""))
    except ValueError:
        typed = None
    return typed if request.method == "POST" else absence and absence.last_on


@require_http_methods(["GET", "POST"])
@permission_required("followups.hand_over", raise_exception=True)
def hand_over(request, pk):
    person, now = _person_or_404(request, pk), timezone.localtime()
    store, absence = person.store, _absence_of(request, person)
    through = _through(request, absence)
    holdings = holdings_of(person, store, now, through=through)
    receivers = receivers_of(person, store, store.day_of(now))
    people = {"receivers": receivers, "team": present_team(receivers, person), "deputy": absence and absence.deputy}
    form = HandOverForm(request.POST or None, holdings=holdings, initial={"through": through}, **people)
    if request.method == "POST" and form.is_valid():
        how = {"store": store, "by": request.user, "now": timezone.now(), "note": form.cleaned_data["note"]}
        return _done(request, person, write_hand_over(person, form.targets(), through=through, absence=absence, **how))
    context = {"person": person, "form": form, "absence": absence, "through": through}
    context["earlier"] = HandOver.objects.filter(store=store, person=person).select_related("by").order_by("-at")[:10]
    return render(request, "followups/hand_over.html", context)


def _done(request, person, row):
    if row is None:
        messages.info(request, _("Nothing was handed over: everything stays, or has gone already."))
        return redirect("followups:hand_over", pk=person.pk)
    kinds = {}
    for kind in row.lines.values_list("kind", flat=True):
        kinds[kind] = kinds.get(kind, 0) + 1
    messages.success(request, _("Handed over: %(what)s.") % {"what": kinds_words(kinds)})
    return redirect("followups:handed", pk=row.pk)


@require_safe
@permission_required("followups.work_queue", raise_exception=True)
def handed(request, pk):
    """What went where. Whoever hands over reads all of it, the others what came to them or to the team."""
    rows = HandOver.objects.visible_to(request.user).select_related("person", "by")
    over, whole = get_object_or_404(rows, pk=pk), request.user.has_perm("followups.hand_over")
    context = {"page": handed_page(over, request.user, whole=whole), "now": timezone.localtime(), "whole": whole}
    return render(request, "followups/handed.html", context)
