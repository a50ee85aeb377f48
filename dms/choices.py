from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """uploaded -> ready (previewed) -> queued -> running -> done | failed; uploaded/ready -> cancelled."""

    UPLOADED = "uploaded", _("Uploaded")
    READY = "ready", _("Ready to import")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Importing")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Severity(models.TextChoices):
    ERROR = "error", _("Error")  # the row's group is rejected
    WARNING = "warning", _("Warning")  # the cell is left out, the stored value stays


class ConflictState(models.TextChoices):
    OPEN = "open", _("Open")
    OURS = "ours", _("Ours kept")
    THEIRS = "theirs", _("Theirs taken")
