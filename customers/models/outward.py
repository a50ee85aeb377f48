"""What was told to the outside, and when: corrections for the DMS, new owners for the manufacturer."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from customers.choices import OutwardSheet
from customers.models.people import Customer


class OutwardExport(StoreOwned):
    """One sheet that was made, with its lines: it can be downloaded again as it was.

    Corrections are read from the history. A change may be committed after one with a higher id, so the next sheet begins at
    `since_id`, a day's ids before this one was made, and leaves out `seen`, the ids beyond it that were read already.
    """

    sheet = models.CharField(_("Sheet"), max_length=8, choices=OutwardSheet)
    start = models.DateField(_("Delivered from"), null=True)
    end = models.DateField(_("Delivered until"), null=True)
    since_id = models.BigIntegerField(default=0)
    seen = models.JSONField(default=list)
    columns = models.JSONField(default=list)  # as they were headed
    rows = models.PositiveIntegerField(_("Lines"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("Made at"))

    class Meta:
        verbose_name = _("Outward sheet")
        verbose_name_plural = _("Outward sheets")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["store", "sheet", "-id"], name="outward_newest")]

    def __str__(self):
        return f"{self.sheet} #{self.pk}"


class OutwardLine(models.Model):
    """One line of a sheet: about which record, and `value` as it was told."""

    export = models.ForeignKey(OutwardExport, on_delete=models.CASCADE, related_name="lines")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=60)  # "customers.phone"
    object_id = models.BigIntegerField()
    field = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=255, blank=True)
    cells = models.JSONField(default=list)  # texts in the order of OutwardExport.columns

    class Meta:
        verbose_name = _("Line of an outward sheet")
        verbose_name_plural = _("Lines of outward sheets")
        default_permissions = ()
        ordering = ["id"]
        indexes = [
            models.Index(fields=["customer", "field"], name="outwardline_told"),
            models.Index(fields=["model", "object_id"], name="outwardline_record"),
        ]

    def __str__(self):
        return f"{self.model}:{self.object_id}.{self.field}"
