"""SQLite lets writers race for its one write lock: whoever waits looks again every 100 ms at most, and a job that begins its
next transaction at once nearly always gets there first. Measured here: a desk waited 1.4 s beside an import whose
transactions took 0.15 s. So writers queue up: whoever wants the write lock first takes a lock on a file beside the database,
which the system hands on in order, and lets go of it as soon as the transaction has begun. An import thus stands behind
the desk that came before it. Where the system has no such locks (Windows), writers race as before.
"""

import contextlib
import os

from django.db.backends.sqlite3 import base

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

SUFFIX = "-turn"
WRITES = ("INSERT", "UPDATE", "DELETE")


class DatabaseWrapper(base.DatabaseWrapper):
    _file = None  # descriptor, of its own for each connection, since the lock belongs to the opened file

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        name = str(conn_params["database"])
        if fcntl is not None and self._file is None and not self.is_in_memory_db() and not name.startswith("file:"):
            with contextlib.suppress(OSError):  # a folder that cannot be written to has no writers either
                self._file = os.open(name + SUFFIX, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        return connection

    @contextlib.contextmanager
    def turn(self):
        """Ours is the next write. Held until the transaction has begun, or the single statement is done."""
        if self._file is None:
            yield
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _start_transaction_under_autocommit(self):
        with self.turn():
            super()._start_transaction_under_autocommit()

    def create_cursor(self, name=None):
        cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def close(self):
        super().close()
        if self._file is not None and self.connection is None:
            os.close(self._file)
            self._file = None


class Cursor(base.SQLiteCursorWrapper):
    """A single statement that writes outside a transaction takes its turn too."""

    def execute(self, query, params=None):
        if self.connection.in_transaction or query.lstrip()[:6].upper() not in WRITES:
            return super().execute(query, params)
        with self.wrapper.turn():
            return super().execute(query, params)
