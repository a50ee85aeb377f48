"""The recurrence radar."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from complaints.reading.radar import radar_page
from complaints.views.causes import own_store


@require_GET
@permission_required("complaints.view_radar", raise_exception=True)
def radar(request):
    page = radar_page(own_store(request), timezone.localdate())
    return render(request, "complaints/radar.html", {"page": page})
