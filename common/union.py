"""One query out of several limited lookups, on both databases.

SQLite refuses ORDER BY and LIMIT in the arms of a compound SELECT, so each arm is wrapped as a subquery of its own;
the arms are compiled from querysets, so nothing is written twice.
"""

from django.db import connections

Arm = tuple[str, tuple]  # SQL and its parameters


def compile_arm(queryset) -> Arm:
    """The SQL of a `values_list` queryset, with its own order and limit. Raises EmptyResultSet where nothing can match."""
    return queryset.query.get_compiler(queryset.db).as_sql()


def join_arms(arms: list[Arm]) -> Arm:
    """`SELECT * FROM (arm) UNION ALL …`; every arm has the same columns."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS arm{number}" for number, (sql, _values) in enumerate(arms))
    return sql, tuple(value for _sql, values in arms for value in values)


def union_rows(arms: list[Arm], *, using="default") -> list[tuple]:
    """The rows of all arms, arm after arm; no query where there is none."""
    if not arms:
        return []
    with connections[using].cursor() as cursor:
        cursor.execute(*join_arms(arms))
        return cursor.fetchall()
