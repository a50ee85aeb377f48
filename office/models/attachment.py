"""Attachment: a file that somebody gave us, kept outside the web root."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from office.choices import SHOWN_INLINE, FileType


class Attachment(StoreOwned):
    """A file below MEDIA_ROOT. What it belongs to says the row above that points here. Its type is what its bytes say (office.files)."""

    path = models.CharField(max_length=255, unique=True)  # relative to MEDIA_ROOT; a random name without an ending
    name = models.CharField(_("File name"), max_length=150)  # as the person called it
    type = models.CharField(_("Type"), max_length=5, choices=FileType)
    size = models.PositiveBigIntegerField(_("Size"))  # bytes
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Added by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("Added at"))

    class Meta:
        verbose_name = _("Attachment")
        verbose_name_plural = _("Attachments")
        default_permissions = ()

    def __str__(self):
        return self.name

    @property
    def kind(self) -> str:
        """How it is looked at: "image", "audio", "video", "document"."""
        return FileType(self.type).kind

    @property
    def media_type(self) -> str:
        return FileType(self.type).media_type

    @property
    def is_shown(self) -> bool:
        """A browser shows it by itself; everything else is saved."""
        return self.type in SHOWN_INLINE
