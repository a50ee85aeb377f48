"""Verbs on possible duplicates. Two customers are never put together here: the DMS keeps its own number for each and would
bring the second one back with its next file. That they are one is told to the DMS (customers.outward)."""

from django.db import transaction
from django.db.models import Q

from audit.choices import Source
from audit.models import Change
from audit.services import record_change
from customers.choices import DuplicateState
from customers.duplicates import CHUNK, RANK, find_pairs
from customers.models import Customer, DuplicatePair, Ownership, Phone, RepairOrder
from customers.services.errors import AlreadyDecided


def touched_by(batch_id) -> set[int]:
    """The customers that an import made or said something new of."""
    ids = set(Customer.objects.filter(batch_id=batch_id).values_list("pk", flat=True))
    for model, column in ((Phone, "customer_id"), (Ownership, "customer_id"), (RepairOrder, "bringer_id")):
        ids.update(model.objects.filter(batch_id=batch_id).order_by().values_list(column, flat=True))
    changes = Change.objects.filter(batch_id=batch_id, customer_id__isnull=False).order_by()
    ids.update(changes.values_list("customer_id", flat=True))
    return ids - {None}


def refresh_duplicates(store, ids) -> int:
    """Bring the pairs of these customers up to date; gives how many are new. Safe to run twice and at any time."""
    ids, new = sorted(ids), 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        new += _write(store, part, find_pairs(store, part))
    return new


@transaction.atomic
def _write(store, ids, found):
    mine = DuplicatePair.objects.filter(store=store).filter(Q(first__in=ids) | Q(second__in=ids))
    known, stale = {}, []
    for pair in mine:
        key = (pair.first_id, pair.second_id)
        known[key] = pair
        why = found.get(key)
        if pair.state == DuplicateState.OPEN and (
            why is None or (why.reason, why.shared) != (pair.reason, pair.shared)
        ):
            stale.append(pair.pk)
            del known[key]
    DuplicatePair.objects.filter(pk__in=stale, state=DuplicateState.OPEN).delete()
    fresh = [
        DuplicatePair(
            store=store,
            first_id=pair[0],
            second_id=pair[1],
            reason=why.reason,
            rank=RANK[why.reason],
            shared=why.shared,
        )
        for pair, why in found.items()
        if pair not in known
    ]
    DuplicatePair.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=CHUNK)
    return len(fresh)


@transaction.atomic
def decide_pair(pair, state, *, by, now) -> DuplicatePair:
    """Say whether two customers are one person; OPEN takes one's own answer back. Raises AlreadyDecided."""
    fresh = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    is_mine = fresh.decided_by_id == by.pk
    if (fresh.state == DuplicateState.OPEN) == (state == DuplicateState.OPEN) or (
        state == DuplicateState.OPEN and not is_mine
    ):
        raise AlreadyDecided(fresh)
    change = {"state": (fresh.state, state)}
    fresh.state = state
    fresh.decided_by, fresh.decided_at = (None, None) if state == DuplicateState.OPEN else (by, now)
    fresh.save(update_fields=["state", "decided_by", "decided_at"])
    record_change(fresh, change, by=by, source=Source.FORM, customer_id=fresh.first_id, at=now)
    return fresh
