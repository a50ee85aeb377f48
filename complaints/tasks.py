"""Celery doors: one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from complaints.services.ladder import watch

logger = logging.getLogger(__name__)


@shared_task
def watch_complaints():
    """Wake what has waited long enough, warn before deadlines, escalate after them; every store. Safe to run twice, or late."""
    for store in Store.objects.active().order_by("pk"):
        done = watch(store, now=timezone.now())
        if done:
            logger.info("complaints of %s: %s", store.code, done)
