"""Batch (one file, one sheet, one run), what was wrong with its rows, and what it was not allowed to overwrite."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from dms.choices import BatchState, ConflictState, Severity


class Batch(StoreOwned):
    """One upload of one worksheet. The row is the ledger of the import: a killed worker resumes from `rows_done`."""

    file_name = models.CharField(_("File"), max_length=255)
    path = models.CharField(max_length=255, blank=True)  # relative to MEDIA_ROOT
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("Size"), default=0)
    sheet = models.CharField(_("Sheet"), max_length=30, blank=True)  # code of a dms.sheets.Sheet
    worksheet = models.CharField(_("Worksheet"), max_length=120, blank=True)
    other_worksheets = models.JSONField(default=list)
    encoding = models.CharField(_("Encoding"), max_length=20, blank=True)
    header_row = models.PositiveIntegerField(_("Header row"), null=True)
    mapping = models.JSONField(default=dict)  # {"column index": "field name"}
    columns = models.JSONField(default=list)  # every column of the worksheet, see dms.samples.sample_columns
    state = models.CharField(_("State"), max_length=12, choices=BatchState, default=BatchState.UPLOADED)
    preview = models.JSONField(default=dict)  # the counts of the dry run, in the words of the --json object
    counts = models.JSONField(default=dict)  # the counts of the real run so far, likewise
    rows_total = models.PositiveIntegerField(_("Rows"), default=0)
    rows_done = models.PositiveIntegerField(_("Rows done"), default=0)
    cursor = models.JSONField(
        default=dict
    )  # where the next chunk starts; written in the same transaction as the chunk's facts
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("Uploaded at"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(
        null=True
    )  # a running batch without a heartbeat for a while is picked up by the sweep
    finished_at = models.DateTimeField(_("Finished at"), null=True)

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        ordering = ["-id"]
        default_permissions = ("view", "add")
        indexes = [
            models.Index(fields=["store", "-id"], name="batch_store"),
            models.Index(
                fields=["state", "heartbeat_at"],
                name="batch_unfinished",
                condition=models.Q(state__in=["checking", "queued", "running"]),
            ),
        ]

    def __str__(self):
        return f"{self.file_name} #{self.pk}"


class RowError(models.Model):
    """One complaint about one cell or row. `code` and `params` are worded when shown (dms.wording)."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="row_errors")
    row = models.PositiveIntegerField(_("Row"))  # as Excel shows it
    column = models.CharField(_("Column"), max_length=120, null=True)  # noqa: DJ001 - null means "the row as a whole"
    code = models.CharField(max_length=40)
    severity = models.CharField(_("Severity"), max_length=8, choices=Severity)
    value = models.CharField(_("Value"), max_length=200, blank=True)
    params = models.JSONField(default=dict)
    suggestion = models.CharField(_("Suggestion"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Row error")
        verbose_name_plural = _("Row errors")
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["batch", "row", "id"], name="rowerror_row")]

    def __str__(self):
        return f"{self.row}: {self.code}"


class Conflict(StoreOwned):
    """A cell that was not written because DCRC had verified the stored value."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="conflicts")
    row = models.PositiveIntegerField(_("Row"))
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    field = models.CharField(_("Field"), max_length=40)
    ours = models.CharField(_("Ours"), max_length=255)
    theirs = models.CharField(_("DMS"), max_length=255)
    state = models.CharField(_("State"), max_length=8, choices=ConflictState, default=ConflictState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Conflict")
        verbose_name_plural = _("Conflicts")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["store", "state", "-id"], name="conflict_open")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "model", "object_id", "field"], name="conflict_once_per_batch")
        ]

    def __str__(self):
        return f"{self.model}:{self.object_id}.{self.field}"
