"""Clocks: a store's dials, the ledger of pauses, the ledger of who was told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from complaints.choices import PauseEnd, Rung, Step, WaitsFor
from complaints.models.cases import Complaint


class ClockDial(StoreOwned):
    """One edition of a store's clocks; the one with the highest number holds, and without any the defaults (complaints.clocks).

    Editions are added, never rewritten: they say who has changed what, when.
    """

    number = models.PositiveIntegerField()
    rules = models.JSONField()  # complaints.clocks.Rules as plain values
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("When"))

    class Meta:
        verbose_name = _("Complaint clocks")
        verbose_name_plural = _("Complaint clocks")
        default_permissions = ()
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="clockdial_number_in_store")]

    def __str__(self):
        return f"{self.store_id} {self.number}"


class Pause(models.Model):
    """The clock of a case stood still, and why: from `began_at` to `ended_at`, at most to the agreed `until_at`."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="pauses")
    waits_for = models.CharField(_("Waits for"), max_length=10, choices=WaitsFor)
    began_at = models.DateTimeField(_("Stood still from"))
    until_at = models.DateTimeField(_("Agreed date"))
    reason = models.CharField(_("Reason"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(_("Ended at"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_why = models.CharField(max_length=10, choices=PauseEnd, blank=True)

    class Meta:
        verbose_name = _("Pause")
        verbose_name_plural = _("Pauses")
        default_permissions = ()
        ordering = ["began_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=models.Q(ended_at__isnull=True), name="pause_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__gt=models.F("began_at")), name="pause_ends_after_it_began"
            ),
        ]

    def __str__(self):
        return f"{self.complaint_id} {self.began_at}"


class Escalation(models.Model):
    """One rung of the ladder was reached, once for each step and round of the clock; how many were told.

    `is_passed`: a higher rung was reached at the same look (a machine that stood still), so nobody was told of this one.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="escalations")
    step = models.CharField(_("Step"), max_length=10, choices=Step)
    round = models.PositiveSmallIntegerField()
    rung = models.PositiveSmallIntegerField(_("Rung"), choices=Rung)
    at = models.DateTimeField(_("When"))
    due_at = models.DateTimeField(_("Was due"))
    told = models.PositiveSmallIntegerField(default=0)
    is_passed = models.BooleanField(default=False)
    # The last rung lies outside the house: somebody tells the maker, and says that it is done.
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("Escalation")
        verbose_name_plural = _("Escalations")
        default_permissions = ()
        ordering = ["at", "rung"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "step", "round", "rung"], name="escalation_once"),
        ]

    def __str__(self):
        return f"{self.complaint_id} {self.step} {self.rung}"
