"""A killed worker and a wiped broker lose nothing: real workers, kill -9, the real database of the test."""

import os
import threading
import time

import pytest
import redis
from django.apps import apps
from django.db import connection
from django.urls import reverse
from kombu import pools

from accounts.choices import Role
from accounts.services import create_account
from dcrc.celery import app
from dms import services
from dms.choices import BatchState
from dms.models import Batch
from tests.conftest import PASSWORD
from tests.dms.worker import Worker, file_broker, messages, wait_until
from tests.factories.dms import owners_xlsx, ready_batch

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 1500
SPEED = {"IMPORT_CHUNK_ROWS": "25", "IMPORT_STALE_SECONDS": "2", "LOG_LEVEL": "WARNING"}

# Tests that run side by side (pytest-xdist) must not hear each other's bells: one Redis database each, counted down.
_redis, _, _number = (os.environ.get("DCRC_TEST_REDIS_URL") or "redis://127.0.0.1:6379/15").rpartition("/")
REDIS_URL = f"{_redis}/{int(_number) - int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}"
FACTS = {
    "customers.Customer": ("name", "dms_no"),
    "customers.Phone": ("customer__name", "number"),
    "customers.Vehicle": ("vin", "plate", "owner__name"),
    "customers.Delivery": ("vehicle__vin", "delivered_on"),
    "customers.Ownership": ("vehicle__vin", "customer__name"),
}


def staged(store, by):
    """A checked import of the owner list that waits for its confirmation."""
    return ready_batch(store, by=by, file_name="保有客户.xlsx", content=owners_xlsx(ROWS, bad_every=97))


def facts(store):
    """What the store holds, in words that do not depend on ids."""
    return {
        label: sorted(map(repr, apps.get_model(label).objects.filter(store=store).values_list(*fields)))
        for label, fields in FACTS.items()
    }


def outcome(batch):
    batch.refresh_from_db()
    errors = list(batch.row_errors.values_list("row", "column", "code", "severity", "value"))
    return (
        batch.state,
        {key: value for key, value in batch.counts.items() if key != "batch"},
        errors,
        facts(batch.store),
    )


@pytest.fixture
def ring(tmp_path):
    """ring(**celery settings): from now on tasks of this process go to that broker, and not inline."""
    names = ("task_always_eager", "broker_url", "broker_transport_options")
    kept = {name: app.conf[name] for name in names}

    def point(**changes):
        app.conf.update(changes)
        pools.reset()
        app._pool = None
        app.amqp._producer_pool = None

    yield lambda **changes: point(task_always_eager=False, **changes)
    point(**kept)


@pytest.fixture
def workers(tmp_path):
    """workers(**environment) starts a worker; whatever still lives at the end is killed."""
    started = []

    def start(**environment):
        started.append(Worker(tmp_path, **SPEED, **environment).start())
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def undisturbed(xuhui, settings):
    """The outcome of the same file in another store, run to its end in one go."""
    settings.IMPORT_CHUNK_ROWS = 25
    boss = create_account(username="sun", full_name="孙岚", role=Role.MANAGER, store=xuhui, password=PASSWORD)
    batch = staged(xuhui, boss)
    services.confirm_batch(batch, by=boss)  # tasks still run inline here
    result = outcome(batch)
    assert result[0] == BatchState.DONE
    assert len(result[3]["customers.Vehicle"]) > ROWS * 0.9
    return result


def confirm_in_browser(login, person, batch):
    return login(person).post(reverse("dms:confirm", args=[batch.pk]))


def done(batch):
    return lambda: Batch.objects.get(pk=batch.pk).state == BatchState.DONE


def half_way(batch):
    return lambda: 0 < Batch.objects.get(pk=batch.pk).rows_done < ROWS * 0.8


def kill_and_resume(batch, workers, **environment):
    """Start a worker, kill it in mid-import, let its heartbeat go stale, start another one."""
    first = workers(**environment)
    wait_until(half_way(batch), first)
    first.kill()
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING
    assert 0 < batch.rows_done < ROWS
    time.sleep(float(SPEED["IMPORT_STALE_SECONDS"]) + 0.2)
    second = workers(**environment)
    wait_until(done(batch), second)


def test_import_killed_half_way_is_taken_up_by_the_next_worker(
    pudong, zhou, login, undisturbed, ring, workers, tmp_path
):
    batch = staged(pudong, zhou)
    ring(**file_broker(tmp_path))
    confirm_in_browser(login, zhou, batch)
    assert len(messages(tmp_path)) == 1
    kill_and_resume(batch, workers)
    assert outcome(batch) == undisturbed


def test_wiped_broker_loses_no_import(pudong, zhou, login, undisturbed, ring, workers, tmp_path):
    batch = staged(pudong, zhou)
    ring(**file_broker(tmp_path))
    confirm_in_browser(login, zhou, batch)
    for message in messages(tmp_path):
        message.unlink()
    worker = workers()
    wait_until(done(batch), worker)
    assert outcome(batch) == undisturbed


@pytest.mark.redis
def test_redis_import_killed_half_way_is_taken_up_by_the_next_worker(
    pudong, zhou, login, undisturbed, ring, workers, empty_redis
):
    batch = staged(pudong, zhou)
    ring(broker_url=REDIS_URL, broker_transport_options={})
    confirm_in_browser(login, zhou, batch)
    assert empty_redis.llen("celery") == 1
    kill_and_resume(batch, workers, REDIS_URL=REDIS_URL)
    assert outcome(batch) == undisturbed


@pytest.mark.redis
def test_wiped_redis_loses_no_import(pudong, zhou, login, undisturbed, ring, workers, empty_redis):
    batch = staged(pudong, zhou)
    ring(broker_url=REDIS_URL, broker_transport_options={})
    confirm_in_browser(login, zhou, batch)
    empty_redis.flushdb()
    worker = workers(REDIS_URL=REDIS_URL)
    wait_until(done(batch), worker)
    assert outcome(batch) == undisturbed


@pytest.fixture
def empty_redis():
    """The test's own Redis database, emptied before and after."""
    server = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2)
    try:
        server.ping()
    except redis.RedisError:
        pytest.skip("no Redis answers")
    server.flushdb()
    yield server
    server.flushdb()
    server.close()


def test_import_confirmed_twice_at_once_runs_once(pudong, zhou, login, undisturbed, ring, workers, tmp_path):
    batch = staged(pudong, zhou)
    ring(**file_broker(tmp_path))
    answers, start = [], threading.Barrier(2)

    def click():
        visitor = login(zhou)
        start.wait()
        try:
            answers.append(visitor.post(reverse("dms:confirm", args=[batch.pk])).status_code)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert answers == [302, 302]
    assert len(messages(tmp_path)) == 1
    wait_until(done(batch), workers())
    assert outcome(batch) == undisturbed
