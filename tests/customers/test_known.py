"""Rows that say nothing new are passed over by two queries; what comes of it is what the whole comparison would have said."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import create_store
from customers.models import Customer, Delivery, Phone, RepairOrder, Vehicle
from customers.services import verify_phone
from customers.sheets import known
from dms import services
from dms.models import Batch
from tests.customers.facts import living, rows
from tests.dms.exports import remarks, vin, xlsx

OWNERS = [
    "VIN号", "车牌号", "车主姓名", "联系电话", "客户编号", "交车日期", "销售日期", "地址", "客户类型", "行驶里程", "颜色", "是否本公司购车", "销售顾问",
]  # fmt: skip
ORDERS = [
    "工单号", "VIN", "车牌号", "车主", "车主电话", "车主编号", "送修人", "送修人手机", "开单日期", "结算日期", "进厂里程", "车系", "维修金额", "技师",
]  # fmt: skip
NAMES = ["王雅丽", "张伟", "李强", "上海大众租赁有限公司"]


def owner_rows(seed, count=60):
    draw, often = random.Random(seed), random.Random(1)  # the second says the same for each list
    for number in range(count):
        row = [
            vin(number), f"沪A{number:05d}", often.choice(NAMES), f"138{often.randrange(40):08d}", often.choice(["", "", f"K{number:03d}"]),
            f"2026-0{often.randrange(1, 6)}-01", "2026-01-01", f"路{often.randrange(3)}号", often.choice(["", "个人"]), often.randrange(0, 90_000),
            "白", "", "顾问",
        ]  # fmt: skip
        if number % 7 == 0:
            row[3] += " / 021-58880000"
        if seed and draw.random() < 0.3:
            place = draw.randrange(1, len(row))
            row[place] = draw.choice(
                {
                    2: [*NAMES, "王**"],
                    3: ["", "13800000001", "13800000002", "138****0000"],
                    4: ["", "K001", "K002", "K003"],
                    5: ["", "2025-12-01", "2026-06-01", "2026-02-30"],
                    11: ["是", "否"],
                }.get(place, ["", f"{row[place]}", f"{row[place]}0"[:9]])
            )
        yield row


def order_rows(seed, count=60):
    draw, often = random.Random(seed), random.Random(2)
    for number in range(count):
        car = number % 25
        brought = often.random() < 0.3
        row = [
            f"RO{number:04d}", vin(car), f"沪A{car:05d}", often.choice(NAMES[:2]) if car % 5 else NAMES[0], f"139{car:08d}", "",
            "李送修" if brought else "", f"137{often.randrange(20):08d}" if brought else "", "", f"2026-0{1 + number // 20}-{1 + number % 20:02d}",
            1_000 + number * 100, "福克斯", "300.5", "张技师",
        ]  # fmt: skip
        if seed and draw.random() < 0.3:
            place = draw.randrange(1, len(row))
            row[place] = draw.choice(
                {
                    1: [vin(number % 24), ""],
                    3: NAMES,
                    4: ["", "13900000001"],
                    6: ["", "李送修", NAMES[0]],
                    7: ["", "13700000001", row[4]],
                    9: ["2026-06-01", "2025-01-01"],
                    10: ["", 1, 500_000],
                }.get(place, ["", f"{row[place]}"])
            )
        yield row


def between(store, seed):
    """People have worked in the meantime."""
    draw = random.Random(seed)
    phones = list(Phone.objects.filter(store=store, is_void=False).order_by("customer__vehicles__vin", "number", "pk"))
    for phone in draw.sample(phones, 4):
        phone.refresh_from_db()
        verify_phone(phone, by=None, now=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    people = Customer.objects.filter(store=store, vehicles__isnull=False).order_by("vehicles__vin")
    for customer in draw.sample(list(people), 3):
        Customer.objects.filter(pk=customer.pk).update(
            verified={"address": "2026-11-01T00:00:00"}, address="改过的地址"
        )
    for model, order in ((Vehicle, "vin"), (Delivery, "vehicle__vin"), (RepairOrder, "order_no"), (Phone, "number")):
        for record in (
            draw.sample(list(model.objects.filter(store=store).order_by(order, "pk")), 2)
            if model.objects.filter(store=store).count() > 1
            else ()
        ):
            model.objects.filter(pk=record.pk).update(is_void=True)


def story(code, lists, seed):
    """Everything that importing these lists one after the other says, previews too."""
    store = create_store(code=code, name=f"{code}店", live_on=dt.date(2026, 1, 1))
    told = []
    for number, (header, content) in enumerate(lists):
        batch = services.stage_upload(store=store, by=None, file_name="a.xlsx", content=xlsx(header, *content))
        batch = services.preview_batch(batch)
        changes = sorted(batch.row_changes.values_list("row", "kind", "changes"), key=str)
        told += [batch.preview, sorted(remarks(batch)), [str(change) for change in changes]]
        services.queue_batch(batch, by=None)
        services.run_batch(batch.pk)
        batch.refresh_from_db()
        told += [batch.counts, sorted(remarks(batch)), living(store), rows(store)]
        told.append(sorted(batch.conflicts.values_list("row", "field", "ours", "theirs", "state")))
        between(store, seed + number)
    return told


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "size"), [(0, 7), (1, 2_000), (2, 25)])
def test_what_is_passed_over_had_nothing_to_say(settings, monkeypatch, seed, size):
    settings.IMPORT_CHUNK_ROWS, settings.DMS_AFTER_IMPORT = size, []
    lists = [
        (OWNERS, list(owner_rows(0))),
        (ORDERS, list(order_rows(0))),
        (OWNERS, list(owner_rows(seed + 1))),
        (ORDERS, list(order_rows(seed + 1))),
        (OWNERS, list(owner_rows(seed + 1))),
        (ORDERS, list(order_rows(seed + 1))),
    ]
    passed = []
    take = known.Known.take
    monkeypatch.setattr(known.Known, "take", lambda self, group: passed.append(take(self, group)) or passed[-1])
    quick = story("QUICK", lists, seed)
    assert passed.count(True) > 40, "hardly anything was passed over"
    monkeypatch.setattr(known.Known, "_stored", lambda self, names: {})
    passed.clear()
    assert story("WHOLE", lists, seed) == quick
    assert not any(passed)


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2_000])
@pytest.mark.parametrize("is_whole", [False, True])
def test_a_list_without_settlement_days_makes_no_order_older(settings, monkeypatch, pudong, is_whole, size):
    settings.IMPORT_CHUNK_ROWS, settings.DMS_AFTER_IMPORT = size, []
    if is_whole:
        monkeypatch.setattr(known.Known, "_stored", lambda self, names: {})
    header = ["工单号", "VIN", "车牌号", "车主", "车主电话", "开单日期", "结算日期"]
    newest = ["R1", vin(1), "沪A00001", "王雅丽", "13800000001", "2026-10-01", "2026-11-20"]
    older = ["R2", vin(1), "沪B99999", "王雅丽", "13800000001", "2026-11-10", "2026-11-10"]
    for content in ([newest], [[*newest[:-1], ""], older]):
        services.import_now(store=pudong, by=None, file_name="a.xlsx", content=xlsx(header, *content))
    assert Vehicle.objects.get().plate == "沪A00001"


@pytest.mark.django_db
@pytest.mark.parametrize(("header", "make"), [(OWNERS, owner_rows), (ORDERS, order_rows)])
def test_the_same_list_again_asks_little(settings, pudong, header, make):
    settings.DMS_AFTER_IMPORT = []
    content = list(make(0))
    for number, row in enumerate(content):  # everybody is somebody else
        row[3 if header is OWNERS else 4] = f"1380001{number % 25 if header is ORDERS else number:04d}"
        row[header.index("车主姓名" if header is OWNERS else "车主")] = "王雅丽"
        row[4 if header is OWNERS else 7] = ""
    for _time in range(2):
        services.import_now(store=pudong, by=None, file_name="a.xlsx", content=xlsx(header, *content))
    with CaptureQueriesContext(connection) as queries:
        services.import_now(store=pudong, by=None, file_name="a.xlsx", content=xlsx(header, *content))
    asked = [query["sql"] for query in queries if "customers_" in query["sql"]]
    assert Batch.objects.latest("pk").counts["unchanged"] == 60
    assert len(asked) == 2, asked
