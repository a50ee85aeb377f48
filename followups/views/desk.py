"""The desk: one card on the screen, saved and followed by the next."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from complaints.reading.causes import cause_choices
from customers.models import Phone
from followups.forms import TriedForm, VisitForm
from followups.models import CallCard, Draft, DueItem, Outcome
from followups.permissions import holds, is_held
from followups.reading.desk import desk_page, open_items
from followups.reading.entries import Entries
from followups.reading.topics import scripts_of
from followups.services.claims import LeaseLost
from followups.services.claims import take_next as claim_next
from followups.services.drafts import save_draft
from followups.services.visits import TopicGone, log_attempt, save_visit
from followups.wording import held_until, rule_label


def card_or_404(request, pk):
    """The card with what every page of it needs, if it is of the reader's store."""
    cards = CallCard.objects.visible_to(request.user).select_related("customer", "store", "lease_by")
    return get_object_or_404(cards, pk=pk)


def token_of(request) -> uuid.UUID:
    """The lease token that the page sends; one that is no token is nobody's."""
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid.UUID(int=0)


def show_desk(request, card, entries, *, notice="", word="", moved=False):
    """The desk as page or fragment; `notice` stands above the result bar, a mere `word` below the buttons (so that nothing moves),
    `moved` puts the card's address into the browser."""
    page = desk_page(card, request.user, timezone.localtime(), entries)
    context = {"page": page, "notice": notice, "word": word}
    answer = render(request, "followups/_desk.html" if request.htmx else "followups/desk.html", context)
    if moved and request.htmx:
        answer["HX-Push-Url"] = reverse("followups:desk", args=[card.pk])
    return answer


@permission_required("followups.work_queue", raise_exception=True)
def desk(request, pk):
    card = card_or_404(request, pk)
    if not holds(request.user, card):
        if is_held(card, timezone.now()):
            messages.warning(request, held_until(card.customer, card.lease_by, card.lease_until))
        else:
            messages.info(request, _("Take the card of %(customer)s first.") % {"customer": card.customer})
        return redirect("followups:queue")
    draft = Draft.objects.filter(card=card, user=request.user).first()
    return show_desk(request, card, Entries(draft.data if draft else None))


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def save(request, pk):
    return save_as_typed(request, card_or_404(request, pk), request.POST)


def save_as_typed(request, card, data, *, hand_over=None, shown=None):
    """What stands on the desk (`data`) is saved, and the next card follows; a refused save shows it (or `shown`) again with what is
    wrong."""
    form, entries, now = read_visit(data, card), shown or Entries.posted(data), timezone.now()
    if not form.is_valid():
        return show_desk(request, card, entries.with_errors(form.errors))
    typed = Entries.posted(request.POST).of_the_form
    visit = {"attempt": form.attempt(), "topics": form.topics(), "typed": typed, "also": form.also(hand_over)}
    try:
        refuse_gone(request, card, form)
        call = save_visit(card, token=token_of(request), by=request.user, now=now, **visit)
    except LeaseLost as lost:
        return lease_lost(request, card, entries, lost)
    except TopicGone as gone:
        return show_desk(request, card, entries, notice=settled_meanwhile(gone.item))
    except ValidationError as fault:
        return show_desk(request, card, entries.with_faults(fault))
    return next_card(request, notice=saved_elsewhere(request, card, call, typed, now))


def saved_elsewhere(request, card, call, typed, now) -> str:
    """Where her other window saved the card before with something else: what stood in this one is her draft; "" for a double click."""
    if call.at == now or call.undo_data["draft"] == typed:
        return ""
    save_draft(card, request.user, typed, now)
    words = _(
        "%(customer)s was saved in another window before: %(result)s. What stood here was not saved; it is kept as draft."
    )
    return words % {"customer": card.customer, "result": call.outcome.label}


def settled_meanwhile(item) -> str:
    words = _("%(topic)s is settled meanwhile. Everything else stands as you typed it.")
    return words % {"topic": rule_label(item.rule)}


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def attempt(request, pk):
    card = card_or_404(request, pk)
    phones, outcomes = choices_of(card)
    return try_as_typed(request, card, TriedForm(request.POST, phones=phones, outcomes=outcomes), request.POST)


def try_as_typed(request, card, form, data):
    """A number that was tried in vain is written down, and the next one is marked."""
    entries = Entries.posted(data)
    if not form.is_valid():
        return show_desk(request, card, entries.with_errors(form.errors))
    try:
        log_attempt(card, form.attempt(), token=token_of(request), by=request.user, now=timezone.now())
    except LeaseLost as lost:
        return lease_lost(request, card, entries, lost)
    except ValidationError as fault:
        return show_desk(request, card, entries.with_faults(fault))
    return show_desk(request, card, entries.without("phone", "level", "outcome", "note"))


def refuse_gone(request, card, form):
    """What was said about a topic that closed while it was on the screen must not vanish unseen. Raises TopicGone."""
    shown = {int(pk) for pk in request.POST.getlist("shown") if pk.isascii() and pk.isdigit()}
    gone = shown - {item.pk for item in form.items}
    item = DueItem.objects.filter(customer_id=card.customer_id, pk__in=gone).first()
    if item is not None and form.topics():
        raise TopicGone(item)


def next_card(request, *, notice=""):
    """After a saved or skipped card: the next one, or the queue where there is none."""
    card = claim_next(request.user, now=timezone.now())
    if card is None:
        messages.success(request, _("Saved. There is nobody left to call just now."))
    if notice and (card is None or not request.htmx):
        messages.warning(request, notice)
    if card is None:
        return leave_for_queue(request)
    if not request.htmx:
        return redirect("followups:desk", pk=card.pk)
    draft = Draft.objects.filter(card=card, user=request.user).first()
    entries = Entries(draft.data if draft else None)
    return show_desk(request, card_or_404(request, card.pk), entries, notice=notice, moved=True)


def leave_for_queue(request):
    if not request.htmx:
        return redirect("followups:queue")
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("followups:queue")
    return answer


def lease_lost(request, card, entries, lost):
    """Somebody else has the card now: what was typed is kept as a draft and stays on the screen."""
    card.refresh_from_db(fields=["lease_by", "lease_token", "lease_until"])
    save_draft(card, request.user, entries.of_the_form, timezone.now())
    words = _("%(person)s has taken this card meanwhile; nothing was saved. What you typed is kept as your draft.")
    if lost.by is None or lost.by == request.user:
        words = _("This card was given back meanwhile; nothing was saved. What you typed is kept: take the card again.")
    return show_desk(request, card, entries, notice=words % {"person": lost.by})


def choices_of(card):
    """(phones, {code: outcome}) that may be chosen on a card."""
    outcomes = Outcome.objects.filter(store_id=card.store_id, retired_at__isnull=True).order_by("level", "order", "id")
    return Phone.objects.alive().filter(customer_id=card.customer_id), {outcome.code: outcome for outcome in outcomes}


def read_visit(data, card):
    phones, outcomes = choices_of(card)
    items = open_items(card, timezone.now())
    scripts = scripts_of(items, card.store_id)
    causes = cause_choices(card.store_id)
    return VisitForm(data, items=items, scripts=scripts, phones=phones, outcomes=outcomes, causes=causes)
