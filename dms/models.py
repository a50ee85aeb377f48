"""Batch (one file, one sheet, one run): what was wrong with its rows, what they would change, what was not allowed to be
overwritten, what its undo had to leave, and which columns a layout was told to mean."""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from accounts.querysets import StoreScopedQuerySet
from dms.choices import BatchOrigin, BatchState, ConflictState, DifferenceKind, InboxState, Severity
from dms.querysets import BatchQuerySet, ConflictQuerySet


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
    layout_key = models.CharField(max_length=64, blank=True)  # of the headers; the same layout finds its ColumnMapping
    origin = models.CharField(_("Came by"), max_length=8, choices=BatchOrigin, default=BatchOrigin.BROWSER)
    state = models.CharField(_("State"), max_length=12, choices=BatchState, default=BatchState.UPLOADED)
    preview = models.JSONField(default=dict)  # the counts of the dry run, in the words of the --json object
    counts = models.JSONField(default=dict)  # the counts of the real run so far, likewise
    warnings = models.JSONField(default=list)  # about the file as a whole: [{"code", "params"}], worded when shown
    newest_on = models.DateField(null=True)  # the newest day among the dates of the list; an older file is told by it
    rows_total = models.PositiveIntegerField(_("Rows"), default=0)
    rows_done = models.PositiveIntegerField(_("Rows done"), default=0)
    cursor = models.JSONField(
        default=dict
    )  # where the next chunk starts; written in the same transaction as the chunk's facts
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict)
    # The undo of the batch: what it restored, retired and left alone so far, and where it goes on.
    undo = models.JSONField(default=dict)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Undone by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(_("Undone at"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("Uploaded at"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Confirmed by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("Confirmed at"), null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(
        null=True
    )  # a running batch without a heartbeat for a while is picked up by the sweep
    finished_at = models.DateTimeField(_("Finished at"), null=True)
    purged_at = models.DateTimeField(null=True)  # the file and the remarks on its rows were thrown away (dms.purging)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        ordering = ["-id"]
        default_permissions = ("view", "add")
        permissions = [("undo_batch", "Can undo an import")]
        indexes = [
            models.Index(fields=["store", "-id"], name="batch_store"),
            models.Index(
                fields=["state", "heartbeat_at"],
                name="batch_unfinished",
                condition=models.Q(state__in=["checking", "queued", "running", "undoing"]),
            ),
        ]

    def __str__(self):
        return f"{self.file_name} #{self.pk}"

    @property
    def has_landed(self):
        """It has run, what it has written stands (be it half of the file), and no undo has begun: BatchQuerySet.landed."""
        is_half = self.state == BatchState.FAILED and self.rows_done > 0
        return (self.state == BatchState.DONE or is_half) and not self.undo

    @property
    def writing_since(self):
        """The moment from which its run, or after that its undo, may have written facts."""
        begun = self.undo.get("started_at")
        return parse_datetime(begun) if begun else self.started_at or self.created_at


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
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Decided by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    undo = models.JSONField(null=True)  # what taking the decision back puts back; written by the floor that decides

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("Conflict")
        verbose_name_plural = _("Conflicts")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["store", "state", "-id"], name="conflict_open"),
            models.Index(fields=["model", "object_id", "field"], name="conflict_value"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "model", "object_id", "field"], name="conflict_once_per_batch")
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """What the field is called by the model that has it."""
        try:
            return str(apps.get_model(self.model)._meta.get_field(self.field).verbose_name)
        except (LookupError, ValueError, FieldDoesNotExist):
            return str(_("Phone number")) if self.field == "phone" else self.field


class RowChange(models.Model):
    """A cell-level difference that a preview found: the first ones of a batch, by row. Gone when the batch has run, for then
    the history (audit.Change) says it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="row_changes")
    kind = models.CharField(_("Kind"), max_length=8, choices=DifferenceKind, default=DifferenceKind.CHANGED)
    row = models.PositiveIntegerField(_("Row"))
    model = models.CharField(max_length=60)  # "customers.Vehicle"
    object_id = models.BigIntegerField(null=True)  # null: would be created
    label = models.CharField(_("Record"), max_length=120, blank=True)  # what a reader calls it
    changes = models.JSONField(
        default=dict
    )  # {field: [stored value, value of the file]}; a creation has only new values

    class Meta:
        verbose_name = _("Difference")
        verbose_name_plural = _("Differences")
        default_permissions = ()
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["batch", "kind", "row", "id"], name="rowchange_kind")]

    def __str__(self):
        return f"{self.row}: {self.model}"


class UndoRemnant(models.Model):
    """What the undo of a batch left as it is, and why: worded when shown."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="remnants")
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    label = models.CharField(_("Record"), max_length=120, blank=True)
    field = models.CharField(_("Field"), max_length=40, blank=True)  # "": the record as a whole
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Left by the undo")
        verbose_name_plural = _("Left by the undo")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "model", "object_id", "field"], name="remnant_once_per_batch")
        ]

    def __str__(self):
        return f"{self.model}:{self.object_id} {self.code}"


class ColumnMapping(StoreOwned):
    """Which header of a layout feeds which field, as somebody of the store corrected it by hand; used for the next file."""

    sheet = models.CharField(_("Sheet"), max_length=30)
    layout_key = models.CharField(max_length=64)  # see dms.recognise
    headers = models.JSONField(default=dict)  # {header as normalised: field name, or "" for "not used"}
    file_name = models.CharField(_("File"), max_length=255, blank=True)  # the one it was corrected on
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(_("Changed at"), auto_now=True)

    class Meta:
        verbose_name = _("Remembered columns")
        verbose_name_plural = _("Remembered columns")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "layout_key"], name="columnmapping_layout_in_store")]

    def __str__(self):
        return f"{self.sheet} {self.layout_key[:8]}"


class InboxQuerySet(StoreScopedQuerySet):
    def unsettled(self):
        """Taken, and not filed away yet."""
        return self.filter(settled_at=None)


class InboxFile(StoreOwned):
    """One file that was taken from the store's watched folder. The row is its ledger: see dms.inbox."""

    token = models.CharField(max_length=32, unique=True)  # the file lies in .work/TOKEN/ until it is settled
    name = models.CharField(_("File"), max_length=255)
    state = models.CharField(_("State"), max_length=12, choices=InboxState, blank=True)
    reasons = models.JSONField(default=list)  # [[code, params]], worded when shown
    batch = models.ForeignKey(
        Batch, verbose_name=_("Import"), null=True, on_delete=models.SET_NULL, related_name="inbox_files"
    )
    place = models.CharField(max_length=300, blank=True)  # where it is filed, relative to the store's folder
    heartbeat_at = models.DateTimeField(null=True)  # of the worker that has it in hand
    created_at = models.DateTimeField(_("Taken at"), auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("File of the watched folder")
        verbose_name_plural = _("Files of the watched folder")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["store", "-id"], name="inbox_store"),
            models.Index(fields=["store"], name="inbox_unsettled", condition=models.Q(settled_at=None)),
        ]

    def __str__(self):
        return self.name
