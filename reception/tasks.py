"""Celery doors: ids in, one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from reception.services import follow_up_stores

logger = logging.getLogger(__name__)


@shared_task(name="reception.tasks.follow_up_absent")
def follow_up_absent():
    """Who was expected on a day that is over and did not come."""
    done, failed = follow_up_stores(Store.objects.active(), now=timezone.now())
    logger.info("absent customers followed up: %s; failed: %s", done, sorted(failed))
