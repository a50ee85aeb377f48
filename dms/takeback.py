"""What each step of an undo puts back and retires: planned with the records in hand, written by the same books as an import.

First the changes of the batch go back, newest transaction first; then what it had made is retired, table by table: what points at
others before what is pointed at, wholes before their parts. `dms.undo` drives the steps and keeps the ledger.
"""

import graphlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from audit.choices import Deed, Source
from audit.models import Change
from common.personal import Tie, all_follows, follows_to
from common.upsert import insert_rows, plain_value
from dms.book import Memory
from dms.choices import TAKEN_BACK
from dms.lines import Lines
from dms.models import Batch, UndoRemnant
from dms.sheets import get_sheet

LOT = 500  # changes put back, or records retired with their parts, in one transaction: well under a second
BY_HAND = (Source.FORM, Source.CALL)
RESTORE, MADE, REVIVED, KEPT = "restore", "made", "revived", "kept"
# Why a field or a record was left; `dms.wording` words these, common.personal the reasons of ties.
CHANGED_SINCE, VERIFIED_SINCE, RETIRED_SINCE, PLACE_TAKEN = (
    "changed_since",
    "verified_since",
    "retired_since",
    "place_taken",
)
CORRECTED, TOLD_LATER = "corrected_by_hand", "told_later"


@dataclass
class Result:
    """What one step did, by model label, and where the next one starts (None: this stage is finished)."""

    cursor: int | None = None
    done: int = 0
    restored: Counter = field(default_factory=Counter)
    retired: Counter = field(default_factory=Counter)
    kept: Counter = field(default_factory=Counter)
    left: int = 0


class TakeBack:
    """The undo of one batch. `step` is called inside the transaction of each step, under the store's lock."""

    def __init__(self, batch):
        self.batch = batch
        self.sheet = get_sheet(batch.sheet)
        self.result = Result()
        self.remnants = []

    def stages(self) -> list[tuple[str, str]]:
        """[(kind of stage, model label)] in order."""
        labels = retirement_order({table.label for table in self.new_book().tables})
        return [(RESTORE, ""), *((kind, label) for label in labels for kind in (MADE, REVIVED, KEPT))]

    def new_book(self):
        store, batch = self.batch.store, self.batch
        today = store.day_of(timezone.now())
        memory = Memory(store.pk, store.day_of, batch.pk, timezone.now(), today, False, batch.undone_by, deed=Deed.UNDO)
        return self.sheet.book(memory)

    def size(self) -> int:
        """Roughly how many lines and records there are to look at."""
        records = sum(
            table.model.objects.filter(batch_id=self.batch.pk, is_void=False).count()
            for table in self.new_book().tables
        )
        return self._lines().count() + records

    def step(self, kind, label, cursor, lot=LOT, *, leaves=False) -> Result:
        """Do the part of a stage that starts at `cursor` (None: its beginning), at most `lot` changes or records.

        `leaves`: what would be put back is left, because another record stands in its place.
        """
        self.result, self.remnants = Result(), []
        self.lot, self.leaves = min(lot, settings.IMPORT_CHUNK_ROWS), leaves
        self.book = self.new_book()
        self.tables = {table.label: table for table in self.book.tables}
        self.by_lower = {label.lower(): table for label, table in self.tables.items()}
        if kind == RESTORE:
            self._restore(cursor)
        else:
            self._retire(self.tables[label], kind, cursor)
        self.book.settle(self)
        self._write()
        return self.result

    def _write(self):
        for table in self.book.tables:
            changed = table.changed()
            gone = {pk for pk, diff in changed.items() if diff.get("is_void") == (False, True)}
            if gone:
                self.result.retired[table.label] += len(gone)
            if back := self._put_back(table, changed.keys() - gone):
                self.result.restored[table.label] += len(back)
        self._store_remnants()
        self.book.finish()
        self.book.close()

    def _put_back(self, table, ids) -> set:
        """Of the records that this step changes those that the batch had changed and no earlier step has put back: what only had
        to be put right beside them counts for nothing."""
        if not ids:
            return set()
        lines = Change.objects.filter(batch_id=self.batch.pk, model=table.model._meta.label_lower, object_id__among=ids)
        deeds = list(lines.values_list("object_id", "deed"))
        return {pk for pk, _deed in deeds} - {pk for pk, deed in deeds if deed == Deed.UNDO}

    # --- Putting fields back ------------------------------------------------------------------------------------------
    def _lines(self):
        return Change.objects.filter(batch_id=self.batch.pk, source=Source.IMPORT).exclude(deed=Deed.UNDO)

    def _restore(self, cursor):
        """The next lines of one transaction of the import: they share its moment, and none of them is about a record twice."""
        lines = self._lines().order_by("-pk")
        if cursor is not None:
            lines = lines.filter(pk__lt=cursor)
        newest = lines.first()
        if newest is None:
            return
        lines = list(lines.filter(at=newest.at)[: self.lot])
        self.result.cursor, self.result.done = lines[-1].pk, len(lines)
        by_model = defaultdict(list)
        for line in lines:
            if line.model in self.by_lower:
                by_model[line.model].append(line)
        for model, some in by_model.items():
            self._restore_lines(self.by_lower[model], some)

    def _restore_lines(self, table, lines):
        ids = {line.object_id for line in lines}
        brought_back = self._revived(table, ids)
        lines = [line for line in lines if line.object_id not in brought_back]
        table.load(locked(table.model.objects.filter(pk__among=ids - brought_back)))
        history = Lines(table.model, ids - brought_back, undoing=self.batch.pk)
        for line in lines:
            row = table.rows.get(line.object_id)
            for name in line.changes if row is not None else ():
                self._restore_field(table, row, name, line, history)

    def _restore_field(self, table, row, name, line, history):
        if name not in table.bits:
            return
        back = history.back(line, name)
        last = history.last(line.object_id, name)
        if last is not None and last.pk == line.pk and getattr(row, name) == back.new:
            if name in getattr(row, "verified", ()):
                self.leave(table, row, name, VERIFIED_SINCE)
            elif row.is_void and name != "is_void":
                self.leave(table, row, name, RETIRED_SINCE)
            elif self.leaves:
                self.leave(table, row, name, PLACE_TAKEN)
            else:
                table.change(row, name, back.old)
        elif getattr(row, name) != back.old and not history.is_taken_back(line, name):
            other = last if last is not None and last.pk != line.pk else None
            self.leave(table, row, name, CHANGED_SINCE, _who(other))

    def _revived(self, table, ids) -> set:
        """Of these records those that the batch had brought back: they are retired as if it had made them."""
        lines = Change.objects.filter(
            batch_id=self.batch.pk, model=table.model._meta.label_lower, object_id__among=ids, deed=Deed.REVIVE
        )
        return set(lines.values_list("object_id", flat=True))

    # --- Retiring records ---------------------------------------------------------------------------------------------
    def _retire(self, table, kind, cursor):
        found = self._candidates(table, kind).filter(pk__gt=cursor or 0).order_by("pk")
        found = list(found[: self.lot])
        if not found:
            return
        self.result.cursor, self.result.done = found[-1][0], len(found) if kind == MADE else 0
        living = table.model.objects.filter(pk__among={pk for _cursor, pk in found}, is_void=False)
        rows = table.load(locked(living))
        self.book.accompany(table, rows)
        found = len(rows)
        rows = self._without_parts(table, [row for row in rows if not self.book.stays(table, row)])
        if kind != KEPT and len(rows) < found:
            self.result.kept[table.label] += found - len(rows)
        staying = self.keepers(
            table, {row.id for row in rows}, since=self.batch.started_at if kind == REVIVED else None
        )
        gone = {row.id for row in rows} - staying.keys()
        for row in rows:
            if row.id in gone:
                self.retire(table, row)
            elif kind != KEPT:
                self.result.kept[table.label] += 1
                self.leave(table, row, "", *staying[row.id])
        if kind == KEPT:
            kept_before(self.batch, table.label).filter(object_id__in=gone).delete()
        for follow in follows_to(table.label, Tie.PART):
            if gone and follow.model in self.tables:
                part = self.tables[follow.model]
                for row in part.load(
                    locked(part.model.objects.filter(**{f"{follow.field}__among": gone}, is_void=False))
                ):
                    self.retire(part, row)

    def _candidates(self, table, kind):
        """(cursor, record id) of what may have to go: what the batch made, what it brought back, and what the undo of another
        batch had to keep, since the reason may be gone by now."""
        if kind == MADE:
            return table.model.objects.filter(batch_id=self.batch.pk, is_void=False).values_list("pk", "pk")
        if kind == REVIVED:
            lines = self._lines().filter(model=table.model._meta.label_lower, deed=Deed.REVIVE)
            return lines.values_list("pk", "object_id")
        return kept_before(self.batch, table.label).values_list("pk", "object_id")

    def _without_parts(self, table, rows):
        """Without the parts of something that the batch made and that stays: they stay with it, and need no reason of their own."""
        for follow in all_follows():
            if follow.model == table.label and follow.tie is Tie.PART:
                column = follow.source._meta.get_field(follow.field).attname
                whole = self.tables[follow.to]
                ours = self.ours(whole, {getattr(row, column) for row in rows})
                rows = [row for row in rows if getattr(row, column) not in ours]
        return rows

    def ours(self, table, ids, *, with_undone=False) -> set:
        """The living ones of these records that the batch made or brought back; `with_undone`: also what batches undone
        before had made."""
        living = table.model.objects.filter(pk__among=set(ids), is_void=False)
        made_by = Q(batch_id=self.batch.pk)
        if with_undone:
            made_by |= Q(batch__state__in=TAKEN_BACK)
        made = set(living.filter(made_by).values_list("pk", flat=True))
        return made | (self._revived(table, ids) & set(living.values_list("pk", flat=True)))

    def keepers(self, table, ids, *, since=None) -> dict:
        """{record id: (code, params)} of those that cannot go: somebody's work or a record that stays points at them, a person
        has corrected them, or a later import has told of them. `since`: corrections and imports from this moment on."""
        if not ids:
            return {}
        found = {}
        for follow in follows_to(table.label, Tie.WORK, Tie.FACT):
            rows = follow.rows().filter(**{f"{follow.field}__among": ids - found.keys()}).order_by()
            if follow.tie is Tie.FACT:
                rows = rows.filter(is_void=False)
            found |= dict.fromkeys(rows.values_list(follow.field, flat=True).distinct(), (follow.code, {}))
        lines = Change.objects.filter(model=table.model._meta.label_lower, object_id__among=ids - found.keys())
        if since is not None:
            lines = lines.filter(at__gte=since)
        for line in lines.filter(source__in=BY_HAND).order_by("pk"):
            found[line.object_id] = CORRECTED, _who(line)
        told = lines.filter(source=Source.IMPORT).exclude(batch_id=self.batch.pk).exclude(deed=Deed.UNDO)
        for line in _of_standing_batches(told.order_by("pk")):
            found.setdefault(line.object_id, (TOLD_LATER, _who(line)))
        for follow in follows_to(table.label, Tie.PART):
            if follow.model in self.tables:
                self._keep_for_parts(found, follow, ids - found.keys(), since)
        return found

    def _keep_for_parts(self, found, follow, ids, since):
        """What keeps a part (a number that was dialled or verified) keeps the whole."""
        part = self.tables[follow.model]
        living = part.model.objects.filter(**{f"{follow.field}__among": ids}, is_void=False)
        wholes = dict(living.order_by().values_list("pk", follow.field))
        for pk, reason in self.keepers(part, set(wholes), since=since).items():
            found.setdefault(wholes[pk], reason)

    def retire(self, table, row):
        """The record becomes void."""
        table.change(row, "is_void", True)
        self.book.retired(table, row)

    # --- What was left ------------------------------------------------------------------------------------------------
    def leave(self, table, row, name, code, params=None):
        """Note that a field (or "": the record) stays as it is, and why."""
        self.remnants.append((table, row, name, code, params or {}))

    def _store_remnants(self):
        by_table = defaultdict(list)
        for table, row, *_rest in self.remnants:
            by_table[table].append(row)
        for table, rows in by_table.items():
            self.book.accompany(table, rows)
        attnames = ["batch_id", "model", "object_id", "customer_id", "label", "field", "code", "params"]
        rows = {
            (table.label, row.id, name): (
                *(self.batch.pk, table.label, row.id, table.customer_id(row), table.title(row)[:120], name, code),
                plain_value(UndoRemnant, "params", params),
            )
            for table, row, name, code, params in self.remnants
        }
        insert_rows(UndoRemnant, attnames, rows.values(), ignore_conflicts=True)
        self.result.left += sum(1 for _label, _pk, name in rows if name)


def kept_before(batch, label):
    """The records of this kind that undos of other imports of the store had to keep."""
    kept = UndoRemnant.objects.filter(batch__store_id=batch.store_id, model=label, field="")
    return kept.exclude(batch_id=batch.pk)


def models_of(batch) -> list:
    """The models whose records this batch may have made or changed."""
    return [table.model for table in TakeBack(batch).new_book().tables]


def locked(queryset):
    return queryset.order_by("pk").select_for_update(no_key=True)


def _who(line) -> dict:
    """Who wrote a line of history, and when."""
    if line is None:
        return {}
    return {"who": line.actor_name, "at": line.at.isoformat(), "batch": line.batch_id, "source": line.source}


def _of_standing_batches(lines):
    lines = list(lines)
    gone = Batch.objects.filter(pk__among={line.batch_id for line in lines} - {None}, state__in=TAKEN_BACK)
    gone = set(gone.values_list("pk", flat=True))
    return [line for line in lines if line.batch_id not in gone]


def retirement_order(labels) -> list[str]:
    """These models so that what points at others comes before what is pointed at, and wholes before their parts."""
    graph = {label: set() for label in sorted(labels)}
    for follow in all_follows():
        if follow.model in graph and follow.to in graph and follow.model != follow.to:
            first, then = (follow.to, follow.model) if follow.tie is Tie.PART else (follow.model, follow.to)
            graph[then].add(first)
    return list(graphlib.TopologicalSorter(graph).static_order())
