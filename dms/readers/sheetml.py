"""Reads SpreadsheetML, the one XML file that Excel 2003 wrote and many systems still do, named .xls or .xml."""

from xml.parsers import expat

from dms.readers import HEAD_ROWS, MOST_COLUMNS, Unreadable, choose_name, facts_of
from dms.readers.text import encoding_of

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_BLOCK = 1 << 18
MOST_ROWS = 1_048_576


def read(path, name=None):
    """See dms.readers. Raises Unreadable: xml where it is another kind of XML."""
    names, hidden = [], []
    for kind, value in _Stream(path).events(rows_of=None):
        (hidden if kind == "hidden" else names).append(value)
    if not names and not hidden:
        raise Unreadable("xml")
    chosen = choose_name(names or hidden, name)
    merged = []
    rows = (row for _kind, row in _Stream(path, merged).events(rows_of=chosen))
    head = []
    for row in rows:  # merged cells are known when their rows are read
        head.append(row)
        if len(head) == HEAD_ROWS:
            break
    facts = facts_of(names or hidden, chosen, merged=merged, hidden=hidden if names else ())
    return facts, _chained(head, rows)


def _chained(head, rows):
    yield from head
    yield from rows


class _Stream:
    """Gives ("name"|"hidden", worksheet), or ("row", cells) of one worksheet. Entities are refused."""

    def __init__(self, path, merged=None):
        self.path = path
        self.merged = [] if merged is None else merged
        self.found = []
        self.wanted = None
        self.sheet = ""
        self.is_wanted = self.is_hidden = self.says_visible = False
        self.row, self.count, self.column, self.after = None, 0, 0, 0
        self.kind, self.parts = None, []

    def events(self, rows_of):
        self.wanted = rows_of
        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            with self.path.open("rb") as file:
                encoding = encoding_of(self.path, file.read(8192))
            with self.path.open(encoding=encoding, newline="") as file:
                while block := file.read(_BLOCK):
                    parser.Parse(block.encode("utf-8", "replace"), False)
                    yield from self.found
                    self.found.clear()
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable("damaged") from error
        yield from self.found

    def _refuse(self, *_declaration):
        raise Unreadable("xml")

    def _start(self, tag, given):
        namespace, _blank, tag = tag.rpartition(" ")
        self.says_visible = tag == "Visible"
        if namespace != _SPREADSHEET:
            return
        attributes = {key.rpartition(" ")[2]: value for key, value in given.items()}
        if tag == "Worksheet":
            self.sheet, self.is_hidden = attributes.get("Name", ""), False
            self.is_wanted = self.wanted is not None and self.sheet == self.wanted
        elif not self.is_wanted:
            return
        elif tag == "Row":
            number = _whole(attributes.get("Index"), self.count + 1)
            if number > MOST_ROWS:
                raise Unreadable("unpacks_too_big")
            self.found.extend(("row", []) for _gap in range(self.count + 1, number))
            self.row, self.column, self.count = [], 0, max(number, self.count + 1)
        elif tag == "Cell" and self.row is not None:
            self.column = max(_whole(attributes.get("Index"), self.column + 1), self.column + 1)
            right, down = (_whole(attributes.get(name), 0) for name in ("MergeAcross", "MergeDown"))
            if self.count <= HEAD_ROWS and (right or down):
                top, left = self.count - 1, self.column - 1
                self.merged.append(((top, left), (top + down, left + min(right, MOST_COLUMNS))))
            self.after = self.column + min(right, MOST_COLUMNS)
        elif tag == "Data" and self.row is not None:
            self.kind, self.parts = attributes.get("Type", "String"), []

    def _text(self, text):
        if self.kind is not None:
            self.parts.append(text)
        elif self.says_visible and text in ("SheetHidden", "SheetVeryHidden"):
            self.is_hidden = True

    def _end(self, tag):
        namespace, _blank, tag = tag.rpartition(" ")
        if tag == "Worksheet" and namespace == _SPREADSHEET and self.wanted is None:
            self.found.append(("hidden" if self.is_hidden else "name", self.sheet))
        if not self.is_wanted or namespace != _SPREADSHEET:
            return
        if tag == "Data" and self.kind is not None:
            if self.column <= MOST_COLUMNS:
                self.row.extend([""] * (self.column - 1 - len(self.row)))
                self.row.append(_value(self.kind, "".join(self.parts)))
            self.kind = None
        elif tag == "Cell":
            self.column = self.after
        elif tag == "Row" and self.row is not None:
            self.found.append(("row", self.row))
            self.row = None
        elif tag == "Worksheet":
            self.is_wanted = False


def _whole(text, otherwise):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _value(kind, text):
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "Boolean":
        return text.strip() in ("1", "true", "True")
    return text
