"""Steering: one customer given to a person, a card taken back, many cards moved after a look, the log and the undo."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from followups import wording
from followups.forms.moves import AssignForm, MoveForm, NoteForm
from followups.models import CallCard, DueItem, QueueMove
from followups.move_filters import MoveFilter
from followups.permissions import is_held
from followups.reading.moves import choice_page, lines_page, log_page, move_words, preview
from followups.services import steering
from followups.views.decisions import own_store

MANAGE = permission_required("followups.manage_queue", raise_exception=True)


@require_http_methods(["GET", "POST"])
@MANAGE
def assign(request, customer_id):
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("store"), pk=customer_id)
    card = CallCard.objects.filter(customer=customer).select_related("store", "assigned_to", "lease_by").first()
    form, now = AssignForm(request.POST or None, store=customer.store), timezone.localtime()
    if request.method == "POST" and form.is_valid() and card is not None:
        values = form.cleaned_data
        wish = {"to": values["person"], "until": values["until"], "note": values["note"]}
        try:
            move = steering.assign_cards([card], by=request.user, now=now, **wish)
        except ValidationError as fault:
            form.add_error(None, _at_person(fault))
        else:
            messages.add_message(request, *wording.moved_one(move, customer))
            return redirect("followups:board")
    promises = DueItem.objects.open().filter(customer=customer, due_at__isnull=False).select_related("pinned_to")
    context = {"form": form, "customer": customer, "card": card, "promises": promises, "now": now}
    return render(request, "followups/assign.html", context)


def _at_person(fault):
    """The service speaks of `people`, this form of one."""
    faults = fault.message_dict
    return ValidationError({"person" if name == "people" else name: words for name, words in faults.items()})


@require_http_methods(["GET", "POST"])
@MANAGE
def take_back(request, pk):
    cards = CallCard.objects.visible_to(request.user).select_related("customer", "lease_by")
    card, form = get_object_or_404(cards, pk=pk), NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            move = steering.take_back(card, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.add_message(request, *wording.taken_back(move, card))
            return redirect("followups:board")
    now = timezone.localtime()
    return render(request, "followups/take_back.html", {"form": form, "card": card, "is_held": is_held(card, now)})


# --- Many ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Chosen:
    """The cards a page is about: what the filter finds, as typed (`query`), or the ticked ones of them (`ids`)."""

    filter: MoveFilter
    query: dict
    ids: list[int] | None = None

    @property
    def cards(self):
        return self.filter.qs if self.ids is None else self.filter.queryset.filter(pk__in=self.ids)

    def for_service(self):
        return {"query": self.query} if self.ids is None else {"cards": self.ids}


def _chosen(request, store, now) -> Chosen:
    data = request.POST if request.method == "POST" else request.GET
    query = {name: data[name] for name in MoveFilter.Meta.fields if data.get(name)}
    cards = CallCard.objects.open().filter(store=store)
    return Chosen(MoveFilter(query, cards, store=store, today=now.date(), now=now), query)


@require_http_methods(["GET", "POST"])
@MANAGE
def move_new(request):
    """Choose, look, do: the page comes back with a preview first, and makes the move only when it is asked again."""
    store, now = own_store(request), timezone.localtime()
    chosen = _chosen(request, store, now)
    form = MoveForm(request.POST if request.method == "POST" else None, store=store)
    if request.method == "POST" and "change" not in request.POST and chosen.filter.is_valid() and form.is_valid():
        if not form.cleaned_data["whole"]:
            chosen = Chosen(chosen.filter, chosen.query, form.cleaned_data["card"])
        try:
            return _look_or_do(request, store, chosen, form, now)
        except ValidationError as fault:
            form.add_error(None, _at_fields(fault, form))
    return _choose(request, chosen, form, now)


def _choose(request, chosen, form, now):
    cards = chosen.filter.qs if chosen.filter.is_valid() else chosen.filter.queryset.none()
    rows, following, count = choice_page(cards, now, after=request.GET.get("after", ""))
    marked = {int(pk) for pk in request.POST.getlist("card") if pk.isascii() and pk.isdigit()}
    context = {"filter": chosen.filter.form, "query": chosen.query, "form": form, "marked": marked}
    return render(request, "followups/move_new.html", {**context, "rows": rows, "next": following, "count": count})


def _look_or_do(request, store, chosen, form, now):
    asked = {**form.asked(), "promises": form.cleaned_data["promises"]}
    steering.check_move(store, asked["deed"], **{name: asked[name] for name in ("people", "until", "note")}, now=now)
    if "confirm" not in request.POST:
        draft = QueueMove(store=store, at=now, **steering.written(asked))
        look = preview(chosen.cards, steering.step_of(draft), store=store, now=now)
        context = {"form": form, "look": look, "chosen": chosen, "draft": move_words([draft], now)[0]}
        return render(request, "followups/move_preview.html", context)
    key, wanted = form.cleaned_data["form_key"], chosen.cards.count()
    shared = {"by": request.user, "now": now, "wanted": wanted, "form_key": key}
    move = steering.ask_move(store, **asked, **shared, **chosen.for_service())
    if wanted <= steering.AT_ONCE:
        steering.run_move(move.pk, now=now)
    return redirect("followups:move", pk=move.pk)


def _at_fields(fault, form):
    """The service speaks of one `until`, the form of one for each deed."""
    until = "aside_until" if form.cleaned_data["deed"] == "put_aside" else "reserved_until"
    return ValidationError({until if name == "until" else name: words for name, words in fault.message_dict.items()})


# --- The log ------------------------------------------------------------------------------------------------------------
@require_safe
@MANAGE
def moves(request):
    own_store(request)
    lines, following = log_page(request.user, timezone.localtime(), after=request.GET.get("after", ""))
    return render(request, "followups/moves.html", {"lines": lines, "next": following})


@require_safe
@MANAGE
def move(request, pk):
    row = get_object_or_404(QueueMove.objects.visible_to(request.user).select_related("by", "undo_by"), pk=pk)
    now = timezone.localtime()
    context = {"line": move_words([row], now)[0]}
    if request.htmx:
        return render(request, "followups/_move.html", context)
    page = lines_page(row, after=request.GET.get("after", ""))
    return render(request, "followups/move.html", {**context, "rows": page.rows, "next": page.next})


@require_POST
@MANAGE
def move_undo(request, pk):
    row = get_object_or_404(QueueMove.objects.visible_to(request.user).select_related("store"), pk=pk)
    try:
        steering.ask_undo(row, by=request.user, now=timezone.now())
    except steering.CannotUndoMove as refusal:
        messages.warning(request, wording.why_move_stays(refusal))
    else:
        messages.success(request, _("The move is undone, where nobody has worked on the card since."))
    return redirect("followups:move", pk=row.pk)
