"""What an undo would do, in numbers, for the page that asks before it. Reads only, counts only: the truth comes out of the run.

Counted as the run counts (`dms.takeback`): `restored` is at most what will be put back; of each kind `retired` is what will be
retired or kept, together. Records that stay only because another record does (a car because of its order) are not told apart
beforehand.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from audit.choices import Deed, Source
from audit.models import Change
from common.personal import Tie, follows_to
from dms.choices import BatchState
from dms.models import Batch
from dms.takeback import BY_HAND, kept_before, models_of


@dataclass(frozen=True)
class Forecast:
    """Records by model label; `kept` by reason. `newer`: later imports of the store that are not undone, and how many records of
    this one they have changed. `waiting`: records that undos of other imports had to keep, which may go with this one."""

    restored: dict[str, int]
    retired: dict[str, int]
    kept: dict[str, int]
    edited: int  # records that people have changed since
    newer: int
    told_by_newer: int
    waiting: int

    @property
    def is_empty(self) -> bool:
        return not self.restored and not self.retired


def forecast(batch) -> Forecast:
    models = models_of(batch)
    lines = Change.objects.filter(batch_id=batch.pk, source=Source.IMPORT).exclude(deed__in=(Deed.UNDO, Deed.REVIVE))
    changed = lines.values("model").annotate(number=Count("object_id", distinct=True)).order_by()
    by_lower = {model._meta.label_lower: model._meta.label for model in models}
    made = {model._meta.label: _ours(batch, model).count() for model in models}
    newer = Batch.objects.filter(
        store_id=batch.store_id, pk__gt=batch.pk, state__in=(BatchState.DONE, BatchState.FAILED)
    )
    return Forecast(
        restored={by_lower[row["model"]]: row["number"] for row in changed if row["model"] in by_lower},
        retired={label: number for label, number in made.items() if number},
        kept=_kept(batch, models),
        edited=_touched(batch, models, source__in=BY_HAND),
        newer=newer.filter(rows_done__gt=0).count(),
        told_by_newer=_touched(batch, models, source=Source.IMPORT, batch_id__in=newer.values("pk")),
        waiting=sum(kept_before(batch, model._meta.label).count() for model in models),
    )


def _ours(batch, model):
    """The living records that the batch made or brought back."""
    revived = Change.objects.filter(batch_id=batch.pk, model=model._meta.label_lower, deed=Deed.REVIVE)
    return model.objects.filter(Q(batch_id=batch.pk) | Q(pk__in=revived.values("object_id")), is_void=False)


def _kept(batch, models):
    found = Counter()
    for model in models:
        ours = _ours(batch, model)
        for follow in follows_to(model._meta.label, Tie.WORK):
            rows = follow.rows().filter(**{f"{follow.field}__in": ours.values("pk")}).order_by()
            if number := rows.aggregate(number=Count(follow.field, distinct=True))["number"]:
                found[str(follow.reason)] += number
        by_hand = Change.objects.filter(
            model=model._meta.label_lower, source__in=BY_HAND, object_id__in=ours.values("pk")
        )
        if number := by_hand.aggregate(number=Count("object_id", distinct=True))["number"]:
            found[_("It was corrected by hand.")] += number
    return dict(found)


def _touched(batch, models, **by):
    """How many records that the batch made or changed have lines of history of that kind."""
    total = 0
    for model in models:
        label = model._meta.label_lower
        made = model.objects.filter(pk=OuterRef("object_id"), batch_id=batch.pk)
        changed = Change.objects.filter(
            model=label, object_id=OuterRef("object_id"), batch_id=batch.pk, pk__lt=OuterRef("pk")
        )
        lines = Change.objects.filter(
            model=label, store_id=batch.store_id, at__gte=batch.started_at or batch.created_at, **by
        )
        lines = lines.exclude(deed=Deed.UNDO).filter(Exists(made) | Exists(changed))
        total += lines.aggregate(number=Count("object_id", distinct=True))["number"]
    return total
