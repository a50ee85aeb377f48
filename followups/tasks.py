"""Celery doors: ids in, one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from followups.services.away import free_the_absent as free_absent
from followups.services.cards import wake_promises
from followups.services.effects import find_unheard
from followups.services.generation import RunBusy, generate_after_batch, generate_stores
from followups.services.moving import find_unmoved, move_calls
from followups.services.steering import find_unfinished, run_move

logger = logging.getLogger(__name__)


@shared_task
def generate_due_items(store_id=None, full=False):
    """Run today's generation for one store, or for all active ones; `full`: every open item is looked at (weekly)."""
    stores = Store.objects.active() if store_id is None else Store.objects.filter(pk=store_id)
    done, failed = generate_stores(stores, now=timezone.now(), full=full)
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


@shared_task
def move_waiting_calls(store_id):
    """The calendar or the hours of the store have changed."""
    store = Store.objects.get(pk=store_id)
    moved = move_calls(store, now=timezone.now())
    if moved is not None:
        logger.info("store %s: %s waiting calls moved", store.code, moved)


@shared_task
def sweep_moves():
    """Move what a killed worker or a wiped broker has left where it was."""
    for store_id in find_unmoved():
        logger.warning("the waiting calls of store %s were not moved; they are now", store_id)
        move_waiting_calls.delay(store_id)


@shared_task
def move_cards(move_id):
    """A manager moves many cards, or takes such a move back."""
    move = run_move(move_id, now=timezone.now())
    if move is not None:
        logger.info("move %s: %s cards moved, %s put back", move_id, move.moved, move.undone)


@shared_task
def sweep_queue_moves():
    """Go on with what a killed worker or a wiped broker has left half done."""
    for move_id in find_unfinished():
        logger.warning("move %s was not finished; it goes on now", move_id)
        move_cards.delay(move_id)


@shared_task
def free_the_absent(store_id=None):
    """What people hold who are away or have left goes to whoever stands in."""
    now = timezone.now()
    stores = Store.objects.active() if store_id is None else Store.objects.filter(pk=store_id)
    for store in stores:
        if done := free_absent(store, now=now):
            logger.info("store %s: %s hand-overs for people who are away", store.code, done)
