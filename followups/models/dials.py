"""What a store may set: windows per rule, the desk's numbers, outcomes, scripts. Rows per store, made by create_store."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from accounts.querysets import StoreScopedQuerySet
from customers.choices import GoneReason
from cvp.models import Version
from followups.choices import SITUATION_EFFECTS, Effect, Level

MOST_PATIENCE = 60  # days; the list of overdue cards looks so far ahead in the order of the queue


class RuleDial(StoreOwned):
    """The window of one step of a rule at one store, in days from the rule's anchor (FEATURES §2 are the defaults)."""

    rule = models.CharField(_("Rule"), max_length=32)
    step = models.CharField(_("Step"), max_length=16, default="1")
    is_on = models.BooleanField(_("On"), default=True)
    opens = models.SmallIntegerField(_("Opens after (days)"))
    due = models.SmallIntegerField(_("Due after (days)"))
    expires = models.SmallIntegerField(_("Expires after (days)"))
    weight = models.PositiveSmallIntegerField(
        _("Weight"), default=50
    )  # among items due the same day, smaller comes first (0-99)
    patience = models.PositiveSmallIntegerField(
        _("May wait (days)"), default=0, db_default=0
    )  # so many days later its deadline counts in the order of the queue; the deadline itself stays
    daily = models.PositiveSmallIntegerField(
        _("At most so many new a day"), null=True, blank=True
    )  # the intake of rules that would flood; null: no limit

    class Meta:
        verbose_name = _("Rule dial")
        verbose_name_plural = _("Rule dials")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "rule", "step"], name="ruledial_once"),
            models.CheckConstraint(
                condition=models.Q(opens__lte=models.F("due"), due__lte=models.F("expires")),
                name="ruledial_window_in_order",
            ),
            models.CheckConstraint(condition=models.Q(weight__lte=99), name="ruledial_weight"),
            models.CheckConstraint(condition=models.Q(patience__lte=MOST_PATIENCE), name="ruledial_patience"),
        ]

    def __str__(self):
        return f"{self.store_id} {self.rule}/{self.step}"


def default_bands():
    """FEATURES §2: call hours are the union of the bands."""
    return {"m": ["09:00", "11:30"], "a": ["14:00", "17:30"], "e": ["17:30", "20:00"]}


class DeskDial(StoreOwned):
    """The numbers of the call desk at one store (FEATURES §2)."""

    bands = models.JSONField(_("Time bands"), default=default_bands)
    hours_hold = models.BooleanField(
        _("Nothing is offered outside call hours"),
        default=True,
        db_default=True,
        help_text=_("Promises whose time has come still are, and a chosen card can still be opened."),
    )
    lease_minutes = models.PositiveSmallIntegerField(_("Lease (minutes)"), default=15)
    stuck_minutes = models.PositiveSmallIntegerField(
        _("The board asks after a card without a sign of work (minutes)"), default=10, db_default=10
    )  # a choice of ours: two renewals of the lease have not come by then
    undo_minutes = models.PositiveSmallIntegerField(_("Undo (minutes)"), default=5)
    max_failures = models.PositiveSmallIntegerField(_("Failures in different bands until unreachable"), default=3)
    promise_lead_minutes = models.PositiveSmallIntegerField(_("Promise opens before its time (minutes)"), default=15)
    promise_grace_minutes = models.PositiveSmallIntegerField(_("Promise goes to the team after (minutes)"), default=15)
    budget_contacts = models.PositiveSmallIntegerField(
        _("At most so many contacts with a customer"), default=2, db_default=2
    )
    budget_days = models.PositiveSmallIntegerField(_("within so many days"), default=7, db_default=7)
    max_callers = models.PositiveSmallIntegerField(
        _("Different people a customer hears at most"), default=3, db_default=3
    )
    keep_minutes = models.PositiveSmallIntegerField(
        _("A card waits for who spoke last (minutes)"), default=120, db_default=120
    )
    skip_minutes = models.PositiveSmallIntegerField(_("A skipped card comes back after (minutes)"), default=60)

    class Meta:
        verbose_name = _("Desk dial")
        verbose_name_plural = _("Desk dials")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store"], name="deskdial_once")]

    def __str__(self):
        return f"{self.store_id}"


class DialVersion(StoreOwned):
    """All dials of a store as they stood from a moment on; each change of a manager makes one, the first keeps what was there before.

    `changes`: [{"rule", "step", "field", "old", "new"}], rule "" for the desk's numbers. `dials`: {"rules": {"<rule>/<step>": {field:
    value}}, "desk": {field: value}}, enough to set them again.
    """

    number = models.PositiveIntegerField(_("Version"))
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(_("Note"), max_length=200, blank=True)
    restores = models.PositiveIntegerField(null=True)  # number of the version that was set again
    changes = models.JSONField(default=list)
    dials = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Version of the dials")
        verbose_name_plural = _("Versions of the dials")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="dialversion_number_once")]

    def __str__(self):
        return f"{self.store_id} v{self.number}"


class OutcomeQuerySet(StoreScopedQuerySet):
    def listed(self):
        """Without those that only a situation brings about: they stand in no list and on no number key."""
        return self.exclude(effect__in=SITUATION_EFFECTS)


class Outcome(StoreOwned):
    """One word of the outcome list: level, reason, and what it does. Retired, never deleted, once used."""

    code = models.SlugField(_("Code"), max_length=30)
    level = models.CharField(_("Level"), max_length=12, choices=Level)
    label_zh = models.CharField(_("Chinese label"), max_length=40)
    label_en = models.CharField(_("English label"), max_length=60)
    effect = models.CharField(_("Effect"), max_length=12, choices=Effect)
    why_gone = models.CharField(
        _("Why the car is gone"), max_length=10, choices=GoneReason, blank=True, default="", db_default=""
    )  # of the effect CAR_GONE alone
    note_required = models.BooleanField(_("Note required"), default=False)
    order = models.PositiveSmallIntegerField(_("Order"), default=0)  # within its level; also its number key, 1-9
    retired_at = models.DateTimeField(_("Retired at"), null=True, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Outcome")
        verbose_name_plural = _("Outcomes")
        default_permissions = ()
        ordering = ["level", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["store", "code"], name="outcome_code_in_store")]

    def __str__(self):
        return self.label

    @property
    def label(self):
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh


class Script(StoreOwned):
    """What to say for one rule: text with {placeholders} (followups.scripts) that names the questionnaire version to ask.

    A row never changes but for `is_current`: what is saved is a new version (services.scripts). Version 1 is the shipped one, by nobody.
    """

    rule = models.CharField(_("Rule"), max_length=32)
    number = models.PositiveSmallIntegerField(_("Version"), default=1)
    body_zh = models.TextField(_("Chinese text"))
    body_en = models.TextField(_("English text"))
    version = models.ForeignKey(
        Version,
        verbose_name=_("Questionnaire version"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_current = models.BooleanField(_("Current"), default=True)
    at = models.DateTimeField(_("When"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(_("Note"), max_length=200, blank=True, default="", db_default="")
    restores = models.PositiveSmallIntegerField(
        null=True
    )  # number of the version whose text was taken again; 0: the shipped one

    class Meta:
        verbose_name = _("Script")
        verbose_name_plural = _("Scripts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "rule", "number"], name="script_number_once"),
            models.UniqueConstraint(
                fields=["store", "rule"], condition=models.Q(is_current=True), name="script_one_current"
            ),
        ]

    def __str__(self):
        return f"{self.rule} v{self.number}"
