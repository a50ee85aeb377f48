"""What every record of this floor carries."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Store, StoreOwned
from accounts.querysets import StoreScopedQuerySet
from dms.models import Batch


class RecordQuerySet(StoreScopedQuerySet):
    def alive(self):
        """Not voided."""
        return self.filter(is_void=False)


class Record(StoreOwned):
    """A record that may have come from the DMS. Voided, never deleted: an undone and repeated import revives the same row."""

    # Asked for together with something else, by an index that begins with the store; one more would cost each import.
    store = models.ForeignKey(
        Store, verbose_name=_("Store"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_void = models.BooleanField(_("Void"), default=False)
    batch = models.ForeignKey(
        Batch,
        verbose_name=_("Created by import"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Moment of the last change that matters to rules; every writer sets it, so that a run finds late and corrected facts.
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
