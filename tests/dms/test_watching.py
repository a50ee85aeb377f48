"""What nobody does is told: weeks without an import, files that wait for a decision."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Store
from accounts.services import update_store
from dms import services, watching
from dms.models import Batch
from dms.tasks import check_import_silence
from office.models import Notice
from tests.conftest import TODAY, at
from tests.factories.dms import done_batch, ready_batch, uploaded_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning(pudong):
    """The store was made long ago."""
    Store.objects.update(created_at=at(pudong, TODAY - dt.timedelta(days=400), 9))
    return at(pudong, TODAY, 8)


def imported(store, days_ago):
    batch = done_batch(store)
    Batch.objects.filter(pk=batch.pk).update(finished_at=at(store, TODAY - dt.timedelta(days=days_ago), 9))
    return batch


def silent(moment):
    return [store.code for store in watching.tell_silences(moment)]


@pytest.mark.parametrize(("days", "expected"), [(29, []), (30, ["PD"]), (31, ["PD"])])
def test_a_month_without_an_import_is_told(days, expected, pudong, zhou, li, morning):
    imported(pudong, days)
    assert silent(morning) == expected
    assert [notice.user for notice in Notice.objects.all()] == [zhou] * len(expected)
    if expected:
        assert str(days) in Notice.objects.get().text


def test_only_what_was_imported_breaks_the_silence(pudong, zhou, morning):
    imported(pudong, 40)
    ready_batch(pudong)
    services.cancel_batch(uploaded_batch(pudong), by=zhou)
    assert silent(morning) == ["PD"]


def test_a_new_store_is_given_its_month(pudong, zhou, morning):
    Store.objects.update(created_at=at(pudong, TODAY - dt.timedelta(days=29), 9))
    assert silent(morning) == []
    Store.objects.update(created_at=at(pudong, TODAY - dt.timedelta(days=30), 9))
    assert silent(morning) == ["PD"]


def test_a_store_that_is_not_live_or_closed_is_not_asked(pudong, xuhui, qian, morning):
    Store.objects.filter(pk=pudong.pk).update(live_on=TODAY + dt.timedelta(days=1))
    update_store(xuhui, {"is_active": False}, by=qian)
    assert silent(morning) == []


def test_it_is_told_once_a_week_until_the_next_import(pudong, zhou, morning):
    imported(pudong, 40)
    for day in (0, 1, 4, 5, 6):  # from Wednesday to Tuesday
        watching.tell_silences(morning + dt.timedelta(days=day))
    assert Notice.objects.unread().count() == 2
    done_batch(pudong, file_name="终于.csv")
    assert Notice.objects.unread().count() == 0
    assert Notice.objects.filter(resolved_at=None).count() == 0


def test_the_next_import_settles_only_its_own_stores_silence(pudong, xuhui, zhou, qian, morning):
    qian.store = xuhui
    qian.save(update_fields=["store"])
    assert silent(morning) == ["PD", "XH"]
    done_batch(xuhui)
    assert [notice.store.code for notice in Notice.objects.unread()] == ["PD"]


def test_the_dial_moves_the_day(pudong, zhou, morning, settings):
    settings.IMPORT_SILENCE_DAYS = 10
    imported(pudong, 12)
    assert silent(morning) == ["PD"]


def test_what_waits_for_more_than_a_day_is_told_once(pudong, zhou):
    waiting = [uploaded_batch(pudong), ready_batch(pudong)]
    fresh, done = uploaded_batch(pudong, file_name="新.csv"), done_batch(pudong)
    long_ago = timezone.now() - dt.timedelta(hours=25)
    Batch.objects.filter(pk__in=[*(batch.pk for batch in waiting), done.pk]).update(created_at=long_ago)
    for _ in range(2):
        check_import_silence()
    notices = Notice.objects.filter(code="batch_waiting")
    assert sorted(notice.url_args[0] for notice in notices) == sorted(batch.pk for batch in waiting)
    assert fresh.pk not in {notice.url_args[0] for notice in notices}


@pytest.mark.parametrize("decide", [services.confirm_batch, services.cancel_batch])
def test_a_decision_ends_the_reminder(decide, pudong, zhou):
    batch = ready_batch(pudong)
    Batch.objects.filter(pk=batch.pk).update(created_at=timezone.now() - dt.timedelta(hours=25))
    check_import_silence()
    assert Notice.objects.unread().count() == 1
    decide(batch, by=zhou)
    assert Notice.objects.unread().count() == 0
