"""The sticky bar: a specialist's own figures of the day, the promise that comes next, and what she left half done."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from complaints.models import Complaint
from followups import wording
from followups.choices import Level
from followups.models import Call, CallOutcome, DeskDial, Draft, DueItem
from followups.reading.counts import COUNT_LIMIT, count_words, counts_of

PROMISE = "promise"
DRAFTS_SHOWN = 5


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
    drafts: list[dict] = field(default_factory=list)  # card_id, name, updated_at; not of the card she holds
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
    """Five queries, and one more where a call may still be undone. `now` in the store's zone; `counted` names further counts
    (reading.counts) for Bar.counts.
    """
    counts, held, name = counts_of(user, now, ("left", *counted))
    dial = DeskDial.objects.get(store_id=user.store_id)
    bar = Bar(dial, counts["left"], counts, lease_id=held, lease_name=name)
    _read_promises(bar, user, now)
    _read_drafts(bar, user)
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


def _read_drafts(bar, user):
    drafts = (
        Draft.objects.filter(user=user).order_by("-updated_at").values("card_id", "card__customer__name", "updated_at")
    )
    bar.drafts = [
        {"card_id": draft["card_id"], "name": draft["card__customer__name"], "updated_at": draft["updated_at"]}
        for draft in drafts[: DRAFTS_SHOWN + 1]
        if draft["card_id"] != bar.lease_id
    ]


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
