"""Reads a workbook with python-calamine: here for small files, for large ones in a process of its own (`python unpack.py`).

calamine holds a whole worksheet in memory, a good 400 MB for 200,000 rows × 25 columns. In a child that memory is bounded
and gone when the rows are read, a panic in the reader takes nobody down, and the parent cleans rows while they come. This
module knows nothing of Django, so that the child starts quickly.
"""

import marshal
import pickle
import posixpath
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
import zlib
from itertools import islice

import python_calamine

BLOCK = 2_000
# Address space of the child, of which about 150 MB is never in memory: 200,000 × 25 cells need 560 MB of it.
CHILD_BYTES = 750 << 20
_FRAME = struct.Struct(">cI")
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>(#[^<]{1,20})</v>', re.ASCII
)


class Unreadable(Exception):
    """`code`: damaged, password_protected, no_worksheet, unpacks_too_big."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def read(path, name=None):
    """(facts, iterator over rows) of a worksheet, of the first visible one if no name is given. Raises Unreadable.

    facts: {"names": visible worksheets, "name", "first_column" (0-based), "merged" (cell ranges of the first 30 rows)}.
    Every row from row 1 on is a list of cells.
    """
    try:
        book = python_calamine.load_workbook(str(path))
        sheets = [s for s in book.sheets_metadata if s.typ == python_calamine.SheetTypeEnum.WorkSheet]
        seen = [s for s in sheets if s.visible == python_calamine.SheetVisibleEnum.Visible]
        names = [sheet.name for sheet in seen or sheets]
        if not names:
            raise Unreadable("no_worksheet")
        name = names[0] if name is None else name
        sheet = book.get_sheet_by_name(name)
        facts = {"names": names, "name": name, "first_column": 0, "merged": []}
        if sheet.start is None:
            return facts, iter(())
        facts["first_column"] = sheet.start[1]
        facts["merged"] = [area for area in sheet.merged_cell_ranges or () if area[0][0] < 30]
        errors = _errors_in(path, name)
        return facts, _with_errors(sheet.iter_rows(), errors, sheet.start[1]) if errors else sheet.iter_rows()
    except python_calamine.PasswordError as error:
        raise Unreadable("password_protected") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("damaged") from error
    except MemoryError as error:
        raise Unreadable("unpacks_too_big") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # not an Exception
            raise Unreadable("damaged") from error
        raise


def _errors_in(path, name):
    """{row: {column: "#N/A"}}, 0-based: calamine gives a formula error as an empty cell."""
    found, tail = {}, b""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, name)) as part:
            while block := part.read(1 << 20):
                text = tail + block
                if b't="e"' in text:
                    for letters, row, error in _ERROR.findall(text):
                        column = 0
                        for letter in letters:
                            column = column * 26 + letter - 64
                        found.setdefault(int(row) - 1, {})[column - 1] = error.decode("ascii", "replace")
                tail = text[max(text.rfind(b"<c "), 0) :][-4096:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError, ET.ParseError):
        pass  # calamine could read it: then without its errors
    return found


def _part_of(archive, name):
    """The path of a worksheet within the workbook. Raises LookupError."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            wanted = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            target = next((link.get("Target") for link in links if link.get("Id") == wanted), None)
            if target:
                return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    raise LookupError(name)


def _with_errors(rows, errors, first_column):
    for number, row in enumerate(rows):
        for column, error in errors.get(number, {}).items():
            if 0 <= column - first_column < len(row) and row[column - first_column] == "":
                row[column - first_column] = error
        yield row


def read_apart(path, name=None):
    """The same from a child process. The iterator gives its rows once; closing it ends the child."""
    child = subprocess.Popen(
        [sys.executable, __file__, str(path), *([name] if name is not None else [])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    frames = _frames(child)
    facts = next(frames)
    return facts, (row for block in frames for row in block)


def _frames(child):
    try:
        while True:
            head = child.stdout.read(_FRAME.size)
            if len(head) < _FRAME.size:
                # It died: of its bound on memory (abort) or of something the reader could not take.
                raise Unreadable("unpacks_too_big" if child.wait() == -6 else "damaged")
            kind, length = _FRAME.unpack(head)
            body = child.stdout.read(length)
            if kind == b"x":
                raise Unreadable(body.decode())
            if kind == b".":
                return
            yield marshal.loads(body) if kind == b"m" else pickle.loads(body)
    finally:
        child.stdout.close()
        child.kill()
        child.wait()


def _send(kind, body):
    sys.stdout.buffer.write(_FRAME.pack(kind, len(body)))
    sys.stdout.buffer.write(body)


def _main(path, name=None):
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:
        pass  # Windows has no such bound
    try:
        facts, rows = read(path, name)
        _send(b"p", pickle.dumps(facts))
        while block := list(islice(rows, BLOCK)):
            try:
                _send(b"m", marshal.dumps(block))
            except ValueError:  # dates: marshal does not know them
                _send(b"p", pickle.dumps(block, 5))
        _send(b".", b"")
    except Unreadable as error:
        _send(b"x", error.code.encode())
    except MemoryError:
        _send(b"x", b"unpacks_too_big")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
