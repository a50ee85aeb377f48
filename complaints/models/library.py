"""LibraryEntry: a case told so that others can learn and answer by it. CasePick: the case of a week or a month."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import StoreOwned
from complaints.choices import PickPeriod
from complaints.models.cases import Complaint
from complaints.models.causes import Cause
from complaints.querysets import LibraryQuerySet


class LibraryEntry(StoreOwned):
    """Told without the customer's name, numbers and plates (complaints.privacy); whoever writes one confirms that."""

    complaint = models.OneToOneField(
        Complaint, null=True, blank=True, on_delete=models.PROTECT, related_name="library_entry"
    )
    cause = models.ForeignKey(Cause, verbose_name=_("Cause"), on_delete=models.PROTECT, related_name="library_entries")
    title = models.CharField(pgettext_lazy("a library entry", "Title"), max_length=60)
    situation = models.CharField(_("The situation"), max_length=1000)
    done = models.CharField(_("What was done"), max_length=1000)
    reply = models.CharField(_("Standard reply"), max_length=1000, blank=True)  # in words for the customer
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Written by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("Written at"))
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Case of the library")
        verbose_name_plural = _("Cases of the library")
        default_permissions = ()
        permissions = [("edit_library", "Can write the case library"), ("pick_cases", "Can choose cases of the week")]
        ordering = ["-id"]
        indexes = [models.Index(fields=["store", "-id"], name="library_newest")]

    def __str__(self):
        return self.title


class CasePick(StoreOwned):
    """Chosen by the manager for the analysis of a week, or a month; `start` is its first day."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="picks")
    period = models.CharField(_("Period"), max_length=5, choices=PickPeriod)
    start = models.DateField(_("Begins on"))
    why = models.CharField(_("Why this one"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Chosen case")
        verbose_name_plural = _("Chosen cases")
        default_permissions = ()
        ordering = ["start", "id"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "period", "start"], name="casepick_once"),
        ]
        indexes = [models.Index(fields=["store", "period", "start"], name="casepick_period")]

    def __str__(self):
        return f"{self.period} {self.start}"
