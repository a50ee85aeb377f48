"""One query out of several limited lookups, on both databases.

SQLite refuses ORDER BY and LIMIT in the arms of a compound SELECT, so each arm is wrapped as a subquery of its own;
the arms are compiled from querysets, so nothing is written twice.
"""

from django.core.exceptions import EmptyResultSet
from django.db import connections


def compile_union(querysets) -> tuple[str, tuple]:
    """The SQL and parameters of `SELECT * FROM (arm) UNION ALL …`; ("", ()) where no arm can match.

    Every arm is a `values_list` queryset of the same columns and keeps its own order and limit.
    """
    arms, parameters = [], []
    for number, queryset in enumerate(querysets):
        try:
            sql, values = queryset.query.get_compiler(queryset.db).as_sql()
        except EmptyResultSet:
            continue
        arms.append(f"SELECT * FROM ({sql}) AS arm{number}")
        parameters.extend(values)
    return " UNION ALL ".join(arms), tuple(parameters)


def union_rows(querysets, *, using="default") -> list[tuple]:
    """The rows of all arms, arm after arm."""
    sql, parameters = compile_union(querysets)
    if not sql:
        return []
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
