"""Doors of customers."""

from tests.doors import Door
from tests.factories.customers import make_customer, make_vehicle


def customer_row(store):
    return {"pk": make_customer(store, number="13812345678").pk}


def phone_row(store):
    return {"pk": make_customer(store, number="13812345678").phones.get().pk}


def vehicle_row(store):
    return {"pk": make_vehicle(make_customer(store)).pk}


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
]
