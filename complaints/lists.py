"""The list of complaints, for its page and for the sheet of it: which there are under a tab, in which order. Reads only."""

from django.utils.translation import pgettext_lazy

from complaints.models import Complaint

SCOPES = {  # scope -> label, the order of its list
    "open": (pgettext_lazy("complaints", "Open"), ("next_due_at", "id")),
    "overdue": (pgettext_lazy("complaints", "Overdue"), ("next_due_at", "id")),
    "mine": (pgettext_lazy("complaints", "Mine"), ("next_due_at", "id")),
    "all": (pgettext_lazy("complaints", "All"), ("-id",)),
}


def rows_of(user):
    """The complaints behind this reader's doors, with what their pages name."""
    return Complaint.objects.visible_to(user).select_related(
        "customer", "vehicle", "handler", "opened_by", "cause", "store"
    )


def scoped(user, now) -> dict:
    """{scope: its complaints}."""
    mine = rows_of(user)
    return {
        "open": mine.open(),
        "overdue": mine.overdue(now),
        "mine": mine.open().handled_by(user),
        "all": mine.real(),
    }


def scope_of(query) -> str:
    """The scope that the query of the list names; by default the open ones."""
    return query["scope"] if query.get("scope") in SCOPES else "open"
