from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """uploaded -> [checking ->] ready (previewed) -> queued -> running -> done | failed; uploaded/ready -> cancelled.

    A long file is checked by the worker and is `checking` meanwhile; a short one goes straight to ready.
    """

    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Checking")
    READY = "ready", _("Ready to import")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Importing")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# Somebody is at work on it, or will be; the page polls.
MOVING = (BatchState.CHECKING, BatchState.QUEUED, BatchState.RUNNING)


class Severity(models.TextChoices):
    ERROR = "error", _("Error")  # the row's group is rejected
    WARNING = "warning", _("Warning")  # the cell is left out, the stored value stays


class ConflictState(models.TextChoices):
    OPEN = "open", _("To be decided")
    OURS = "ours", _("Ours kept")
    THEIRS = "theirs", _("Theirs taken")
