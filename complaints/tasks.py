"""Celery doors: one service call for each store, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from complaints.services import analysis, measures, radar
from complaints.services.ladder import watch

logger = logging.getLogger(__name__)


@shared_task
def watch_recurrence():
    """Causes that came back after their prevention was done; a second run finds nothing."""
    now = timezone.now()
    for store in Store.objects.active():
        if found := radar.watch_recurrence(store, now=now):
            logger.info("store %s: %s returns of a cause", store.code, found)


@shared_task
def nudge_measures():
    """Measures that are late, or whose effect is to be checked; each told once."""
    now = timezone.now()
    for store in Store.objects.active():
        if told := measures.nudge_measures(store, now=now):
            logger.info("store %s: %s notices about measures", store.code, told)


@shared_task
def watch_complaints():
    """Wake what has waited long enough, warn before deadlines, escalate after them; every store. Safe to run twice, or late."""
    for store in Store.objects.active().order_by("pk"):
        done = watch(store, now=timezone.now())
        if done:
            logger.info("complaints of %s: %s", store.code, done)


@shared_task
def compose_analyses():
    """The case analysis of each week that is over and has none; a second run composes nothing."""
    now = timezone.now()
    for store in Store.objects.active():
        for made in analysis.compose_missing(store, now=now):
            logger.info("store %s: case analysis of %s composed", store.code, made.start)
