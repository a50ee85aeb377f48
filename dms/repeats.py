"""A disagreement that comes back with every file is decided once."""

from django.db.models import OuterRef, Subquery

from dms.choices import ConflictState
from dms.models import Conflict

CARRIED = (ConflictState.OURS, ConflictState.VERIFY)
WRITTEN_AT_ONCE = 500


def carry_decisions(batch) -> int:
    """The open conflicts of a batch whose very same value of the file was decided before take that decision over: "keep ours"
    stands for it, and a call that is under way is not asked for twice. Gives how many. A value that was once taken and is
    contradicted again is a new question. Safe to run twice."""
    earlier = (
        Conflict.objects.standing()
        .filter(
            store_id=OuterRef("store_id"),
            model=OuterRef("model"),
            object_id=OuterRef("object_id"),
            field=OuterRef("field"),
            theirs=OuterRef("theirs"),
            pk__lt=OuterRef("pk"),
        )
        .exclude(state=ConflictState.OPEN)
        .order_by("-pk")
    )
    fresh = batch.conflicts.filter(state=ConflictState.OPEN).annotate(earlier_id=Subquery(earlier.values("pk")[:1]))
    conflicts = list(fresh.filter(earlier_id__isnull=False))
    decided = Conflict.objects.in_bulk({conflict.earlier_id for conflict in conflicts})
    carried = []
    for conflict in conflicts:
        before = decided[conflict.earlier_id]
        if before.state in CARRIED:
            conflict.state, conflict.decided_by_id, conflict.decided_at = (
                before.state,
                before.decided_by_id,
                before.decided_at,
            )
            carried.append(conflict)
    Conflict.objects.bulk_update(carried, ["state", "decided_by", "decided_at"], batch_size=WRITTEN_AT_ONCE)
    return len(carried)
