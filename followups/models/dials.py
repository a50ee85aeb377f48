"""What a store may set: windows per rule, the desk's numbers, outcomes, scripts. Rows per store, made by create_store."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from cvp.models import Version
from followups.choices import Effect, Level


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
        ]

    def __str__(self):
        return f"{self.store_id} {self.rule}/{self.step}"


def default_bands():
    """FEATURES §2: call hours are the union of the bands."""
    return {"m": ["09:00", "11:30"], "a": ["14:00", "17:30"], "e": ["17:30", "20:00"]}


class DeskDial(StoreOwned):
    """The numbers of the call desk at one store (FEATURES §2)."""

    bands = models.JSONField(_("Time bands"), default=default_bands)
    lease_minutes = models.PositiveSmallIntegerField(_("Lease (minutes)"), default=15)
    undo_minutes = models.PositiveSmallIntegerField(_("Undo (minutes)"), default=5)
    max_failures = models.PositiveSmallIntegerField(_("Failures in different bands until unreachable"), default=3)
    promise_lead_minutes = models.PositiveSmallIntegerField(_("Promise opens before its time (minutes)"), default=15)
    promise_grace_minutes = models.PositiveSmallIntegerField(_("Promise goes to the team after (minutes)"), default=15)
    skip_minutes = models.PositiveSmallIntegerField(_("A skipped card comes back after (minutes)"), default=60)

    class Meta:
        verbose_name = _("Desk dial")
        verbose_name_plural = _("Desk dials")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store"], name="deskdial_once")]

    def __str__(self):
        return f"{self.store_id}"


class Outcome(StoreOwned):
    """One word of the outcome list: level, reason, and what it does. Retired, never deleted, once used."""

    code = models.SlugField(_("Code"), max_length=30)
    level = models.CharField(_("Level"), max_length=12, choices=Level)
    label_zh = models.CharField(_("Chinese label"), max_length=40)
    label_en = models.CharField(_("English label"), max_length=60)
    effect = models.CharField(_("Effect"), max_length=12, choices=Effect)
    note_required = models.BooleanField(_("Note required"), default=False)
    order = models.PositiveSmallIntegerField(_("Order"), default=0)  # within its level; also its number key, 1-9
    retired_at = models.DateTimeField(_("Retired at"), null=True, blank=True)

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
    """What to say for one rule: text with {placeholders} (followups.scripts) that names the questionnaire version to ask."""

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
