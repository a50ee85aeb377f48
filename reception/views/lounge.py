"""Lounge notes."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reception import services
from reception.forms import NoteForm
from reception.models import Arrival, LoungeNote
from reception.views.board import RECEIVE
from reception.views.person import back_to, render_person, tell


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def add_note(request, pk):
    rows = Arrival.objects.visible_to(request.user).standing().select_related("customer__store", "vehicle")
    arrival = get_object_or_404(rows, pk=pk)
    form = NoteForm(request.POST, store_id=arrival.store_id)
    if form.is_valid():
        try:
            made = services.add_note(arrival, by=request.user, now=timezone.now(), **form.note())
        except ValidationError as fault:
            tell(form, fault)
        else:
            words = _("The note was added.")
            if made.complaint is not None:
                words = _("The note was added, and complaint %(number)s opened.") % {"number": made.complaint.number}
            messages.success(request, words)
            return back_to(arrival.customer_id, "#lounge")
    return render_person(request, arrival.customer, 422, note=form)


@require_GET
@permission_required(RECEIVE, raise_exception=True)
def note(request, pk):
    """Where a line of the contact ledger leads: the visit that the note belongs to."""
    rows = LoungeNote.objects.visible_to(request.user).select_related("arrival")
    return back_to(get_object_or_404(rows, pk=pk).arrival.customer_id, "#lounge")
