"""What an import changed in the queue: a panel for the page of the import, which lies below this floor and knows its URL only."""

import datetime as dt

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dms.models import Batch
from followups.models import ImportEffect
from followups.reading.effects import first_customers, lines_of

PATIENCE = dt.timedelta(minutes=2)  # after that the worker is probably away
GIVEN_UP = dt.timedelta(minutes=15)  # after that no page polls any longer


@require_safe
@permission_required("followups.work_queue", raise_exception=True)
def import_effect(request, batch_id):
    batch = get_object_or_404(Batch.objects.visible_to(request.user), pk=batch_id)
    now = timezone.localtime()
    context = {"batch": batch}
    effect = ImportEffect.objects.filter(batch=batch).first()
    if effect is not None:
        context |= {"effect": effect, "lines": lines_of(effect), "first": first_customers(effect, now)}
    else:
        waited = now - batch.finished_at if batch.finished_at else GIVEN_UP
        context["is_waiting"] = batch.has_landed and waited < GIVEN_UP
        context["is_late"] = waited > PATIENCE
    return render(request, "followups/_import_effect.html", context)
