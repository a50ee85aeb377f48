"""How a manager steers the queue: cards reserved for people or given back to the team, put aside, moved in bulk, taken back.

A reservation says to whom a card is offered by itself (services.offering); like every preference it blocks nothing where its person
is not here today, and whoever chooses the card by hand may still have it. Every deed is a QueueMove with its reason. A move may be
large: the row is its ledger, it goes through the cards by id in lots, and what a killed worker left is gone on with.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.calendar import calendar_of
from accounts.models import User
from audit.choices import Source
from audit.services import record_change
from common.bands import first_call_moment
from common.insert_select import database_now
from followups.choices import MoveDeed, MoveState
from followups.models import CallCard, QueueMove, QueueMoveLine
from followups.move_filters import found_cards
from followups.services import steering_notices
from followups.services.dials import desk_of
from followups.services.reserving import Step, move_lot, put_back_lot

LOT = 250  # cards locked and written at a time
AT_ONCE = 500  # a move of so many is made in the request, a larger one by a worker
TASK = "followups.tasks.move_cards"
STALE = dt.timedelta(seconds=60)
UNDO_WITHIN = dt.timedelta(hours=24)
USUAL_DAYS, MAX_DAYS = 7, 90  # how long a reservation holds, and the furthest day of any move
TEAM = ()


class CannotUndoMove(Exception):
    """`reason`: "too_late", "undone" (already, or being undone), "running", "lease" (a card taken back stays so)."""

    def __init__(self, reason):
        self.reason = reason
        super().__init__(reason)


# --- The verbs --------------------------------------------------------------------------------------------------------
def assign_cards(cards, *, to, by, now, note, until=None, promises=True) -> QueueMove | None:
    """Reserve `cards` (a queryset, or cards, all of one store) for `to`, a person or None for the team; done when this returns. None
    where there are no cards.

    `until`: the last day of the reservation (default: a week); `promises`: those of the cards belong to the same person from now on.
    Who gets or loses cards is told. Raises ValidationError by field. Not within a transaction: a lot is one.
    """
    cards = list(cards)
    if not cards:
        return None
    whose = {"deed": MoveDeed.RETURN, "people": TEAM} if to is None else {"deed": MoveDeed.ASSIGN, "people": (to,)}
    asked = {"until": until, "promises": promises, "note": note, "by": by, "now": now}
    ids = [card.pk for card in cards]
    move = ask_move(cards[0].store, cards=ids, wanted=len(ids), is_waited_for=True, **whose, **asked)
    return run_move(move.pk, now=now) or move


@transaction.atomic
def take_back(card, *, by, now, note) -> QueueMove | None:
    """End the lease of whoever holds `card`: her page cannot save any more and says so, and her draft stays hers.

    None where nobody holds it any more. Raises ValidationError({"note": …}) without a reason.
    """
    check_note(note)
    card = CallCard.objects.select_for_update(of=("self",)).select_related("store", "customer").get(pk=card.pk)
    if card.lease_by_id is None:
        return None
    person = User.objects.get(pk=card.lease_by_id)
    card.lease_by = card.lease_token = card.lease_until = None
    card.save(update_fields=["lease_by", "lease_token", "lease_until"])
    move = QueueMove.objects.create(
        store=card.store,
        deed=MoveDeed.TAKE_BACK,
        state=MoveState.DONE,
        by=by,
        at=now,
        note=note.strip(),
        wanted=1,
        moved=1,
        done_at=now,
    )
    QueueMoveLine.objects.create(move=move, card=card, person=person)
    record_change(
        card,
        {"lease_by": (person, None)},
        by=by,
        source=Source.FORM,
        deed="take_back",
        customer_id=card.customer_id,
        params={"note": note.strip()},
        at=now,
    )
    steering_notices.tell_taken_back(move, card, person)
    return move


# --- Moves that may be large --------------------------------------------------------------------------------------------
def ask_move(
    store,
    *,
    deed,
    people=TEAM,
    until=None,
    promises=True,
    note,
    wanted,
    by,
    now,
    cards=None,
    query=None,
    form_key=None,
    is_waited_for=False,
) -> QueueMove:
    """Write down a move: of the cards with the ids `cards`, else of those that the filter `query` finds (move_filters).

    One of the same `form_key` is the same move. A large one is made by a worker, `run_move` makes it. Raises ValidationError by field.
    """
    check_move(store, deed, people=people, until=until, note=note, now=now)
    values = written({"deed": deed, "people": people, "until": until, "promises": promises, "note": note})
    values["params"] |= {"cards": sorted(cards)} if cards is not None else {"query": query or {}}
    values |= {"by": by, "at": now, "wanted": wanted}
    try:
        with transaction.atomic():
            move = QueueMove.objects.create(store=store, form_key=form_key, **values)
            if wanted > AT_ONCE and not is_waited_for:
                import_string(TASK).delay_on_commit(move.pk)
    except IntegrityError:
        return QueueMove.objects.get(store=store, form_key=form_key)
    return move


def ask_undo(move, *, by, now) -> QueueMove:
    """Put back what `move` did, where nobody has worked on the card since. Raises CannotUndoMove."""
    if move.deed == MoveDeed.TAKE_BACK:
        raise CannotUndoMove("lease")
    if now - move.at > UNDO_WITHIN:
        raise CannotUndoMove("too_late")
    with transaction.atomic():
        done = QueueMove.objects.filter(pk=move.pk, state=MoveState.DONE)
        if not done.update(state=MoveState.UNDOING, cursor=0, undo_by=by, undone_at=now):
            raise CannotUndoMove(
                "running" if QueueMove.objects.get(pk=move.pk).state == MoveState.WAITING else "undone"
            )
        if move.moved > AT_ONCE:
            import_string(TASK).delay_on_commit(move.pk)
    if move.moved <= AT_ONCE:
        run_move(move.pk, now=now)
    move.refresh_from_db()
    return move


def run_move(move_id, *, now) -> QueueMove | None:
    """Go on with a move, or its undo, until it is done; None where nothing is left to do. May be killed, run again, and run twice at a
    time: each lot locks the row, and begins where the last one ended. Not in a transaction.
    """
    move = QueueMove.objects.select_related("store", "by").filter(pk=move_id).first()
    lots = {MoveState.WAITING: _move_lot, MoveState.UNDOING: _put_back_lot}
    if move is None or move.state not in lots:
        return None
    lot = lots[move.state]
    while lot(move, now):
        pass
    return QueueMove.objects.get(pk=move.pk)


def find_unfinished() -> list[int]:
    """Ids of moves that nobody has gone on with for a while."""
    before = database_now() - STALE
    idle = Q(heartbeat_at=None, at__lt=before) | Q(heartbeat_at__lt=before)
    moves = QueueMove.objects.filter(idle, state__in=("waiting", "undoing"), store__is_active=True)
    return sorted(moves.values_list("pk", flat=True))


@transaction.atomic
def _move_lot(move, now) -> bool:
    """One lot; False when the move is done."""
    row = QueueMove.objects.select_for_update(of=("self",)).get(pk=move.pk)
    if row.state != MoveState.WAITING:
        return False
    ids = _next_cards(move.store, row)
    if not ids:
        row.state, row.done_at = MoveState.DONE, database_now()
        row.save(update_fields=["state", "done_at"])
        steering_notices.tell_moved(row)
        return False
    shared = {"store": move.store, "by": move.by, "now": now, "note": row.note}
    done = move_lot(ids, step_of(row), turn=row.moved, **shared)
    for line in done.lines:
        line.move = row
    QueueMoveLine.objects.bulk_create(done.lines, batch_size=500)
    for why, count in done.passed.items():
        row.passed[why] = row.passed.get(why, 0) + count
    row.cursor, row.moved, row.heartbeat_at = ids[-1], row.moved + len(done.lines), database_now()
    row.save(update_fields=["cursor", "moved", "passed", "heartbeat_at"])
    return True


def _next_cards(store, row) -> list[int]:
    """By id behind the cursor: of the ticked cards, else of what the filter finds by the moment it was asked at."""
    if "cards" in row.params:
        return sorted(pk for pk in row.params["cards"] if pk > row.cursor)[:LOT]
    chosen = found_cards(store, row.params["query"], now=row.at.astimezone(store.zone))
    return list(chosen.filter(pk__gt=row.cursor).order_by("pk").values_list("pk", flat=True)[:LOT])


@transaction.atomic
def _put_back_lot(move, now) -> bool:
    row = QueueMove.objects.select_for_update(of=("self",)).select_related("undo_by").get(pk=move.pk)
    if row.state != MoveState.UNDOING:
        return False
    lines = list(row.lines.filter(card_id__gt=row.cursor).order_by("card_id")[:LOT])
    if not lines:
        row.state = MoveState.UNDONE
        row.save(update_fields=["state"])
        steering_notices.settle(row)
        return False
    back = put_back_lot(lines, store=move.store, by=row.undo_by, now=now, since=row.at)
    row.cursor, row.undone, row.heartbeat_at = lines[-1].card_id, row.undone + len(back), database_now()
    row.save(update_fields=["cursor", "undone", "heartbeat_at"])
    return True


def written(asked: dict) -> dict:
    """What is asked of a move as its row keeps it."""
    until = asked["until"].isoformat() if asked["until"] else None
    params = {"promises": asked["promises"], "until": until, "people": [person.pk for person in asked["people"]]}
    return {"deed": asked["deed"], "note": asked["note"].strip(), "params": params}


# --- What is asked, and what may be ----------------------------------------------------------------------------------------
def step_of(move) -> Step:
    """What `move` asks for, with its people and its moment."""
    store, desk = move.store, desk_of(move.store)
    people = User.objects.in_bulk(move.params["people"])
    until = move.params["until"] and dt.date.fromisoformat(move.params["until"])
    if move.deed == MoveDeed.PUT_ASIDE:
        until = first_call_moment(until, store.zone, desk.bands, calendar_of(store))
    elif move.deed == MoveDeed.ASSIGN:
        until = end_of(until or store.day_of(move.at) + dt.timedelta(days=USUAL_DAYS), store)
    return Step(
        MoveDeed(move.deed),
        people=tuple(people[pk] for pk in move.params["people"] if pk in people),
        until=until,
        promises=move.params["promises"],
        grace=dt.timedelta(minutes=desk.promise_grace_minutes),
    )


def end_of(day, store) -> dt.datetime:
    """The moment at which a reservation until `day` ends: the midnight after it."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=store.zone)


def check_note(note) -> None:
    if not note.strip():
        raise ValidationError({"note": _("Please say why.")})


def check_move(store, deed, *, people, until, note, now) -> None:
    """Raises ValidationError by field (note, people, until) for what `ask_move` would refuse."""
    check_note(note)
    today = store.day_of(now)
    if deed == MoveDeed.ASSIGN:
        _check_people(store, people)
    first = today + dt.timedelta(days=1) if deed == MoveDeed.PUT_ASIDE else today
    if until is None and deed == MoveDeed.PUT_ASIDE:
        raise ValidationError({"until": _("Until when?")})
    if until is not None and until < first:
        raise ValidationError({"until": _("Choose a later day.")})
    if until is not None and until > today + dt.timedelta(days=MAX_DAYS):
        raise ValidationError({"until": _("At most %(days)s days ahead.") % {"days": MAX_DAYS}})


def _check_people(store, people):
    if not people:
        raise ValidationError({"people": _("Choose who shall call.")})
    for person in people:
        able = person.is_active and person.store_id == store.pk and person.has_perm("followups.work_queue")
        if not able:
            raise ValidationError({"people": _("%(person)s cannot work on this queue.") % {"person": person}})
