"""The queue, and taking a card from it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.calendar import missing_years
from followups.models import CallCard
from followups.reading.bar import bar_of
from followups.reading.counts import count_words
from followups.reading.decisions import undecided_count
from followups.reading.queue import TABS, chosen, queue_page, tabs_of
from followups.rules import RULES
from followups.services.claims import AlreadyClaimed, NotOpen
from followups.services.claims import take_card as claim_card
from followups.services.claims import take_next as claim_next
from followups.services.moments import quiet_until
from followups.services.overrides import Restrained
from followups.wording import held_until, nothing_open, quiet_words


@permission_required("followups.work_queue", raise_exception=True)
def queue(request):
    now = timezone.localtime()
    tab, rule = chosen(request.GET)
    bar = bar_of(request.user, now, counted=(*TABS, "to_send"))
    page = queue_page(request.user, now, dial=bar.dial, tab=tab, rule=rule, after=request.GET.get("after", ""))
    context = {"page": page, "bar": bar, "tab": tab, "rule": rule, "rules": RULES, "tabs": tabs_of(bar), "now": now}
    context["to_send"] = count_words(bar.counts["to_send"]) if bar.counts["to_send"] else ""
    context["quiet"] = quiet_words(quiet_until(request.user.store, now=now, desk=bar.dial), now)
    if request.user.has_perm("followups.manage_queue"):
        context["missing_years"] = missing_years(request.user.store, now.date())
        context["undecided"] = undecided_count(request.user.store)
    return render(request, "followups/_queue.html" if request.htmx else "followups/queue.html", context)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def take_next(request):
    card = claim_next(request.user, now=timezone.now())
    if card is None:
        messages.info(request, _("There is nobody left to call just now."))
        return redirect("followups:queue")
    return redirect("followups:desk", pk=card.pk)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def take(request, pk):
    card = get_object_or_404(CallCard.objects.visible_to(request.user).select_related("customer"), pk=pk)
    try:
        claim_card(card.pk, user=request.user, now=timezone.now())
    except AlreadyClaimed as taken:
        messages.warning(request, held_until(card.customer, taken.by, taken.until))
        return redirect("followups:queue")
    except NotOpen:
        messages.info(request, nothing_open(card.customer))
        return redirect("followups:queue")
    except Restrained:
        return redirect("followups:override", pk=card.pk)
    return redirect("followups:desk", pk=card.pk)
