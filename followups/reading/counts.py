"""How many cards stand under each tab, counted no further than a page can tell, and which card one holds: one statement.

Hand-written: five subqueries compiled by the ORM cost three times what the database takes to run them, on every page of the
desk. The conditions are those of CallCardQuerySet and reading.queue.cards_of; a test holds them together.
"""

import datetime as dt

from django.db import connection

from followups.models import DeskDial
from followups.models.dials import MOST_PATIENCE
from followups.services.cards import rank_of
from followups.services.offering import OFFERED, moments

COUNT_LIMIT = 1000  # beyond it a count is shown as "1,000+": counting on costs more than it tells

CONDITIONS = {
    "left": (
        "callable_at <= %(now)s"
        " AND (lease_by_id IS NULL OR lease_by_id = %(user)s OR lease_until <= %(now)s)"
        " AND (pinned_to_id IS NULL OR pinned_to_id = %(user)s OR pinned_until <= %(now)s)"
        f" AND {OFFERED.format(card='followups_callcard')}"
    ),
    "ready": "callable_at <= %(now)s",
    "later": "callable_at > %(now)s",
    "overdue": "due_on < %(today)s AND rank < %(rank)s",
}
CARDS = "followups_callcard WHERE store_id = %(store)s AND is_open AND "
COUNT = "(SELECT COUNT(*) FROM (SELECT 1 FROM {} LIMIT {}) t) AS count_{}"
# Messages that may be sent today (reading.care_list.items_of).
TO_SEND = "followups_dueitem WHERE store_id = %(store)s AND state = 'to_send' AND opens_on <= %(today)s AND expires_on >= %(today)s"
# Promised by her, or reserved for her: each by an index of its own, which one condition with OR would not use.
MINE = f"""
(SELECT id FROM {CARDS} pinned_to_id = %(user)s
UNION SELECT id FROM {CARDS} assigned_to_id = %(user)s AND assigned_until > %(now)s) mine
"""
TABLES = {"to_send": TO_SEND, "mine": MINE, **{name: CARDS + condition for name, condition in CONDITIONS.items()}}
# With the store's numbers: the page needs them anyway, and each statement has its price.
COUNTS = """
SELECT d.*, {parts},
(SELECT id FROM followups_callcard WHERE lease_by_id = %(user)s) AS held_id,
(SELECT p.name FROM followups_callcard c JOIN customers_customer p ON p.id = c.customer_id WHERE c.lease_by_id = %(user)s)
AS held_name
FROM followups_deskdial d WHERE d.store_id = %(store)s
"""


def counts_of(user, now, names) -> tuple[dict[str, int], int | None, str, DeskDial]:
    """({name: count}, card held or None, whose card that is, the store's dial). At most COUNT_LIMIT + 1 each; `names` are keys of
    TABLES, `now` in the store's zone.
    """
    values = {
        "store": user.store_id,
        "user": user.pk,
        "now": connection.ops.adapt_datetimefield_value(now),
        "rank": rank_of(now.date() + dt.timedelta(days=MOST_PATIENCE), 0),
        **moments(user.store, now),
        "today": connection.ops.adapt_datefield_value(now.date()),
    }
    parts = ", ".join(COUNT.format(TABLES[name], COUNT_LIMIT + 1, name) for name in names)
    (dial,) = DeskDial.objects.raw(COUNTS.format(parts=parts), values)
    return {name: getattr(dial, f"count_{name}") for name in names}, dial.held_id, dial.held_name or "", dial


def count_words(count: int) -> str:
    """`37`, or `1,000+` where counting stopped."""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else str(count)
