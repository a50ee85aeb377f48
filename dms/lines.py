"""Whose value stands in a field: the history of some records, read cell by cell. Reads only."""

from collections import defaultdict
from dataclasses import dataclass

from audit.choices import Deed
from audit.models import Change
from dms.choices import TAKEN_BACK
from dms.models import Batch


@dataclass(frozen=True)
class Back:
    """The value a line wrote, and the one to put back in its place; of the column's own type."""

    new: object
    old: object


class Lines:
    """All history of these records of a model. `undoing`: id of the batch that is being taken back.

    A line counts as taken back once an undo of its batch has written its cell, and the lines of batches taken back since stand
    for nothing: so batches may be undone in any order.
    """

    def __init__(self, model, ids, *, undoing):
        self.model = model
        self.undoing = undoing
        self._of = defaultdict(list)
        lines = Change.objects.filter(model=model._meta.label_lower, object_id__among=set(ids))
        for line in lines.order_by("pk"):
            self._of[line.object_id].append(line)
        batches = {line.batch_id for lines in self._of.values() for line in lines} - {None, undoing}
        gone = Batch.objects.filter(pk__among=batches, state__in=TAKEN_BACK)
        self._gone = set(gone.values_list("pk", flat=True))

    def last(self, object_id, name) -> Change | None:
        """The line whose value stands in the cell."""
        standing = [line for line in self._written(object_id, name) if line.batch_id not in self._gone]
        return standing[-1] if standing else None

    def is_taken_back(self, line, name) -> bool:
        return all(other.pk != line.pk for other in self._written(line.object_id, name))

    def back(self, line, name) -> Back:
        """What `line` changed; where the value before was itself brought by a batch that has been taken back since, the one
        before that."""
        old, new = line.changes[name]
        for earlier in reversed(self._written(line.object_id, name)):
            if earlier.pk < line.pk and name in earlier.changes:
                is_of_undone = earlier.batch_id in self._gone and earlier.changes[name][1] == old
                if not is_of_undone or earlier.deed == Deed.REVIVE:  # before that it was void
                    break
                old = earlier.changes[name][0]
        field = self.model._meta.get_field(name)
        return Back(field.to_python(new), field.to_python(old))

    def _written(self, object_id, name):
        """The lines that wrote or confirmed the cell and were not taken back, the oldest first."""
        found = []
        for line in self._of[object_id]:
            if line.deed == Deed.UNDO:
                if name in line.changes:
                    mine = [other for other in found if other.batch_id == line.batch_id]
                    if mine:
                        found.remove(mine[-1])
            elif name in line.changes or name in line.params.get("verified", ()):
                found.append(line)
        return found
