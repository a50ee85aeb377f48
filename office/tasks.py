"""Celery doors: one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from office import jobs
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


@shared_task(acks_late=True)
def run_job(job_id):
    """Do one job, or do it again where a dead worker left it."""
    job = jobs.run(job_id)
    logger.info("job %s: %s", job_id, f"{job.state}, {job.done} rows" if job else "is somebody else's, or done")


@shared_task
def sweep_jobs():
    """Ring again for what a killed worker or a wiped broker left undone. A bell too many finds nothing to claim."""
    unfinished = jobs.find_unfinished(timezone.now())
    for job_id in unfinished:
        run_job.delay(job_id)
    if unfinished:
        logger.info("sweep: rang again for jobs %s", unfinished)


@shared_task
def purge_jobs():
    """Throw away the files whose days are over."""
    logger.info("purged %s files of jobs, and %s that belong to none", *jobs.purge(timezone.now()))
