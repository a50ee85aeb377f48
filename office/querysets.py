"""Reading words of notices and jobs."""

from django.db import models

from accounts.querysets import StoreScopedQuerySet
from office.choices import JobState


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A notice is read by the person it was written to, and by nobody else."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def unread(self):
        """Neither read nor overtaken by events."""
        return self.filter(is_unread=True)

    def unresolved(self):
        return self.filter(resolved_at=None)


class JobQuerySet(StoreScopedQuerySet):
    def of(self, user):
        """What this person has asked for, in the store she is in now: its result is hers alone."""
        return self.visible_to(user).filter(made_by_id=user.pk)

    def open(self):
        """Not finished, be it by a worker that is dead."""
        return self.filter(state__in=(JobState.QUEUED, JobState.RUNNING))

    def silent(self, since):
        """Open ones whose worker, if they had any, has given no sign of life since."""
        return self.open().filter(models.Q(state=JobState.QUEUED) | models.Q(heartbeat_at__lt=since))

    def stored(self):
        """Those whose result can be fetched."""
        return self.filter(state=JobState.DONE).exclude(file="")
