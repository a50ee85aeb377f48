"""Going past a restraint with a reason, and the list of who did."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.paging import keyset_page
from followups.forms import OverrideFilter, OverrideForm
from followups.models import CallCard, Override
from followups.reading.restraint import obstacle_words
from followups.services.claims import AlreadyClaimed, NotOpen, take_card
from followups.services.overrides import Why, obstacles_of
from followups.wording import held_until, nothing_open


@permission_required("followups.work_queue", raise_exception=True)
def override(request, pk):
    cards = CallCard.objects.visible_to(request.user).select_related("customer", "store")
    card, now = get_object_or_404(cards, pk=pk), timezone.localtime()
    form = OverrideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return go_on(request, card, Why(**form.cleaned_data), now)
    words = [obstacle_words(obstacle, now) for obstacle in obstacles_of(card, request.user, now)]
    return render(request, "followups/override.html", {"card": card, "form": form, "obstacles": words})


def go_on(request, card, why, now):
    try:
        take_card(card.pk, user=request.user, now=now, why=why)
    except AlreadyClaimed as taken:
        messages.warning(request, held_until(card.customer, taken.by, taken.until))
        return redirect("followups:queue")
    except NotOpen:
        messages.info(request, nothing_open(card.customer))
        return redirect("followups:queue")
    return redirect("followups:desk", pk=card.pk)


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def overrides(request):
    form = OverrideFilter(request.GET, store=request.user.store)
    rows = Override.objects.visible_to(request.user).select_related("by", "card__customer")
    page = keyset_page(form.narrow(rows), ("-at", "-id"), after=request.GET.get("after", ""))
    return render(request, "followups/overrides.html", {"form": form, "rows": page.rows, "next": page.next})
