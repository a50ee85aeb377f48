"""Reads the tables of a web page: many systems write one and name it .xls. Scripts and styles are ignored.

A scanner of its own that walks the text once, forwards: a page that was made to hurt costs no more than a long one.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from dms.readers import HEAD_ROWS, MOST_COLUMNS, Unreadable, choose_name, facts_of
from dms.readers.text import decode_page

DEEPEST = 30  # tables within tables
MOST_TABLES = 20  # that are offered, the longest ones
# As in HTML: a cell that claims to span more is a mistake.
MOST_SPANNED = 1_000
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]*)")
_REST = re.compile(r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_SPAN = re.compile(r"\b(colspan|rowspan)\s*=\s*[\"']?\s*(\d{1,6})", re.IGNORECASE)
_NUMBER = re.compile(r"\bx:num\s*=\s*[\"']?(-?\d+(?:\.\d+)?)", re.IGNORECASE)
# What Excel shows in place of a long number, whose digits it keeps beside.
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+\d+|#+", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_RAW = ("script", "style", "title", "textarea", "noscript", "template")
_BREAKS = ("br", "p", "div", "li")


def read(path, name=None):
    """See dms.readers. Raises Unreadable: html where the page has no table with text."""
    text = decode_page(path)
    sheets, notes = _sheets_of(text)
    if not sheets:
        raise Unreadable("html")
    names = [""] if len(sheets) == 1 else [str(number + 1) for number in range(len(sheets))]
    chosen = choose_name(names, name)
    wanted = sheets[names.index(chosen)] if chosen in names else sheets[0]
    merged = []
    rows = _rows(text, set(wanted), merged)
    head = []
    for row in rows:  # merged cells are known when their rows are read
        head.append(row)
        if len(head) == HEAD_ROWS:
            break
    return facts_of(names, chosen, merged=merged, notes=notes), _chained(head, rows)


def _chained(head, rows):
    yield from head
    yield from rows


# --- the page as a stream -----------------------------------------------------------------------------------------
def _tokens(text):
    """("text", text), ("table"|"tr"|"td"|"/table"|"/tr"|"/td"|"br", attributes)."""
    place, size, has_comment_end = 0, len(text), True
    while True:
        start = text.find("<", place)
        if start < 0:
            break
        if start > place:
            yield "text", text[place:start]
        found = _NAME.match(text, start)
        if not found:
            if text.startswith("<!--", start) and has_comment_end:
                end = text.find("-->", start + 4)
                has_comment_end = end >= 0
                place = end + 3 if has_comment_end else start + 4
            elif text.startswith(("<!", "<?", "</"), start):
                place = text.find(">", start) + 1 or size
            else:
                yield "text", "<"
                place = start + 1
            continue
        name, is_end = found[1].lower(), text[start + 1] == "/"
        place = _end_of_tag(text, found.end(), size)
        attributes = text[found.end() : place]
        if name in _RAW and not is_end:
            place = _end_of_raw(text, name, place, size)
        elif name in ("td", "th", "tr", "table"):
            yield ("/" if is_end else "") + ("td" if name == "th" else name), attributes
        elif name in _BREAKS:
            yield "br", ""
    if place < size:
        yield "text", text[place:]


def _end_of_tag(text, place, size):
    found = _REST.match(text, place, min(size, place + 4_000))
    return found.end() if found else text.find(">", place) + 1 or size


def _end_of_raw(text, name, place, size):
    end = re.compile(f"</{name}", re.IGNORECASE).search(text, place)
    return end.start() if end else size


# --- which tables there are ---------------------------------------------------------------------------------------
@dataclass
class _Table:
    number: int
    is_nested: bool
    rows: int = 0
    first: list = field(default_factory=list)  # texts of its first row
    has_text: bool = False
    is_open: bool = True


def _sheets_of(text):
    """([numbers of the tables of each worksheet], notes). A table that goes on in the next one (its header stands alone, or
    every page repeats it) is one worksheet with it."""
    tables, stack = [], []
    for kind, value in _tokens(text):
        if kind == "table":
            if len(stack) >= DEEPEST:
                raise Unreadable("html")
            tables.append(_Table(len(tables), bool(stack)))
            stack.append(tables[-1])
        elif not stack:
            continue
        elif kind == "/table":
            stack.pop().is_open = False
        elif kind == "tr":
            stack[-1].rows += 1
        elif kind == "td":
            table = stack[-1]
            table.rows = table.rows or 1
            if table.rows == 1 and len(table.first) < MOST_COLUMNS:
                table.first.append("")
        elif kind == "text" and not value.isspace():
            for table in stack:
                table.has_text = True
            if stack[-1].rows == 1 and stack[-1].first:
                stack[-1].first[-1] += value.strip()
    notes = ["cut_off"] if any(table.is_open for table in tables) else []
    sheets = []
    for table in tables:
        if not table.has_text or not table.first:
            continue
        if sheets and _goes_on(sheets[-1][-1], table, sheets[-1][0]):
            sheets[-1].append(table)
        else:
            sheets.append([table])
    longest = sorted(sheets, key=lambda sheet: -sum(table.rows for table in sheet))[:MOST_TABLES]
    if len(sheets) > MOST_TABLES:
        notes.append("tables_left_out")
    return [[table.number for table in sheet] for sheet in sheets if sheet in longest], notes


def _goes_on(before, table, first):
    if before.is_nested != table.is_nested or len(before.first) != len(table.first) or len(table.first) < 2:
        return False
    return before.rows <= 2 and first is before or table.first == first.first


# --- the rows of some tables --------------------------------------------------------------------------------------
class _Row:
    """The cells of the row at hand, with those that reach down from the rows above."""

    def __init__(self):
        self.is_open = False
        self.cells = {}
        self.next = 0
        self.below = {}  # column: (rows still to come, text)
        self.spans = []  # ((left, right), rows) of cells that are wider or higher than one
        self._open = None

    def begin_cell(self, attributes):
        self.end_cell()
        self.is_open = True
        spans = {name.lower(): min(int(value), MOST_SPANNED) for name, value in _SPAN.findall(attributes)}
        number = _NUMBER.search(attributes) if "x:" in attributes else None
        self._open = [], spans.get("colspan") or 1, spans.get("rowspan") or 1, number and number[1]

    def add(self, text):
        if self._open is not None:
            self._open[0].append(text)

    def end_cell(self):
        if self._open is None:
            return
        parts, width, height, number = self._open
        self._open = None
        lines = unescape("".join(parts)).split("\0")
        text = "\n".join(filter(None, (_BLANKS.sub(" ", line).strip() for line in lines)))
        if number and _SHORTENED.fullmatch(text):
            text = number
        column = self.next
        while column in self.below:
            column += 1
        width = min(width, MOST_COLUMNS - column)
        self.next = column + max(width, 0)
        for place in range(column, column + width):
            self.cells[place] = text if place == column else ""
            if height > 1:
                self.below[place] = (height, self.cells[place])
        if width > 1 or height > 1 and width:
            self.spans.append(((column, column + width - 1), height))

    def finish(self):
        self.end_cell()
        for column, (_left, text) in self.below.items():
            self.cells.setdefault(column, text)
        row = [self.cells.get(column, "") for column in range(max(self.cells, default=-1) + 1)]
        self.below = {column: (left - 1, text) for column, (left, text) in self.below.items() if left > 1}
        spans, self.cells, self.spans, self.next, self.is_open = self.spans, {}, [], 0, False
        return row, spans


def _rows(text, wanted, merged):
    """The rows of these tables, one below the other; fills `merged` for the first rows."""
    number, count, stack, row, depth = -1, 0, [], None, 0
    for kind, value in _tokens(text):
        if kind == "table":
            number += 1
            stack.append(number)
            if number in wanted and row is None:
                row, depth = _Row(), len(stack)
            elif row is not None:
                row.add("\0")
            continue
        if not stack:
            continue
        is_end = kind == "/table"
        if is_end:
            stack.pop()
        if row is None:
            continue
        if kind == "text":
            row.add(value)
        elif kind == "br" or len(stack) > depth or (is_end and len(stack) == depth):
            row.add("\0")
        elif kind == "td":
            row.begin_cell(value)
        elif kind == "/td":
            row.end_cell()
        elif row.is_open:
            cells, spans = row.finish()
            if count < HEAD_ROWS:
                merged.extend(((count, a), (count + height - 1, b)) for (a, b), height in spans)
            count += 1
            yield cells
        if row is not None and kind == "tr" and len(stack) == depth:
            row.is_open = True
        if is_end and len(stack) < depth:
            row = None
    if row is not None and row.is_open:
        yield row.finish()[0]
