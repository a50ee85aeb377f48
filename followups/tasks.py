"""Celery doors: ids in, one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from followups.services.cards import wake_promises
from followups.services.effects import find_unheard
from followups.services.generation import RunBusy, generate_after_batch, generate_stores

logger = logging.getLogger(__name__)


@shared_task
def generate_due_items(store_id=None):
    """Run today's generation for one store, or for all active ones."""
    stores = Store.objects.active() if store_id is None else Store.objects.filter(pk=store_id)
    done, failed = generate_stores(stores, now=timezone.now())
    logger.info("due items generated: %s; failed: %s", done, sorted(failed))


@shared_task(autoretry_for=(RunBusy,), retry_backoff=30)
def generate_after_import(store_id, batch_id):
    """An import brought facts: run the store's generation again."""
    logger.info("due items after import %s: %s", batch_id, generate_after_batch(store_id, batch_id, now=timezone.now()))


@shared_task
def sweep_after_imports():
    """Run the generation that a killed worker or a wiped broker has left out after an import."""
    for store_id, batch_id in find_unheard(timezone.now()):
        logger.warning("import %s was not followed by a run; it is now", batch_id)
        generate_after_import.delay(store_id, batch_id)


@shared_task
def wake_due_promises():
    """Promises whose moment has come rise to the top of the queue."""
    now = timezone.now()
    for store in Store.objects.active():
        if woken := wake_promises(store, now=now):
            logger.info("store %s: %s promises woken", store.code, woken)
