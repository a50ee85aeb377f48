"""What complaints tell on a manager's first page (settings.WAITING_LINES)."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from common.paging import capped_count
from complaints.models import Complaint
from office.waiting import Waiting


def waiting(user, now: dt.datetime) -> list[Waiting]:
    """Cases past their deadline. One query."""
    if not user.has_perm("complaints.close_complaint"):
        return []
    count = capped_count(Complaint.objects.visible_to(user).overdue(now))
    return (
        []
        if count == "0"
        else [Waiting(count, _("Complaints past their deadline"), reverse("complaints:list") + "?scope=overdue", True)]
    )
