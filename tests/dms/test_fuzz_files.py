"""Cut, mutated and invented files of every kind: always a table or UnusableFile, never anything else, never for long."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dms import unpack
from dms.errors import UnusableFile
from dms.files import TableFile, Worksheet, open_file
from dms.readers import Unreadable
from dms.recognise import recognise
from dms.sheets import get_sheet
from tests.dms.exports import OWNERS, owner, text, xlsx
from tests.dms.workbooks import html, sheetml, xls

ROWS = [["保有客户"], OWNERS, *[owner(n) for n in range(6)], ["合计", 6]]
PAGE = html(ROWS, [["说明"]])
FILES = {
    "xlsx": xlsx(*ROWS),
    "xls": xls(*ROWS),
    "html": PAGE,
    "sheetml": sheetml(*ROWS, 二=[["a"]]),
    "text": text(*ROWS),
    "wide": text(*ROWS, encoding="utf-16", delimiter="\t"),
}
SECONDS = 20
modest = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "upload.bin"


def read_all(path, kind, content):
    """As open_file does, but in this process: a child for each example would take minutes."""
    path.write_bytes(content)
    begun = time.monotonic()
    try:
        if kind in ("xlsx", "text", "wide"):
            table = open_file(path)
            for name in table.names:
                assert all(isinstance(row, list) for row in table.worksheet(name).rows())
            recognise(table, is_final=False)
        else:
            facts, rows = unpack.read(kind, path)
            assert facts["name"] in facts["names"] and all(isinstance(row, list) for row in rows)
    except UnusableFile as refused:
        assert str(refused) != refused.code
    except Unreadable as refused:
        assert refused.code
    assert time.monotonic() - begun < SECONDS


@pytest.mark.parametrize("kind", FILES)
@modest
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(path, kind, data):
    content = bytearray(FILES[kind])
    for _change in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
        if not content:
            content = bytearray(b"x")
    read_all(path, kind, bytes(content))


@pytest.mark.parametrize("kind", FILES)
@modest
@given(share=st.floats(0.001, 0.999))
def test_a_cut_file_is_read_or_refused(path, kind, share):
    read_all(path, kind, FILES[kind][: max(1, int(len(FILES[kind]) * share))])


_PIECES = ["<table>", "</table>", "<tr>", "<td>", "<td colspan=9 rowspan=3>", "</td>", "<th", ">", "<!--", "-->", "<script>", "&nbsp;", "车主", "VIN", "<br>", "'", '"', "<"]  # fmt: skip


@modest
@given(st.lists(st.sampled_from(_PIECES), max_size=60))
def test_any_page_is_read_or_refused(path, pieces):
    read_all(path, "html", ("<html>" + "".join(pieces)).encode())


class Given(TableFile):
    """A table of cells at hand."""

    names = [""]

    def __init__(self, rows):
        self.cells = rows

    def worksheet(self, name):
        return Worksheet("", lambda: iter(self.cells))


noise = st.lists(
    st.lists(st.one_of(st.sampled_from(["", None, "说明", "必填", "2026-03-01", 1.5, True, "合计"]), st.text(max_size=6)), max_size=7),
    max_size=8,
)  # fmt: skip


@modest
@given(noise, noise, st.permutations(OWNERS), st.sampled_from(["", "（必填）", "*", " ", "\n", ":"]), st.integers(0, 3))
def test_a_header_is_found_below_any_noise(above, below, headers, mark, indent):
    header = [""] * indent + [text + mark for text in headers]
    data = [[""] * indent + [dict(zip(OWNERS, owner(n), strict=True))[text] for text in headers] for n in range(3)]
    layout = recognise(Given([*above, header, *data, *below]), sheet="owners", is_final=False)
    assert layout.header_row == len(above) + 1
    assert {layout.headers[index].removesuffix(mark).strip() for index in layout.columns_of("vin")} == {"VIN号"}
    assert set(layout.mapping.values()) <= set(get_sheet("owners").index)


@modest
@given(noise)
def test_any_table_is_recognised_or_refused(rows):
    try:
        layout = recognise(Given(rows))
    except UnusableFile as refused:
        assert refused.code in ("no_header", "no_rows", "missing_columns", "other_list")
    else:
        assert layout.mapping
