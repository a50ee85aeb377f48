"""Reads .xlsx workbooks with python-calamine."""

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib

import python_calamine

from dms.readers import HEAD_ROWS, MOST_COLUMNS, Unreadable, choose_name, facts_of

_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>(#[^<]{1,20})</v>', re.ASCII
)
# The parts that list the worksheets are small; larger ones were made to hurt.
_MOST_BYTES_OF_LISTS = 4 << 20


def read(path, name=None):
    """See dms.readers. Raises Unreadable."""
    try:
        # By its bytes: given a path it goes by the name, and many an .xlsx is named .xls.
        with path.open("rb") as file:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
        sheets = [s for s in book.sheets_metadata if s.typ == python_calamine.SheetTypeEnum.WorkSheet]
        seen = [s.name for s in sheets if s.visible == python_calamine.SheetVisibleEnum.Visible]
        names = seen or [s.name for s in sheets]
        hidden = [s.name for s in sheets if s.name not in names]
        name = choose_name(names, name)
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None:
            return facts_of(names, name, hidden=hidden), iter(())
        first = sheet.start[1]
        merged = [area for area in sheet.merged_cell_ranges or () if area[0][0] < HEAD_ROWS]
        rows, notes = sheet.iter_rows(), []
        if sheet.end[1] - first >= MOST_COLUMNS:
            rows, notes = (row[:MOST_COLUMNS] for row in rows), ["columns_cut"]
        if errors := _errors_in(path, name):
            rows = _with_errors(rows, errors, first)
        return facts_of(names, name, first_column=first, merged=merged, hidden=hidden, notes=notes), rows
    except python_calamine.PasswordError as error:
        raise Unreadable("password_protected") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable("damaged") from error
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
    book = ET.fromstring(_small(archive, "xl/workbook.xml"))
    links = ET.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            wanted = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            target = next((link.get("Target") for link in links if link.get("Id") == wanted), None)
            if target:
                return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    raise LookupError(name)


def _small(archive, part):
    if archive.getinfo(part).file_size > _MOST_BYTES_OF_LISTS:
        raise LookupError(part)
    return archive.read(part)


def _with_errors(rows, errors, first_column):
    for number, row in enumerate(rows):
        for column, error in errors.get(number, {}).items():
            if 0 <= column - first_column < len(row) and row[column - first_column] == "":
                row[column - first_column] = error
        yield row
