"""Writing down what an import did to the queue, and finding imports that nobody heard of."""

import datetime as dt

from django.db.models import Exists, OuterRef

from dms.choices import BatchState
from dms.models import Batch
from followups.models import GenerationRun, ImportEffect
from followups.reading.effects import effect_of

# The bell that an import rings when it has ended may be lost with the worker or the broker.
HEARD_WITHIN = dt.timedelta(minutes=2)
LOOK_BACK = dt.timedelta(days=2)  # the runs of each morning have seen older ones


def find_unheard(now) -> list[tuple[int, int]]:
    """[(store, batch)] of imports and undos that ended a while ago without a run of generation after them."""
    ended = (now - LOOK_BACK, now - HEARD_WITHIN)
    effect = ImportEffect.objects.filter(batch=OuterRef("pk"))
    done = Batch.objects.landed().filter(~Exists(effect), finished_at__range=ended)
    run = GenerationRun.objects.filter(store=OuterRef("store"), finished_at__gte=OuterRef("undone_at"))
    undone = Batch.objects.filter(~Exists(run), state=BatchState.UNDONE, undone_at__range=ended)
    return sorted({*done.values_list("store_id", "pk"), *undone.values_list("store_id", "pk")})


def record_effect(batch_id, *, now) -> ImportEffect | None:
    """Once a batch; None for one whose facts do not stand (its undo rings for a run too). May be called twice: the first counts."""
    batch = Batch.objects.select_related("store").get(pk=batch_id)
    if not batch.has_landed:
        return None
    known = ImportEffect.objects.filter(batch=batch).first()
    if known is not None:
        return known
    effect = effect_of(batch, today=batch.store.day_of(now), now=now)
    # Two workers may come to this point at once; what they have found is the same.
    ImportEffect.objects.bulk_create([effect], ignore_conflicts=True)
    return ImportEffect.objects.get(batch=batch)
