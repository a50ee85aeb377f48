"""One look for every exported list: what it is on top, a header that stays in sight, then the rows.

Text is written as text: a phone number keeps its zeros, and what could be read as a formula is defused (common.workbooks). Days and
moments are Excel's own, so that they sort. Rows go to disk as they come.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from common.workbooks import WIDEST, defused, fit_for_printing, sheet_name
from office.exports.collecting import CHUNK, DAY, MOMENT, Collected

HEAD = 3  # row of the header, counted from 0
LONGEST = 32_767  # characters in a cell, as Excel allows
FORMATS = {DAY: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm"}


@dataclass(frozen=True)
class Top:
    """What stands above the rows: the list, the facts about this sheet and the filters, each one line; `mark` is printed on each page."""

    title: str
    facts: str
    filters: str
    mark: str


def write_sheet(
    path: Path, top: Top, labels: Sequence[str], found: Collected, *, made_at: dt.datetime, tell: Callable[[int], None]
) -> None:
    """`tell(rows written)` now and then."""
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": top.title, "created": made_at.astimezone(dt.UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(sheet_name(top.title))
    bold, head = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bg_color": "#E8F1FB", "bottom": 1}),
    )
    formats = {code: book.add_format({"num_format": shape, "align": "left"}) for code, shape in FORMATS.items()}
    for place, width in enumerate(found.widths):
        sheet.set_column(place, place, min(width, WIDEST) + 2)
    for number, (text, look) in enumerate([(top.title, bold), (top.facts, None), (top.filters, None)]):
        sheet.write_string(number, 0, defused(text), look)
    for place, label in enumerate(labels):
        sheet.write_string(HEAD, place, label, head)
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.autofilter(HEAD, 0, HEAD + max(found.count, 1), len(labels) - 1)
    fit_for_printing(sheet, head=HEAD)
    # A person who carries the paper out carries her name with it; & begins a code of the footer.
    sheet.set_footer(f"&L{top.mark.replace('&', '&&')}&R&P / &N")
    for count, cells in enumerate(found.rows(), start=1):
        for place, cell in enumerate(cells):
            _write(sheet, HEAD + count, place, cell, formats)
        if count % CHUNK == 0:
            tell(count)
    book.close()


def _write(sheet, row, place, cell, formats):
    if cell == "":
        return
    if isinstance(cell, tuple):
        code, value = cell
        sheet.write_datetime(row, place, value, formats[code])
    elif isinstance(cell, str):
        sheet.write_string(row, place, defused(cell)[:LONGEST])
    else:
        sheet.write_number(row, place, cell)


def facts_line(*, store, person, at, rows, is_full, reason) -> str:
    """`浦东店 · made by 周敏 on 2026-03-18 10:00 · 120 rows · masked`, or in full and for which reason."""
    data = _("in full, because: %(reason)s") % {"reason": reason} if is_full else _("personal data masked")
    made = _("made by %(person)s on %(at)s") % {"person": person, "at": f"{at:%Y-%m-%d %H:%M}"}
    return " · ".join([str(store), made, _("%(rows)s rows") % {"rows": f"{rows:,}"}, data])
