"""A worker killed in the middle of an undo, and a broker that was wiped: real workers, kill -9, the real database of the test."""

import time

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Change
from dms import services, undo
from dms.choices import BatchState
from dms.models import Batch
from tests.customers.facts import living
from tests.dms.test_survives import ROWS, SPEED, ring, staged, workers  # noqa: F401 - fixtures
from tests.dms.worker import file_broker, messages, wait_until
from tests.factories.dms import owner_rows, owners_csv, ready_batch

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(pudong, zhou, settings):
    """(what the store held before, the later of two imports): it changed every second car and brought some new ones."""
    settings.IMPORT_CHUNK_ROWS = 25
    first = staged(pudong, zhou)
    services.confirm_batch(first, by=zhou)
    before = living(pudong)
    rows = [list(row) for row in owner_rows(ROWS + 200)]
    for row in rows[::2]:
        row[4] = "沪B" + row[4][2:]
    second = ready_batch(pudong, by=zhou, file_name="保有客户二.csv", content=owners_csv(rows=rows))
    services.confirm_batch(second, by=zhou)
    second.refresh_from_db()
    assert second.state == BatchState.DONE and living(pudong) != before
    return before, second


def is_undone(batch):
    return lambda: Batch.objects.get(pk=batch.pk).state == BatchState.UNDONE


def half_way(batch):
    def look():
        done = Batch.objects.get(pk=batch.pk).undo
        return 0 < done.get("done", 0) < done.get("total", 0) * 0.8

    return look


def test_an_undo_killed_half_way_is_taken_up_by_the_next_worker(pudong, zhou, login, two, ring, workers, tmp_path):  # noqa: F811
    before, batch = two
    ring(**file_broker(tmp_path))
    login(zhou).post(reverse("dms:undo", args=[batch.pk]))
    assert len(messages(tmp_path)) == 1
    for _ in range(2):
        worker = workers()
        wait_until(half_way(batch), worker)
        worker.kill()
        batch.refresh_from_db()
        assert batch.state == BatchState.UNDOING
        time.sleep(float(SPEED["IMPORT_STALE_SECONDS"]) + 0.2)
    wait_until(is_undone(batch), workers())
    batch.refresh_from_db()
    assert living(pudong) == before
    assert not batch.remnants.exists()
    lines = Change.objects.filter(batch_id=batch.pk, deed="undo")
    assert lines.count() == sum(undo.numbers_of(batch)[name] for name in ("restored", "retired"))


def test_a_wiped_broker_loses_no_undo(pudong, zhou, login, two, ring, workers, tmp_path):  # noqa: F811
    before, batch = two
    ring(**file_broker(tmp_path))
    login(zhou).post(reverse("dms:undo", args=[batch.pk]))
    for message in messages(tmp_path):
        message.unlink()
    assert undo.find_undoing(timezone.now()) == [batch.pk]
    wait_until(is_undone(batch), workers())
    assert living(pudong) == before
