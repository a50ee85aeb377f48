"""Reading words of arrivals."""

import datetime as dt

from accounts.querysets import StoreScopedQuerySet


class ArrivalQuerySet(StoreScopedQuerySet):
    def standing(self):
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def expected(self):
        """Entered beforehand and not here yet."""
        return self.standing().filter(arrived_at__isnull=True)

    def here(self):
        """Arrived and not left."""
        return self.standing().filter(arrived_at__isnull=False, left_at__isnull=True)

    def not_followed_up(self, today, *, back: dt.timedelta):
        """Expected on a day before `today`, no longer ago than `back`, and nobody has looked why she did not come."""
        return self.expected().filter(day__lt=today, day__gte=today - back, followed_up_at__isnull=True)
