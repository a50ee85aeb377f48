"""How many rows a chunk has is a matter of locks and memory, never of the result."""

import contextlib
import random

import pytest
from django.db import IntegrityError

from accounts.services import create_store
from common.upsert import insert_rows
from customers.models import Customer, Delivery, Ownership, Phone, Vehicle
from dms import engine, services
from dms.choices import BatchState
from dms.models import Batch
from tests.dms.exports import bring_in, remarks, vin, xlsx

HEADER = ["VIN号", "车牌号", "车主姓名", "联系电话", "客户编号", "交车日期", "地址"]


def rows_of(seed, count=40):
    """Few names, few numbers, few customer numbers: everybody may be somebody else."""
    draw = random.Random(seed)
    for number in range(count):
        yield [
            vin(number if draw.random() < 0.7 else draw.randrange(count)),
            f"沪A{draw.randrange(20):05d}",
            draw.choice(["王雅丽", "张伟", "李强"]),
            draw.choice(["", "13800000001", "13800000002", "13800000003"]),
            draw.choice(["", "", "K0001", "K0002", "K0003", "K0004"]),
            f"2026-0{draw.randrange(1, 6)}-01",
            f"路{draw.randrange(3)}号",
        ]


def stored(store):
    """What the store knows, in words that do not depend on ids."""
    names = {
        pk: (name, dms_no, address, stage, tuple(sorted(Phone.objects.filter(customer_id=pk).values_list("number", "is_primary"))))
        for pk, name, dms_no, address, stage in Customer.objects.filter(store=store).values_list(
            "pk", "name", "dms_no", "address", "stage"
        )
    }  # fmt: skip
    cars = Vehicle.objects.filter(store=store).values_list("vin", "plate", "owner_id")
    deliveries = Delivery.objects.filter(store=store).values_list("vehicle__vin", "delivered_on", "customer_id")
    owned = Ownership.objects.filter(store=store).values_list("vehicle__vin", "started_on", "ended_on", "customer_id")
    return {
        "people": sorted(names.values()),
        "cars": sorted((*row, names[pk]) for *row, pk in cars),
        "deliveries": sorted((*row, names[pk]) for *row, pk in deliveries),
        "owned": sorted((*map(str, row), names[pk]) for *row, pk in owned),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_the_size_of_a_chunk_changes_nothing(settings, seed):
    found = []
    for size in (5, 2_000):
        settings.IMPORT_CHUNK_ROWS = size
        store = create_store(code=f"S{size}", name=f"店{size}", live_on="2026-01-01")
        batches = [bring_in(store, HEADER, *rows_of(seed + again)) for again in (0, 100)]
        assert all(batch.state == BatchState.DONE for batch in batches)
        counts = [{**batch.counts, "records": batch.counts["records"]} for batch in batches]
        found.append((counts, stored(store)))
    assert found[0] == found[1]


class Killed(BaseException):
    """As sudden as a lost process: no handler of the run gets to see it."""


def _brought(code, seeds=(0, 100), disturb=None):
    store = create_store(code=code, name=f"店{code}", live_on="2026-01-01")
    batches = []
    for seed in seeds:
        batch = services.stage_upload(store=store, by=None, file_name="a.xlsx", content=xlsx(HEADER, *rows_of(seed)))
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED)
        if disturb is not None:
            disturb()
        with contextlib.suppress(Killed):
            services.run_batch(batch.pk)
        batches.append(batch)
    return store, batches


def _told(store, batches):
    for batch in batches:
        batch.refresh_from_db()
    return [(batch.state, batch.counts, sorted(remarks(batch))) for batch in batches], stored(store)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("call", range(1, 40, 4))
def test_a_chunk_that_is_tried_again_leaves_no_trace(settings, monkeypatch, call):
    """Somebody else stored the same in this moment, at any of a run's inserts."""
    settings.IMPORT_CHUNK_ROWS, settings.DMS_AFTER_IMPORT = 5, []
    calm = _told(*_brought("CALM"))
    left = [call]

    def insert(*args, **kwargs):
        left[0] -= 1
        if not left[0]:
            raise IntegrityError
        return insert_rows(*args, **kwargs)

    monkeypatch.setattr("dms.book.insert_rows", insert)
    assert _told(*_brought("ODD", disturb=lambda: left.__setitem__(0, call))) == calm


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunk", [1, 2, 4])
def test_a_run_resumed_with_chunks_of_another_size_knows_no_more_than_was_written(settings, monkeypatch, chunk):
    settings.IMPORT_CHUNK_ROWS, settings.IMPORT_STALE_SECONDS, settings.DMS_AFTER_IMPORT = 5, 0, []
    calm = _told(*_brought("CALM"))
    left = []
    write = engine.Run._write

    def until(run, *args):
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        write(run, *args)

    with monkeypatch.context() as patch:
        patch.setattr(engine.Run, "_write", until)
        store, batches = _brought("ODD", seeds=(0,), disturb=lambda: left.__setitem__(slice(None), [chunk]))
        settings.IMPORT_CHUNK_ROWS = 2_000
    services.run_batch(batches[0].pk)
    assert _told(store, batches)[0][0] == calm[0][0]
    settings.IMPORT_CHUNK_ROWS = 5
    assert stored(store) == stored(_brought("HALF", seeds=(0,))[0])
