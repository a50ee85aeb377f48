"""Due items, the run that makes them, and planned calls (promises and manual tasks), which are facts of this floor's own."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from accounts.querysets import StoreScopedQuerySet
from customers.models import Customer, Vehicle
from customers.models.base import Record
from followups.choices import CloseReason, Decision, ItemState, PlanKind


class PlannedCall(Record):
    """A promise given to a customer, or a task a person set; the fact behind rules `promise` and `manual`."""

    kind = models.CharField(_("Kind"), max_length=8, choices=PlanKind)
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.CASCADE, related_name="planned_calls"
    )
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_at = models.DateTimeField(_("Agreed time"), null=True, blank=True)  # promises
    opens_on = models.DateField(_("May be called from"))
    due_on = models.DateField(_("Deadline"))
    expires_on = models.DateField(_("No longer useful after"), null=True, blank=True)
    subject = models.CharField(_("What about"), max_length=200)
    topic = models.CharField(max_length=32, blank=True)  # rule whose call led to it
    pinned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("Planned call")
        verbose_name_plural = _("Planned calls")
        default_permissions = ()
        indexes = [
            models.Index(fields=["store", "opens_on"], name="plannedcall_day"),
            models.Index(fields=["store", "changed_at"], name="plannedcall_changed"),
        ]

    def __str__(self):
        return self.subject


class DueItemQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(state=ItemState.OPEN)

    def overdue(self, today):
        """Open and past the deadline."""
        return self.open().filter(due_on__lt=today)


class DueItem(StoreOwned):
    """One topic to call one customer about.

    `rule` names the table that `fact_id` points into; `round` is a step code, year or ordinal, never a date.
    Dates are the store's calendar days: `opens_on` (may be called from), `due_on` (what figures judge), `expires_on`
    (no longer useful; null = never). `callable_at` is the moment from which the desk offers it; call hours, failed
    attempts and promises move it, and it never moves `due_on`.
    """

    rule = models.CharField(_("Rule"), max_length=32)
    fact_id = models.BigIntegerField()
    round = models.CharField(max_length=16, default="1")
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="due_items"
    )
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), null=True, on_delete=models.SET_NULL, related_name="due_items"
    )
    anchor_on = models.DateField(
        null=True
    )  # the fact's day that the three dates were counted from; planned calls: none
    opens_on = models.DateField(_("May be called from"))
    due_on = models.DateField(_("Deadline"))
    expires_on = models.DateField(_("No longer useful after"), null=True)
    callable_at = models.DateTimeField(_("Callable from"))
    due_at = models.DateTimeField(_("Agreed time"), null=True)  # promises only
    pinned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    pinned_until = models.DateTimeField(null=True)  # then it belongs to the team
    state = models.CharField(_("State"), max_length=12, choices=ItemState, default=ItemState.OPEN)
    reason = models.CharField(_("Why closed"), max_length=20, choices=CloseReason, blank=True)
    reason_params = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Of one that expired unworked: what the manager decided, and why.
    decision = models.CharField(_("Decision"), max_length=8, choices=Decision, blank=True, db_default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decision_note = models.CharField(_("Why"), max_length=200, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    bands_failed = models.CharField(max_length=6, blank=True)  # bands of failed attempts, e.g. "ma"
    # First moments, kept by the call services for the figures; cleared again by an undo.
    dialled_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DueItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Due item")
        verbose_name_plural = _("Due items")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rule", "fact_id", "round"], name="dueitem_once_per_round"),
            models.UniqueConstraint(
                fields=["rule", "fact_id"], condition=models.Q(state="open"), name="dueitem_one_open_step"
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="dueitem_open_customer", condition=models.Q(state="open")),
            models.Index(
                fields=["store", "rule", "expires_on"], name="dueitem_open_rule", condition=models.Q(state="open")
            ),
            models.Index(fields=["store", "due_on", "rule"], name="dueitem_due"),
            models.Index(
                fields=["store", "rule", "expires_on"],
                name="dueitem_shut_by_run",
                condition=models.Q(state__in=["obsolete", "declined"], closed_by__isnull=True),
            ),
            models.Index(
                fields=["store", "rule", "expires_on"],
                name="dueitem_to_send",
                condition=models.Q(state="to_send"),
            ),
            models.Index(
                fields=["store", "rule", "due_on"],
                name="dueitem_undecided",
                condition=models.Q(state="expired", decision=""),
            ),
            models.Index(
                fields=["store", "-decided_at"],
                name="dueitem_decided",
                condition=models.Q(decided_at__isnull=False),
            ),
            models.Index(
                fields=["store", "callable_at"],
                name="dueitem_open_promise",
                condition=models.Q(state="open", due_at__isnull=False),
            ),
        ]
        permissions = [
            ("work_queue", "Can work through the call queue"),
            ("manage_queue", "Can see and steer everybody's queue"),
            ("hand_over", "Can hand over what a person holds"),
        ]

    def __str__(self):
        return f"{self.rule}/{self.fact_id}/{self.round}"


class GenerationRun(StoreOwned):
    """The ledger of runs: one row per store and day.

    `token` is there while a run is under way, and `heartbeat_at` its last sign of life: one run at a time and store, and a
    killed one frees its place. `watermark`: facts as of this moment were seen by the last finished run. `memo`: what that run leaves to the
    next one: {"windows": {rule: {step: [opens, due, expires]}} it read by, "let_go": {rule: how many of the windows let go
    belong to facts so young that the next run meets them again}, "engine": the number of what decided (run.ENGINE)}.
    """

    day = models.DateField(_("Day"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    watermark = models.DateTimeField(null=True)
    runs = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # {rule: {"created": …}} summed over the day's runs
    memo = models.JSONField(default=dict)
    taken = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))  # {rule: intake of the day}
    token = models.UUIDField(null=True)
    heartbeat_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Generation run")
        verbose_name_plural = _("Generation runs")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "day"], name="generationrun_once_per_day")]

    def __str__(self):
        return f"{self.store_id} {self.day}"
