"""Nobody of another store, whatever his rights, reads or changes anything by a row's address: every URL with a row, read and
written to, leaves the answer without a word of it and the database as it was."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.choices import Role
from accounts.services import create_account
from customers.models import DuplicatePair
from office.models import Notice
from tests.factories.customers import make_conflict, make_customer
from tests.factories.dms import done_batch, ready_batch
from tests.factories.office import notice_to
from tests.test_doors import doors

pytestmark = pytest.mark.django_db
OUTSIDE = (Session, Permission)  # a request may write the session of who sends it
WORDS = ("王雅丽", "13812345678", "138****5678", "浦东", "沪A8F2K1", "车主0", "无车架号", "保有客户")


def everything():
    """{model: all its rows} of the house."""
    models = (model for model in apps.get_models() if model not in OUTSIDE and model._meta.managed)
    return {model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models}


@pytest.fixture
def foreigner(xuhui, login):
    """A client of the other store with every right that there is."""
    person = create_account(
        username="foreign", full_name="外人", role=Role.MANAGER, store=xuhui, password="For-eign-er-1"
    )
    person.user_permissions.set(Permission.objects.all())
    client = login(person)
    client.get(reverse("accounts:me"))  # whatever a first visit writes of the visitor
    return client


@pytest.mark.parametrize(("module", "door"), doors(lambda door: door.row and door.foreign))
def test_a_row_of_another_store_is_neither_read_nor_written(module, door, pudong, foreigner):
    address = reverse(door.name, kwargs=getattr(module, door.row)(pudong))
    data = door.data(pudong) if callable(door.data) else (door.data or {})
    before = everything()
    for method in ("get", "post"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = getattr(foreigner, method)(address, data, headers=headers)
            assert answer.status_code in (door.foreign, 405), (method, headers, answer.status_code)
            assert not [word for word in WORDS if word in answer.text]
    assert everything() == before


def test_the_look_sees_what_a_person_of_the_store_reads_and_writes(pudong, login):
    person = create_account(username="own", full_name="周敏", role=Role.MANAGER, store=pudong, password="For-eign-er-1")
    client, batch = login(person), ready_batch(pudong)
    client.get(reverse("accounts:me"))  # whatever a first visit writes of the visitor
    before = everything()
    assert "保有客户" in client.get(reverse("dms:batch", args=[batch.pk])).text
    assert everything() == before
    client.post(reverse("dms:cancel", args=[batch.pk]))
    assert everything() != before


@pytest.fixture
def theirs(pudong):
    """Rows of 浦东店 that an address of 徐汇店 may name beside its own."""
    customer, double = make_customer(pudong, number="13812345678", address="老地址"), make_customer(pudong)
    batch = done_batch(pudong)
    conflict = make_conflict(customer, "address", "老地址", "新地址", batch=batch)
    pair = DuplicatePair.objects.create(store=pudong, first=customer, second=double, reason="number")
    return {"customer": customer.pk, "batch": batch.pk, "conflict": conflict.pk, "pair": pair.pk}


QUERIES = [
    ("customers:conflicts", "batch={batch}", 404),
    ("customers:conflicts", "last={conflict}", 200),
    ("customers:conflicts", "after={conflict}", 200),
    ("customers:conflicts_keep", "batch={batch}", 404),
    ("customers:duplicates", "last={pair}", 200),
    ("customers:duplicates", "tab=different&last={pair}", 200),
    ("customers:list", "q=王雅丽", 200),
    ("customers:search", "q=13812345678", 200),
    ("followups:items", "batch={batch}", 200),
    ("followups:items", "customer={customer}", 200),
    ("complaints:new", "customer={customer}", 404),
    ("complaints:list", "q=王", 200),
    ("dms:list", "after={batch}9", 200),
    ("office:notices", "after=0,{batch}9", 200),
    ("reports:rows", "figure=information_accuracy&period=today", None),
]


@pytest.mark.parametrize(("name", "query", "status"), QUERIES)
def test_a_row_named_in_the_query_is_not_told(name, query, status, theirs, foreigner):
    answer = foreigner.get(f"{reverse(name)}?{query.format(**theirs)}")
    assert answer.status_code == (status or answer.status_code) < 500
    # What was asked for stands in the search box, of course.
    asked = query.partition("q=")[2]
    assert not [word for word in WORDS if word in answer.text and word not in asked]
    assert f"/customers/{theirs['customer']}/" not in answer.text


@pytest.mark.parametrize("number", ["9" * 30, "-1", "１２", "²", "1 OR 1=1", "%00"])
def test_a_number_that_is_none_breaks_nothing(number, theirs, foreigner):
    for name, query, _status in QUERIES:
        if "{" in query:
            asked = query.partition("{")[0] + number
            assert foreigner.get(f"{reverse(name)}?{asked}").status_code in (200, 404), (name, asked)


def test_all_ours_is_kept_for_the_own_store_only(theirs, foreigner):
    before = everything()["dms.Conflict"]
    foreigner.post(reverse("customers:conflicts_keep"), {"newest": "999999"})
    foreigner.post(reverse("customers:conflicts_keep") + f"?batch={theirs['batch']}", {"newest": "999999"})
    assert everything()["dms.Conflict"] == before


def test_a_colleague_s_notice_is_not_there(zhou, li, login):
    notice_to(zhou)
    pk = Notice.objects.get().pk
    for name in ("office:open", "office:read"):
        assert login(li).post(reverse(name, args=[pk])).status_code == 404
    login(li).post(reverse("office:read_all"))
    assert Notice.objects.get().is_unread
