"""The steps of a run: close, supersede, insert, correct, reopen, expire. Each may be run twice.

Steps that change items work in lots: cards locked first, then their items by id, changed, and the cards recomputed, all in one
short transaction; so a killed run leaves cards that agree with their items, and a desk waits for a lot, never for a run.
New items are inserted by one statement a month of facts, with their cards in the same transaction.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from common.bands import first_call_moment
from common.insert_select import AddDays, insert_select
from followups.choices import CloseReason, ItemState
from followups.models import DeskDial, DueItem, GenerationRun
from followups.rules import Rule
from followups.services.cards import lock_cards, recompute_cards
from followups.services.dials import Window
from followups.services.generation.facts import Reading, planned_item
from followups.services.generation.ledger import heartbeat

LOT = 500  # items changed per transaction
SLICE_DAYS = 31  # of facts inserted per transaction
CORRECT = "correct"
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
    """What all steps of one run know and count."""

    store: object
    today: dt.date
    now: dt.datetime
    desk: DeskDial
    row: GenerationRun
    # Windows that closed before this day were seen to by an earlier run, or before the store went live.
    seen_until: dt.date
    since: dt.datetime | None  # facts changed from here on are read whatever their day; None: the store's first run
    last_day: dt.date | None = None  # of the last finished run: what opened until then has its items,
    last_windows: dict = field(default_factory=dict)  # as far as it read by the same windows {rule: {step: days}}
    counts: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))
    _changes: dict[type, bool] = field(default_factory=dict)

    def has_changes(self, fact: type) -> bool:
        """Whether any fact of this table changed since the last run; most nights it is no, and half of the questions are spared."""
        if fact not in self._changes:
            facts = fact.objects.filter(store=self.store)
            self._changes[fact] = self.since is None or facts.filter(changed_at__gte=self.since).exists()
        return self._changes[fact]

    def calls_from(self, day: dt.date) -> dt.datetime:
        return first_call_moment(max(day, self.today), self.store.zone, self.desk.bands)

    def recompute(self, customer_ids) -> None:
        recompute_cards(customer_ids, store=self.store, now=self.now)

    def shut(self, name, items, state, reason) -> None:
        """Close these items and count them under `name`."""
        DueItem.objects.filter(pk__in=[item.pk for item in items]).update(
            state=state, reason=reason, closed_at=self.now
        )
        for item in items:
            self.counts[item.rule][name] += 1

    def in_lots(self, candidates, change, whom=lambda ids: ()) -> None:
        """`change(items)` for the candidates, lot by lot, with their cards (and those of the customers `whom` names) locked.

        The candidates are chosen again under the lock, so a call saved meanwhile is not run over.
        """
        found = sorted(candidates.values_list("customer_id", "pk"))
        for start in range(0, len(found), LOT):
            ids = [pk for _customer, pk in found[start : start + LOT]]
            customers = {customer for customer, _pk in found[start : start + LOT]} | set(whom(ids))
            with transaction.atomic():
                heartbeat(self.row)
                lock_cards(customers)
                items = candidates.filter(pk__in=ids).select_related("customer").select_for_update(of=("self",))
                change(list(items.order_by("pk")))
                self.recompute(customers)


@dataclass
class RuleRun:
    """One rule in one run."""

    run: Run
    rule: Rule
    windows: tuple[Window, ...]  # of the steps that are switched on, in order; none for planned rules

    def __post_init__(self):
        self.facts = Reading(self.rule, self.run.store)
        self.counts = self.run.counts[self.rule.code]
        self.strays = {}

    @property
    def items(self):
        return DueItem.objects.filter(store=self.run.store, rule=self.rule.code)

    def steps(self):
        """(window, the one that follows it or None)."""
        return zip(self.windows, [*self.windows[1:], None], strict=False)

    # --- Close and correct ---------------------------------------------------------------------------------------------
    def find_strays(self) -> None:
        """Look once for the open items that do not agree with their facts, and sort them: why to close, or to correct."""
        off = Q() if self.rule.is_planned else ~Q(round__in=[window.code for window in self.windows])
        quiet = Q() if self.rule.asked_for else Q(customer__do_not_call=True)
        odd = self.items.open().annotate(agrees=self.facts.agrees)
        odd = odd.filter(Q(agrees=False) | Q(customer__is_void=True) | quiet | off)
        self.strays = self._judge(list(odd.select_related("customer")))

    def _judge(self, items) -> dict[int, str]:
        """{item id: CloseReason to close it for, or CORRECT}; an item that is right as it is does not appear."""
        if not items:
            return {}
        living = set(self.facts.living.filter(pk__in={item.fact_id for item in items}).values_list("pk", flat=True))
        asking = self.facts.asking_of(items)
        on = {window.code for window in self.windows}
        verdicts = {}
        for item in items:
            if not self.rule.is_planned and item.round not in on:
                verdicts[item.pk] = CloseReason.RULE_OFF
            elif item.fact_id not in living:
                verdicts[item.pk] = CloseReason.FACT_VOID
            elif item.fact_id not in asking:
                verdicts[item.pk] = CloseReason.FACT_CHANGED
            elif item.customer.do_not_call and not self.rule.asked_for:
                verdicts[item.pk] = CloseReason.DO_NOT_CALL
            elif not item.attempts or item.customer.is_void:
                verdicts[item.pk] = CORRECT
        return verdicts

    def close_overtaken(self) -> None:
        """Close open items whose fact was taken back, asks no more, whose rule is off, or whose customer wants no calls."""
        ids = [pk for pk, verdict in self.strays.items() if verdict != CORRECT]

        def close(items):
            verdicts = self._judge(items)
            for reason in {*verdicts.values()} - {CORRECT}:
                state = ItemState.DECLINED if reason == CloseReason.DO_NOT_CALL else ItemState.OBSOLETE
                self.run.shut("closed", [item for item in items if verdicts.get(item.pk) == reason], state, reason)

        self.run.in_lots(DueItem.objects.open().filter(pk__in=ids), close)

    def correct(self) -> None:
        """Give open items that nobody has tried the customer, car and dates of their corrected fact.

        A new window that has not opened yet lets the item wait; one that has passed closes it as FACT_MOVED. What was tried keeps
        its dates, and its customer too, unless she is void.
        """
        ids = [pk for pk, verdict in self.strays.items() if verdict == CORRECT]

        def change(items):
            verdicts = self._judge(items)
            moved = self._follow([item for item in items if verdicts.get(item.pk) == CORRECT])
            gone = sum(item.state != ItemState.OPEN for item in moved)
            self.counts["closed"] += gone
            self.counts["updated"] += len(moved) - gone

        self.run.in_lots(DueItem.objects.open().filter(pk__in=ids), change, whom=self._whom)

    # --- Supersede and insert -------------------------------------------------------------------------------------------
    def supersede(self) -> None:
        """Close open items of an earlier step where a later one of the same fact opens; what had run out before then, expires."""
        for number, later in enumerate(self.windows[1:], start=1):
            earlier = [window.code for window in self.windows[:number]]
            opened = self.facts.between(self.facts.asking, None, self.run.today - dt.timedelta(days=later.opens))
            old = self.items.open().filter(Exists(opened.filter(pk=OuterRef("fact_id"))), round__in=earlier)

            def close(items, later=later):
                facts = self.facts.asking_of(items)
                ran_out, overtaken = [], []
                for item in items:
                    if item.fact_id in facts:
                        opens_on = facts[item.fact_id].anchor + dt.timedelta(days=later.opens)
                        in_time = item.expires_on is None or item.expires_on + ONE_DAY >= opens_on
                        (overtaken if in_time else ran_out).append(item)
                self.run.shut("expired", ran_out, ItemState.EXPIRED, CloseReason.WINDOW_PASSED)
                self.run.shut("superseded", overtaken, ItemState.SUPERSEDED, CloseReason.LATER_STEP)

            self.run.in_lots(old, close)

    def insert(self) -> None:
        """Make the items of all windows that have opened since the last run, and of all facts changed since.

        Where the dial has changed since, all windows that had not closed by then are read again. What has its item already is left
        out by the unique constraint, not by a NOT EXISTS: there is little of it, and PostgreSQL, on a table it has no statistics of
        yet, answers that question by comparing everything with everything.
        An item is born in the state it would have by now: expired or superseded where nobody could work it in time.
        """
        for window, later in self.steps():
            facts = self.facts.asking
            lots = []
            first, last = self._unread(window), self.run.today - dt.timedelta(days=window.opens)
            while first <= last:
                until = min(first + dt.timedelta(days=SLICE_DAYS - 1), last)
                lots.append(self.facts.between(facts, first, until))
                first = until + ONE_DAY
            if self.run.since is not None and self.run.has_changes(self.rule.fact):
                live = self.run.store.live_on - dt.timedelta(days=window.expires)
                lots.append(self.facts.changed(facts, self.run.since, live, last))
            for lot in lots:
                with transaction.atomic():
                    heartbeat(self.run.row)
                    self._insert(window, later, lot)

    def _unread(self, window) -> dt.date:
        """The first anchor day whose facts, unchanged as they may be, have not been read by this window yet."""
        first = self.run.seen_until - dt.timedelta(days=window.expires)
        if self.run.last_windows.get(self.rule.code, {}).get(window.code) != window.days:
            return first
        return max(first, self.run.last_day + ONE_DAY - dt.timedelta(days=window.opens))

    def _insert(self, window, later, facts):
        run, anchor = self.run, self.rule.anchor

        def passed(days):
            return Q(**{f"{anchor}__lt": run.today - dt.timedelta(days=days)})

        born = []  # (which facts, state, reason); the first that holds
        if not self.rule.asked_for:
            born.append((Q(is_quiet=True), ItemState.DECLINED, CloseReason.DO_NOT_CALL))
        if later is not None and window.expires + 1 >= later.opens:
            born.append((passed(later.opens - 1), ItemState.SUPERSEDED, CloseReason.LATER_STEP))
        born.append((passed(window.expires), ItemState.EXPIRED, CloseReason.WINDOW_PASSED))
        made = insert_select(
            DueItem,
            facts,
            {
                "store": run.store.pk,
                "rule": self.rule.code,
                "fact_id": F("pk"),
                "round": window.code,
                "customer": F("who"),
                "vehicle": F(self.rule.vehicle) if self.rule.vehicle else None,
                "anchor_on": F(anchor),
                "opens_on": AddDays(F(anchor), window.opens),
                "due_on": AddDays(F(anchor), window.due),
                "expires_on": AddDays(F(anchor), window.expires),
                "callable_at": run.calls_from(run.today),
                "state": _first((which, state, ItemState.OPEN) for which, state, _reason in born),
                "reason": _first((which, reason, "") for which, _state, reason in born),
                "reason_params": {},
                "closed_at": _first((which, run.now, None) for which, _state, _reason in born),
                "attempts": 0,
                "bands_failed": "",
                "created_at": run.now,
            },
            returning=["customer", "state"],
        )
        states = Counter(state for _customer, state in made)
        self.counts["created"] += len(made)
        self.counts["closed"] += states[ItemState.DECLINED]
        self.counts["superseded"] += states[ItemState.SUPERSEDED]
        self.counts["expired"] += states[ItemState.EXPIRED]
        run.recompute(customer for customer, state in made if state == ItemState.OPEN)

    def insert_planned(self) -> None:
        """Make the items of planned calls that have none, whenever they open. People type these: they are few, and read one by one."""
        if not self.run.has_changes(self.rule.fact):
            return
        made = DueItem.objects.filter(rule=self.rule.code, fact_id=OuterRef("pk"))
        facts = self.facts.asking.filter(~Exists(made)).exclude(expires_on__lt=self.run.store.live_on)
        if self.run.since is not None:
            facts = facts.filter(changed_at__gte=self.run.since)
        whom = sorted(facts.values_list("pk", "who"))
        for start in range(0, len(whom), LOT):
            lot = dict(whom[start : start + LOT])
            with transaction.atomic():
                heartbeat(self.run.row)
                lock_cards(lot.values())
                items = [self._planned(planned) for planned in facts.filter(pk__in=lot).order_by("pk")]
                DueItem.objects.bulk_create(items)
                self.counts["created"] += len(items)
                self.run.recompute(lot.values())

    def _planned(self, planned):
        run = self.run
        item = planned_item(planned, customer_id=planned.who, today=run.today, zone=run.store.zone, desk=run.desk)
        item.rule = self.rule.code
        if planned.is_quiet and not self.rule.asked_for:
            item.state, item.reason, item.closed_at = ItemState.DECLINED, CloseReason.DO_NOT_CALL, run.now
            self.counts["closed"] += 1
        return item

    # --- Reopen ---------------------------------------------------------------------------------------------------------
    def reopen(self) -> None:
        """Open again what a run closed by itself, where the reason has gone, nobody has tried, and the window is open.

        So a delivery that is undone and imported again is called about once; a day corrected forward brings back a call that had
        expired by the wrong one; and a customer who may be called again is.
        """
        closed = DueItem.objects.filter(rule=self.rule.code, closed_by__isnull=True, attempts=0)
        overtaken = closed.filter(
            store=self.run.store,
            state__in=[ItemState.OBSOLETE, ItemState.DECLINED],
            reason__in=RUN_REASONS,
            expires_on__gte=self.run.today,
        )
        for window, later in self.steps():
            first = self.run.today - dt.timedelta(days=window.expires)
            if later is not None:
                first = max(first, self.run.today - dt.timedelta(days=later.opens - 1))
            last = self.run.today - dt.timedelta(days=window.opens)
            open_now = self._callable(self.facts.asking)
            open_now = open_now.filter(**{f"{self.rule.anchor}__range": (first, last)})
            back = overtaken.filter(Exists(open_now.filter(pk=OuterRef("fact_id"))), round=window.code)
            self._reopen(back)
            if self.run.since is not None and self.run.has_changes(self.rule.fact):
                moved = open_now.filter(pk=OuterRef("fact_id")).exclude(**{self.rule.anchor: OuterRef("anchor_on")})
                ran_out = closed.filter(
                    Exists(moved), reason__in=[*RUN_REASONS, CloseReason.WINDOW_PASSED], round=window.code
                )
                ids = list(self.facts.changed(open_now, self.run.since, first, last).values_list("pk", flat=True))
                for start in range(0, len(ids), LOT):
                    self._reopen(ran_out.filter(fact_id__in=ids[start : start + LOT]))

    def _reopen(self, items):
        others = DueItem.objects.open().filter(rule=self.rule.code, fact_id=OuterRef("fact_id"))
        self.run.in_lots(items.filter(~Exists(others)), self._open_again, whom=self._whom)

    def reopen_planned(self) -> None:
        """The same for planned calls that were taken back and restored."""
        if self.run.since is None or not self.run.has_changes(self.rule.fact):
            return
        facts = self._callable(self.facts.asking.filter(changed_at__gte=self.run.since))
        ids = list(facts.exclude(expires_on__lt=self.run.today).values_list("pk", flat=True))
        closed = DueItem.objects.filter(
            rule=self.rule.code,
            state__in=[ItemState.OBSOLETE, ItemState.DECLINED],
            reason__in=RUN_REASONS,
            closed_by__isnull=True,
            attempts=0,
        )
        for start in range(0, len(ids), LOT):
            self._reopen(closed.filter(fact_id__in=ids[start : start + LOT]))

    def _callable(self, facts):
        return facts if self.rule.asked_for else facts.filter(is_quiet=False)

    def _open_again(self, items):
        for item in items:
            item.state, item.reason, item.closed_at = ItemState.OPEN, "", None
        self.counts["updated"] += len(self._follow(items))

    # --- Following a fact ----------------------------------------------------------------------------------------------
    def _whom(self, item_ids) -> set[int]:
        """The customers whom the facts of these items ask to call now."""
        facts = DueItem.objects.filter(pk__in=item_ids).values("fact_id")
        return set(self.facts.asking.filter(pk__in=facts).values_list("who", flat=True))

    def _follow(self, items) -> list:
        """Save on the items what their facts say now; returns those whose fact still asks."""
        facts = self.facts.asking_of(items)
        found = [item for item in items if item.fact_id in facts]
        for item in found:
            self._put(item, facts[item.fact_id])
        DueItem.objects.bulk_update(
            found,
            [
                *("customer", "vehicle", "anchor_on", "opens_on", "due_on", "expires_on", "callable_at", "due_at"),
                *("pinned_to", "pinned_until", "state", "reason", "closed_at"),
            ],
            batch_size=100,
        )
        return found

    def _put(self, item, fact):
        run = self.run
        item.customer_id = fact.who
        if item.attempts:
            return
        if self.rule.vehicle:
            item.vehicle_id = getattr(fact, self.rule.vehicle)
        if self.rule.is_planned:
            fresh = planned_item(fact, customer_id=fact.who, today=run.today, zone=run.store.zone, desk=run.desk)
            for name in ("opens_on", "due_on", "expires_on", "callable_at", "due_at", "pinned_to_id", "pinned_until"):
                setattr(item, name, getattr(fresh, name))
        else:
            window = next(window for window in self.windows if window.code == item.round)
            item.anchor_on = fact.anchor
            item.opens_on = fact.anchor + dt.timedelta(days=window.opens)
            item.due_on = fact.anchor + dt.timedelta(days=window.due)
            item.expires_on = fact.anchor + dt.timedelta(days=window.expires)
            item.callable_at = run.calls_from(item.opens_on)
        if item.expires_on is not None and item.expires_on < run.today:
            item.state, item.reason, item.closed_at = ItemState.OBSOLETE, CloseReason.FACT_MOVED, run.now

    # --- Let go ---------------------------------------------------------------------------------------------------------
    def count_let_go(self, seen_again_from: dt.datetime, tail: int) -> int:
        """Count windows that closed before the store's `live_on`, each once; returns how many of them the next run will meet again.

        A fact counts by its creation. The next run looks back to `seen_again_from`, a little before this run's watermark, and
        takes off what this one had counted there (`tail`, from the run before).
        """
        if not self.run.has_changes(self.rule.fact):
            return 0
        callers = Q(*((f"{column}__isnull", False) for column in self.rule.customer), _connector=Q.OR)
        facts = self.rule.fact.objects.filter(callers, self.rule.wanted, store=self.run.store, is_void=False)
        newly = again = 0
        for window in self.windows:
            last = self.run.store.live_on - dt.timedelta(days=window.expires) - ONE_DAY
            if self.run.since is None:
                gone, is_new = self.facts.between(facts, None, last), Q()
            else:
                gone = self.facts.changed(facts, self.run.since, None, last)
                is_new = Q(created_at__gte=self.run.since)
            found = gone.aggregate(
                newly=Count("pk", filter=is_new), again=Count("pk", filter=Q(created_at__gte=seen_again_from))
            )
            newly += found["newly"]
            again += found["again"]
        self.counts["let_go"] += max(newly - tail, 0)
        return again


def expire(run: Run, rules: tuple[Rule, ...]) -> None:
    """Close open items whose window has passed; they wait for the manager's decision."""
    codes = [rule.code for rule in rules]
    passed = DueItem.objects.open().filter(store=run.store, rule__in=codes, expires_on__lt=run.today)
    run.in_lots(passed, lambda items: run.shut("expired", items, ItemState.EXPIRED, CloseReason.WINDOW_PASSED))


def _first(cases):
    """CASE of (condition, value, value otherwise)."""
    cases = list(cases)
    return Case(*(When(which, then=Value(value)) for which, value, _otherwise in cases), default=Value(cases[0][2]))
