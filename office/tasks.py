"""Celery doors: one service call, a log line."""

import logging

from celery import shared_task

from office.backups.nightly import nightly_backup
from office.watch import heartbeats

logger = logging.getLogger(__name__)


@shared_task(bind=True)
def show_sign_of_life(self, sender=""):
    """Somebody took this message: a worker is at work, and where beat has sent it, so is beat."""
    heartbeats.note_worker(self.request.hostname)
    if sender == heartbeats.BEAT:
        heartbeats.note(heartbeats.BEAT)
        heartbeats.forget_old()


@shared_task
def make_nightly_backup():
    """One file with everything, every night."""
    logger.info("nightly backup: %s", nightly_backup())
