"""Reads a selection from its first row to its last in pages, so that memory stays the same whatever the rows.

The cells are laid into a file without a name first: only then is known how many rows there are and how wide each column has to be,
and both stand above the rows. Masked cells are masked before they get there.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.workbooks import width_of
from office.exports.lists import Kind, Selection, Value, hidden

CHUNK = 1_000
DAY, MOMENT = "d", "m"  # how a date and a moment stand in the file
DAY_WIDTH, MOMENT_WIDTH = 10, 16


@dataclass
class Collected:
    """`rows()` gives the cells once more: text, number, ("d", date) or ("m", moment without a zone); `people` the customers told of."""

    file: object
    widths: list[int]
    count: int = 0
    people: set[int] = field(default_factory=set)

    def rows(self) -> Iterator[list]:
        self.file.seek(0)
        for line in self.file:
            yield [_decoded(cell) for cell in json.loads(line)]


def collect(
    selection: Selection, *, is_full: bool, zone, most: int, folder: Path, tell: Callable[[int], None]
) -> Collected:
    """At most `most` rows. `tell(rows read)` after each page."""
    labels = [str(column.label) for column in selection.columns]
    # Without a name: whoever dies over it leaves nothing behind. Collected hands it on, and its user closes it.
    file = tempfile.TemporaryFile("w+", dir=folder, encoding="utf-8")  # noqa: SIM115
    found = Collected(file, [width_of(label) for label in labels])
    for page in pages(selection, most):
        for row in selection.read(page):
            cells = [_cell(column, row, is_full, zone) for column in selection.columns]
            found.widths = [max(width, _width(cell)) for width, cell in zip(found.widths, cells, strict=True)]
            found.people.update(selection.people(row))
            json.dump(cells, found.file, ensure_ascii=False)
            found.file.write("\n")
            found.count += 1
        tell(found.count)
    return found


def pages(selection: Selection, most: int) -> Iterator[list]:
    """The rows in their order, CHUNK at a time. Which they are is settled by one statement at the start: a list that moves meanwhile, as
    a queue does, tells no row twice and leaves none out but those that have gone. An order may hold nulls here."""
    rows = selection.rows.order_by(*selection.order)
    ids = list(rows.values_list("pk", flat=True)[:most])
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        found = {row.id: row for row in selection.rows.filter(pk__in=some)}
        yield [found[pk] for pk in some if pk in found]


def _cell(column, row, is_full, zone):
    value = column.value(row)
    kind = column.kind
    if isinstance(value, Value):
        kind, value = value.kind, value.text
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        between = pgettext("between several numbers or cars in one cell", " / ")
        return between.join(_text(kind, each, is_full) for each in value if each)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (int, float)) and kind is Kind.TEXT:
        return value
    if isinstance(value, dt.datetime):
        return {MOMENT: value.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()}
    if isinstance(value, dt.date):
        return {DAY: value.isoformat()}
    return _text(kind, value, is_full)


def _text(kind, value, is_full) -> str:
    return str(value) if is_full else hidden(kind, str(value))


def _width(cell) -> int:
    if isinstance(cell, dict):
        return DAY_WIDTH if DAY in cell else MOMENT_WIDTH
    return max(map(width_of, str(cell).split("\n")))


def _decoded(cell):
    if not isinstance(cell, dict):
        return cell
    if DAY in cell:
        return DAY, dt.date.fromisoformat(cell[DAY])
    return MOMENT, dt.datetime.fromisoformat(cell[MOMENT])
