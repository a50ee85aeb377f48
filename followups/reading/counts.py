"""How many cards stand under each tab, counted no further than a page can tell, and which card one holds: one statement.

Hand-written: five subqueries compiled by the ORM cost three times what the database takes to run them, on every page of the
desk. The conditions are those of CallCardQuerySet and reading.queue.cards_of; a test holds them together.
"""

from django.db import connection

from followups.services.cards import rank_of

COUNT_LIMIT = 1000  # beyond it a count is shown as "1,000+": counting on costs more than it tells

CONDITIONS = {
    "left": (
        "callable_at <= %(now)s"
        " AND (lease_by_id IS NULL OR lease_by_id = %(user)s OR lease_until <= %(now)s)"
        " AND (pinned_to_id IS NULL OR pinned_to_id = %(user)s OR pinned_until <= %(now)s)"
    ),
    "ready": "callable_at <= %(now)s",
    "later": "callable_at > %(now)s",
    "mine": "pinned_to_id = %(user)s",
    "overdue": "due_on < %(today)s AND rank < %(rank)s",
}
COUNT = (
    "(SELECT COUNT(*) FROM (SELECT 1 FROM followups_callcard WHERE store_id = %(store)s AND is_open AND {} LIMIT {}) t)"
)


HELD = """
(SELECT id FROM followups_callcard WHERE lease_by_id = %(user)s),
(SELECT p.name FROM followups_callcard c JOIN customers_customer p ON p.id = c.customer_id WHERE c.lease_by_id = %(user)s)
"""


def counts_of(user, now, names) -> tuple[dict[str, int], int | None, str]:
    """({name: count}, card held or None, whose card that is). At most COUNT_LIMIT + 1 each; `names` are keys of CONDITIONS,
    `now` in the store's zone.
    """
    values = {
        "store": user.store_id,
        "user": user.pk,
        "now": connection.ops.adapt_datetimefield_value(now),
        "rank": rank_of(now.date(), 0),
        "today": connection.ops.adapt_datefield_value(now.date()),
    }
    parts = [COUNT.format(CONDITIONS[name], COUNT_LIMIT + 1) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*parts, HELD])}", values)
        *counts, held, name = cursor.fetchone()
    return dict(zip(names, counts, strict=True)), held, name or ""


def count_words(count: int) -> str:
    """`37`, or `1,000+` where counting stopped."""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else str(count)
