"""Which worksheet, which row is the header, which kind of list: by known headers, with a score that can be explained."""

import functools
import re
import unicodedata
from dataclasses import dataclass, field

from common.cells import text_of
from dms.errors import UnusableFile
from dms.sheets import Sheet, all_sheets, get_sheet

HEADER_ROWS = 15  # looked at from the top
_BRACKETS = re.compile(r"[(\[【<{][^()\[\]【】<>{}]*[)\]】>}]?\s*$")
_NOISE = re.compile(r"[\s*:_\-.\"'、,，;；/\\|]+")
# A number, day, telephone, VIN, plate: what stands below headers and never among them.
_DATA = re.compile(r"(?=(?:\D*\d){4})[\u4e00-\u9fff]?[A-Z0-9 \-./:+*,()¥年月日]{4,}", re.IGNORECASE)
# What counts for recognition: the key column, then columns that the sheet requires, then the rest.
KEY_WEIGHT, REQUIRED_WEIGHT, UNLIKE_WEIGHT = 5, 3, 4


@functools.lru_cache(10_000)
def normalise(header) -> str:
    """A header without the noise of exports: NFKC, no blanks, line breaks, asterisks, no bracketed suffix (必填), upper case."""
    text = unicodedata.normalize("NFKC", text_of(header))
    text = re.sub(r"[\s*]+", "", text)
    while (cut := _BRACKETS.sub("", text)) != text and cut:
        text = cut
    return _NOISE.sub("", text).upper()


@functools.cache
def known_headers(sheet: Sheet) -> dict[str, list[tuple[int, int]]]:
    """{normalised header: [(place of a column in the sheet, rank among its aliases)]}; columns as the sheet has them."""
    known = {}
    for number, column in enumerate(sheet.columns):
        ranks = {}
        for rank, alias in enumerate(column.aliases):
            ranks.setdefault(normalise(alias), rank)
        for header, rank in ranks.items():
            known.setdefault(header, []).append((number, rank))
    return known


@dataclass
class Layout:
    """How one worksheet is read. `mapping` is {column index in the file: field}; `header_row` is 1-based, the last header line."""

    worksheet: str
    sheet: str
    header_row: int
    headers: dict[int, str]
    mapping: dict[int, str]
    score: int = 0
    matched: list[str] = field(default_factory=list)  # the headers that made the score
    other_worksheets: list[str] = field(default_factory=list)
    encoding: str | None = None

    @property
    def rank(self):
        """A list that can be read as it stands comes before one that lacks a column, whatever else they have."""
        is_ready = self.score > 0 and not missing_fields(get_sheet(self.sheet), self.mapping.values())
        return is_ready, self.score

    def duplicates(self) -> list[int]:
        """Columns whose header stands further left already, among those that are read."""
        seen, repeated = set(), []
        for index in sorted(self.mapping):
            header = normalise(self.headers.get(index, ""))
            if header in seen:
                repeated.append(index)
            seen.add(header)
        return repeated

    def columns_of(self, name) -> list[int]:
        """Columns that carry a field, the most trusted first."""
        sheet = get_sheet(self.sheet)
        known = known_headers(sheet)

        def trust(index):
            places = dict(known.get(normalise(self.headers.get(index, "")), ()))
            return places.get(sheet.index[name], 99), index

        return sorted((index for index, field_name in self.mapping.items() if field_name == name), key=trust)


def recognise(table, *, sheet=None, worksheet=None, is_final=True) -> Layout:
    """The best reading of a file, or of the given sheet and worksheet. Raises UnusableFile.

    `is_final`: the caller takes the mapping as it is, so a missing column is refused here.
    """
    if sheet is not None and sheet not in {known.code for known in all_sheets()}:
        raise UnusableFile("sheet_unknown", name=sheet, names=", ".join(s.code for s in all_sheets()))
    if worksheet and worksheet not in table.names:
        raise UnusableFile("worksheet_unknown", name=worksheet, names=", ".join(table.names))
    best, has_cells = None, False
    for name in [worksheet] if worksheet else table.names:
        tab = table.worksheet(name)
        top = _top_rows(tab)
        has_cells = has_cells or any(text_of(cell) for row in top for cell in row)
        layout = _best_layout(tab, top, sheet)
        if layout and (best is None or layout.rank > best.rank):
            best = layout
    if best is None:
        raise UnusableFile("no_header" if has_cells else "no_rows")
    best.other_worksheets = [name for name in table.names if name != best.worksheet]
    best.encoding = table.encoding
    if is_final:
        check_mapping(best)
    return best


def check_mapping(layout):
    """Raises UnusableFile where the sheet cannot be fed from these columns (of a Layout or a Batch)."""
    sheet = get_sheet(layout.sheet)
    if missing := missing_fields(sheet, layout.mapping.values()):
        raise UnusableFile("missing_columns", sheet=str(sheet.label), columns=", ".join(missing))


def missing_fields(sheet, present) -> list[str]:
    """Labels of what the sheet cannot do without and has no column for; "a/b" where either would do."""
    present = set(present)
    missing = [names for names in ((sheet.key,), *sheet.needs(present)) if not present.intersection(names)]
    return ["/".join(str(sheet.column(name).label) for name in names) for names in dict.fromkeys(missing)]


def _top_rows(tab):
    rows = []
    for row in tab.rows():
        rows.append([text_of(cell) for cell in row])
        if len(rows) == HEADER_ROWS + 1:
            break
    return rows


def _best_layout(tab, top, only):
    best = None
    for number in range(min(len(top), HEADER_ROWS)):
        if not any(top[number]):
            continue
        lines = [(number + 1, [[text] for text in top[number]])]
        if number + 1 < len(top) and _may_be_headers(top[number + 1]):
            lines.append((number + 2, _two_lines(tab, top, number)))
        for header_row, texts in lines:
            for sheet in all_sheets():
                if only in (None, sheet.code):
                    layout = _score(tab, sheet, header_row, texts)
                    if layout and (best is None or layout.rank > best.rank):
                        best = layout
    return best


def _may_be_headers(texts):
    return any(texts) and not any(_DATA.fullmatch(text) for text in texts)


def _two_lines(tab, top, number):
    """Candidates for each column of a header that spans two lines: both together, the lower, the upper text."""
    upper, lower = top[number], top[number + 1]
    width = max(len(upper), len(lower))
    upper = _spread(tab, number, upper + [""] * (width - len(upper)))
    lower = lower + [""] * (width - len(lower))
    return [[a + b, b, a] if a and b else [a or b] for a, b in zip(upper, lower, strict=True)]


def _spread(tab, number, texts):
    """A merged title over several columns counts for each of them."""
    texts = list(texts)
    for (top, left), (_bottom, right) in tab.merged:
        if top == number:
            for column in range(left, right + 1):
                place = column - tab.first_column
                if 0 <= place < len(texts):
                    texts[place] = texts[left - tab.first_column] if 0 <= left - tab.first_column < len(texts) else ""
    return texts


def _score(tab, sheet, header_row, texts):
    known = known_headers(sheet)
    unlike = {normalise(word) for word in sheet.unlike}
    headers, found, score = {}, {}, 0
    for place, candidates in enumerate(texts):
        index = place + tab.first_column
        choice = next((text for text in candidates if text and normalise(text) in known), candidates[0])
        if len(candidates) > 1 and choice == candidates[0] and normalise(choice) not in known:
            choice = candidates[1]
        headers[index] = choice
        if not choice:
            continue
        if normalise(choice) in known:
            found[index] = known[normalise(choice)][0]
        elif any(normalise(text) in unlike for text in candidates):
            score -= UNLIKE_WEIGHT
    if len({number for number, _rank in found.values()}) < 2:
        return None
    _give_way(known, headers, found)
    required = {name for names in sheet.requires for name in names}
    mapping = {index: sheet.columns[number].name for index, (number, _rank) in found.items()}
    for name in set(mapping.values()):
        score += KEY_WEIGHT if name == sheet.key else REQUIRED_WEIGHT if name in required else 1
    return Layout(
        worksheet=tab.name,
        sheet=sheet.code,
        header_row=header_row,
        headers=headers,
        mapping=mapping,
        score=score,
        matched=[headers[index] for index in sorted(found)],
    )


def _give_way(known, headers, found):
    """A header that could mean two columns (联系人: owner or contact person) means the second where another names the first."""
    for index, (number, rank) in list(found.items()):
        others = known[normalise(headers[index])][1:]
        better = any(
            place != index and other == number and other_rank < rank for place, (other, other_rank) in found.items()
        )
        if others and better:
            found[index] = others[0]
