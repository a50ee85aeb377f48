"""What is kept no longer than settings.IMPORT_KEEP_DAYS: uploaded files, remarks on their rows, done files of the watched folders.

The row of the batch and its counts stay, and so does the history of the records (audit.Change), which an undo lives on.
"""

import contextlib
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from dms.choices import BatchState, InboxState
from dms.inbox import folders
from dms.models import Batch, InboxFile, RowChange, RowError
from dms.rows_file import PATTERN

FINISHED = (BatchState.DONE, BatchState.FAILED, BatchState.CANCELLED, BatchState.UNDONE)
STEP = 2_000  # rows a statement deletes: a working desk does not wait
ORPHAN_AGE = dt.timedelta(days=1)
_UPLOAD = re.compile(r"[0-9a-f]{32}\.bin")


@dataclass
class Purged:
    batches: int = 0
    orphans: int = 0
    inbox_files: int = 0


def purge(now=None) -> Purged:
    """Throw away what is old enough. Safe to run twice; a killed run is finished by the next one."""
    now = now or timezone.now()
    before = now - dt.timedelta(days=settings.IMPORT_KEEP_DAYS)
    return Purged(_purge_batches(before, now), _purge_orphans(now - ORPHAN_AGE), _purge_inbox(before))


def _purge_batches(before, now):
    old = Batch.objects.filter(state__in=FINISHED, finished_at__lt=before, purged_at=None)
    count = 0
    for batch in old.only("path").order_by("pk").iterator(chunk_size=500):
        for model in (RowError, RowChange):
            _delete_in_steps(model.objects.filter(batch_id=batch.pk))
        if batch.path:
            (Path(settings.MEDIA_ROOT) / batch.path).unlink(missing_ok=True)
        # Only what is still finished: an undo that begins now keeps its row as it is.
        count += old.filter(pk=batch.pk).update(path="", purged_at=now)
    return count


def _delete_in_steps(rows):
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:STEP]):
        rows.model.objects.filter(pk__in=ids).delete()


def _purge_orphans(before):
    """Uploads whose row was never made, since the process was killed between the two; and error workbooks, which can be built anew."""
    root = Path(settings.MEDIA_ROOT)
    for path in root.glob(PATTERN):
        if _written_at(path) < before:
            path.unlink(missing_ok=True)
    old = [path for path in root.glob("dms/*/*/*.bin") if _UPLOAD.fullmatch(path.name) and _written_at(path) < before]
    if not old:
        return 0
    known = set(Batch.objects.exclude(path="").values_list("path", flat=True))
    orphans = [path for path in old if path.relative_to(root).as_posix() not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _written_at(path):
    try:
        return dt.datetime.fromtimestamp(path.lstat().st_mtime, dt.UTC)
    except FileNotFoundError:
        return dt.datetime.max.replace(tzinfo=dt.UTC)


def _purge_inbox(before):
    """What failed stays: nobody has dealt with it yet."""
    done = (InboxState.IMPORTED, InboxState.REPEATED)
    count = 0
    for file in InboxFile.objects.filter(state__in=done, settled_at__lt=before).select_related("store").iterator():
        path = folders.folder_of(file.store) / file.place
        for old in (path, *folders.beside(path)):
            old.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the month is not empty yet
            path.parent.rmdir()
        file.delete()
        count += 1
    return count
