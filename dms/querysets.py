"""Reading words of imports and of the conflict list."""

from django.db.models import Exists, OuterRef, Q

from accounts.querysets import StoreScopedQuerySet
from dms.choices import TAKEN_BACK, BatchState, ConflictState

UNDECIDED = (ConflictState.OPEN, ConflictState.VERIFY)


class BatchQuerySet(StoreScopedQuerySet):
    def landed(self):
        """They have run, what they have written stands (be it half of the file), and no undo of them has begun."""
        return self.filter(Q(state=BatchState.DONE) | Q(state=BatchState.FAILED, rows_done__gt=0), undo={})


class ConflictQuerySet(StoreScopedQuerySet):
    """One row a file and value; a value is told by `model`, `object_id` and `field`."""

    def standing(self):
        """Of files that were not taken back."""
        return self.exclude(batch__state__in=TAKEN_BACK)

    def undecided(self):
        return self.filter(state__in=UNDECIDED)

    def about(self, conflict):
        """All lines about the same stored value, in any file."""
        return self.filter(
            store_id=conflict.store_id,
            model=conflict.model,
            object_id=conflict.object_id,
            field=conflict.field,
        )

    def latest(self):
        """Of several lines about one value only the one of the latest standing file: the others are overtaken."""
        later = self.model.objects.standing().filter(
            store_id=OuterRef("store_id"),
            model=OuterRef("model"),
            object_id=OuterRef("object_id"),
            field=OuterRef("field"),
            pk__gt=OuterRef("pk"),
        )
        return self.standing().filter(~Exists(later))
