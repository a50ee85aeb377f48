"""Heartbeat: the last sign of life of something that works by itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row for each thing that has to come again: a worker, the clock that rings it, the nightly backup (office.watch.heartbeats).

    `at` is the database's clock, the one that all machines of an installation share.
    """

    name = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(_("When"))
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Sign of life")
        verbose_name_plural = _("Signs of life")
        default_permissions = ()
        permissions = [("view_health", "Can see whether the system is well")]

    def __str__(self):
        return f"{self.name} {self.at}"
