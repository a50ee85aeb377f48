"""Verbs on batches: take a file in, look at it, confirm it, run it. The batch row is the ledger; a task only rings."""

import hashlib
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.upsert import insert_rows, plain_value
from dms import engine, notices, oddities
from dms.choices import UNDECIDED, BatchOrigin, BatchState
from dms.differences import Differences
from dms.errors import Overtaken, UnusableFile, WrongState
from dms.files import open_file
from dms.ledger import locked, ring, silent_since
from dms.models import Batch, RowError
from dms.recognise import Layout, check_mapping, recognise
from dms.remembered import forget, recognise_for, remember
from dms.repeats import carry_decisions
from dms.samples import sample_columns

PREVIEW_ERRORS = 20_000  # stored with a preview; a run stores all
RUN_TASK = "dms.tasks.run_import"
_CHANGEABLE = (BatchState.UPLOADED, BatchState.READY)
_CHECKABLE = UNDECIDED

__all__ = [
    "Overtaken",
    "UnusableFile",
    "WrongState",
    "cancel_batch",
    "choose",
    "confirm_batch",
    "find_unfinished",
    "forget_columns",
    "import_now",
    "preview_batch",
    "queue_batch",
    "run_batch",
    "stage_upload",
]


def stage_upload(*, store, by, file_name, content, sheet=None, worksheet=None) -> Batch:
    """Keep the file and recognise it; state UPLOADED. `content` is bytes or an open binary file.

    A list that lacks a needed column, or looks like one of another kind, is kept too, since a person can tell (`choose`).
    Raises UnusableFile, and then nothing is kept.
    """
    batch, _table = stage(
        store=store,
        by=by,
        file_name=file_name,
        content=content,
        sheet=sheet,
        worksheet=worksheet,
        is_final=False,
    )
    return batch


def stage(
    *,
    store,
    by,
    file_name,
    content,
    sheet=None,
    worksheet=None,
    is_final=True,
    origin=BatchOrigin.BROWSER,
    link=None,
):
    """`stage_upload` that also hands over the opened file, for a caller that runs the batch at once: (batch, table).

    `is_final`: nobody will correct the columns, so a list that lacks a needed one is refused.
    `link(batch)` is called in the transaction that makes the row.
    """
    relative = Path("dms") / str(store.pk) / f"{timezone.now():%Y%m}" / f"{secrets.token_hex(16)}.bin"
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        digest, size = _keep(content, path)
        table = open_file(path)
        layout = recognise_for(store, table, sheet=sheet, worksheet=worksheet, is_final=is_final)
        batch = Batch(
            store=store,
            file_name=Path(file_name.replace("\\", "/")).name[:255],
            path=relative.as_posix(),
            sha256=digest,
            size=size,
            created_by=by,
            origin=origin,
        )
        _set_layout(batch, layout, sample_columns(table.worksheet(layout.worksheet), layout))
        with transaction.atomic():
            batch.save(force_insert=True)
            if link is not None:
                link(batch)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return batch, table


def _keep(content, path):
    digest, size = hashlib.sha256(), 0
    blocks = [content] if isinstance(content, bytes) else iter(lambda: content.read(1 << 20), b"")
    with path.open("wb") as file:
        for block in blocks:
            size += len(block)
            if size > settings.IMPORT_MAX_BYTES:
                raise UnusableFile("too_big", limit=settings.IMPORT_MAX_BYTES // 1024 // 1024)
            digest.update(block)
            file.write(block)
    return digest.hexdigest(), size


def _set_layout(batch, layout, columns):
    batch.sheet = layout.sheet
    batch.worksheet = layout.worksheet
    batch.other_worksheets = layout.other_worksheets
    batch.encoding = layout.encoding or ""
    batch.header_row = layout.header_row
    batch.mapping = {str(index): name for index, name in layout.mapping.items()}
    batch.layout_key = layout.key
    batch.columns = columns
    batch.warnings = oddities.of_layout(layout)
    batch.error_code, batch.error_params = "", {}
    if layout.other_list:
        batch.error_code, batch.error_params = "other_list", {"kind": layout.other_list}


def open_batch(batch) -> tuple:
    """(opened file, Layout) of a stored upload, with the batch's own mapping. Raises UnusableFile."""
    table = _stored_file(batch)
    return table, layout_of(batch, table)


def _stored_file(batch):
    path = Path(settings.MEDIA_ROOT) / batch.path
    if not batch.path or not path.is_file():
        raise UnusableFile("file_gone")
    return open_file(path)


def layout_of(batch, table) -> Layout:
    """How the batch reads its file: headers from the file, everything else as chosen."""
    layout = recognise(table, sheet=batch.sheet, worksheet=batch.worksheet or None, is_final=False)
    layout.mapping = {int(index): name for index, name in batch.mapping.items()}
    check_mapping(layout)
    return layout


def choose(batch, *, sheet=None, worksheet=None, mapping=None, anew=False, by=None) -> Batch:
    """Overrule what was recognised; back to UPLOADED. Raises UnusableFile, WrongState.

    For another `sheet` or `worksheet`, or `anew`, the file is recognised again. `mapping` is {column index: field}, and alone opens no
    file; `by` tells it for the next files of this layout too (dms.remembered).
    """
    again = None
    if sheet or worksheet or anew:
        table = _stored_file(batch)
        worksheet = worksheet or batch.worksheet or None
        again = recognise_for(batch.store, table, sheet=sheet, worksheet=worksheet, is_final=False)
        columns = sample_columns(table.worksheet(again.worksheet), again)
    with transaction.atomic():  # begun after the reading, which takes seconds for a long list
        batch = locked(batch, _CHANGEABLE)
        if again is not None:
            _set_layout(batch, again, columns)
        elif batch.error_code == "other_list":
            raise UnusableFile(batch.error_code, **batch.error_params)
        else:
            batch.error_code, batch.error_params = "", {}
        if mapping is not None:
            batch.mapping = {str(index): name for index, name in mapping.items() if name}
            check_mapping(batch)
            if by is not None:
                remember(batch, by=by)
        batch.state = BatchState.UPLOADED
        batch.preview, batch.rows_total = {}, 0
        batch.save()
        batch.row_errors.all().delete()
        batch.row_changes.all().delete()
    return batch


def forget_columns(batch, *, by) -> Batch:
    """What was told of the layout of this file counts no more, and the file is recognised without it. Raises as `choose` does."""
    with transaction.atomic():
        locked(batch, _CHANGEABLE)
        forget(batch, by=by)
    return choose(batch, anew=True)


def preview_batch(batch, *, tell=None) -> Batch:
    """Compare all rows with the store and write nothing but the result: counts, differences, row errors; state READY.

    The comparison runs outside any transaction; `tell(rows done, rows)` is called after each chunk.
    Raises UnusableFile, and WrongState too where the columns were changed meanwhile.
    """
    if batch.state not in _CHECKABLE:
        raise WrongState(batch.state)
    checked = batch.mapping
    table, layout = open_batch(batch)
    job = engine.load(batch.store, table, layout, today=_day(batch), batch_id=batch.pk, by=batch.created_by)
    differences = Differences(settings.IMPORT_SHOWN_DIFFERENCES)
    counts, errors = engine.dry_run(job, keep=PREVIEW_ERRORS, tell=tell, differences=differences)
    odd, newest = oddities.of_rows(batch, job)
    with transaction.atomic():
        batch = locked(batch, _CHECKABLE)
        if batch.mapping != checked:
            raise WrongState(batch.state)
        batch.preview = counts.as_dict()
        batch.newest_on, batch.warnings = newest, oddities.with_rows(batch.warnings, odd)
        batch.rows_total, batch.rows_done = counts.rows, 0
        batch.state = BatchState.READY
        batch.error_code, batch.error_params = "", {}
        batch.started_at = batch.heartbeat_at = None
        batch.save()
        batch.row_errors.all().delete()
        _store_shown(batch, errors)
        differences.store(batch)
    return batch


def _store_shown(batch, errors):
    attnames = ["batch_id", "row", "column", "code", "severity", "value", "params", "suggestion"]
    insert_rows(
        RowError,
        attnames,
        [
            (batch.pk, row, column, code, severity, value, plain_value(RowError, "params", params), suggestion)
            for row, column, code, severity, value, params, suggestion in errors.first()
        ],
    )


def _day(batch):
    return batch.store.day_of(batch.created_at)


@transaction.atomic
def queue_batch(batch, *, by) -> Batch:
    """`confirm_batch` without a bell, for a caller that runs it at once. Raises WrongState unless it is READY."""
    return _queue(batch, by=by, states=(BatchState.READY,))


@transaction.atomic
def confirm_batch(batch, *, by) -> Batch:
    """The import shall run: QUEUED, and the worker is rung once this is committed. Raises WrongState unless it is READY."""
    batch = _queue(batch, by=by, states=(BatchState.READY,))
    ring(RUN_TASK, batch.pk)
    return batch


def _queue(batch, *, by, states=_CHANGEABLE):
    batch = locked(batch, states)
    batch.state = BatchState.QUEUED
    batch.confirmed_by = by
    batch.confirmed_at = batch.heartbeat_at = timezone.now()
    batch.save(update_fields=["state", "confirmed_by", "confirmed_at", "heartbeat_at"])
    notices.batch_went_on(batch)
    return batch


@transaction.atomic
def cancel_batch(batch, *, by) -> Batch:
    """It shall not run. Raises WrongState where it is running or done."""
    batch = locked(batch, (*_CHECKABLE, BatchState.QUEUED))
    batch.state = BatchState.CANCELLED
    batch.finished_at = timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    batch.row_changes.all().delete()
    notices.batch_went_on(batch)
    return batch


def import_now(*, store, by, file_name, content, sheet=None, worksheet=None):
    """Take a file in and run it in this process, without a preview: (batch, Layout). Raises UnusableFile.

    The batch passes through the same states, so a killed process is picked up by the sweep.
    """
    batch, table = stage(
        store=store,
        by=by,
        file_name=file_name,
        content=content,
        sheet=sheet,
        worksheet=worksheet,
        origin=BatchOrigin.COMMAND,
    )
    layout = layout_of(batch, table)
    with transaction.atomic():
        _queue(batch, by=by)
    return run_batch(batch.pk, table=table), layout


def find_unfinished(now) -> list[int]:
    """Ids of batches that wait for a worker: queued ones, and running ones without a sign of life for so long that
    their worker is taken for dead (settings.IMPORT_STALE_SECONDS)."""
    queued = Batch.objects.filter(state=BatchState.QUEUED).values_list("pk", flat=True)
    stale = Batch.objects.filter(state=BatchState.RUNNING, heartbeat_at__lt=silent_since(now))
    return sorted({*queued, *stale.values_list("pk", flat=True)})


def run_batch(batch_id, *, table=None) -> Batch:
    """Run a confirmed batch, or resume an interrupted one at its cursor. Safe to call twice: the second caller leaves at once.

    Facts, history, errors, counts and the cursor of a chunk are one transaction. A file that turns out unusable, or a bug,
    leaves the batch FAILED with a code; what was written until then stays. `table` is the opened file, if the caller has it.
    """
    batch = _claim(batch_id)
    if batch is None:
        return Batch.objects.get(pk=batch_id)
    try:
        if table is None:
            table, layout = open_batch(batch)
        else:
            layout = layout_of(batch, table)
        job = engine.load(
            batch.store, table, layout, today=_day(batch), batch_id=batch.pk, by=batch.confirmed_by or batch.created_by
        )
        del table
        run = engine.Run(job, start=batch.cursor.get("groups", 0), counts=batch.counts or None)
        odd, newest = oddities.of_rows(batch, job)
        warnings = oddities.with_rows(batch.warnings, odd)
        _advance(batch, opening={"rows_total": job.pile.rows, "warnings": warnings, "newest_on": newest})
        run.go(lambda groups, rows, counts: _advance(batch, groups=groups, rows=rows, counts=counts.as_dict()))
    except UnusableFile as error:
        return _fail(batch, error.code, error.params)
    except Overtaken:
        return Batch.objects.get(pk=batch_id)
    except Exception as error:
        _fail(batch, "internal", {"error": type(error).__name__})
        raise
    return _complete(batch)


def _claim(batch_id):
    """The batch, now RUNNING and ours; None where it does not wait for anybody."""
    now = timezone.now()
    token = secrets.token_hex(8)
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update(of=("self",))
            .select_related("store", "created_by", "confirmed_by")
            .filter(pk=batch_id)
            .first()
        )
        if batch is None or batch.state not in (BatchState.QUEUED, BatchState.RUNNING):
            return None
        if batch.state == BatchState.RUNNING and batch.heartbeat_at > silent_since(now):
            return None
        batch.state = BatchState.RUNNING
        batch.started_at = batch.started_at or now
        batch.heartbeat_at = now
        if not batch.cursor:
            batch.row_errors.all().delete()
            batch.row_changes.all().delete()
            batch.conflicts.all().delete()
        batch.cursor = {**batch.cursor, "token": token}
        batch.save(update_fields=["state", "started_at", "heartbeat_at", "cursor"])
    return batch


def _ours(batch):
    return Batch.objects.filter(pk=batch.pk, state=BatchState.RUNNING, cursor__token=batch.cursor["token"])


def _advance(batch, *, groups=None, rows=0, counts=None, opening=None):
    values = {"heartbeat_at": timezone.now()}
    if opening is not None:
        values |= opening
    if groups is not None:
        values |= {"cursor": {**batch.cursor, "groups": groups}, "rows_done": batch.rows_done + rows, "counts": counts}
    if not _ours(batch).update(**values):
        raise Overtaken
    for name, value in values.items():
        setattr(batch, name, value)


def _fail(batch, code, params):
    return _end(batch, BatchState.FAILED, error_code=code, error_params=params, heartbeat_at=None)


def _complete(batch):
    return _end(batch, BatchState.DONE)


@transaction.atomic
def _end(batch, state, **values):
    """What has been written until here stands, be it half of the file: whoever follows an import hears of it."""
    if _ours(batch).update(state=state, finished_at=timezone.now(), **values):
        batch = Batch.objects.select_related("store").get(pk=batch.pk)
        if batch.has_landed:
            carry_decisions(batch)
            for dotted in settings.DMS_AFTER_IMPORT:
                ring(dotted, batch.store_id, batch.pk)
        notices.batch_has_run(batch)
    return Batch.objects.get(pk=batch.pk)
