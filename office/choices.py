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


class FileType(models.TextChoices):
    """What may be attached. The value is the ending it is handed out with."""

    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    GIF = "gif", "GIF"
    WEBP = "webp", "WebP"
    HEIC = "heic", "HEIC"
    PDF = "pdf", "PDF"
    WORD = "docx", "Word"
    EXCEL = "xlsx", "Excel"
    MP3 = "mp3", "MP3"
    M4A = "m4a", "M4A"
    WAV = "wav", "WAV"
    AMR = "amr", "AMR"
    OGG = "ogg", "Ogg"
    MP4 = "mp4", "MP4"
    MOV = "mov", "QuickTime"

    @property
    def kind(self) -> str:
        """How it is looked at: "image", "audio", "video", "document"."""
        return next((kind for kind, types in _KINDS.items() if self in types), "document")

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_T = FileType
_KINDS = {
    "image": (_T.JPEG, _T.PNG, _T.GIF, _T.WEBP, _T.HEIC),
    "audio": (_T.MP3, _T.M4A, _T.WAV, _T.AMR, _T.OGG),
    "video": (_T.MP4, _T.MOV),
}
_MEDIA_TYPES = {
    _T.JPEG: "image/jpeg",
    _T.PNG: "image/png",
    _T.GIF: "image/gif",
    _T.WEBP: "image/webp",
    _T.HEIC: "image/heic",
    _T.PDF: "application/pdf",
    _T.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    _T.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    _T.MP3: "audio/mpeg",
    _T.M4A: "audio/mp4",
    _T.WAV: "audio/wav",
    _T.AMR: "audio/amr",
    _T.OGG: "audio/ogg",
    _T.MP4: "video/mp4",
    _T.MOV: "video/quicktime",
}
# What a browser shows by itself without running anything in it.
SHOWN_INLINE = (_T.JPEG, _T.PNG, _T.GIF, _T.WEBP)
