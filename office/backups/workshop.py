"""A place beside the database where the restored one is built and proved, and the one step that puts it in its place.

SQLite: a file beside the database file, copied into it by SQLite itself in one transaction. PostgreSQL: a schema of its own, whose
tables change places with those of the present schema in one transaction. Until that step nothing has changed; after it, all has.
"""

import contextlib
import sqlite3
from pathlib import Path

from django.db import OperationalError, ProgrammingError, connection, transaction

from office.backups.errors import BackupError, of_os

SCHEMA = "dcrc_restoring"
PATIENCE = 30  # seconds for those who work to let go


def workshop():
    """A context: inside, the default connection is an empty database beside the real one. Gives the function that puts what was
    built there in the place of the database, wholly or not at all. Afterwards the workshop is gone, used or not."""
    return _schema() if connection.vendor == "postgresql" else _file()


# --- SQLite -----------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _file():
    real = connection.settings_dict["NAME"]
    scratch = f"{real}.restoring"
    connection.close()
    _throw_away(scratch)
    connection.settings_dict["NAME"] = scratch
    try:
        yield lambda: _copy_file(scratch, real)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real
        _throw_away(scratch)


def _throw_away(scratch):
    try:
        for ending in ("", "-wal", "-shm", "-journal", "-turn"):
            Path(f"{scratch}{ending}").unlink(missing_ok=True)
    except OSError as fault:
        raise of_os(fault, scratch) from fault


def _copy_file(scratch, real):
    connection.close()
    source, target = sqlite3.connect(scratch), sqlite3.connect(real, timeout=PATIENCE)
    try:
        # Ours is the next write before SQLite copies: it would try again for ever.
        target.execute("BEGIN IMMEDIATE")
        target.execute("ROLLBACK")
        source.backup(target)
        target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as fault:
        raise BackupError("busy") from fault
    finally:
        source.close()
        target.close()


# --- PostgreSQL -------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def _schema():
    options = connection.settings_dict["OPTIONS"]
    before = options.get("options", "")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            home = cursor.fetchone()[0]
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    except ProgrammingError as fault:
        raise BackupError("no_right", fault=str(fault).splitlines()[0]) from fault
    connection.close()
    options["options"] = f"{before} -c search_path={SCHEMA}".strip()
    try:
        yield lambda: _change_tables(home)
    finally:
        connection.close()
        options["options"] = before
        if not before:
            del options["options"]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            cursor.execute("ANALYZE")  # new tables would be taken for empty ones


_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""


def _change_tables(home):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            if old := _tables(cursor, home):
                names = ", ".join(f'"{home}"."{name}"' for name in old)
                cursor.execute(f"DROP TABLE {names} CASCADE")
            for name in _tables(cursor, SCHEMA):
                cursor.execute(f'ALTER TABLE {SCHEMA}."{name}" SET SCHEMA "{home}"')
    except OperationalError as fault:
        raise BackupError("busy") from fault
    except ProgrammingError as fault:
        raise BackupError("no_right", fault=str(fault).splitlines()[0]) from fault


def _tables(cursor, schema):
    cursor.execute(_TABLES, [schema])
    return [row[0] for row in cursor.fetchall()]
