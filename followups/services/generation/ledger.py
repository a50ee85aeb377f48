"""One run at a time and store, and how far the last one read.

The run's lease is a token on its GenerationRun row with a heartbeat in every one of its transactions, because a lock held
over the whole run would be a transaction that a working desk can feel. A killed run's lease ends by itself. Moments here are
the database's clock, which all workers share.
"""

import datetime as dt
import time
import uuid

from django.db import transaction
from django.db.models.functions import Now

from common.insert_select import database_now
from common.locks import lock_words
from followups.models import GenerationRun

STALE = dt.timedelta(
    seconds=60
)  # without a heartbeat for so long, a run is dead; its longest transaction takes seconds
POLL_SECONDS = 0.1
# Facts are read again from so long before the last watermark: a fact's `changed_at` is set before its transaction commits, so a
# run beside an import may not see it yet. Import transactions are under a second (DESIGN §4); reading twice does no harm.
OVERLAP = dt.timedelta(minutes=2)


class RunBusy(Exception):
    """Another run of the store did not end while this one waited for it."""


class RunLost(Exception):
    """The run was taken for dead, and another one took its place. What it had committed stays, and is right."""


def last_finished(store) -> GenerationRun | None:
    """The run that read facts last. All that was known at its `watermark` has its items for all that opened until its `day`."""
    return GenerationRun.objects.filter(store=store, watermark__isnull=False).order_by("-watermark", "-day").first()


def begin(store, day, *, wait: float) -> GenerationRun:
    """Claim the store's run for `day`; waits up to `wait` seconds for another run to end, then raises RunBusy."""
    until = time.monotonic() + wait
    while True:
        row = _claim(store, day)
        if row is not None:
            return row
        if time.monotonic() >= until:
            raise RunBusy(store.code)
        time.sleep(POLL_SECONDS)


@transaction.atomic
def _claim(store, day):
    lock_words(f"generation:{store.pk}")
    running = GenerationRun.objects.filter(store=store, token__isnull=False)
    if running.filter(heartbeat_at__gt=database_now() - STALE).exists():
        return None
    running.update(token=None)
    row, _created = GenerationRun.objects.get_or_create(store=store, day=day)
    row.token = uuid.uuid4()
    GenerationRun.objects.filter(pk=row.pk).update(token=row.token, started_at=Now(), heartbeat_at=Now())
    return row


def heartbeat(row) -> None:
    """First in each transaction of the run: it also keeps anybody from taking the run over before that transaction ends."""
    if not GenerationRun.objects.filter(pk=row.pk, token=row.token).update(heartbeat_at=Now()):
        raise RunLost(row)


@transaction.atomic
def finish(row, *, counts, memo, watermark) -> None:
    """Write down what the run did and how far it read, and end it."""
    heartbeat(row)
    day = GenerationRun.objects.get(pk=row.pk)
    for rule, numbers in counts.items():
        sums = day.counts.setdefault(rule, {})
        for name, number in numbers.items():
            sums[name] = sums.get(name, 0) + number
    GenerationRun.objects.filter(pk=row.pk).update(
        token=None,
        finished_at=Now(),
        watermark=watermark,
        runs=day.runs + 1,
        counts=day.counts,
        memo=memo,
    )


def abandon(row) -> None:
    """End a run that failed: the next one need not wait, and starts from the last finished one."""
    GenerationRun.objects.filter(pk=row.pk, token=row.token).update(token=None)
