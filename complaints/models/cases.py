"""Complaint and its notes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.choices import OPEN_STATES, ComplaintState, Department, NoteCode, Origin, Severity
from complaints.models.causes import Cause
from complaints.querysets import ComplaintQuerySet, NoteQuerySet
from customers.models import Customer, RepairOrder, Vehicle
from customers.models.base import Record


class Complaint(Record):
    """One grievance of one customer. `deadline_at` is when it must be closed (complaints.services.close_hours); a case that
    came closed from the DMS has none.

    Only what an import brought can be void, and is then withdrawn too (`state`).
    """

    number = models.CharField(_("Number"), max_length=48)  # TS20261122-003, per store and day; DMS-… of an imported one
    dms_no = models.CharField(_("Complaint no. in the DMS"), max_length=40, blank=True)
    dms_facts = models.JSONField(default=dict, blank=True)  # {wording.FACTS: text}, what else the DMS tells
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="complaints"
    )
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), null=True, blank=True, on_delete=models.SET_NULL, related_name="complaints"
    )
    repair_order = models.ForeignKey(
        RepairOrder,
        verbose_name=_("Repair order"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="complaints",
    )
    origin = models.CharField(_("Origin"), max_length=10, choices=Origin, default=Origin.CALL)
    cause = models.ForeignKey(Cause, verbose_name=_("Cause"), on_delete=models.PROTECT, related_name="complaints")
    severity = models.CharField(_("Severity"), max_length=10, choices=Severity, default=Severity.NORMAL)
    department = models.CharField(_("Department"), max_length=10, choices=Department)
    summary = models.CharField(_("What the customer says"), max_length=500)
    state = models.CharField(_("State"), max_length=10, choices=ComplaintState, default=ComplaintState.RECEIVED)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Handler"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    deadline_at = models.DateTimeField(pgettext_lazy("complaints", "Deadline"), null=True, blank=True)
    resolution = models.CharField(_("Resolution"), max_length=500, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Opened by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField(_("Opened at"))
    solved_at = models.DateTimeField(_("Solved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    # The same as days of the store, which rules compare.
    solved_on = models.DateField(_("Solved on"), null=True, editable=False)
    closed_on = models.DateField(_("Closed on"), null=True, editable=False)
    # How often it was solved: each time the customer is rung up and asked; when she was, and by whom. Reopening forgets it.
    solved_round = models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)
    recontacted_at = models.DateTimeField(_("Customer asked at"), null=True, editable=False)
    recontacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Customer asked by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("Complaint")
        verbose_name_plural = _("Complaints")
        ordering = ["-id"]
        default_permissions = ("view", "add", "change")
        permissions = [("close_complaint", "Can close a complaint")]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="complaint_number_in_store"),
            models.UniqueConstraint(
                fields=["store", "dms_no"], condition=~models.Q(dms_no=""), name="complaint_dms_no_in_store"
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "deadline_at"],
                name="complaint_open",
                condition=models.Q(state__in=["received", "handling", "solved"]),
            ),
            models.Index(fields=["store", "-id"], name="complaint_newest"),
            models.Index(fields=["store", "changed_at"], name="complaint_changed"),
            models.Index(
                fields=["store", "solved_on"], name="complaint_solved", condition=models.Q(solved_on__isnull=False)
            ),
            models.Index(
                fields=["store", "closed_on"], name="complaint_closed", condition=models.Q(closed_on__isnull=False)
            ),
            models.Index(fields=["customer", "-id"], name="complaint_customer"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def stamp(self) -> str:
        """What a reader saw when deciding; a form sends it back, so that nobody overrules what was not seen."""
        return f"{self.state}.{self.handler_id or 0}"


class ComplaintNote(models.Model):
    """Added, never rewritten. A change of state is a note with `code` and `params`; words of people stand in `text`."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(max_length=30, blank=True)  # choices.NoteCode
    params = models.JSONField(default=dict)
    text = models.CharField(_("Note"), max_length=1000, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("Complaint note")
        verbose_name_plural = _("Complaint notes")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self):
        return self.text or self.code

    @property
    def title(self) -> str:
        """What a note of the system tells, in the reader's language."""
        return NoteCode(self.code).label if self.code else ""
