"""Emergencies: raised, engineers called out, the maker told."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from complaints import forms, services
from complaints.models import Callout, Complaint, Escalation
from complaints.views.page import take_step

CHANGE = permission_required("complaints.change_complaint", raise_exception=True)


def _of_visible(request, model, pk):
    """A row that hangs on a case this reader sees."""
    cases = Complaint.objects.visible_to(request.user)
    return get_object_or_404(model.objects.filter(complaint__in=cases).select_related("complaint"), pk=pk)


@require_POST
@CHANGE
def emergency(request, pk):
    def deed(complaint, data):
        services.raise_emergency(complaint, data["kind"], by=request.user, now=timezone.now())

    return take_step(request, pk, forms.EmergencyForm, deed, _("Everybody who has to know was told."))


@require_POST
@CHANGE
def callout(request, pk):
    def deed(complaint, data):
        data.pop("seen")
        services.call_engineer(complaint, **data, by=request.user, now=timezone.now())

    return take_step(request, pk, forms.CalloutForm, deed, _("The call-out is noted."))


@require_POST
@CHANGE
def arrival(request, pk):
    row = _of_visible(request, Callout, pk)

    def deed(complaint, data):
        data.pop("seen")
        services.note_arrival(row, **data, by=request.user, now=timezone.now())

    return take_step(request, row.complaint_id, forms.ArrivalForm, deed, _("The arrival is noted."))


@require_POST
@CHANGE
def oem_told(request, pk):
    row = _of_visible(request, Escalation, pk)

    def deed(complaint, data):
        services.tell_maker(row, by=request.user, now=timezone.now())

    return take_step(request, row.complaint_id, forms.TakeoverForm, deed, _("Noted: the maker knows."))
