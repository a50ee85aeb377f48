"""Signs of life: written by workers, by the clock that rings them, by jobs that have to come again."""

import datetime as dt
import logging
import socket
import time

from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils import timezone

from common.insert_select import database_now
from office.models import Heartbeat

logger = logging.getLogger(__name__)

BEAT = "beat"
BACKUP = "backup"
WORKER = "worker "  # and the name of the node
EVERY = 60  # seconds between two signs of a worker
FORGOTTEN = dt.timedelta(days=1)  # a worker that was silent for so long has moved away


def note(name, **params) -> None:
    """`name` lives at this moment."""
    name = name[:120]
    if not Heartbeat.objects.filter(name=name).update(at=Now(), params=params):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=Now(), params=params)], ignore_conflicts=True)


def note_worker(node) -> None:
    """A worker lives, and its clock differs from the database's by so much."""
    skew = timezone.now() - database_now()
    note(f"{WORKER}{node or socket.gethostname()}", clock_ms=round(skew / dt.timedelta(milliseconds=1)))


def keep_beating(node, *, pause=EVERY, rounds=None) -> None:
    """Runs beside a worker as long as it lives, in a thread of its own with a connection of its own."""
    count = 0
    while rounds is None or count < rounds:
        try:
            note_worker(node)
        except DatabaseError:
            logger.exception("The sign of life could not be written.")
        finally:
            connection.close()  # no child of the worker is to inherit an open one
        count += 1
        time.sleep(pause)


def sign_of(name) -> Heartbeat | None:
    return Heartbeat.objects.filter(name=name).first()


def signs() -> dict[str, Heartbeat]:
    """All of them, without workers that have moved away. One query."""
    rows = {row.name: row for row in Heartbeat.objects.order_by("name")}
    before = timezone.now() - FORGOTTEN
    workers = [row for row in rows.values() if row.name.startswith(WORKER)]
    newest = max((row.at for row in workers), default=None)
    return {
        name: row for name, row in rows.items() if not name.startswith(WORKER) or row.at > before or row.at == newest
    }


def forget_old() -> int:
    """Workers that have moved away, but the newest."""
    gone = Heartbeat.objects.filter(name__startswith=WORKER, at__lt=timezone.now() - FORGOTTEN)
    return gone.exclude(pk__in=gone.order_by("-at").values_list("pk", flat=True)[:1]).delete()[0]
