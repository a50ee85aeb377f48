"""The form field for attachments: several files, each looked at byte by byte before anything is stored."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.choices import FileType
from office.files import FileRefused, checked_type

MOST_FILES = 6


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs=None):
        endings = ",".join(f".{each.value}" for each in FileType)
        said = {  # js/file-field.js lets it speak the page's language, not the browser's
            "data-choose": _("Choose files"),
            "data-none": pgettext_lazy("files", "none chosen"),
            "data-many": _("# files chosen"),
        }
        super().__init__({"accept": endings, "class": "form-control", **said, **(attrs or {})})


class FilesField(forms.FileField):
    """Cleans to a list of uploads, each with its `file_type`; [] where none was chosen."""

    widget = FilesInput

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Photos, recordings, PDF, Word, Excel; up to 6 files."))
        super().__init__(**kwargs)

    def clean(self, data, initial=None):
        uploads = [each for each in (data if isinstance(data, (list, tuple)) else [data]) if each]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > MOST_FILES:
            raise ValidationError(_("At most %(most)s files at once.") % {"most": MOST_FILES}, code="too_many")
        faults = []
        for upload in uploads:
            try:
                upload.file_type = checked_type(upload, most=settings.ATTACHMENT_MAX_BYTES)
            except FileRefused as refused:
                faults.append(_why(upload, refused))
        if faults:
            raise ValidationError(faults)
        return uploads


def _why(upload, refused) -> ValidationError:
    sentences = {
        "empty": _("“%(name)s” is empty."),
        "too_large": _("“%(name)s” is larger than %(most)s MB."),
        "unknown": _(
            "“%(name)s” is of a type that is not taken. Taken are photos, recordings, films, PDF, Word and Excel."
        ),
        "lies": _("“%(name)s” is called %(says)s, but its content is %(holds)s. It was not taken."),
    }
    params = {
        "name": upload.name[:80],
        "most": settings.ATTACHMENT_MAX_BYTES // 1024 // 1024,
        "says": refused.says,
        "holds": refused.holds or _("something else"),
    }
    return ValidationError(sentences[refused.code] % params, code=refused.code)
