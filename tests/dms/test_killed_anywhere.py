"""kill -9 at fifty random points, two imports at once, a lost database: afterwards each batch is completely in, or resumes.

The points are moments drawn over the length of an undisturbed run, so they fall into reading, comparing, writing, committing
and finishing alike. The seed stands in the test's name.
"""

import datetime as dt
import itertools
import random
import time

import pytest
from django.db import connection
from django.utils import timezone

from accounts.services import create_store
from dms import services
from dms.choices import BatchState
from dms.models import Batch
from followups.choices import SkipReason
from followups.services.claims import skip, take_next
from tests.dms.killing import Child
from tests.dms.test_survives import facts, ring  # noqa: F401
from tests.dms.worker import file_broker
from tests.factories.dms import owner_rows, owners_csv, owners_xlsx, queued_batch
from tests.factories.followups import make_card

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 400
KILLS = 10  # per seed; five seeds


@pytest.fixture(autouse=True)
def short_chunks(settings, ring, tmp_path):  # noqa: F811
    ring(**file_broker(tmp_path))  # nobody hears these bells: the tests say when a batch runs
    settings.IMPORT_CHUNK_ROWS = 5
    settings.IMPORT_STALE_SECONDS = 0  # a killed run may be taken up at once
    settings.DMS_AFTER_IMPORT = []


def queued(store, content):
    return queued_batch(store, file_name="保有客户.xlsx", content=content)


_codes = itertools.count(1)


def make_store():
    code = f"K{next(_codes)}"
    return create_store(
        code=code, name=f"{code}店", short_name=code, hotline="021-58880000", live_on=dt.date(2026, 1, 1)
    )


def result(batch):
    batch.refresh_from_db()
    errors = list(batch.row_errors.values_list("row", "column", "code", "severity", "value"))
    return batch.state, batch.counts, errors, facts(batch.store)


def is_whole(batch):
    """What the batch says of itself is what the store holds: no chunk is half in, whatever the moment."""
    batch.refresh_from_db()
    told = batch.counts.get("records", {}).get("customers.Vehicle", {}).get("created", 0)
    return told == len(facts(batch.store)["customers.Vehicle"])


@pytest.mark.parametrize("seed", range(5))
def test_killed_at_random_points_ends_as_if_nothing_had_happened(xuhui, seed):
    content = owners_xlsx(ROWS, bad_every=29)
    calm = queued(xuhui, content)
    begun = time.perf_counter()
    assert Child(lambda: services.run_batch(calm.pk)).wait() == 0
    length = time.perf_counter() - begun
    expected = result(calm)
    assert expected[0] == BatchState.DONE

    chance, kills, at = random.Random(seed), 0, set()
    while kills < KILLS:
        batch = queued(make_store(), content)
        while batch.state != BatchState.DONE:
            child = Child(lambda batch=batch: services.run_batch(batch.pk))
            if kills < KILLS or len(at) <= 3:
                kills += child.kill_after(chance.uniform(0, length)) != 0
            else:
                assert child.wait() == 0
            assert is_whole(batch), f"half a chunk after kill {kills}, at row {batch.rows_done}"
            at.add(batch.rows_done)
            assert batch.state == BatchState.DONE or batch.pk in services.find_unfinished(timezone.now())
        assert result(batch) == expected
    assert len(at) > 3, "the kills hit the same moment each time"


def test_killed_while_it_is_looked_at_leaves_the_store_alone(pudong, zhou):
    content = owners_xlsx(ROWS)
    batch = services.stage_upload(store=pudong, by=zhou, file_name="保有客户.xlsx", content=content)
    chance = random.Random(7)
    for _kill in range(5):
        Child(lambda: services.preview_batch(batch)).kill_after(chance.uniform(0, 0.3))
        batch.refresh_from_db()
        assert batch.state in (BatchState.UPLOADED, BatchState.READY)
        assert not facts(pudong)["customers.Vehicle"]
    checked = services.preview_batch(batch)
    assert (checked.state, checked.preview["created"]) == (BatchState.READY, ROWS)


def test_two_files_at_once_into_one_store_end_as_one_after_the_other(pudong, xuhui):
    rows = list(owner_rows(300))
    first, second = owners_csv(rows=rows[:200]), owners_csv(rows=rows[100:])
    for content in (first, second):
        services.run_batch(queued(xuhui, content).pk)
    batches = [queued(pudong, first), queued(pudong, second)]
    children = [Child(lambda batch=batch: services.run_batch(batch.pk)) for batch in batches]
    assert [child.wait() for child in children] == [0, 0]
    assert facts(pudong) == facts(xuhui)
    for batch in batches:
        batch.refresh_from_db()
    assert [batch.state for batch in batches] == [BatchState.DONE] * 2
    assert sum(batch.counts["created"] for batch in batches) == 300
    assert sum(batch.counts["rejected"] for batch in batches) == 0


def test_one_upload_twice_at_once_is_stored_once(pudong, xuhui):
    content = owners_xlsx(ROWS)
    services.run_batch(queued(xuhui, content).pk)
    batches = [queued(pudong, content), queued(pudong, content)]
    children = [Child(lambda batch=batch: services.run_batch(batch.pk)) for batch in batches]
    assert [child.wait() for child in children] == [0, 0]
    assert facts(pudong) == facts(xuhui)
    created = [Batch.objects.get(pk=batch.pk).counts["created"] for batch in batches]
    assert sum(created) == ROWS


def test_lost_database_connection_is_no_end(pudong, xuhui):
    """What a restart of the database server does to a worker: every connection is cut in the middle of its work."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    content = owners_xlsx(ROWS, bad_every=29)
    calm = queued(xuhui, content)
    services.run_batch(calm.pk)
    batch = queued(pudong, content)
    child = Child(lambda: services.run_batch(batch.pk))
    while not Batch.objects.get(pk=batch.pk).rows_done and not child.has_ended():
        time.sleep(0.002)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert cursor.fetchone()[0], "it was done before the cut"
    child.wait()  # connects anew and goes on, or ends and leaves the rest to the next run
    assert is_whole(batch)
    assert services.run_batch(batch.pk).state == BatchState.DONE
    assert result(batch) == result(calm)


def test_desk_does_not_wait_for_an_import(pudong, li, settings):
    """What a specialist saves waits for one chunk at most: less than a second, at the default size of a chunk. A machine busy
    with other things may be slow by itself: of three imports one has to be fine."""
    settings.IMPORT_CHUNK_ROWS = 2_000
    now = timezone.now()
    for _card in range(3):
        make_card(pudong, today=pudong.day_of(now), now=now)
    longest = []
    for _try in range(3):
        batch = queued(make_store(), owners_xlsx(6_000))
        longest.append(longest_wait(li, now, beside=Child(lambda batch=batch: services.run_batch(batch.pk))))
        now += dt.timedelta(days=30)
        if longest[-1] < 1:
            return
    pytest.fail(f"longest waits {longest}")


def longest_wait(person, now, *, beside):
    """Seconds that a card's taking or skipping took at most while the child was at work."""
    waits = []

    def timed(deed, *args, **kwargs):
        begun = time.perf_counter()
        done = deed(*args, **kwargs)
        waits.append(time.perf_counter() - begun)
        return done

    while not beside.has_ended():
        card = timed(take_next, person, now=now)
        timed(skip, card, token=card.lease_token, by=person, now=now, reason=SkipReason.OTHER, note="忙")
        time.sleep(0.05)
        now += dt.timedelta(hours=1)
    assert beside.code == 0
    assert len(waits) > 3
    return max(waits)
