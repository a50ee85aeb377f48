"""The situations of a call, one key each."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from followups.forms import SituationForm, TriedForm
from followups.permissions import holds_with
from followups.reading.entries import Entries
from followups.reading.situations import cars_of, people_of, scene_of
from followups.services.claims import LeaseLost
from followups.services.dials import desk_of
from followups.services.visits import saved_visit
from followups.situations import What, meet
from followups.views.desk import (
    card_or_404,
    choices_of,
    lease_lost,
    next_card,
    read_visit,
    save_as_typed,
    show_desk,
    token_of,
    try_as_typed,
)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def situation(request, pk):
    card, entries, now = card_or_404(request, pk), Entries.posted(request.POST), timezone.localtime()
    if saved_visit(token_of(request), request.user) is not None:
        return next_card(request)  # a second click
    if not holds_with(request.user, card, token_of(request)):
        return lease_lost(request, card, entries, LeaseLost(card.lease_by))
    people = [person.pk for person in people_of(request.user)]
    form = SituationForm(request.POST, cars=cars_of(card), people=people)
    if not form.is_valid():
        return show_desk(request, card, entries.with_errors(form.errors_of_fields()))
    scene = scene_of(read_visit(request.POST, card), now, card.store, desk_of(card.store).bands, form.check_at(now))
    told = form.told()
    data, is_all = meet(told, request.POST, scene)
    if told.what == What.WRONG and other_number(card, data):
        phones, outcomes = choices_of(card)
        return try_as_typed(request, card, TriedForm(data, phones=phones, outcomes=outcomes), data)
    if is_all:
        return save_as_typed(request, card, data, hand_over=form.hand_over(now), shown=entries)
    return show_desk(request, card, Entries.posted(data), word=_("Filled in. Go on, or save with Ctrl+Enter."))


@permission_required("followups.work_queue", raise_exception=True)
def colleagues(request, pk):
    """Who may be told to ring her back: read where somebody asks for it."""
    people, chosen = people_of(request.user), Entries(dict(request.GET.lists())).numbers("situation-to")
    chosen = chosen or {person.pk for person in people if person.steers}
    context = {"card": card_or_404(request, pk), "people": people, "chosen": chosen}
    return render(request, "followups/_desk_colleagues.html", context)


def other_number(card, data) -> bool:
    """Whether another of her numbers is worth a try in this sitting."""
    tried = set(card.calls.filter(visit=card.lease_token, undone_at__isnull=True).values_list("phone_id", flat=True))
    usable = card.customer.phones.filter(is_void=False).exclude(state__in=("wrong", "dead"))
    return any(str(pk) != data.get("phone") and pk not in tried for pk in usable.values_list("pk", flat=True))
