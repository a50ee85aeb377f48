"""The run of a day: close what life overtook → supersede → insert → correct → reopen → expire, each with its cards."""

import datetime as dt
import logging
from contextlib import suppress

from django.db import DatabaseError

from accounts.models import Store
from common.insert_select import database_now
from dms.models import Batch
from followups.rules import RULES, Rule
from followups.services.cards import wake_promises
from followups.services.dials import desk_of, windows_of
from followups.services.effects import record_effect
from followups.services.generation import ledger, steps

COUNTS = ("created", "closed", "superseded", "expired", "updated", "let_go")
WAIT_SECONDS = 120.0
logger = logging.getLogger(__name__)


def generate_due(
    store,
    *,
    today: dt.date,
    now: dt.datetime,
    rules: tuple[Rule, ...] = RULES,
    since: dt.datetime | None = None,
    wait: float = WAIT_SECONDS,
) -> dict[str, dict[str, int]]:
    """Bring the due items and cards of `store` to where they must be on the store's day `today`. Returns {rule: counts}.

    Counts: `created` items made; `closed` by what life overtook; `superseded` by a later step; `expired` unworked; `updated` after a
    correction, or opened again; `let_go` windows that closed before the store went live, counted once and never made. An item born
    expired, superseded or declined counts under both words.

    May be run at any time, for any day and twice: it looks at dates, not at when it last ran, so a machine that was off catches up
    with one run, and a second run of the day makes nothing. It reads windows that opened since the last finished run (where the
    dial has changed: all that had not closed by then) and facts changed since (`since`: read them from this moment at the latest);
    a store's first run reads from `live_on`.
    Must not be called inside a transaction. Waits `wait` seconds for another run of the store, then raises RunBusy.
    """
    row = ledger.begin(store, today, wait=wait)
    try:
        watermark = min(now, database_now())  # before any fact is read
        last = ledger.last_finished(store)
        run = steps.Run(
            store=store,
            today=today,
            now=now,
            desk=desk_of(store),
            row=row,
            seen_until=max(store.live_on, min(last.day, today)) if last else store.live_on,
            since=_since(last, since),
            last_day=last.day if last else None,
            last_windows=last.memo["windows"] if last else {},
        )
        windows = windows_of(store, rules)
        memo = {"windows": {}, "let_go": {}}
        for rule in rules:
            on = tuple(window for window in windows.get(rule.code, ()) if window.is_on)
            step = steps.RuleRun(run, rule, on)
            step.find_strays()
            step.close_overtaken()
            if rule.is_planned:
                step.insert_planned()
                step.correct()
                step.reopen_planned()
            else:
                step.supersede()
                step.insert()
                step.correct()
                step.reopen()
                counted = last.memo["let_go"].get(rule.code, 0) if last else 0
                memo["let_go"][rule.code] = step.count_let_go(watermark - ledger.OVERLAP, counted)
                memo["windows"][rule.code] = {window.code: window.days for window in on}
        steps.expire(run, rules)
        wake_promises(store, now=now)
        counts = {rule.code: {name: run.counts[rule.code][name] for name in COUNTS} for rule in rules}
        ledger.finish(row, counts=counts, memo=memo, watermark=watermark)
    except BaseException:
        with suppress(DatabaseError):
            ledger.abandon(row)
        raise
    return counts


def _since(last, since):
    if last is None:
        return None
    return (min(last.watermark, since) if since else last.watermark) - ledger.OVERLAP


def generate_stores(stores, *, now, day: dt.date | None = None) -> tuple[dict, dict]:
    """Run `day` (default: each store's own today) for these stores. Returns ({code: counts}, {code: exception}).

    One store's failure is logged and does not keep the others waiting.
    """
    done, failed = {}, {}
    for store in stores:
        try:
            done[store.code] = generate_due(store, today=day or store.day_of(now), now=now)
        except Exception as error:
            logger.exception("generation failed for store %s", store.code)
            failed[store.code] = error
    return done, failed


def generate_after_batch(store_id, batch_id, *, now) -> dict[str, dict[str, int]]:
    """Run the store's day again after an import or its undo; facts are read from its start, however long it took.

    What the import did to the queue is written down.
    """
    store = Store.objects.get(pk=store_id)
    batch = Batch.objects.get(pk=batch_id)
    counts = generate_due(store, today=store.day_of(now), now=now, since=batch.writing_since)
    record_effect(batch_id, now=now)
    return counts
