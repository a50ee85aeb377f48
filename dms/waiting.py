"""What imports tell on a manager's first page (settings.WAITING_LINES)."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from common.paging import capped_count
from dms.choices import BatchState
from dms.models import Batch
from office.waiting import Waiting


def waiting(user, now: dt.datetime) -> list[Waiting]:
    """Files that were looked through and are confirmed by nobody. One query."""
    if not user.has_perm("dms.add_batch"):
        return []
    count = capped_count(Batch.objects.visible_to(user).filter(state=BatchState.READY))
    address = f"{reverse('dms:list')}?state={BatchState.READY}"
    return [] if count == "0" else [Waiting(count, _("Imports to be confirmed"), address)]
