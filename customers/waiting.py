"""What the customer files tell on a manager's first page (settings.WAITING_LINES)."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.conflicts import open_count
from customers.duplicates import open_pairs_count
from office.waiting import Waiting


def waiting(user, now: dt.datetime) -> list[Waiting]:
    """Conflicts with the DMS and possible duplicates that nobody has decided. Two queries."""
    if not user.has_perm("customers.merge_customer"):
        return []
    found = (
        (open_count(user), _("Conflicts with the DMS"), "customers:conflicts"),
        (open_pairs_count(user), _("Possible duplicates"), "customers:duplicates"),
    )
    return [Waiting(count, words, reverse(name)) for count, words, name in found if count]
