"""A scratch database for a benchmark: made, migrated, dropped. Call `scratch()` before importing any model.

    with scratch():
        from customers.models import Customer
        ...
DATABASE_URL chooses the engine: empty = a SQLite file in a temporary folder; postgres://… = a database of its own on that server.
"""

import contextlib
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit


@contextlib.contextmanager
def scratch():
    url = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="dcrc-bench-") as folder:
        os.environ.update(
            {
                "DCRC_DATA_DIR": folder,
                "DCRC_TESTING": "1",
                "CELERY_EAGER": "1",
                "DJANGO_SETTINGS_MODULE": "dcrc.settings",
                "LOG_LEVEL": "WARNING",
            }
        )
        os.environ.pop("DCRC_ENV", None)
        os.environ.pop("REDIS_URL", None)
        if url.startswith("postgres"):
            with _postgres(url) as made:
                os.environ["DATABASE_URL"] = made
                _migrate()
                yield
                _close()
        else:
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            _migrate()
            yield
            _close()


@contextlib.contextmanager
def _postgres(url):
    import psycopg2

    base = url.rsplit("/", 1)[0]
    name = f"dcrc_bench_{os.getpid()}"
    admin = psycopg2.connect(base + "/postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{base}/{name}"
    finally:
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.close()


def _migrate():
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _close():
    from django.db import connections

    connections.close_all()


def engine():
    return "PostgreSQL" if urlsplit(os.environ["DATABASE_URL"]).scheme.startswith("postgres") else "SQLite"


def busy():
    """Seconds of processor time that this process, its ended children and its PostgreSQL backend have used. On a machine
    that others load too it says more than the clock; the disk is not in it."""
    from django.db import connection

    used = time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    used += children.ru_utime + children.ru_stime
    if engine() == "PostgreSQL":
        connection.ensure_connection()
        backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        if backend.exists():  # a server on this machine
            used += int(backend.read_text().split()[0]) / 1e9
    return used


def seconds(work):
    """Wall seconds of `work()`."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def row(name, ours, floor, unit="s"):
    """One printed line: medians of two lists of figures and their ratio."""
    mine, least = statistics.median(ours), statistics.median(floor)
    print(
        f"{engine():<11}{name:<44}{mine:>10.3f} {unit:<5} floor {least:>9.3f} {unit:<5} = {mine / least if least else 0:>5.1f} x  (n={len(ours)})",
        flush=True,
    )
