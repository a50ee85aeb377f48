"""What one import did to the queue, written down once when its run of generation has ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from dms.models import Batch


class ImportEffect(StoreOwned):
    """Of the store's day `day`, as it stood at `at`; what the desks did afterwards does not change it.

    `counts`: {rule: {"open": …, "late": …, "declined": …, "moved": …, "back": …, "closed": {CloseReason: …}}} in due items that
    hang on facts which the import made or changed (see followups.reading.effects). `customers`: how many of them are in the
    queue by it; `today`: how many of these may be called that day. `items`: ids of the first due items among them.
    """

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("When"))
    day = models.DateField(_("Day"))
    counts = models.JSONField(default=dict)
    customers = models.PositiveIntegerField(default=0)
    today = models.PositiveIntegerField(default=0)
    items = models.JSONField(default=list)

    class Meta:
        verbose_name = _("Effect of an import")
        verbose_name_plural = _("Effects of imports")
        default_permissions = ()

    def __str__(self):
        return f"{self.batch_id} {self.day}"
