from django.utils import timezone

from tests.doors import Door
from tests.factories.customers import make_customer
from tests.factories.reception import make_arrival, make_expected, make_note, make_work

RECEIVE = "reception.receive_customers"


def a_customer(store):
    return {"customer_id": make_customer(store, name="王雅丽").pk}


def somebody_here(store):
    customer = make_customer(store, name="王雅丽")
    return {"pk": make_arrival(customer, by=None, now=timezone.now()).pk}


def somebody_expected(store):
    now = timezone.now()
    customer = make_customer(store, name="王雅丽")
    return {"pk": make_expected(customer, day=store.day_of(now), by=None, now=now).pk, "step": "arrived"}


def a_note(store):
    from reception.models import Arrival

    arrival = Arrival.objects.get(pk=somebody_here(store)["pk"])
    return {"pk": make_note(arrival, by=None, now=timezone.now()).pk}


def a_work(store):
    return {"pk": make_work(make_customer(store, name="王雅丽"), by=None, now=timezone.now()).pk}


def a_decision(store):
    from reception.services import decide

    work = make_work(make_customer(store, name="王雅丽"), by=None, now=timezone.now())
    made = decide(work, decision="agreed", decided_by="王雅丽", how="phone", by=None, now=timezone.now())
    return {"pk": made.pk}


def settled_in_person(store):
    from followups.services.inbound import settle_in_person

    customer = make_customer(store, name="王雅丽")
    return {"pk": settle_in_person(customer, topics={}, note="来问保养价格", by=None, now=timezone.now()).pk}


DOORS = [
    Door("reception:board", RECEIVE),
    Door("reception:search", RECEIVE),
    Door("reception:person", RECEIVE, row="a_customer"),
    Door("reception:expect", RECEIVE, method="post", row="a_customer", ok=422),
    Door("reception:expect_panel", RECEIVE, row="a_customer"),
    Door("reception:arrive", RECEIVE, method="post", row="a_customer", ok=302),
    Door("reception:settle", RECEIVE, method="post", row="a_customer", data={"note": "问保养"}, ok=302),
    Door(
        "reception:confirm",
        "customers.change_customer",
        method="post",
        row="a_customer",
        data={"what": "address", "shown": ""},
        also=(RECEIVE,),
        ok=302,
    ),
    Door("reception:propose", RECEIVE, method="post", row="a_customer", ok=422),
    Door("reception:unsettle", RECEIVE, method="post", row="settled_in_person", ok=302),
    Door("reception:step", RECEIVE, method="post", row="somebody_expected", ok=302),
    Door("reception:add_note", RECEIVE, method="post", row="somebody_here", ok=422),
    Door("reception:note", RECEIVE, row="a_note", ok=302),
    Door("reception:decision", RECEIVE, row="a_decision", ok=302),
    Door("reception:slip", RECEIVE, row="a_work"),
    Door("reception:decide", RECEIVE, method="post", row="a_work", ok=422),
]
