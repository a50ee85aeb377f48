from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Through which door a value came in."""

    FORM = "form", _("Typed in a form")
    CALL = "call", _("Learned on a call")
    IMPORT = "import", _("DMS import")
    SYSTEM = "system", _("System")


class AccessKind(models.TextChoices):
    VIEW = "view", _("Viewed")
    REVEAL = "reveal", _("Revealed")
    EXPORT = "export", _("Exported")
    FILE = "file", _("Opened a file")


class Deed(models.TextChoices):
    """What was done to a record, as far as the words are common to all floors; other deeds read as an edit."""

    CREATE = "create", _("Created")
    EDIT = "edit", _("Changed")
    VERIFY = "verify", _("Verified")
    VOID = "void", _("Retired")
    REVIVE = "revive", _("Restored")
    UNDO = "undo", _("Import undone")
    PRIMARY = "primary", _("Made primary")
    DO_NOT_CALL = "do_not_call", _("Do not call")
    MAY_CALL = "may_call", _("May be called again")
    GONE = "gone", _("Car gone")
    BACK = "back", _("Car there again")
    SET_WISH = "set_wish", _("Wants no contact")
    MERGE = "merge", _("Files merged")
    UNMERGE = "unmerge", _("Merge taken back")
    LIFT_WISH = "lift_wish", _("Contact allowed again")
