"""Opens what was uploaded, judged by its bytes and never by its name: .xlsx, real .xls, web pages and XML named .xls, text.

Workbooks are read by dms.readers, text by the csv module. A file of another kind, a damaged, protected or oversized one raises
UnusableFile with one clear sentence.
"""

import contextlib
import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from django.conf import settings

from dms import unpack
from dms.errors import UnusableFile
from dms.readers import MOST_COLUMNS
from dms.readers.text import encoding_of

# An .xlsx holds its cells as XML that packs ten to one; more than this for the size limit is a bomb.
UNPACKING_FACTOR = 12
# A directory of a zip larger than this has ten thousands of parts; a workbook has some dozens.
MOST_DIRECTORY_BYTES = 1 << 20
# Cells of the used rectangle: wider or longer than this is a stray cell in a far corner, not a list.
MOST_CELLS = 40_000_000
# Workbooks whose cells may need more memory are read in a process of their own.
MOST_IN_HAND = 120_000_000
# In calamine a cell is 32 bytes and its own copy of its text; in a file a cell is hardly shorter than <c r="A10000"><v>1</v></c>.
CELL_BYTES, CELL_MARKUP = 32, 30
# Rows from the top that stay in hand: recognition and samples look at them again and again.
KEPT_ROWS = 300
# As the csv module has it: a longer cell is a quotation mark that nobody closed.
LONGEST_CELL = 131_072
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An .xls older than 1995 is its bare stream of records.
_BARE_BIFF = tuple(bytes([9, version, length, 0]) for version in (0, 2, 4, 8) for length in (4, 6, 8, 16))
_DIMENSION = re.compile(rb'<dimension ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_OTHER_KINDS = (
    b"%pdf",
    b"\x89png",
    b"\xff\xd8\xff",
    b"gif8",
    b"rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"sqlite format",
)


@dataclass
class Worksheet:
    """The cells of one sheet. `rows()` gives every row from row 1 on as a list whose first cell is in `first_column` (0-based).

    notes: codes about the sheet as a whole that somebody who imports it should know (dms.wording).
    """

    name: str
    rows: object
    first_column: int = 0
    merged: list = field(default_factory=list)  # ((row, column), (row, column)), 0-based
    notes: list = field(default_factory=list)


class TableFile:
    """An opened file: `names` of its worksheets ([""]: one table without a name), `hidden` ones, `encoding` (None for
    workbooks), `worksheet(name)`. `nothing_found`: code of the sentence for a file in which no list is found."""

    encoding: str | None = None
    names: list[str]
    hidden: tuple[str, ...] = ()
    nothing_found = "no_header"

    def worksheet(self, name) -> Worksheet:
        raise NotImplementedError


def open_file(path) -> TableFile:
    """Raises UnusableFile."""
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        raise UnusableFile("empty_file")
    if size > settings.IMPORT_MAX_BYTES:
        raise UnusableFile("too_big", limit=settings.IMPORT_MAX_BYTES // 1024 // 1024)
    with path.open("rb") as file:
        head = file.read(8192)
    kind = _kind_of(path, head)
    if kind == "text":
        return TextFile(path, head)
    is_small = kind == "xlsx" and _check_archive(path) <= MOST_IN_HAND
    return Workbook(path, kind, is_apart=not is_small)


def _kind_of(path, head):
    """A module of dms.readers, or "text". Raises UnusableFile."""
    if head[:4] == b"PK\x03\x04":
        return "xlsx"
    if head[:2] == b"PK":
        raise UnusableFile("damaged")
    if head[:8] == _OLE:
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise UnusableFile("password_protected")
        return "xls"
    if head.startswith(_BARE_BIFF):
        return "xls"
    # Plain letters are the same in every charset, with zeros between them in UTF-16.
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"<"):
        return _kind_of_markup(start)
    if start.startswith(b"mime-version:"):
        raise UnusableFile("html")
    if start.startswith(_OTHER_KINDS):
        raise UnusableFile("unknown_format")
    return "text"


def _kind_of_markup(start):
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start and not start.startswith((b"<html", b"<!doctype html")):
        return "sheetml"
    if not start.startswith(b"<?xml") or b"<html" in start:
        return "html"
    raise UnusableFile("xml")


# --- workbooks ----------------------------------------------------------------------------------------------------
class Workbook(TableFile):
    """A file of worksheets. `is_apart`: read in a process of its own."""

    def __init__(self, path, kind, *, is_apart):
        self._read = partial(unpack.read_apart if is_apart else unpack.read, kind, path)
        self._last = _Tab(self._read)
        self.names = self._last.facts["names"]
        self.hidden = tuple(self._last.facts["hidden"])
        if kind == "html":
            self.nothing_found = "html"

    def worksheet(self, name):
        if self._last.name != name:
            self._last = None  # one sheet in memory at a time
            self._last = _Tab(partial(self._read, name))
        tab = self._last
        return Worksheet(tab.name, tab.rows, tab.facts["first_column"], tab.facts["merged"], tab.facts["notes"])


class _Tab:
    """The rows of one worksheet, from the top as often as wanted: the top is kept, what follows is read again where needed."""

    def __init__(self, read):
        self._read = read
        self._top = []
        self._start()
        self.name = self.facts["name"]

    def _start(self):
        with _unusable():
            self.facts, self._rest = self._read()
        self._is_spent = False

    def rows(self):
        with _unusable():
            for number in range(KEPT_ROWS):
                if number == len(self._top):
                    row = next(self._rest, None)
                    if row is None:
                        return
                    self._top.append(row)
                yield self._top[number]
            if self._is_spent:
                self._start()
                for _row in islice(self._rest, KEPT_ROWS):
                    pass
            self._is_spent = True
            yield from self._rest


@contextlib.contextmanager
def _unusable():
    try:
        yield
    except unpack.Unreadable as error:
        raise UnusableFile(error.code) from error


def _check_archive(path):
    """Refuses zip bombs, far corners and zips that are no workbook, before anything is unpacked as a whole; gives the
    bytes of memory that reading it may take."""
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > UNPACKING_FACTOR * settings.IMPORT_MAX_BYTES:
                raise UnusableFile("unpacks_too_big")
            names = [entry.filename for entry in entries]
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnusableFile("password_protected")
            if not any(name.startswith("xl/") for name in names):
                raise UnusableFile("not_a_workbook")
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    with archive.open(name) as part:
                        found = _DIMENSION.search(part.read(4096))
                    if found and _area(found) > MOST_CELLS:
                        raise UnusableFile("too_many_rows", limit=settings.IMPORT_MAX_ROWS)
            memory = _memory_for(archive, entries)
            if memory <= MOST_IN_HAND:
                _check_sizes(archive, entries)
            return memory
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise UnusableFile("damaged") from error


def _check_directory(path):
    """zipfile takes the directory of a zip into memory as a whole: so its size is read first."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - (1 << 16) - 22, 0))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        raise UnusableFile("damaged")
    (size,) = struct.unpack_from("<L", tail, place + 12)
    if size > MOST_DIRECTORY_BYTES:
        raise UnusableFile("unpacks_too_big")


def _check_sizes(archive, entries):
    """What is read here and now must be as long as it says, and whole: reading a part to its end tells."""
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels", ".bin")):
            with archive.open(entry) as part:
                while part.read(1 << 20):
                    pass


def _memory_for(archive, entries):
    """Not the likely figure (about half of this) but a safe one: every cell may hold the longest of the shared texts."""
    sheets = [entry.file_size for entry in entries if entry.filename.startswith("xl/worksheets/")]
    shared = next((entry for entry in entries if entry.filename.lower() == "xl/sharedstrings.xml"), None)
    longest = 0
    if shared is not None:
        if shared.file_size > MOST_IN_HAND // 4:
            return MOST_IN_HAND + 1
        longest = max(map(len, archive.read(shared).split(b"</si>")))
    return max(sheets, default=0) * (CELL_BYTES + longest) // CELL_MARKUP


def _area(found):
    def number(letters):
        total = 0
        for letter in letters:
            total = total * 26 + letter - 64
        return total

    left, top, right, bottom = found.groups()
    return (number(right) - number(left) + 1) * (int(bottom) - int(top) + 1)


# --- text ---------------------------------------------------------------------------------------------------------
class TextFile(TableFile):
    names = [""]

    def __init__(self, path, head):
        self.path = path
        with _unusable():
            self.encoding = encoding_of(path, head)
        with self._open() as file:
            lines = [line for line, _ in zip(file, range(30), strict=False)]
        if not any(line.strip() for line in lines):
            raise UnusableFile("empty_file")
        self.delimiter = _delimiter_of(lines)
        self.is_shielded = any('="' in line for line in lines)

    def _open(self):
        return io.open(self.path, encoding=self.encoding, newline="")  # noqa: UP020, PTH123 - newline for csv

    def worksheet(self, name):
        return Worksheet("", self._rows)

    def _rows(self):
        with self._open() as file:
            rows = csv.reader(file, delimiter=self.delimiter)
            try:
                for row in map(_without_shields, rows) if self.is_shielded else rows:
                    yield row if len(row) <= MOST_COLUMNS else row[:MOST_COLUMNS]
            except csv.Error as error:
                # The one thing it refuses besides: a cell beyond its limit.
                raise UnusableFile("cell_too_long", line=rows.line_num, limit=LONGEST_CELL) from error
            except UnicodeError as error:
                raise UnusableFile("damaged") from error


def _delimiter_of(lines):
    """The mark that parts most lines into the same number of cells; then the one that gives more cells."""

    def evenness(mark):
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1]
        except csv.Error:
            widths = []
        usual = max(widths, key=lambda width: (widths.count(width), width), default=0)
        return widths.count(usual), usual, mark == ","

    return max("\t,;|", key=evenness)


def _without_shields(row):
    """Web pages write ="013800000000" so that Excel leaves the number as it is."""
    return [cell[2:-1] if cell[:2] == '="' and cell[-1] == '"' and len(cell) > 2 else cell for cell in row]
