"""That the waiting calls of a store have to be moved, and how far that is: the ledger of the job (services.moving)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned


class CallMove(StoreOwned):
    """One row a store. Each change of its calendar or its hours counts `number` up; the job is done when it has ended under the
    number it began with.

    `heartbeat_at`: a worker is at it; null: nobody. `moved`: topics that the last finished job has moved.
    """

    number = models.PositiveIntegerField(default=0)
    with_cards = models.BooleanField(
        default=False
    )  # all open cards are worked out anew, not only those of moved topics
    asked_at = models.DateTimeField(_("Changed at"))
    heartbeat_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("Done at"), null=True)
    moved = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Move of waiting calls")
        verbose_name_plural = _("Moves of waiting calls")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store"], name="callmove_once")]

    def __str__(self):
        return f"{self.store_id} #{self.number}"
