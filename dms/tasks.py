"""Celery doors: ids in, one service call, a log line. Each may be lost or rung twice; the rows of the batches know what is left."""

import logging

from celery import shared_task
from django.utils import timezone

from dms import checking, services

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


@shared_task
def sweep_imports():
    """Ring again for what a killed worker or a wiped broker left undone. A bell too many finds nothing to claim."""
    now = timezone.now()
    unchecked, unfinished = checking.find_unchecked(now), services.find_unfinished(now)
    for batch_id in unchecked:
        check_import.delay(batch_id)
    for batch_id in unfinished:
        run_import.delay(batch_id)
    if unchecked or unfinished:
        logger.info("sweep: rang again for checks %s, imports %s", unchecked, unfinished)
