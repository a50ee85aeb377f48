"""What follows a person, a car or an order on this floor (see common.personal)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal import Follow, Tie

_ALIVE = Q(is_void=False)
_REASON = _("There is a complaint about it.")
FOLLOWS = (
    Follow(
        "complaints.Complaint", "customer", "customers.Customer", Tie.WORK, _("The customer has complained."), _ALIVE
    ),
    Follow("complaints.Complaint", "vehicle", "customers.Vehicle", Tie.WORK, _REASON, _ALIVE),
    Follow("complaints.Complaint", "repair_order", "customers.RepairOrder", Tie.WORK, _REASON, _ALIVE),
    Follow("complaints.Lesson", "complaint", "complaints.Complaint", Tie.WORK, _("What it taught is written down.")),
    Follow(
        "complaints.LibraryEntry", "complaint", "complaints.Complaint", Tie.WORK, _("It stands in the case library.")
    ),
    Follow(
        "complaints.CasePick", "complaint", "complaints.Complaint", Tie.WORK, _("It was chosen for a case analysis.")
    ),
    Follow("complaints.Penalty", "complaint", "complaints.Complaint", Tie.WORK, _("A penalty was proposed for it.")),
    Follow("complaints.Recurrence", "complaint", "complaints.Complaint", Tie.TRACE),
    Follow("complaints.ComplaintFile", "complaint", "complaints.Complaint", Tie.WORK, _("There are files of it.")),
    Follow("complaints.Callout", "complaint", "complaints.Complaint", Tie.WORK, _("An engineer was called out.")),
    Follow("complaints.ComplaintNote", "complaint", "complaints.Complaint", Tie.WORK, _("Somebody has worked on it.")),
)
