"""The error workbook: the rows of a file that have something wrong, to be corrected in Excel and imported again.

Header row first, then the original rows in their order with all original columns; wrong cells filled and commented; beside them
where the row stood, what is wrong and how to correct it (in the reader's language). The recogniser knows these three columns
again and reads none of them. All rows of one record come along, since half an order would say something else than the whole.
Memory stays bounded: rows are read and written one by one.
"""

import datetime as dt
import math
import tempfile
from collections import defaultdict
from itertools import groupby, islice
from operator import attrgetter

import xlsxwriter
from django.utils.translation import gettext as _

from common.cells import text_of
from common.workbooks import fit_for_printing, width_of
from dms.choices import Severity
from dms.columns import Date, Finding
from dms.services import open_batch
from dms.sheets import get_sheet
from dms.wording import OWN_HEADERS, advice, word

LONGEST_NUMBER = 10**10  # telephone numbers and longer: Excel would show them as 1.38E+10 in a narrow column
LONGEST_CELL = 32_000
MOST_COMMENTS = 5_000  # Excel grows slow with more; the columns beside say the same
EXCEL_BEGINS = 1901  # its days of 1900 are counted wrongly
MIDNIGHT = dt.time()
BEAT_ROWS = 1_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = (9, 44, 32)  # of our own columns, in characters
NARROWEST, WIDEST = 8, 32  # of the columns of the file, which are as wide as what they hold


def write_error_workbook(batch, *, with_warnings=False, beat=lambda: None):
    """(open temporary file at its start, rows written); `beat` is called again and again meanwhile. Half a second for a thousand
    rows, and two for reading a list of 100,000. Raises UnusableFile where the upload is gone or cannot be read."""
    table, layout = open_batch(batch)
    tab = table.worksheet(layout.worksheet)
    errors = batch.row_errors.filter(row__gt=layout.header_row)
    if not with_warnings:
        errors = errors.filter(severity=Severity.ERROR)
    keys = _Keys(batch, layout, tab)
    file, count = _written(tab, layout, errors, keys, beat)
    if keys.are_torn():  # seldom, so the file is read a second time only then
        file.close()
        file, count = _written(tab, layout, errors, keys, beat)
    return file, count


def _written(tab, layout, errors, keys, beat):
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    try:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            page = _Page(book, layout, tab)
            complaints = errors.order_by("row", "id").iterator(chunk_size=2_000)
            for number, row, found in _with_complaints(_rows(tab, layout), complaints):
                if number % BEAT_ROWS == 0:
                    beat()
                if keys.concern(row, is_bad=bool(found)):
                    page.write(number, row, found)
            page.close()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, page.count


def _rows(tab, layout):
    """(row number, cells) below the header."""
    return enumerate(islice(tab.rows(), layout.header_row, None), layout.header_row + 1)


def _with_complaints(rows, complaints):
    """(row number, cells, its RowErrors); both come in the order of rows, so neither is held in memory."""
    groups = groupby(complaints, key=attrgetter("row"))
    number_of, found = next(groups, (None, ()))
    for number, cells in rows:
        if number != number_of:
            yield number, cells, ()
            continue
        yield number, cells, list(found)
        number_of, found = next(groups, (None, ()))


class _Keys:
    """Which records the rows belong to: those with a row complained of, and, as far as seen, those of all other rows."""

    def __init__(self, batch, layout, tab):
        sheet = get_sheet(layout.sheet)
        self.column = sheet.column(sheet.key)
        self.places = [index - tab.first_column for index in layout.columns_of(sheet.key)]
        self.today = batch.store.day_of(batch.created_at)
        self.wanted, self.left = set(), set()

    def concern(self, row, *, is_bad) -> bool:
        """Does the row belong into the workbook, as far as is known by now?"""
        key = self.of(row)
        if key is None:
            return is_bad
        if is_bad:
            self.wanted.add(key)
        elif key not in self.wanted:
            self.left.add(key)
        return key in self.wanted

    def are_torn(self) -> bool:
        """Was a row left out whose record turned out to be wanted further down?"""
        return not self.wanted.isdisjoint(self.left)

    def of(self, row):
        """The key of the record as the import reads it, or None."""
        for place in self.places:
            value = self._clean(row[place]) if place < len(row) else None
            if value is not None:
                return value
        return None

    def _clean(self, cell):
        value = self.column.clean(cell, today=self.today) if isinstance(self.column, Date) else self.column.clean(cell)
        return value.keep if isinstance(value, Finding) else value


class _Page:
    """The one worksheet. Columns keep their places, so A stays A; our own stand to the right of all of them."""

    def __init__(self, book, layout, tab):
        self.first = tab.first_column
        self.own = layout.own
        self.indexes = [index for index in sorted(layout.headers) if layout.headers[index] or index in layout.mapping]
        self.beside = max(self.indexes) + 1
        self.by_header = defaultdict(list)
        for index, header in layout.headers.items():
            self.by_header[header[:120]].append(index)
        self.count = self.comments = 0
        self._styles(book)
        self.sheet = book.add_worksheet(_sheet_name(layout.worksheet))
        self.sheet.freeze_panes(1, 0)
        self.widths = {index: width_of(layout.headers[index]) for index in self.indexes}
        for index in self.indexes:
            self.sheet.write_string(0, index, layout.headers[index], self.head)
        for offset, (header, width) in enumerate(zip(OWN_HEADERS, _WIDTHS, strict=True)):
            self.sheet.set_column(self.beside + offset, self.beside + offset, width)
            self.sheet.write_string(0, self.beside + offset, _(header), self.own_head)

    def _styles(self, book):
        def style(**facts):
            return book.add_format({"valign": "top", **facts})

        red = {"bg_color": "#FCD5D3", "border": 1, "border_color": "#B3261E"}
        yellow = {"bg_color": "#FDF1DD", "border": 1, "border_color": "#C27803"}
        head, text = {"bold": True, "bottom": 1}, {"num_format": "@", "quote_prefix": True}  # a header may be =1+1 too
        self.head, self.own_head = style(**head, **text), style(**head, bg_color="#E8F1FB")
        self.note = style(text_wrap=True, bg_color="#F3F5F7", **text)
        self.looks = {
            (mark, kind): style(**fill, **form)
            for mark, fill in ((None, {}), (Severity.ERROR, red), (Severity.WARNING, yellow))
            for kind, form in (
                ("text", {"num_format": "@"}),
                ("formula", {"num_format": "@", "quote_prefix": True}),
                ("number", {}),
                ("day", {"num_format": "yyyy-mm-dd"}),
                ("moment", {"num_format": "yyyy-mm-dd hh:mm:ss"}),
            )
        }

    def write(self, number, row, errors):
        self.count += 1
        marks = self._marks(row, errors)
        for index in self.indexes:
            place = index - self.first
            self._cell(index, row[place] if 0 <= place < len(row) else "", marks.get(index, ()))
        self.sheet.write_number(self.count, self.beside, number, self.note)
        reason = _lines(errors, _reason) if errors else _("Comes along: the same record as a marked row.")
        self.sheet.write_string(self.count, self.beside + 1, reason, self.note)
        self.sheet.write_string(self.count, self.beside + 2, _lines(errors, _advice), self.note)

    def close(self):
        for index, width in self.widths.items():
            self.sheet.set_column(index, index, min(max(width, NARROWEST), WIDEST) + 2)
        fit_for_printing(self.sheet)
        self.sheet.autofilter(0, min(self.indexes), self.count, self.beside + len(OWN_HEADERS) - 1)

    def _marks(self, row, errors):
        """{column: its errors}; of several columns with one header that whose cell holds what was complained of, else each."""
        marks = defaultdict(list)
        for error in errors:
            columns = self.by_header.get(error.column, ()) if error.column else ()
            if len(columns) > 1:
                holding = [index for index in columns if error.value and error.value in self._text(row, index)]
                columns = holding or columns
            for index in columns:
                marks[index].append(error)
        return marks

    def _text(self, row, index):
        place = index - self.first
        return text_of(row[place]) if 0 <= place < len(row) else ""

    def _cell(self, index, cell, errors):
        mark = None
        if errors:
            is_fatal = any(error.severity == Severity.ERROR for error in errors)
            mark = Severity.ERROR if is_fatal else Severity.WARNING
            if self.comments < MOST_COMMENTS:
                self.comments += 1
                text = "\n".join(filter(None, [_lines(errors, _reason), _lines(errors, _advice)]))
                self.sheet.write_comment(self.count, index, text, {"x_scale": 2})
        kind, value = _form_of(cell)
        self.widths[index] = max(self.widths[index], width_of(str(value)))
        look = self.looks[mark, kind]
        if kind in ("text", "formula"):
            if value:
                self.sheet.write_string(self.count, index, value, look)
            elif mark:
                self.sheet.write_blank(self.count, index, None, look)
        elif kind == "number":
            self.sheet.write_number(self.count, index, value, look)
        else:
            self.sheet.write_datetime(self.count, index, value, look)


def _form_of(cell):
    """(kind, value): how a cell is written so that Excel shows it, and the next import reads it, as it was."""
    if isinstance(cell, dt.date) and cell.year < EXCEL_BEGINS:
        return "text", text_of(cell)
    if isinstance(cell, dt.datetime):
        return ("day", cell.date()) if cell.time() == MIDNIGHT else ("moment", cell)
    if isinstance(cell, dt.date):
        return "day", cell
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number and math.isfinite(cell) and abs(cell) < LONGEST_NUMBER:
        return "number", cell
    text = text_of(cell)[:LONGEST_CELL]
    return ("formula", text) if text.startswith(_FORMULA) else ("text", text)


def _reason(error):
    return f"{error.column}：{word(error.code, error.params)}" if error.column else word(error.code, error.params)


def _advice(error):
    return advice(error.code, error.suggestion)


def _lines(errors, tell):
    return "\n".join(dict.fromkeys(filter(None, map(tell, errors))))[:LONGEST_CELL]


def _sheet_name(name):
    """Excel takes 31 characters and none of []:*?/\\."""
    kept = "".join(letter for letter in name if letter not in "[]:*?/\\").strip("'")[:31]
    return kept or "Sheet1"
