from django.db import models
from django.utils.translation import gettext_lazy as _

EARLIEST_HOUR, LATEST_HOUR = 8, 20  # at which a customer may want to be called (constraint customer_preferred_hour)


class CustomerKind(models.TextChoices):
    PRIVATE = "private", _("Private")
    COMPANY = "company", _("Company")


class Stage(models.TextChoices):
    """Becoming an owner changes the stage and copies nothing."""

    PROSPECT = "prospect", _("Prospect")
    OWNER = "owner", _("Owner")
    CONTACT = "contact", _("Contact person")  # drives or brings somebody else's car


class Segment(models.TextChoices):
    """By visits within a year (DOMAIN 2.9); the numbers are dials of the store (FileDial)."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class PhoneKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")


class PhoneState(models.TextChoices):
    """What our own calls found out about a number."""

    UNKNOWN = "unknown", _("Not tried")
    GOOD = "good", _("Reached")
    WRONG = "wrong", _("Wrong person")
    DEAD = "dead", _("Not in service")


class Cover(models.TextChoices):
    """The two covers of every car. A commercial policy also has rows for what it consists of, under the names of the DMS."""

    COMPULSORY = "compulsory", _("Compulsory cover")
    COMMERCIAL = "commercial", _("Commercial cover")
    UNNAMED = "unnamed", _("Cover not named")  # a list with one expiry date that does not say of what


class DerivedDay(models.TextChoices):
    """Which day of a policy the DMS did not give, and was reckoned from the other: a term is one year."""

    START = "start", _("the day it starts")
    END = "end", _("the day it ends")


class RenewalKind(models.TextChoices):
    """How a policy came about, as the DMS tells apart."""

    NEW = "new", _("New car")
    RENEWAL = "renewal", _("Renewal")
    FIRST = "first", _("First renewal")
    REPEAT = "repeat", _("Repeated renewal")
    GAP = "gap", _("Renewal after a gap")
    PROSPECT = "prospect", _("Won over")


class RenewalGroup(models.TextChoices):
    """Whom a renewal call meets (DOMAIN 2.5): the script and the report go by it."""

    FIRST = "first", _("First year")  # the new car's first policy ends
    REPEAT = "repeat", _("Renewed here before")
    SERVICED = "serviced", _("Serviced here, insured elsewhere")
    LAPSED = "lapsed", _("Lapsed")  # the last policy known ended one to three years ago


class PaceSource(models.TextChoices):
    """Whose kilometres a day a prediction goes by."""

    OWN = "own", _("This car's own visits")
    TOLD = "told", _("The DMS")
    MODEL = "model", _("Average of the model")
    STORE = "store", _("Average of the store")
    NONE = "none", _("Months alone")


class GoneReason(models.TextChoices):
    """Why a car is no longer this customer's, or no longer on our roads; it stops what is about this car only (F7)."""

    SOLD = "sold", _("Sold or given away")
    SCRAPPED = "scrapped", _("Scrapped or a total loss")
    MOVED = "moved", _("Moved away")


class VehicleUse(models.TextChoices):
    """What a car is driven for, where that is not private use (F10)."""

    COMPANY = "company", _("Company car")
    FLEET = "fleet", _("Fleet or rental car")
    TAXI = "taxi", _("Taxi or ride-hailing car")


# Their owners plan service and insurance by themselves: reminders and care calls leave them alone (followups.rules).
SPARED_USES = (VehicleUse.FLEET, VehicleUse.TAXI)


class Channel(models.TextChoices):
    PHONE_OUT = "phone_out", _("Call to the customer")
    PHONE_IN = "phone_in", _("Call from the customer")
    SMS = "sms", _("Text message")
    WECHAT = "wechat", _("WeChat")
    VISIT = "visit", _("Visit")


class OutwardSheet(models.TextChoices):
    """What goes out of the store."""

    DMS = "dms", _("Corrections for the DMS")
    OEM = "oem", _("New-owner confirmation (form 3)")


class DuplicateReason(models.TextChoices):
    """Why two customers may be one person, the strongest first."""

    NAME_AND_NUMBER = "number", _("Same name, same number")
    NAME_AND_CAR = "car", _("Same name, same car")
    NAME_AND_ADDRESS = "address", _("Same name, same address")
    NUMBER_ONLY = "shared", _("Same number, another name")
    PICKED = "picked", _("Put side by side by hand")


class DuplicateState(models.TextChoices):
    OPEN = "open", _("To be decided")
    DIFFERENT = "different", _("Different people")
    SAME = "same", _("Same person")
