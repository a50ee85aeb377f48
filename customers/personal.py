"""What follows a person, a car or a number on this floor (see common.personal)."""

from django.utils.translation import gettext_lazy as _

from common.personal import Follow, Joining, Tie

CUSTOMER, VEHICLE = "customers.Customer", "customers.Vehicle"

FOLLOWS = (
    Follow("customers.Phone", "customer", CUSTOMER, Tie.PART, merge=Joining.BY_APP),
    Follow("customers.Contact", "customer", CUSTOMER, Tie.WORK, _("There was contact with the customer.")),
    Follow("customers.Contact", "vehicle", VEHICLE, Tie.WORK, _("There was contact about the car.")),
    Follow("customers.Vehicle", "owner", CUSTOMER, Tie.FACT, _("She owns a car that stays.")),
    Follow("customers.Vehicle", "driver", CUSTOMER, Tie.FACT, _("She drives a car that stays.")),
    Follow("customers.Ownership", "customer", CUSTOMER, Tie.FACT, _("She owned a car that stays.")),
    Follow("customers.Ownership", "vehicle", VEHICLE, Tie.PART),
    Follow("customers.FormerPlate", "vehicle", VEHICLE, Tie.PART),
    Follow("customers.Delivery", "customer", CUSTOMER, Tie.FACT, _("A delivery to her stays.")),
    Follow("customers.Delivery", "vehicle", VEHICLE, Tie.FACT, _("Its delivery stays.")),
    Follow("customers.RepairOrder", "owner", CUSTOMER, Tie.FACT, _("A repair order of hers stays.")),
    Follow("customers.RepairOrder", "bringer", CUSTOMER, Tie.FACT, _("A repair order that she brought stays.")),
    Follow("customers.RepairOrder", "vehicle", VEHICLE, Tie.FACT, _("A repair order of the car stays.")),
    Follow("customers.Policy", "customer", CUSTOMER, Tie.FACT, _("An insurance policy of hers stays.")),
    Follow("customers.Policy", "vehicle", VEHICLE, Tie.FACT, _("An insurance policy of the car stays.")),
    Follow("customers.CarePlan", "vehicle", VEHICLE, Tie.DERIVED),
    Follow("customers.CarePlan", "customer", CUSTOMER, Tie.DERIVED, merge=Joining.MOVES),
    Follow("customers.Prediction", "vehicle", VEHICLE, Tie.PART),
    Follow("customers.DoNotContact", "customer", CUSTOMER, Tie.WORK, _("She does not want to be contacted.")),
    Follow(
        "customers.DoNotContact", "vehicle", VEHICLE, Tie.WORK, _("Its owner does not want to be contacted about it.")
    ),
    Follow("customers.DuplicatePair", "first", CUSTOMER, Tie.PART, merge=Joining.STAYS),
    Follow("customers.DuplicatePair", "second", CUSTOMER, Tie.PART, merge=Joining.STAYS),
    Follow("customers.OutwardLine", "customer", CUSTOMER, Tie.TRACE, merge=Joining.STAYS),
    Follow("customers.Customer", "merged_into", CUSTOMER, Tie.TRACE, merge=Joining.STAYS),
    Follow("customers.Merge", "kept", CUSTOMER, Tie.TRACE, merge=Joining.STAYS),
    Follow("customers.Merge", "gone", CUSTOMER, Tie.TRACE, merge=Joining.STAYS),
    Follow("customers.Merge", "pair", "customers.DuplicatePair", Tie.TRACE),
    Follow("customers.OutwardLine", "export", "customers.OutwardExport", Tie.PART),
)
