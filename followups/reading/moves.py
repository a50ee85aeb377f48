"""Pages of moves: the cards to choose from, what a move would do to the queue, the log, and what became of one move."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.utils.functional import Promise as LazyText

from accounts.models import User
from common.paging import capped_count, keyset_page
from common.templatetags.dcrc import listed
from followups import wording
from followups.choices import MoveDeed, MoveState, PassedOver
from followups.models import Call, CallCard, DueItem, QueueMove, QueueMoveLine
from followups.services.forecast import DAYS, USUAL_DAYS
from followups.services.reserving import Step
from followups.services.steering import UNDO_WITHIN

SHOWN = 50


# --- To choose from -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CardRow:
    pk: int
    customer_id: int
    name: str
    topics: str
    due: wording.Words
    whose: str
    when: str  # "" for now
    held_by: str


CARD = (
    "id",
    "rank",
    "customer_id",
    "customer__name",
    "rules",
    "due_on",
    "callable_at",
    "assigned_to__full_name",
    "assigned_until",
    "pinned_to__full_name",
    "pinned_until",
    "lease_by__full_name",
    "lease_until",
)


def choice_page(cards, now: dt.datetime, *, after="") -> tuple[list[CardRow], str, str]:
    """(rows, token of the next page, how many there are in words). Two queries."""
    page = keyset_page(cards.values_list(*CARD, named=True), ("rank", "id"), after=after, size=SHOWN)
    return [_row(card, now) for card in page.rows], page.next, capped_count(cards)


def _row(card, now):
    whose = [
        name
        for name, until in (
            (card.pinned_to__full_name, card.pinned_until),
            (card.assigned_to__full_name, card.assigned_until),
        )
        if name and until > now
    ]
    return CardRow(
        pk=card.id,
        customer_id=card.customer_id,
        name=card.customer__name,
        topics=listed(wording.rule_label(code) for code in card.rules),
        due=wording.deadline(card.due_on, now.date()),
        whose=whose[0] if whose else "",
        when="" if card.callable_at <= now else wording.callable_from(card.callable_at, now),
        held_by=card.lease_by__full_name if card.lease_by__full_name and card.lease_until > now else "",
    )


# --- What it would do ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Share:
    """What one person would have: cards reserved now and then, and for how many days that is work (None: she has not called lately)."""

    name: str
    now: int
    then: int
    usual: int | None

    @property
    def days(self):
        return f"{self.then / self.usual:.1f}" if self.usual else None


@dataclass(frozen=True)
class Preview:
    """Of a move that is not made yet. `held`: cards somebody works on, which it would leave alone; `free_now` and `free_then`: the cards
    anybody may take just now; `days`: (day, cards that come up, and would); `late`: topics whose deadline passes while they are put aside,
    `lost`: whose last useful day does."""

    customers: int
    topics: int
    overdue: int
    promises: int
    held: int
    free_now: int
    free_then: int
    shares: list[Share]
    days: list[tuple[dt.date, int, int]]
    late: int = 0
    lost: int = 0

    @property
    def moving(self) -> int:
        """So many cards would change: a button that promises more is not believed the next time."""
        return self.customers - self.held


def preview(cards, step: Step, *, store, now: dt.datetime) -> Preview:
    """What `step` would do with these open cards of `store` (a queryset); `now` in the store's zone. At most nine queries."""
    held = Q(lease_by__isnull=False, lease_until__gt=now)
    free = Q(callable_at__lte=now) & (Q(assigned_to__isnull=True) | Q(assigned_until__lte=now))
    pk = Count("pk")
    told = cards.order_by().aggregate(
        customers=pk,
        topics=Sum("items_open", default=0),
        overdue=Count("pk", filter=Q(due_on__lt=now.date())),
        held=Count("pk", filter=held),
        free=Count("pk", filter=free & ~held),
        kept=Count("pk", filter=~free & Q(callable_at__lte=now) & ~held),
    )
    everything = CallCard.objects.open().filter(store=store)
    free_now = everything.filter(free).count()
    changes = {MoveDeed.ASSIGN: -told["free"], MoveDeed.PUT_ASIDE: -told["free"], MoveDeed.RETURN: told["kept"]}
    promises = DueItem.objects.open().filter(due_at__isnull=False, customer__card__in=cards.values("pk"))
    is_aside = step.deed == MoveDeed.PUT_ASIDE
    late, lost = _passing(cards, step) if is_aside else (0, 0)
    return Preview(
        **{name: told[name] for name in ("customers", "topics", "overdue", "held")},
        promises=promises.count(),
        free_now=free_now,
        free_then=free_now + changes[step.deed],
        shares=[] if is_aside else _shares(cards, step, told["customers"] - told["held"], store, now),
        days=_days(cards, everything, step, held, now) if is_aside else [],
        late=late,
        lost=lost,
    )


def _shares(cards, step, count, store, now):
    """Whose reservations change: of who gets some in turn, and who loses some."""
    reserved = CallCard.objects.open().filter(store=store, assigned_until__gt=now, assigned_to__isnull=False)
    names, has = {}, Counter()
    for person, name, number in (
        reserved.order_by().values_list("assigned_to", "assigned_to__full_name").annotate(Count("pk"))
    ):
        names[person], has[person] = name, number
    loses = Counter(
        dict(
            cards.filter(assigned_until__gt=now, assigned_to__isnull=False)
            .filter(Q(lease_by__isnull=True) | Q(lease_until__lte=now))
            .order_by()
            .values_list("assigned_to")
            .annotate(Count("pk"))
        )
    )
    gets = Counter()
    for place, person in enumerate(step.people):
        names[person.pk] = person.full_name
        gets[person.pk] = count // len(step.people) + (place < count % len(step.people))
    usual = _usual(store, now, loses.keys() | gets.keys())
    return [
        Share(names[pk], has[pk], has[pk] - loses[pk] + gets[pk], usual.get(pk))
        for pk in sorted(loses.keys() | gets.keys(), key=lambda pk: (names[pk], pk))
    ]


def _usual(store, now, people) -> dict[int, int]:
    """{person: customers called on an average day on which she called, of the last fortnight}."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.filter(store=store, by__in=people, undone_at__isnull=True, at__lt=midnight)
    calls = calls.filter(at__gte=midnight - dt.timedelta(days=USUAL_DAYS))
    called = {
        (person, store.day_of(at), customer) for person, customer, at in calls.values_list("by", "customer", "at")
    }
    days = Counter(person for person, _day in {(person, day) for person, day, _customer in called})
    per_person = Counter(person for person, _day, _customer in called)
    return {person: max(1, round(per_person[person] / days[person])) for person in days}


def _days(cards, everything, step, held, now):
    """Of today and the six days after it, how many cards come up; those that are put aside leave theirs and come up on their day."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = [midnight + dt.timedelta(days=number) for number in range(DAYS + 1)]
    within = {"d0": Q(callable_at__lt=ends[1])} | {
        f"d{number}": Q(callable_at__gte=ends[number], callable_at__lt=ends[number + 1]) for number in range(1, DAYS)
    }
    counts = {name: Count("pk", filter=condition) for name, condition in within.items()}
    come = everything.aggregate(**counts)
    go = cards.exclude(held).order_by().aggregate(**counts, all=Count("pk"))
    back = (step.until.astimezone(now.tzinfo).date() - now.date()).days
    found = []
    for number in range(DAYS):
        then = come[f"d{number}"] - go[f"d{number}"] + (go["all"] if number == back else 0)
        found.append((ends[number].date(), come[f"d{number}"], then))
    return found


def _passing(cards, step):
    until = step.until.date()
    topics = DueItem.objects.open().filter(customer__card__in=cards.values("pk"))
    counts = topics.aggregate(
        late=Count("pk", filter=Q(due_on__lt=until)), lost=Count("pk", filter=Q(expires_on__lt=until))
    )
    return counts["late"], counts["lost"]


# --- The log -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MoveWords:
    """A move as a line of the log. `is_running`: it, or its undo, is under way; `may_undo`: within the time."""

    move: QueueMove
    deed: str | LazyText
    people: str
    until: str
    passed: list[tuple[int, str | LazyText]]
    is_running: bool
    may_undo: bool


def move_words(moves, now: dt.datetime) -> list[MoveWords]:
    """Lines for these moves (with `by`); one query for the names of all."""
    ids = {pk for move in moves for pk in move.params.get("people", ())}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    return [_words(move, names, now) for move in moves]


def _words(move, names, now):
    until = move.params.get("until")
    fresh = now - move.at <= UNDO_WITHIN
    return MoveWords(
        move=move,
        deed=move.get_deed_display(),
        people=listed(names[pk] for pk in move.params.get("people", ()) if pk in names),
        until=wording.day_and_year(dt.date.fromisoformat(until), now.date()) if until else "",
        passed=[(count, dict(PassedOver.choices).get(why, why)) for why, count in sorted(move.passed.items())],
        is_running=move.state in (MoveState.WAITING, MoveState.UNDOING),
        may_undo=fresh and move.state == MoveState.DONE and move.deed != MoveDeed.TAKE_BACK and move.moved > 0,
    )


def log_page(user, now: dt.datetime, *, after="") -> tuple[list[MoveWords], str]:
    moves = QueueMove.objects.visible_to(user).select_related("by", "undo_by")
    page = keyset_page(moves, ("-id",), after=after, size=SHOWN)
    return move_words(page.rows, now), page.next


def lines_page(move, *, after=""):
    """The cards that a move has moved, with customer and person."""
    lines = QueueMoveLine.objects.filter(move=move).select_related("card__customer", "person")
    return keyset_page(lines.annotate(name=F("card__customer__name")), ("id",), after=after, size=SHOWN)


# --- At the desk --------------------------------------------------------------------------------------------------------
def taken_from(card, user) -> QueueMove | None:
    """The deed by which the card was taken back from this person, if that was the last that happened between the two."""
    lines = QueueMoveLine.objects.filter(card=card, person=user, move__deed=MoveDeed.TAKE_BACK)
    line = lines.select_related("move__by").order_by("-pk").first()
    if line is None or card.lease_by_id == user.pk:
        return None
    called = Call.objects.filter(card=card, by=user, at__gt=line.move.at)
    return None if called.exists() else line.move
