"""How many rows a chunk has is a matter of locks and memory, never of the result."""

import random

import pytest

from accounts.services import create_store
from customers.models import Customer, Delivery, Ownership, Phone, Vehicle
from dms.choices import BatchState
from tests.dms.exports import bring_in, vin

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
