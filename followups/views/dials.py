"""The dials page: the rules in plain words, changing one after seeing what it would do, and the versions."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Store
from audit.meanwhile import told
from followups.forms import DeskDialForm, RuleDialForm
from followups.models import DialVersion
from followups.reading.dials import areas_of, desk_words, dials_by_rule, rule_words, versions_of
from followups.reading.moving import moving_of
from followups.rules import BY_CODE
from followups.services.dial_versions import restore_version, save_dials
from followups.services.dials import desk_of
from followups.services.forecast import forecast
from followups.views.decisions import own_store


@require_safe
@permission_required("followups.work_queue", raise_exception=True)
def dials(request):
    store = own_store(request)
    context = {"areas": areas_of(store), "desk": desk_words(desk_of(store)), "store": store}
    context["moving"] = moving_of([store], timezone.now())
    return render(request, "followups/dials.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("followups.manage_queue", raise_exception=True)
def dial(request, rule):
    store, now = own_store(request), timezone.localtime()
    rows = dials_by_rule(store).get(rule) if rule in BY_CODE else None
    if not rows:
        raise Http404
    form = RuleDialForm(request.POST or None, dials=rows, has_intake=len(rows) == 1)
    context = {"form": form, "rule": rule_words(BY_CODE[rule], rows)}
    if request.method == "POST" and form.is_valid():
        seen = form.fingerprint()
        if "save" in request.POST and form.cleaned_data["seen"] == seen:
            return _saved(request, store, now, rules=form.touched_changes(), note=form.cleaned_data["note"])
        context |= {"forecast": forecast(store, form.changes(), today=now.date(), now=now), "seen": seen}
        context["is_other"] = "save" in request.POST  # typed anew since the forecast: look at it first
    return render(request, "followups/dial.html", context, status=told(form))


def _saved(request, store, now, **values):
    if save_dials(store, by=request.user, now=now, **values):
        messages.success(request, _("Saved as a new version. It holds for what is made from now on."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("followups:dials")


@require_http_methods(["GET", "POST"])
@permission_required("followups.manage_queue", raise_exception=True)
def dial_desk(request):
    store, now = own_store(request), timezone.localtime()
    form = DeskDialForm(request.POST or None, dial=desk_of(store))
    if request.method == "POST" and form.is_valid():
        try:
            return _saved(request, store, now, desk=form.changes(), note=form.cleaned_data["note"])
        except ValidationError as fault:
            form.blame(fault)
    return render(request, "followups/dial_desk.html", {"form": form}, status=told(form))


@require_safe
@permission_required("followups.work_queue", raise_exception=True)
def dial_versions(request):
    rows, following = versions_of(own_store(request), request.GET.get("after", ""))
    return render(request, "followups/dial_versions.html", {"rows": rows, "next": following})


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def dial_restore(request, pk):
    version = get_object_or_404(DialVersion.objects.filter(store=own_store(request)).select_related("store"), pk=pk)
    if restore_version(version, by=request.user, now=timezone.now()):
        messages.success(request, _("Version %(number)s holds again.") % {"number": version.number})
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("followups:dial_versions")


@require_safe
@permission_required("accounts.change_calendarday", raise_exception=True)
def moving(request):
    """Whether the waiting calls of the reader's stores are being moved after a change of calendar or hours: a line that asks again."""
    stores = Store.objects.visible_to(request.user).active()
    return render(request, "followups/_moving.html", {"moving": moving_of(stores, timezone.now())})
