"""Reading words of complaints."""

from django.db import models
from django.db.models import Q

from accounts.choices import DEPARTMENT_ROLES
from complaints.choices import OPEN_STATES, ComplaintState
from customers.models.base import RecordQuerySet


class ComplaintQuerySet(RecordQuerySet):
    def visible_to(self, user):
        """The cases of the own store; who works in a department sees those of that department and those that are hers."""
        rows = super().visible_to(user)
        if not user.is_authenticated or user.role not in DEPARTMENT_ROLES:
            return rows
        return rows.filter(Q(handler=user) | Q(department=user.works_in))

    def open(self):
        """Not over yet; a solved one still waits for the customer's word."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, now):
        """Open, and the step that is due next is late. What waits is not."""
        return self.open().filter(next_due_at__lt=now).exclude(next_step="")

    def handled_by(self, user):
        return self.filter(handler=user)

    def real(self):
        """Without those whose call was undone."""
        return self.exclude(state=ComplaintState.VOID)

    def matching(self, text):
        """By a part of the number or of the customer's name."""
        return self.filter(Q(number__icontains=text) | Q(customer__name__icontains=text))

    def of_day(self, prefix):
        """Those numbered under one day's prefix (services.number_prefix)."""
        return self.filter(number__startswith=prefix)


class NoteQuerySet(models.QuerySet):
    def by_people(self):
        """What somebody wrote, in distinction to lines about changes of state."""
        return self.exclude(text="")
