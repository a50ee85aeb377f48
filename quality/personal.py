"""What follows a person on this floor (see common.personal)."""

from django.utils.translation import gettext_lazy as _

from common.personal import Follow, Tie

FOLLOWS = (
    Follow(
        "quality.SpotCheck", "customer", "customers.Customer", Tie.WORK, _("A call to her was drawn for a spot check.")
    ),
)
