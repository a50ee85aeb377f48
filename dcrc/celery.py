"""The Celery application. The beat schedule stands in settings (CELERY_BEAT_SCHEDULE) and nowhere else."""

import os
import threading

from celery import Celery
from celery.signals import worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcrc.settings")

app = Celery("dcrc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def catch_up(sender=None, **kwargs):
    """What a stopped machine missed is found from the database, so a worker starts by looking (DESIGN: catch-up, never a clock tick)."""
    for name in settings.CATCH_UP_TASKS:
        app.send_task(name)


@worker_ready.connect
def live(sender=None, **kwargs):
    """Signs of life come from the process itself, not from its tasks alone: a worker that is busy for an hour is not a dead one."""
    from office.watch.heartbeats import keep_beating  # not before the apps are there

    threading.Thread(target=keep_beating, args=(sender.hostname,), name="signs-of-life", daemon=True).start()
