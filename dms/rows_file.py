"""The error workbook of a long list, built by the worker, for nobody should wait ten seconds for a page; kept for a day.

The files beside the upload are its ledger: “.asked” while the worker has been rung for, “.part” while it builds, then the workbook
with the number of its rows in its name. Whoever asks again rings again where nobody is at it; a fault is tried again only then
too. Reads rows and writes files, nothing else.
"""

import shutil
import time
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, override

from dms.errors import UnusableFile
from dms.ledger import ring
from dms.models import Batch
from dms.workbook import write_error_workbook

BUILD_TASK = "dms.tasks.build_error_rows"
# Up to here it takes less than a second and a half, and is built while the page waits.
SHORT_LIST, SHORT_ERRORS = 10_000, 1_000
PATTERN = "dms/*/*/*.rows.*"  # below MEDIA_ROOT


def open_rows(batch, *, with_warnings):
    """(open file, rows in it), or None while the worker builds it. Raises UnusableFile where the upload is gone."""
    if batch.rows_total <= SHORT_LIST and batch.row_errors.count() <= SHORT_ERRORS:
        return write_error_workbook(batch, with_warnings=with_warnings)
    if not batch.path or not (Path(settings.MEDIA_ROOT) / batch.path).is_file():
        raise UnusableFile("file_gone")
    place = _place(batch, with_warnings, get_language())
    if (found := _finished(place)) is not None:
        return found.open("rb"), int(found.suffixes[-2].lstrip("."))
    if not _is_fresh(_asked(place)) and not _is_fresh(_part(place)):
        _asked(place).touch()
        ring(BUILD_TASK, batch.pk, with_warnings, get_language())
    return None


def build_rows(batch_id, with_warnings, language) -> int | None:
    """Build the file; gives its rows, None where that is done or another worker is at it."""
    batch = Batch.objects.select_related("store").get(pk=batch_id)
    place = _place(batch, with_warnings, language)
    if _finished(place) is not None or _is_fresh(_part(place)):
        return None
    _part(place).touch()
    with override(language):
        file, rows = write_error_workbook(batch, with_warnings=with_warnings, beat=_part(place).touch)
    with file, _part(place).open("wb") as copy:
        shutil.copyfileobj(file, copy)
    _part(place).rename(f"{place}.{rows}.xlsx")
    _asked(place).unlink(missing_ok=True)
    return rows


def _place(batch, with_warnings, language) -> Path:
    """What the files' names begin with. Other remarks (after another check, after the run) make another file."""
    newest = batch.row_errors.order_by("pk").values_list("pk", flat=True).last()
    upload = Path(settings.MEDIA_ROOT) / batch.path
    return upload.with_suffix(f".rows.{newest or 0}-{'all' if with_warnings else 'wrong'}-{language}")


def _asked(place):
    return Path(f"{place}.asked")


def _part(place):
    return Path(f"{place}.part")


def _finished(place) -> Path | None:
    return next(iter(place.parent.glob(f"{place.name}.*.xlsx")), None)


def _is_fresh(path) -> bool:
    """Has somebody shown here lately that he is at it?"""
    try:
        return path.stat().st_mtime > time.time() - settings.IMPORT_STALE_SECONDS
    except FileNotFoundError:
        return False
