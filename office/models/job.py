"""Job: work that somebody asked for and that may take longer than a page; the row is the ledger, the worker only a hand."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from office.choices import JobKind, JobState
from office.querysets import JobQuerySet


class Job(StoreOwned):
    """One piece of work for one person, with a file as its result (office.jobs; what a kind does: settings.JOBS).

    `params` belong to the kind. `file` is a name below settings.EXPORT_DIR, "" before it is there and after it was thrown away;
    the row stays. `key` names the wish: asked twice, it is one job.
    """

    kind = models.CharField(_("Kind"), max_length=10, choices=JobKind)
    code = models.CharField(max_length=40)  # what of its kind: of an export, the list
    params = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    state = models.CharField(_("State"), max_length=8, choices=JobState, default=JobState.QUEUED)
    total = models.PositiveIntegerField(_("Rows"), default=0)
    done = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="jobs"
    )
    made_at = models.DateTimeField(_("When"))
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.CharField(max_length=16, blank=True)  # of the worker that holds it
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    expires_at = models.DateTimeField(null=True)  # then the file is thrown away
    error = models.CharField(max_length=20, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("Job")
        verbose_name_plural = _("Jobs")
        default_permissions = ()
        permissions = [
            ("export_lists", "Can take lists home as sheets, masked"),
            ("export_unmasked", "Can take lists home with full numbers, for a reason"),
        ]
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["made_by", "key"], name="job_once")]
        indexes = [
            models.Index(fields=["store", "-id"], name="job_newest"),
            models.Index(
                fields=["made_at"], name="job_unfinished", condition=models.Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["expires_at"], name="job_with_file", condition=~models.Q(file="")),
        ]

    def __str__(self):
        return f"{self.kind} {self.code} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)
