"""The draw of a day, the calls it drew, what was asked again, and who said what about it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from customers.models import Customer
from followups.models import Call, CallOutcome
from quality.choices import Agreement, CheckState, Decision, Item, LogCode, Obstacle


class QualityDial(StoreOwned):
    """What a store may set. Shares are per cent, gaps are seconds."""

    share = models.PositiveSmallIntegerField(_("Spot checks: per cent of the calls reached"), default=5)
    weekly_least = models.PositiveSmallIntegerField(_("Spot checks: at least so many a week"), default=10)
    pause_days = models.PositiveSmallIntegerField(_("The same customer again after (days)"), default=90)
    attempts = models.PositiveSmallIntegerField(_("Attempts, on different days"), default=3)
    shortest = models.PositiveSmallIntegerField(_("A call that reached somebody takes at least (seconds)"), default=40)
    burst = models.PositiveSmallIntegerField(_("So many calls within a minute are many"), default=4)
    run = models.PositiveSmallIntegerField(_("So many equal answers in a row are many"), default=15)
    same_minute = models.PositiveSmallIntegerField(_("Calls in the same minute of the hour: per cent"), default=30)
    least = models.PositiveSmallIntegerField(_("Shares are compared from so many on"), default=20)

    class Meta:
        verbose_name = _("Dial of the spot checks")
        verbose_name_plural = _("Dials of the spot checks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store"], name="qualitydial_once"),
            models.CheckConstraint(condition=models.Q(share__lte=100), name="qualitydial_share"),
            models.CheckConstraint(condition=models.Q(attempts__gte=1), name="qualitydial_attempts"),
        ]

    def __str__(self):
        return f"{self.store_id}"


class SpotDraw(StoreOwned):
    """One draw per store and day of calls. Seed and candidates are kept: anybody can draw again and get the same (quality.drawing)."""

    day = models.DateField(_("Day"))
    drawn_at = models.DateTimeField(_("Drawn at"))
    seed = models.CharField(max_length=32)
    calls = models.PositiveIntegerField(_("Calls reached"))
    candidates = models.JSONField(default=list)  # [[call id, person id]] that could be drawn, by call id
    wanted = models.PositiveIntegerField(_("Wanted"))

    class Meta:
        verbose_name = _("Draw")
        verbose_name_plural = _("Draws")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "day"], name="spotdraw_once_per_day")]

    def __str__(self):
        return f"{self.store_id} {self.day}"


class SpotCheck(StoreOwned):
    """One call that the manager makes again. `topic` is the rule of the call's first topic."""

    draw = models.ForeignKey(SpotDraw, on_delete=models.PROTECT, related_name="checks")
    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="spot_check")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="spot_checks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("Day of the call"))
    topic = models.CharField(_("Topic"), max_length=32)
    state = models.CharField(_("State"), max_length=10, choices=CheckState, default=CheckState.OPEN)
    next_on = models.DateField(_("To be called from"))
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(_("Called again at"), null=True)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_for = models.CharField(max_length=10, choices=Obstacle, blank=True)
    decision = models.CharField(_("Decision"), max_length=16, choices=Decision, blank=True)

    class Meta:
        verbose_name = _("Spot check")
        verbose_name_plural = _("Spot checks")
        default_permissions = ()
        permissions = [
            ("work_checks", "Can call customers again and decide spot checks"),
            ("answer_checks", "Can see and answer the spot checks of the own calls"),
        ]
        indexes = [
            models.Index(fields=["store", "state", "next_on"], name="spotcheck_state"),
            models.Index(fields=["store", "day", "person"], name="spotcheck_day"),
            models.Index(fields=["customer", "day"], name="spotcheck_customer"),
        ]

    def __str__(self):
        return f"{self.call_id} {self.state}"


class SpotAttempt(models.Model):
    """One time the customer was rung for a check; one a day."""

    check_of = models.ForeignKey(SpotCheck, on_delete=models.CASCADE, related_name="tries")
    day = models.DateField()
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField(_("Reached"))
    reason = models.CharField(_("Reason"), max_length=10, blank=True)  # choices.Unreached

    class Meta:
        verbose_name = _("Attempt of a spot check")
        verbose_name_plural = _("Attempts of spot checks")
        default_permissions = ()
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["check_of", "day"], name="spotattempt_one_a_day")]

    def __str__(self):
        return f"{self.check_of_id} {self.day}"


class SpotAnswer(models.Model):
    """What she told about one item, as a code beside what had been written down; `agreement` is empty for mere opinions."""

    check_of = models.ForeignKey(SpotCheck, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=12, choices=Item)
    outcome = models.ForeignKey(CallOutcome, null=True, on_delete=models.PROTECT, related_name="+")  # of KEY_ANSWER
    written = models.CharField(max_length=20, blank=True)
    told = models.CharField(max_length=20)
    agreement = models.CharField(max_length=8, choices=Agreement, blank=True)

    class Meta:
        verbose_name = _("Answer of a spot check")
        verbose_name_plural = _("Answers of spot checks")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "item"], condition=models.Q(outcome=None), name="spotanswer_once"
            ),
            models.UniqueConstraint(
                fields=["check_of", "item", "outcome"],
                condition=models.Q(outcome__isnull=False),
                name="spotanswer_once_per_topic",
            ),
        ]

    def __str__(self):
        return f"{self.item} {self.told}"


class SpotLog(models.Model):
    """Who said or did what, when. Added, never rewritten."""

    check_of = models.ForeignKey(SpotCheck, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=10, choices=LogCode)
    params = models.JSONField(default=dict)
    text = models.CharField(_("Words"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Line of a spot check")
        verbose_name_plural = _("Lines of spot checks")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self):
        return self.text or self.code
