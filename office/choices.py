from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """How much a notice presses."""

    INFO = "info", _("For information")
    WARNING = "warning", _("Look at it")
    URGENT = "urgent", _("Urgent")
