"""The manager's page for calls that expired unworked, and the decision about them."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from followups import wording
from followups.forms import DecisionForm
from followups.reading.decisions import chosen_items, decision_page
from followups.services.decisions import decide as write_decision


def own_store(request):
    if request.user.store is None:
        raise PermissionDenied
    return request.user.store


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def decisions(request):
    now = timezone.localtime()
    return _render(request, now, request.GET, DecisionForm(today=now.date()))


def _render(request, now, where, form):
    rule, use, after = (where.get(name, "") for name in ("rule", "use", "after"))
    page = decision_page(own_store(request), now, rule=rule, use=use, after=after)
    marked = {int(pk) for pk in request.POST.getlist("item") if pk.isdigit()}  # of a refused form
    return render(request, "followups/decisions.html", {"page": page, "form": form, "now": now, "marked": marked})


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def decide(request):
    store, now = own_store(request), timezone.localtime()
    form = DecisionForm(request.POST, today=now.date())
    if not form.is_valid():
        return _render(request, now, request.POST, form)
    values = form.cleaned_data
    try:
        done = write_decision(
            chosen_items(store, values, now.date()),
            store=store,
            by=request.user,
            now=now,
            **{name: values[name] for name in ("decision", "until", "note")},
        )
    except ValidationError as fault:
        form.add_error(None, fault)
        return _render(request, now, request.POST, form)
    for level, text in wording.decided(done, values["decision"]):
        messages.add_message(request, level, text)
    group = {"rule": values["rule"], "use": values["use"]} if done.kept or not values["whole"] else {}
    return redirect(f"{reverse('followups:decisions')}?{urlencode(group)}")
