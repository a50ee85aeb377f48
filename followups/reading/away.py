"""What the desk tells a person who was away: her own promises that came due meanwhile and wait."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from followups import wording
from followups.models import DueItem

SHOWN = 5


def promises_missed(user, since: dt.datetime, now: dt.datetime) -> list[tuple[str, str]]:
    """[(words, address)] of settings.AWAY_LINES; the earliest first. One query."""
    if not user.has_perm("followups.work_queue"):
        return []
    late = DueItem.objects.visible_to(user).open().filter(pinned_to=user, due_at__gt=since, due_at__lte=now)
    late = list(late.order_by("due_at", "pk").values_list("customer__name", "due_at")[:100])
    address = f"{reverse('followups:queue')}?tab=mine"
    lines = [
        (_("%(name)s was promised a call for %(moment)s") % {"name": name, "moment": wording.moment(at, now)}, address)
        for name, at in late[:SHOWN]
    ]
    if more := len(late) - SHOWN if len(late) > SHOWN else 0:
        words = ngettext("and %(n)d more promise", "and %(n)d more promises", more) % {"n": more}
        lines.append((words, address))
    return lines
