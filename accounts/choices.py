from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DaySource(models.TextChoices):
    """Where a day of the calendar comes from; a later source overwrites an earlier one of the same day."""

    PACKAGE = "package", _("Shipped with the software")
    IMPORTED = "imported", _("Imported list")
    PASTED = "pasted", _("Pasted list")
    COPIED = "copied", _("From another store")
    TYPED = "typed", _("Entered by hand")


class Role(models.TextChoices):
    """What a person is at the store; each role is a Django group of the same name (settings.ROLE_PERMISSIONS)."""

    SPECIALIST = "specialist", _("DCRC specialist")
    MANAGER = "manager", _("DCRC manager")
    RECEPTION = "reception", _("Reception")
    ADMINISTRATOR = "administrator", _("Administrator")


class AbsenceKind(models.TextChoices):
    """Why somebody is away. Who has left has no last day."""

    DAY_OFF = "day_off", _("Day off (roster)")
    LEAVE = "leave", _("Leave")
    ILLNESS = "illness", _("Illness")
    TRAINING = "training", _("Training")
    LEFT = "left", pgettext_lazy("absence", "Has left")
