"""Two files that were one person, made one: what was done, so that it can be taken back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from customers.models.duplicates import DuplicatePair
from customers.models.people import Customer


class Merge(StoreOwned):
    """`gone` became part of `kept`. It stands until `undone_at`.

    laid_aside: {field: value} that was not chosen: an import that tells it again says nothing new (sheets.merged).
    done: what an undo puts back (services.merging); remnants: {code: number} of what an undo had to leave with the kept file.
    """

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    gone = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    pair = models.ForeignKey(DuplicatePair, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("When"))
    laid_aside = models.JSONField(default=dict)
    done = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    remnants = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Merge of two files")
        verbose_name_plural = _("Merges of files")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=models.Q(undone_at__isnull=True), name="merge_gone_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kept", "-id"], name="merge_kept"),
            models.Index(fields=["store", "-id"], name="merge_newest"),
        ]

    def __str__(self):
        return f"{self.gone_id} → {self.kept_id}"
