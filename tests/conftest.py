"""The cast: 浦东店 and 徐汇店; 李 the specialist, 周 the manager, 钱 the administrator, 赵 of the other store; 王女士 the customer.

`today` is a fixed Wednesday in store time and `now` its 10:00 (the morning band); services take both as arguments.
"""

import datetime as dt
import os
import shutil

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation

from accounts.choices import Role
from accounts.services import create_account, create_store
from office.watch.alarms import alarms_key
from tests.browser import chromium, page_as, server  # noqa: F401

PASSWORD = "Cast-of-eight-1"
TODAY = dt.date(2026, 3, 18)


@pytest.hookimpl(tryfirst=True)  # before -m chooses by these marks
def pytest_collection_modifyitems(items):
    """Marks `database` what touches one; `make test` runs the rest once."""
    for item in items:
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings):
    """On SQLite under `make test`: this worker's database is a copy of the migrated one."""
    template = os.environ.get("DCRC_TEST_TEMPLATE")
    if not template or connection.vendor != "sqlite":
        return request.config.getoption("reuse_db")
    shutil.copyfile(template, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session", autouse=True)
def _quick_flush():
    """After a transactional test PostgreSQL deletes the few rows there are: to truncate sixty tables takes a second or two."""
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = lambda style, tables, **options: [
            f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables
        ]


@pytest.fixture(autouse=True)
def _own_language(settings):
    """Requests leave the language of their person in the thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.INBOX_DIR = tmp_path / "inbox"
    settings.EXPORT_DIR = tmp_path / "exports"


@pytest.fixture
def today():
    return TODAY


@pytest.fixture
def now(pudong):
    return dt.datetime.combine(TODAY, dt.time(10, 0), tzinfo=pudong.zone)


def open_all_hours(store):
    """Seven days a week, no public holidays, cards offered at any time: journeys run by the real clock."""
    from followups.models import DeskDial

    DeskDial.objects.filter(store=store).update(hours_hold=False)
    return store


@pytest.fixture
def pudong(db):
    store = create_store(
        code="PD",
        name="浦东店",
        short_name="浦东店",
        hotline="021-58880000",
        live_on=dt.date(2026, 1, 1),
        rest_weekdays="",
    )
    return open_all_hours(store)


@pytest.fixture
def xuhui(db):
    store = create_store(
        code="XH",
        name="徐汇店",
        short_name="徐汇店",
        hotline="021-64440000",
        live_on=dt.date(2026, 1, 1),
        rest_weekdays="",
    )
    return open_all_hours(store)


@pytest.fixture
def li(pudong):
    return create_account(username="li", full_name="李静", role=Role.SPECIALIST, store=pudong, password=PASSWORD)


@pytest.fixture
def chen(pudong):
    """A second specialist of the same store."""
    return create_account(username="chen", full_name="陈晨", role=Role.SPECIALIST, store=pudong, password=PASSWORD)


@pytest.fixture
def zhou(pudong):
    return create_account(username="zhou", full_name="周敏", role=Role.MANAGER, store=pudong, password=PASSWORD)


@pytest.fixture
def qian(pudong):
    return create_account(username="qian", full_name="钱进", role=Role.ADMINISTRATOR, store=pudong, password=PASSWORD)


@pytest.fixture
def zhao(xuhui):
    """The specialist of the other store."""
    return create_account(username="zhao", full_name="赵磊", role=Role.SPECIALIST, store=xuhui, password=PASSWORD)


@pytest.fixture
def wang(pudong):
    """王女士, private owner, one verified-by-nobody mobile number."""
    from tests.factories.customers import make_customer

    return make_customer(pudong, name="王雅丽", number="13812345678")


@pytest.fixture
def focus(wang):
    """Her car."""
    from tests.factories.customers import make_vehicle

    return make_vehicle(wang, vin="LVSHCAMB1CE054249", plate="沪A8F2K1", series="福克斯", model="福克斯 1.6L")


@pytest.fixture
def login(client):
    """login(person) -> a client in that person's session."""
    from django.test import Client

    def _login(person):
        fresh = Client()
        # She was here a moment ago, and the checks of the banner were asked: what a first page writes and asks is for
        # tests/office/test_away.py and test_alarms.py to say.
        cache.set(alarms_key(person), [])
        type(person).objects.filter(pk=person.pk, seen_at=None).update(seen_at=timezone.now())
        fresh.force_login(person, backend="accounts.backends.PeopleBackend")
        return fresh

    return _login


def at(store, day, hour, minute=0):
    """The aware moment of a store's wall clock."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=store.zone)
