"""Generation of due items: a first day, an ordinary night, the same day again, each against its floor.

The floor is the least any program could do: the same items inserted by hand-written `INSERT … SELECT … ON CONFLICT DO NOTHING`, one
statement a rule, with nothing closed, corrected, counted or merged into cards: on the first day over all facts since the store went live,
afterwards over those whose window is still open. Each round starts both from the same facts with no items. `python -m bench.generation_bench --vehicles N --rounds N`.
"""

import argparse
import datetime as dt
import statistics

from bench.scratch import engine, row, scratch, seconds

DAY = dt.timedelta(days=1)
YEARS = 2
# (rule, table, anchor, customer, opens, due, expires), as followups.rules has them
FLOOR = (
    ("delivery_3dc", "customers_delivery", "delivered_on", "customer_id", 1, 3, 10),
    ("delivery_7dc", "customers_delivery", "delivered_on", "customer_id", 5, 7, 14),
    ("service_3dc", "customers_repairorder", "settled_on", "COALESCE(bringer_id, owner_id)", 2, 3, 15),
)


def fill(store, vehicles, today):
    """Owners, cars, one delivery each and two orders a car, spread evenly over two years until tomorrow; by set-based SQL."""
    from django.db import connection

    span = YEARS * 365
    first = today - (span - 2) * DAY
    postgres = engine() == "PostgreSQL"
    numbers = (
        f"SELECT generate_series(1, {vehicles}) AS n"
        if postgres
        else f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {vehicles}) SELECT n FROM c"
    )
    day = (
        (lambda number: f"DATE '{first}' + ({number} % {span})::int")
        if postgres
        else (lambda number: f"date('{first}', '+' || ({number} % {span}) || ' days')")
    )
    stamp = "TIMESTAMPTZ '2020-01-01 00:00+00'" if postgres else "'2020-01-01 00:00:00'"
    record = "store_id, is_void, created_at, changed_at"
    values = f"{store.pk}, {'false' if postgres else '0'}, {stamp}, {stamp}"
    no = "false" if postgres else "0"
    statements = [
        f"INSERT INTO customers_customer (id, {record}, dms_no, kind, stage, name, pinyin, initials, contact_person, address, wechat,"
        f" do_not_call, do_not_call_reason, note, verified) SELECT n, {values}, '', 'private', 'owner', 'name ' || n, '', '', '', '', '',"
        f" {no}, '', '', '{{}}' FROM ({numbers}) AS t",
        f"INSERT INTO customers_vehicle (id, {record}, vin, vin_reversed, plate, plate_reversed, owner_id, engine_no, brand, series,"
        f" model, color) SELECT n, {values}, 'V' || n, n || 'V', '', '', n, '', '', '', '', '' FROM ({numbers}) AS t",
        f"INSERT INTO customers_delivery (id, {record}, vehicle_id, customer_id, delivered_on, sales_consultant)"
        f" SELECT n, {values}, n, n, {day('n')}, '' FROM ({numbers}) AS t",
        *(
            f"INSERT INTO customers_repairorder (id, {record}, order_no, vehicle_id, owner_id, bringer_id, bringer_name, bringer_phone,"
            f" opened_on, settled_on, kind, items, service_advisor, technician, status) SELECT n * 2 + {half}, {values}, 'R' || (n * 2 + {half}),"
            f" n, n, n, '', '', {day(f'(n * 7 + {half} * 181)')}, {day(f'(n * 7 + {half} * 181)')}, '', '', '', '', '' FROM ({numbers}) AS t"
            for half in (0, 1)
        ),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        if postgres:
            for table in ("customers_customer", "customers_vehicle", "customers_delivery", "customers_repairorder"):
                cursor.execute(f"VACUUM ANALYZE {table}")


def floor_inserts(store, today, live_on):
    """The floor's statements for one day; returns their number of rows."""
    from django.db import connection, transaction

    postgres = engine() == "PostgreSQL"

    def plus(anchor, days):
        return f"{anchor} + {days}" if postgres else f"date({anchor}, '{days} days')"

    moment = f"'{today} 01:00:00{'+00' if postgres else ''}'"
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for rule, table, anchor, customer, opens, due, expires in FLOOR:
            cursor.execute(
                "INSERT INTO followups_dueitem (store_id, rule, fact_id, round, customer_id, vehicle_id, anchor_on, opens_on, due_on,"
                " expires_on, callable_at, state, reason, reason_params, attempts, bands_failed, created_at)"
                f" SELECT store_id, '{rule}', id, '1', {customer}, vehicle_id, {anchor}, {plus(anchor, opens)}, {plus(anchor, due)},"
                f" {plus(anchor, expires)}, {moment}, 'open', '', '{{}}', 0, '', {moment}"
                f" FROM {table} WHERE store_id = %s AND NOT is_void AND {anchor} BETWEEN %s AND %s ON CONFLICT DO NOTHING",
                [store.pk, live_on - expires * DAY, today - opens * DAY],
            )
            made += cursor.rowcount
    return made


def clear():
    from django.db import connection

    from followups.models import GenerationRun

    with connection.cursor() as cursor:
        if engine() == "PostgreSQL":
            cursor.execute("TRUNCATE followups_dueitem, followups_callcard CASCADE")
        else:
            cursor.execute("DELETE FROM followups_callcard")
            cursor.execute("DELETE FROM followups_dueitem")
    GenerationRun.objects.all().delete()


def measure(store, today, live_on, rounds):
    """{(what, ours or floor): seconds of each round}, and the numbers of items made."""
    from django.utils import timezone

    from accounts.models import Store
    from followups.services.generation import generate_due

    Store.objects.filter(pk=store.pk).update(live_on=live_on)
    store.refresh_from_db()
    times, made = {}, {}

    def ours(what, day):
        result = {}
        times.setdefault((what, "ours"), []).append(
            seconds(lambda: result.update(generate_due(store, today=day, now=timezone.now())))
        )
        made[what] = sum(counts["created"] for counts in result.values())

    def floor(what, day):
        number = []
        since = live_on if what == "first day" else day
        times.setdefault((what, "floor"), []).append(seconds(lambda: number.append(floor_inserts(store, day, since))))
        return number[0]

    days = (("first day", today - DAY), ("ordinary night", today), ("same day again", today))
    for _round in range(rounds):
        clear()
        least = {what: floor(what, day) for what, day in days}
        clear()
        for what, day in days:
            ours(what, day)
        assert made == least, (made, least)
    return times, made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, help="default: 50,000 on SQLite, 500,000 on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with scratch():
        from accounts.services import create_store
        from followups.services.cards import check_cards

        vehicles = options.vehicles or (500_000 if engine() == "PostgreSQL" else 50_000)
        today = dt.date(2026, 3, 18)
        store = create_store(code="BENCH", name="Bench", live_on=today)
        print(
            f"{vehicles:,} vehicles, {vehicles * 2:,} orders; filled in {seconds(lambda: fill(store, vehicles, today)):.1f} s"
        )
        for name, live_on in (
            ("live since today", today - DAY),
            ("live for half a year", today - 182 * DAY),
        ):
            times, made = measure(store, today, live_on, options.rounds)
            for what in ("first day", "ordinary night", "same day again"):
                row(f"{what}, {name}, {made[what]:,} items", times[what, "ours"], times[what, "floor"])
        print(f"cards that differ from their items: {len(check_cards(store))}")
        slowest = statistics.median(times["ordinary night", "ours"])
        print(f"an ordinary night at this size: {slowest:.2f} s")


if __name__ == "__main__":
    main()
