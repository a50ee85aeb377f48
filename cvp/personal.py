"""What follows a person or a car on this floor (see common.personal)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal import Follow, Tie

_GIVEN = Q(is_void=False)
FOLLOWS = (
    Follow(
        "cvp.Response", "customer", "customers.Customer", Tie.WORK, _("The customer has answered questions."), _GIVEN
    ),
    Follow("cvp.Response", "vehicle", "customers.Vehicle", Tie.WORK, _("Questions about it were answered."), _GIVEN),
)
