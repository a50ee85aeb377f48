"""Celery doors: ids in, one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from quality.services.drawing import draw_missing

logger = logging.getLogger(__name__)


@shared_task
def draw_spot_checks():
    """Each active store's calls of the days before; a second run draws nothing."""
    now = timezone.now()
    for store in Store.objects.active():
        if drawn := draw_missing(store, now=now):
            logger.info("store %s: %s spot checks drawn", store.code, drawn)
