"""Verbs on jobs: ask, run, throw away. The row is the ledger; a task only rings, may be lost, and may come twice.

What a kind of job does is a module that settings.JOBS names: `build(job, path, tell)` writes the file, calls `tell(done)` at least
every few seconds and gives how many rows it wrote; `done(job)` runs in the transaction that makes it DONE, `failed(job)` in the one
that makes it FAILED. A job that was cut off is built from the beginning: half a file is of no use, and nothing else was written.
"""

import datetime as dt
import logging
import secrets
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerDown

from office.choices import JobState
from office.models import Job

TASK = "office.tasks.run_job"
ATTEMPTS = 3  # workers that died over it; the next one would too
ORPHAN_AGE = dt.timedelta(days=1)
log = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another worker has taken this job over, or it is no more."""


class GaveUp(Exception):
    """The work cannot be done any more; `code` says why (Job.error)."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def folder() -> Path:
    path = Path(settings.EXPORT_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(job) -> Path:
    return Path(settings.EXPORT_DIR) / job.file


def ask(kind, code, *, store, by, key, params, total, now, at_once=False) -> Job:
    """Write down a wish; the worker is rung once this is committed, unless the caller runs it `at_once`. Of the same `key` by the same
    person it is the same job, in whatever state it is by now."""
    values = {"kind": kind, "code": code, "params": params, "total": total, "made_at": now}
    try:
        with transaction.atomic():
            job = Job.objects.create(store=store, made_by=by, key=key, **values)
            if not at_once:
                ring(job.pk)
    except IntegrityError:
        return Job.objects.get(made_by=by, key=key)
    return job


def ring(job_id):
    def send():
        try:
            import_string(TASK).delay(job_id)
        except BrokerDown:
            log.warning("The broker does not answer; job %s waits for the next sweep.", job_id)

    transaction.on_commit(send)


def find_unfinished(now) -> list[int]:
    """Ids of jobs that wait for a worker: queued ones, and those whose worker is taken for dead."""
    return list(Job.objects.silent(_silent_since(now)).order_by("pk").values_list("pk", flat=True))


def run(job_id) -> Job | None:
    """Do it; None where somebody else does, or has done. May be called twice and after a death. A fault is raised once it stands in
    the row."""
    job = _claim(job_id, timezone.now())
    if job is None:
        return None
    kind, name = import_module(settings.JOBS[job.kind]), f"{secrets.token_hex(16)}.xlsx"
    draft = folder() / f"{name}.part"
    try:
        if job.attempts > ATTEMPTS:
            raise GaveUp("given_up")
        rows = kind.build(job, draft, lambda done: _beat(job, done))
        draft.replace(folder() / name)
        return _finish(job, kind, name, rows)
    except Overtaken:
        return None
    except GaveUp as end:
        return _fail(job, kind, end.code)
    except Exception:
        _fail(job, kind, "internal")
        raise
    finally:
        draft.unlink(missing_ok=True)


def _silent_since(now):
    return now - dt.timedelta(seconds=settings.JOB_STALE_SECONDS)


def _claim(job_id, now):
    token = secrets.token_hex(8)
    rows = Job.objects.silent(_silent_since(now)).filter(pk=job_id)
    job = rows.first()
    if job is None:
        return None
    # Compared with what was read: of two workers that come at once the second finds another heartbeat.
    taken = Job.objects.filter(pk=job.pk, state=job.state, token=job.token, heartbeat_at=job.heartbeat_at)
    values = {"state": JobState.RUNNING, "token": token, "heartbeat_at": now, "attempts": job.attempts + 1, "done": 0}
    if not taken.update(**values):
        return None
    return Job.objects.select_related("store", "made_by__store").get(pk=job.pk)


def _ours(job):
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, token=job.token)


def _beat(job, done):
    if not _ours(job).update(done=done, heartbeat_at=timezone.now()):
        raise Overtaken


def _finish(job, kind, name, rows):
    now, path = timezone.now(), folder() / name
    values = {"file": name, "size": path.stat().st_size, "total": rows, "done": rows, "finished_at": now}
    values["expires_at"] = now + dt.timedelta(days=settings.EXPORT_KEEP_DAYS)
    try:
        with transaction.atomic():
            if not _ours(job).update(state=JobState.DONE, **values):
                raise Overtaken
            job.refresh_from_db(fields=["state", *values])
            kind.done(job)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return job


@transaction.atomic
def _fail(job, kind, code):
    if _ours(job).update(state=JobState.FAILED, error=code, finished_at=timezone.now()):
        job.refresh_from_db(fields=["state", "error", "finished_at"])
        kind.failed(job)
    return job


# --- Throwing away ------------------------------------------------------------------------------------------------------
def purge(now) -> tuple[int, int]:
    """(files whose days are over, files that belong to no job) that were thrown away. The rows stay: they say what was taken out."""
    old = Job.objects.filter(expires_at__lt=now).exclude(file="")
    count = 0
    for job in old.only("file").order_by("pk").iterator(chunk_size=500):
        path_of(job).unlink(missing_ok=True)
        count += old.filter(pk=job.pk).update(file="")
    return count, _purge_orphans(now - ORPHAN_AGE)


def _purge_orphans(before):
    """What a killed worker has left: a file whose row never learned of it."""
    old = [path for path in folder().glob("*.xlsx*") if path.stat().st_mtime < before.timestamp()]
    known = set(Job.objects.filter(file__in=[path.name for path in old]).values_list("file", flat=True)) if old else ()
    orphans = [path for path in old if path.name not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)
