"""Verbs that take a whole import back: ask for it, run it, find what a dead worker left.

The batch row is the ledger (`Batch.undo`: token, stage, cursor, numbers); a task only rings. Each step is one short transaction
under the store's lock, with the facts, the history and the cursor in it; what it does stands in `dms.takeback`.
"""

import secrets

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Store
from common.upsert import loading
from dms import notices
from dms.choices import BatchState
from dms.errors import Overtaken, WrongState
from dms.ledger import locked, ring, silent_since
from dms.models import Batch
from dms.takeback import LOT, RESTORE, TakeBack

UNDO_TASK = "dms.tasks.undo_import"
LOTS = (LOT, LOT, LOT // 8, LOT // 64, 1)  # of the attempts at one step
STOPPED = "undo_stopped"
COUNTED = ("restored", "retired", "kept")


def can_be_undone(batch) -> bool:
    """It has written something, and nobody is at work on it."""
    return batch.state == BatchState.DONE or (batch.state == BatchState.FAILED and batch.rows_done > 0)


@transaction.atomic
def undo_batch(batch, *, by) -> Batch:
    """The import shall be taken back: UNDOING, and the worker is rung once this is committed. Raises WrongState.

    A batch that failed half way gives back its half; an undo that was stopped by a fault goes on where it was.
    """
    batch = _begin(batch, by)
    ring(UNDO_TASK, batch.pk)
    return batch


@transaction.atomic
def _begin(batch, by):
    batch = locked(batch, (BatchState.DONE, BatchState.FAILED))
    if not can_be_undone(batch):
        raise WrongState(batch.state)
    batch.state, batch.undone_by, batch.heartbeat_at = BatchState.UNDOING, by, None
    batch.error_code, batch.error_params = "", {}
    batch.save(update_fields=["state", "undone_by", "heartbeat_at", "error_code", "error_params"])
    notices.batch_is_undone(batch)
    return batch


def undo_now(batch, *, by) -> Batch:
    """`undo_batch` that runs in this process. Raises WrongState."""
    return run_undo(_begin(batch, by).pk)


def find_undoing(now) -> list[int]:
    """Ids of undos that wait for a worker: not begun, or without a sign of life (settings.IMPORT_STALE_SECONDS)."""
    return list(_waiting(now).order_by("pk").values_list("pk", flat=True))


def _waiting(now):
    idle = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=silent_since(now))
    return Batch.objects.filter(idle, state=BatchState.UNDOING)


def run_undo(batch_id) -> Batch:
    """Take a batch back, or go on where an interrupted undo stopped. Safe to call twice: the second caller leaves at once.

    UNDONE at the end. A bug leaves it FAILED with a code; what was taken back until then stays so, and asking again goes on
    from there. Either way settings.DMS_AFTER_UNDO is rung.
    """
    batch = _claim(batch_id)
    if batch is None:
        return Batch.objects.get(pk=batch_id)
    try:
        take = TakeBack(batch)
        if "total" not in batch.undo:
            _advance(batch, total=take.size())
        stages = take.stages()
        with loading():
            while batch.undo["stage"] < len(stages):
                _step(batch, take, *stages[batch.undo["stage"]])
    except Overtaken:
        return Batch.objects.get(pk=batch_id)
    except Exception as error:
        _stop(batch, error)
        raise
    return _complete(batch)


def _claim(batch_id):
    """The batch, now ours; None where it does not wait for anybody."""
    now = timezone.now()
    with transaction.atomic():
        batch = (
            _waiting(now)
            .select_for_update(of=("self",))
            .select_related("store", "undone_by")
            .filter(pk=batch_id)
            .first()
        )
        if batch is None:
            return None
        batch.undo = {"stage": 0, "cursor": None, "done": 0, "left": 0, "started_at": now.isoformat()} | batch.undo
        batch.undo["token"] = secrets.token_hex(8)
        batch.heartbeat_at = now
        batch.save(update_fields=["undo", "heartbeat_at"])
    return batch


def _ours(batch):
    return Batch.objects.filter(pk=batch.pk, state=BatchState.UNDOING, undo__token=batch.undo["token"])


def _advance(batch, **values):
    undo = batch.undo | values
    if not _ours(batch).update(undo=undo, heartbeat_at=timezone.now()):
        raise Overtaken
    batch.undo = undo


def _step(batch, take, kind, label):
    """Somebody else may have changed or locked the same records in this moment: then read again, compare again. A single change
    that the database will not take back, because another record has its place by now, is left."""
    for lot in LOTS:
        try:
            return _attempt(batch, take, kind, label, lot)
        except (IntegrityError, OperationalError) as problem:
            fault = problem
    if kind != RESTORE or not isinstance(fault, IntegrityError):
        raise fault
    return _attempt(batch, take, kind, label, lot, leaves=True)


def _attempt(batch, take, kind, label, lot, **how):
    kept = batch.undo
    try:
        with transaction.atomic():
            # One import or undo at a time writes into a store; the desk, which only refers to the store, does not wait.
            Store.objects.select_for_update(no_key=True).get(pk=batch.store_id)
            _note(batch, take.step(kind, label, batch.undo["cursor"], lot, **how))
    except (IntegrityError, OperationalError):
        batch.undo = kept
        raise


def _note(batch, result):
    """Where the undo stands after a step, in the step's own transaction."""
    undo = batch.undo
    values = {name: dict(undo.get(name, {})) for name in COUNTED}
    for name in COUNTED:
        for label, number in getattr(result, name).items():
            values[name][label] = values[name].get(label, 0) + number
    is_over = result.cursor is None
    _advance(
        batch,
        stage=undo["stage"] + is_over,
        cursor=result.cursor,
        done=undo["done"] + result.done,
        left=undo["left"] + result.left,
        **values,
    )


@transaction.atomic
def _stop(batch, error):
    params = {"error": type(error).__name__}
    if _ours(batch).update(state=BatchState.FAILED, error_code=STOPPED, error_params=params, heartbeat_at=None):
        _ring(batch)  # for what has been taken back until here


@transaction.atomic
def _complete(batch):
    now = timezone.now()
    if _ours(batch).update(state=BatchState.UNDONE, undone_at=now, heartbeat_at=now):
        _ring(batch)
    return Batch.objects.get(pk=batch.pk)


def _ring(batch):
    for dotted in settings.DMS_AFTER_UNDO:
        ring(dotted, batch.store_id, batch.pk)


def numbers_of(batch) -> dict[str, int]:
    """What the undo has done so far: records `restored`, `retired`, `kept`, and fields `left` as they are."""
    return {name: sum(batch.undo.get(name, {}).values()) for name in COUNTED} | {"left": batch.undo.get("left", 0)}
