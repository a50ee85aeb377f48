"""What is thrown away, and what stays."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.models import Change
from customers.models import Vehicle
from dms import services
from dms.models import Batch, InboxFile, RowChange
from dms.purging import purge
from dms.tasks import purge_uploads
from tests.factories.dms import done_batch, failed_file, owners_csv, read_file, ready_batch

pytestmark = pytest.mark.django_db
OLD = dt.timedelta(days=181)


def aged(batch, age=OLD):
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - age)
    return batch


def upload(batch, settings):
    return Path(settings.MEDIA_ROOT) / batch.path


def test_an_old_imports_file_and_remarks_go_and_its_counts_stay(pudong, settings):
    batch = aged(done_batch(pudong, content=owners_csv(5, bad_every=4)))
    RowChange.objects.create(batch=batch, row=2, model="customers.Vehicle")
    before = (Vehicle.objects.count(), Change.objects.count())
    assert batch.row_errors.exists()
    purge_uploads()
    fresh = Batch.objects.get()
    assert not upload(batch, settings).exists()
    assert (fresh.path, fresh.row_errors.count(), fresh.row_changes.count()) == ("", 0, 0)
    assert (fresh.counts, fresh.state) == (batch.counts, "done")
    assert fresh.purged_at is not None
    assert (Vehicle.objects.count(), Change.objects.count()) == before
    assert purge().batches == 0


def test_a_young_and_an_unfinished_import_stay(pudong, settings):
    young, waiting = aged(done_batch(pudong), dt.timedelta(days=179)), ready_batch(pudong)
    Batch.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - OLD)
    assert purge().batches == 0
    assert upload(young, settings).exists()
    assert upload(waiting, settings).exists()


def test_the_dial_moves_the_day(pudong, settings):
    settings.IMPORT_KEEP_DAYS = 7
    aged(done_batch(pudong), dt.timedelta(days=8))
    assert purge().batches == 1


def test_a_discarded_import_goes_too(pudong):
    aged(services.cancel_batch(ready_batch(pudong), by=None))
    assert purge().batches == 1


def test_the_page_says_that_the_file_is_gone(pudong, zhou, login):
    batch = aged(done_batch(pudong))
    assert "文件及逐行备注已于" not in login(zhou).get(reverse("dms:batch", args=[batch.pk])).content.decode()
    purge()
    text = login(zhou).get(reverse("dms:batch", args=[batch.pk])).content.decode()
    assert "文件及逐行备注已于" in text
    assert "待改正" not in text


def test_a_file_without_an_import_goes_after_a_day(pudong, settings):
    kept = upload(ready_batch(pudong), settings)
    fresh, old, strange = (kept.with_name(name) for name in ("a" * 32 + ".bin", "b" * 32 + ".bin", "notes.txt"))
    for path in (fresh, old, strange):
        path.write_bytes(b"x")
    yesterday = (timezone.now() - dt.timedelta(hours=25)).timestamp()
    for path in (kept, old, strange):
        os.utime(path, (yesterday, yesterday))
    assert purge().orphans == 1
    assert sorted(path.name for path in kept.parent.iterdir()) == sorted([kept.name, fresh.name, "notes.txt"])


def test_done_files_of_the_watched_folder_go_and_failed_ones_stay(pudong, settings):
    read_file(pudong, content=owners_csv(5, bad_every=4))
    failed_file(pudong)
    InboxFile.objects.update(settled_at=timezone.now() - OLD)
    assert purge().inbox_files == 1
    root = settings.INBOX_DIR / "PD"
    assert list((root / "done").iterdir()) == []
    assert len(list((root / "failed").iterdir())) == 2
    assert InboxFile.objects.count() == 1


def test_the_command_says_what_went(pudong, capsys):
    aged(done_batch(pudong))
    call_command("purge_uploads")
    assert capsys.readouterr().out == "1 imports, 0 files without an import, 0 files of watched folders.\n"
