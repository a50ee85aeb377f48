from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """uploaded -> [checking ->] ready (previewed) -> queued -> running -> done | failed; uploaded/ready -> cancelled;
    done/failed -> undoing -> undone.

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
    UNDOING = "undoing", _("Undoing")
    UNDONE = "undone", _("Undone")


# Somebody is at work on it, or will be; the page polls.
MOVING = (BatchState.CHECKING, BatchState.QUEUED, BatchState.RUNNING, BatchState.UNDOING)


# A person has not said yet whether it shall run.
UNDECIDED = (BatchState.UPLOADED, BatchState.CHECKING, BatchState.READY)


# What such a batch brought stands for nothing any more.
TAKEN_BACK = (BatchState.UNDOING, BatchState.UNDONE)


class BatchOrigin(models.TextChoices):
    """By which door the file came."""

    BROWSER = "browser", _("Uploaded in the browser")
    COMMAND = "command", _("Command line")
    INBOX = "inbox", _("Watched folder")


class DifferenceKind(models.TextChoices):
    """What a preview found about a record."""

    CHANGED = "changed", _("Changed records")
    NEW = "new", _("New records")
    CONFLICT = "conflict", _("Conflicts")  # DCRC has verified the stored value: it stays


class Severity(models.TextChoices):
    ERROR = "error", _("Error")  # the row's group is rejected
    WARNING = "warning", _("Warning")  # the cell is left out, the stored value stays


class ConflictState(models.TextChoices):
    OPEN = "open", _("To be decided")
    OURS = "ours", _("Ours kept")
    THEIRS = "theirs", _("Theirs taken")
    VERIFY = "verify", _("To be verified by a call")


class InboxState(models.TextChoices):
    """What became of a file of the watched folder; "" while nobody knows yet."""

    IMPORTED = "imported", _("Imported")
    REPEATED = "repeated", _("Taken in before")
    WAITING = "waiting", _("Waits for a decision")
    REFUSED = "refused", _("Not imported")
