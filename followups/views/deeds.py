"""The small deeds at the desk: a number put right, the card put aside, given back, kept; the draft."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Phone
from followups.forms import NumberForm, SkipForm
from followups.permissions import holds_with
from followups.reading.desk import numbers_of
from followups.reading.entries import Entries
from followups.reading.moves import taken_from
from followups.services.claims import LeaseLost, renew_lease
from followups.services.claims import release as give_back
from followups.services.claims import skip as put_aside
from followups.services.drafts import autosave_draft, save_draft
from followups.services.drafts import discard_draft as drop_draft
from followups.services.numbers import add_number, confirm_number, replace_number
from followups.views.desk import card_or_404, lease_lost, leave_for_queue, next_card, show_desk, token_of


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def correct_phone(request, pk):
    card = card_or_404(request, pk)
    entries, now = Entries.posted(request.POST), timezone.localtime()
    if not holds_with(request.user, card, token_of(request)):
        return lease_lost(request, card, entries, LeaseLost(card.lease_by))
    form = NumberForm(request.POST, phones=Phone.objects.alive().filter(customer_id=card.customer_id))
    if form.is_valid():
        chosen = put_right(card.customer, form, by=request.user, now=now)
        entries = entries.without(form.typed_in).choosing(phone=chosen.pk)
    page = numbers_of(card, request.user, entries.with_errors(form.errors), now)
    return render(request, "followups/_desk_numbers.html", {"page": page})


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def numbers(request, pk):
    """The number list read again, after something beside it was written down: a number that turned up is chosen if none was usable."""
    card, now = card_or_404(request, pk), timezone.localtime()
    entries = Entries.posted(request.POST)
    page = numbers_of(card, request.user, entries, now)
    if any(number.is_chosen and not number.is_usable for number in page.numbers):
        page = numbers_of(card, request.user, entries.without("phone"), now)
    return render(request, "followups/_desk_numbers.html", {"page": page})


def put_right(customer, form, *, by, now):
    if form.deed == "verify":
        return confirm_number(form.phone, by=by, now=now)
    if form.deed == "replace":
        return replace_number(form.phone, form.number, by=by, now=now)
    return add_number(customer, form.number, by=by, now=now)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def skip(request, pk):
    card = card_or_404(request, pk)
    form, entries = SkipForm(request.POST, prefix="skip"), Entries.posted(request.POST)
    if not form.is_valid():
        return show_desk(
            request, card, entries.with_errors({f"skip-{name}": found for name, found in form.errors.items()})
        )
    try:
        put_aside(card, token=token_of(request), by=request.user, now=timezone.now(), **form.cleaned_data)
    except LeaseLost as lost:
        return lease_lost(request, card, entries, lost)
    return next_card(request)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def release(request, pk):
    card, entries, now = card_or_404(request, pk), Entries.posted(request.POST), timezone.now()
    keep(request, card, entries, now)
    if not give_back(card, token=token_of(request), by=request.user, now=now):
        messages.info(request, _("The card of %(customer)s was not yours any more.") % {"customer": card.customer})
    return leave_for_queue(request)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def renew(request, pk):
    card = card_or_404(request, pk)
    kept = renew_lease(card, token=token_of(request), now=timezone.now())
    return render(request, "followups/_desk_lease.html", {"card": card, "kept": kept})


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def draft(request, pk):
    card, entries, now = card_or_404(request, pk), Entries.posted(request.POST), timezone.now()
    kept_at = now if keep(request, card, entries, now) else None
    taken = None if kept_at else taken_from(card, request.user)
    if taken is not None and entries.is_worth_keeping:
        save_draft(card, request.user, entries.data, now)
    return render(request, "followups/_desk_draft.html", {"kept_at": kept_at, "taken": taken})


def keep(request, card, entries, now) -> bool:
    """Keep what is worth keeping, if this page still holds the card."""
    if not entries.is_worth_keeping:
        return False
    try:
        autosave_draft(card, token=token_of(request), by=request.user, data=entries.data, now=now)
    except LeaseLost:
        return False
    return True


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def discard_draft(request, pk):
    card = card_or_404(request, pk)
    drop_draft(card, request.user)
    return HttpResponse(status=204) if request.htmx else redirect("followups:queue")
