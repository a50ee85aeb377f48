"""Call-outs of engineers to an emergency."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.cases import Complaint


class Callout(models.Model):
    """An engineer was called out: who, when called, when there, what he found and did. Each is written once."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="callouts")
    engineer = models.CharField(_("Engineer"), max_length=80)
    phone = models.CharField(_("Phone"), max_length=30, blank=True)
    called_at = models.DateTimeField(_("Called at"))
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Called by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    arrived_at = models.DateTimeField(pgettext_lazy("an engineer", "Arrived at"), null=True)
    done = models.CharField(_("What he found and did"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Engineer call-out")
        verbose_name_plural = _("Engineer call-outs")
        default_permissions = ()
        ordering = ["called_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(arrived_at__isnull=True) | models.Q(arrived_at__gte=models.F("called_at")),
                name="callout_arrives_after_the_call",
            )
        ]

    def __str__(self):
        return f"{self.engineer} {self.called_at}"
