from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerKind(models.TextChoices):
    PRIVATE = "private", _("Private")
    COMPANY = "company", _("Company")


class Stage(models.TextChoices):
    """Becoming an owner changes the stage and copies nothing."""

    PROSPECT = "prospect", _("Prospect")
    OWNER = "owner", _("Owner")
    CONTACT = "contact", _("Contact person")  # drives or brings somebody else's car


class PhoneKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")


class PhoneState(models.TextChoices):
    """What our own calls found out about a number."""

    UNKNOWN = "unknown", _("Not tried")
    GOOD = "good", _("Reached")
    WRONG = "wrong", _("Wrong person")
    DEAD = "dead", _("Not in service")


class Channel(models.TextChoices):
    PHONE_OUT = "phone_out", _("Call to the customer")
    PHONE_IN = "phone_in", _("Call from the customer")
    SMS = "sms", _("Text message")
    VISIT = "visit", _("Visit")
