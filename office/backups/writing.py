"""Make a backup while people work: one snapshot of the database, the files beside it, and a name only once all is whole."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from office.backups import rows, schema
from office.backups.errors import of_os
from office.watch.heartbeats import BACKUP, note

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FORMAT = 1
MANIFEST = "manifest.json"
PREFIX, BEFORE = "dcrc-", "dcrc-before-restore-"
PART = ".dcrc-*.part"
_BLOCK = 1 << 20
# Below the folders: exports are gone within a day, and what begins like this is somebody's half-written work.
SHORT_LIVED = ("exports",)
UNFINISHED = (".part", ".tmp", ".restoring", ".before")


@dataclass(frozen=True)
class Backup:
    """What was made: `rows` in `tables`, `files` of the folders; `removed` are the names of older backups that made room."""

    path: str
    bytes: int
    rows: int
    tables: int
    files: int
    seconds: float
    removed: list[str]

    def as_dict(self):
        return asdict(self)


def make_backup(folder=None, *, keep=0, prefix=PREFIX, now=None) -> Backup:
    """Write a backup into `folder` (made where it is missing). Of those made before, the newest `keep` stay in all; 0: every one.

    Raises BackupError, and then nothing is left behind. A killed one leaves a file that begins with a dot and ends with .part,
    which the next one throws away. Not in a transaction.
    """
    folder = Path(folder or settings.BACKUP_DIR)
    began, now = time.monotonic(), now or timezone.now()
    target = folder / f"{prefix}{timezone.localtime(now):%Y%m%d-%H%M%S}.zip"
    part = folder / f".{target.name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        with _part_file(part) as file:
            manifest = _write(file, now)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        _sync_folder(folder)
        removed = _make_room(folder, keep) if keep else []
        size = target.stat().st_size
    except OSError as fault:
        raise of_os(fault, folder) from fault
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    count = sum(table["rows"] for table in manifest["tables"])
    files = sum(1 for name in manifest["members"] if not name.startswith("rows/"))
    if prefix == PREFIX:
        note(BACKUP, file=target.name, bytes=size, rows=count)
    seconds = round(time.monotonic() - began, 1)
    return Backup(str(target), size, count, len(manifest["tables"]), files, seconds, removed)


@contextlib.contextmanager
def _part_file(path):
    """For the owner alone, and locked: who holds the lock is alive."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _sweep(folder):
    """Throw away what killed backups left."""
    for path in folder.glob(PART):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where somebody is at it
            path.unlink()


def _sync_folder(folder):
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def backups_in(folder) -> list[Path]:
    """Whole backups, newest first; those made before a restore are not counted among them."""
    found = [path for path in Path(folder).glob(f"{PREFIX}*.zip") if not path.name.startswith(BEFORE)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _make_room(folder, keep):
    removed = []
    for path in backups_in(folder)[keep:]:
        path.unlink(missing_ok=True)
        removed.append(path.name)
    return removed


@contextlib.contextmanager
def snapshot():
    """Everything read inside is of one moment, and nobody waits for it: a read transaction."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    if connection.in_atomic_block:
        raise RuntimeError("a snapshot is no part of a transaction")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # not IMMEDIATE: a reader takes no write lock
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def _write(file, now):
    manifest = {
        "format": FORMAT,
        "product": "DCRC",
        "version": settings.VERSION,
        "made_at": now.astimezone(dt.UTC).isoformat(),
        "database": connection.vendor,
        "left_out": ["SECRET_KEY", *sorted(schema.LEFT_OUT)],
        "members": {},
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=6) as archive:
        with snapshot():
            manifest["migrations"] = schema.applied_migrations()
            manifest["tables"] = [
                _write_table(archive, model, manifest["members"]) for model in schema.tables_at(manifest["migrations"])
            ]
        for name, setting in settings.BACKUP_FOLDERS.items():
            _write_folder(archive, name, Path(getattr(settings, setting)), manifest["members"])
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


def _write_table(archive, model, members):
    table = model._meta.db_table
    member, count = f"rows/{table}.jsonl", 0
    with _Member(archive, member, members) as out:
        for line in rows.lines(model):
            out.write(line.encode() + b"\n")
            count += 1
    columns = [field.column for field in schema.fields_of(model)]
    return {"table": table, "columns": columns, "rows": count, "last_number": schema.next_numbers(model)}


def _write_folder(archive, name, folder, members):
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] in SHORT_LIVED or any(part.endswith(UNFINISHED) for part in inside.parts):
            continue
        if path.is_symlink() or not path.is_file():
            continue
        member = f"{name}/{inside.as_posix()}"
        try:
            file = path.open("rb")
        except FileNotFoundError:  # thrown away meanwhile
            continue
        with file, _Member(archive, member, members) as out:
            while block := file.read(_BLOCK):
                out.write(block)


class _Member:
    """One member while it is written; its size and SHA-256 stand in `members` afterwards."""

    def __init__(self, archive, name, members):
        self.archive, self.name, self.members = archive, name, members
        self.digest, self.size = hashlib.sha256(), 0

    def __enter__(self):
        self.stream = self.archive.open(self.name, "w", force_zip64=True)
        return self

    def write(self, block):
        self.digest.update(block)
        self.size += len(block)
        self.stream.write(block)

    def __exit__(self, kind, *fault):
        self.stream.close()
        if kind is None:
            self.members[self.name] = {"sha256": self.digest.hexdigest(), "bytes": self.size}
