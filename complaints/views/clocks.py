"""The page of the store's clocks."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.forms import ClocksForm
from complaints.models import ClockDial
from complaints.services.clocks import DialsChanged, dial_of, rules_of, save_rules

EDITIONS = 10


@require_http_methods(["GET", "POST"])
@permission_required("complaints.change_clocks", raise_exception=True)
def clocks(request):
    """Look at and change; every edition is kept, with who and when."""
    store, dial = request.user.store, dial_of(request.user.store)
    form = ClocksForm(request.POST or None, rules=rules_of(store), seen=dial.number if dial else 0)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            saved = save_rules(store, form.rules(), seen=seen, by=request.user, now=timezone.now())
        except DialsChanged as changed:
            who = {"person": changed.current.by, "at": timezone.localtime(changed.current.at).strftime("%m-%d %H:%M")}
            form.add_error(None, _("%(person)s changed the clocks on %(at)s. Look at them and save again.") % who)
            form.data = request.POST.copy()
            form.data["seen"] = changed.current.number
            status = 409
        else:
            messages.success(
                request, _("Saved: it holds for complaints opened from now on.") if saved else _("Nothing differs.")
            )
            return redirect("complaints:clocks")
    editions = ClockDial.objects.filter(store=store).select_related("by")[:EDITIONS]
    context = {"form": form, "editions": editions, "dial": dial}
    return render(request, "complaints/clocks.html", context, status=422 if form.errors and status == 200 else status)
