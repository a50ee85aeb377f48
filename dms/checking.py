"""Checking a file before it is confirmed: while the page waits where it is small, by the worker where it is large.

A check writes nothing but its own result, so it may be lost, repeated and run twice.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from dms.choices import BatchState
from dms.errors import UnusableFile, WrongState
from dms.models import Batch
from dms.services import preview_batch

CHECK_TASK = "dms.tasks.check_import"


def check_batch(batch) -> Batch:
    """READY when this returns, or CHECKING if the file is larger than settings.IMPORT_CHECK_INLINE_BYTES.

    Raises UnusableFile (for a file checked here), WrongState.
    """
    if batch.size <= settings.IMPORT_CHECK_INLINE_BYTES:
        return preview_batch(batch)
    with transaction.atomic():
        waiting = Batch.objects.filter(pk=batch.pk, state__in=(BatchState.UPLOADED, BatchState.READY))
        if not waiting.update(
            state=BatchState.CHECKING, rows_done=0, rows_total=0, started_at=None, heartbeat_at=timezone.now()
        ):
            raise WrongState(Batch.objects.get(pk=batch.pk).state)
        import_string(CHECK_TASK).delay_on_commit(batch.pk)
    batch.refresh_from_db()
    return batch


def run_check(batch_id) -> Batch:
    """Check a waiting or abandoned batch. A file that cannot be used goes back to UPLOADED with the reason on it."""
    if (
        not _unclaimed(timezone.now())
        .filter(pk=batch_id)
        .update(started_at=timezone.now(), heartbeat_at=timezone.now())
    ):
        return Batch.objects.get(pk=batch_id)
    batch = Batch.objects.select_related("store", "created_by").get(pk=batch_id)
    try:
        return preview_batch(batch, tell=lambda done, total: _tell(batch, done, total))
    except WrongState:  # discarded in the meantime
        return Batch.objects.get(pk=batch_id)
    except UnusableFile as error:
        _give_back(batch, error.code, error.params)
    except Exception:
        _give_back(batch, "internal", {})
        raise
    return Batch.objects.get(pk=batch_id)


def find_unchecked(now) -> list[int]:
    """Ids of checks that wait for a worker: never begun, or without a sign of life (settings.IMPORT_STALE_SECONDS)."""
    return list(_unclaimed(now).order_by("pk").values_list("pk", flat=True))


def _unclaimed(now):
    stale = now - dt.timedelta(seconds=settings.IMPORT_STALE_SECONDS)
    return Batch.objects.filter(Q(started_at=None) | Q(heartbeat_at__lt=stale), state=BatchState.CHECKING)


def _tell(batch, done, total):
    running = Batch.objects.filter(pk=batch.pk, state=BatchState.CHECKING)
    running.update(rows_done=done, rows_total=total, heartbeat_at=timezone.now())


def _give_back(batch, code, params):
    Batch.objects.filter(pk=batch.pk, state=BatchState.CHECKING).update(
        state=BatchState.UPLOADED, error_code=code, error_params=params, started_at=None, heartbeat_at=None
    )
