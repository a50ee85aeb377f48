"""What somebody held and who has it now: the proof of a hand-over, and the note that its receiver reads."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, StoreOwned
from complaints.models import Complaint
from followups.choices import Held
from followups.models.card import CallCard
from followups.models.item import DueItem


class HandOver(StoreOwned):
    """One hand-over of one person's work. Without `by` the house did it, because an absence began or an account was closed."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    absence = models.ForeignKey(Absence, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("When"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    told_at = models.DateTimeField(null=True)  # null: whoever has to know is still to be told

    class Meta:
        verbose_name = _("Hand-over")
        verbose_name_plural = _("Hand-overs")
        default_permissions = ()
        indexes = [
            models.Index(fields=["store", "-at"], name="handover_day"),
            models.Index(fields=["store"], name="handover_untold", condition=models.Q(told_at__isnull=True)),
        ]

    def __str__(self):
        return f"{self.person_id} {self.at:%Y-%m-%d}"


class Handed(StoreOwned):
    """One thing that changed hands: a topic, a card, a draft on it, a complaint. `to` null: the team."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=9, choices=Held)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(CallCard, null=True, on_delete=models.CASCADE, related_name="handed")
    item = models.ForeignKey(DueItem, null=True, on_delete=models.CASCADE, related_name="+")
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("Handed over")
        verbose_name_plural = _("Handed over")
        default_permissions = ()
        ordering = ["id"]

    def __str__(self):
        return f"{self.kind} {self.card_id or self.complaint_id}"
