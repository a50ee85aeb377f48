"""Writes many rows of one table in one statement: COPY on PostgreSQL, executemany on SQLite.

The callers have compared already and know what is new; a row that exists all the same raises IntegrityError, and the
caller reads and compares again. Values are plain: text, int, bool, date, Decimal, None; moments and JSON as `plain_value` gives them.
"""

import contextlib
import csv
import functools
import io
import itertools
import json

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection
from django.db.models import DateField, F, Func, JSONField
from psycopg2.extras import execute_values

# PostgreSQL reads a whole table rather than look up two thousand keys, as long as its statistics lag behind the rows that are
# just being loaded. A list that is lost with its last second is loaded again from its cursor, so no commit waits for the disk.
# SQLite keeps the pages of the indexes in memory (64 MB), and carries them over into the file after 16 MB of log, not 4.
_LOADING = {
    "postgresql": {
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "random_page_cost": "1.1",
        "jit": "off",
        "synchronous_commit": "off",
    },
    "sqlite": {"cache_size": (-64_000, -2_000), "wal_autocheckpoint": (4_000, 1_000)},
}


@contextlib.contextmanager
def loading():
    """This connection looks up keys by the thousand and writes rows by the thousand, until the block ends."""
    settings = _LOADING[connection.vendor]
    if connection.vendor == "postgresql":
        before = [f"SET {name} = {value}" for name, value in settings.items()]
        after = [f"RESET {name}" for name in settings]
    else:
        before = [f"PRAGMA {name} = {value}" for name, (value, _usual) in settings.items()]
        after = [f"PRAGMA {name} = {usual}" for name, (_value, usual) in settings.items()]
    _execute(before)
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError):  # of a transaction that is broken, or a connection that is lost
            _execute(after)


def _execute(statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def renew_statistics(models, rows):
    """PostgreSQL takes a table that has just been filled for an empty one, and reads it whole for each chunk: 20 ms at 60,000
    cars. So where some `rows` have come in, those of these tables that are thought to have fewer are analyzed."""
    if connection.vendor != "postgresql":
        return
    names = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relnamespace = current_schema()::regnamespace"
            " AND reltuples < %s",
            [names, rows],
        )
        small = [row[0] for row in cursor.fetchall()]
        if small:
            cursor.execute("ANALYZE " + ", ".join(f'"{name}"' for name in small))


def plain_value(model, attname, value):
    """What the database wants to see for a moment or a JSON value of this column."""
    field = _field(model, attname)
    if isinstance(field, JSONField):
        return None if value is None else json.dumps(value, ensure_ascii=False)
    return field.get_db_prep_save(value, connection)


def allocate_ids(model):
    """An iterator of new primary keys for rows that this transaction will insert.

    On SQLite only valid while the transaction holds the write lock (settings begin it IMMEDIATE).
    """
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return _sequence(table, model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    return itertools.count((row[0] if row else 0) + 1)


def _sequence(table, column, block=2_000):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
        sequence = cursor.fetchone()[0]
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, block])
            ids = [row[0] for row in cursor.fetchall()]
        yield from ids


def read_rows(queryset):
    """The rows of a `values_list` queryset as tuples, much faster than by iterating it: what a column's values turn into is
    remembered, since dates, flags and empty JSON repeat. JSON values are shared between rows: not to be changed in place."""
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])
    if not rows or not converters:
        return rows
    columns = list(zip(*rows, strict=True))
    for place, (functions, expression) in converters.items():
        known = _Converted(functions, expression)
        columns[place] = map(known.__getitem__, columns[place])
    return zip(*columns, strict=True)


class _Converted(dict):
    def __init__(self, functions, expression):
        super().__init__()
        self.functions, self.expression = functions, expression

    def __missing__(self, value):
        converted = value
        for function in self.functions:
            converted = function(converted, self.expression, connection)
        self[value] = converted
        return converted


class _Text(Func):
    """A date column as SQLite stores it; a bare column would make the driver parse every single value."""

    template = "(%(expressions)s || '')"
    arity = 1

    def as_postgresql(self, compiler, connection, **context):
        return compiler.compile(self.source_expressions[0])


def readable(model, names):
    """What to give `values_list` so that `read_rows` is quick: columns, also of related models ("owner__name")."""
    return [_Text(F(name), output_field=DateField()) if _is_day(model, name) else name for name in names]


@functools.cache
def _is_day(model, name):
    *relations, last = name.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return _field(model, last).get_internal_type() == "DateField"


def insert_rows(model, attnames, rows, *, constants=None, ignore_conflicts=False) -> None:
    """Insert tuples in the order of `attnames`; `constants` are {attname: plain value} the same for all rows."""
    rows = list(rows)
    if not rows:
        return
    constants = constants or {}
    names = [*attnames, *constants]
    table = f'"{model._meta.db_table}"'
    columns = ", ".join(f'"{_field(model, name).column}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            fixed = tuple(constants.values())
            rows = (row + fixed for row in rows) if fixed else rows
            with connection.wrap_database_errors:
                if ignore_conflicts:
                    statement = f"INSERT INTO {table} ({columns}) VALUES %s ON CONFLICT DO NOTHING"
                    execute_values(cursor.cursor, statement, list(rows), page_size=1000)
                else:
                    _copy(cursor.cursor, model, names, f"{table} ({columns})", rows)
            return
        marks = ", ".join(["%s"] * len(attnames) + [_literal(value) for value in constants.values()])
        ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks}){ending}", rows)


def _copy(cursor, model, names, target, rows):
    # Empty text and NULL look alike in CSV: columns that cannot be NULL take it as text.
    fields = [_field(model, name) for name in names]
    texts = [f'"{field.column}"' for field in fields if not field.null and field.empty_strings_allowed]
    force = f", FORCE_NOT_NULL ({', '.join(texts)})" if texts else ""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    buffer.seek(0)
    cursor.copy_expert(f"COPY {target} FROM STDIN WITH (FORMAT csv{force})", buffer)


def _literal(value):
    """A constant as SQLite text, cheaper than one more parameter for each row."""
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(int(value))
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def update_rows(model, attnames, rows) -> None:
    """Set `attnames` of the rows with these primary keys; each row is (*values, pk)."""
    if not rows:
        return
    table = f'"{model._meta.db_table}"'
    fields = [_field(model, name) for name in attnames]
    pk = model._meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{field.column}"' for field in [*fields, pk])
            sets = ", ".join(f'"{field.column}" = fresh."{field.column}"' for field in fields)
            template = "(" + ", ".join(f"%s::{field.db_type(connection)}" for field in fields) + ", %s::bigint)"
            with connection.wrap_database_errors:
                execute_values(
                    cursor.cursor,
                    f'UPDATE {table} AS old SET {sets} FROM (VALUES %s) AS fresh ({names}) WHERE old."{pk.column}" = fresh."{pk.column}"',
                    rows,
                    template=template,
                    page_size=len(rows),
                )
            return
        sets = ", ".join(f'"{field.column}" = %s' for field in fields)
        cursor.executemany(f'UPDATE {table} SET {sets} WHERE "{pk.column}" = %s', rows)


def _field(model, attname):
    return _fields(model)[attname]


_FIELDS: dict = {}


def _fields(model):
    if model not in _FIELDS:
        _FIELDS[model] = {field.attname: field for field in model._meta.concrete_fields}
    return _FIELDS[model]
