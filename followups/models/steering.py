"""Moves of cards by a manager: what was asked for, how far it is, and what became of each card (services.steering, services.bulk_moves)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from followups.choices import MoveDeed, MoveState
from followups.models.card import CallCard


class QueueMove(StoreOwned):
    """One deed of a manager on one card or many: the log of moves, and the ledger of the job where there are many.

    `params`: what was asked, as far as the deed needs it: {"people": ids in turn, "until": last day, "promises": the promises of
    the cards too, "query": the filter, "cards": ids that were ticked}. The job goes through the cards by id; `cursor` is the last one it has
    looked at. `passed`: {why: cards that were left alone}. An undo goes through the lines the same way, under the same cursor.
    """

    deed = models.CharField(_("Deed"), max_length=12, choices=MoveDeed)
    state = models.CharField(_("State"), max_length=8, choices=MoveState, default=MoveState.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("When"))
    note = models.CharField(_("Why"), max_length=200)
    params = models.JSONField(default=dict)
    wanted = models.PositiveIntegerField(default=0)  # cards, as the preview counted them
    moved = models.PositiveIntegerField(_("Cards moved"), default=0)
    passed = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("Done at"), null=True)
    undo_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone = models.PositiveIntegerField(default=0)  # cards put back; the others had been worked on or moved again
    form_key = models.UUIDField(null=True, unique=True)  # of the page it was asked from: sent twice, it is one move

    class Meta:
        verbose_name = _("Move of cards")
        verbose_name_plural = _("Moves of cards")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["store", "-id"], name="queuemove_log"),
            models.Index(
                fields=["at"], name="queuemove_unfinished", condition=models.Q(state__in=["waiting", "undoing"])
            ),
        ]

    def __str__(self):
        return f"{self.store_id} {self.deed} {self.at:%Y-%m-%d %H:%M}"


class QueueMoveLine(models.Model):
    """One card that a move has moved: `before` and `after` are what an undo puts back, and what it compares with first.

    {"assigned_to", "assigned_until", "skipped_until", "pins": {item id: [person, until]}}, moments as ISO text.
    """

    move = models.ForeignKey(QueueMove, on_delete=models.CASCADE, related_name="lines")
    card = models.ForeignKey(CallCard, on_delete=models.CASCADE, related_name="moves")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    is_undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Moved card")
        verbose_name_plural = _("Moved cards")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["move", "card"], name="queuemoveline_once")]

    def __str__(self):
        return f"{self.move_id}/{self.card_id}"
