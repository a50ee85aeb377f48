"""Calls, outcomes, drafts, skips."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from complaints.models import Complaint
from customers.models import Customer, DoNotContact, Phone
from cvp.models import Response
from followups.choices import AnsweredBy, Level, OverrideReason, Restraint, SkipReason
from followups.models.card import CallCard
from followups.models.dials import Outcome, Script
from followups.models.item import DueItem, PlannedCall


class Call(StoreOwned):
    """One number tried. The calls of one sitting at a card share `visit` (the lease token)."""

    card = models.ForeignKey(CallCard, on_delete=models.PROTECT, related_name="calls")
    customer = models.ForeignKey(Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="calls")
    visit = models.UUIDField()
    phone = models.ForeignKey(Phone, null=True, on_delete=models.SET_NULL, related_name="+")
    number = models.CharField(_("Number dialled"), max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("When"))
    outcome = models.ForeignKey(Outcome, verbose_name=_("Outcome"), on_delete=models.PROTECT, related_name="+")
    level = models.CharField(_("Level"), max_length=12, choices=Level)  # of the outcome, kept for the figures
    answered_by = models.CharField(_("Who answered"), max_length=10, choices=AnsweredBy, blank=True)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    undone_at = models.DateTimeField(null=True)
    undo_data = models.JSONField(default=dict)  # what an undo of the visit puts back (services.undo)

    class Meta:
        verbose_name = _("Call")
        verbose_name_plural = _("Calls")
        default_permissions = ()
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["store", "at", "by"], name="call_day"),
            models.Index(fields=["customer", "-at"], name="call_customer"),
            models.Index(fields=["visit"], name="call_visit"),
        ]

    def __str__(self):
        return f"{self.number} {self.at:%Y-%m-%d %H:%M}"


class CallOutcome(models.Model):
    """What one call meant for one topic. Links lie here, on the upper row."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="outcomes")
    item = models.ForeignKey(DueItem, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="+")
    is_effective = models.BooleanField(default=False)  # owner or driver answered the key question
    next_at = models.DateTimeField(null=True)  # where the topic stays open: when it comes back
    response = models.ForeignKey(Response, null=True, on_delete=models.SET_NULL, related_name="+")
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.SET_NULL, related_name="+")
    planned = models.ForeignKey(PlannedCall, null=True, on_delete=models.SET_NULL, related_name="+")
    # What she does not want to be contacted about any more; an undo lifts it where this call made it.
    wish = models.ForeignKey(DoNotContact, null=True, on_delete=models.SET_NULL, related_name="+")
    # What stood on the screen while she was spoken with; null where the page did not say, and where nobody was reached.
    script = models.ForeignKey(Script, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(_("Note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Call outcome")
        verbose_name_plural = _("Call outcomes")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["call", "item"], name="calloutcome_once")]
        indexes = [
            models.Index(fields=["script"], name="calloutcome_script", condition=models.Q(script__isnull=False)),
        ]

    def __str__(self):
        return f"{self.call_id}/{self.item_id}"


class Draft(models.Model):
    """What a specialist has typed on a card and not saved yet. Survives a closed browser."""

    card = models.ForeignKey(CallCard, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    data = models.JSONField(default=dict)  # {form field name: [values]}
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Draft")
        verbose_name_plural = _("Drafts")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["card", "user"], name="draft_once")]

    def __str__(self):
        return f"{self.card_id} {self.user_id}"


class Override(StoreOwned):
    """A restraint that somebody went past, and why: the proof that nobody is called too often without a reason."""

    card = models.ForeignKey(CallCard, on_delete=models.CASCADE, related_name="overrides")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("When"))
    restraint = models.CharField(max_length=8, choices=Restraint)
    reason = models.CharField(_("Reason"), max_length=10, choices=OverrideReason)
    note = models.CharField(_("Note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Override")
        verbose_name_plural = _("Overrides")
        default_permissions = ()
        indexes = [models.Index(fields=["store", "at"], name="override_day")]

    def __str__(self):
        return f"{self.card_id} {self.restraint}"


class Skip(StoreOwned):
    """A card put aside without a call, and why."""

    card = models.ForeignKey(CallCard, on_delete=models.CASCADE, related_name="skips")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(_("Reason"), max_length=12, choices=SkipReason)
    note = models.CharField(_("Note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Skip")
        verbose_name_plural = _("Skips")
        default_permissions = ()
        indexes = [models.Index(fields=["store", "at"], name="skip_day")]

    def __str__(self):
        return f"{self.card_id} {self.reason}"
