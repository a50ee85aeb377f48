"""What the page about the columns shows of a file, so that it need not be opened again for every look."""

from itertools import islice

from common.cells import text_of
from common.phones import split_phones
from common.vins import is_vin
from dms.reading import _HINT

LOOK_AT_ROWS = 200
HINT_ROWS = 3  # below the header; further down a row is data whatever its words
VALUES = 3
LONGEST = 40


def sample_columns(tab, layout) -> list[dict]:
    """[{"index", "header", "samples"}] for every column with a header or a value: its first few different values as text.

    `index` is the 0-based column of the worksheet as in `Layout.mapping`; looks at LOOK_AT_ROWS rows below the header. What a
    row of hints says (必填, 格式 …) is no value.
    """
    samples = {index: {} for index, header in layout.headers.items() if header}
    for number, row in enumerate(islice(tab.rows(), layout.header_row, layout.header_row + LOOK_AT_ROWS)):
        texts = [text_of(cell).strip() for cell in row]
        if number < HINT_ROWS and _is_hints(texts):
            continue
        for index, text in enumerate(texts, tab.first_column):
            if index not in layout.own and text and len(found := samples.setdefault(index, {})) < VALUES:
                found[text[:LONGEST]] = None
    return [
        {"index": index, "header": layout.headers.get(index, ""), "samples": list(found)}
        for index, found in sorted(samples.items())
    ]


def _is_hints(texts):
    """As the rows are read (dms.reading): a third of the cells are hints, and nothing tells a car or a person."""
    said = list(filter(None, texts))
    hints = sum(1 for text in said if _HINT.search(text))
    return hints and hints * 3 >= len(said) and not any(is_vin(text.upper()) or split_phones(text) for text in said)


def letters(index):
    """0 -> A, 25 -> Z, 26 -> AA: the column's name as Excel shows it."""
    name = ""
    while index >= 0:
        name = chr(ord("A") + index % 26) + name
        index = index // 26 - 1
    return name
