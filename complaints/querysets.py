"""Reading words of complaints."""

from django.db import models
from django.db.models import Q

from accounts.choices import DEPARTMENT_ROLES
from accounts.querysets import StoreScopedQuerySet
from complaints.choices import OPEN_STATES, ComplaintState, MeasureState
from complaints.permissions import sees_all_penalties
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

    def caused_by(self, cause):
        """By this cause or a finer one below it."""
        return self.filter(cause__in=type(cause).objects.within(cause))

    def of_day(self, prefix):
        """Those numbered under one day's prefix (services.number_prefix)."""
        return self.filter(number__startswith=prefix)


class NoteQuerySet(models.QuerySet):
    def by_people(self):
        """What somebody wrote, in distinction to lines about changes of state."""
        return self.exclude(text="")


class CauseQuerySet(StoreScopedQuerySet):
    def active(self):
        """Those that can be chosen."""
        return self.filter(retired_at__isnull=True)

    def within(self, cause):
        """`cause` and the finer ones below it."""
        below = Q(lineage=cause.lineage) | Q(lineage__startswith=f"{cause.lineage}/")
        return self.filter(below, store_id=cause.store_id)


class MeasureQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(state=MeasureState.OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def to_check(self, today):
        """Done, and the day has come to look whether it helped."""
        return self.filter(state=MeasureState.DONE, check_on__lte=today)


class LibraryQuerySet(StoreScopedQuerySet):
    def with_word(self, word):
        found = Q(title__icontains=word) | Q(situation__icontains=word)
        return self.filter(found | Q(done__icontains=word) | Q(reply__icontains=word))


class PenaltyQuerySet(StoreScopedQuerySet):
    def seen_by(self, user):
        """All of the store for who proposes or decides, one's own for everybody else."""
        rows = self.visible_to(user)
        return rows if sees_all_penalties(user) else rows.filter(person=user)
