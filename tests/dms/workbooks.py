"""The same rows as a file of each kind that dealerships have."""

import io
from html import escape
from xml.sax.saxutils import quoteattr

import xlwt


def xls(*rows, title="Sheet1", uses_1904=False, merged=(), hidden=(), **others) -> bytes:
    """A real .xls; `merged` are (top, bottom, left, right) of the first sheet, 0-based; `others` further sheets {title: rows}."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = uses_1904
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, lines in {title: rows, **others}.items():
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        sheet.visibility = int(name in hidden)
        for number, row in enumerate(lines):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell, *([day] if hasattr(cell, "isoformat") else []))
        for area in merged if name == title else ():
            sheet.merge(*area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def html_table(*rows, cell="td") -> str:
    lines = ("".join(f"<{cell}>{escape(str(text))}</{cell}>" for text in row) for row in rows)
    return "<table border=1>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def html(*tables, charset="gb2312", encoding="gb18030") -> bytes:
    """A page as a servlet writes it and calls it .xls; each table is a list of rows, or ready markup."""
    body = "<br>".join(table if isinstance(table, str) else html_table(*table) for table in tables)
    style = "<style>td{mso-number-format:'\\@'}</style><script>if(a<b)document.write('<table><tr><td>1</td></tr></table>')</script>"
    page = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return f"{page}{style}</head><body>{body}</body></html>".encode(encoding)


def sheetml(*rows, title="Sheet1", hidden=False, declared="utf-8", encoding="utf-8", **others) -> bytes:
    """The XML of Excel 2003; a cell of None is left out and the next one says its index."""
    sheets = []
    for name, lines in {title: rows, **others}.items():
        out = []
        for row in lines:
            cells = []
            for number, cell in enumerate(row, 1):
                if cell is not None:
                    kind = "Number" if isinstance(cell, (int, float)) else "String"
                    text = escape(str(cell))
                    cells.append(f'<Cell ss:Index="{number}"><Data ss:Type="{kind}">{text}</Data></Cell>')
            out.append(f"<Row>{''.join(cells)}</Row>")
        options = "<WorksheetOptions xmlns='urn:schemas-microsoft-com:office:excel'><Visible>SheetHidden</Visible></WorksheetOptions>"
        body = f"<Table>{''.join(out)}</Table>{options if hidden and name != title else ''}"
        sheets.append(f"<Worksheet ss:Name={quoteattr(name)}>{body}</Worksheet>")
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    head = f'<?xml version="1.0" encoding="{declared}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    return f'{head}<Workbook xmlns="{space}" xmlns:ss="{space}">{"".join(sheets)}</Workbook>'.encode(encoding)
