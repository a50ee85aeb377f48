from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """How much a notice presses."""

    INFO = "info", _("For information")
    WARNING = "warning", _("Look at it")
    URGENT = "urgent", _("Urgent")


class JobKind(models.TextChoices):
    EXPORT = "export", _("List export")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting for its turn")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
