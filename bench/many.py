"""Rows by the million for a benchmark: what Django has made once is copied by PostgreSQL, table by table.

A copy keeps every value but its key, its ties to other copied rows (both moved on by the same stride), and what must differ between
rows (`changed`: {column: SQL over the row `t`, its new key being `{key}`}). PostgreSQL alone: SQLite serves one dealership.
"""

MADE_BY_DJANGO = 20_000


def share(count) -> tuple[int, int]:
    """(rows to make, times to multiply them) for so many rows; 1 where they are few or the database is not PostgreSQL."""
    from bench.scratch import engine

    if engine() != "PostgreSQL" or count <= MADE_BY_DJANGO:
        return count, 1
    return MADE_BY_DJANGO, count // MADE_BY_DJANGO


def multiply(models, times, changed):
    """Copy every row of `models` (those that others point at first) `times` - 1 times."""
    from django.db import connection

    if times < 2:
        return
    copied = set(models)
    with connection.cursor() as cursor:
        stride = {model: _highest(cursor, model) for model in models}
        for model in models:
            columns = [field.column for field in _fields(model)]
            values = [_value(field, model, copied, stride, changed.get(model, {})) for field in _fields(model)]
            table = model._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} t"
                f" CROSS JOIN generate_series(1, {times - 1}) AS g(k)"
            )
            key = model._meta.pk.column
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), {stride[model] * times})")
            cursor.execute(f"VACUUM ANALYZE {table}")


def _fields(model):
    return [field for field in model._meta.concrete_fields if not field.generated]


def _highest(cursor, model):
    cursor.execute(f"SELECT max({model._meta.pk.column}) FROM {model._meta.db_table}")
    return cursor.fetchone()[0]


def _value(field, model, copied, stride, changed):
    key = f"(t.{model._meta.pk.column} + g.k * {stride[model]})"
    if field.column in changed:
        return changed[field.column].format(key=key)
    if field.primary_key:
        return key
    if field.is_relation and field.related_model in copied:
        return f"t.{field.column} + g.k * {stride[field.related_model]}"
    return f"t.{field.column}"
