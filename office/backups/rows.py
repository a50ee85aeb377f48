"""Rows as lines of JSON, and back into a table: COPY on PostgreSQL, executemany on SQLite."""

import base64
import datetime as dt
import decimal
import io
import itertools
import json
import uuid

from django.db import connection, models, transaction
from django.utils.duration import duration_string

from office.backups.schema import fields_of, points_at

CHUNK = 5_000
_AS_IT_IS = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.AutoField,
    models.BooleanField,
    models.FloatField,
)


def lines(model):
    """Every row of the table as one line, in the order of its key."""
    names = [field.attname for field in fields_of(model)]
    rows = models.QuerySet(model).order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)
    for row in rows:
        yield json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value):
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be written down")


def load(model, text_lines, columns) -> int:
    """Fill the empty table with lines of `lines`, whose values are those of `columns`; returns how many. In a transaction of its own."""
    count = 0
    insert = _insert_postgresql if connection.vendor == "postgresql" else _insert_sqlite
    write = insert(model, fields_of(model, columns))
    with transaction.atomic():
        if connection.vendor == "postgresql" and model._meta.db_table not in points_at(model):
            with connection.cursor() as cursor:  # or it would remember each row to look after at the end
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rows = map(json.loads, text_lines)
        while chunk := list(itertools.islice(rows, CHUNK)):
            write(chunk)
            count += len(chunk)
    return count


def _names(fields):
    return ", ".join(f'"{field.column}"' for field in fields)


def _insert_sqlite(model, fields):
    table = model._meta.db_table
    converters = [_for_sqlite(field) for field in fields]
    places = [(place, convert) for place, convert in enumerate(converters) if convert]
    marks = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{table}" ({_names(fields)}) VALUES ({marks})'

    def write(rows):
        for row in rows:
            for place, convert in places:
                if row[place] is not None:
                    row[place] = convert(row[place])
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    return write


def _for_sqlite(field):
    """What makes a column's value of its plain form, or None where it is that already."""
    while field.is_relation:
        field = field.target_field
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(field, _AS_IT_IS):
        return None
    return lambda value: field.get_db_prep_save(field.to_python(value), connection)


def _insert_postgresql(model, fields):
    columns = []
    for field in fields:
        while field.is_relation:
            field = field.target_field
        columns.append(_for_postgresql(field))
    statement = f'COPY "{model._meta.db_table}" ({_names(fields)}) FROM STDIN'

    def write(rows):
        buffer = io.StringIO()
        for row in rows:
            words = (word(value) for word, value in zip(columns, row, strict=True))
            buffer.write("\t".join(words) + "\n")
        buffer.seek(0)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.cursor.copy_expert(statement, buffer)

    return write


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _for_postgresql(field):
    """The text form of a column for COPY."""
    if isinstance(field, models.JSONField):
        return lambda value: "\\N" if value is None else json.dumps(value, ensure_ascii=False).translate(_ESCAPED)
    if isinstance(field, models.BinaryField):
        return lambda value: "\\N" if value is None else "\\\\x" + base64.b64decode(value).hex()
    return lambda value: "\\N" if value is None else str(value).translate(_ESCAPED)
