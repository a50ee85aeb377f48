"""What the spot checks tell on a manager's first page (settings.WAITING_LINES)."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from office.waiting import Waiting
from quality.reading.checks import counts


def waiting(user, now: dt.datetime) -> list[Waiting]:
    """Customers to be called again, and differences to be decided. One query."""
    if user.store is None or not user.has_perm("quality.work_checks"):
        return []
    told, address = counts(user.store), reverse("quality:checks")
    found = (
        (told["call"], _("Spot checks to be called"), ""),
        (told["differs"], _("Differences not settled yet"), "?tab=differs"),
    )
    return [Waiting(f"{count:,}", words, address + query) for count, words, query in found if count]
