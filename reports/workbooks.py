"""The daily callback report as .xlsx: the same tables and listings as the page, and what the figures mean on a second sheet.

Text is written as text, so nothing a customer said is ever reckoned; numbers are numbers.
"""

import datetime as dt
import io

import xlsxwriter
from django.utils.translation import gettext as _

from common.workbooks import WIDEST, defused, width_of
from reports.wording import moving_words, report_title

A4 = 9


def callback_workbook(report) -> bytes:
    """The same report gives the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": report_title(report), "created": report.made_at.astimezone(dt.UTC).replace(tzinfo=None)}
    )
    sheet = _Sheet(book, _("Daily callback report"))
    sheet.line([report_title(report)], "title")
    sheet.line([_("Person"), report.person.full_name if report.person else _("The whole store")])
    sheet.line([_("As of"), f"{report.made_at:%Y-%m-%d %H:%M}"])
    for block in report.blocks:
        _write_block(sheet, block)
    for listing in report.listings:
        if listing.rows:
            _write_listing(sheet, listing)
    sheet.gap()
    sheet.line([_("Filled in by"), "", _("DCRC manager"), "", _("Date")])
    sheet.fit()
    _write_formulas(_Sheet(book, _("Definitions")), report)
    book.close()
    return out.getvalue()


def _write_block(sheet, filled):
    sheet.gap()
    sheet.line([str(filled.block.title)], "heading")
    if not filled.lines:
        sheet.line([str(filled.block.empty)])
        return
    heads = [str(filled.block.head)]
    for figure in filled.figures:
        heads += [str(figure.label), "%"] if figure.of else [str(figure.label)]
    sheet.line(heads, "head")
    for line in filled.lines:
        sheet.line([str(line.label), *_numbers(line)], "cell")
    if len(filled.lines) > 1:
        sheet.line([_("Together"), *_numbers(filled.total)], "total")


def _numbers(line):
    for cell in line.cells:
        yield cell.number
        if cell.figure.of:
            yield "" if cell.share is None else cell.share


def _write_listing(sheet, listing):
    sheet.gap()
    sheet.line([str(listing.title)], "heading")
    sheet.line([str(name) for name in listing.columns], "head")
    for row in listing.rows:
        sheet.line([str(cell) for cell in row.cells], "cell")
    if listing.more:
        sheet.line([_("%(count)s more are not listed here.") % {"count": listing.more}])


def _write_formulas(sheet, report):
    sheet.line([_("How these figures are counted")], "title")
    for figure in report.figures:
        sheet.line([str(figure.label), str(figure.formula)], "cell")
    sheet.gap()
    sheet.line([_("What still moves afterwards")], "title")
    for words in moving_words():
        sheet.line([str(words)])
    sheet.fit()


class _Sheet:
    """Writes downwards, and remembers how wide its columns have to be."""

    def __init__(self, book, name):
        self.sheet, self.row, self.widths = book.add_worksheet(name), 0, {}
        box = {"border": 1, "text_wrap": True, "valign": "top"}
        self.formats = {
            "": book.add_format({}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "heading": book.add_format({"bold": True, "font_size": 12}),
            "head": book.add_format({**box, "bold": True, "bg_color": "#E8F1FB"}),
            "cell": book.add_format(box),
            "total": book.add_format({**box, "bold": True}),
        }

    def gap(self):
        self.row += 1

    def line(self, values, style=""):
        for place, value in enumerate(values):
            if isinstance(value, int):
                self.sheet.write_number(self.row, place, value, self.formats[style])
            else:
                self.sheet.write_string(self.row, place, defused(value), self.formats[style])
            if style in ("head", "cell", "total"):
                widest = max(map(width_of, str(value).split("\n")))
                self.widths[place] = max(self.widths.get(place, 0), widest)
        self.row += 1

    def fit(self):
        for place, width in self.widths.items():
            self.sheet.set_column(place, place, min(width, WIDEST) + 2)
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C&P / &N")
