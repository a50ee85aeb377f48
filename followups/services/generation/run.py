"""The run of a day: what there is closes, moves or opens again; then what has opened is made; each with its cards."""

import datetime as dt
import logging
from contextlib import suppress
from itertools import chain

from django.db import DatabaseError

from accounts.models import Store
from common.insert_select import database_now
from customers.services import expire_wishes, find_returned
from customers.services.care import work_out
from dms.models import Batch
from followups.rules import RULES, Rule
from followups.services import calendar_years
from followups.services.cards import recompute_cards, wake_promises
from followups.services.dials import desk_of, windows_of
from followups.services.effects import record_effect
from followups.services.generation import inserting, intake, ledger
from followups.services.generation.judging import judge
from followups.services.generation.looking import Look, minded, passed, rang_us
from followups.services.generation.state import RuleRun, Run
from followups.services.learning import learn_hours
from followups.services.moments import reschedule
from followups.services.restraint import touched_since
from followups.services.undecided import remind

COUNTS = ("created", "closed", "superseded", "expired", "updated", "let_go")
HOURS = 1  # of customers.answers: goes up when it learns otherwise; the next run then asks all calls again
WAIT_SECONDS = 120.0
ENGINE = 5  # goes up when runs decide otherwise than before: the first of them then looks at everything
logger = logging.getLogger(__name__)


def generate_due(
    store,
    *,
    today: dt.date,
    now: dt.datetime,
    rules: tuple[Rule, ...] = RULES,
    since: dt.datetime | None = None,
    wait: float = WAIT_SECONDS,
    full: bool = False,
) -> dict[str, dict[str, int]]:
    """Bring the due items and cards of `store` to where they must be on the store's day `today`. Returns {rule: counts}.

    Counts: `created` items made; `closed` by what life overtook; `superseded` by a later step; `expired` unworked; `updated` after a
    correction, or opened again; `let_go` windows that closed before the store went live, counted once and never made. An item born
    expired, superseded or declined counts under both words.

    May be run at any time, for any day and twice: it looks at dates, not at when it last ran, so a machine that was off catches up
    with one run, and a second run of the day makes nothing. It reads windows that opened since the last finished run (where the
    dial has changed: all that had not closed by then) and facts changed since (`since`: read them from this moment at the latest);
    a store's first run reads from `live_on`. Open items are looked at where something has happened to them; a `full` run looks at all.
    Must not be called inside a transaction. Waits `wait` seconds for another run of the store, then raises RunBusy.
    """
    told, rules = rules, tuple(rule for rule in rules if not rule.by_hand)
    work_out(store, now=now)  # outside the run's lease: the first time it takes minutes
    _learn(store, now)
    row = ledger.begin(store, today, wait=wait)
    try:
        find_returned(store, now=now)
        watermark = min(now, database_now())  # before any fact is read
        expire_wishes(store, today=today, now=now)
        last = ledger.last_finished(store)
        known = last is not None and last.memo.get("engine") == ENGINE
        run = Run(
            store=store,
            today=today,
            now=now,
            desk=desk_of(store),
            row=row,
            seen_until=max(store.live_on, min(last.day, today)) if last else store.live_on,
            since=_since(last, since),
            is_full=full or not known,
            last_day=last.day if last else None,
            last_windows=last.memo["windows"] if last else {},
        )
        windows = windows_of(store, rules)
        steps = {
            rule.code: RuleRun(run, rule, tuple(window for window in windows.get(rule.code, ()) if window.is_on))
            for rule in rules
        }
        _change(run, steps)
        _make(run, steps)
        memo = {"engine": ENGINE, "hours": HOURS, "windows": {}, "let_go": {}}
        for code, step in steps.items():
            if not step.rule.is_planned:
                counted = last.memo["let_go"].get(code, 0) if last else 0
                memo["let_go"][code] = intake.count_let_go(step, watermark - ledger.OVERLAP, counted)
                memo["windows"][code] = step.shape.memo
        recompute_cards(touched_since(store, run.since, now=now), store=store, now=now)
        reschedule(store, now=now)
        wake_promises(store, now=now)
        counts = {rule.code: {name: run.counts[rule.code][name] for name in COUNTS} for rule in told}
        remind(store, today=today)
        calendar_years.remind(store, today=today)
        ledger.finish(row, counts=counts, memo=memo, watermark=watermark)
    except BaseException:
        with suppress(DatabaseError):
            ledger.abandon(row)
        raise
    return counts


def _learn(store, now):
    """Before the lease too: once in the life of a store, all its calls are asked; then those since the last run."""
    last = ledger.last_finished(store)
    is_taught = last is not None and last.memo.get("hours") == HOURS
    learn_hours(store, now=now, since=last.watermark - ledger.OVERLAP if is_taught else None)


def _change(run: Run, steps: dict[str, RuleRun]) -> None:
    """What there is already: closed, superseded, moved, opened again, expired."""
    verdicts = {}
    for code, ids in Look(run, steps).gather().items():
        verdicts |= {verdict.pk: verdict for verdict in judge(steps[code], ids)}
    for verdict in rang_us(run, steps):
        if verdicts.get(verdict.pk, verdict).count == "updated" or verdict.pk not in verdicts:
            verdicts[verdict.pk] = verdict
    verdicts |= {verdict.pk: verdict for verdict in minded(run)}
    run.apply([*verdicts.values(), *passed(run, steps, set(verdicts))])


def _make(run: Run, steps: dict[str, RuleRun]) -> None:
    statements = []
    for step in steps.values():
        if step.rule.is_planned:
            inserting.insert_planned(step)
        elif step.daily is not None:
            statements.append(intake.statements_of(step))
        else:
            statements.append(inserting.statements_of(step))
    inserting.insert(run, chain.from_iterable(statements))


def _since(last, since):
    if last is None:
        return None
    return (min(last.watermark, since) if since else last.watermark) - ledger.OVERLAP


def generate_stores(stores, *, now, day: dt.date | None = None, full: bool = False) -> tuple[dict, dict]:
    """Run `day` (default: each store's own today) for these stores. Returns ({code: counts}, {code: exception}).

    One store's failure is logged and does not keep the others waiting.
    """
    done, failed = {}, {}
    for store in stores:
        try:
            done[store.code] = generate_due(store, today=day or store.day_of(now), now=now, full=full)
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
