"""Complaint and its notes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.choices import (
    OPEN_STATES,
    ComplaintState,
    Department,
    Emergency,
    NoteCode,
    NoteKind,
    Origin,
    Severity,
    Step,
    WaitsFor,
)
from complaints.models.causes import Cause
from complaints.querysets import ComplaintQuerySet, NoteQuerySet
from customers.models import Customer, RepairOrder, Vehicle
from customers.models.base import Record


class Complaint(Record):
    """One grievance of one customer.

    Each step has a moment by which it must be done and one when it was: `answer_due_at`/`answered_at`, `plan_due_at`/`planned_at`,
    `deadline_at`/`solved_at`, `recontact_due_at`/`recontacted_at`; a case that came from the DMS has `deadline_at` at most. They follow
    from `allowed` (working seconds by step) on the store's calendar (services.clocks), and `next_step`, `next_due_at` are the one that
    is due first; while it waits none is.

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
    wish = models.CharField(_("What the customer wants"), max_length=500, blank=True)
    emergency = models.CharField(_("Emergency"), max_length=10, choices=Emergency, blank=True)
    oem_no = models.CharField(_("Case no. of the maker"), max_length=40, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=ComplaintState, default=ComplaintState.RECEIVED)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Handler"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # What it waits for, until when by agreement, since when; empty in every other state.
    waits_for = models.CharField(_("Waits for"), max_length=10, choices=WaitsFor, blank=True)
    waits_until = models.DateTimeField(_("Agreed date"), null=True, blank=True)
    waits_since = models.DateTimeField(null=True, editable=False)
    appealed_from = models.CharField(max_length=10, choices=ComplaintState, blank=True, editable=False)
    allowed = models.JSONField(
        null=True, editable=False
    )  # {Step: seconds of working time}, pauses and extensions included
    clock_from = models.DateTimeField(null=True, editable=False)  # the solution's clock: opened, or opened again
    clock_round = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False
    )  # reopened or extended so often
    answer_due_at = models.DateTimeField(_("First answer by"), null=True, editable=False)
    answered_at = models.DateTimeField(_("First answered at"), null=True, editable=False)
    plan_due_at = models.DateTimeField(_("Plan by"), null=True, editable=False)
    planned_at = models.DateTimeField(_("Planned at"), null=True, editable=False)
    deadline_at = models.DateTimeField(pgettext_lazy("complaints", "Deadline"), null=True, blank=True)
    recontact_due_at = models.DateTimeField(_("To be asked again by"), null=True, editable=False)
    next_step = models.CharField(max_length=10, choices=Step, blank=True, default="", db_default="", editable=False)
    next_due_at = models.DateTimeField(null=True, editable=False)
    resolution = models.CharField(_("Resolution"), max_length=500, blank=True)
    compensation = models.CharField(_("What the customer was given for it"), max_length=200, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Opened by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField(_("Opened at"))
    solved_at = models.DateTimeField(_("Solved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    # The same as days of the store, which rules compare.
    solved_on = models.DateField(_("Solved on"), null=True, editable=False)
    closed_on = models.DateField(_("Closed on"), null=True, editable=False)
    reopened_at = models.DateTimeField(_("Reopened at"), null=True, editable=False)  # the last time
    times_reopened = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
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
        permissions = [
            ("close_complaint", "Can close or reject a complaint and decide an appeal"),
            ("force_close_complaint", "Can close a complaint by force"),
            ("assign_complaint", "Can say who handles a complaint"),
            ("recontact_complaint", "Can ask the customer again and reopen"),
            ("extend_complaint", "Can extend a deadline of a complaint"),
            ("handle_own_cases", "Has cases of the own department to handle"),
            ("oversee_department", "Oversees the cases of the own department"),
            ("oversee_complaints", "Sees all cases at a glance"),
            ("change_clocks", "Can change the clocks of complaints"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="complaint_number_in_store"),
            models.UniqueConstraint(
                fields=["store", "dms_no"], condition=~models.Q(dms_no=""), name="complaint_dms_no_in_store"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", waits_until__isnull=False, waits_since__isnull=False)
                | (
                    ~models.Q(state="waiting")
                    & models.Q(waits_for="", waits_until__isnull=True, waits_since__isnull=True)
                ),
                name="complaint_waits_with_a_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "next_due_at"],
                name="complaint_next_due",
                condition=models.Q(state__in=["received", "handling", "waiting", "solved", "confirmed", "appealed"]),
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
    kind = models.CharField(
        pgettext_lazy("a note", "For whom"),
        max_length=8,
        choices=NoteKind,
        default=NoteKind.INTERNAL,
        db_default=NoteKind.INTERNAL,
    )
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
