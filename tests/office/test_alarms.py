"""The banner for managers: seen by whom, when, and what it costs."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Store
from accounts.services import create_account
from common.insert_select import database_now
from office.models import Heartbeat
from office.watch.heartbeats import BEAT, note
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
ELSEWHERE = reverse("office:notices")
HEALTH = reverse("house:health")


@pytest.fixture(autouse=True)
def _no_old_answer():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def login(login):
    """Her first page asks the checks."""

    def _login(person):
        client = login(person)
        cache.clear()
        return client

    return _login


@pytest.fixture
def late(pudong):
    """The house is old, beat fell silent an hour ago; today's run is not asked for (created after eight)."""
    Store.objects.filter(pk=pudong.pk).update(
        created_at=timezone.now() - dt.timedelta(hours=1), live_on=dt.date(2199, 1, 1)
    )
    note("worker celery@here")
    note(BEAT)
    Heartbeat.objects.filter(name=BEAT).update(at=database_now() - dt.timedelta(hours=1))


def has_banner(client):
    return HEALTH in client.get(ELSEWHERE).content.decode()


def test_a_manager_sees_it_on_every_page_with_the_way_to_what_to_do(login, zhou, late):
    text = login(zhou).get(ELSEWHERE).content.decode()
    assert "alarms" in text
    assert f'href="{HEALTH}"' in text


def test_a_specialist_does_not(login, li, late):
    assert not has_banner(login(li))


def test_nothing_is_late_nothing_is_shown(login, zhou, pudong):
    note("worker celery@here")
    note(BEAT)
    assert not has_banner(login(zhou))


def test_a_house_of_five_minutes_is_given_time(login, zhou, pudong):
    assert Heartbeat.objects.count() == 0
    assert not has_banner(login(zhou))
    Store.objects.update(created_at=timezone.now() - dt.timedelta(minutes=20))
    cache.clear()
    assert has_banner(login(zhou))


def test_the_run_of_another_store_is_not_ones_own_alarm(login, zhou, pudong, xuhui):
    """At noon of a work day 徐汇店 has no run; 浦东店 has no business with it."""
    note("worker celery@here")
    note(BEAT)
    Store.objects.filter(pk=pudong.pk).update(live_on=dt.date(2199, 1, 1))
    Store.objects.filter(pk=xuhui.pk).update(
        created_at=timezone.now() - dt.timedelta(days=9), live_on=dt.date(2020, 1, 1)
    )
    from common.health import BAD, Look
    from followups.health import look_at_morning_run

    xuhui.refresh_from_db()
    noon = dt.datetime.combine(xuhui.day_of(timezone.now()), dt.time(12), tzinfo=xuhui.zone)
    assert [finding.tone for finding in look_at_morning_run(Look(noon, (xuhui,)))] == [BAD]
    assert not has_banner(login(zhou))


def test_it_is_looked_up_once_in_a_while_and_by_nobody_who_may_not_see_it(login, zhou, li, pudong, late):
    def questions(client):
        with CaptureQueriesContext(connection) as found:
            client.get(ELSEWHERE)
        return sum("office_heartbeat" in query["sql"] for query in found)

    wu = create_account(username="wu", full_name="吴越", role=Role.MANAGER, store=pudong, password=PASSWORD)
    manager, colleague, other = login(zhou), login(li), login(wu)
    assert [questions(manager) > 0, questions(manager), questions(manager)] == [True, 0, 0]
    assert questions(other) == 0  # one answer for all managers of the store
    assert questions(colleague) == 0


def test_the_banner_is_worded_for_its_reader(login, zhou, late):
    client = login(zhou)
    assert "定时" in client.get(ELSEWHERE).content.decode()
    zhou.language = "en"
    zhou.save()
    assert "Scheduled work is not being rung for" in client.get(ELSEWHERE).content.decode()
