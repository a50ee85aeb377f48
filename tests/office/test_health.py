"""/healthz, the health page, and what each check calls bad."""

import datetime as dt
import os

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import CalendarDay, Store
from common.health import BAD, GOOD, WARN, Finding, Look, worst
from common.insert_select import database_now
from dms.choices import BatchState, InboxState
from dms.models import Batch, InboxFile
from followups.health import look_at_morning_run, look_at_moves
from followups.models import CallMove, GenerationRun
from office import health
from office.models import Heartbeat
from office.watch import checks
from office.watch.heartbeats import BACKUP, BEAT, forget_old, keep_beating, note, signs
from tests.conftest import at

pytestmark = pytest.mark.django_db
HEALTHZ, PAGE = reverse("house:healthz"), reverse("house:health")
MINUTE = dt.timedelta(minutes=1)


def look(*stores, now=None):
    return Look(now or timezone.now(), stores)


def aged(name, minutes, **params):
    """A sign of life of so long ago."""
    note(name, **params)
    Heartbeat.objects.filter(name=name).update(at=database_now() - minutes * MINUTE)


def house_is_old(store, days=3):
    Store.objects.filter(pk=store.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    store.refresh_from_db()


def tone(looked):
    return worst(looked)


# --- /healthz -----------------------------------------------------------------------------------------------------------
def test_healthz_tells_strangers_that_it_lives_and_nothing_else(client):
    answer = client.get(HEALTHZ)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "broker": "ok"}}
    assert "no-store" in answer["Cache-Control"]


def test_healthz_asks_the_database_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(HEALTHZ)


def test_healthz_is_503_without_a_database_and_without_a_broker(client, monkeypatch, settings, tmp_path):
    def lost():
        raise OperationalError("server closed the connection")

    database, *others = health.CHECKS
    monkeypatch.setattr(health, "CHECKS", [dt_replace(database, probe=lost), *others])
    answer = client.get(HEALTHZ, {"full": ""})
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": "down", "broker": "ok"})
    assert "closed" not in answer.content.decode()


def dt_replace(check, **fields):
    import dataclasses

    return dataclasses.replace(check, **fields)


def test_a_broker_folder_that_is_gone_is_down(client, monkeypatch, tmp_path):
    from celery import current_app

    options = {**current_app.conf.broker_transport_options, "data_folder_out": str(tmp_path / "gone")}
    monkeypatch.setitem(current_app.conf, "broker_transport_options", options)
    answer = client.get(HEALTHZ)
    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "down")


def test_a_redis_that_is_not_there_is_down_within_seconds(client, monkeypatch):
    from celery import current_app

    monkeypatch.setitem(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(current_app.conf, "broker_transport_options", {})
    began = timezone.now()
    assert client.get(HEALTHZ).json()["checks"]["broker"] == "down"
    assert timezone.now() - began < dt.timedelta(seconds=10)


def test_full_is_for_those_who_may_see_the_health_page(client, login, li, zhou):
    assert client.get(HEALTHZ, {"full": ""}).status_code == 403
    assert login(li).get(HEALTHZ, {"full": ""}).status_code == 403
    told = login(zhou).get(HEALTHZ, {"full": ""}).json()
    assert set(told) == {"status", "checks"}
    assert set(told["checks"]) == {check.code for check in checks.all_checks()}
    assert told["checks"]["database"]["findings"][0]["bytes"] > 0


def test_plain_http_from_inside_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(HEALTHZ).status_code == 200
    assert client.get(PAGE).status_code == 301


# --- the page -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_every_check_and_says_what_to_do(language, login, zhou, pudong, xuhui):
    house_is_old(pudong)
    zhou.language = language
    zhou.save()
    text = login(zhou).get(PAGE).content.decode()
    with translation.override(language):
        for check in checks.all_checks():
            assert str(check.label) in text
        worker = next(check for check in checks.all_checks() if check.code == "worker")
        assert str(worker.advice) in text
    assert "徐汇店" not in text  # a manager looks after her own store


def test_an_administrator_sees_all_stores(login, qian, pudong, xuhui):
    text = login(qian).get(PAGE).content.decode()
    assert "徐汇店" in text
    assert "浦东店" in text


def test_a_check_that_fails_itself_is_bad_and_the_page_comes(login, zhou, monkeypatch):
    def broken(look):
        raise RuntimeError("secret path")

    database, *others = health.CHECKS
    monkeypatch.setattr(health, "CHECKS", [dt_replace(database, look=broken), *others])
    answer = login(zhou).get(PAGE)
    assert answer.status_code == 200
    assert "RuntimeError" in answer.content.decode()
    assert "secret path" not in answer.content.decode()


def test_the_page_costs_the_same_for_one_store_and_three(login, qian, pudong, xuhui, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = login(qian)
    client.get(PAGE)

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        return len(found)

    two = queries()
    from accounts.services import create_store

    create_store(code="MH", name="闵行店", live_on=dt.date(2026, 1, 1))
    assert queries() == two


# --- signs of life --------------------------------------------------------------------------------------------------------
def test_a_task_of_beat_is_a_sign_of_both_and_one_of_a_worker_of_itself(db):
    from office.tasks import show_sign_of_life

    show_sign_of_life.delay()
    assert [name for name in signs() if name == BEAT] == []
    assert len(signs()) == 1
    show_sign_of_life.delay(sender=BEAT)
    assert BEAT in signs()


@pytest.mark.parametrize(
    ("looked", "name"),
    [(health.look_at_workers, "worker celery@a"), (health.look_at_beat, BEAT)],
    ids=["worker", "beat"],
)
def test_ten_silent_minutes_are_late(looked, name, pudong):
    aged(name, 9)
    assert tone(looked(look(pudong))) == GOOD
    aged(name, 11)
    found = list(looked(look(pudong)))
    assert tone(found) == BAD
    assert abs(found[0].since - (timezone.now() - 11 * MINUTE)) < MINUTE


def test_one_living_worker_is_enough_and_one_that_moved_away_is_forgotten(pudong):
    aged("worker celery@new", 0)
    aged("worker celery@other", 30)
    aged("worker celery@gone", 3000)
    found = list(health.look_at_workers(look(pudong)))
    assert [(one.facts["node"], one.tone) for one in found] == [("celery@new", GOOD), ("celery@other", WARN)]
    assert forget_old() == 0  # the newest of the gone stays until there is a newer one


@pytest.mark.parametrize("looked", [health.look_at_workers, health.look_at_beat])
def test_who_never_came_is_late_once_the_house_is_old_enough(looked, pudong):
    assert tone(looked(look(pudong))) == WARN
    house_is_old(pudong)
    assert tone(looked(look(pudong))) == BAD


@pytest.mark.django_db(transaction=True)
def test_a_worker_shows_signs_beside_its_tasks(pudong):
    keep_beating("celery@here", pause=0, rounds=2)
    row = signs()["worker celery@here"]
    assert abs(row.params["clock_ms"]) < 5000


def test_a_clock_that_is_off_is_told(pudong):
    aged("worker celery@here", 0, clock_ms=7_000)
    assert tone(health.look_at_clocks(look(pudong))) == WARN
    aged("worker celery@here", 0, clock_ms=-90_000)
    assert tone(health.look_at_clocks(look(pudong))) == BAD


# --- disk, backup, jobs, version ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("free", "expected"), [(500 * 2**30, GOOD), (50 * 2**30, WARN), (10 * 2**30, BAD), (2**20, BAD)]
)
def test_a_disk_that_runs_full(free, expected, pudong, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: (1000 * 2**30, 0, free))
    assert tone(health.look_at_disk(look(pudong))) == expected


def test_a_backup_older_than_two_days_is_bad(pudong, settings):
    assert tone(health.look_at_backup(look(pudong))) == WARN
    aged(BACKUP, 60, file="dcrc-20260318-0130.zip", bytes=1000)
    assert tone(health.look_at_backup(look(pudong))) == GOOD
    aged(BACKUP, 3000, file="dcrc-20260318-0130.zip", bytes=1000)
    assert tone(health.look_at_backup(look(pudong))) == BAD
    settings.BACKUP_KEEP = 0
    assert tone(health.look_at_backup(look(pudong))) == WARN


def test_missing_migrations_are_told(pudong, monkeypatch):
    assert tone(health.look_at_version(look(pudong))) == GOOD
    monkeypatch.setattr(health, "pending_migrations", lambda: 2)
    assert tone(health.look_at_version(look(pudong))) == BAD


def test_how_long_ago(now):
    with translation.override("en"):
        assert health.ago(now - 59 * MINUTE, now) == "59 minutes ago"
        assert health.ago(now - 61 * MINUTE, now) == "1 hour ago"
        assert health.ago(now - dt.timedelta(days=3), now) == "3 days ago"


# --- imports, queue -------------------------------------------------------------------------------------------------------
def dms_answers(store, now=None):
    from dms.health import CHECKS

    return {check.code: list(check.look(look(store, now=now))) for check in CHECKS}


def test_imports_that_stand_still_are_bad(pudong):
    assert tone(dms_answers(pudong)["import_backlog"]) == GOOD
    batch = Batch.objects.create(store=pudong, file_name="a.csv", state=BatchState.RUNNING, heartbeat_at=timezone.now())
    assert tone(dms_answers(pudong)["import_backlog"]) == GOOD
    Batch.objects.filter(pk=batch.pk).update(heartbeat_at=timezone.now() - 20 * MINUTE)
    found = dms_answers(pudong)["import_backlog"]
    assert (tone(found), found[0].facts) == (BAD, {"moving": 1, "stuck": 1, "waiting": 0})


def test_a_month_without_imports_wants_a_look(pudong):
    assert tone(dms_answers(pudong)["last_import"]) == WARN
    batch = Batch.objects.create(store=pudong, file_name="a.csv", state=BatchState.DONE, finished_at=timezone.now())
    assert tone(dms_answers(pudong)["last_import"]) == GOOD
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - dt.timedelta(days=31))
    assert tone(dms_answers(pudong)["last_import"]) == WARN


def test_files_that_stay_lying_in_the_watched_folder_are_bad(pudong):
    from dms.inbox import folders

    assert tone(dms_answers(pudong)["inbox"]) == WARN  # not made yet
    folders.make_folders(pudong)
    file = folders.folder_of(pudong) / "车主.csv"
    file.write_bytes(b"x")
    assert tone(dms_answers(pudong)["inbox"]) == GOOD
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert tone(dms_answers(pudong)["inbox"]) == BAD
    file.unlink()
    InboxFile.objects.create(store=pudong, token="a", name="b.csv", state=InboxState.REFUSED, settled_at=timezone.now())
    assert tone(dms_answers(pudong)["inbox"]) == WARN


def a_run(store, day, moment):
    GenerationRun.objects.create(store=store, day=day, finished_at=moment)


@pytest.mark.parametrize(
    ("hour", "expected"), [(7, GOOD), (8, BAD), (15, BAD)], ids=["too early to tell", "at eight", "afternoon"]
)
def test_the_morning_run_is_missed_from_eight_on(hour, expected, pudong, today):
    house_is_old(pudong, days=1000)
    assert tone(look_at_morning_run(look(pudong, now=at(pudong, today, hour)))) == expected
    a_run(pudong, today - dt.timedelta(days=1), at(pudong, today, 6))
    assert tone(look_at_morning_run(look(pudong, now=at(pudong, today, hour)))) == expected
    a_run(pudong, today, at(pudong, today, 6, 31))
    found = list(look_at_morning_run(look(pudong, now=at(pudong, today, hour))))
    assert tone(found) == GOOD
    assert "06:31" in found[0].text


def test_on_a_day_off_and_before_a_store_is_live_nobody_misses_the_run(pudong, today):
    noon = at(pudong, today, 12)
    house_is_old(pudong, days=1000)
    CalendarDay.objects.create(day=today, is_work=False, store=pudong, source="form")
    assert tone(look_at_morning_run(look(pudong, now=noon))) == GOOD
    CalendarDay.objects.all().delete()
    Store.objects.filter(pk=pudong.pk).update(live_on=today + dt.timedelta(days=1))
    pudong.refresh_from_db()
    assert tone(look_at_morning_run(look(pudong, now=noon))) == GOOD


def test_calls_that_nobody_moves_are_told(pudong):
    assert tone(look_at_moves(look(pudong))) == GOOD
    CallMove.objects.create(store=pudong, number=1, asked_at=timezone.now() - 5 * MINUTE)
    assert tone(look_at_moves(look(pudong))) == WARN


def test_the_worst_finding_is_the_tone():
    assert worst([]) == GOOD
    assert worst([Finding(WARN, ""), Finding(BAD, ""), Finding(GOOD, "")]) == BAD
