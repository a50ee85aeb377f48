"""The sticky bar: a specialist's own figures of the day, the promise that comes next, and what she left half done."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import IntegerField, OuterRef, Subquery

from followups import wording
from followups.choices import Level
from followups.models import Call, CallCard, DeskDial, Draft, DueItem

PROMISE = "promise"
COUNT_LIMIT = 1000  # beyond it a count is shown as "1,000+": counting on costs more than it tells


class CappedCount(Subquery):
    """How many rows a queryset has, counting no further than COUNT_LIMIT + 1."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, queryset):
        super().__init__(queryset.order_by()[: COUNT_LIMIT + 1])


def count_words(count: int) -> str:
    """`37`, or `1,000+` where counting stopped."""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else str(count)


@dataclass
class Bar:
    """`done`/`connected`: customers called today by this person, and those where somebody spoke; `left`: cards she could
    take now; `promises`: hers that are due today. Counts are capped; `dial` is the store's DeskDial.
    """

    dial: DeskDial
    done: int
    connected: int
    left: int
    promises: int
    counts: dict[str, int] = field(default_factory=dict)
    next_promise: DueItem | None = None
    next_promise_moment: str = ""
    next_words: wording.Words | None = None
    lease_id: int | None = None  # the card she holds
    lease_name: str = ""
    drafts: list[Draft] = field(default_factory=list)  # typed and not saved, newest first; not of the card she holds
    last_call: Call | None = None
    undo_until: dt.datetime | None = None

    @property
    def left_words(self):
        return count_words(self.left)

    @property
    def connected_percent(self):
        return round(100 * self.connected / self.done) if self.done else None


def bar_of(user, now: dt.datetime, *, counted: dict | None = None) -> Bar:
    """Four queries. `now` in the store's zone; `counted` are further {name: cards queryset} to count along (Bar.counts)."""
    counted = counted or {}
    dial = _dial_with_counts(user, now, counted)
    promise = _promises(user).select_related("customer").order_by("due_at", "id").first()
    drafts = Draft.objects.filter(user=user).exclude(card_id=dial.lease_id or 0).select_related("card__customer")
    bar = Bar(
        dial=dial,
        done=dial.done,
        connected=dial.connected,
        left=dial.left,
        promises=dial.promises,
        counts={name: getattr(dial, f"count_{name}") for name in counted},
        next_promise=promise,
        next_promise_moment=wording.moment(promise.due_at, now) if promise else "",
        next_words=wording.minutes_from(promise.due_at, now) if promise else None,
        lease_id=dial.lease_id,
        lease_name=dial.lease_name or "",
        drafts=list(drafts.order_by("-updated_at")[:5]),
    )
    bar.last_call, bar.undo_until = _undoable(user, now, dial)
    return bar


def _promises(user):
    return DueItem.objects.visible_to(user).open().filter(rule=PROMISE, pinned_to=user, due_at__isnull=False)


def _dial_with_counts(user, now, counted):
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    visits = Call.objects.filter(store_id=OuterRef("store_id"), by=user, at__gte=start, undone_at__isnull=True)
    cards = CallCard.objects.visible_to(user)
    held = cards.filter(lease_by=user)
    annotations = {
        "lease_id": Subquery(held.values("pk")[:1]),
        "lease_name": Subquery(held.values("customer__name")[:1]),
        "done": CappedCount(visits.values("visit").distinct()),
        "connected": CappedCount(visits.filter(level=Level.REACHED).values("visit").distinct()),
        "left": CappedCount(cards.callable(now).free_for(user, now).values("pk")),
        "promises": CappedCount(_promises(user).filter(due_at__lt=start + dt.timedelta(days=1)).values("pk")),
        **{f"count_{name}": CappedCount(queryset.values("pk")) for name, queryset in counted.items()},
    }
    return DeskDial.objects.annotate(**annotations).get(store_id=user.store_id)


def _undoable(user, now, dial):
    """Her last call if it saved a card and may still be undone (services.undo has the last word)."""
    since = now - dt.timedelta(minutes=dial.undo_minutes)
    calls = Call.objects.visible_to(user).filter(by=user, at__gt=since).select_related("customer", "outcome")
    call = calls.order_by("-at", "-id").first()
    if call is None or call.undone_at is not None or not call.undo_data.get("saves"):
        return None, None
    return call, call.at + dt.timedelta(minutes=dial.undo_minutes)
