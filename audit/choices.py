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
