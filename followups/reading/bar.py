"""The sticky bar: a specialist's own figures of the day, the promise that comes next, and what she left half done."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, Value

from common.templatetags.dcrc import listed
from complaints.models import Complaint
from followups import wording
from followups.choices import LeftWhy, Level
from followups.models import Call, CallOutcome, DeskDial, Draft, DueItem, LeftCard, Skip
from followups.reading.counts import COUNT_LIMIT, count_words, counts_of

PROMISE = "promise"
TRAY_SHOWN = 9  # as many as there are digits


@dataclass
class Unfinished:
    """A card that she took and left without a result, and why."""

    card_id: int
    name: str
    at: dt.datetime
    has_draft: bool = False
    whys: list[str] = field(default_factory=list)

    @property
    def why(self) -> str:
        return listed(self.whys)


@dataclass
class Bar:
    """`done`/`connected`: customers called today by this person, and those where somebody spoke; `left`: cards she could
    take now; `promises`: hers that are due today. Counts are capped; `dial` is the store's DeskDial.
    """

    dial: DeskDial
    left: int
    counts: dict[str, int]
    visits: set[uuid.UUID] = field(default_factory=set)  # of the calls of today that stand
    done: int = 0
    connected: int = 0
    promises: int = 0
    next_promise: DueItem | None = None
    next_promise_moment: str = ""
    next_words: wording.Words | None = None
    lease_id: int | None = None  # the card she holds
    lease_name: str = ""
    tray: list[Unfinished] = field(default_factory=list)  # newest first; not the card she holds
    last_call: Call | None = None
    last_complaints: list[Complaint] = field(default_factory=list)  # opened by it
    undo_until: dt.datetime | None = None

    @property
    def left_words(self):
        return count_words(self.left)

    @property
    def connected_percent(self):
        return round(100 * self.connected / self.done) if self.done else None


def bar_of(user, now: dt.datetime, *, counted=()) -> Bar:
    """Four queries, and one more where a call may still be undone. `now` in the store's zone; `counted` names further counts
    (reading.counts) for Bar.counts.
    """
    counts, held, name, dial = counts_of(user, now, ("left", *counted))
    bar = Bar(dial, counts["left"], counts, lease_id=held, lease_name=name)
    _read_promises(bar, user, now)
    _read_tray(bar, user, now)
    _read_calls(bar, user, now)
    return bar


def _read_promises(bar, user, now):
    """Her promises up to the end of the day, those that are late among them."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    promises = DueItem.objects.visible_to(user).open().filter(rule=PROMISE, pinned_to=user, due_at__lt=tomorrow)
    promises = list(promises.select_related("customer").order_by("due_at", "id")[: COUNT_LIMIT + 1])
    bar.promises = len(promises)
    if promises:
        bar.next_promise = promises[0]
        bar.next_promise_moment = wording.moment(promises[0].due_at, now)
        bar.next_words = wording.minutes_from(promises[0].due_at, now)


def _read_tray(bar, user, now):
    """What she took and left without a result: drafts, and the cards of today that nobody has called, put aside or taken since. One
    query."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Draft.objects.filter(user=user).annotate(left_at=F("updated_at"), left_why=Value(LeftWhy.DRAFT))
    held = Q(card__lease_by__isnull=False, card__lease_until__gt=now) & ~Q(card__lease_by=user)
    left = LeftCard.objects.filter(user=user, at__gte=midnight, card__is_open=True).exclude(held)
    called = Call.objects.filter(card=OuterRef("card"), at__gte=OuterRef("at"), undone_at__isnull=True)
    aside = Skip.objects.filter(card=OuterRef("card"), at__gte=OuterRef("at"))
    left = left.filter(~Exists(called), ~Exists(aside)).annotate(left_at=F("at"), left_why=F("why"))
    shown = ("card_id", "card__customer__name", "left_at", "left_why")
    found = {}
    for card_id, name, at, why in rows.values_list(*shown).union(left.values_list(*shown)).order_by("-left_at"):
        if card_id == bar.lease_id:
            continue
        entry = found.setdefault(card_id, Unfinished(card_id, name, at))
        entry.has_draft |= why == LeftWhy.DRAFT
        entry.whys.append(str(LeftWhy(why).label))
    bar.tray = list(found.values())[:TRAY_SHOWN]


def _read_calls(bar, user, now):
    """Her calls since midnight, newest first: the figures, and whether the last one saved a card and may still be undone
    (services.undo has the last word).
    """
    fresh = now - dt.timedelta(minutes=bar.dial.undo_minutes)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.visible_to(user).filter(by=user, at__gte=min(fresh, midnight)).order_by("-at", "-id")
    calls = list(calls.values_list("pk", "at", "visit", "level", "undone_at", "undo_data__saves")[: 2 * COUNT_LIMIT])
    standing = [
        (visit, level) for _pk, at, visit, level, undone_at, _saves in calls if undone_at is None and at >= midnight
    ]
    bar.visits = {visit for visit, _level in standing}
    bar.done = len(bar.visits)
    bar.connected = len({visit for visit, level in standing if level == Level.REACHED})
    if not calls:
        return
    pk, at, _visit, _level, undone_at, saves = calls[0]
    if saves and undone_at is None and at > fresh:
        meant = list(CallOutcome.objects.filter(call=pk).select_related("call__customer", "call__outcome", "complaint"))
        bar.last_call = meant[0].call if meant else Call.objects.select_related("customer", "outcome").get(pk=pk)
        bar.last_complaints = [row.complaint for row in meant if row.complaint_id]
        bar.undo_until = at + dt.timedelta(minutes=bar.dial.undo_minutes)
