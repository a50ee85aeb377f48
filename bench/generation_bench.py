"""Generation of due items by all rules together: a first day, an ordinary day, the same day again, each against its floor.

The floor is the least any program could do: the same items inserted by hand-written `INSERT … SELECT … ON CONFLICT DO NOTHING`, one
statement for each step and turn of a rule, with nothing closed, superseded, corrected, counted or merged into cards: on the first day
over all facts since the store went live, afterwards over those whose window is still open. Each round starts both from the same facts
with no items. Before our ordinary day the facts that an ordinary import brings have changed. `python -m bench.generation_bench --vehicles N --rounds N`.
"""

import argparse
import datetime as dt
import statistics

from bench.scratch import engine, row, scratch, seconds

DAY = dt.timedelta(days=1)
YEARS = 2


# Their condition looks into other tables, for which the floor below, written from the declarations, is none.
LEFT_OUT = {"birthday_call", "anniversary_call"}


def rules_of():
    from followups.rules import RULES

    return tuple(rule for rule in RULES if rule.code not in LEFT_OUT)


def dialect():
    """SQL words that differ: (numbers 1…n, a day so many days after another, a day plus a constant, false)."""
    if engine() == "PostgreSQL":
        return (
            lambda n: f"SELECT generate_series(1, {n}) AS n",
            lambda first, number: f"DATE '{first}' + ({number})::int",
            lambda column, days: f"{column} + ({days})",
            "false",
        )
    return (
        lambda n: f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {n}) SELECT n FROM c",
        lambda first, number: f"date('{first}', ({number}) || ' days')",
        lambda column, days: f"date({column}, '{days} days')",
        "0",
    )


def fill(store, vehicles, today):
    """Owners with birthdays, cars, one delivery, care plan and policy each and two orders a car, spread evenly; set-based SQL."""
    from django.db import connection

    numbers, day, _plus, no = dialect()
    numbers = numbers(vehicles)
    span = YEARS * 365
    first = today - (span - 40) * DAY
    stamp = "TIMESTAMPTZ '2020-01-01 00:00+00'" if engine() == "PostgreSQL" else "'2020-01-01 00:00:00'"
    record = "store_id, is_void, created_at, changed_at"
    values = f"{store.pk}, {no}, {stamp}, {stamp}"
    birthday = "(1 + n % 12) * 100 + 1 + (n / 12) % 28"
    statements = [
        f"INSERT INTO customers_customer (id, {record}, dms_no, kind, stage, name, pinyin, initials, contact_person, credit_code,"
        f" address, postcode, wechat, do_not_call, do_not_call_reason, note, birthday, birthday_is_lunar, unreachable_round, verified)"
        f" SELECT n, {values}, '', 'private', 'owner', 'name ' || n, '', '', '', '', '', '', '', {no}, '', '',"
        f" CASE WHEN n % 2 = 0 THEN {birthday} END, {no}, 0, '{{}}' FROM ({numbers}) AS t",
        f"INSERT INTO customers_vehicle (id, {record}, vin, vin_reversed, plate, plate_reversed, owner_id, engine_no, brand, series,"
        f" model, color) SELECT n, {values}, 'V' || n, n || 'V', '', '', n, '', '', '', '', '' FROM ({numbers}) AS t",
        f"INSERT INTO customers_delivery (id, {record}, vehicle_id, customer_id, delivered_on, sales_consultant)"
        f" SELECT n, {values}, n, n, {day(first, f'n % {span}')}, '' FROM ({numbers}) AS t",
        *(
            f"INSERT INTO customers_repairorder (id, {record}, order_no, vehicle_id, owner_id, bringer_id, bringer_name, bringer_phone,"
            f" opened_on, settled_on, kind, items, service_advisor, technician, status) SELECT n * 2 + {half}, {values}, 'R' || (n * 2 + {half}),"
            f" n, n, n, '', '', {day(first, f'(n * 7 + {half} * 181) % {span}')}, {day(first, f'(n * 7 + {half} * 181) % {span}')}, '', '', '', '', ''"
            f" FROM ({numbers}) AS t"
            for half in (0, 1)
        ),
        # One car in ten has never come; the others want service once in a year from their last visit.
        f"INSERT INTO customers_careplan (vehicle_id, customer_id, {record}, pace, visits, worth, service_round, visit_round,"
        f" inspection_round, first_service_on, service_on, thin_ice_on, churn_on, lost_on, warranty_ends_on, inspection_on)"
        f" SELECT n, n, {values}, '', 2, n % 5000, n, n, '2026', CASE WHEN n % 10 = 0 THEN {day(today - 180 * DAY, 'n % 365')} END,"
        f" CASE WHEN n % 10 > 0 THEN {day(today - 180 * DAY, '(n * 11) % 365')} END, {day(today - 365 * DAY, '(n * 3) % 730')},"
        f" {day(today - 275 * DAY, '(n * 3) % 730')}, {day(today + 90 * DAY, '(n * 3) % 730')}, {day(today - 365 * DAY, '(n * 5) % 1095')},"
        f" CASE WHEN n % 2 = 0 THEN {day(today - 180 * DAY, '(n * 13) % 365')} END FROM ({numbers}) AS t",
        # A third has lapsed, up to three years ago.
        f"INSERT INTO customers_policy (id, {record}, vehicle_id, customer_id, cover, policy_no, application_no, insurer, starts_on, ends_on,"
        f" derived, kind, renewal_agent, renewal_on, renewal_group) SELECT n, {values}, n, n, 'commercial', 'P' || n, '', '',"
        f" {day(today - 1460 * DAY, '(n * 17) % 1460')}, {day(today - 1095 * DAY, '(n * 17) % 1460')}, '', '', '',"
        f" {day(today - 1095 * DAY, '(n * 17) % 1460')}, 'repeat' FROM ({numbers}) AS t",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        if engine() == "PostgreSQL":
            for table in ("customer", "vehicle", "delivery", "repairorder", "careplan", "policy"):
                cursor.execute(f"VACUUM ANALYZE customers_{table}")


def import_of_a_day(vehicles):
    """What an import brings: one car in 180 came, so order and care plan changed; one policy in 365."""
    from django.db import connection

    now = "now()" if engine() == "PostgreSQL" else "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    with connection.cursor() as cursor:
        for table, key, part in (("repairorder", "id", 360), ("careplan", "vehicle_id", 180), ("policy", "id", 365)):
            cursor.execute(f"UPDATE customers_{table} SET changed_at = {now} WHERE {key} % {part} = 7")


# --- The floor --------------------------------------------------------------------------------------------------------
def floor_statements(store, today, live_on, *, again):
    """The statements of one day: (SQL, parameters)."""
    from followups.services.dials import windows_of
    from followups.services.generation.inserting import on_day
    from followups.services.generation.shapes import Shape

    _numbers, _day, plus, _no = dialect()
    moment = f"'{today} 01:00:00{'+00' if engine() == 'PostgreSQL' else ''}'"
    columns = (
        "store_id, rule, fact_id, round, customer_id, vehicle_id, anchor_on, opens_on, due_on, expires_on, callable_at, state, reason,"
        " reason_params, attempts, bands_failed, created_at"
    )
    windows = windows_of(store, rules_of())
    for rule in rules_of():
        if rule.is_planned:
            continue
        slots = Shape(rule, windows[rule.code]).slots
        table, key = rule.fact._meta.db_table, rule.fact._meta.pk.column
        customer = f"COALESCE({', '.join(rule.customer)})" if len(rule.customer) > 1 else rule.customer[0]
        vehicle = rule.vehicle or ("NULL::bigint" if engine() == "PostgreSQL" else "NULL")
        wanted = "" if not rule.wanted else f" AND {_wanted(rule, key)}"
        state = "superseded" if len(slots) > 1 else "open"  # the open ones of a ladder would keep each other out

        def insert(
            slot,
            anchor,
            round_,
            where,
            values,
            tail="",
            *,
            rule=rule,
            key=key,
            customer=customer,
            vehicle=vehicle,
            state=state,
            table=table,
            wanted=wanted,
        ):
            days = (plus(anchor, number) for number in slot.days)
            return (
                f"INSERT INTO followups_dueitem ({columns}) SELECT store_id, '{rule.code}', {key}, {round_}, {customer}, {vehicle}, {anchor},"
                f" {', '.join(days)}, {moment}, '{state}', '', '{{}}', 0, '', {moment} FROM {table}"
                f" WHERE store_id = %s AND NOT is_void AND {where}{wanted}{tail} ON CONFLICT DO NOTHING",
                [store.pk, *values],
            )

        for slot in slots:
            first, last = live_on - slot.expires * DAY, today - slot.opens * DAY
            if rule.yearly:
                day = first
                while day <= last:
                    for facts, year in on_day(_Bare(rule), rule.fact.objects.all(), day):
                        anchors = facts.query.where.children[0].rhs
                        text = f"DATE '{day}'" if engine() == "PostgreSQL" else f"'{day}'"
                        lunar = (
                            ""
                            if rule.yearly == "date"
                            else f" AND {'' if len(facts.query.where.children) > 1 and facts.query.where.children[1].rhs else 'NOT '}birthday_is_lunar"
                        )
                        places = ", ".join(["%s"] * len(anchors))
                        yield insert(slot, text, f"'{year}'", f"{rule.anchor} IN ({places}){lunar}", anchors)
                    day += DAY
                continue
            round_ = f"'{slot.code}'"
            if rule.cycle:
                cycle = f"CAST({rule.cycle} AS varchar)"
                round_ = f"{cycle} || '{slot.code}'" if slot.code else cycle
            tail = ""
            if rule.daily is not None:
                if again:
                    continue
                tail = (
                    f" AND NOT EXISTS (SELECT 1 FROM followups_dueitem i WHERE i.rule = '{rule.code}' AND i.fact_id = {table}.{key})"
                    f" ORDER BY {rule.worth or key} DESC, {key} LIMIT {rule.daily}"
                )
                first = today - slot.expires * DAY
            yield insert(slot, rule.anchor, round_, f"{rule.anchor} BETWEEN %s AND %s", [first, last], tail)


class _Bare:
    def __init__(self, rule):
        self.rule = rule


def _wanted(rule, key):
    """The condition as one would write it; where it looks into other tables, as a list of ids."""
    from django.db import connection

    sql, values = rule.fact.objects.filter(rule.wanted).values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        sql = cursor.mogrify(sql, values).decode() if engine() == "PostgreSQL" else sql % tuple(map(_literal, values))
    sql = sql.replace("%", "%%")
    return f"{key} IN ({sql})" if " JOIN " in sql else sql.split(" WHERE ", 1)[1]


def _literal(value):
    return str(int(value)) if isinstance(value, bool | int) else f"'{value}'"


def floor_inserts(statements):
    from django.db import connection, transaction

    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)
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


def measure(store, vehicles, today, live_on, rounds):
    """{(what, ours or floor): seconds of each round}, and the numbers of items made."""
    from django.utils import timezone

    from accounts.models import Store
    from customers.models import CareLedger
    from followups.models import DueItem
    from followups.services.generation import generate_due

    Store.objects.filter(pk=store.pk).update(live_on=live_on)
    store.refresh_from_db()
    times, made = {}, {}

    def ours(what, day):
        result = {}
        # The care plans are as they stand here, not worked out from these orders.
        CareLedger.objects.update_or_create(store=store, defaults={"watermark": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)})
        times.setdefault((what, "ours"), []).append(
            seconds(lambda: result.update(generate_due(store, today=day, now=timezone.now(), rules=rules_of())))
        )
        made[what] = sum(counts["created"] for counts in result.values())

    def floor(what, day):
        since = live_on if what == "first day" else day
        statements = list(floor_statements(store, day, since, again=what == "same day again"))
        number = []
        times.setdefault((what, "floor"), []).append(seconds(lambda: number.append(floor_inserts(statements))))
        return number[0]

    days = (("first day", today - DAY), ("ordinary day", today), ("same day again", today))
    for _round in range(rounds):
        clear()
        least = {what: floor(what, day) for what, day in days}
        clear()
        for what, day in days:
            if what == "ordinary day":
                import_of_a_day(vehicles)
            ours(what, day)
            # The manager decides at once about what has expired, else he would have hundreds of thousands before him.
            DueItem.objects.filter(state="expired", decision="").update(decision="let_go")
        assert all(abs(made[what] - least[what]) <= least[what] // 50 for what in made), (made, least)
    return times, made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, help="default: 50,000 on SQLite, 1,000,000 on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with scratch():
        from accounts.services import create_store
        from followups.services.cards import check_cards

        vehicles = options.vehicles or (1_000_000 if engine() == "PostgreSQL" else 50_000)
        today = dt.date(2026, 3, 18)
        store = create_store(code="BENCH", name="Bench", live_on=today)
        print(
            f"{vehicles:,} vehicles, {vehicles * 2:,} orders, {len(rules_of())} rules; filled in {seconds(lambda: fill(store, vehicles, today)):.1f} s"
        )
        for name, live_on in (
            ("live since today", today - DAY),
            ("live for half a year", today - 182 * DAY),
        ):
            times, made = measure(store, vehicles, today, live_on, options.rounds)
            for what in ("first day", "ordinary day", "same day again"):
                row(f"{what}, {name}, {made[what]:,} items", times[what, "ours"], times[what, "floor"])
        print(f"cards that differ from their items: {len(check_cards(store))}")
        slowest = statistics.median(times["ordinary day", "ours"])
        print(f"an ordinary day at this size: {slowest:.2f} s")


if __name__ == "__main__":
    main()
