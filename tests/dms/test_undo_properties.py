"""Random small imports, hand edits and undos: what must hold whatever the order."""

import random

import pytest
from django.utils import timezone

from audit.models import Change
from customers.models import Customer, Ownership, Phone, Vehicle
from customers.services import add_phone, make_primary, update_customer, update_vehicle, verify_phone, void_phone
from dms import undo
from dms.forecast import forecast
from dms.models import Batch, UndoRemnant
from dms.undo import undo_now
from tests.customers.facts import living, rows
from tests.dms.exports import bring_in, vin

pytestmark = pytest.mark.django_db
NAMES = ["甲乙", "丙丁", "戊己", "庚辛有限公司"]
NUMBERS = ["13800000001", "13800000002", "021-58880000", "13900000003"]
DAYS = ["2025-03-01", "2025-08-09", "2026-01-15", "2026-03-01"]
PLATES = ["沪A00001", "沪A00002", "沪B00003"]
OWNER_COLUMNS = {
    "车主": NAMES,
    "手机": ["", *NUMBERS],
    "客户编号": ["", "K1", "K2"],
    "地址": ["", "浦东", "徐汇"],
    "车牌号": ["", *PLATES],
    "颜色": ["", "白", "黑"],
    "交车日期": ["", *DAYS],
    "行驶里程": ["", "100", "9000"],
}
ORDER_COLUMNS = {
    "工单号": ["R1", "R2", "R3", "R4"],
    "车主": ["", *NAMES],
    "车主电话": ["", *NUMBERS],
    "结算日期": DAYS,
    "开单日期": DAYS,
    "车牌号": ["", *PLATES],
    "进厂行驶里程": ["", "500", "8000"],
    "送修人": ["", "小张", *NAMES],
    "送修人手机": ["", *NUMBERS],
    "维修金额": ["300", "1200.50"],
}


def a_file(dice):
    columns, needed = (
        (OWNER_COLUMNS, {"车主"}) if dice.random() < 0.6 else (ORDER_COLUMNS, {"工单号", "结算日期", "开单日期"})
    )
    header = [name for name in columns if name in needed or dice.random() < 0.7]
    lines = [
        [vin(dice.randrange(4)), *(dice.choice(columns[name]) for name in header)] for _ in range(dice.randint(1, 5))
    ]
    return [["VIN", *header], *lines]


def check_what_hangs_together(store):
    for car in Vehicle.objects.filter(store=store, is_void=False).select_related("owner"):
        assert car.owner is None or not car.owner.is_void
        current = Ownership.objects.alive().filter(vehicle=car, ended_on=None)
        assert [stretch.customer_id for stretch in current] == ([car.owner_id] if car.owner_id else [])
        assert (car.vin_reversed, car.plate_reversed) == (car.vin[::-1], car.plate[::-1])
    for customer in Customer.objects.filter(store=store):
        phones = list(customer.phones.alive())
        assert sum(phone.is_primary for phone in phones) == bool(phones)
        assert not (customer.is_void and phones)
        assert all(phone.reversed == phone.number[::-1] for phone in phones)
    assert not Ownership.objects.alive().filter(vehicle__is_void=True).exists()


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 7, 10, 12, 14, 18])
def test_undone_from_the_last_to_the_first_everything_is_as_it_was(pudong, seed):
    dice = random.Random(seed)
    files = [a_file(dice) for _ in range(5)]
    stack = []
    for file in files:
        before = living(pudong)
        stack.append((before, bring_in(pudong, *file)))
    last, size = living(pudong), rows(pudong)
    for before, batch in reversed(stack):
        batch = undo_now(batch, by=None)
        assert living(pudong) == before
        assert not batch.remnants.exists()
        check_what_hangs_together(pudong)
    for file in files:
        bring_in(pudong, *file)
        check_what_hangs_together(pudong)
    assert living(pudong) == last
    assert rows(pudong) == size


@pytest.mark.parametrize("seed", range(12))
def test_undone_in_any_order_nothing_is_left(pudong, seed):
    dice = random.Random(1000 + seed)
    batches = [bring_in(pudong, *a_file(dice)) for _ in range(5)]
    dice.shuffle(batches)
    for batch in batches:
        undo_now(batch, by=None)
        check_what_hangs_together(pudong)
    assert not any(living(pudong).values())


@pytest.mark.parametrize("lot", [1, 3])
@pytest.mark.parametrize("seed", [0, 5, 14])
@pytest.mark.parametrize(
    "holds", [test_undone_from_the_last_to_the_first_everything_is_as_it_was, test_undone_in_any_order_nothing_is_left]
)
def test_steps_of_any_size_end_alike(pudong, monkeypatch, holds, seed, lot):
    monkeypatch.setattr(undo, "LOTS", (lot, 1))
    holds(pudong, seed)


@pytest.mark.parametrize("seed", range(8))
def test_the_forecast_counts_what_the_undo_counts(pudong, zhou, seed):
    dice = random.Random(3000 + seed)
    for _ in range(12):
        standing = list(Batch.objects.filter(store=pudong, state="done"))
        if dice.random() < 0.5 or not standing:
            bring_in(pudong, *a_file(dice))
        elif dice.random() < 0.4:
            an_edit(dice, pudong, zhou)
        else:
            batch = dice.choice(standing)
            told, free = forecast(batch), set(UndoRemnant.objects.filter(field="").values_list("model", "object_id"))
            undone = undo_now(batch, by=zhou).undo
            freed = free - set(UndoRemnant.objects.filter(field="").values_list("model", "object_id"))
            assert len(freed) <= told.waiting
            for label in {*told.retired, *undone["retired"], *undone["kept"]}:
                both = undone["retired"].get(label, 0) + undone["kept"].get(label, 0)
                waited = sum(model == label for model, _pk in freed)
                assert told.retired.get(label, 0) <= both <= told.retired.get(label, 0) + waited
            for label, number in undone["restored"].items():
                assert number <= told.restored[label]


def an_edit(dice, store, by):
    now = timezone.now()
    people, cars = list(Customer.objects.alive().filter(store=store)), list(Vehicle.objects.alive().filter(store=store))
    phones = list(Phone.objects.alive().filter(store=store))
    kind = dice.randrange(6)
    if kind == 0 and people:
        update_customer(dice.choice(people), {"address": dice.choice(["浦东", "她家"])}, by=by, source="form", now=now, verified=dice.random() < 0.4)  # fmt: skip
    elif kind == 1 and cars:
        update_vehicle(dice.choice(cars), {"plate": dice.choice([*PLATES, "沪C99999"])}, by=by, source="form", now=now)
    elif kind == 2 and people:
        add_phone(dice.choice(people), dice.choice([*NUMBERS, "13712345678"]), by=by, source="form", now=now)
    elif kind == 3 and phones:
        void_phone(dice.choice(phones), by=by, source="form", now=now)
    elif kind == 4 and phones:
        make_primary(dice.choice(phones), by=by, source="form", now=now)
    elif kind == 5 and phones:
        verify_phone(dice.choice(phones), by=by, now=now)


def by_hand(store):
    """{(model, id, field): value} of every field of a living record whose last writer is a person."""
    last = {}
    for line in Change.objects.filter(store_id=store.pk).order_by("pk"):
        for name in line.changes:
            last[line.model, line.object_id, name] = line.source
    found = {}
    for model in (Customer, Vehicle, Phone):
        for record in model.objects.alive().filter(store=store):
            for (label, pk, name), source in last.items():
                if (label, pk) == (model._meta.label_lower, record.pk) and source == "form":
                    found[label, pk, name] = getattr(record, name)
    return found


@pytest.mark.parametrize("seed", [1, 4, 5, 10, 12, 16, 21, 22, 23, 28])  # each once found a fault
def test_an_undo_never_loses_what_a_person_wrote(pudong, zhou, seed):
    dice = random.Random(2000 + seed)
    for _ in range(14):
        standing = list(Batch.objects.filter(store=pudong, state="done"))
        kind = dice.random()
        if kind < 0.4 or not standing:
            bring_in(pudong, *a_file(dice))
        elif kind < 0.7:
            an_edit(dice, pudong, zhou)
        else:
            written = by_hand(pudong)
            assert undo_now(dice.choice(standing), by=zhou).state == "undone"
            now = by_hand(pudong)
            assert {key: now.get(key) for key in written} == written
        check_what_hangs_together(pudong)
