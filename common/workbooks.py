"""Sheets for people to open in Excel. Every cell is text: a name like `=1+1` stays a name and is never reckoned."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence

import xlsxwriter

# What a spreadsheet would take for the beginning of a formula, where the text is pasted or saved as CSV.
_FORMULA = re.compile(r"^[=+\-@\t\r]")
WIDEST = 48


def defused(text: str) -> str:
    """The text, with an apostrophe before what could be read as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, made_at: dt.datetime) -> bytes:
    """One worksheet with a header that stays in sight. The same arguments give the same bytes, to the last one."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # Excel keeps no zone.
    book.set_properties({"title": title, "created": made_at.astimezone(dt.UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(sheet_name(title))
    head, body = book.add_format({"bold": True, "bg_color": "#E8F1FB", "bottom": 1}), book.add_format()
    widths = [width_of(name) for name in columns]
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, head)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            sheet.write_string(count, place, defused(text), body)
            widths[place] = max(widths[place], width_of(text))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width, WIDEST) + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    fit_for_printing(sheet)
    book.close()
    return out.getvalue()


def sheet_name(title: str) -> str:
    """As far as Excel takes it for the name of a worksheet."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31]


def fit_for_printing(sheet, head=0):
    """A4 lengthwise, all columns on one page, the header (the row `head`) on each."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)


def width_of(text: str) -> int:
    """In characters of a Latin font: a Chinese one is as wide as two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
