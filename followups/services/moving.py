"""Moving the waiting calls after days off, bands or numbers of the desk have changed: asked for at once, done by a worker.

A store has a hundred thousand open topics and more, and whoever saves a holiday must not wait for them. The row is the ledger: what
a killed worker or a wiped broker left undone, the sweep finds there.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from common.insert_select import database_now
from followups.models import CallCard, CallMove
from followups.services.cards import CHUNK, recompute_cards

TASK = "followups.tasks.move_waiting_calls"
RESCHEDULE = "followups.services.moments.reschedule"  # by name: it hangs on the dials, whose change asks for this
STALE = dt.timedelta(seconds=60)  # without a heartbeat for so long, nobody is at it


def ask_move(store, *, now, with_cards=False) -> None:
    """The waiting calls of `store` shall follow its calendar and its hours; in the transaction of the change.

    `with_cards`: open cards of which no topic moves are worked out anew as well.
    """
    with transaction.atomic():
        row, _made = CallMove.objects.get_or_create(store=store, defaults={"asked_at": now})
        values = {"number": F("number") + 1, "asked_at": now, "done_at": None}
        CallMove.objects.filter(pk=row.pk).update(**values, **({"with_cards": True} if with_cards else {}))
        import_string(TASK).delay_on_commit(store.pk)


def move_calls(store, *, now) -> int | None:
    """Move what waits; returns how many topics moved, None where there is nothing to do or another worker is at it.

    A change that comes in between is followed before this returns. May be killed and run again. Not in a transaction.
    """
    idle = Q(heartbeat_at=None) | Q(heartbeat_at__lt=database_now() - STALE)
    if not CallMove.objects.filter(idle, store=store, done_at=None).update(heartbeat_at=database_now()):
        return None
    mine, moved = CallMove.objects.filter(store=store), 0

    def tick():
        mine.update(heartbeat_at=database_now())

    try:
        while True:
            row = mine.get()
            moved += import_string(RESCHEDULE)(store, now=now, tick=tick)
            if row.with_cards:
                _work_out_cards(store, now, tick)
            done = mine.filter(number=row.number)
            if done.update(done_at=timezone.now(), moved=moved, with_cards=False, heartbeat_at=None):
                return moved
    except BaseException:
        mine.update(heartbeat_at=None)
        raise


def _work_out_cards(store, now, tick):
    ids = sorted(CallCard.objects.open().filter(store=store).values_list("customer_id", flat=True))
    for start in range(0, len(ids), CHUNK):
        recompute_cards(ids[start : start + CHUNK], store=store, now=now)
        tick()


def find_unmoved() -> list[int]:
    """Ids of stores whose calls were to be moved a while ago, and nobody is at it."""
    before = database_now() - STALE
    idle = Q(heartbeat_at=None) | Q(heartbeat_at__lt=before)
    rows = CallMove.objects.filter(idle, done_at=None, asked_at__lt=before, store__is_active=True)
    return sorted(rows.values_list("store_id", flat=True))
