"""One lot of cards moved, or put back: reserved for people, given back to the team, put aside until a day.

Deadlines never move, and a promise keeps its moment: it may get another person, and no card is put aside beyond it. Called by
services.steering and by the job of large moves; each lot in one transaction: cards locked by id, then their promises.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.dateparse import parse_datetime

from accounts.models import User
from audit.choices import Source
from audit.models import Change
from audit.services import change_row
from followups.choices import MoveDeed, PassedOver, PlanKind
from followups.models import Call, CallCard, DueItem, PlannedCall, QueueMoveLine
from followups.permissions import is_held
from followups.services.cards import recompute_cards

KEPT = ("assigned_to_id", "assigned_until", "skipped_until")  # of a card, what a move changes


@dataclass(frozen=True)
class Step:
    """What shall become of cards. `people`: for whom, in turn; `until`: of a reservation its end, of what is put aside the moment at
    which it comes back; `promises`: those of the cards go along; `grace`: how long a promise belongs to its person, at least from now.
    """

    deed: MoveDeed
    people: tuple[User, ...] = ()
    until: dt.datetime | None = None
    promises: bool = True
    grace: dt.timedelta = dt.timedelta(minutes=15)


@dataclass
class Moved:
    lines: list[QueueMoveLine] = field(default_factory=list)  # unsaved
    passed: Counter = field(default_factory=Counter)  # {PassedOver: cards}


def move_lot(card_ids, step: Step, *, store, by, now, note, turn=0) -> Moved:
    """Move these cards of `store` as `step` says; `turn`: how many the move has given out before. In a transaction of the caller."""
    done, cards, pins = Moved(), _locked(card_ids, store), {}
    if step.promises or step.deed == MoveDeed.PUT_ASIDE:
        pins = _promises_of(cards)
    history, touched = [], []
    for card in cards:
        mine = pins.get(card.customer_id, [])
        person = step.people[(turn + len(done.lines)) % len(step.people)] if step.people else None
        before = state_of(card, mine)
        why = _passed_over(card, mine, step, now) or _change(card, mine, person, step, now)
        if why:
            done.passed[why] += 1
            continue
        done.lines.append(QueueMoveLine(card=card, person=person, before=before, after=state_of(card, mine)))
        touched += mine if step.deed != MoveDeed.PUT_ASIDE else []
        history.append(_history(card, done.lines[-1], by=by, now=now, note=note))
    _write([line.card for line in done.lines], touched, store, now)
    Change.objects.bulk_create(history, batch_size=500)
    return done


def _locked(card_ids, store):
    cards = CallCard.objects.select_for_update(of=("self",)).filter(store=store, pk__in=list(card_ids))
    return list(cards.order_by("pk"))


def _promises_of(cards) -> dict[int, list[DueItem]]:
    found = defaultdict(list)
    promises = DueItem.objects.select_for_update(of=("self",)).open().filter(due_at__isnull=False)
    for item in promises.filter(customer_id__in=[card.customer_id for card in cards]).order_by("pk"):
        found[item.customer_id].append(item)
    return found


def _passed_over(card, promises, step, now) -> str:
    if not card.is_open:
        return PassedOver.CLOSED
    if is_held(card, now):
        return PassedOver.HELD
    if step.deed == MoveDeed.PUT_ASIDE and any(item.callable_at <= now for item in promises):
        return PassedOver.PROMISE
    return ""


def _change(card, promises, person, step, now) -> str:
    """Change the card and its promises in memory; SAME where that changes nothing."""
    before = state_of(card, promises)
    if step.deed == MoveDeed.PUT_ASIDE:
        card.skipped_until = min([step.until, *(item.callable_at for item in promises)])
    else:
        card.assigned_to, card.assigned_until = person, step.until if person else None
        for item in promises:
            item.pinned_to = person
            item.pinned_until = max(item.due_at, now) + step.grace if person else None
    return PassedOver.SAME if state_of(card, promises) == before else ""


def _history(card, line, *, by, now, note="", is_undo=False):
    old, new = (line.after, line.before) if is_undo else (line.before, line.after)
    changes = {name.removesuffix("_id"): (old[name], new[name]) for name in KEPT if old[name] != new[name]}
    whom = [next((person for person, _until in state["pins"].values() if person), None) for state in (old, new)]
    if whom[0] != whom[1]:
        changes["pinned_to"] = tuple(whom)
    params = {"note": note} if note else {}
    shared = {"by": by, "source": Source.FORM, "deed": "steer", "customer_id": card.customer_id}
    return change_row(card, changes, params=params, at=now, **shared)


def state_of(card, promises) -> dict:
    """What a move may change of a card, as QueueMoveLine keeps it."""
    kept = {name: _text(getattr(card, name)) for name in KEPT}
    return kept | {"pins": {str(item.pk): [item.pinned_to_id, _text(item.pinned_until)] for item in promises}}


def _text(value):
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def _write(cards, promises, store, now):
    if not cards:
        return
    CallCard.objects.bulk_update(cards, ["assigned_to", "assigned_until", "skipped_until"], batch_size=200)
    DueItem.objects.bulk_update(promises, ["pinned_to", "pinned_until"], batch_size=200)
    facts = {item.fact_id: item.pinned_to_id for item in promises if item.rule == PlanKind.PROMISE}
    planned = list(PlannedCall.objects.filter(pk__in=facts).order_by("pk"))
    for fact in planned:
        fact.pinned_to_id, fact.changed_at = facts[fact.pk], now
    PlannedCall.objects.bulk_update(planned, ["pinned_to", "changed_at"], batch_size=200)
    recompute_cards([card.customer_id for card in cards], store=store, now=now)


# --- And back ---------------------------------------------------------------------------------------------------------
def put_back_lot(lines, *, store, by, now, since) -> list[QueueMoveLine]:
    """Put the cards of these lines back as they were; gives the lines of those that were. In a transaction of the caller.

    A card that somebody works on, has called about since (`since`) or has moved again stays as it is.
    """
    called = Call.objects.filter(card=OuterRef("pk"), at__gte=since, undone_at__isnull=True)
    lines = {line.card_id: line for line in lines}
    cards = {card.pk: card for card in _locked(lines, store)}
    worked = set(CallCard.objects.filter(Exists(called), pk__in=cards).values_list("pk", flat=True))
    pins = _promises_of(cards.values())
    back, touched, history = [], [], []
    for card in cards.values():
        line, promises = lines[card.pk], pins.get(card.customer_id, [])
        promises = [item for item in promises if str(item.pk) in line.after["pins"]]
        if card.pk in worked or is_held(card, now) or state_of(card, promises) != line.after:
            continue
        _restore(card, promises, line.before)
        touched += promises
        line.card, line.is_undone = card, True
        back.append(line)
        history.append(_history(card, line, by=by, now=now, is_undo=True))
    _write([line.card for line in back], touched, store, now)
    QueueMoveLine.objects.filter(pk__in=[line.pk for line in back]).update(is_undone=True)
    Change.objects.bulk_create(history, batch_size=500)
    return back


def _restore(card, promises, before):
    card.assigned_to_id = before["assigned_to_id"]
    for name in ("assigned_until", "skipped_until"):
        setattr(card, name, before[name] and parse_datetime(before[name]))
    for item in promises:
        item.pinned_to_id, until = before["pins"][str(item.pk)]
        item.pinned_until = until and parse_datetime(until)
