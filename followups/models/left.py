"""A card that somebody took and left again without a result: her tray of what is not finished."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from followups.choices import LeftWhy
from followups.models.card import CallCard


class LeftCard(models.Model):
    """One row a card and person, of the last time. It stands in her tray (reading.bar) until the card is called, put aside or closed.

    A lease that ran out leaves no row: the card itself says so as long as nobody else has taken it.
    """

    card = models.ForeignKey(CallCard, on_delete=models.CASCADE, related_name="left")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="left_cards")
    at = models.DateTimeField()
    why = models.CharField(max_length=8, choices=LeftWhy)

    class Meta:
        verbose_name = _("Card left unfinished")
        verbose_name_plural = _("Cards left unfinished")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["card", "user"], name="leftcard_once")]
        indexes = [models.Index(fields=["user", "at"], name="leftcard_tray")]

    def __str__(self):
        return f"{self.card_id} {self.user_id} {self.why}"
