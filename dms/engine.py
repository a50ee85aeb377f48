"""One path for every import: chunks of groups are planned against the records in hand; writing is the only difference
between a preview and a run."""

import contextlib
import datetime as dt
import gc
import heapq
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.models import Store
from common.upsert import insert_rows, loading, plain_value, renew_statistics
from dms.book import Memory, Tally
from dms.choices import ConflictState, Severity
from dms.columns import Finding
from dms.models import Conflict, RowError
from dms.reading import Pile, read_pile
from dms.recognise import Layout
from dms.sheets import Sheet, get_sheet

SHOWN_ERRORS = 1_000
ATTEMPTS = 4
CHUNK_SECONDS = 0.3  # a desk that wants to save may have to wait for a chunk to be committed, on SQLite for any
FEWEST_ROWS = 100


@dataclass
class Counts:
    """The numbers of the --json object. created + updated + unchanged + rejected = rows."""

    rows: int = 0
    ignored_rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    conflicts: int = 0
    errors_total: int = 0
    records: dict = field(default_factory=dict)

    def as_dict(self):
        return dict(self.__dict__)


class Errors:
    """Counts what was wrong and keeps the first rows of it, however much there is."""

    def __init__(self, keep=SHOWN_ERRORS):
        self.keep = keep
        self.total = 0
        self._heap = []  # largest row first

    def add(self, error):
        entry = (-error[0], -self.total, error)
        self.total += 1
        if len(self._heap) < self.keep:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def first(self):
        return [entry[2] for entry in sorted(self._heap, reverse=True)]


@dataclass
class Import:
    """One worksheet being compared with, or written into, one store."""

    store: Store
    pile: Pile
    layout: Layout
    today: dt.date
    batch_id: int | None = None
    by: object = None

    def __post_init__(self):
        self.sheet: Sheet = get_sheet(self.layout.sheet)

    def memory(self, *, is_dry):
        return Memory(self.store.pk, self.store.day_of, self.batch_id, timezone.now(), self.today, is_dry, self.by)


@contextlib.contextmanager
def _without_collector():
    """Hundreds of thousands of rows in hand, none of them in a cycle: the cyclic collector would walk them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collector()
def load(store, table, layout, *, today, batch_id=None, by=None) -> Import:
    """Read and clean all rows. Raises UnusableFile."""
    pile = read_pile(table.worksheet(layout.worksheet), layout, today=today)
    return Import(store, pile, layout, today, batch_id, by)


def file_notes(job):
    """What is wrong with the file rather than with a row."""
    for index in job.layout.duplicates():
        finding = Finding("duplicate_header", job.layout.headers[index], column=index)
        yield (job.layout.header_row, index, finding.code, Severity.WARNING, finding.value, {}, "")


def error_of(note, layout):
    """A note with its column as the header reads: (row, column, code, severity, value, params, suggestion)."""
    row, index, code, severity, value, params, suggestion = note
    column = layout.headers.get(index) or None if index is not None else None
    return (row, column and column[:120], code, str(severity), value[:200], params, suggestion[:200])


def plan(sheet, groups, book, counts):
    """Compare groups with the records in hand; count them by outcome."""
    sheet.plan([group for group in groups if not group.is_rejected], book)
    for group in groups:
        outcome = "rejected" if group.is_rejected else group.outcome
        setattr(counts, outcome, getattr(counts, outcome) + group.count)


@_without_collector()
@loading()
def dry_run(job: Import, *, keep=SHOWN_ERRORS, tell=None, differences=None) -> tuple[Counts, Errors]:
    """What a run would do, with nothing written and no lock taken. `tell(rows done, rows)` hears of each chunk, and
    `differences` (dms.differences.Differences) gathers what would change."""
    memory, counts, errors = job.memory(is_dry=True), Counts(), Errors(keep)
    for note in file_notes(job):
        errors.add(error_of(note, job.layout))
    for groups in job.pile.chunks():
        book = job.sheet.book(memory)
        plan(job.sheet, groups, book, counts)
        book.finish()
        if differences is not None:
            differences.gather(book)
        book.close()
        for group in groups:
            for note in group.notes:
                errors.add(error_of(note, job.layout))
        if tell is not None:
            tell(counts.created + counts.updated + counts.unchanged + counts.rejected, job.pile.rows)
    _sum_up(counts, memory, job.pile)
    counts.errors_total = errors.total
    return counts, errors


def _sum_up(counts, memory, pile):
    counts.rows, counts.ignored_rows = pile.rows, pile.ignored_rows
    counts.conflicts = memory.conflicts
    counts.records = {label: tally.as_dict() for label, tally in sorted(memory.counts.items())}


class Pace:
    """How many rows the next chunk has: settings.IMPORT_CHUNK_ROWS, or fewer where this machine, busy as it is, would hold
    its locks for longer than CHUNK_SECONDS."""

    def __init__(self):
        self.most = self.rows = settings.IMPORT_CHUNK_ROWS

    def __call__(self):
        return self.rows

    def took(self, seconds):
        fit = int(self.rows * CHUNK_SECONDS / max(seconds, 0.001))
        self.rows = min(self.most, max(fit, FEWEST_ROWS))


class Run:
    """The writing run of one batch, chunk by chunk. `advance` is called inside each chunk's transaction with
    (groups done, rows done, counts) and raises Overtaken to roll it back."""

    def __init__(self, job: Import, *, start=0, counts=None, errors_total=0):
        self.job = job
        self.start = start
        self.counts = Counts(**counts) if counts else Counts()
        self.errors_total = errors_total or self.counts.errors_total
        self.memory = job.memory(is_dry=False)
        self.memory.conflicts = self.counts.conflicts
        self.pace = Pace()
        self.known_to_planner = 0  # groups

    @_without_collector()
    @loading()
    def go(self, advance):
        done = self.start
        self._remember(done)
        for groups in self.job.pile.chunks(self.start, rows=self.pace):
            self._chunk(groups, done, advance)
            done += len(groups)
            self._tell_planner()
        return self.counts

    def _chunk(self, groups, done, advance):
        for attempt in range(ATTEMPTS):
            notes = [len(group.notes) for group in groups]
            kept = Counts(**self.counts.as_dict()), self.memory.conflicts
            try:
                with transaction.atomic():
                    self._write(groups, done, advance)
                return
            except (IntegrityError, OperationalError):
                # Somebody else created or locked the same records in this moment: read again, compare again. What the
                # attempt had in mind goes with it, or its records would count twice and its fields be told already.
                if attempt == ATTEMPTS - 1:
                    raise
                self.counts, conflicts = kept
                self._remember(done)
                self.memory.conflicts = conflicts
                for group, length in zip(groups, notes, strict=True):
                    del group.notes[length:]

    def _write(self, groups, done, advance):
        job, memory = self.job, self.memory
        memory.now = timezone.now()
        # One import at a time writes into a store; the desk, which only refers to the store, does not wait for this.
        Store.objects.select_for_update(no_key=True).get(pk=job.store.pk)
        begun = time.monotonic()  # waiting for others is no reason to take less
        if memory.ids and not _ids_outlive_transactions():
            memory.ids = {}
        book = job.sheet.book(memory)
        plan(job.sheet, groups, book, self.counts)
        book.finish()
        conflicts = book.conflicts
        self.models = [table.model for table in book.tables]
        book.close()
        notes = [note for group in groups for note in group.notes]
        if not done:
            notes = [*file_notes(job), *notes]
        self._store_errors([error_of(note, job.layout) for note in notes])
        self._store_conflicts(conflicts)
        self.counts.errors_total += len(notes)
        _sum_up(self.counts, memory, job.pile)
        advance(done + len(groups), sum(group.count for group in groups), self.counts)
        self.pace.took(time.monotonic() - begun)

    def _tell_planner(self):
        """Whenever the import has doubled what it created."""
        created = self.counts.created
        if created >= max(2 * self.known_to_planner, FEWEST_ROWS):
            renew_statistics(self.models, created)
            self.known_to_planner = created

    def _remember(self, done):
        """A memory as it was after that many groups: plans again, without writing, what has been written, to know what was
        told and counted."""
        job = self.job
        conflicts = self.memory.conflicts
        self.memory = job.memory(is_dry=False)
        self.memory.conflicts = conflicts
        if not done:
            return
        dry = job.memory(is_dry=True)
        for groups in job.pile.chunks(stop=done):
            book = job.sheet.book(dry)
            job.sheet.plan([group for group in groups if not group.is_rejected], book)
            book.finish()
            book.close()
        self.memory.told = dry.told
        for label, tally in dry.counts.items():
            known = self.memory.counts[label] = Tally()
            known.seen = {pk for pk in tally.seen if pk > 0}
        job.sheet.book(self.memory).recall()

    def _store_errors(self, errors):
        attnames = ["batch_id", "row", "column", "code", "severity", "value", "params", "suggestion"]
        rows = [
            (self.job.batch_id, row, column, code, severity, value, plain_value(RowError, "params", params), suggestion)
            for row, column, code, severity, value, params, suggestion in errors
        ]
        insert_rows(RowError, attnames, rows)

    def _store_conflicts(self, conflicts):
        attnames = ["store_id", "batch_id", "row", "model", "object_id", "customer_id", "field", "ours", "theirs"]
        now = plain_value(Conflict, "created_at", self.memory.now)
        rows = [
            (self.job.store.pk, self.job.batch_id, *conflict, str(ConflictState.OPEN), now) for conflict in conflicts
        ]
        insert_rows(Conflict, [*attnames, "state", "created_at"], rows, ignore_conflicts=True)


def _ids_outlive_transactions():
    """Numbers drawn from a PostgreSQL sequence stay ours; those computed on SQLite hold only under the write lock."""
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
