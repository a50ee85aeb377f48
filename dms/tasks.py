"""Celery doors: ids in, one service call, a log line. Each may be lost or rung twice; the rows of the batches know what is left."""

import logging

from celery import shared_task
from django.utils import timezone

from dms import checking, purging, rows_file, services, undo, watching
from dms.inbox import reading

logger = logging.getLogger(__name__)


@shared_task(acks_late=True)
def run_import(batch_id):
    """Run or resume one confirmed batch."""
    batch = services.run_batch(batch_id)
    outcome = f"{batch.state} {batch.error_code}".rstrip()
    logger.info("import %s: %s, %s of %s rows", batch.pk, outcome, batch.rows_done, batch.rows_total)


@shared_task(acks_late=True)
def check_import(batch_id):
    """Check one large file before it is confirmed."""
    batch = checking.run_check(batch_id)
    outcome = f"{batch.state} {batch.error_code}".rstrip()
    logger.info("check of import %s: %s, %s rows", batch.pk, outcome, batch.rows_total)


@shared_task(acks_late=True)
def undo_import(batch_id):
    """Take a batch back, or go on where a dead worker stopped."""
    batch = undo.run_undo(batch_id)
    logger.info("undo of import %s: %s %s", batch.pk, batch.state, undo.numbers_of(batch))


@shared_task
def build_error_rows(batch_id, with_warnings, language):
    """Build the error workbook of a long list."""
    logger.info("error rows of import %s: %s", batch_id, rows_file.build_rows(batch_id, with_warnings, language))


@shared_task
def sweep_imports():
    """Ring again for what a killed worker or a wiped broker left undone. A bell too many finds nothing to claim."""
    now = timezone.now()
    unchecked, unfinished = checking.find_unchecked(now), services.find_unfinished(now)
    undoing = undo.find_undoing(now)
    for batch_id in unchecked:
        check_import.delay(batch_id)
    for batch_id in undoing:
        undo_import.delay(batch_id)
    for batch_id in unfinished:
        run_import.delay(batch_id)
    if unchecked or unfinished or undoing:
        logger.info("sweep: rang again for checks %s, imports %s, undos %s", unchecked, unfinished, undoing)


@shared_task
def read_inbox():
    """One round over the watched folders."""
    for file in reading.read_all():
        logger.info("inbox %s: %s is %s", file.store_id, file.name, file.state)


@shared_task
def check_import_silence():
    """Tell who imports nothing, and what waits."""
    silent, waiting = watching.watch()
    logger.info("silent stores %s, waiting imports %s", [s.code for s in silent], [batch.pk for batch in waiting])


@shared_task
def purge_uploads():
    """Throw away what is old enough."""
    logger.info("purged: %s", purging.purge())
