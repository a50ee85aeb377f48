"""Put a backup back: look at it, build the database beside the present one, prove it, keep what is there, change places.

Whatever fails before the last step changes nothing.
"""

import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from office.backups import rows, schema
from office.backups.errors import BackupError, of_os
from office.backups.reading import Archive
from office.backups.workshop import workshop
from office.backups.writing import BEFORE, make_backup


@dataclass(frozen=True)
class Restored:
    """What was put back; `safety` is the backup of what was there before, "" where nothing was."""

    path: str
    made_at: str
    rows: int
    tables: int
    files: int
    safety: str
    migrated: bool
    seconds: float

    def as_dict(self):
        return asdict(self)


def restore(path, *, say=lambda step: None) -> Restored:
    """`say(code)` is told of each step as it begins. Raises BackupError. Not in a transaction; stop the workers before."""
    began = time.monotonic()
    say("look")
    with Archive(path) as archive:
        say("keep")
        safety = _keep_present()
        try:
            with workshop() as put_in_place:
                say("build")
                is_older = _build(archive)
                say("files")
                _lay_out(archive)
                say("change")
                put_in_place()
        except BaseException as fault:  # nothing has changed
            _throw_away(".restoring")
            Path(safety or "-").unlink(missing_ok=True)
            if isinstance(fault, OSError):
                raise of_os(fault, path) from fault
            raise
        _change_folders()
    # Counts and logins of the database that was. With Redis its bells go too: they would ring for rows that are no more.
    cache.clear()
    ContentType.objects.clear_cache()
    tables, members = archive.manifest["tables"], archive.manifest["members"]
    return Restored(
        path=str(path),
        made_at=archive.manifest["made_at"],
        rows=sum(table["rows"] for table in tables),
        tables=len(tables),
        files=sum(1 for name in members if not name.startswith("rows/")),
        safety=safety,
        migrated=is_older,
        seconds=round(time.monotonic() - began, 1),
    )


def _keep_present() -> str:
    """The backup of what is there; "" for a database without tables."""
    if not connection.introspection.table_names():
        return ""
    return make_backup(prefix=BEFORE).path


def _build(archive) -> bool:
    """The backup's schema with the backup's rows, then today's schema. Says whether the two differ."""
    names = archive.manifest["migrations"]
    executor = schema.executor_for(names)
    executor.migrate(schema.leaves(names, executor))
    models = schema.tables_at(names)
    told = {table["table"]: table for table in archive.manifest["tables"]}
    for model in models:
        columns = {field.column for field in schema.fields_of(model)}
        if columns != set(told.get(model._meta.db_table, {}).get("columns", ())):
            raise BackupError("damaged", path=archive.path, member=model._meta.db_table)
    _empty(models)
    for model in models:
        _fill(model, told[model._meta.db_table], archive)
    executor = MigrationExecutor(connection)
    is_older = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    call_command("migrate", verbosity=0, interactive=False)
    return is_older


def _empty(models):
    """What the migrations themselves have entered."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in reversed(models):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


def _fill(model, told, archive):
    table = told["table"]
    try:
        rows.load(model, archive.lines_of(table), told["columns"])
        found = model._base_manager.count()
        schema.set_next_number(model, told["last_number"])
    except (DatabaseError, ValueError, TypeError) as fault:
        raise BackupError("not_loaded", table=table, fault=str(fault).splitlines()[0]) from fault
    if found != told["rows"]:
        raise BackupError("wrong_count", table=table, found=found, expected=told["rows"])


# --- folders ----------------------------------------------------------------------------------------------------------
def _folders():
    return {name: Path(getattr(settings, setting)) for name, setting in settings.BACKUP_FOLDERS.items()}


def _lay_out(archive):
    """The files beside the present ones, in the same folder: it may be a disk of its own."""
    for name, folder in _folders().items():
        for member, inside in archive.files_of(name):
            target = folder / ".restoring" / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.zip.open(member) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)


def _change_folders():
    """What is there goes, what was laid out comes."""
    try:
        for folder in _folders().values():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".before").mkdir(exist_ok=True)
            for path in [path for path in folder.iterdir() if path.name not in (".before", ".restoring")]:
                path.replace(folder / ".before" / path.name)
            if (folder / ".restoring").exists():
                for path in list((folder / ".restoring").iterdir()):
                    path.replace(folder / path.name)
        _throw_away(".restoring", ".before")
    except OSError as fault:
        raise of_os(fault, fault.filename) from fault


def _throw_away(*names):
    for folder in _folders().values():
        for name in names:
            shutil.rmtree(folder / name, ignore_errors=True)
