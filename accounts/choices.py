from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is at the store; each role is a Django group of the same name (settings.ROLE_PERMISSIONS)."""

    SPECIALIST = "specialist", _("DCRC specialist")
    MANAGER = "manager", _("DCRC manager")
    ADMINISTRATOR = "administrator", _("Administrator")
