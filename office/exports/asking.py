"""Verbs on exports: ask for a sheet, fetch it. Who may, how many rows at most, and the lines both leave."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation

from audit.choices import AccessKind
from audit.services import record_access
from common.masking import sheltered_words
from office import jobs
from office.choices import JobKind, JobState
from office.exports.lists import Asked, ListExport, Selection
from office.models import Job

SHORTEST_REASON = 4  # characters: 用途说明


class Refused(Exception):
    """Nothing is exported. `code`: no_right, no_reason, nothing, too_many."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class FileGone(Exception):
    """The sheet is not there yet, or no more."""


@dataclass(frozen=True)
class Look:
    """What an export would hold, before it is asked for. `rows` is exact up to settings.EXPORT_MAX_ROWS, and one more beyond."""

    selection: Selection
    title: str
    rows: int

    @property
    def is_too_many(self) -> bool:
        return self.rows > settings.EXPORT_MAX_ROWS

    @property
    def is_at_once(self) -> bool:
        return self.rows <= settings.EXPORT_AT_ONCE_ROWS


def look(entry: ListExport, asked: Asked) -> Look:
    """Raises NoSuchList. One count, whatever the rows."""
    selection = entry.select(asked)
    rows = selection.rows.order_by()[: settings.EXPORT_MAX_ROWS + 1].count()
    return Look(selection, selection.title or str(entry.title), rows)


def ask_export(entry: ListExport, asked: Asked, *, is_full: bool, reason: str, form_key: str) -> Job:
    """A sheet of what the list shows now. A short list is built before this returns, a long one by a worker. The same wish of the same
    page is the same sheet. Raises Refused, NoSuchList."""
    reason, by = reason.strip() if is_full else "", asked.user
    if is_full and not by.has_perm("office.export_unmasked"):
        raise Refused("no_right")
    if is_full and len(reason) < SHORTEST_REASON:
        raise Refused("no_reason")
    seen = look(entry, asked)
    if not seen.rows or seen.is_too_many:
        raise Refused("too_many" if seen.rows else "nothing")
    query = asked.query.urlencode()
    params = {
        "query": query,
        "full": is_full,
        "reason": reason,
        "language": translation.get_language(),
        "title": seen.title,
        "filters": [[str(label), sheltered_words(words)] for label, words in seen.selection.filters],
        "at_once": seen.is_at_once,
    }
    # A page that comes back from the browser's memory has the old key: another choice on it is another wish.
    key = hashlib.sha256(repr((form_key, entry.code, query, is_full, reason)).encode()).hexdigest()
    how = {"store": by.store, "by": by, "key": key, "params": params, "total": seen.rows, "now": asked.now}
    job = jobs.ask(JobKind.EXPORT, entry.code, **how, at_once=seen.is_at_once)
    if seen.is_at_once and job.state == JobState.QUEUED:
        jobs.run(job.pk)
        job.refresh_from_db()
    return job


def fetch(job, *, by) -> Path:
    """The file of a finished export. Leaves a line each time. Raises FileGone."""
    path = jobs.path_of(job)
    if job.state != JobState.DONE or not job.file or not path.is_file():
        raise FileGone
    params = {"list": job.code, "title": job.params["title"], "rows": job.total, "full": job.params["full"]}
    record_access(job, by=by, kind=AccessKind.FILE, params=params | {"reason": job.params["reason"]})
    return path
