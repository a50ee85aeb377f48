"""Hand-written statements that run so often, and plan so long, that planning them each time is most of their cost."""

import weakref
from collections.abc import Mapping

from django.db import connection

_known: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # driver's connection -> {statement: its EXECUTE}


def planned_once(statement: str, types: Mapping[str, str]) -> str:
    """What to execute, with the same named parameters, in place of `statement` with its %(name)s placeholders.

    PostgreSQL prepares it the first time on each connection; `types` are the SQL types of all parameters. Other databases get the
    statement as it is (SQLite's driver keeps compiled statements itself). Statements live as long as their connection, so a
    connection pool in front of PostgreSQL must pool sessions, not transactions.
    """
    if connection.vendor != "postgresql":
        return statement
    connection.ensure_connection()
    known = _known.setdefault(connection.connection, {})
    if statement not in known:
        name = f"planned_{len(known)}"
        places = {parameter: f"${place}" for place, parameter in enumerate(types, start=1)}
        with connection.cursor() as cursor:
            cursor.execute(f"PREPARE {name} ({', '.join(types.values())}) AS {statement % places}")
        known[statement] = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in types)})"
    return known[statement]
