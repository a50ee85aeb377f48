"""The watched folder with real workers: what they do by themselves as they start, and what a killed one leaves behind."""

import datetime as dt
import os
import time

import pytest
from django.utils import timezone

from customers.models import Vehicle
from dms.choices import BatchState, InboxState
from dms.inbox import folders
from dms.models import Batch, InboxFile
from followups.models import CallCard, DueItem
from office.models import Notice
from tests.dms.worker import Worker, file_broker, wait_until
from tests.factories.dms import dropped_file, owner_rows, owners_csv

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 1500
ENVIRONMENT = {
    "IMPORT_CHUNK_ROWS": "25",
    "IMPORT_STALE_SECONDS": "2",
    "INBOX_QUIET_SECONDS": "0",
    "LOG_LEVEL": "WARNING",
}


@pytest.fixture
def worker(tmp_path, settings):
    """worker() starts one whose data folder holds the test's watched folders; whatever still lives at the end is killed."""
    settings.INBOX_DIR = tmp_path / "inbox"
    file_broker(tmp_path)
    started = []

    def start():
        started.append(Worker(tmp_path, **ENVIRONMENT).start())
        return started[-1]

    yield start
    for one in started:
        one.kill()


def recent(store, count, **kwargs):
    """Owners whose cars were delivered two days ago."""
    delivered_on = store.day_of(timezone.now()) - dt.timedelta(days=2)
    return [[*row[:6], str(delivered_on), row[7]] for row in owner_rows(count, **kwargs)]


def settled():
    return InboxFile.objects.filter(settled_at__isnull=False).exists()


def done_names(store):
    return sorted(path.name for path in folders.folder_of(store).glob("done/*/*"))


def test_a_killed_worker_loses_no_dropped_file(pudong, zhou, worker):
    dropped_file(pudong, "保有客户.csv", owners_csv(rows=recent(pudong, ROWS, bad_every=97)))
    first = worker()
    wait_until(
        lambda: 0 < (Batch.objects.values_list("rows_done", flat=True).first() or 0) < ROWS * 0.8, first, seconds=120
    )
    first.kill()
    assert Batch.objects.get().state == BatchState.RUNNING
    assert not settled()
    time.sleep(float(ENVIRONMENT["IMPORT_STALE_SECONDS"]) + 0.2)
    # The next one runs the batch to its end as it starts; the round after that files the file away.
    second = worker()
    wait_until(lambda: Batch.objects.get().state == BatchState.DONE, second, seconds=120)
    if not settled():
        second.kill()
        time.sleep(float(ENVIRONMENT["IMPORT_STALE_SECONDS"]) + 0.2)
        wait_until(settled, worker(), seconds=120)
    assert InboxFile.objects.get().state == InboxState.IMPORTED
    assert Batch.objects.get().rows_done == ROWS
    assert Vehicle.objects.count() == ROWS - ROWS // 97 - 1
    assert done_names(pudong) == ["保有客户.csv", "保有客户.csv.待改正.xlsx", "保有客户.csv.报告.txt"]
    assert [notice.code for notice in Notice.objects.visible_to(zhou).filter(code__startswith="inbox")] == [
        "inbox_imported"
    ]


def test_a_file_dropped_while_nobody_worked_becomes_due_calls(pudong, worker):
    os.utime(dropped_file(pudong, content=owners_csv(rows=recent(pudong, 3))), (1, 1))
    one = worker()
    wait_until(settled, one, seconds=120)
    wait_until(lambda: DueItem.objects.filter(store=pudong, rule="delivery_3dc").count() == 3, one, seconds=120)
    assert CallCard.objects.filter(store=pudong).count() == 3
