"""Working out care plans: all cars the first time, an ordinary day, the same day again. Rows a second; `python -m bench.care_bench --vehicles N`.

Three orders a car with readings and kinds, a policy for every other car; the ordinary day touches one car in two hundred.
"""

import argparse
import datetime as dt

from bench.scratch import engine, scratch, seconds


def fill(store, vehicles, today):
    """Written by bulk_create, a lot at a time; not what is measured."""
    from customers.models import Customer, Delivery, Policy, RepairOrder, Vehicle

    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    common = {"store": store, "created_at": long_ago, "changed_at": long_ago}
    for start in range(1, vehicles + 1, 5_000):
        numbers = range(start, min(start + 5_000, vehicles + 1))
        Customer.objects.bulk_create(Customer(pk=n, name=f"name {n}", **common) for n in numbers)
        Vehicle.objects.bulk_create(
            Vehicle(
                pk=n,
                vin=f"V{n}",
                vin_reversed=f"{n}V"[::-1],
                owner_id=n,
                series=f"S{n % 12}",
                model=f"S{n % 12} {n % 40}",
                **common,
            )
            for n in numbers
        )
        days = {n: today - dt.timedelta(days=n * 7 % 1_400) for n in numbers}
        Delivery.objects.bulk_create(
            Delivery(vehicle_id=n, customer_id=n, delivered_on=days[n], **common) for n in numbers
        )
        Policy.objects.bulk_create(
            Policy(
                vehicle_id=n, customer_id=n, cover="commercial", policy_no=f"P{n}", starts_on=days[n], ends_on=days[n] + dt.timedelta(days=364), **common
            )
            for n in numbers
            if n % 2
        )  # fmt: skip
        orders = []
        for n in numbers:
            for half in range(3):
                on = days[n] + dt.timedelta(days=(n * 13 + half * 181) % 600)
                kind = "一般维修" if (n + half) % 3 == 0 else "定期保养"
                km = (on - days[n]).days * (20 + n % 40) + 15
                orders.append(
                    RepairOrder(
                        order_no=f"R{n}-{half}", vehicle_id=n, owner_id=n, bringer_id=n, opened_on=on, settled_on=on, odometer_km=km,
                        kind=kind, items=f"更换机油{n % 50}", amount=500, **common,
                    )
                )  # fmt: skip
        RepairOrder.objects.bulk_create(orders)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=50_000)
    options = parser.parse_args()
    with scratch():
        from django.utils import timezone

        from accounts.services import create_store
        from customers.models import CarePlan, RepairOrder
        from customers.services.care import work_out

        today = dt.date(2026, 3, 18)
        store = create_store(code="BENCH", name="Bench", live_on=today)
        fill(store, options.vehicles, today)

        def run(what):
            read = []
            took = seconds(lambda: read.append(work_out(store, now=timezone.now())))
            print(f"{what}: {read[0]:,} cars, {took:.2f} s, {read[0] / took:,.0f} cars/s")

        print(f"{engine()}, {options.vehicles:,} cars, {RepairOrder.objects.count():,} orders")
        run("first time")
        run("same day again")
        RepairOrder.objects.filter(pk__lte=options.vehicles * 3 // 200).update(changed_at=timezone.now())
        run("ordinary day")
        print(
            f"{CarePlan.objects.exclude(service_on=None).count():,} services, "
            f"{CarePlan.objects.exclude(first_service_on=None).count():,} first services"
        )


if __name__ == "__main__":
    main()
