"""The records in hand while a chunk is compared with its groups, and their one way into the database.

A Book holds a Table per model. Planning reads records through the tables, creates and changes them in memory, and never
writes; `write` then puts everything down set by set. A dry run is the same planning without `write`.
"""

import datetime as dt
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from types import SimpleNamespace

from audit.choices import Source
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
    told: dict = field(default_factory=dict)  # label -> {id: bits}
    carried: dict = field(default_factory=dict)  # dry runs: label -> {id: record} that would have been written
    links: dict = field(default_factory=dict)  # dry runs: whatever a Book needs to find those again
    counts: dict = field(default_factory=dict)  # label -> Tally
    ids: dict = field(default_factory=dict)  # model -> iterator of new primary keys
    conflicts: int = 0


class Tally:
    """How many distinct records of a model a batch created, updated, left as they were."""

    __slots__ = ("created", "seen", "updated")

    def __init__(self):
        self.created = set()
        self.updated = set()
        self.seen = set()

    def as_dict(self):
        updated = self.updated - self.created
        return {
            "created": len(self.created),
            "updated": len(updated),
            "unchanged": len(self.seen - updated - self.created),
        }


class Table:
    """Records of one model in hand.

    record: a slotted dataclass whose fields are columns of the model, `id` first, `is_void` among them.
    follows: columns that follow from others; `follow(record)` gives their values. Written, but no history.
    customer_id: function of the record, whose file a change belongs to.
    """

    def __init__(
        self, book, model, record, *, follows=(), follow=lambda row: (), customer_id: Callable = lambda row: None
    ):
        self.book = book
        self.model = model
        self.label = model._meta.label
        self.record = record
        self.attnames = list(record.__dataclass_fields__)
        self.follows = follows
        self.follow = follow
        self.customer_id = customer_id
        self.rows = {}  # id -> record
        self.new = {}  # id -> record
        self.old = {}  # id -> {attname: value before}
        self.fed = set()

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

    def create(self, **values):
        row = self.record(id=self.book.new_id(self.model), **values)
        self.rows[row.id] = self.new[row.id] = row
        self.fed.add(row.id)
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

    def changed(self):
        """{id: {attname: (before, now)}} of what differs from the database."""
        found = {}
        for pk, before in self.old.items():
            row = self.rows[pk]
            diff = {name: (old, getattr(row, name)) for name, old in before.items() if getattr(row, name) != old}
            if diff:
                found[pk] = diff
        return found

    def feed(self, row):
        """This record is what a group is about; it counts, changed or not."""
        self.fed.add(row.id)


class Book:
    """Subclass with the tables of a floor. One Book per chunk; what a dry run would have written is carried by its Memory."""

    def __init__(self, memory: Memory):
        self.memory = memory
        self.touches = 0  # creations and changes so far: a group that moved this number has changed something
        self.tables: list[Table] = []
        self.conflicts = []  # (row, model label, object id, customer id, field, ours, theirs)

    def table(self, model, record, **kwargs) -> Table:
        table = Table(self, model, record, **kwargs)
        self.tables.append(table)
        return table

    def new_id(self, model):
        ids = self.memory.ids
        if model not in ids:
            ids[model] = itertools.count(-1, -1) if self.memory.is_dry else allocate_ids(model)
        return next(ids[model])

    def conflict(self, row, table, record, name, ours, theirs):
        """A value that was not written because DCRC has verified the stored one."""
        self.memory.conflicts += 1
        customer_id = table.customer_id(record)
        self.conflicts.append((row, table.label, record.id, customer_id, name, str(ours)[:255], str(theirs)[:255]))

    def told_before(self, table, record, name) -> bool:
        """Has an earlier group of this file told the field? Of several groups that tell a field of one record the first
        counts, or the same file imported again would go round in circles."""
        told = self.memory.told.setdefault(table.label, {})
        bit = 1 << table.attnames.index(name)
        bits = told.get(record.id, 0)
        told[record.id] = bits | bit
        return bool(bits & bit)

    def carry(self, table, row) -> bool:
        """Asked in dry runs of each record that would have been created or changed: may a later group meet it?
        Then note in memory.links how to find it."""
        return False

    def recall(self):
        """After an interruption: which records the batch has created and updated so far, into memory.counts."""
        batch_id = self.memory.batch_id
        for table in self.tables:
            tally = self.memory.counts.setdefault(table.label, Tally())
            tally.created.update(table.model.objects.filter(batch_id=batch_id).values_list("pk", flat=True))
            changes = Change.objects.filter(batch_id=batch_id, model=table.model._meta.label_lower)
            tally.updated.update(changes.values_list("object_id", flat=True))
            tally.seen.update(tally.created, tally.updated)

    def finish(self):
        """Count what this chunk did and, unless this is a dry run, write it. Runs inside the caller's transaction."""
        memory, history = self.memory, []
        for table in self.tables:
            changed = table.changed()
            tally = memory.counts.setdefault(table.label, Tally())
            revived = {pk for pk, diff in changed.items() if diff.get("is_void") == (True, False)}
            tally.created.update(table.new, revived)
            tally.updated.update(changed)
            tally.seen.update(table.fed)
            if memory.is_dry:
                carried = memory.carried.setdefault(table.label, {})
                for pk in [*table.new, *changed]:
                    if self.carry(table, table.rows[pk]):
                        carried[pk] = table.rows[pk]
            else:
                self._update(table, changed, history)
                self._insert(table)
        if history:
            insert_rows(Change, _CHANGE, [_change_values(change) for change in history])

    def close(self):
        """Let go of the records. Tables and book point at each other, and imports run without the cyclic collector."""
        for table in self.tables:
            table.book = None
        self.tables.clear()

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
        given = [*table.attnames, *table.follows, *constants]
        rest = {
            field.attname: plain_value(model, field.attname, field.get_default())
            for field in model._meta.concrete_fields
            if field.attname not in given
        }
        fixed = (*constants.values(), *rest.values())
        take = attrgetter(*table.attnames)
        follow = table.follow
        encode = _encoders(model, table.attnames)
        rows = [(*_encoded(take(row), encode), *follow(row), *fixed) for row in table.new.values()]
        insert_rows(model, [*given, *rest], rows)

    def _update(self, table, changed, history):
        if not changed:
            return
        model, memory = table.model, self.memory
        names = sorted({name for diff in changed.values() for name in diff})
        encode = _encoders(model, names)
        take = attrgetter(*names) if len(names) > 1 else lambda row: (getattr(row, names[0]),)
        moment = plain_value(model, "changed_at", memory.now)
        rows = []
        for pk, diff in changed.items():
            row = table.rows[pk]
            rows.append((*_encoded(take(row), encode), *table.follow(row), moment, pk))
            history.append(
                change_row(
                    SimpleNamespace(_meta=model._meta, pk=pk, store_id=memory.store_id),
                    diff,
                    by=memory.by,
                    source=Source.IMPORT,
                    batch_id=memory.batch_id,
                    customer_id=table.customer_id(row),
                    deed="revive" if diff.get("is_void") == (True, False) else "edit",
                    at=memory.now,
                )
            )
        update_rows(model, [*names, *table.follows, "changed_at"], rows)


_CHANGE = [field.attname for field in Change._meta.concrete_fields if not field.primary_key]


def _change_values(change):
    return tuple(
        plain_value(Change, name, getattr(change, name))
        if name in ("at", "changes", "params")
        else getattr(change, name)
        for name in _CHANGE
    )


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
        self[value] = plain = plain_value(self.model, self.attname, value)
        return plain


def _encoded(values, encode):
    if not encode:
        return values
    values = list(values)
    for place, function in encode:
        values[place] = function(values[place])
    return values
