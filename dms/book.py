"""The records in hand while a chunk is compared with its groups, and their one way into the database.

A Book holds a Table per model. Planning reads records through the tables, creates and changes them in memory, and never
writes; `write` then puts everything down set by set. A dry run is the same planning without `write`.
"""

import datetime as dt
import functools
import itertools
import json
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from types import SimpleNamespace

from django.db.models import NOT_PROVIDED

import common.lookups  # noqa: F401 - registers `among`
from audit.choices import Deed, Source
from audit.models import Change
from audit.services import change_row
from common.upsert import allocate_ids, insert_rows, plain_value, read_rows, readable, update_rows


@dataclass
class Memory:
    """What a whole batch has to remember from chunk to chunk; `told` is which fields of a record earlier rows have told."""

    store_id: int
    day_of: Callable  # (moment) -> the store's day
    batch_id: int | None
    now: dt.datetime
    today: dt.date  # the store's day on which the file was uploaded
    is_dry: bool
    by: object = None
    deed: str = ""  # what history calls the changes; "": an edit, or a revival
    told: dict = field(default_factory=dict)  # label -> {id: bits}
    carried: dict = field(default_factory=dict)  # dry runs: label -> {id: record} that would have been written
    links: dict = field(default_factory=dict)  # dry runs: whatever a Book needs to find those again
    counts: dict = field(default_factory=dict)  # label -> Tally
    revived: dict = field(default_factory=dict)  # label -> {id}: void records that this batch brought back
    ids: dict = field(default_factory=dict)  # model -> iterator of new primary keys
    conflicts: int = 0


class Tally:
    """Which distinct records of a model a batch created, updated, saw. A created record is not counted as updated too;
    one that was void and comes back counts as created."""

    __slots__ = ("created", "revived", "seen", "updated")

    def __init__(self):
        self.created = set()
        self.revived = set()
        self.updated = set()
        self.seen = set()

    def add(self, created, revived, updated, fed):
        self.created.update(created, revived)
        self.revived.update(revived)
        self.updated.update(pk for pk in updated if pk not in self.created)
        self.seen.update(created, revived, updated, fed)

    def was_born(self, pk) -> bool:
        """Did this batch make the record? Then its batch id is its history."""
        return pk in self.created and pk not in self.revived

    def as_dict(self):
        created, updated = len(self.created), len(self.updated)
        return {"created": created, "updated": updated, "unchanged": len(self.seen) - created - updated}


class Table:
    """Records of one model in hand.

    fed: ids of records that groups are about; they count, changed or not.
    record: a slotted dataclass whose fields are columns of the model, `id` first, `is_void` among them.
    follows: columns that follow from others; `follow(records)` gives a list of values for each. Written, but no history.
    customer_id: function of the record, whose file a change belongs to.
    title: function of the record, what a reader calls it.
    is_counted: stands in the counts of records; links between records do not.
    keys: fields that a record keeps when it comes back after an undo; what it is found by.
    gives_way: function of the changes {attname: (before, now)} of a record: does it free a place of which there is only one
        (the primary number, the present owner)? Then it is written before the others.
    is_optional: stands there only where the file touches it.
    """

    def __init__(
        self,
        book,
        model,
        record,
        *,
        follows=(),
        follow=lambda rows: (),
        customer_id: Callable = lambda row: None,
        title: Callable = lambda row: "",
        is_counted=True,
        keys=(),
        gives_way: Callable = lambda diff: False,
        is_optional=False,
    ):
        self.book = book
        self.model = model
        self.label = model._meta.label
        self.record = record
        self.attnames = list(record.__dataclass_fields__)
        self.bits = {name: 1 << place for place, name in enumerate(self.attnames)}
        self.follows = follows
        self.follow = follow
        self.customer_id = customer_id
        self.title = title
        self.is_counted = is_counted
        self.keys = keys
        self.gives_way = gives_way
        self.is_optional = is_optional
        self.rows = {}  # id -> record
        self.new = {}  # id -> record
        self.old = {}  # id -> {attname: value before}
        self.fed = set()
        self._undone = {}  # id of a void record -> was it an undo that took it away?

    def bits_of(self, names) -> int:
        """The bits of several fields together."""
        return functools.reduce(operator.or_, map(self.bits.__getitem__, names), 0)

    def load(self, queryset):
        """Take the rows of a queryset into hand. A row already in hand, or changed by an earlier chunk of a dry run,
        stays as planned. Gives the records that were not in hand."""
        rows, record, loaded = self.rows, self.record, []
        carried = self.book.memory.carried.get(self.label)
        for values in read_rows(queryset.values_list(*readable(self.model, self.attnames))):
            pk = values[0]
            if pk not in rows:
                row = (carried.get(pk) if carried else None) or record(*values)
                rows[pk] = row
                loaded.append(row)
        return loaded

    def bring(self, ids):
        """Records that an earlier chunk of a dry run would have created. Gives those that were not in hand."""
        carried, loaded = self.book.memory.carried.get(self.label, {}), []
        for pk in ids:
            if pk not in self.rows:
                row = self.rows[pk] = carried[pk]
                loaded.append(row)
        return loaded

    def next_id(self) -> int:
        """The primary key of a record about to be created."""
        ids = self.book.memory.ids
        if self.model not in ids:
            ids[self.model] = itertools.count(-1, -1) if self.book.memory.is_dry else allocate_ids(self.model)
        return next(ids[self.model])

    def create(self, row):
        """Take a record made here, with `next_id` as its id."""
        self.rows[row.id] = self.new[row.id] = row
        self.book.touches += 1
        return row

    def change(self, row, name, value):
        """Set one field. True where that changed anything."""
        before = getattr(row, name)
        if before == value:
            return False
        if row.id not in self.new:
            self.old.setdefault(row.id, {}).setdefault(name, before)
        setattr(row, name, value)
        self.book.touches += 1
        return True

    def is_undone(self, row) -> bool:
        """Was it the undo of an import that made this record void, rather than a person or a list?"""
        if row.id not in self._undone:
            unknown = {pk for pk, other in self.rows.items() if other.is_void and pk not in self._undone} | {row.id}
            lines = Change.objects.filter(
                model=self.model._meta.label_lower, object_id__among=unknown, changes__has_key="is_void"
            )
            self._undone |= dict.fromkeys(unknown, False)
            self._undone |= {
                pk: deed == Deed.UNDO for pk, deed in lines.order_by("pk").values_list("object_id", "deed")
            }
        return self._undone[row.id]

    def was_undone(self, row) -> bool:
        """Is the record void by an undo?"""
        return row.is_void and self.is_undone(row)

    def revive(self, row) -> bool:
        """A void record comes back. True where an undo had taken it away: then it begins anew, with nothing of the undone
        import but its `keys`."""
        begins_anew = self.is_undone(row)
        self.change(row, "is_void", False)
        if begins_anew:
            new = self.record(row.id)
            for name in self.attnames:
                if name not in self.keys:
                    self.change(row, name, getattr(new, name))
        return begins_anew

    def is_fresh(self, row) -> bool:
        """Was it created or brought back in this chunk?"""
        return row.id in self.new or (not row.is_void and self.old.get(row.id, {}).get("is_void", False))

    def changed(self):
        """{id: {attname: (before, now)}} of what differs from the database."""
        found = {}
        for pk, before in self.old.items():
            row = self.rows[pk]
            diff = {name: (old, getattr(row, name)) for name, old in before.items() if getattr(row, name) != old}
            if diff:
                found[pk] = diff
        return found


class NotedTable(Table):
    """Of a dry run: knows too which row of the file first created or changed a record (`row_of`: {id: row})."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.row_of = {}

    def create(self, row):
        self.row_of[row.id] = self.book.row
        return super().create(row)

    def change(self, row, name, value):
        if not super().change(row, name, value):
            return False
        self.row_of.setdefault(row.id, self.book.row)
        return True


@dataclass(frozen=True)
class Named:
    """Records that an import never writes but that others name: `rows` is {id: what a reader calls it}."""

    rows: dict

    @staticmethod
    def title(name) -> str:
        return name


class Book:
    """Subclass with the tables of a floor. One Book per chunk; what a dry run would have written is carried by its Memory.

    A plan sets `row` to that of the group it is about to compare, so that a preview can say where a difference stands.
    """

    def __init__(self, memory: Memory):
        self.memory = memory
        self.row = 0
        self.touches = 0  # creations and changes so far: a group that moved this number has changed something
        self.tables: list[Table] = []
        self.named: dict[type, Named] = {}
        self.conflicts = []  # (row, model label, object id, customer id, field, ours, theirs)

    def table(self, model, record, **kwargs) -> Table:
        table = (NotedTable if self.memory.is_dry else Table)(self, model, record, **kwargs)
        self.tables.append(table)
        return table

    def conflict(self, row, table, record, name, ours, theirs):
        """A value that was not written because DCRC has verified the stored one."""
        self.memory.conflicts += 1
        customer_id = table.customer_id(record)
        self.conflicts.append((row, table.label, record.id, customer_id, name, str(ours)[:255], str(theirs)[:255]))

    def tell(self, table, record, names) -> tuple[str, ...]:
        """This group tells these fields of a record. Gives those that an earlier group of the file has told: of several
        the first counts, or the same file imported again would go round in circles."""
        known = self.note_told(table, record.id, table.bits_of(names))
        return tuple(name for name in names if known & table.bits[name]) if known else ()

    def note_told(self, table, pk, bits) -> int:
        """`tell` by id and `Table.bits`. Gives the bits of what earlier groups have told."""
        told = self.memory.told.get(table.label)
        if told is None:
            told = self.memory.told[table.label] = {}
        known = told.get(pk, 0)
        told[pk] = known | bits
        return known

    def carry(self, table, row) -> bool:
        """Asked in dry runs of each record that would have been created or changed: may a later group meet it?
        Then note in memory.links how to find it."""
        return False

    # --- Asked by the undo of a batch (dms.takeback) ------------------------------------------------------------------
    def accompany(self, table, rows):
        """Take into hand what `title` and `stays` want to know of these records."""

    def stays(self, table, row) -> bool:
        """Is the record true although its batch is undone? Then it is left without a word."""
        return False

    def retired(self, table, row):
        """The record was made void: what else of it has to change?"""

    def settle(self, undo):
        """Fields were put back and records made void in hand, and nothing is written yet: put right what hangs together.
        `undo` is a TakeBack, with `ours`, `keepers`, `retire` and `leave`."""

    def recall(self):
        """After an interruption: which records the batch has created and updated so far, into memory.counts."""
        batch_id = self.memory.batch_id
        for table in self.tables:
            changes = Change.objects.filter(batch_id=batch_id, model=table.model._meta.label_lower)
            revived = set(changes.filter(deed=Deed.REVIVE).values_list("object_id", flat=True))
            self.memory.revived[table.label] = revived
            if not table.is_counted:
                continue
            created = table.model.objects.filter(batch_id=batch_id).values_list("pk", flat=True)
            updated = changes.values_list("object_id", flat=True)
            if table.is_optional and not (created or updated):
                continue
            self.memory.counts.setdefault(table.label, Tally()).add(created, revived, updated, ())

    def finish(self):
        """Count what this chunk did and, unless this is a dry run, write it. Runs inside the caller's transaction."""
        memory, history = self.memory, []
        for table in self.tables:
            changed = table.changed()
            revived = {pk for pk, diff in changed.items() if diff.get("is_void") == (True, False)}
            memory.revived.setdefault(table.label, set()).update(revived)
            if table.is_counted and (changed or table.new or table.fed or not table.is_optional):
                tally = memory.counts.setdefault(table.label, Tally())
                tally.add(table.new, revived, changed, table.fed)
            if memory.is_dry:
                carried = memory.carried.setdefault(table.label, {})
                for pk in [*table.new, *changed]:
                    if self.carry(table, table.rows[pk]):
                        carried[pk] = table.rows[pk]
            else:
                first = {pk: diff for pk, diff in changed.items() if table.gives_way(diff)}
                self._update(table, first, history)
                self._update(table, {pk: diff for pk, diff in changed.items() if pk not in first}, history)
                self._insert(table)
        if history:
            insert_rows(Change, _CHANGE, [_change_values(change) for change in history])

    def close(self):
        """Let go of the records; the book is of no use any more. Tables and book point at each other, also by the methods
        that tables were given, and imports run without the cyclic collector: a chunk that is kept costs megabytes."""
        for table in self.tables:
            vars(table).clear()
        vars(self).clear()

    def _insert(self, table):
        if not table.new:
            return
        model, memory = table.model, self.memory
        constants = {
            "store_id": memory.store_id,
            "batch_id": memory.batch_id,
            "created_at": plain_value(model, "created_at", memory.now),
            "changed_at": plain_value(model, "changed_at", memory.now),
        }
        given = [*table.attnames, *table.follows]
        for column in model._meta.concrete_fields:
            is_by_database = not column.has_default() and column.db_default is not NOT_PROVIDED
            if column.attname not in given and not is_by_database:
                constants.setdefault(column.attname, plain_value(model, column.attname, column.get_default()))
        records = list(table.new.values())
        columns = list(zip(*map(attrgetter(*table.attnames), records), strict=True))
        for place, function in _encoders(model, tuple(table.attnames)):
            columns[place] = list(map(function, columns[place]))
        columns += table.follow(records)
        # What is the same in all of them (no list tells everything) need not be handed over row by row.
        varied = {}
        for name, column in zip(given, columns, strict=True):
            if name != model._meta.pk.attname and column.count(column[0]) == len(column):
                constants[name] = column[0]
            else:
                varied[name] = column
        insert_rows(model, list(varied), zip(*varied.values(), strict=True), constants=constants)

    def _update(self, table, changed, history):
        if not changed:
            return
        model, memory = table.model, self.memory
        names = sorted({name for diff in changed.values() for name in diff})
        take = attrgetter(*names) if len(names) > 1 else lambda row: (getattr(row, names[0]),)
        moment = plain_value(model, "changed_at", memory.now)
        records = [table.rows[pk] for pk in changed]
        columns = list(zip(*map(take, records), strict=True))
        for place, function in _encoders(model, tuple(names)):
            columns[place] = map(function, columns[place])
        rows = list(zip(*columns, *table.follow(records), itertools.repeat(moment, len(records)), changed, strict=True))
        update_rows(model, [*names, *table.follows, "changed_at"], rows)
        tally = memory.counts.get(table.label)
        for row, diff in zip(records, changed.values(), strict=True):
            if tally is not None and tally.was_born(row.id):
                continue
            history.append(
                change_row(
                    SimpleNamespace(_meta=model._meta, pk=row.id, store_id=memory.store_id),
                    diff,
                    by=memory.by,
                    source=Source.IMPORT,
                    batch_id=memory.batch_id,
                    customer_id=table.customer_id(row),
                    deed=memory.deed or (Deed.REVIVE if diff.get("is_void") == (True, False) else Deed.EDIT),
                    at=memory.now,
                )
            )


_CHANGE = [field.attname for field in Change._meta.concrete_fields if not field.primary_key]


def _change_values(change):
    return tuple(
        plain_value(Change, name, getattr(change, name))
        if name in ("at", "changes", "params")
        else getattr(change, name)
        for name in _CHANGE
    )


@functools.cache
def _encoders(model, attnames):
    """[(place, function)] for the columns whose values the driver would not take, or only slowly."""
    found = []
    kinds = {field.attname: field.get_internal_type() for field in model._meta.concrete_fields}
    for place, name in enumerate(attnames):
        if kinds[name] == "JSONField":
            found.append((place, lambda value: json.dumps(value, ensure_ascii=False) if value else "{}"))
        elif kinds[name] in ("DateField", "DateTimeField"):
            found.append((place, _Plain(model, name).__getitem__))
    return found


class _Plain(dict):
    """`plain_value` of one column, remembered: days repeat."""

    def __init__(self, model, attname):
        super().__init__({None: None})
        self.model, self.attname = model, attname

    def __missing__(self, value):
        if len(self) > 50_000:
            self.clear()
            self[None] = None
        self[value] = plain = plain_value(self.model, self.attname, value)
        return plain
