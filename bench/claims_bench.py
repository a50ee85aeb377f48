"""Fifty people take the next card at once from a queue of 10,000, until it is empty.

Ours is services.claims.take_next: dials, former lease, pins, numbers, one lease per person. The floor is the bare statement on
the bare driver: `UPDATE … WHERE id = (SELECT … FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING`, on SQLite inside BEGIN IMMEDIATE.
Both put each card away by the same bare UPDATE, which is not timed. Claims per second are those of all people together
while they claim: claims ÷ (summed claim time ÷ people).
"""

import datetime as dt
import multiprocessing
import statistics
import time
import uuid
from collections import Counter

from bench.scratch import engine, scratch

PEOPLE, CARDS, ROUNDS = 50, 10_000, 3
NOW = dt.datetime(2026, 3, 18, 2, 0, tzinfo=dt.UTC)
FLOOR = """
UPDATE followups_callcard SET lease_by_id = {p}, lease_token = {p}, lease_until = {p}
WHERE id = (
    SELECT id FROM followups_callcard
    WHERE store_id = {p} AND is_open AND callable_at <= {p} AND (lease_until IS NULL OR lease_until <= {p})
    ORDER BY rank, callable_at, id LIMIT 1 {lock}
) RETURNING id
"""
AWAY = """
UPDATE followups_callcard SET is_open = false, lease_by_id = NULL, lease_token = NULL, lease_until = NULL WHERE id = {p}
"""


def fill():
    """One store with its people, customers with two numbers each, and a card each."""
    from accounts.choices import Role
    from accounts.models import User
    from accounts.services import create_store
    from customers.models import Customer, Phone
    from followups.models import CallCard

    store = create_store(code="BENCH", name="Bench", live_on=NOW.date())
    people = User.objects.bulk_create(
        User(username=f"p{n}", full_name=f"P{n}", store=store, role=Role.SPECIALIST) for n in range(PEOPLE)
    )
    customers = Customer.objects.bulk_create(
        (Customer(store=store, name=f"C{n}", changed_at=NOW) for n in range(CARDS)), batch_size=1000
    )
    numbers = [(customer, f"{prefix}{n:08d}") for n, customer in enumerate(customers) for prefix in ("138", "139")]
    Phone.objects.bulk_create(
        (
            Phone(store=store, customer=customer, number=number, reversed=number[::-1], kind="mobile", source="import")
            for customer, number in numbers
        ),
        batch_size=1000,
    )
    CallCard.objects.bulk_create(
        (
            CallCard(
                store=store,
                customer=customer,
                is_open=True,
                callable_at=NOW - dt.timedelta(minutes=n % 997),
                rank=n % 31,
                items_open=1,
                rules=["service_3dc"],
            )
            for n, customer in enumerate(customers)
        ),
        batch_size=1000,
    )
    return store, people


def reopen():
    from django.db import connection

    from followups.models import CallCard

    CallCard.objects.update(is_open=True, lease_by=None, lease_token=None, lease_until=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE followups_callcard" if engine() == "PostgreSQL" else "ANALYZE")


def bare_claim(connection, person):
    """(claim, put away) on the driver's own connection: what no program can do without."""
    vendor = connection.vendor
    connection.ensure_connection()
    driver = connection.connection
    mark, lock = ("%s", "FOR UPDATE SKIP LOCKED") if vendor == "postgresql" else ("?", "")
    statement, away = FLOOR.format(p=mark, lock=lock), AWAY.format(p=mark)
    adapt = connection.ops.adapt_datetimefield_value
    now, until = adapt(NOW), adapt(NOW + dt.timedelta(minutes=15))

    def run(sql, parameters):
        cursor = driver.cursor()
        if vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(sql, parameters)
        rows = cursor.fetchall() if cursor.description else []
        if vendor == "sqlite":
            cursor.execute("COMMIT")
        return rows

    def claim():
        rows = run(statement, (person.pk, uuid.uuid4().hex, until, person.store_id, now, now))
        return rows[0][0] if rows else None

    return claim, lambda pk: run(away, (pk,))


def our_claim(connection, person):
    from followups.services.claims import take_next

    _claim, put_away = bare_claim(connection, person)

    def claim():
        card = take_next(person, now=NOW)
        return card.pk if card is not None else None

    return claim, put_away


def work(way, person, gate, results):
    """One person: claim and put away until the queue is empty."""
    from django.db import connection

    claim, put_away = way(connection, person)
    taken, seconds, errors = [], [], []
    gate.wait()
    misses = 0
    while misses < 3:  # with skipped locks a miss may be a queue that is only busy
        started = time.perf_counter()
        try:
            pk = claim()
        except Exception as error:
            errors.append(repr(error))
            misses += 1
            continue
        took = time.perf_counter() - started
        if pk is None:
            misses += 1
            time.sleep(0.05)
            continue
        misses = 0
        seconds.append(took)
        taken.append(pk)
        put_away(pk)
    connection.close()
    results.put((taken, seconds, errors))


def race(way, people):
    """{claims per second, p95 in ms, doubles, left over, errors} of one emptied queue."""
    from django.db import connections

    reopen()
    connections.close_all()  # a connection must not be carried into a fork
    fork = multiprocessing.get_context("fork")
    gate, results = fork.Barrier(len(people)), fork.Queue()
    workers = [fork.Process(target=work, args=(way, person, gate, results)) for person in people]
    for worker in workers:
        worker.start()
    reports = [results.get(timeout=300) for _worker in workers]
    for worker in workers:
        worker.join()
    times = [took for _taken, seconds, _errors in reports for took in seconds]
    counts = Counter(pk for taken, _seconds, _errors in reports for pk in taken)
    return {
        "rate": len(times) / (sum(times) / len(people)),
        "p95": statistics.quantiles(times, n=20)[-1] * 1000,
        "doubles": sum(count - 1 for count in counts.values()),
        "left": CARDS - len(counts),
        "errors": [error for _taken, _seconds, errors in reports for error in errors],
    }


def main():
    with scratch():
        _store, people = fill()
        ours, floors = [], []
        for _round in range(ROUNDS):
            floors.append(race(bare_claim, people))
            ours.append(race(our_claim, people))
        print(f"{engine()}: {PEOPLE} people, {CARDS:,} cards, medians of {ROUNDS} rounds")
        for name, runs in (("floor, one bare statement", floors), ("take_next", ours)):
            middle = {key: statistics.median(run[key] for run in runs) for key in ("rate", "p95")}
            errors = [error for run in runs for error in run["errors"]]
            print(
                f"  {name:<28}{middle['rate']:>8,.0f} claims/s   p95 {middle['p95']:>7.1f} ms   "
                f"doubles {sum(run['doubles'] for run in runs)}   left over {sum(run['left'] for run in runs)}   "
                f"errors {len(errors)}{' ' + errors[0] if errors else ''}",
                flush=True,
            )
        share = statistics.median(run["rate"] for run in ours) / statistics.median(run["rate"] for run in floors)
        print(f"  take_next reaches {share:.2f} of the floor's rate", flush=True)
        wrong = sum(run["doubles"] + run["left"] + len(run["errors"]) for run in ours)
        if wrong:
            raise SystemExit(f"{wrong} doubles, left-overs or errors")


if __name__ == "__main__":
    main()
