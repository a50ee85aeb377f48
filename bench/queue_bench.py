"""The queue page and the desk at 100,000 customers with a card each, against the bare view of docs/benchmarks.md.

The floor is the least that a page of this house can be: the same session, person and base template, one indexed query, 50
plain rows of 8 cells. Medians of whole requests through Django's test client, taken in turns, with the queries of the whole
request. The desk's card has 5 topics, 3 cars, 12 visits and 40 contacts.

    python -m bench.queue_bench [CUSTOMERS]
"""

import contextlib
import datetime as dt
import statistics
import sys
import time
import types

from bench.scratch import engine, scratch

CUSTOMERS = 100_000
ROUNDS = 40
BATCH = 2_000
BARE = """{% extends "base.html" %}{% block content %}<table class="list">{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endblock %}"""


def fill(count, now):
    """A store with `count` customers, each with a number, a car, a settled order and an open item; cards from the items."""
    from accounts.choices import Role
    from accounts.services import create_account, create_store
    from customers.models import Customer
    from followups.services.cards import recompute_cards

    store = create_store(code="BENCH", name="Bench", live_on=dt.date(2026, 1, 1))
    user = create_account(
        username="bench", full_name="Bench", role=Role.SPECIALIST, store=store, password="Bench-queue-1"
    )
    today = store.day_of(now)
    for start in range(0, count, BATCH):
        people = Customer.objects.bulk_create(
            Customer(store=store, name=f"客户{start + place}") for place in range(min(BATCH, count - start))
        )
        _facts(store, people, start, today, now)
    recompute_cards(Customer.objects.values_list("pk", flat=True), store=store, now=now)
    return user, today


def _facts(store, people, start, today, now):
    from customers.models import Phone, RepairOrder, Vehicle
    from followups.models import DueItem

    numbers = [f"139{start + place:08d}" for place in range(len(people))]
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
    cars = Vehicle.objects.bulk_create(
        Vehicle(
            store=store,
            owner=person,
            vin=f"LVSHCAMB1C{start + place:07d}",
            plate=f"沪A{start + place:06d}",
            series="福克斯",
            model="1.6L",
        )
        for place, person in enumerate(people)
    )
    days = [today - dt.timedelta(days=2 + (start + place) % 12) for place in range(len(people))]
    orders = RepairOrder.objects.bulk_create(
        RepairOrder(
            store=store,
            vehicle=car,
            owner=car.owner,
            bringer=car.owner,
            order_no=f"RO{start + place}",
            opened_on=days[place],
            settled_on=days[place],
            service_advisor="吴刚",
            kind="一般保养",
        )
        for place, car in enumerate(cars)
    )
    DueItem.objects.bulk_create(_item(order, now, due_on=order.settled_on + dt.timedelta(days=3)) for order in orders)


def _item(order, now, **fields):
    from followups.models import DueItem

    values = {"rule": "service_3dc", "customer": order.owner, "vehicle": order.vehicle, "anchor_on": order.settled_on}
    values |= {"opens_on": order.settled_on, "expires_on": order.settled_on + dt.timedelta(days=15)}
    # One in ten is for later, as on an ordinary day.
    values["callable_at"] = now + dt.timedelta(hours=5) if order.pk % 10 == 0 else now - dt.timedelta(hours=2)
    return DueItem(store=order.store, fact_id=order.pk, **{**values, **fields})


def crowd(user, today, now):
    """The crowded card, held by `user`."""
    from customers.models import Contact, RepairOrder, Vehicle
    from followups.models import CallCard, DueItem
    from followups.services.cards import recompute_cards
    from followups.services.claims import take_card

    card = CallCard.objects.order_by("-pk").select_related("customer", "store")[0]
    customer, store = card.customer, card.store
    cars = Vehicle.objects.bulk_create(
        Vehicle(store=store, owner=customer, vin=f"LVSHCAMB9C{number:07d}", plate=f"沪B{number}", model="2.0T")
        for number in range(2)
    )
    orders = RepairOrder.objects.bulk_create(
        RepairOrder(
            store=store,
            vehicle=cars[number % 2],
            owner=customer,
            bringer=customer,
            order_no=f"X{number}",
            opened_on=today,
            settled_on=today,
        )
        for number in range(12)
    )
    DueItem.objects.bulk_create(_item(order, now, due_on=today) for order in orders[:4])
    Contact.objects.bulk_create(
        Contact(
            store=store,
            customer=customer,
            at=now - dt.timedelta(days=40 + number),  # older than the contact budget looks
            channel="phone_out",
            connected=True,
            by=user,
            topics=["service_3dc"],
        )
        for number in range(40)
    )
    recompute_cards([customer.pk], store=store, now=now)
    return take_card(card.pk, user=user, now=now)


def bare_urls():
    """A urlconf with the bare view beside all others; gives its name."""
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path

    from dcrc import urls
    from followups.models import CallCard

    template = engines["django"].from_string(BARE)
    cells = ["pk", "customer__name", "customer__dms_no", "callable_at", "rank", "due_on", "items_open", "customer_id"]

    def bare(request):
        cards = CallCard.objects.visible_to(request.user).open().order_by("rank", "callable_at", "id")
        return HttpResponse(template.render({"rows": cards.values_list(*cells)[:50]}, request))

    module = types.ModuleType("bench_urls")
    module.urlpatterns = [path("bare/", bare), *urls.urlpatterns]
    sys.modules["bench_urls"] = module
    return "bench_urls"


def medians(client, urls):
    """{url: (median milliseconds, queries)}, the urls in turns so that a busy machine is busy for all alike."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = {url: [] for url in urls}
    for turn in range(ROUNDS + 3):
        for url in urls:
            started = time.perf_counter()
            response = client.get(url)
            taken = (time.perf_counter() - started) * 1000
            assert response.status_code == 200, (url, response.status_code)
            if turn >= 3:
                times[url].append(taken)
    found = {}
    for url in urls:
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        found[url] = statistics.median(times[url]), len(queries)
    return found


def deeds(user, now):
    """[(name, median ms, the same as a ratio to its floor)] of claiming the next card and of saving it.

    The floor of both is the least that leaves a trace: a conditional UPDATE of the card and one INSERT, in a transaction of its own.
    """
    from django.db import transaction

    from customers.models import Contact
    from followups.models import CallCard, Outcome
    from followups.services.claims import take_next
    from followups.services.visits import Attempt, save_visit

    floor, claim, missed, reached = [], [], [], []
    done = Outcome.objects.get(store=user.store, code="done")
    for turn in range(ROUNDS):
        with _timed(claim):
            card = take_next(user, now=now)
        with _timed(floor), transaction.atomic():
            fields = {"store": card.store, "customer": card.customer, "at": now, "by": user, "topics": ["service_3dc"]}
            CallCard.objects.filter(pk=card.pk, lease_token=card.lease_token).update(
                lease_until=now + dt.timedelta(hours=1)
            )
            Contact.objects.create(channel="phone_out", connected=False, **fields)
        phone = card.customer.phones.get()
        if turn % 2:
            attempt, topics, times = Attempt(phone.pk, phone.number, "no_answer"), [], missed
        else:
            attempt = Attempt(phone.pk, phone.number, done.code, answered_by="owner")
            topics, times = _settled(card, done), reached
        with _timed(times):
            save_visit(card, token=card.lease_token, by=user, now=now, attempt=attempt, topics=topics)
    least = statistics.median(floor)
    named = {"claim the next card": claim, "save, not reached": missed, "save, reached and answered": reached}
    found = [("floor: one UPDATE, one INSERT", least, 1.0)]
    return found + [(name, statistics.median(times), statistics.median(times) / least) for name, times in named.items()]


def _settled(card, outcome):
    """Every open topic of the card as done, its key question answered."""
    from followups.models import DueItem, Script
    from followups.services.visits import Topic

    scripts = {script.rule: script for script in Script.objects.filter(store=card.store, is_current=True)}
    topics = []
    for item in DueItem.objects.filter(customer=card.customer, state="open"):
        key = scripts[item.rule].version.questions.get(is_key=True)
        topics.append(Topic(item.pk, outcome.code, answers={key.pk: "1"}, script_id=scripts[item.rule].pk))
    return topics


@contextlib.contextmanager
def _timed(times):
    started = time.perf_counter()
    yield
    times.append((time.perf_counter() - started) * 1000)


def main():
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    with scratch():
        from django.conf import settings
        from django.db import connection
        from django.test import Client, override_settings
        from django.urls import reverse
        from django.utils import timezone

        started, now = time.perf_counter(), timezone.now()
        user, today = fill(customers, now)
        card = crowd(user, today, now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{engine()}: {customers:,} customers with a card each, filled in {time.perf_counter() - started:.0f} s")
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        queue = reverse("followups:queue")
        pages = {
            "bare view, 50 rows": "/bare/",
            "queue, callable now": queue,
            "queue, later": queue + "?tab=later",
            "queue, overdue": queue + "?tab=overdue",
            "queue, one topic": queue + "?rule=service_3dc",
            "desk, 5 topics, 3 cars, 40 contacts": reverse("followups:desk", args=[card.pk]),
        }
        with override_settings(ROOT_URLCONF=bare_urls()):
            found = medians(client, list(pages.values()))
        least = found["/bare/"][0]
        print(f"{'median ms':<40}{'ms':>8}{'ratio':>8}{'queries':>9}")
        for name, url in pages.items():
            taken, queries = found[url]
            print(f"{name:<40}{taken:>8.1f}{taken / least:>8.2f}{queries:>9}", flush=True)
        for name, taken, ratio in deeds(user, now):
            print(f"{name:<40}{taken:>8.1f}{ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
