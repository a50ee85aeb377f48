"""The run: claimed once, in chunks, resumed where it stopped, beside others, and told afterwards."""

import datetime as dt
import gc
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Change
from customers.models import Customer, Delivery, Ownership, Phone, RepairOrder, Vehicle
from dms import services
from dms.choices import BatchState
from dms.models import Batch, Conflict, RowError
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, outcome, owner, remarks, vin, xlsx

MODELS = (Customer, Phone, Vehicle, Ownership, Delivery, RepairOrder, Change, RowError, Conflict, Batch)


class Killed(BaseException):
    """As sudden as a lost process: no handler of the run gets to see it."""


def staged(store, by, *rows):
    batch = services.stage_upload(store=store, by=by, file_name="a.xlsx", content=xlsx(*rows))
    return services.preview_batch(batch)


def queued(store, by, *rows):
    batch = staged(store, by, *rows)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED, heartbeat_at=timezone.now())
    return batch


def some_owners(count=11):
    """Groups over several chunks: two cars a person, a bad row, a car named twice far apart."""
    rows = [owner(n, name=f"车主{n // 2}", phone=f"1380000{n // 2:04d}") for n in range(count)]
    rows[4][0] = "LVSHC"
    return [OWNERS, *rows, owner(0, name="车主0", phone="13800000000", plate="沪B00001")]


def some_orders():
    rows = [
        order(f"RO{n % 7}", vin(n % 3), name=f"车主{n % 2}", phone=f"1380000000{n % 2}", km=1000 + n, work=f"项目{n}")
        for n in range(15)
    ]
    return [ORDERS, *rows]


def shape(batch):
    """What a batch came to, in words that do not depend on ids."""
    batch.refresh_from_db()
    store = batch.store
    return {
        "state": batch.state,
        "counts": batch.counts,
        "remarks": remarks(batch),
        "vehicles": sorted(
            Vehicle.objects.filter(store=store).values_list("vin", "plate", "owner__name", "odometer_km")
        ),
        "phones": sorted(Phone.objects.filter(store=store).values_list("customer__name", "number", "is_primary")),
        "orders": sorted(RepairOrder.objects.filter(store=store).values_list("order_no", "items", "owner__name")),
        "changes": sorted(map(str, Change.objects.filter(batch_id=batch.pk).values_list("model", "changes"))),
    }


@pytest.mark.django_db
def test_the_whole_path_of_a_batch(pudong, zhou, django_capture_on_commit_callbacks):
    batch = services.stage_upload(
        store=pudong, by=zhou, file_name="C:\\导出\\车主.xlsx", content=xlsx(OWNERS, owner(1))
    )
    assert (batch.state, batch.sheet, batch.file_name, batch.created_by) == ("uploaded", "owners", "车主.xlsx", zhou)
    assert batch.size and len(batch.sha256) == 64
    batch = services.preview_batch(batch)
    assert batch.state == "ready" and batch.preview["created"] == 1 and batch.rows_total == 1
    assert not Customer.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.confirm_batch(batch, by=zhou)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, batch.rows_total) == ("done", 1, 1)
    assert batch.counts == batch.preview
    assert batch.started_at and batch.finished_at
    with pytest.raises(services.WrongState):
        services.confirm_batch(batch, by=zhou)
    with pytest.raises(services.WrongState):
        services.cancel_batch(batch, by=zhou)


@pytest.mark.django_db
def test_a_mapping_chosen_by_hand_is_used(pudong, zhou):
    rows = [["VIN", "车主", "随便", "颜色"], [vin(1), "王雅丽", "13800000001", "白"]]
    batch = services.stage_upload(store=pudong, by=zhou, file_name="a.xlsx", content=xlsx(*rows))
    batch = services.choose(batch, mapping={0: "vin", 1: "name", 2: "phone"})
    services.preview_batch(batch)
    batch.refresh_from_db()
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED)
    services.run_batch(batch.pk)
    assert Phone.objects.get().number == "13800000001"
    assert Vehicle.objects.get().color == ""


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [some_owners, some_orders])
@pytest.mark.parametrize("chunks_before", [1, 2, 3])
def test_a_run_killed_between_chunks_resumes_and_ends_as_if_nothing_had_happened(
    pudong, xuhui, zhou, settings, monkeypatch, rows, chunks_before
):
    settings.IMPORT_CHUNK_ROWS = 3
    expected = shape(services.run_batch(queued(xuhui, zhou, *rows()).pk))
    batch = queued(pudong, zhou, *rows())
    advance, calls = services._advance, []

    def dying(batch, **values):
        if values.get("groups") is not None:
            calls.append(values)
            if len(calls) > chunks_before:
                raise Killed
        advance(batch, **values)

    monkeypatch.setattr(services, "_advance", dying)
    with pytest.raises(Killed):
        services.run_batch(batch.pk)
    monkeypatch.undo()
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING and 0 < batch.rows_done < batch.rows_total
    now = timezone.now()
    assert services.find_unfinished(now) == []
    assert services.run_batch(batch.pk).state == BatchState.RUNNING  # somebody may still be at it
    silent = now - dt.timedelta(seconds=settings.IMPORT_STALE_SECONDS + 1)
    Batch.objects.filter(pk=batch.pk).update(heartbeat_at=silent)
    assert services.find_unfinished(now) == [batch.pk]
    assert shape(services.run_batch(batch.pk)) == expected
    assert services.find_unfinished(now) == []


@pytest.mark.django_db
def test_a_run_that_was_given_up_for_dead_writes_nothing_more(pudong, zhou, settings, monkeypatch):
    settings.IMPORT_CHUNK_ROWS = 3
    batch = queued(pudong, zhou, *some_owners())
    advance = services._advance

    def overtaken(mine, **values):
        if values.get("groups") is not None and mine.rows_done:
            stored = Batch.objects.get(pk=mine.pk)
            Batch.objects.filter(pk=mine.pk).update(cursor={**stored.cursor, "token": "another"})
        advance(mine, **values)

    monkeypatch.setattr(services, "_advance", overtaken)
    services.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING
    assert Vehicle.objects.count() == 2  # the first chunk; the second was rolled back


@pytest.mark.django_db
def test_a_bug_leaves_the_batch_failed_with_a_code(pudong, zhou, settings, monkeypatch):
    settings.IMPORT_CHUNK_ROWS = 3
    batch = queued(pudong, zhou, *some_owners())
    advance = services._advance

    def broken(mine, **values):
        if values.get("groups") is not None and mine.rows_done:
            raise ZeroDivisionError
        advance(mine, **values)

    monkeypatch.setattr(services, "_advance", broken)
    with pytest.raises(ZeroDivisionError):
        services.run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.error_code) == (BatchState.FAILED, "internal")
    assert Vehicle.objects.count() == 2
    assert services.find_unfinished(timezone.now() + dt.timedelta(days=1)) == []


@pytest.mark.django_db
def test_a_file_that_is_gone_fails_with_a_code(pudong, zhou, settings):
    batch = queued(pudong, zhou, OWNERS, owner(1))
    (settings.MEDIA_ROOT / batch.path).unlink()
    batch = services.run_batch(batch.pk)
    assert (batch.state, batch.error_code) == (BatchState.FAILED, "file_gone")


@pytest.mark.django_db
def test_a_refused_upload_leaves_no_file_behind(pudong, zhou, settings):
    with pytest.raises(services.UnusableFile):
        services.stage_upload(store=pudong, by=zhou, file_name="a.xlsx", content=b"PK\x03\x04")
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    assert not Batch.objects.exists()


@pytest.mark.django_db
def test_after_the_run_the_tasks_of_the_upper_floors_are_rung(
    pudong, zhou, settings, django_capture_on_commit_callbacks
):
    settings.DMS_AFTER_IMPORT = ["tests.dms.test_engine.bell"]
    bell.rung.clear()
    with django_capture_on_commit_callbacks(execute=True):
        batch = bring_in(pudong, OWNERS, owner(1))
    assert bell.rung == [(pudong.pk, batch.pk)]


class _Bell:
    def __init__(self):
        self.rung = []

    def delay(self, *ids):
        self.rung.append(ids)

    delay_on_commit = delay


bell = _Bell()


@pytest.mark.django_db
def test_unchanged_rows_write_no_record(pudong):
    bring_in(pudong, *some_owners())
    before = {model: model.objects.count() for model in MODELS[:7]}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        bring_in(pudong, *some_owners())
    assert {model: model.objects.count() for model in MODELS[:7]} == before
    written = [
        query["sql"]
        for query in queries
        if query["sql"].split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE", "COPY")
        and not any(table in query["sql"] for table in ("dms_", "office_notice"))
    ]
    assert written == []


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_rows(pudong):
    def queries(count, first):
        with CaptureQueriesContext(connection) as found:
            bring_in(pudong, OWNERS, *[owner(n, name=f"车主{n}") for n in range(first, first + count)])
        return len(found)

    assert queries(3, 0) == queries(60, 100)


@pytest.mark.django_db(transaction=True)
def test_two_files_about_the_same_cars_at_once_end_as_one_after_the_other(pudong, zhou, settings):
    settings.IMPORT_CHUNK_ROWS = 5
    header = [*OWNERS, "客户编号"]
    files = [
        [header, *[[*owner(n, name=f"车主{n}"), f"K{n}"] for n in numbers]]
        for numbers in (range(40), range(39, -1, -1))
    ]
    batches = [queued(pudong, zhou, *rows) for rows in files]
    problems = []

    def run(pk):
        try:
            services.run_batch(pk)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[batch.pk]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    done = [Batch.objects.get(pk=batch.pk) for batch in batches]
    assert [batch.state for batch in done] == ["done", "done"]
    assert Vehicle.objects.count() == Customer.objects.count() == Phone.objects.count() == 40
    assert sum(batch.counts["created"] for batch in done) == 40
    assert sum(batch.counts["unchanged"] for batch in done) == 40


@pytest.mark.django_db(transaction=True)
def test_one_batch_rung_twice_at_once_runs_once(pudong, zhou, settings):
    settings.IMPORT_CHUNK_ROWS = 5
    batch = queued(pudong, zhou, OWNERS, *[owner(n) for n in range(40)])
    threads = [threading.Thread(target=lambda: (services.run_batch(batch.pk), connection.close())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.refresh_from_db()
    assert batch.state == "done" and outcome(batch) == (40, 0, 0, 0)
    assert batch.rows_done == 40


@pytest.mark.django_db
def test_an_import_leaves_nothing_for_the_cyclic_collector(pudong, settings):
    """It runs with the collector off: what hangs in cycles, and be it the traceback of one bad cell, holds the rows of its block."""
    bad = [
        {"phone": "138****0000", "plate": "沪"},
        {"phone": "1.38E+10", "day": "2024-02-30"},
        {"phone": "13800000001/1380000", "day": "03/04/2024"},
        {"name": "王**", "day": "#N/A"},
        {},
    ]
    rows = [OWNERS, *[owner(number, **bad[number % 5]) for number in range(100)]]
    rows[7][0] = "LVSHC"
    settings.DMS_AFTER_IMPORT = []
    content = xlsx(*rows)
    bring_in(pudong, content=content)  # what is only made once
    gc.collect()
    gc.disable()
    try:
        bring_in(pudong, content=content)
        assert gc.collect() < 60
    finally:
        gc.enable()


@pytest.mark.django_db(transaction=True)
def test_a_first_import_tells_the_planner_how_much_there_is(pudong, settings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans by its indexes alone")
    settings.IMPORT_CHUNK_ROWS, settings.DMS_AFTER_IMPORT = 50, []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_vehicle")  # as empty
        bring_in(pudong, OWNERS, *[owner(number) for number in range(300)])
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'customers_vehicle'")
        assert cursor.fetchone()[0] >= 200
