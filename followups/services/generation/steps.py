"""The steps of a run for one rule: close, supersede, insert, correct, reopen, expire. Each may be run twice.

Steps work in lots: cards locked first, then their items by id, changed, and the cards recomputed, all in one short
transaction; so a killed run leaves cards that agree with their items, and a desk waits for a lot, never for a run.
New items are inserted by one statement per month of facts, also with their cards in the same transaction.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Now

from common.bands import first_call_moment
from common.insert_select import AddDays, insert_select
from followups.choices import CloseReason, ItemState
from followups.models import DeskDial, DueItem, GenerationRun
from followups.rules import Rule
from followups.services.cards import lock_cards, recompute_cards
from followups.services.dials import Window
from followups.services.generation.facts import agrees, asking, between, changed, living, planned_item, without_item
from followups.services.generation.ledger import heartbeat

LOT = 500  # items changed per transaction
SLICE_DAYS = 31  # of facts inserted per transaction
# What a run closed by itself, it opens again when the reason has gone (see reopen).
RUN_REASONS = (
    CloseReason.FACT_VOID,
    CloseReason.FACT_CHANGED,
    CloseReason.FACT_MOVED,
    CloseReason.RULE_OFF,
    CloseReason.DO_NOT_CALL,
)
ONE_DAY = dt.timedelta(days=1)


@dataclass
class Run:
    """What every step of one run knows, and what it counted for the rule at hand."""

    store: object
    today: dt.date
    now: dt.datetime
    desk: DeskDial
    row: GenerationRun
    # Windows that closed before this day were seen to by an earlier run, or before the store went live.
    seen_until: dt.date
    since: dt.datetime | None  # facts changed from here on are read whatever their day; None: the store's first run
    counts: Counter = field(default_factory=Counter)

    @property
    def opening(self) -> dt.datetime:
        return self.calls_from(self.today)

    def calls_from(self, day):
        return first_call_moment(max(day, self.today), self.store.zone, self.desk.bands)

    def items(self, rule: Rule):
        return DueItem.objects.filter(store=self.store, rule=rule.code)

    def recompute(self, customer_ids):
        recompute_cards(customer_ids, store=self.store, now=self.now)

    def shut(self, items, state, reason):
        return items.update(state=state, reason=reason, closed_at=self.now)

    def in_lots(self, candidates, change, also=lambda ids: []):
        """`change(items)` for the candidates, lot by lot, with their cards (and those of the customers `also` names) locked.

        The candidates are chosen again under the lock, so a call saved meanwhile is not run over.
        """
        found = list(candidates.order_by("customer_id", "pk").values_list("pk", "customer_id"))
        for start in range(0, len(found), LOT):
            lot = found[start : start + LOT]
            ids = [pk for pk, _customer in lot]
            customers = {customer for _pk, customer in lot} | set(also(ids))
            with transaction.atomic():
                heartbeat(self.row)
                lock_cards(customers)
                items = candidates.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
                change(list(items))
                self.recompute(customers)


def close_overtaken(run: Run, rule: Rule, windows: tuple[Window, ...]) -> None:
    """Close open items whose fact was taken back, asks no more, whose rule is off, or whose customer wants no calls."""
    facts = {"pk": OuterRef("fact_id")}
    whens = []
    if not rule.is_planned:
        on = [window.code for window in windows if window.is_on]
        whens.append(When(~Q(round__in=on), then=Value(CloseReason.RULE_OFF)))
    whens.append(When(~Exists(living(rule, run.store).filter(**facts)), then=Value(CloseReason.FACT_VOID)))
    whens.append(When(~Exists(asking(rule, run.store).filter(**facts)), then=Value(CloseReason.FACT_CHANGED)))
    if not rule.asked_for:
        whens.append(When(customer__do_not_call=True, then=Value(CloseReason.DO_NOT_CALL)))
    overtaken = run.items(rule).open().annotate(why=Case(*whens, default=Value(""), output_field=CharField()))

    def close(items):
        for reason in {item.why for item in items}:
            ids = [item.pk for item in items if item.why == reason]
            state = ItemState.DECLINED if reason == CloseReason.DO_NOT_CALL else ItemState.OBSOLETE
            run.counts["closed"] += run.shut(DueItem.objects.filter(pk__in=ids), state, reason)

    run.in_lots(overtaken.exclude(why=""), close)


def supersede(run: Run, rule: Rule, windows: tuple[Window, ...]) -> None:
    """Close open items of an earlier step where a later one of the same fact opens; what had run out before then, expires."""
    steps = [window for window in windows if window.is_on]
    for number, later in enumerate(steps[1:], start=1):
        earlier = [window.code for window in steps[:number]]
        opened = between(asking(rule, run.store), rule, None, run.today - dt.timedelta(days=later.opens))
        open_items = run.items(rule).open().filter(round__in=earlier)
        overdue = open_items.filter(Exists(opened.filter(pk=OuterRef("fact_id"))))

        def close(items, later=later):
            facts = _facts(rule, run.store, items)
            ids = {ItemState.EXPIRED: [], ItemState.SUPERSEDED: []}
            for item in items:
                if item.fact_id not in facts:
                    continue  # taken back while this run was reading: the next one closes it
                opens_on = facts[item.fact_id].anchor + dt.timedelta(days=later.opens)
                had_run_out = item.expires_on is not None and item.expires_on + ONE_DAY < opens_on
                ids[ItemState.EXPIRED if had_run_out else ItemState.SUPERSEDED].append(item.pk)
            run.counts["expired"] += run.shut(
                DueItem.objects.filter(pk__in=ids[ItemState.EXPIRED]), ItemState.EXPIRED, CloseReason.WINDOW_PASSED
            )
            run.counts["superseded"] += run.shut(
                DueItem.objects.filter(pk__in=ids[ItemState.SUPERSEDED]), ItemState.SUPERSEDED, CloseReason.LATER_STEP
            )

        run.in_lots(overdue, close)


def insert(run: Run, rule: Rule, windows: tuple[Window, ...]) -> None:
    """Make the items of all windows that have opened and had not closed before `seen_until`, and of all facts changed since.

    An item is born in the state it would have by now: expired or superseded where nobody could work it in time.
    """
    steps = [window for window in windows if window.is_on]
    for window, later in _with_next(steps):
        facts = without_item(asking(rule, run.store), rule, window.code)
        last = run.today - dt.timedelta(days=window.opens)
        first = run.seen_until - dt.timedelta(days=window.expires)
        while first <= last:
            until = min(first + dt.timedelta(days=SLICE_DAYS - 1), last)
            _insert(run, rule, window, later, between(facts, rule, first, until))
            first = until + ONE_DAY
        if run.since is not None:
            live = run.store.live_on - dt.timedelta(days=window.expires)
            _insert(run, rule, window, later, changed(facts, rule, run.since, live, last))


def _insert(run, rule, window, later, facts):
    def passed(days):
        return Q(**{f"{rule.anchor}__lt": run.today - dt.timedelta(days=days)})

    born = []  # (which facts, state, reason); the first that holds
    if not rule.asked_for:
        born.append((Q(is_quiet=True), ItemState.DECLINED, CloseReason.DO_NOT_CALL))
    if later is not None and window.expires + 1 >= later.opens:
        born.append((passed(later.opens - 1), ItemState.SUPERSEDED, CloseReason.LATER_STEP))
    born.append((passed(window.expires), ItemState.EXPIRED, CloseReason.WINDOW_PASSED))
    anchor = F(rule.anchor)
    with transaction.atomic():
        heartbeat(run.row)
        made = insert_select(
            DueItem,
            facts,
            {
                "store": run.store.pk,
                "rule": rule.code,
                "fact_id": F("pk"),
                "round": window.code,
                "customer": F("who"),
                "vehicle": F(rule.vehicle) if rule.vehicle else None,
                "anchor_on": anchor,
                "opens_on": AddDays(anchor, window.opens),
                "due_on": AddDays(anchor, window.due),
                "expires_on": AddDays(anchor, window.expires),
                "callable_at": run.opening,
                "state": _case(((which, state) for which, state, _reason in born), ItemState.OPEN),
                "reason": _case(((which, reason) for which, _state, reason in born), ""),
                "reason_params": {},
                "closed_at": _case(((which, run.now) for which, _state, _reason in born), None),
                "attempts": 0,
                "bands_failed": "",
                "created_at": Now(),
            },
            returning=["customer", "state"],
        )
        states = Counter(state for _customer, state in made)
        run.counts["created"] += len(made)
        run.counts["closed"] += states[ItemState.DECLINED]
        run.counts["superseded"] += states[ItemState.SUPERSEDED]
        run.counts["expired"] += states[ItemState.EXPIRED]
        run.recompute(customer for customer, state in made if state == ItemState.OPEN)


def insert_planned(run: Run, rule: Rule) -> None:
    """Make the items of planned calls that have none, whenever they open. People type these: they are few, and read one by one."""
    facts = without_item(asking(rule, run.store), rule, "1")
    if run.since is not None:
        facts = facts.filter(changed_at__gte=run.since)
    facts = facts.exclude(expires_on__lt=run.store.live_on)
    whom = dict(facts.values_list("pk", "who"))
    ids = sorted(whom)
    for start in range(0, len(ids), LOT):
        lot = ids[start : start + LOT]
        with transaction.atomic():
            heartbeat(run.row)
            customers = {whom[pk] for pk in lot}
            lock_cards(customers)
            items = [_planned(run, rule, planned) for planned in facts.filter(pk__in=lot).order_by("pk")]
            DueItem.objects.bulk_create(items)
            run.counts["created"] += len(items)
            run.recompute(customers)


def _planned(run, rule, planned):
    item = planned_item(planned, customer_id=planned.who, today=run.today, zone=run.store.zone, desk=run.desk)
    item.rule = rule.code
    if planned.is_quiet and not rule.asked_for:
        item.state, item.reason, item.closed_at = ItemState.DECLINED, CloseReason.DO_NOT_CALL, run.now
        run.counts["closed"] += 1
    return item


def correct(run: Run, rule: Rule, windows: tuple[Window, ...]) -> None:
    """Give open items that nobody has tried the customer, car and dates of their corrected fact.

    A new window that has not opened yet lets the item wait; one that has passed closes it as FACT_MOVED. What was tried keeps its
    dates, and its customer too, unless she is void.
    """
    window_of = {window.code: window for window in windows}
    items = run.items(rule).open().annotate(agrees=agrees(rule, run.store))
    stray = items.filter(Q(agrees=False, attempts=0) | Q(customer__is_void=True))

    def change(found):
        facts = _facts(rule, run.store, found)
        moved = []
        for item in found:
            fact = facts.get(item.fact_id)
            if fact is None:
                continue
            _follow(run, rule, window_of.get(item.round), item, fact)
            moved.append(item)
        _write(moved)
        gone = sum(item.state != ItemState.OPEN for item in moved)
        run.counts["closed"] += gone
        run.counts["updated"] += len(moved) - gone

    run.in_lots(stray, change, also=lambda ids: _whom(rule, run.store, ids))


def reopen(run: Run, rule: Rule, windows: tuple[Window, ...]) -> None:
    """Open again what a run closed by itself, where the reason has gone, nobody has tried, and the window is open.

    So a delivery that is undone and imported again is called about once; a date corrected into the future brings a call back
    that had expired by the wrong one; and a customer who may be called again is.
    """
    steps = [window for window in windows if window.is_on]
    closed = (
        run.items(rule)
        .filter(
            state__in=[ItemState.OBSOLETE, ItemState.DECLINED, ItemState.EXPIRED], closed_by__isnull=True, attempts=0
        )
        .exclude(customer__do_not_call=True)
    )
    others = DueItem.objects.open().filter(rule=rule.code, fact_id=OuterRef("fact_id"))
    for window, later in _with_next(steps):
        first = run.today - dt.timedelta(days=window.expires)
        if later is not None:
            first = max(first, run.today - dt.timedelta(days=later.opens - 1))
        facts = between(asking(rule, run.store), rule, first, run.today - dt.timedelta(days=window.opens))
        facts = facts.filter(is_quiet=False)
        moved = facts.filter(pk=OuterRef("fact_id")).exclude(**{rule.anchor: OuterRef("anchor_on")})
        again = closed.filter(round=window.code, fact_id__in=facts.values("pk")).filter(
            Q(reason__in=RUN_REASONS) | Q(reason=CloseReason.WINDOW_PASSED) & Q(Exists(moved))
        )
        run.in_lots(
            again.filter(~Exists(others)),
            lambda found, window=window: _open_again(run, rule, window, found),
            also=lambda ids: _whom(rule, run.store, ids),
        )


def reopen_planned(run: Run, rule: Rule) -> None:
    """The same for planned calls that were taken back and restored."""
    facts = asking(rule, run.store).filter(changed_at__gte=run.since) if run.since else asking(rule, run.store)
    if not rule.asked_for:
        facts = facts.filter(is_quiet=False)
    facts = facts.exclude(expires_on__lt=run.today)
    closed = run.items(rule).filter(
        state__in=[ItemState.OBSOLETE, ItemState.DECLINED],
        closed_by__isnull=True,
        attempts=0,
        reason__in=RUN_REASONS,
        fact_id__in=facts.values("pk"),
    )
    run.in_lots(closed, lambda found: _open_again(run, rule, None, found), also=lambda ids: _whom(rule, run.store, ids))


def expire(run: Run, rule: Rule) -> None:
    """Close open items whose window has passed; they wait for the manager's decision."""

    def close(items):
        ids = [item.pk for item in items]
        run.counts["expired"] += run.shut(
            DueItem.objects.filter(pk__in=ids), ItemState.EXPIRED, CloseReason.WINDOW_PASSED
        )

    run.in_lots(run.items(rule).open().filter(expires_on__lt=run.today), close)


def count_let_go(run: Run, rule: Rule, windows: tuple[Window, ...], watermark, tail) -> tuple[int, int]:
    """(windows newly let go, those among them and before that the next run will meet again).

    Counted are windows that closed before the store's `live_on`, once for each fact by its creation. A run looks back a little
    before the last watermark, and takes off again what that one had counted there already (`tail`).
    """
    newly = again = 0
    callers = Q(*((f"{column}__isnull", False) for column in rule.customer), _connector=Q.OR)
    facts = rule.fact.objects.filter(callers, rule.wanted, store=run.store, is_void=False)
    for window in windows:
        if not window.is_on:
            continue
        last = run.store.live_on - dt.timedelta(days=window.expires) - ONE_DAY
        young = changed(facts, rule, watermark, None, last).filter(created_at__gte=watermark)
        again += young.count()
        if run.since is None:
            newly += between(facts, rule, None, last).count()
        else:
            newly += changed(facts, rule, run.since, None, last).filter(created_at__gte=run.since).count()
    return max(newly - tail, 0), again


def _with_next(steps):
    """(step, the one that follows it or None)."""
    return zip(steps, [*steps[1:], None], strict=False)


def _case(whens, default):
    whens = [When(which, then=Value(value)) for which, value in whens]
    return Case(*whens, default=Value(default)) if whens else Value(default)


def _facts(rule, store, items) -> dict:
    """{fact id: the fact that asks, with `who` and, for rules with windows, `anchor`}."""
    facts = asking(rule, store)
    if not rule.is_planned:
        facts = facts.annotate(anchor=F(rule.anchor))
    return {fact.pk: fact for fact in facts.filter(pk__in=[item.fact_id for item in items])}


def _whom(rule, store, item_ids) -> set[int]:
    """The customers whom the facts of these items ask to call now."""
    facts = DueItem.objects.filter(pk__in=item_ids).values("fact_id")
    return set(asking(rule, store).filter(pk__in=facts).values_list("who", flat=True))


def _follow(run, rule, window, item, fact):
    """Put the fact's customer, car and dates on the (unsaved) item."""
    item.customer_id = fact.who
    if item.attempts:
        return
    if rule.vehicle:
        item.vehicle_id = getattr(fact, rule.vehicle)
    if rule.is_planned:
        fresh = planned_item(fact, customer_id=fact.who, today=run.today, zone=run.store.zone, desk=run.desk)
        for name in ("opens_on", "due_on", "expires_on", "callable_at", "due_at", "pinned_to_id", "pinned_until"):
            setattr(item, name, getattr(fresh, name))
    else:
        item.anchor_on = fact.anchor
        item.opens_on = fact.anchor + dt.timedelta(days=window.opens)
        item.due_on = fact.anchor + dt.timedelta(days=window.due)
        item.expires_on = fact.anchor + dt.timedelta(days=window.expires)
        item.callable_at = run.calls_from(item.opens_on)
    if item.expires_on is not None and item.expires_on < run.today:
        item.state, item.reason, item.closed_at = ItemState.OBSOLETE, CloseReason.FACT_MOVED, run.now


def _open_again(run, rule, window, found):
    facts = _facts(rule, run.store, found)
    back = []
    for item in found:
        if item.fact_id in facts:
            item.state, item.reason, item.closed_at = ItemState.OPEN, "", None
            _follow(run, rule, window, item, facts[item.fact_id])
            back.append(item)
    _write(back)
    run.counts["updated"] += len(back)


def _write(items):
    DueItem.objects.bulk_update(
        items,
        [
            "customer",
            "vehicle",
            "anchor_on",
            "opens_on",
            "due_on",
            "expires_on",
            "callable_at",
            "due_at",
            "pinned_to",
            "pinned_until",
            "state",
            "reason",
            "closed_at",
        ],
        batch_size=100,
    )
