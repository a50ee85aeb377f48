"""Penalty: what one member of staff shall bear for one case (一单一罚), and its log."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import StoreOwned
from complaints.choices import PenaltyCode, PenaltyKind, PenaltyState
from complaints.models.cases import Complaint
from complaints.models.files import ComplaintFile
from complaints.querysets import PenaltyQuerySet

_PERSON = {"to": settings.AUTH_USER_MODEL, "null": True, "related_name": "+"}


class Penalty(StoreOwned):
    """At most one for a case, withdrawn or not. Nobody decides what she proposed, nor about herself; no appeal without the customer's
    signed proof among the files of the case. `person` has an account; of who has none there is the name alone.
    """

    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, related_name="penalty")
    person = models.ForeignKey(verbose_name=_("Person concerned"), on_delete=models.PROTECT, **_PERSON)
    name = models.CharField(_("Name"), max_length=40)
    kind = models.CharField(_("Kind of penalty"), max_length=10, choices=PenaltyKind)
    amount = models.PositiveIntegerField(_("Amount (yuan)"), null=True, blank=True)
    grounds = models.CharField(_("Grounds"), max_length=500)
    state = models.CharField(_("State"), max_length=10, choices=PenaltyState, default=PenaltyState.PROPOSED)
    proposed_by = models.ForeignKey(verbose_name=_("Proposed by"), on_delete=models.PROTECT, **_PERSON)
    decided_by = models.ForeignKey(verbose_name=_("Decided by"), on_delete=models.PROTECT, **_PERSON)
    proof = models.ForeignKey(ComplaintFile, null=True, on_delete=models.PROTECT, related_name="+")
    appeal_decided_by = models.ForeignKey(verbose_name=_("Appeal decided by"), on_delete=models.PROTECT, **_PERSON)

    objects = PenaltyQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of staff", "Penalty")
        verbose_name_plural = pgettext_lazy("of staff", "Penalties")
        default_permissions = ()
        permissions = [
            ("propose_penalty", "Can propose a penalty for a complaint and see all of them"),
            ("decide_penalty", "Can decide penalties and appeals against them"),
        ]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | (~Q(decided_by=F("proposed_by")) & (Q(person=None) | ~Q(decided_by=F("person")))),
                name="penalty_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_by=None)
                | (~Q(appeal_decided_by=F("decided_by")) & (Q(person=None) | ~Q(appeal_decided_by=F("person")))),
                name="penalty_appeal_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("appealed", "upheld", "lifted")) | Q(proof__isnull=False),
                name="penalty_appeal_with_proof",
            ),
            models.CheckConstraint(
                condition=Q(kind="fine", amount__isnull=False, amount__gte=1) | (~Q(kind="fine") & Q(amount=None)),
                name="penalty_fine_has_amount",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.complaint_id}"


class PenaltyLine(models.Model):
    """Who said and did what, in order: added, never rewritten."""

    penalty = models.ForeignKey(Penalty, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(on_delete=models.SET_NULL, **_PERSON)
    code = models.CharField(max_length=10, choices=PenaltyCode)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Line of a penalty")
        verbose_name_plural = _("Lines of penalties")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self):
        return self.code
