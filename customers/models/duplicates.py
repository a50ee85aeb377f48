"""Two customers who may be one person. Doubt makes a new customer and a line here, never a wrong merge."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from customers.choices import DuplicateReason, DuplicateState
from customers.models.people import Customer


class DuplicatePair(StoreOwned):
    """`rank` orders by strength of the reason (0 is strongest); `shared` is what both have, as stored (a number, a VIN, an
    address). A decided pair is not asked about again; an open one goes when what it rests on has gone."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("Reason"), max_length=8, choices=DuplicateReason)
    rank = models.PositiveSmallIntegerField(default=0)
    shared = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=DuplicateState, default=DuplicateState.OPEN)
    found_at = models.DateTimeField(_("Found at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Decided by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True)

    class Meta:
        verbose_name = _("Possible duplicate")
        verbose_name_plural = _("Possible duplicates")
        default_permissions = ()
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicatepair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicatepair_in_order"),
        ]
        indexes = [models.Index(fields=["store", "state", "rank", "id"], name="duplicatepair_open")]

    def __str__(self):
        return f"{self.first_id} – {self.second_id}"
