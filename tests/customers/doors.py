"""Doors of customers."""

from django.utils import timezone

from customers.models import CareInterval, DuplicatePair
from customers.services.merging import merge_customers
from tests.doors import Door
from tests.factories.customers import make_conflict, make_customer, make_outward, make_vehicle


def customer_row(store):
    return {"pk": make_customer(store, number="13812345678").pk}


def phone_row(store):
    return {"pk": make_customer(store, number="13812345678").phones.get().pk}


def vehicle_row(store):
    return {"pk": make_vehicle(make_customer(store)).pk}


def conflict_row(store):
    return {"pk": make_conflict(make_customer(store, address="老地址"), "address", "老地址", "新地址").pk}


def pair_row(store):
    first, second = make_customer(store), make_customer(store)
    return {"pk": DuplicatePair.objects.create(store=store, first=first, second=second, reason="number").pk}


def merge_row(store):
    kept, gone = make_customer(store), make_customer(store)
    return {"pk": merge_customers(kept, gone, choices={}, by=None, now=timezone.now()).pk}


def outward_row(store):
    return {"pk": make_outward(store).pk}


def a_sheet(_store):
    return {"sheet": "dms"}


def interval_row(store):
    numbers = {"first_months": 6, "first_km": 5000, "months": 6, "km": 5000, "warranty_months": 36, "warranty_km": 0}
    make_vehicle(make_customer(store), series="锐界")
    return {"pk": CareInterval.objects.create(store=store, series="福克斯", **numbers).pk}


INTERVAL = {"first_months": 3, "first_km": 5000, "months": 6, "km": 10000, "warranty_months": 36, "warranty_km": 100000}
FILE_DIALS = {"months": 12, "segment_a": 5, "segment_b": 3, "segment_c": 1, "archive_rule": "{year}-{seq:05}"}
EDIT = {"name": "王雅丽", "kind": "private", "stage": "owner"}
NEW = {**EDIT, "number": "13900001111"}


def picked_row(store):
    first, second = make_customer(store), make_customer(store)
    return {"pk": first.pk, "other": second.pk}


DOORS = [
    Door("customers:list", "customers.view_customer"),
    Door("customers:search", "customers.view_customer", data={"q": "王"}),
    Door("customers:new", "customers.add_customer", method="post", data=NEW, ok=302),
    Door("customers:detail", "customers.view_customer", row="customer_row"),
    Door("customers:timeline", "customers.view_customer", row="customer_row"),
    Door("customers:history", "customers.view_customer", row="customer_row"),
    Door("customers:edit", "customers.change_customer", method="post", row="customer_row", data=EDIT, ok=302),
    Door(
        "customers:file_care",
        "customers.change_customer",
        method="post",
        row="customer_row",
        data={"care-answer": "confirm:phone"},
        ok=302,
    ),
    Door("customers:may_call", "customers.change_customer", method="post", row="customer_row", ok=302),
    Door(
        "customers:phone_new",
        "customers.change_customer",
        method="post",
        row="customer_row",
        data={"number": "13900001111"},
        ok=302,
    ),
    Door(
        "customers:phone_edit",
        "customers.change_customer",
        method="post",
        row="phone_row",
        data={"number": "13900001111"},
        ok=302,
    ),
    Door("customers:phone_reveal", "customers.reveal_phone", method="post", row="phone_row"),
    Door("customers:phone_verify", "customers.change_customer", method="post", row="phone_row", ok=302),
    Door("customers:phone_primary", "customers.change_customer", method="post", row="phone_row", ok=302),
    Door("customers:phone_retire", "customers.change_customer", method="post", row="phone_row", ok=302),
    Door(
        "customers:vehicle_edit",
        "customers.change_customer",
        method="post",
        row="vehicle_row",
        data={"plate": "沪A12345"},
        ok=302,
    ),
    Door(
        "customers:vehicle_gone",
        "customers.change_customer",
        method="post",
        row="vehicle_row",
        data={"gone_why": "sold", "gone_on": "2026-01-05"},
        ok=302,
    ),
    Door("customers:vehicle_back", "customers.change_customer", method="post", row="vehicle_row", ok=302),
    Door("customers:file_dials", "customers.change_filedial", method="post", data=FILE_DIALS, ok=302),
    Door("customers:intervals", "customers.change_careinterval"),
    Door("customers:interval_new", "customers.change_careinterval"),
    Door(
        "customers:interval_edit",
        "customers.change_careinterval",
        method="post",
        row="interval_row",
        data=INTERVAL,
        ok=302,
    ),
    Door("customers:interval_remove", "customers.change_careinterval", method="post", row="interval_row", ok=302),
    Door("customers:predictions", "customers.change_careinterval"),
    Door("customers:prediction_rows", "customers.change_careinterval", data={"part": "came"}),
    Door("customers:conflicts", "customers.resolve_conflict"),
    Door("customers:conflicts_keep", "customers.resolve_conflict"),
    Door("customers:conflict_decide", "customers.resolve_conflict", method="post", row="conflict_row", ok=302),
    Door("customers:duplicates", "customers.resolve_conflict"),
    Door("customers:duplicate_decide", "customers.resolve_conflict", method="post", row="pair_row", ok=302),
    Door(
        "customers:duplicate_merge",
        "customers.merge_customer",
        method="post",
        row="pair_row",
        data={"keep": "first", "seen": "nobody saw this"},
        ok=409,
    ),
    Door("customers:merge_with", "customers.merge_customer", row="customer_row"),
    Door("customers:merge_picked", "customers.merge_customer", row="picked_row"),
    Door("customers:merges", "customers.merge_customer"),
    Door("customers:merge_undo", "customers.merge_customer", method="post", row="merge_row", ok=302),
    Door("customers:outward", "customers.send_outward"),
    Door("customers:outward_make", "customers.send_outward", method="post", row="a_sheet", ok=302, foreign=None),
    Door("customers:outward_download", "customers.send_outward", row="outward_row"),
]
