"""Reads real .xls workbooks (BIFF) with xlrd: right where calamine trusts a misleading CODEPAGE record.

Days follow the workbook's own calendar (1900 or 1904), as they do in Excel.
"""

import os
import struct

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.xldate import XLDateError

from dms.readers import HEAD_ROWS, Unreadable, choose_name, facts_of

_VISIBLE = 0
_RECORD, _AREA = struct.Struct("<HH"), struct.Struct("<HHHH")
_MERGED_CELLS, _END_OF_SHEET = 0xE5, 0x0A


def read(path, name=None):
    """See dms.readers. Raises Unreadable."""
    try:
        # What it prints about a file is nothing to us, and where we print belongs to the rows.
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123
            book = xlrd.open_workbook(str(path), logfile=nowhere, on_demand=True, ragged_rows=True)
            return _read(book, name)
    except (Unreadable, MemoryError):
        raise
    except xlrd.XLRDError as error:
        raise Unreadable(_code_of(str(error))) from error
    except Exception as error:  # struct.error, AssertionError, IndexError ...: xlrd checks little
        raise Unreadable("old_xls") from error


def _code_of(message):
    if "encrypted" in message:
        return "password_protected"
    return "not_a_workbook" if "Can't find workbook" in message else "old_xls"


def _read(book, name):
    names = book.sheet_names()
    seen = [name for name, kind in zip(names, book._sheet_visibility, strict=True) if kind == _VISIBLE] or names
    hidden = [text for text in names if text not in seen]
    name = choose_name(seen, name)
    sheet = book.sheet_by_name(name)
    merged = _merged_cells(book, names.index(name))
    return facts_of(seen, name, merged=merged, hidden=hidden), _rows(sheet, book.datemode)


def _merged_cells(book, number):
    """xlrd tells merged cells only together with all formats, which is dear: they are records of their own in the sheet."""
    found, place = [], max(book._sh_abs_posn[number], 0)
    memory, end = book.mem, book.base + book.stream_len
    while place + 4 <= end:
        kind, length = _RECORD.unpack_from(memory, place)
        if kind == _MERGED_CELLS:
            areas = _AREA.iter_unpack(memory[place + 6 : place + 6 + (length - 2) // 8 * 8])
            found += [((top, left), (bottom, right)) for top, bottom, left, right in areas if top < HEAD_ROWS]
        elif kind == _END_OF_SHEET:
            break
        place += 4 + length
    return found


def _rows(sheet, datemode):
    for number in range(sheet.nrows):
        kinds, values = sheet.row_types(number), sheet.row_values(number)
        yield [
            value if kind <= xlrd.XL_CELL_NUMBER else _value(kind, value, datemode)
            for kind, value in zip(kinds, values, strict=False)
        ]


def _value(kind, value, datemode):
    if kind == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate.xldate_as_datetime(value, datemode)
        except (XLDateError, ValueError, OverflowError):
            return value
        return moment.date() if value >= 1 and float(value).is_integer() else moment
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return error_text_from_code.get(value, "#N/A")
    return ""
