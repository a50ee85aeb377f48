"""Search at 100,000 customers: every kind against the same page by primary key.

The floor is the same result page for the very same customers found by their ids: same template, session and prefetches.
Medians of whole requests through Django's test client, with the queries of the whole request; the bare lookup without a
page stands beside it ("alone").

    python -m bench.search_bench [CUSTOMERS]
"""

import functools
import random
import statistics
import sys
import time

from bench.many import multiply, share
from bench.scratch import engine, scratch

CUSTOMERS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS = 60
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗单曾仇解梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈"
GIVEN = "建国雅丽静敏强芳伟军磊洋勇艳杰涛明超秀娟英华慧巧美娜淑惠珠翠霞香月莺媛红春菊兰凤洁梅琳素云莲真环雪荣爱"
BATCH = 2_000


def fill(count):
    """`count` customers with a mobile and a car each."""
    import datetime as dt

    from accounts.choices import Role
    from accounts.services import create_account, create_store
    from customers.models import Customer, Phone, Vehicle
    from customers.services import sort_out_names

    dice = random.Random(20261122)
    store = create_store(code="BENCH", name="Bench", live_on=dt.date(2026, 1, 1))
    user = create_account(
        username="bench", full_name="Bench", role=Role.SPECIALIST, store=store, password="Bench-search-1"
    )
    made, times = share(count)
    for start in range(0, made, BATCH):
        size = min(BATCH, made - start)
        names = [dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2)))) for _ in range(size)]
        people = Customer.objects.bulk_create(Customer(store=store, **sort_out_names(name)) for name in names)
        numbers = [f"1{dice.randrange(3, 10)}{dice.randrange(10**9):09d}" for _ in people]
        Phone.objects.bulk_create(
            Phone(
                store=store,
                customer=person,
                number=number,
                reversed=number[::-1],
                kind="mobile",
                source="import",
                is_primary=True,
            )
            for person, number in zip(people, numbers, strict=True)
        )
        cars = [
            (f"LVSHCAMB{dice.randrange(10)}{dice.choice('ABCEF')}{start + place:06d}", _plate(dice))
            for place in range(size)
        ]
        Vehicle.objects.bulk_create(
            Vehicle(
                store=store,
                owner=person,
                vin=vin,
                vin_reversed=vin[::-1],
                plate=plate,
                plate_reversed=plate[::-1],
                series="福克斯",
                model="1.6L",
            )
            for person, (vin, plate) in zip(people, cars, strict=True)
        )
    number = "left(t.number, 3) || lpad(((right(t.number, 8)::bigint + g.k * 12345679) % 100000000)::text, 8, '0')"
    vin, plate = "left(t.vin, 10) || lpad({key}::text, 6, '0')", "left(t.plate, 2) || upper(left(md5({key}::text), 5))"
    changed = {
        Phone: {"number": number, "reversed": f"reverse({number})"},
        Vehicle: {"vin": vin, "vin_reversed": f"reverse({vin})", "plate": plate, "plate_reversed": f"reverse({plate})"},
    }
    multiply([Customer, Phone, Vehicle], times, changed)
    return user


def _plate(dice):
    return "沪" + dice.choice("ABCDE") + "".join(dice.choices("0123456789ABCDEFGHJK", k=5))


def analyse():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def texts():
    """{kind: [ROUNDS texts to search]}, taken from customers all over the table."""
    from customers.models import Customer, Phone, Vehicle

    dice = random.Random(7)
    low, high = Customer.objects.order_by("id").values_list("id", flat=True)[0], Customer.objects.latest("id").id
    ids = [dice.randint(low, high) for _ in range(ROUNDS)]
    people = [Customer.objects.get(pk=pk) for pk in ids]
    numbers = [Phone.objects.get(customer=person).number for person in people]
    cars = [Vehicle.objects.get(owner=person) for person in people]
    return {
        "name, whole": [person.name for person in people],
        "name, surname only (1,000+)": [person.name[0] for person in people],
        "pinyin": [person.pinyin for person in people],
        "initials": [person.initials for person in people],
        "phone, last 4": [number[-4:] for number in numbers],
        "phone, last 8": [number[-8:] for number in numbers],
        "phone, whole": numbers,
        "plate, whole": [car.plate for car in cars],
        "plate, without province": [car.plate[1:] for car in cars],
        "plate, last 4": [car.plate[-4:] for car in cars],
        "VIN, last 6": [car.vin[-6:] for car in cars],
        "VIN, whole": [car.vin for car in cars],
    }


def by_key(known, user, text, limit=20):
    """The floor: the customers `known` by that text, dressed as a search result."""
    from customers.models import Customer
    from customers.search import Found, Hit, Reason, with_contents

    ids = known[text]
    found = with_contents(Customer.objects.visible_to(user).alive()).in_bulk(ids)
    return Found([Hit(found[pk], [Reason("name", found[pk].name)]) for pk in ids], len(ids), False)


def medians(works, inputs):
    """[(median milliseconds, queries)] of each of `works` over the inputs, taken in turns so that a busy machine is busy for
    all of them alike; two unmeasured rounds first.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = [[] for _work in works]
    for turn, value in enumerate([*inputs[:2], *inputs]):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work(value)
            if turn >= 2:
                taken.append((time.perf_counter() - started) * 1000)
    counts = []
    for work in works:
        with CaptureQueriesContext(connection) as queries:
            work(inputs[0])
        counts.append(len(queries))
    return list(zip(map(statistics.median, times), counts, strict=True))


def main():
    with scratch():
        from django.conf import settings
        from django.test import Client
        from django.urls import reverse

        from customers.search import find
        from customers.views import lists

        started = time.perf_counter()
        user = fill(CUSTOMERS)
        analyse()
        print(
            f"{engine()}: {CUSTOMERS:,} customers, as many numbers and cars, filled in {time.perf_counter() - started:.0f} s"
        )
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        url = reverse("customers:search")

        def page(finder, text):
            # The fragment that comes while one types: a whole page would leave for the file where there is one hit.
            lists.find = finder
            response = client.get(url, {"q": text}, headers={"hx-request": "true"})
            assert response.status_code == 200, response.status_code

        def alone(finder, text):
            finder(user, text, limit=lists.PAGE)

        print(
            f"{'median ms':<30}{'by key':>8}{'search':>8}{'ratio':>7}{'queries':>9}{'alone: by key':>17}{'search':>8}{'hits':>6}"
        )
        for kind, values in texts().items():
            known = {text: [hit.customer.pk for hit in find(user, text, limit=lists.PAGE).hits] for text in values}
            finders = functools.partial(by_key, known), find
            (floor, least), (ours, queries) = medians([functools.partial(page, finder) for finder in finders], values)
            (bare, _), (found, _) = medians([functools.partial(alone, finder) for finder in finders], values)
            print(
                f"{kind:<30}{floor:>8.2f}{ours:>8.2f}{ours / floor:>7.2f}{f'{least} → {queries}':>9}"
                f"{bare:>17.2f}{found:>8.2f}{statistics.median(len(ids) for ids in known.values()):>6.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
