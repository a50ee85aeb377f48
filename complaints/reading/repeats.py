"""Who complains again and again: one query for a whole page, whatever the number of customers on it."""

import calendar
import datetime as dt
from dataclasses import dataclass

from complaints.choices import OPEN_STATES
from complaints.models import Cause, Complaint, LessonDial


@dataclass(frozen=True)
class Repeat:
    """Within the dial's `months`: so many complaints, `open` of them, the last one's cause and day."""

    count: int
    open: int
    months: int
    last_cause: Cause
    last_on: dt.date


def repeats_of(store, customer_ids, today: dt.date, *, apart_from=None) -> dict[int, Repeat]:
    """{customer id: Repeat} of those who have complained at least as often as the dial says. One query, and one more where anybody
    has complained at all.

    `apart_from`: id of the case whose page it is; it counts, but is not called the last one.
    """
    if not customer_ids:
        return {}
    rows = Complaint.objects.filter(store=store, customer_id__in=set(customer_ids)).real()
    cases = list(rows.select_related("cause").order_by("opened_at", "pk"))
    if not cases:
        return {}
    dial = LessonDial.objects.get(store=store)
    first = dt.datetime.combine(_months_before(today, dial.repeat_months), dt.time(), tzinfo=store.zone)
    found = {}
    for case in cases:
        if case.opened_at >= first:
            found.setdefault(case.customer_id, []).append(case)
    return {
        customer_id: _repeat(cases, apart_from, dial, store)
        for customer_id, cases in found.items()
        if len(cases) >= dial.repeat_least
    }


def repeat_of(store, customer_id, today, *, apart_from=None) -> Repeat | None:
    return repeats_of(store, [customer_id], today, apart_from=apart_from).get(customer_id)


def _repeat(cases, apart_from, dial, store):
    last = next((case for case in reversed(cases) if case.pk != apart_from), cases[-1])
    still_open = sum(case.state in OPEN_STATES for case in cases)
    return Repeat(len(cases), still_open, dial.repeat_months, last.cause, store.day_of(last.opened_at))


def _months_before(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
