"""Information accuracy: what counts as checked, what as right, and whose."""

import pytest
from django.utils import timezone

from audit.choices import Source
from common.figures import Scope, split_counts, totals
from customers.figures import FIGURES
from customers.services import add_phone, mark_phone, update_customer, verify_phone
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
BY_CODE = {figure.code: figure for figure in FIGURES}


@pytest.fixture
def scope(pudong, today):
    return Scope(pudong, today, today, today)


@pytest.fixture
def people(pudong, li, now):
    """Anna is right throughout, Berta corrected her address, Clara's number is somebody else's, Dora's dead one was undone."""
    how = {"by": li, "source": Source.CALL, "now": now}
    made = {
        name: make_customer(pudong, name=name, number=f"1380000000{place}", address="甲")
        for place, name in enumerate(("Anna", "Berta", "Clara", "Dora", "Emma"))
    }
    verify_phone(made["Anna"].phones.get(), **how)
    update_customer(made["Anna"], {"name": "Anna", "address": "甲"}, verified=True, **how)
    verify_phone(made["Berta"].phones.get(), **how)
    update_customer(made["Berta"], {"name": "Berta", "address": "乙"}, verified=True, **how)
    mark_phone(made["Clara"].phones.get(), "wrong", **how)
    add_phone(made["Clara"], "13911112222", verified=True, **how)
    mark_phone(made["Dora"].phones.get(), "dead", **how)
    mark_phone(made["Dora"].phones.get(), "unknown", **how)
    mark_phone(made["Emma"].phones.get(), "good", **how)
    update_customer(made["Emma"], {"address": "丙"}, **how)
    return made


def test_records_and_fields_are_counted_by_customer(people, scope, xuhui, li, now, django_assert_num_queries):
    foreign = make_customer(xuhui, number="13800000009")
    verify_phone(foreign.phones.get(), by=li, now=now, source=Source.CALL)
    with django_assert_num_queries(1):
        counts = totals(FIGURES, scope)
    assert counts == {
        "info_checked": 3, "info_right": 1,
        "numbers_checked": 3, "numbers_right": 2,
        "names_checked": 2, "names_right": 2,
        "addresses_checked": 2, "addresses_right": 1,
    }  # fmt: skip


def test_each_number_opens_its_rows(people, scope):
    opened = {code: sorted(figure.rows(scope).values_list("name", flat=True)) for code, figure in BY_CODE.items()}
    assert {code: len(names) for code, names in opened.items()} == totals(FIGURES, scope)
    assert opened["info_right"] == ["Anna"] and opened["addresses_right"] == ["Anna"]
    assert opened["numbers_right"] == ["Anna", "Berta"]


def test_it_is_split_by_who_checked_and_bound_to_its_days(people, scope, pudong, li, zhou, now, today):
    verify_phone(people["Emma"].phones.get(), by=zhou, now=now, source=Source.CALL)
    by_person = split_counts(FIGURES, scope, "checker")
    assert (by_person[li.pk]["info_checked"], by_person[zhou.pk]["info_right"]) == (3, 1)
    yesterday = today.replace(day=today.day - 1)
    assert set(totals(FIGURES, Scope(pudong, yesterday, yesterday, today)).values()) == {0}


def test_the_managers_page_prints_the_formula_and_opens_the_rows(wang, login, zhou, li):
    verify_phone(wang.phones.get(), by=li, now=timezone.now(), source=Source.CALL)
    client = login(zhou)
    text = client.get("/figures/").content.decode()
    assert "信息准确率" in text and str(BY_CODE["info_right"].formula) in text and "figure=info_right" in text
    rows = client.get("/figures/rows/?figure=info_right&period=today").content.decode()
    assert "王雅丽" in rows and "138****5678" in rows and "13812345678" not in rows
    assert client.get("/figures/rows/?figure=info_right&period=today&checker=x").status_code == 404
