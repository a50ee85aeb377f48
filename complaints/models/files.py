"""Files of a case: photos, recordings, papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.choices import FileKind
from complaints.models.cases import Complaint, ComplaintNote
from office.models import Attachment


class ComplaintFile(models.Model):
    """One file belongs to one case; `note` is the reply it came with."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("Kind"), max_length=12, choices=FileKind, default=FileKind.EVIDENCE)
    note = models.ForeignKey(ComplaintNote, null=True, on_delete=models.SET_NULL, related_name="files")

    class Meta:
        verbose_name = _("File of a complaint")
        verbose_name_plural = _("Files of complaints")
        default_permissions = ()
        ordering = ["id"]

    def __str__(self):
        return str(self.attachment)
