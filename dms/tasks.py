"""Celery doors: ids in, one service call, a log line."""

from celery import shared_task


@shared_task
def run_import(batch_id):
    """Run or resume one confirmed batch."""


@shared_task
def sweep_imports():
    """Find queued and orphaned running batches and run them (the broker is only a doorbell)."""
