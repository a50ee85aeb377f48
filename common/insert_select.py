"""`INSERT … SELECT … ON CONFLICT` compiled from a queryset, on both databases, and the few SQL functions it wants.

The rows never travel through Python, and nothing is written twice, once in the ORM and once by hand. Habits that keep it fast
on SQLite, where a date expression in a filter calls Python for every row: compute bounds in Python, compare plain indexed
columns with them, and add offsets (`AddDays`) only to what is selected.
"""

import datetime as dt

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.functions import Now


class AddDays(models.Func):
    """A DATE expression and a whole number of days, a DATE."""

    output_field = models.DateField()

    def __init__(self, expression, days: int, **extra):
        super().__init__(expression, days=int(days), **extra)

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template=f"date(%(expressions)s, '{self.extra['days']} days')", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template=f"(%(expressions)s + ({self.extra['days']}))", **context)


class DayNumber(models.Func):
    """Days since 1970-01-01 of a DATE expression, an integer (`day_number` in Python)."""

    output_field = models.IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 2440587.5 AS INTEGER)", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '1970-01-01')", **context)


class MinuteNumber(models.Func):
    """Whole minutes since 1970-01-01 00:00 UTC of a moment, an integer (`minute_number` in Python)."""

    output_field = models.IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / 60)", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / 60) AS INTEGER)", **context
        )


def day_number(day: dt.date) -> int:
    return day.toordinal() - 719163


def minute_number(moment: dt.datetime) -> int:
    return int(moment.timestamp() // 60)


class JsonList(models.Aggregate):
    """A JSON array of an expression's values; as a window function in the window's order."""

    function = "JSON_GROUP_ARRAY"
    output_field = models.JSONField()
    window_compatible = True

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


class Unindexed(models.Func):
    """A DATE or text column as it is, but no index is looked up by it.

    For conditions that are not the way in: planners without statistics (a store's first day; SQLite always) take two equalities or a
    range with two ends for the narrower way, and would walk years of rows where a handful was meant.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)

    def as_postgresql(self, compiler, connection, **context):
        nothing = "|| ''" if isinstance(self.output_field, models.CharField) else "+ 0"
        return self.as_sql(compiler, connection, template=f"(%(expressions)s {nothing})", **context)


class _Typed(models.Func):
    """Says the column's type aloud: PostgreSQL takes a bare literal in a subquery for text."""

    template = "%(expressions)s"

    def as_postgresql(self, compiler, connection, **context):
        kind = self.output_field.rel_db_type(connection) if self.output_field.is_relation else None
        kind = kind or self.output_field.db_type(connection)
        return self.as_sql(compiler, connection, template=f"(%(expressions)s)::{kind}", **context)


def _plain_type(field):
    """The column's type without identity or reference."""
    field = field.target_field if field.is_relation else field
    return models.BigIntegerField() if isinstance(field, models.BigAutoField) else field


class Later(models.Value):
    """A value that a compiled statement is told each time it runs (`Compiled.run`)."""

    def __init__(self, name: str, output_field):
        super().__init__(None, output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self.told(lambda value: self.output_field.get_db_prep_value(value, connection))]

    def told(self, adapt):
        return _Told(self.name, adapt)


class _Told:
    def __init__(self, name, adapt):
        self.name, self.adapt = name, adapt


class Spelled(models.Value):
    """A code of our own, written into the statement: SQLite sees only what is spelled out when it asks whether an index over
    some of the rows will do for a list of states."""

    def as_sql(self, compiler, connection):
        if self.value and not str(self.value).isidentifier():
            raise ValueError(self.value)
        return f"'{self.value}'", []


class Compiled:
    """A statement that is built once and run often: building one costs as much as inserting a thousand rows."""

    def __init__(self, sql: str, parameters, using: str, gives_rows: bool):
        self.sql, self.parameters, self.using, self.gives_rows = sql, parameters, using, gives_rows

    def run(self, **told) -> list[tuple]:
        """Run it with these values for its `Later`s; gives the rows it returns."""
        values = [each.adapt(told[each.name]) if isinstance(each, _Told) else each for each in self.parameters]
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.sql, values)
            return cursor.fetchall() if self.gives_rows else []


def insert_select(
    model, queryset, values: dict, *, update: list[str] = (), conflict: list[str] = (), returning: list[str] = ()
) -> list[tuple]:
    """Insert one row of `model` for every row of `queryset`; give back the `returning` columns of the rows written.

    `values`: {field name: expression over the queryset, or a constant}; fields left out take the database's default or NULL.
    A row that meets an existing one is left out, or, with `conflict` (the unique columns), overwrites its `update` fields.
    Rows left out are not returned. One statement; the caller holds the transaction.
    """
    compiled = compile_insert(model, queryset, values, update=update, conflict=conflict, returning=returning)
    return compiled.run() if compiled else []


def compile_insert(
    model, queryset, values: dict, *, update: list[str] = (), conflict: list[str] = (), returning: list[str] = ()
) -> Compiled | None:
    """The same as a statement to be run later, any number of times; None where nothing can ever be inserted."""
    connection = connections[queryset.db]
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in values]
    columns = {}
    for field, value in zip(fields, values.values(), strict=True):
        plain = _plain_type(field)
        if not hasattr(value, "resolve_expression"):
            value = models.Value(value, output_field=plain)
        columns[f"into_{field.attname}"] = _Typed(value, output_field=plain)
    rows = queryset.annotate(**columns).values_list(*columns)
    try:
        sql, parameters = rows.query.get_compiler(queryset.db).as_sql()
    except EmptyResultSet:
        return None
    # The WHERE is for SQLite, whose parser takes ON CONFLICT after a bare SELECT for a join condition.
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)}) "
        f"SELECT * FROM ({sql}) AS source WHERE true ON CONFLICT "
    )
    if conflict:
        keys = ", ".join(quote(model._meta.get_field(name).column) for name in conflict)
        fresh = [quote(model._meta.get_field(name).column) for name in update]
        statement += f"({keys}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in fresh)}"
    else:
        statement += "DO NOTHING"
    if returning:
        statement += f" RETURNING {', '.join(quote(model._meta.get_field(name).column) for name in returning)}"
    return Compiled(statement, parameters, queryset.db, bool(returning))


def database_now(using="default") -> dt.datetime:
    """The database's clock, the one moment that all servers of an installation share."""
    connection = connections[using]
    with connection.cursor() as cursor:
        expression = Now()
        sql, parameters = models.sql.Query(None).get_compiler(using).compile(expression)
        cursor.execute(f"SELECT {sql}", parameters)
        value = cursor.fetchone()[0]
    for convert in connection.ops.get_db_converters(expression):
        value = convert(value, expression, connection)
    return value
