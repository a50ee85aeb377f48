"""What an import would change, cell by cell: gathered by the dry run, stored for the preview, put into words when shown.

The first ones by row are kept, so many of each kind (settings.IMPORT_SHOWN_DIFFERENCES). Values are stored as the history stores
them; a related record is stored by what a reader calls it, since one that would only be created has no number yet.
"""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey

from audit.reading import EMPTY, field_label, word_value
from common.upsert import insert_rows, plain_value
from dms.choices import DifferenceKind
from dms.models import RowChange
from dms.sheets import get_sheet

LONGEST_TITLE = 120


class Differences:
    """Fed with the Book of each chunk of a dry run, before it is closed."""

    def __init__(self, keep):
        self.keep = keep
        self.found = {kind: [] for kind in DifferenceKind}  # (row, model label, object id, title, changes)

    def gather(self, book):
        tables = {table.model: table for table in book.tables} | book.named
        counted = [table for table in book.tables if table.is_counted]
        self._take(DifferenceKind.CHANGED, lambda: _changed(counted, tables))
        self._take(DifferenceKind.NEW, lambda: _created(counted, tables))
        self._take(DifferenceKind.CONFLICT, lambda: _conflicts(book, tables))

    def _take(self, kind, find):
        found = self.found[kind]
        if len(found) < self.keep:
            found.extend(sorted(find(), key=lambda difference: difference[0])[: self.keep - len(found)])

    def store(self, batch):
        """Replace what an earlier preview of the batch has stored."""
        batch.row_changes.all().delete()
        attnames = ["batch_id", "kind", "row", "model", "object_id", "label", "changes"]
        rows = [
            (batch.pk, str(kind), row, label, pk, title[:LONGEST_TITLE], plain_value(RowChange, "changes", changes))
            for kind, found in self.found.items()
            for row, label, pk, title, changes in found
        ]
        insert_rows(RowChange, attnames, rows)


def _changed(counted, tables):
    for table in counted:
        for pk, diff in table.changed().items():
            changes = {
                _field_name(name): [_stored(table.model, name, value, tables) for value in pair]
                for name, pair in diff.items()
            }
            stored = pk if pk > 0 else None
            yield table.row_of.get(pk, 0), table.label, stored, table.title(table.rows[pk]), changes


def _created(counted, tables):
    for table in counted:
        for pk, row in table.new.items():
            yield table.row_of.get(pk, 0), table.label, None, table.title(row), _told(table, row, tables)


def _told(table, row, tables):
    """{field: [None, value]} of what is not as in any new record."""
    defaults = {name: spec.default for name, spec in table.record.__dataclass_fields__.items()}
    return {
        _field_name(name): [None, _stored(table.model, name, value, tables)]
        for name, default in defaults.items()
        if name != "id" and (value := getattr(row, name)) not in (default, None, "") and not isinstance(value, dict)
    }


def _conflicts(book, tables):
    by_label = {table.label: table for table in tables.values()}
    for row, label, pk, _customer_id, name, ours, theirs in book.conflicts:
        record = by_label[label].rows[pk]
        yield row, label, pk if pk > 0 else None, by_label[label].title(record), {name: [ours, theirs]}


def _field_name(attname):
    return attname.removesuffix("_id")


def _stored(model, attname, value, tables):
    if value is None or isinstance(value, str | int):
        field = _field(model, _field_name(attname))
        if value is not None and isinstance(field, ForeignKey):
            table = tables.get(field.related_model)
            related = table.rows.get(value) if table else None
            return table.title(related) if related is not None else f"#{value}"
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _field(model, name):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


# --- words --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Cell:
    """One field of a difference, worded: `old` is EMPTY for a new record."""

    label: str
    old: str
    new: str


def cells_of(difference, sheet_code) -> list[Cell]:
    """The fields of a RowChange in the order of the model, in the reader's language, telephone numbers masked."""
    try:
        model = apps.get_model(difference.model)
    except (LookupError, ValueError):
        model = None
    places = {field.name: place for place, field in enumerate(model._meta.fields)} if model else {}
    names = sorted(difference.changes, key=lambda name: (places.get(name, len(places)), name))
    return [_cell(model, name, difference.changes[name], sheet_code) for name in names]


def _cell(model, name, pair, sheet_code):
    field = _field(model, name)
    if isinstance(field, ForeignKey):
        words = [str(value) if value not in (None, "") else EMPTY for value in pair]
    else:
        words = [word_value(model, name, value) for value in pair]
    return Cell(label_of(model, name, sheet_code), *words)


def label_of(model, name, sheet_code) -> str:
    """What a field is called: by its model, else by the column of the sheet (a person's `phone` is a record of its own)."""
    if _field(model, name) is None and sheet_code:
        sheet = get_sheet(sheet_code)
        if name in sheet.index:
            return str(sheet.column(name).label)
    return field_label(model, name)
