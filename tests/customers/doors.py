"""Doors of customers."""

from customers.models import DuplicatePair
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


def outward_row(store):
    return {"pk": make_outward(store).pk}


def a_sheet(_store):
    return {"sheet": "dms"}


EDIT = {"name": "王雅丽", "kind": "private", "stage": "owner"}
NEW = {**EDIT, "number": "13900001111"}

DOORS = [
    Door("customers:list", "customers.view_customer"),
    Door("customers:search", "customers.view_customer", data={"q": "王"}),
    Door("customers:new", "customers.add_customer", method="post", data=NEW, ok=302),
    Door("customers:detail", "customers.view_customer", row="customer_row"),
    Door("customers:timeline", "customers.view_customer", row="customer_row"),
    Door("customers:history", "customers.view_customer", row="customer_row"),
    Door("customers:edit", "customers.change_customer", method="post", row="customer_row", data=EDIT, ok=302),
    Door(
        "customers:do_not_call",
        "customers.change_customer",
        method="post",
        row="customer_row",
        data={"reason": "不想被打扰"},
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
    Door("customers:conflicts", "customers.resolve_conflict"),
    Door("customers:conflicts_keep", "customers.resolve_conflict"),
    Door("customers:conflict_decide", "customers.resolve_conflict", method="post", row="conflict_row", ok=302),
    Door("customers:duplicates", "customers.resolve_conflict"),
    Door("customers:duplicate_decide", "customers.resolve_conflict", method="post", row="pair_row", ok=302),
    Door("customers:outward", "customers.send_outward"),
    Door("customers:outward_make", "customers.send_outward", method="post", row="a_sheet", ok=302, foreign=None),
    Door("customers:outward_download", "customers.send_outward", row="outward_row"),
]
