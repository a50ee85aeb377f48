"""What the page about the columns shows of a file, so that it need not be opened again for every look."""

from itertools import islice

from common.cells import text_of

LOOK_AT_ROWS = 200
VALUES = 3
LONGEST = 40


def sample_columns(tab, layout) -> list[dict]:
    """[{"index", "header", "samples"}] for every column with a header or a value: its first few different values as text.

    `index` is the 0-based column of the worksheet as in `Layout.mapping`; looks at LOOK_AT_ROWS rows below the header.
    """
    samples = {index: {} for index, header in layout.headers.items() if header}
    for row in islice(tab.rows(), layout.header_row, layout.header_row + LOOK_AT_ROWS):
        for index, cell in enumerate(row, tab.first_column):
            if (
                index not in layout.own
                and (text := text_of(cell).strip())
                and len(found := samples.setdefault(index, {})) < VALUES
            ):
                found[text[:LONGEST]] = None
    return [
        {"index": index, "header": layout.headers.get(index, ""), "samples": list(found)}
        for index, found in sorted(samples.items())
    ]


def letters(index):
    """0 -> A, 25 -> Z, 26 -> AA: the column's name as Excel shows it."""
    name = ""
    while index >= 0:
        name = chr(ord("A") + index % 26) + name
        index = index // 26 - 1
    return name
