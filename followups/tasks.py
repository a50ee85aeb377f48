"""Celery doors: ids in, one service call, a log line."""

from celery import shared_task


@shared_task
def generate_due_items(store_id=None):
    """Run the day's generation for one store or for all active ones."""


@shared_task
def generate_after_import(store_id, batch_id):
    """An import brought facts: run the store's generation again."""
