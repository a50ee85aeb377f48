"""Reading words of notices."""

from django.db import models


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A notice is read by the person it was written to, and by nobody else."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def unread(self):
        """Neither read nor overtaken by events."""
        return self.filter(is_unread=True)

    def unresolved(self):
        return self.filter(resolved_at=None)
