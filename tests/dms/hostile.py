"""Files made to hurt, each small on disk."""

import io
import struct
import zipfile

from tests.dms.exports import OWNERS, owner, xlsx
from tests.dms.workbooks import html, sheetml, xls


def _archive(**parts):
    """A workbook whose parts are replaced; a part may be (pieces, times): the pieces repeated without holding them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(OWNERS, owner(1)))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for entry in good.namelist():
            content = parts.get(entry, good.read(entry))
            if isinstance(content, tuple):
                start, piece, times, end = content
                with bad.open(entry, "w") as part:
                    part.write(start)
                    for _time in range(times):
                        part.write(piece)
                    part.write(end)
            else:
                bad.writestr(entry, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_ROW = b"<row>" + b'<c t="inlineStr"><is><t>' + b"A" * 200 + b"</t></is></c>" * 20 + b"</row>"


def lying_sizes():
    """Every part says that it unpacks to a kilobyte; one unpacks to 300 MB."""
    content = bytearray(_archive(**{SHEET: (_HEAD, _ROW * 1000, 90, b"</sheetData></worksheet>")}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo(SHEET)
        place = content.index(b"PK\x01\x02", archive.start_dir)
        while struct.unpack_from("<L", content, place + 42)[0] != info.header_offset:
            place = content.index(b"PK\x01\x02", place + 4)
        struct.pack_into("<L", content, place + 24, 1000)
        struct.pack_into("<L", content, info.header_offset + 22, 1000)
    return bytes(content)


def wrong_checksum():
    content = bytearray(xlsx(OWNERS, *[owner(n) for n in range(50)]))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo(SHEET)
        place = content.index(b"PK\x01\x02", archive.start_dir)
        while struct.unpack_from("<L", content, place + 42)[0] != info.header_offset:
            place = content.index(b"PK\x01\x02", place + 4)
        struct.pack_into("<L", content, place + 16, 1)
        struct.pack_into("<L", content, info.header_offset + 14, 1)
    return bytes(content)


def many_parts():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(15_000):
            archive.writestr(f"xl/worksheets/sheet{number}{'x' * 60}.xml", b"")
    return out.getvalue()


_ENTITIES = b'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9)
)


def entities_in_the_list_of_worksheets():
    with zipfile.ZipFile(io.BytesIO(xlsx(OWNERS, owner(1)))) as archive:
        book = archive.read("xl/workbook.xml")
    return _archive(
        **{"xl/workbook.xml": book.replace(b"<workbook", _ENTITIES + b"]><workbook", 1).replace(b"Sheet1", b"&a9;")}
    )


def _xls_cut(at):
    content = xls(OWNERS, *[owner(n) for n in range(300)])
    return content[: int(len(content) * at)]


def xls_with_a_loop():
    """Every sector of the allocation table points to itself, or to the first."""
    content = bytearray(xls(OWNERS, *[owner(n) for n in range(300)]))
    (first,) = struct.unpack_from("<l", content, 76)
    for number in range(128):
        struct.pack_into("<l", content, 512 + first * 512 + number * 4, number if number % 2 else 0)
    return bytes(content)


def xls_of_far_cells():
    """A cell at the right end of every row that a sheet can have."""
    rows = [[None] * 255 + ["x"] for _row in range(5_000)]
    return xls(OWNERS, *rows)


HOSTILE = {
    "zip bomb": lambda: _archive(**{SHEET: (_HEAD, _ROW * 1000, 600, b"</sheetData></worksheet>")}),
    "zip that lies": lying_sizes,
    "wrong checksum": wrong_checksum,
    "many parts": many_parts,
    "entities in a workbook": entities_in_the_list_of_worksheets,
    "entities in XML": lambda: sheetml(OWNERS).replace(b"<Workbook", _ENTITIES + b"]><Workbook").replace(b"VIN", b"&a9;", 1),
    "deep page": lambda: b"<html>" + b"<table><tr><td>" * 100_000,
    "page of giant spans": lambda: html(f"<table>{'<tr><td colspan=999999999 rowspan=999999999>VIN<td>a' * 2_000}</table>"),
    "page of open quotes": lambda: b"<table><tr><td>VIN" + b"<td a=\"<td b='" * 60_000,
    "page of open comments": lambda: b"<table><tr><td>VIN" + b"<!-- <" * 200_000,
    "page of wide rows": lambda: b"<table>" + (b"<tr>" + b"<td>x" * 16_000) * 15,
    "XML of far rows": lambda: sheetml(OWNERS).replace(b"<Row>", b'<Row ss:Index="99999999">'),
    "XML of far cells": lambda: sheetml(*[["x"]] * 5_000).replace(b'ss:Index="1"', b'ss:Index="9999999"'),
    "xls cut in the middle": lambda: _xls_cut(0.5),
    "xls without its end": lambda: _xls_cut(0.97),
    "xls with a loop": xls_with_a_loop,
    "xls of far cells": xls_of_far_cells,
    "text of one line": lambda: b"VIN," * 3_000_000,
    "text of one cell": lambda: b'VIN,"' + b"a" * 12_000_000,
}  # fmt: skip
