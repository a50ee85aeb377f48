"""What can be asked of the house itself: database, broker, workers, clock, disk, backup, migrations (declarations for office.watch)."""

import datetime as dt
import os
import shutil
import time
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from kombu.exceptions import ChannelError

from accounts.models import Store
from common.health import BAD, GOOD, WARN, Check, Finding
from common.insert_select import database_now
from office.watch.heartbeats import BACKUP, BEAT, WORKER, sign_of, signs

SLOW_MS = 100  # a single question to the database
CLOCK_WARN, CLOCK_BAD = dt.timedelta(seconds=5), dt.timedelta(seconds=60)
DISK_WARN_SHARE, DISK_BAD_SHARE = 0.10, 0.03
QUEUE_WARN = 500  # messages


def ago(moment, now) -> str:
    """How long since, in whole minutes, hours or days."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


# --- database ---------------------------------------------------------------------------------------------------------
def probe_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def look_at_database(look):
    began = time.perf_counter()
    probe_database()
    took = (time.perf_counter() - began) * 1000
    engine, size = database_name(), database_size()
    words = _("%(engine)s, %(size)s, answers in %(ms)s ms")
    text = words % {"engine": engine, "size": filesizeformat(size), "ms": f"{took:.1f}"}
    facts = {"engine": connection.vendor, "bytes": size, "ms": round(took, 1)}
    yield Finding(WARN if took > SLOW_MS else GOOD, text, facts=facts)


def database_name() -> str:
    """The engine and its version."""
    if connection.vendor == "postgresql":
        version = connection.pg_version
        return f"PostgreSQL {version // 10000}.{version % 10000}"
    return f"SQLite {connection.Database.sqlite_version}"


def database_size() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        return pages * cursor.fetchone()[0]


# --- broker -----------------------------------------------------------------------------------------------------------
def _broker():
    """A connection that does not wait long for a broker that is not there."""
    quick = {} if is_file_broker() else {"socket_connect_timeout": 2, "socket_timeout": 2}
    return current_app.connection_for_write(transport_options=quick)


def is_file_broker() -> bool:
    return str(current_app.conf.broker_url or "").startswith("filesystem")


def probe_broker():
    with _broker() as broker:
        if is_file_broker():
            folder = broker.transport_options.get("data_folder_out", "")
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise OSError(f"{folder} cannot be written to")
        else:
            broker.ensure_connection(max_retries=1, timeout=2)


def look_at_broker(look):
    try:
        probe_broker()
        waiting = queue_length()
    except Exception:
        yield Finding(BAD, _("The broker does not answer: no job can be rung for."), facts={"waiting": None})
        return
    kind = _("a folder") if is_file_broker() else "Redis"
    words = ngettext("%(kind)s, %(n)s message waits", "%(kind)s, %(n)s messages wait", waiting)
    tone = WARN if waiting > QUEUE_WARN else GOOD
    yield Finding(tone, words % {"kind": kind, "n": waiting}, facts={"waiting": waiting})


def queue_length() -> int:
    with _broker() as broker, broker.channel() as channel:
        try:
            return channel.queue_declare(queue=current_app.conf.task_default_queue, passive=True).message_count
        except ChannelError:  # nothing was ever rung
            return 0


# --- workers and clock ------------------------------------------------------------------------------------------------
def late_after() -> dt.timedelta:
    return dt.timedelta(minutes=settings.HEALTH_LATE_MINUTES)


def house_since():
    """Since when there has been somebody to serve: before, nothing can be late. None: nobody yet."""
    return Store.objects.active().order_by("created_at").values_list("created_at", flat=True).first()


def look_at_workers(look):
    rows = [row for name, row in signs().items() if name.startswith(WORKER)]
    newest = max((row.at for row in rows), default=None)
    if newest is None:
        yield _never(look.now, _("No worker has ever shown a sign of life."))
        return
    is_late = look.now - newest > late_after()
    for row in rows:
        words = _("%(node)s: last sign of life %(ago)s")
        text = words % {"node": row.name.removeprefix(WORKER), "ago": ago(row.at, look.now)}
        silent = look.now - row.at > late_after()
        tone = BAD if is_late and row.at == newest else WARN if silent else GOOD
        facts = {"node": row.name.removeprefix(WORKER), "seconds": round((look.now - row.at).total_seconds())}
        yield Finding(tone, text, since=row.at if tone == BAD else None, facts=facts)


def look_at_beat(look):
    row = sign_of(BEAT)
    if row is None:
        yield _never(look.now, _("The clock that rings the workers (beat) has never rung."))
        return
    silent = look.now - row.at
    tone = BAD if silent > late_after() else GOOD
    facts = {"seconds": round(silent.total_seconds())}
    yield Finding(tone, _("last rung %(ago)s") % {"ago": ago(row.at, look.now)}, since=row.at, facts=facts)


def _never(now, text):
    since = house_since()
    is_late = since is not None and now - since > late_after()
    return Finding(BAD if is_late else WARN, text, since=since if is_late else None)


def look_at_clocks(look):
    skews = {_("this web server"): timezone.now() - database_now()}
    for name, row in signs().items():
        if name.startswith(WORKER) and "clock_ms" in row.params:
            skews[name.removeprefix(WORKER)] = dt.timedelta(milliseconds=row.params["clock_ms"])
    for name, skew in skews.items():
        off = abs(skew)
        tone = BAD if off > CLOCK_BAD else WARN if off > CLOCK_WARN else GOOD
        words = _("%(name)s differs from the database by %(seconds)s s")
        facts = {"name": str(name), "ms": round(skew / dt.timedelta(milliseconds=1))}
        yield Finding(tone, words % {"name": name, "seconds": f"{skew.total_seconds():+z.1f}"}, facts=facts)


# --- disk, backup, version --------------------------------------------------------------------------------------------
def look_at_disk(look):
    folders = {
        _("data"): settings.DATA_DIR,
        _("backups"): settings.BACKUP_DIR,
        _("watched folders"): settings.INBOX_DIR,
    }
    seen = set()
    for name, folder in folders.items():
        folder = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
        if (device := folder.stat().st_dev) in seen:
            continue
        seen.add(device)
        total, _used, free = shutil.disk_usage(folder)
        share = free / total if total else 0
        is_bad = share < DISK_BAD_SHARE or free < settings.DISK_FREE_MB * 1024 * 1024
        tone = BAD if is_bad else WARN if share < DISK_WARN_SHARE else GOOD
        words = _("%(name)s: %(free)s free of %(total)s (%(share)s %%)")
        text = words % {
            "name": name,
            "free": filesizeformat(free),
            "total": filesizeformat(total),
            "share": round(share * 100),
        }
        yield Finding(tone, text, facts={"free_bytes": free, "total_bytes": total})


def look_at_backup(look):
    if not settings.BACKUP_KEEP:
        yield Finding(WARN, _("The nightly backup is switched off (BACKUP_KEEP=0)."), facts={"seconds": None})
        return
    row = sign_of(BACKUP)
    if row is None:
        since = house_since()
        is_late = since is not None and look.now - since > dt.timedelta(days=2)
        yield Finding(BAD if is_late else WARN, _("There is no backup yet; one is made every night."))
        return
    age = look.now - row.at
    tone = BAD if age > dt.timedelta(days=2) else GOOD
    words = _("%(file)s, %(size)s, %(ago)s")
    text = words % {
        "file": row.params.get("file", ""),
        "size": filesizeformat(row.params.get("bytes", 0)),
        "ago": ago(row.at, look.now),
    }
    yield Finding(tone, text, facts={"seconds": round(age.total_seconds()), **row.params})


def look_at_version(look):
    pending = pending_migrations()
    facts = {"version": settings.VERSION, "pending": pending}
    if pending:
        words = ngettext(
            "version %(v)s, %(n)s migration is missing", "version %(v)s, %(n)s migrations are missing", pending
        )
        yield Finding(BAD, words % {"v": settings.VERSION, "n": pending}, facts=facts)
    else:
        yield Finding(GOOD, _("version %(v)s, the database is up to date") % {"v": settings.VERSION}, facts=facts)


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


CHECKS = [
    Check(
        "database",
        gettext_lazy("Database"),
        look_at_database,
        gettext_lazy(
            "Look whether the database server runs and its disk is not full; the web server’s log names the fault."
        ),
        probe=probe_database,
    ),
    Check(
        "broker",
        gettext_lazy("Broker"),
        look_at_broker,
        gettext_lazy(
            "Look whether Redis runs (REDIS_URL), or whether the broker folder in the data folder can be written to. "
            "Nothing is lost meanwhile: what was missed is caught up by itself."
        ),
        probe=probe_broker,
    ),
    Check(
        "worker",
        gettext_lazy("Workers"),
        look_at_workers,
        gettext_lazy("Start the worker again (the service “celery worker”, or make run) and read its log."),
        alarm=gettext_lazy("No worker is at work: imports and moved calls stand still."),
    ),
    Check(
        "beat",
        gettext_lazy("Clock of the jobs"),
        look_at_beat,
        gettext_lazy("Start beat again (the service “celery beat”, or make run); exactly one must run."),
        alarm=gettext_lazy("Scheduled work is not being rung for: promises do not rise, watched folders are not read."),
    ),
    Check(
        "backup",
        gettext_lazy("Backup"),
        look_at_backup,
        gettext_lazy(
            "Make one by hand (make backup) and read what it says; the backup folder may be full or not writable."
        ),
    ),
    Check(
        "disk",
        gettext_lazy("Disk"),
        look_at_disk,
        gettext_lazy("Free some space, or let fewer backups and uploads be kept (BACKUP_KEEP, IMPORT_KEEP_DAYS)."),
    ),
    Check(
        "clocks",
        gettext_lazy("Clocks"),
        look_at_clocks,
        gettext_lazy("Let all machines take the time from the same time server (NTP)."),
    ),
    Check(
        "version",
        gettext_lazy("Version"),
        look_at_version,
        gettext_lazy("Run make setup (or manage.py migrate) and start everything again."),
    ),
]
