"""What follows a person, a car or an order on this floor (see common.personal)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal import Follow, Tie

CUSTOMER, VEHICLE, ORDER = "customers.Customer", "customers.Vehicle", "customers.RepairOrder"
_STANDING = Q(withdrawn_at__isnull=True)
_CAME = _("The customer was expected, or received, at the store.")
_ASKED = _("Added work was proposed to the customer.")
FOLLOWS = (
    Follow("reception.Arrival", "customer", CUSTOMER, Tie.WORK, _CAME, _STANDING),
    Follow("reception.Arrival", "vehicle", VEHICLE, Tie.WORK, _CAME, _STANDING),
    Follow("reception.Arrival", "came_with", ORDER, Tie.TRACE),
    Follow("reception.AddedWork", "customer", CUSTOMER, Tie.WORK, _ASKED),
    Follow("reception.AddedWork", "vehicle", VEHICLE, Tie.WORK, _ASKED),
    Follow("reception.AddedWork", "repair_order", ORDER, Tie.WORK, _ASKED),
)
