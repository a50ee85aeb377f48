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
    SALES_HANDLER = "sales_handler", _("Complaint handler, sales")
    SERVICE_HANDLER = "service_handler", _("Complaint handler, service")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    GENERAL_MANAGER = "general_manager", _("General manager")
    ADMINISTRATOR = "administrator", _("Administrator")


class Department(models.TextChoices):
    """Where a person works, and whom a matter concerns."""

    SALES = "sales", _("Sales")
    SERVICE = "service", _("After-sales service")
    PARTS = "parts", _("Parts")
    DCRC = "dcrc", _("DCRC")
    OTHER = "other", _("Other")


HANDLER_ROLES = (Role.SALES_HANDLER, Role.SERVICE_HANDLER)
# Who sees of the shared matters only what is hers or her department's.
DEPARTMENT_ROLES = (*HANDLER_ROLES, Role.DEPARTMENT_HEAD)
# Where a person of such a role works, unless the account says otherwise.
DEPARTMENT_OF_ROLE = {Role.SALES_HANDLER: Department.SALES, Role.SERVICE_HANDLER: Department.SERVICE}


class AbsenceKind(models.TextChoices):
    """Why somebody is away. Who has left has no last day."""

    DAY_OFF = "day_off", _("Day off (roster)")
    LEAVE = "leave", _("Leave")
    ILLNESS = "illness", _("Illness")
    TRAINING = "training", _("Training")
    LEFT = "left", pgettext_lazy("absence", "Has left")
