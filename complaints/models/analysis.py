"""WeekAnalysis: the complaints of one week as they stood when it was composed. Never changed; composed anew it is a new version."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned


class WeekAnalysis(StoreOwned):
    """`content` is what reading.analysis.week_content gave. `by` None: the Monday job."""

    start = models.DateField(_("Monday of the week"))
    version = models.PositiveSmallIntegerField(_("Version"), default=1)
    content = models.JSONField()
    reason = models.CharField(_("Why it was composed anew"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Composed by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("Composed at"))

    class Meta:
        verbose_name = _("Weekly case analysis")
        verbose_name_plural = _("Weekly case analyses")
        default_permissions = ()
        permissions = [("compose_analysis", "Can compose a weekly case analysis anew")]
        ordering = ["-start", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["store", "start", "version"], name="weekanalysis_version_once"),
            models.CheckConstraint(
                condition=models.Q(version=1) | ~models.Q(reason=""), name="weekanalysis_anew_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.start} v{self.version}"
