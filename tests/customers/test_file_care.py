"""How complete a file is, what is asked on the call, and what an answer writes."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Change
from customers import completeness as care
from customers.completeness import file_care, parts_of
from customers.models import Customer, Phone, Vehicle
from customers.outward import confirmations, new_owners
from tests.factories.customers import make_customer, make_delivery, make_phone, make_vehicle

ZONE = dt.timezone(dt.timedelta(hours=8))
TODAY = dt.date(2026, 3, 18)


def ago(days):
    return dt.datetime.combine(TODAY - dt.timedelta(days=days), dt.time(10), tzinfo=ZONE)


# --- The score --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "share"), [(None, 0.5), (0, 1), (365, 1), (366, 0.5)])
def test_a_number_counts_whole_for_a_year(days, share):
    phone = Phone(number="13812345678", verified_at=None if days is None else ago(days))
    (part,) = (
        part for part in parts_of(Customer(name="王"), phone, None, today=TODAY, zone=ZONE) if part.code == care.PHONE
    )
    assert (part.share, part.days) == (share, days)


def test_a_company_is_asked_for_a_person_and_not_for_a_birthday():
    def codes(**fields):
        return {part.code for part in parts_of(Customer(name="王", **fields), None, None, today=TODAY, zone=ZONE)}

    assert codes(kind="company") ^ codes() == {care.CONTACT, care.BIRTHDAY}
    assert care.PLATE not in codes()


@given(
    st.fixed_dictionaries(
        {name: st.sampled_from(["", "一"]) for name in ("address", "postcode", "wechat", "contact_person")}
        | {"kind": st.sampled_from(["private", "company"]), "birthday": st.sampled_from([None, 1007])}
    ),
    st.booleans(),
    st.integers(0, 900),
)
def test_more_on_file_never_scores_less(fields, has_phone, days):
    def score(customer, phone):
        parts = parts_of(customer, phone, None, today=TODAY, zone=ZONE)
        return sum(part.weight * part.share for part in parts) / sum(part.weight for part in parts)

    phone = Phone(number="13812345678", verified_at=ago(days)) if has_phone else None
    before = score(Customer(name="王", **fields), phone)
    assert 0 <= before <= 1
    assert score(Customer(name="王", **{**fields, "address": "一"}), phone) >= before
    assert score(Customer(name="王", verified={"name": ago(days).isoformat()}, **fields), phone) >= before


# --- What is asked ----------------------------------------------------------------------------------------------------
@pytest.fixture
def look(today, now):
    def _look(customer):
        return file_care(Customer.objects.get(pk=customer.pk), today=today, zone=now.tzinfo)

    return _look


@pytest.mark.django_db
def test_the_two_that_gain_most_are_asked_in_words_to_say(wang, focus, look):
    page = look(wang)
    assert [ask.code for ask in page.asks] == [care.PHONE, care.ADDRESS] and len(page.asks) == care.ASKED_AT_ONCE
    assert page.asks[0].words == "您现在还是用尾号5678的号码最方便联系吗？" and page.asks[0].can_confirm
    assert not page.asks[1].can_confirm and not page.is_new_owner


@pytest.mark.django_db
def test_a_full_file_asks_nothing_and_scores_a_hundred(pudong, today, now, look):
    stamp = now.isoformat()
    customer = make_customer(
        pudong,
        address="世纪大道1号",
        postcode="200120",
        wechat="wx",
        birthday=1007,
        verified={"name": stamp, "address": stamp},
    )
    make_phone(customer, "13812345678", is_primary=True, verified_at=now)
    make_vehicle(customer, plate="沪A8F2K1", odometer_km=5000, odometer_on=today)
    page = look(customer)
    assert (page.score, page.asks, page.phone_days) == (100, [], 0)


@pytest.mark.django_db
def test_a_wrong_number_is_none(pudong, look):
    customer = make_customer(pudong)
    make_phone(customer, "13812345678", is_primary=True, state="wrong", verified_at=ago(1))
    page = look(customer)
    assert not page.has_phone and page.asks[0].code == care.PHONE and not page.asks[0].can_confirm


# --- Answers ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def answer(login, li):
    client = login(li)

    def _answer(customer, said, **values):
        data = {"care-answer": said, **{f"care-{name}": value for name, value in values.items()}}
        return client.post(f"/customers/{customer.pk}/care/", data, headers={"HX-Request": "true"})

    return _answer


@pytest.mark.django_db
def test_still_right_is_one_key(wang, answer, li):
    text = answer(wang, "confirm:phone").text
    phone = wang.phones.get()
    assert phone.verified_at is not None and phone.verified_by == "李静"
    assert Change.objects.get(deed="verify").source == "call"
    assert "confirm:phone" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "typed", "stored"),
    [
        ("address", "世纪大道8号", {"address": "世纪大道8号"}),
        ("postcode", "200120", {"postcode": "200120"}),
        ("wechat", "wang-01", {"wechat": "wang-01"}),
        ("birthday", "10-07", {"birthday": 1007, "birthday_is_lunar": False}),
        ("birthday", "农历八月十五", {"birthday": 815, "birthday_is_lunar": True}),
        ("contact_person", "李四", {"contact_person": "李四"}),
    ],
)
def test_what_she_says_is_written_and_stamped(wang, answer, part, typed, stored):
    assert answer(wang, f"correct:{part}", **{f"value-{part}": typed}).status_code == 200
    wang.refresh_from_db()
    assert {name: getattr(wang, name) for name in stored} == stored
    assert part in wang.verified and Change.objects.filter(source="call").exists()


@pytest.mark.django_db
def test_a_new_number_is_dialled_first_and_the_one_on_the_line_stays(wang, answer):
    answer(wang, "correct:phone", **{"value-phone": "139 0000 1111"})
    assert list(wang.phones.filter(is_void=False).values_list("number", "is_primary")) == [
        ("13900001111", True), ("13812345678", False),
    ]  # fmt: skip
    assert wang.phones.get(is_primary=True).verified_by == "李静"


@pytest.mark.django_db
def test_a_plate_and_kilometres_go_to_her_car(wang, answer):
    car = make_vehicle(wang)
    answer(wang, "correct:plate", **{"value-plate": "沪a12345"})
    answer(wang, "correct:mileage", **{"value-mileage": "23,500公里"})
    car = Vehicle.objects.get(pk=car.pk)
    assert (car.plate, car.odometer_km) == ("沪A12345", 23500) and car.odometer_on is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "typed"),
    [("phone", "12345"), ("postcode", "20012"), ("birthday", "13-45"), ("plate", "沪"), ("mileage", "很多"), ("mileage", "4999"), ("address", "")],
)  # fmt: skip
def test_a_wrong_answer_is_said_at_its_field_and_nothing_is_lost(wang, answer, today, part, typed):
    make_vehicle(wang, odometer_km=5000, odometer_on=today)
    Phone.objects.update(verified_at=dt.datetime.now(dt.UTC))
    wang.address, wang.wechat = "甲", "乙"
    if part in ("address", "wechat"):
        wang.address = ""
    wang.save()
    changes = Change.objects.count()
    form = answer(wang, f"correct:{part}", **{f"value-{part}": typed}).context["form"]
    assert list(form.errors) == [part] and Change.objects.count() == changes


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "confirm", "confirm:nonsense", "delete:phone", "correct:owner", "owner:address"])
def test_an_answer_that_is_none_writes_nothing(wang, answer, said):
    changes = Change.objects.count()
    assert answer(wang, said).status_code == 200
    assert Change.objects.count() == changes


# --- New-owner confirmation (form 3) ----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_new_owner_confirms_all_at_once_and_the_sheet_knows_it(wang, focus, answer, look, pudong):
    today = pudong.day_of(dt.datetime.now(dt.UTC))
    make_delivery(focus, today - dt.timedelta(days=3))
    Customer.objects.filter(pk=wang.pk).update(address="老地址", postcode="200000")
    text = answer(wang, "").text
    assert 'value="owner:owner"' in text and "138****5678" in text and "13812345678" not in text
    told = {"owner-name": "王雅丽", "owner-phone": "", "owner-address": "世纪大道8号", "owner-postcode": "200120"}
    assert 'value="owner:owner"' not in answer(wang, "owner:owner", **told).text
    wang.refresh_from_db()
    assert set(wang.verified) == {"name", "address", "postcode"} and wang.phones.get().verified_by == "李静"
    (line,) = confirmations(list(new_owners(pudong, start=today - dt.timedelta(days=9), end=today)), zone=pudong.zone)
    assert line.cells[3:7] == ["王雅丽", "13812345678", "世纪大道8号", "200120"] and line.value == "已更正"


@pytest.mark.django_db
def test_of_a_wrong_number_in_the_form_nothing_is_written(wang, focus, answer, pudong):
    make_delivery(focus, pudong.day_of(dt.datetime.now(dt.UTC)))
    text = answer(wang, "owner:owner", **{"owner-name": "改了的名字", "owner-phone": "123"}).text
    wang.refresh_from_db()
    assert wang.name == "王雅丽" and wang.verified == {} and "改了的名字" in text


@pytest.mark.django_db
def test_the_fragment_costs_the_same_whatever_she_has(wang, login, li, today, django_assert_max_num_queries):
    for place in range(3):
        make_vehicle(wang)
        make_phone(wang, f"1390000000{place}")
    client = login(li)
    client.get(f"/customers/{wang.pk}/care/")
    with django_assert_max_num_queries(8):
        client.get(f"/customers/{wang.pk}/care/")
