"""Lesson: what a case taught; Measure: what shall keep its cause from coming back; the dials of both."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import StoreOwned
from complaints.choices import Department, LessonNeed, MeasureCode, MeasureState, RadarScope, Sighted
from complaints.models.cases import Complaint
from complaints.models.causes import Cause
from complaints.querysets import MeasureQuerySet

WHYS = 5


class LessonDial(StoreOwned):
    """What a store may set about learning from complaints. Days are calendar days."""

    need = models.CharField(
        _("A lesson is needed before closing"), max_length=8, choices=LessonNeed, default=LessonNeed.MAJOR
    )
    radar_days = models.PositiveSmallIntegerField(
        _("A cause counts as returned within so many days after its prevention was done"), default=180
    )
    radar_scope = models.CharField(
        _("It counts as the same when it is"), max_length=10, choices=RadarScope, default=RadarScope.DEPARTMENT
    )
    again_days = models.PositiveSmallIntegerField(_("A reopened measure is due again after (days)"), default=14)
    check_days = models.PositiveSmallIntegerField(_("The effect is checked after (days)"), default=30)
    repeat_months = models.PositiveSmallIntegerField(_("Repeat complainer: looking back so many months"), default=12)
    repeat_least = models.PositiveSmallIntegerField(_("Repeat complainer: from so many complaints on"), default=2)
    radar_on = models.DateField(null=True, editable=False)  # the last day that the radar has looked at

    class Meta:
        verbose_name = _("Dial of the lessons")
        verbose_name_plural = _("Dials of the lessons")
        default_permissions = ()
        permissions = [("change_lesson_dials", "Can change the dials of the lessons")]
        constraints = [
            models.UniqueConstraint(fields=["store"], name="lessondial_once"),
            models.CheckConstraint(
                condition=models.Q(radar_days__gte=1, repeat_months__gte=1, repeat_least__gte=1),
                name="lessondial_least",
            ),
        ]

    def __str__(self):
        return f"{self.store_id}"


class Lesson(StoreOwned):
    """Of one case: who answers for it, why it happened, what was put right. `cause` is the real one, as it was found out; the case
    keeps what the customer complained of.
    """

    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, related_name="lesson")
    cause = models.ForeignKey(Cause, verbose_name=_("Real cause"), on_delete=models.PROTECT, related_name="lessons")
    department = models.CharField(_("Responsible department"), max_length=10, choices=Department)
    person = models.CharField(
        _("Responsible person"), max_length=40, blank=True
    )  # often without an account: a technician
    whys = models.JSONField(default=list)  # answers to "why?", at most WHYS; the last one is the root cause
    correction = models.CharField(_("What was put right"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Written by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("Written at"))

    class Meta:
        verbose_name = _("Lesson")
        verbose_name_plural = _("Lessons")
        default_permissions = ()
        permissions = [("write_lesson", "Can write what a complaint taught and plan measures")]
        indexes = [models.Index(fields=["store", "cause"], name="lesson_by_cause")]

    def __str__(self):
        return f"{self.complaint}"

    @property
    def root_cause(self) -> str:
        return self.whys[-1] if self.whys else ""


class Measure(StoreOwned):
    """One step of prevention with its owner and its day. `state` moves in services.measures alone."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="measures")
    what = models.CharField(_("Measure"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("a measure", "Owner"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="measures",
    )
    due_on = models.DateField(pgettext_lazy("a measure", "Due on"))
    state = models.CharField(_("State"), max_length=12, choices=MeasureState, default=MeasureState.OPEN)
    done_on = models.DateField(pgettext_lazy("a measure", "Done on"), null=True)
    watched_from = models.DateField(
        null=True, editable=False
    )  # the day it was last done, kept when its cause came back
    check_on = models.DateField(_("Effect to be checked on"), null=True)
    returned = models.PositiveSmallIntegerField(_("Returned"), default=0)  # how often the radar has opened it again

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("Measure")
        verbose_name_plural = _("Measures")
        default_permissions = ()
        permissions = [("judge_measure", "Can judge whether a measure was effective")]
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", done_on=None)
                | (~models.Q(state="open") & models.Q(done_on__isnull=False)),
                name="measure_done_has_a_day",
            )
        ]
        indexes = [
            models.Index(fields=["store", "due_on"], name="measure_open", condition=models.Q(state="open")),
            models.Index(
                fields=["store", "watched_from"], name="measure_watched", condition=models.Q(watched_from__isnull=False)
            ),
        ]

    def __str__(self):
        return self.what


class MeasureLine(models.Model):
    """The log of a measure: added, never rewritten."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(max_length=12, choices=MeasureCode)
    params = models.JSONField(default=dict)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("Line of a measure")
        verbose_name_plural = _("Lines of measures")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self):
        return self.code


class Recurrence(StoreOwned):
    """A cause came back after this measure against it was done. Once per measure and returning case: the unique row is the ledger."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="recurrences")
    kind = models.CharField(max_length=10, choices=Sighted)
    fact_id = models.BigIntegerField()  # of the complaint or the answer that returned, by kind
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.CASCADE, related_name="recurrences")
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField(_("Day"))  # of the returning case
    found_at = models.DateTimeField(_("Found at"))
    reopened = models.BooleanField(
        default=False
    )  # this one has opened the measure again; it was open already otherwise

    class Meta:
        verbose_name = _("Recurrence")
        verbose_name_plural = _("Recurrences")
        default_permissions = ()
        permissions = [("view_radar", "Can see the recurrence radar and the weekly case analysis")]
        ordering = ["-seen_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["measure", "kind", "fact_id"], name="recurrence_once")]
        indexes = [models.Index(fields=["store", "-seen_on"], name="recurrence_newest")]

    def __str__(self):
        return f"{self.kind} {self.fact_id}"
