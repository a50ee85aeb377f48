"""What all steps of one run share: what they know, what they count, and how they write: in short transactions, cards first."""

import datetime as dt
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction

from accounts.calendar import WorkCalendar, calendar_of
from common.bands import first_call_moment
from customers.models import DoNotContact
from followups.choices import ItemState
from followups.models import DeskDial, DueItem, GenerationRun
from followups.rules import Rule
from followups.services.cards import lock_cards, recompute_cards
from followups.services.dials import Window
from followups.services.generation.facts import Reading
from followups.services.generation.ledger import heartbeat
from followups.services.generation.shapes import ONE_DAY, Shape, Slot

LOT = 500  # items changed per transaction
BEAT_SECONDS = 10.0
LIVE = (ItemState.OPEN, ItemState.TO_SEND)


@dataclass
class Verdict:
    """What becomes of one item: `values` are written if it still stands as it was looked at."""

    pk: int
    rule: str
    customer_id: int
    was: tuple[str, int]  # state and attempts when it was judged
    count: str  # closed, superseded, expired or updated
    values: dict

    @property
    def whom(self) -> set[int]:
        return {self.customer_id, self.values.get("customer_id", self.customer_id)}


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
    is_full: bool = False  # look at every open item, not only at those that something has happened to
    last_day: dt.date | None = None  # of the last finished run: what opened until then has its items,
    last_windows: dict = field(default_factory=dict)  # as far as it read by the same windows {rule: {step: days}}
    counts: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))
    _changes: dict[type, bool] = field(default_factory=dict)
    _beaten: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """A sign of life between transactions, where a long look writes nothing."""
        if time.monotonic() - self._beaten > BEAT_SECONDS:
            heartbeat(self.row)
            self._beaten = time.monotonic()

    def has_changes(self, fact: type) -> bool:
        """Whether any fact of this table changed since the last run; most nights it is no, and half of the questions are spared."""
        if fact not in self._changes:
            facts = fact.objects.filter(store=self.store)
            self._changes[fact] = self.since is None or facts.filter(changed_at__gte=self.since).exists()
        return self._changes[fact]

    @cached_property
    def has_wishes(self) -> bool:
        return DoNotContact.objects.filter(store=self.store, is_void=False).exists()

    @cached_property
    def calendar(self) -> WorkCalendar:
        return calendar_of(self.store)

    def calls_from(self, day: dt.date, until: dt.date | None = None) -> dt.datetime:
        return first_call_moment(max(day, self.today), self.store.zone, self.desk.bands, self.calendar, until=until)

    def recompute(self, customer_ids) -> None:
        recompute_cards(customer_ids, store=self.store, now=self.now)

    def apply(self, verdicts: Iterable[Verdict]) -> None:
        """Write these verdicts lot by lot, each with its cards locked before and recomputed after.

        What is no longer as it was judged, since a call was saved meanwhile, is left alone. What is closed goes first, so that an
        item that takes the place of another can open.
        """
        verdicts = list(verdicts)
        closing = [verdict for verdict in verdicts if verdict.count != "updated"]
        moving = [verdict for verdict in verdicts if verdict.count == "updated"]
        for several in (closing, moving):
            several.sort(key=lambda verdict: (verdict.customer_id, verdict.pk))
            for start in range(0, len(several), LOT):
                self._apply(several[start : start + LOT])

    def _apply(self, lot):
        customers = set().union(*(verdict.whom for verdict in lot))
        with transaction.atomic():
            heartbeat(self.row)
            lock_cards(customers)
            items = DueItem.objects.filter(pk__in=[verdict.pk for verdict in lot]).select_for_update().order_by("pk")
            stands = {pk: (state, attempts) for pk, state, attempts in items.values_list("pk", "state", "attempts")}
            alike = defaultdict(list)
            for verdict in lot:
                if stands.get(verdict.pk) == verdict.was:
                    alike[json.dumps(verdict.values, default=str, sort_keys=True)].append(verdict)
                    self.counts[verdict.rule][verdict.count] += 1
            for several in alike.values():
                DueItem.objects.filter(pk__in=[verdict.pk for verdict in several]).update(**several[0].values)
            self.recompute(customers)


@dataclass
class RuleRun:
    """One rule in one run."""

    run: Run
    rule: Rule
    windows: tuple[Window, ...]  # of the steps that are switched on, in order; none for planned rules

    def __post_init__(self):
        self.facts = Reading(self.rule, self.run.store, self.run.today)
        self.shape = Shape(self.rule, self.windows)
        self.counts = self.run.counts[self.rule.code]

    @property
    def items(self):
        return DueItem.objects.filter(store=self.run.store, rule=self.rule.code)

    @property
    def daily(self) -> int | None:
        """The intake: at most so many new a day."""
        return min((window.daily for window in self.windows if window.daily is not None), default=None)

    def is_new(self, slot: Slot) -> bool:
        """Whether the last run did not read by this slot: it starts with the windows that are still open."""
        return self.run.last_day is not None and slot.code not in self.run.last_windows.get(self.rule.code, {})

    def steps(self):
        """(slot, the one that follows it or None)."""
        return self.shape.by_code.values()

    def unread(self, slot: Slot) -> dt.date:
        """The first anchor day whose facts, unchanged as they may be, have not been read by this slot yet."""
        if self.is_new(slot):
            return max(self.run.seen_until, self.run.today) - dt.timedelta(days=slot.expires)
        first = self.run.seen_until - dt.timedelta(days=slot.expires)
        if self.run.last_windows.get(self.rule.code, {}).get(slot.code) != slot.days:
            return first
        return max(first, self.run.last_day + ONE_DAY - dt.timedelta(days=slot.opens))

    def last(self, slot: Slot) -> dt.date:
        """The last anchor day for which the slot is open by today."""
        return self.run.today - dt.timedelta(days=slot.opens)
