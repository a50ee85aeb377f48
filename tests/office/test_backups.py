"""Backup and restore, proved by restoring: what is in it, what broken files do, what a kill leaves."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import Store, User
from customers.models import Customer, Phone, Vehicle
from office.backups import errors, schema, writing
from office.backups.errors import BackupError
from office.backups.nightly import nightly_backup
from office.backups.reading import Archive
from office.backups.restoring import restore
from office.backups.writing import BEFORE, MANIFEST, backups_in, make_backup
from office.models import Notice
from office.watch.heartbeats import BACKUP, signs
from tests.dms.killing import Child
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db(transaction=True)
TRICKY = 'Tab\there, line\nbreak, back\\slash, "quote", \\N, 王女士'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


def manifest_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(MANIFEST))


def every_row():
    """{table: digest of its rows as the database gives them}, read past the code under test."""
    found = {}
    for table in sorted(connection.introspection.table_names()):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            rows = sorted(repr(sorted(zip(names, map(meaning, row), strict=True))) for row in cursor.fetchall())
        found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    for table in (
        "django_migrations",
        "django_session",
        "office_heartbeat",
    ):  # when, who is logged in, the backup itself
        found.pop(table, None)
    return found


def meaning(value):
    """SQLite keeps JSON as the text that somebody wrote: with 中 or with \\u4e2d, which mean the same."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


def uploads(settings):
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_backup_restored_is_what_was_there_on_this_database(wang, focus, zhou, settings, folder):
    """The whole way: data and uploads, then everything changed and lost, then back; numbers go on where they stood."""
    Customer.objects.filter(pk=wang.pk).update(name=TRICKY[:60])
    gone = make_customer(wang.store, name="删除的", number="13900000001")
    highest = gone.pk
    Phone.objects.filter(customer=gone).delete()
    Customer.objects.filter(pk=highest).delete()
    for name, setting in (
        ("dms/1/a.bin", "MEDIA_ROOT"),
        ("PD/failed/表.csv", "INBOX_DIR"),
        ("PD/.work/t/b.csv", "INBOX_DIR"),
    ):
        path = Path(getattr(settings, setting)) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    before, files = every_row(), uploads(settings)
    made = make_backup()
    assert made.files == 3
    assert made.rows > 100
    assert signs()[BACKUP].params["file"] == Path(made.path).name

    Vehicle.objects.all().update(plate="沪B00000")
    User.objects.filter(pk=zhou.pk).update(is_active=False)
    shutil.rmtree(settings.MEDIA_ROOT)
    (Path(settings.INBOX_DIR) / "PD" / "later.csv").write_bytes(b"later")
    assert every_row() != before

    steps = []
    done = restore(made.path, say=steps.append)
    assert steps == ["look", "keep", "build", "files", "change"]
    assert (done.rows, done.files, done.migrated) == (made.rows, 3, False)
    assert every_row() == before
    assert uploads(settings) == files
    inbox = Path(settings.INBOX_DIR)
    assert sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file()) == [
        "PD/.work/t/b.csv",
        "PD/failed/表.csv",
    ]
    assert Customer.objects.get(pk=wang.pk).name == TRICKY[:60]
    assert make_customer(Store.objects.get(), name="新客户", number="13900000002").pk > highest
    assert Path(done.safety).name.startswith(BEFORE)
    with Archive(done.safety) as archive:  # it is whole, and holds what was there a moment before
        assert any("沪B00000" in line for line in archive.lines_of("customers_vehicle"))
    left = [path.name for path in Path(settings.MEDIA_ROOT).iterdir()]
    assert not {".restoring", ".before"} & set(left)


def test_what_is_in_it(wang, settings, folder):
    made = make_backup()
    told = manifest_of(made.path)
    assert "SECRET_KEY" in told["left_out"]
    assert settings.SECRET_KEY.encode() not in Path(made.path).read_bytes()
    assert "django_session" not in {table["table"] for table in told["tables"]}
    assert set(told["members"]) == set(zipfile.ZipFile(made.path).namelist()) - {MANIFEST}
    tables = set(connection.introspection.table_names())
    assert {table["table"] for table in told["tables"]} == tables - {"django_migrations", "django_session"}
    if os.name == "posix":
        assert Path(made.path).stat().st_mode & 0o077 == 0


def test_exports_and_half_written_files_stay_out(wang, settings):
    root = Path(settings.MEDIA_ROOT)
    for name in ("exports/a.xlsx", "dms/1/b.part", "dms/1/c.bin"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    (root / "link").symlink_to(settings.BASE_DIR / "manage.py")
    assert [name for name in manifest_of(make_backup().path)["members"] if name.startswith("uploads")] == [
        "uploads/dms/1/c.bin"
    ]


def test_people_work_on_while_it_is_made_and_it_is_of_one_moment(wang, pudong, monkeypatch):
    """A row written in the middle by somebody else is committed at once and is not in the backup."""
    inner, seen = writing._write_table, []

    if connection.vendor == "sqlite":
        import sqlite3

        name = str(connection.settings_dict["NAME"])

        def slow(archive, model, members):
            if not seen:
                seen.append(Customer.objects.count())
                with sqlite3.connect(name, timeout=5) as other:
                    other.execute("UPDATE accounts_store SET hotline = '110'")
                other.close()
            return inner(archive, model, members)
    else:
        import psycopg2

        def slow(archive, model, members):
            if not seen:
                seen.append(Customer.objects.count())
                keys = connection.get_connection_params()
                other = psycopg2.connect(
                    **{k: keys[k] for k in ("dbname", "user", "host", "port", "password") if k in keys}
                )
                other.autocommit = True
                other.cursor().execute("UPDATE accounts_store SET hotline = '110'")
                other.close()
            return inner(archive, model, members)

    monkeypatch.setattr(writing, "_write_table", slow)
    made = make_backup()
    assert Store.objects.get().hotline == "110"
    with Archive(made.path) as archive:
        assert "021-58880000" in next(archive.lines_of("accounts_store"))


def test_only_the_newest_are_kept_and_never_those_before_a_restore(wang, folder, now):
    import datetime as dt

    for hour in range(4):
        made = make_backup(keep=3, now=now + dt.timedelta(hours=hour))
    kept = make_backup(prefix=BEFORE, now=now)
    assert [path.name for path in backups_in(folder)] == [f"dcrc-20260318-{hour}0000.zip" for hour in (13, 12, 11)]
    assert made.removed == ["dcrc-20260318-100000.zip"]
    assert Path(kept.path).exists()


# --- what goes wrong ----------------------------------------------------------------------------------------------------
def test_a_kill_in_the_middle_leaves_nothing_that_looks_whole(wang, folder, monkeypatch):
    inner = writing._write_table

    def slow(archive, model, members):
        time.sleep(0.05)
        return inner(archive, model, members)

    monkeypatch.setattr(writing, "_write_table", slow)
    child = Child(make_backup)
    deadline = time.monotonic() + 30
    while not list(folder.glob(".dcrc-*.part")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.3)
    assert child.kill() == -9
    assert backups_in(folder) == []
    assert len(list(folder.glob(".dcrc-*.part"))) == 1
    monkeypatch.setattr(writing, "_write_table", inner)
    made = make_backup()  # throws the leftovers away
    assert [path.name for path in folder.iterdir()] == [Path(made.path).name]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "not_writable"), (errno.EIO, "io")]
)
def test_a_full_disk_is_told_and_leaves_nothing(number, code, wang, folder, monkeypatch):
    def full(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing, "_write_table", full)
    with pytest.raises(BackupError) as refused:
        make_backup()
    assert refused.value.code == code
    assert str(folder) in str(refused.value)
    assert list(folder.iterdir()) == []
    with pytest.raises(CommandError, match="磁盘已满" if code == "disk_full" else ""):
        call_command("backup")


def test_a_folder_that_is_a_file_is_told(wang, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError):
        call_command("backup", to=str(tmp_path / "file"))


def test_every_code_has_words():
    params = dict.fromkeys(("path", "fault", "name", "member", "version", "table", "found", "expected"), "x")
    for code in errors.WORDS:
        assert str(BackupError(code, **params))


def broken(path, how):
    content = Path(path).read_bytes()
    target = Path(path).with_name("broken.zip")
    if how == "cut off":
        content = content[: len(content) // 2]
    elif how == "a few bytes short":
        content = content[:-10]
    elif how == "no zip":
        content = b"PDF" + content
    elif how == "a bit turned":
        place = content.index(b"rows/customers_customer.jsonl") + 200
        content = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    target.write_bytes(content)
    if how in ("another row", "a member more", "outside", "newer", "no manifest"):
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
            members = {name: old.read(name) for name in old.namelist()}
            told = json.loads(members.pop(MANIFEST))
            if how == "another row":
                members["rows/accounts_store.jsonl"] += b"[1]\n"
            if how == "a member more":
                members["uploads/more"] = b"x"
            if how == "outside":
                members["uploads/../../evil"] = b"x"
                told["members"]["uploads/../../evil"] = {"sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}
            if how == "newer":
                told["migrations"].append(["customers", "9999_not_yet"])
            for name, data in members.items():
                new.writestr(name, data)
            if how != "no manifest":
                new.writestr(MANIFEST, json.dumps(told))
    return target


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("cut off", "cut_off"),
        ("a few bytes short", "cut_off"),
        ("no zip", "no_backup"),
        ("a bit turned", "damaged"),
        ("another row", "damaged"),
        ("a member more", "damaged"),
        ("outside", "damaged"),
        ("newer", "newer"),
        ("no manifest", "no_backup"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing(how, code, wang, folder, tmp_path, settings):
    file = broken(make_backup(tmp_path / "there").path, how)
    before = every_row()
    with pytest.raises(BackupError) as refused:
        restore(file)
    assert refused.value.code == code
    assert every_row() == before
    assert not folder.exists()  # not even a safety backup was begun
    assert not (tmp_path / "evil").exists()


def test_a_backup_of_an_older_program_is_brought_up_to_date(wang, tmp_path):
    """As one was made before there were long jobs, and before the fold: without the migration, without the table."""
    path = make_backup(tmp_path / "there").path
    older = tmp_path / "older.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(older, "w") as new:
        told = json.loads(old.read(MANIFEST))
        plan = MigrationLoader(connection, replace_migrations=False).graph.forwards_plan
        later = ("office", "0004_jobs")  # and all that was built upon it, and the folds that came after it
        told["migrations"] = [
            [app, name]
            for app, name in told["migrations"]
            if "_squashed_" not in name and later not in plan((app, name))
        ]
        tables = {model._meta.db_table: model for model in schema.tables_at(told["migrations"])}
        told["tables"] = [table for table in told["tables"] if table["table"] in tables]
        for table in told["tables"]:
            had = {field.column for field in schema.fields_of(tables[table["table"]])}
            table["columns"] = [column for column in table["columns"] if column in had]
        rows = {name for name in told["members"] if name.startswith("rows/")}
        for name in rows - {f"rows/{table}.jsonl" for table in tables}:
            del told["members"][name]
        assert "rows/office_job.jsonl" not in told["members"]
        for name in told["members"]:
            new.writestr(name, old.read(name))
        new.writestr(MANIFEST, json.dumps(told))
    Customer.objects.all().update(name="变了")
    done = restore(older)
    assert done.migrated
    assert signs() == {}
    assert Customer.objects.get().name == "王雅丽"


def test_a_restore_without_yes_is_not_done_by_a_script(wang, tmp_path):
    path = make_backup(tmp_path / "there").path
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="没有文件"):
        call_command("restore", str(tmp_path / "no.zip"), yes=True)


# --- the night ----------------------------------------------------------------------------------------------------------
def test_the_night_makes_one_and_a_failure_is_told_until_the_next_success(
    wang, zhou, qian, li, folder, settings, monkeypatch
):
    settings.BACKUP_KEEP = 0
    assert nightly_backup() is None
    settings.BACKUP_KEEP = 2
    inner = writing._write_table

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "_write_table", full)
    with pytest.raises(BackupError):
        nightly_backup()
    told = Notice.objects.filter(code="backup_failed")
    assert sorted(told.values_list("user__username", flat=True)) == ["qian", "zhou"]
    assert "磁盘已满" in told.first().text
    monkeypatch.setattr(writing, "_write_table", inner)
    assert Path(nightly_backup().path).exists()
    assert told.unresolved().count() == 0


# --- the order of tables --------------------------------------------------------------------------------------------------
def test_tables_come_after_those_they_point_at():
    order = [model._meta.db_table for model in schema.tables_at(schema.applied_migrations())]
    for place, model in enumerate(schema.tables_at(schema.applied_migrations())):
        table = model._meta.db_table
        assert (schema.points_at(model) - {table}) & set(order[place:]) == set(), table
