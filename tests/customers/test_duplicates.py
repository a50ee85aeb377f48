"""Who may be one person: found after each import, answered once, never put together."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.choices import Source
from common.companies import bare_name, spellings
from customers.choices import DuplicateState
from customers.models import Customer, DuplicatePair
from customers.services import AlreadyDecided, mark_phone, update_customer
from customers.services.duplicates import decide_pair, refresh_duplicates, touched_by
from customers.services.outward import make_dms_sheet
from tests.dms.exports import OWNERS, bring_in, owner
from tests.factories.customers import make_customer, make_order, make_vehicle

pytestmark = pytest.mark.django_db
NUMBER = "13800000001"


@pytest.fixture
def found(pudong):
    """found() -> {(name, name): reason} of the pairs that a look at all customers leaves open."""

    def _found():
        refresh_duplicates(pudong, Customer.objects.filter(store=pudong).values_list("pk", flat=True))
        pairs = DuplicatePair.objects.filter(store=pudong, state="open").select_related("first", "second")
        return {(pair.first.name, pair.second.name): pair.reason for pair in pairs}

    return _found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王建国", "王建国先生"),
        ("王建国", "王 建国"),
        ("ＡＢＣ商贸有限公司", "abc商贸"),
        ("上海某某贸易有限公司", "上海某某贸易股份有限公司"),
        ("王建国(二手车)", "王建国"),
    ],
)
def test_spellings_of_one_name_are_one_name(one, other):
    assert bare_name(one) == bare_name(other)
    assert bare_name("王建国") in spellings(one) or "商贸" in one or "贸易" in one


@pytest.mark.parametrize(
    ("one", "other"), [("王总", "王"), ("李先生", "李女士"), ("公司", "集团"), ("王建国", "王建军")]
)
def test_other_names_are_other_names(one, other):
    assert bare_name(one) != bare_name(other)


def test_the_same_name_needs_something_else_in_common(pudong, found):
    make_customer(pudong, name="王伟", number="13800000001")
    make_customer(pudong, name="王伟", number="13800000002")
    assert found() == {}


def test_the_reasons_by_their_strength(pudong, today, found):
    make_customer(pudong, name="王建国", number=NUMBER, dms_no="K1")
    make_customer(pudong, name="王建国先生", number=NUMBER, dms_no="K2")
    seller, buyer = make_customer(pudong, name="李娜", number="13800000002"), make_customer(pudong, name="李娜女士")
    make_order(make_vehicle(seller), today, bringer=buyer)
    make_customer(pudong, name="陈明", address="浦东新区世纪大道1号")
    make_customer(pudong, name="陈明", address="浦东新区 世纪大道1号")
    make_customer(pudong, name="赵云", number="13800000003")
    make_customer(pudong, name="钱多", number="13800000003")
    assert found() == {
        ("王建国", "王建国先生"): "number",
        ("李娜", "李娜女士"): "car",
        ("陈明", "陈明"): "address",
        ("赵云", "钱多"): "shared",
    }
    assert list(DuplicatePair.objects.values_list("rank", flat=True)) == [0, 1, 2, 3]


def test_a_switchboard_a_company_and_a_wrong_number_are_no_sign(pudong, zhou, now, found):
    for place in range(6):
        make_customer(pudong, name=f"员工{place}", number="02158880000")
    make_customer(pudong, name="上海某某贸易有限公司", kind="company", number=NUMBER)
    person = make_customer(pudong, name="张建国", number=NUMBER)
    assert found() == {}
    make_customer(pudong, name="张建军", number=NUMBER)
    assert found() == {("张建国", "张建军"): "shared"}
    mark_phone(person.phones.get(), "wrong", by=zhou, source=Source.CALL, now=now)
    assert found() == {}


def test_another_store_and_the_void_are_nobodys_double(pudong, xuhui, found):
    make_customer(pudong, name="王建国", number=NUMBER)
    make_customer(xuhui, name="王建国", number=NUMBER)
    make_customer(pudong, name="王建国", number=NUMBER, is_void=True)
    assert found() == {}


def test_an_import_looks_at_those_it_touched(pudong, found):
    """The file has another DMS number for the same name and number: in doubt a new customer, and a line."""
    make_customer(pudong, name="王雅丽", number=NUMBER, dms_no="K1")
    batch = bring_in(pudong, [*OWNERS, "客户编号"], [*owner(1, phone=NUMBER), "K2"])
    assert Customer.objects.filter(name="王雅丽").count() == 2
    assert refresh_duplicates(pudong, touched_by(batch.pk)) == 1
    assert refresh_duplicates(pudong, touched_by(batch.pk)) == 0
    assert DuplicatePair.objects.get().reason == "number"


def test_an_answer_stands_and_an_open_pair_goes_with_its_reason(pudong, zhou, now, found):
    make_customer(pudong, name="王建国", number=NUMBER)
    second = make_customer(pudong, name="王建国先生", number=NUMBER)
    third = make_customer(pudong, name="王建军", number=NUMBER)
    assert len(found()) == 3
    decide_pair(DuplicatePair.objects.get(second=second), DuplicateState.DIFFERENT, by=zhou, now=now)
    update_customer(third, {"kind": "company"}, by=zhou, source=Source.FORM, now=now)
    assert found() == {}
    assert DuplicatePair.objects.get().state == "different"


def test_the_command_looks_through_a_store(pudong, xuhui):
    for store in (pudong, xuhui):
        make_customer(store, name="王建国", number=NUMBER)
        make_customer(store, name="王建国", number=NUMBER)
    out = io.StringIO()
    call_command("find_duplicates", "--store", "PD", stdout=out)
    assert out.getvalue() == "PD: 1 new\n"
    assert DuplicatePair.objects.get().store == pudong


# --- Answering --------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(pudong):
    first = make_customer(pudong, name="王建国", number=NUMBER, dms_no="K1")
    second = make_customer(pudong, name="王建国先生", number=NUMBER, dms_no="K2")
    refresh_duplicates(pudong, [first.pk])
    return DuplicatePair.objects.get(second=second)


def test_the_second_answer_is_refused_and_ones_own_is_taken_back(pair, zhou, li, now):
    decide_pair(pair, DuplicateState.SAME, by=zhou, now=now)
    for state in (DuplicateState.DIFFERENT, DuplicateState.OPEN):
        with pytest.raises(AlreadyDecided):
            decide_pair(pair, state, by=li, now=now)
    assert decide_pair(pair, DuplicateState.OPEN, by=zhou, now=now).decided_by is None


def test_one_person_is_told_to_the_dms_and_both_stay(pair, pudong, zhou):
    now = timezone.now()
    decide_pair(pair, DuplicateState.SAME, by=zhou, now=now)
    (line,) = make_dms_sheet(pudong, by=zhou, now=now).lines.all()
    assert line.cells[5:7] == ["K2 王建国先生", "K1 王建国"]
    assert Customer.objects.alive().count() == 2


LIST = "/customers/duplicates/"


def test_the_list_shows_both_sides_masked_and_takes_answers(pair, login, li, zhao):
    client = login(li)
    text = client.get(LIST).content.decode()
    assert "K1" in text and "K2" in text and "138****0001" in text and NUMBER not in text
    assert "王建国" not in login(zhao).get(LIST).content.decode()
    answer = client.post(f"{LIST}{pair.pk}/", {"decision": "same"}, headers={"HX-Request": "true"}).content.decode()
    assert f'id="pair{pair.pk}"' in answer and "is-decided" in answer
    response = client.post(f"{LIST}{pair.pk}/", {"decision": "undo"})
    assert response.status_code == 302 and f"last={pair.pk}" in response["Location"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(count, pudong, login, li, today, django_assert_max_num_queries):
    for place in range(count):
        for name in ("王建国", "王建国先生"):
            customer = make_customer(pudong, name=name, number=f"1380000000{place}")
            make_order(make_vehicle(customer), today)
    refresh_duplicates(pudong, Customer.objects.values_list("pk", flat=True))
    client = login(li)
    client.get(LIST)
    with django_assert_max_num_queries(14):
        text = client.get(LIST).content.decode()
    assert text.count('id="pair') == count
