"""Celery doors: ids in, one service call, a log line."""

import logging

from celery import shared_task

from accounts.models import Store
from customers.services.duplicates import refresh_duplicates, touched_by

logger = logging.getLogger(__name__)


@shared_task
def find_duplicates_after_import(store_id, batch_id):
    """Whom the import, or its undo, touched may have a double now, or have lost one."""
    store = Store.objects.get(pk=store_id)
    logger.info("import %s: %s new duplicates", batch_id, refresh_duplicates(store, touched_by(batch_id)))
