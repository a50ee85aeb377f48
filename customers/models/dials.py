"""What a store decides about its customers' files: who is in which segment, and how a file is numbered."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned

DEFAULT_RULE = "{store}-{year}-{seq:05}"


class FileDial(StoreOwned):
    """One row a store. Segment A from `segment_a` visits within `months`, B from `segment_b`, C from `segment_c`, else D."""

    months = models.PositiveSmallIntegerField(
        _("Visits within (months)"), default=12, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    segment_a = models.PositiveSmallIntegerField(_("A from (visits)"), default=4, validators=[MinValueValidator(1)])
    segment_b = models.PositiveSmallIntegerField(_("B from (visits)"), default=2, validators=[MinValueValidator(1)])
    segment_c = models.PositiveSmallIntegerField(_("C from (visits)"), default=1, validators=[MinValueValidator(1)])
    archive_rule = models.CharField(_("Archive number"), max_length=40, default=DEFAULT_RULE)

    class Meta:
        verbose_name = _("Dials of customer files")
        verbose_name_plural = _("Dials of customer files")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(fields=["store"], name="filedial_once"),
            models.CheckConstraint(
                condition=models.Q(segment_a__gt=models.F("segment_b"), segment_b__gt=models.F("segment_c")),
                name="filedial_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.store_id} {self.archive_rule}"


class ArchiveCounter(StoreOwned):
    """The last number given, per store and year (0: a rule without a year). A number that was taken and not used stays free."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Counter of archive numbers")
        verbose_name_plural = _("Counters of archive numbers")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "year"], name="archivecounter_once")]

    def __str__(self):
        return f"{self.store_id} {self.year}: {self.last}"
