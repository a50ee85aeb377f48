"""An import that a fault stopped after some of its rows: what is in is heard of at once, told, finished or taken back."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Vehicle
from dms import services, undo
from dms.choices import BatchState, ConflictState
from dms.models import Batch, Conflict
from dms.takeback import TakeBack
from followups.models import DueItem, ImportEffect
from followups.services.effects import find_unheard, record_effect
from office.models import Notice
from tests.dms.exports import OWNERS, bring_in, owner, xlsx

pytestmark = pytest.mark.django_db
HEADER = [*OWNERS, "地址"]


@pytest.fixture(autouse=True)
def two_rows_a_chunk(settings):
    settings.IMPORT_CHUNK_ROWS = 2


@pytest.fixture
def hear(django_capture_on_commit_callbacks):
    """hear(work, …) runs it with its bells heard, and whatever it raises."""

    def run(work, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            try:
                return work(*args, **kwargs)
            except ZeroDivisionError:
                return None

    return run


@pytest.fixture
def stop_at(monkeypatch):
    """stop_at(chunk): from now on an import stops by a fault when it ends that chunk; 0: none does."""
    advance = services._advance

    def arm(chunk):
        done = []

        def fail(batch, **values):
            if values.get("groups") is not None:
                done.append(values)
                if len(done) == chunk:
                    raise ZeroDivisionError
            return advance(batch, **values)

        monkeypatch.setattr(services, "_advance", fail)

    return arm


def delivered(store, count=6):
    day = (store.day_of(timezone.now()) - dt.timedelta(days=2)).isoformat()
    return xlsx(OWNERS, *(owner(n, name=f"车主{n}", day=day) for n in range(count)))


def confirmed(store, by, content=None, name="a.xlsx"):
    batch = services.stage_upload(store=store, by=by, file_name=name, content=content or delivered(store))
    return services.queue_batch(services.preview_batch(batch), by=by)


@pytest.fixture
def half(pudong, zhou, hear, stop_at):
    """Four of six owners are in."""
    batch = confirmed(pudong, zhou)
    stop_at(3)
    hear(services.run_batch, batch.pk)
    stop_at(0)
    batch.refresh_from_db()
    assert (batch.state, batch.error_code, batch.rows_done) == (BatchState.FAILED, "internal", 4)
    return batch


def test_the_queue_hears_of_what_is_in_at_once(pudong, half):
    assert DueItem.objects.open().filter(rule="delivery_3dc").count() == 4
    assert ImportEffect.objects.get(batch=half).counts["delivery_3dc"]["open"] == 4


def test_a_bell_that_was_lost_is_rung_by_the_sweep(pudong, half):
    ImportEffect.objects.all().delete()
    later = timezone.now() + dt.timedelta(minutes=5)
    assert find_unheard(later) == [(pudong.pk, half.pk)]
    record_effect(half.pk, now=later)
    assert find_unheard(later) == []


def test_one_that_wrote_nothing_rings_for_nobody(pudong, zhou, hear, stop_at):
    batch = confirmed(pudong, zhou)
    stop_at(1)
    hear(services.run_batch, batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, batch.has_landed) == (BatchState.FAILED, 0, False)
    assert not ImportEffect.objects.exists() and find_unheard(timezone.now() + dt.timedelta(minutes=5)) == []
    assert Notice.objects.get(user=zhou).text.endswith("未写入任何数据。请修正文件后重新上传。")


def test_the_page_and_a_notice_say_what_is_in_and_what_to_do(pudong, zhou, li, half, login):
    notice = Notice.objects.get(user=zhou, code="batch_stopped")
    assert (notice.code, notice.severity, notice.url) == (
        "batch_stopped",
        "warning",
        reverse("dms:batch", args=[half.pk]),
    )
    words = "已导入 4 / 6 行，这些数据保留。请重新导入同一文件"
    assert words in notice.text
    page = login(zhou).get(notice.url).text
    assert words in page and reverse("dms:undo", args=[half.pk]) in page
    panel = reverse("followups:import_effect", args=[half.pk])
    assert panel in page and "4" in login(zhou).get(panel).text
    assert not Notice.objects.exclude(user=zhou).filter(user=li).exists()


def test_the_same_file_again_brings_the_rest_and_settles_the_notice(pudong, zhou, half, hear):
    again = confirmed(pudong, zhou, delivered(pudong), name="b.xlsx")
    Batch.objects.filter(pk=again.pk).update(sha256=half.sha256)  # openpyxl writes the minute into the file
    hear(services.run_batch, again.pk)
    again.refresh_from_db()
    assert (again.counts["created"], again.counts["unchanged"]) == (2, 4)
    assert DueItem.objects.open().filter(rule="delivery_3dc").count() == 6
    assert Notice.objects.get(code="batch_stopped").resolved_at is not None


def test_taken_back_the_queue_is_empty_again_and_the_notice_settled(pudong, zhou, half, hear):
    batch = hear(undo.undo_now, half, by=zhou)
    assert batch.state == BatchState.UNDONE and not Vehicle.objects.alive().exists()
    assert not DueItem.objects.open().exists()
    assert Notice.objects.get(code="batch_stopped").resolved_at is not None
    assert not batch.has_landed and not Batch.objects.landed().exists()


def test_decisions_on_conflicts_are_carried_over_by_half_an_import_too(pudong, zhou, hear, stop_at, now):
    from customers.models import Customer
    from customers.services import update_customer

    bring_in(pudong, HEADER, [*owner(1), "旧地址"])
    update_customer(Customer.objects.get(), {"address": "她家"}, by=zhou, source="form", now=now, verified=True)
    bring_in(pudong, HEADER, [*owner(1), "浦东"])
    Conflict.objects.update(state=ConflictState.OURS, decided_by=zhou, decided_at=now)
    others = ([*owner(n, name=f"车主{n}"), ""] for n in range(2, 8))
    batch = confirmed(pudong, zhou, xlsx(HEADER, [*owner(1), "浦东"], *others))
    stop_at(3)
    hear(services.run_batch, batch.pk)
    assert batch.conflicts.get().state == ConflictState.OURS


def test_an_undo_that_stopped_rings_for_what_it_has_taken_back(pudong, zhou, hear, monkeypatch):
    batch = hear(bring_in, pudong, content=delivered(pudong))
    assert DueItem.objects.open().count() == 6
    step = TakeBack.step

    def broken(self, kind, label, *args, **how):
        if label == "customers.Vehicle":  # the deliveries have gone by then
            raise ZeroDivisionError
        return step(self, kind, label, *args, **how)

    monkeypatch.setattr(TakeBack, "step", broken)
    hear(undo.undo_now, batch, by=zhou)
    batch.refresh_from_db()
    assert (batch.state, batch.error_code) == (BatchState.FAILED, "undo_stopped")
    assert not DueItem.objects.open().exists() and Vehicle.objects.alive().count() == 6
    assert ImportEffect.objects.filter(batch=batch).count() == 1  # of the import; the half undo adds none
