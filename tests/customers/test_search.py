"""One box: what it finds, whom it does not show, and that no kind of search scans a table."""

import pytest
from django.db import connection

from audit.choices import Source
from common.union import join_arms, union_rows
from customers.models import Customer, FormerPlate, Phone, Vehicle
from customers.search import CAP, digits_of, find, lookups, search
from customers.services import sort_out_names, update_vehicle, void_phone
from tests.factories.customers import make_customer, make_vehicle


def person(store, name, number="", **fields):
    return make_customer(store, number=number, **sort_out_names(name), **fields)


def names(user, text):
    return [hit.customer.name for hit in search(user, text)]


def kinds(user, text):
    return [[reason.kind for reason in hit.reasons] for hit in search(user, text)]


@pytest.fixture
def people(pudong):
    shan = person(pudong, "单雄信", "13812345678")
    make_vehicle(shan, vin="LVSHCAMB1CE054249", plate="沪A8F2K1")
    zeng = person(pudong, "曾国强", "13900005678")
    make_vehicle(zeng, vin="LVSHCAMB1CE999999", plate="浙B54249")
    person(pudong, "上海万里汽车租赁有限公司", "02158880000", kind="company")
    person(pudong, "令狐冲", "13711112222")
    return shan, zeng


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("单雄信", ["单雄信"]),
        ("单", ["单雄信"]),
        (" 单雄信 ", ["单雄信"]),
        ("shanxiongxin", ["单雄信"]),
        ("ShanXiong", ["单雄信"]),
        ("shan xiong xin", ["单雄信"]),
        ("danxiongxin", []),  # the dictionary's reading, not the surname's
        ("sxx", ["单雄信"]),
        ("zengguoqiang", ["曾国强"]),
        ("linghu", ["令狐冲"]),
        ("shwl", ["上海万里汽车租赁有限公司"]),
        ("5678", ["单雄信", "曾国强"]),
        ("45678", ["单雄信"]),
        ("13812345678", ["单雄信"]),
        ("138 1234 5678", ["单雄信"]),
        ("138-1234-5678", ["单雄信"]),
        ("+86 13812345678", ["单雄信"]),
        ("008613812345678", ["单雄信"]),
        ("021-58880000", ["上海万里汽车租赁有限公司"]),
        ("58880000", ["上海万里汽车租赁有限公司"]),
        ("678", []),  # three digits are no phone tail
        ("沪A8F2K1", ["单雄信"]),
        ("沪a8f2k1", ["单雄信"]),
        ("沪A·8F2K1", ["单雄信"]),
        ("a8f2k1", ["单雄信"]),
        ("8F2K1", ["单雄信"]),
        ("2k1", ["单雄信"]),
        ("沪A8F", ["单雄信"]),
        ("LVSHCAMB1CE054249", ["单雄信"]),
        ("lvshcamb1ce054249", ["单雄信"]),
        ("54249", ["曾国强", "单雄信"]),  # a plate before a VIN
        ("4249", ["曾国强", "单雄信"]),
        ("e054249", ["单雄信"]),
        ("５６７８", ["单雄信", "曾国强"]),  # full-width digits
        ("沪A 8f2k1", ["单雄信"]),
        ("%", []),
        ("_", []),
        ("", []),
        ("   ", []),
        ("王'; DROP TABLE", []),
        ("\U0010ffff", []),
        ("单\x00雄", ["单雄信"]),
        ("\x00\x01", []),
    ],
)
def test_the_box_understands(people, li, text, found):
    assert sorted(names(li, text)) == sorted(found)


def test_a_whole_match_stands_before_longer_ones(pudong, li):
    person(pudong, "王明亮")
    person(pudong, "王明")
    person(pudong, "王明明")
    assert names(li, "王明")[0] == "王明"


def test_every_hit_says_why(people, li):
    assert kinds(li, "sxx") == [["initials"]]
    assert kinds(li, "shanx") == [["pinyin"]]
    assert kinds(li, "45678") == [["phone"]]
    [hit] = search(li, "沪A8F2K1")
    assert [(reason.kind, reason.value) for reason in hit.reasons] == [("plate", "沪A8F2K1")]
    [plate, vin] = search(li, "54249")
    assert (plate.reasons[0].kind, plate.customer.name) == ("plate", "曾国强")
    assert (vin.reasons[0].kind, vin.reasons[0].value) == ("vin", "LVSHCAMB1CE054249")


def test_the_other_store_is_never_found(people, xuhui, zhao, li):
    other = person(xuhui, "单雄信", "13812345678")
    make_vehicle(other, vin="LVSHCAMB1CE054249", plate="沪A8F2K1")
    for text in ("单雄信", "sxx", "shanxiongxin", "5678", "8F2K1", "054249"):
        assert {hit.customer.store_id for hit in search(zhao, text)} == {xuhui.pk}
        assert xuhui.pk not in {hit.customer.store_id for hit in search(li, text)}


def test_somebody_without_a_store_finds_nobody(people, li):
    li.store = None
    assert search(li, "5678") == []


def test_voided_rows_are_not_found(people, li, now):
    shan, zeng = people
    void_phone(zeng.phones.get(), by=li, source=Source.FORM, now=now)
    assert names(li, "5678") == ["单雄信"]
    Vehicle.objects.filter(owner=shan).update(is_void=True)
    assert names(li, "8F2K1") == []
    Customer.objects.filter(pk=shan.pk).update(is_void=True)
    assert names(li, "5678") == []


def test_an_old_plate_and_the_vin_find_the_present_owner(people, li, now):
    shan, zeng = people
    car = shan.vehicles.get()
    update_vehicle(car, {"plate": "苏E99999"}, by=li, source=Source.FORM, now=now)
    Vehicle.objects.filter(pk=car.pk).update(owner=zeng)
    assert names(li, "沪A8F2K1") == ["曾国强"]
    assert kinds(li, "8F2K1") == [["former_plate"]]
    assert names(li, "e054249") == ["曾国强"]
    assert names(li, "苏E99999") == ["曾国强"]


def test_the_count_is_capped(pudong, li):
    Customer.objects.bulk_create(Customer(store=pudong, name=f"王{n:04}") for n in range(CAP + 5))
    found = find(li, "王", limit=20)
    assert (len(found.hits), found.total, found.is_capped) == (20, CAP, True)
    found = find(li, "王000", limit=20)
    assert (len(found.hits), found.total, found.is_capped) == (10, 10, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow_with_the_hits(count, pudong, li, django_assert_num_queries):
    for number in range(count):
        make_vehicle(person(pudong, "王明", f"1390000{number:04}"))
    with django_assert_num_queries(4):
        for hit in search(li, "王明"):
            assert hit.customer.numbers
            assert hit.customer.cars


def test_numbers_are_read_as_people_write_them():
    assert digits_of("(021) 5888-0000") == "02158880000"
    assert digits_of("+8613812345678") == "13812345678"
    assert digits_of("013812345678") == "13812345678"
    assert digits_of("A123") == ""


def test_a_union_without_any_arm_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert union_rows([]) == []


def fill(store, rows=400):
    """Many customers, each with a number, a car and a former plate, all different."""
    people = [Customer(store=store, name=f"客{n:04d}", pinyin=f"ke{n:04d}", initials=f"k{n:04d}") for n in range(rows)]
    Customer.objects.bulk_create(people)
    cars, numbers = [], []
    for n, customer in enumerate(people):
        number, vin, plate = f"137{n:08d}", f"LVSHCAMB1CE1{n:05d}", f"沪C{n:05d}"
        numbers.append(Phone(store=store, customer=customer, number=number, reversed=number[::-1], kind="mobile"))
        keys = {"vin_reversed": vin[::-1], "plate_reversed": plate[::-1]}
        cars.append(Vehicle(store=store, owner=customer, vin=vin, plate=plate, **keys))
    Phone.objects.bulk_create(numbers)
    Vehicle.objects.bulk_create(cars)
    former = [(car, f"沪D{n:05d}") for n, car in enumerate(cars)]
    FormerPlate.objects.bulk_create(
        FormerPlate(store=store, vehicle=car, plate=plate, plate_reversed=plate[::-1]) for car, plate in former
    )


def plan_of(user, text):
    sql, parameters = join_arms(lookups(user, text))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What the planner takes must not hang on what it last heard of these tables: enough rows, counted now.
            fill(user.store)
            for model in (Customer, Phone, Vehicle, FormerPlate):
                cursor.execute(f"ANALYZE {model._meta.db_table}")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {sql}", parameters)
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return [row[3] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("单雄信", {"customer_name"}),
        ("sxx", {"customer_initials", "customer_pinyin", "vehicle_plate_tail", "formerplate_tail"}),
        ("13812345678", {"phone_tail", "vehicle_plate_tail", "formerplate_tail", "vehicle_vin_tail"}),
        ("沪A8F2K1", {"vehicle_plate", "vehicle_plate_tail", "formerplate_tail", "customer_name"}),
        ("LVSHCAMB1CE054249", {"vehicle_vin_tail", "vehicle_plate_tail", "customer_pinyin", "customer_initials"}),
    ],
)
def test_every_kind_of_search_runs_on_its_index(people, li, text, indexes):
    """Ranges over (store, key); no scan of customers, phones or vehicles, and no sorting of more than a range."""
    plan = plan_of(li, text)
    used = "\n".join(plan)
    assert not [line for line in plan if "Seq Scan on customers_" in line or line.startswith("SCAN customers_")], used
    for index in indexes:
        assert index in used, used
    assert "Sort" not in used, used
    assert "TEMP B-TREE" not in used, used
    if connection.vendor == "postgresql":
        conditions = [line for line in plan if "Index Cond" in line and ">=" in line]
        assert all("store_id =" in line and " < " in line for line in conditions)
        assert len(conditions) >= len(indexes)
    else:
        ranges = [line for line in plan if ">? AND" in line]
        assert all("store_id=?" in line for line in ranges)
        assert len(ranges) >= len(indexes)
