"""Two append-only tables: `Change` (what became of a record) and `Access` (who looked at personal data)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.choices import AccessKind, Source
from audit.querysets import StampedQuerySet


class Change(models.Model):
    """One changed record at one moment: `changes` is {field: [old, new]} with JSON values; a creation has {} and `deed`='create'."""

    store_id = models.BigIntegerField(_("Store"), null=True)
    at = models.DateTimeField(_("When"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("Who"), max_length=80, blank=True)
    source = models.CharField(_("Source"), max_length=10, choices=Source)
    batch_id = models.BigIntegerField(_("Import batch"), null=True)
    deed = models.CharField(_("Deed"), max_length=40, default="edit")
    model = models.CharField(max_length=60)  # "customers.phone"
    object_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)  # whose file this belongs to, for the timeline
    changes = models.JSONField(default=dict)
    params = models.JSONField(default=dict)

    objects = StampedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Change")
        verbose_name_plural = _("Changes")
        indexes = [
            models.Index(fields=["model", "object_id", "-at"], name="change_record"),
            models.Index(
                fields=["customer_id", "-at"], name="change_customer", condition=models.Q(customer_id__isnull=False)
            ),
            # What people did, by day: a few lines beside the hundreds of thousands that imports leave.
            models.Index(fields=["store_id", "at"], name="change_people", condition=models.Q(batch_id__isnull=True)),
            models.Index(fields=["batch_id", "id"], name="change_batch", condition=models.Q(batch_id__isnull=False)),
        ]

    def __str__(self):
        return f"{self.model}:{self.object_id} {self.deed}"


class Access(models.Model):
    """One look at personal data: a revealed phone number, an export, an opened file."""

    store_id = models.BigIntegerField(_("Store"), null=True)
    at = models.DateTimeField(_("When"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("Who"), max_length=80, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=AccessKind)
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    params = models.JSONField(default=dict)

    objects = StampedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Access")
        verbose_name_plural = _("Accesses")
        indexes = [
            models.Index(fields=["customer_id", "-at"], name="access_customer"),
            models.Index(fields=["store_id", "-at"], name="access_store"),
        ]

    def __str__(self):
        return f"{self.kind} {self.model}:{self.object_id}"
