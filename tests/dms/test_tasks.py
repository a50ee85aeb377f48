"""The doors of the import jobs and the sweep behind them: the rows of the batches are the ledger, the broker only rings."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from customers.models import Vehicle
from dms import checking, services
from dms.choices import BatchState
from dms.models import Batch
from dms.tasks import check_import, run_import, sweep_imports
from tests.factories.dms import done_batch, owners_csv, queued_batch, ready_batch, uploaded_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_worker(settings):
    """Every file is large enough to be checked by the worker."""
    settings.IMPORT_CHECK_INLINE_BYTES = 0


def quiet(batch, seconds):
    """As if nothing had been heard of the batch for so many seconds."""
    Batch.objects.filter(pk=batch.pk).update(heartbeat_at=timezone.now() - dt.timedelta(seconds=seconds))


def running(store, *, silent_for):
    """An import whose worker claimed it and has been silent for so many seconds."""
    batch = queued_batch(store)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.RUNNING, cursor={"token": "of the other worker"})
    quiet(batch, silent_for)
    return batch


def state_of(batch):
    return Batch.objects.get(pk=batch.pk).state


def test_confirmed_import_runs(pudong):
    batch = queued_batch(pudong)
    run_import(batch.pk)
    assert state_of(batch) == BatchState.DONE
    assert Vehicle.objects.filter(store=pudong).count() == 3


def test_ringing_twice_imports_once(pudong):
    batch = queued_batch(pudong)
    run_import(batch.pk)
    first = Batch.objects.get(pk=batch.pk)
    run_import(batch.pk)
    second = Batch.objects.get(pk=batch.pk)
    assert (second.counts, second.finished_at) == (first.counts, first.finished_at)


def test_ringing_for_a_discarded_import_does_nothing(pudong):
    batch = queued_batch(pudong)
    services.cancel_batch(batch, by=None)
    run_import(batch.pk)
    assert state_of(batch) == BatchState.CANCELLED
    assert not Vehicle.objects.exists()


def test_sweep_runs_an_import_whose_message_was_lost(pudong):
    batch = queued_batch(pudong)
    sweep_imports()
    assert state_of(batch) == BatchState.DONE


def test_sweep_takes_up_an_import_whose_worker_died(pudong, settings):
    batch = running(pudong, silent_for=settings.IMPORT_STALE_SECONDS + 1)
    sweep_imports()
    assert state_of(batch) == BatchState.DONE
    assert Vehicle.objects.filter(store=pudong).count() == 3


def test_sweep_leaves_a_living_import_alone(pudong, settings):
    batch = running(pudong, silent_for=settings.IMPORT_STALE_SECONDS - 20)
    sweep_imports()
    run_import(batch.pk)
    assert state_of(batch) == BatchState.RUNNING
    assert not Vehicle.objects.exists()


def test_sweep_leaves_unconfirmed_and_finished_imports_alone(pudong):
    batches = [uploaded_batch(pudong), ready_batch(pudong), done_batch(pudong)]
    before = [Batch.objects.values().get(pk=batch.pk) for batch in batches]
    sweep_imports()
    assert [Batch.objects.values().get(pk=batch.pk) for batch in batches] == before


def test_sweep_by_hand_says_what_it_did(pudong):
    batch = queued_batch(pudong)
    out = io.StringIO()
    call_command("sweep_imports", stdout=out)
    call_command("sweep_imports", stdout=out)
    assert out.getvalue().splitlines() == [f"#{batch.pk} 保有客户.csv: done, 3 of 3 rows", "Nothing was left undone."]


# --- checks by the worker -------------------------------------------------------------------------------------------
def test_large_file_is_checked_by_the_worker(pudong, by_worker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        batch = checking.check_batch(uploaded_batch(pudong))
    assert batch.state == BatchState.CHECKING
    assert len(bells) == 1
    check_import(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    assert batch.preview["created"] == 3
    assert not Vehicle.objects.exists()


def test_page_waits_for_a_check_by_the_worker(pudong, by_worker, login, zhou):
    batch = checking.check_batch(uploaded_batch(pudong))
    text = login(zhou).get(reverse("dms:batch", args=[batch.pk])).content.decode()
    assert "正在检查全部数据行" in text
    assert 'hx-trigger="every 2s"' in text


def test_sweep_repeats_a_check_whose_message_was_lost(pudong, by_worker):
    batch = checking.check_batch(uploaded_batch(pudong))
    sweep_imports()
    assert state_of(batch) == BatchState.READY


def test_sweep_repeats_a_check_whose_worker_died_and_leaves_a_living_one_alone(pudong, by_worker, settings):
    batch = checking.check_batch(uploaded_batch(pudong))
    Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now())
    sweep_imports()
    assert state_of(batch) == BatchState.CHECKING
    quiet(batch, settings.IMPORT_STALE_SECONDS + 1)
    sweep_imports()
    assert state_of(batch) == BatchState.READY


def test_file_that_proves_unusable_in_the_check_goes_back_with_its_reason(pudong, by_worker, login, zhou, settings):
    batch = checking.check_batch(uploaded_batch(pudong, content=owners_csv(5)))
    settings.IMPORT_MAX_ROWS = 4
    check_import(batch.pk)
    assert state_of(batch) == BatchState.UPLOADED
    text = login(zhou).get(reverse("dms:columns", args=[batch.pk])).content.decode()
    assert "超过 4 行" in text


def test_import_discarded_during_its_check_stays_discarded(pudong, by_worker):
    batch = checking.check_batch(uploaded_batch(pudong))
    services.cancel_batch(batch, by=None)
    check_import(batch.pk)
    assert state_of(batch) == BatchState.CANCELLED


def test_choosing_columns_opens_no_file(pudong, settings, tmp_path):
    batch = uploaded_batch(pudong)
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert services.choose(batch, mapping={**batch.mapping, "7": "address"}).mapping["7"] == "address"
    with pytest.raises(services.UnusableFile, match="上传"):
        services.choose(batch, sheet="owners")


def test_columns_changed_during_a_check_are_not_confirmed_by_it(pudong):
    batch = uploaded_batch(pudong)
    services.choose(Batch.objects.get(pk=batch.pk), mapping={**batch.mapping, "7": "address"})
    with pytest.raises(services.WrongState):
        services.preview_batch(batch)
    assert state_of(batch) == BatchState.UPLOADED
