"""Which worksheet, which row is the header, which kind of list: by known headers, with a score that can be explained."""

import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation

from common.cells import text_of
from common.templatetags.dcrc import listed
from dms.errors import UnusableFile
from dms.sheets import OtherList, Sheet, all_sheets, get_sheet, other_lists
from dms.wording import OWN_HEADERS

HEADER_ROWS = 15  # looked at from the top
_BRACKETS = re.compile(r"[(\[【<{][^()\[\]【】<>{}]*[)\]】>}]?\s*$")
_NOISE = re.compile(r"[\s*:_\-.\"'、,，;；/\\|]+")
# A number, day, telephone, VIN, plate: what stands below headers and never among them.
_DATA = re.compile(r"(?=(?:\D*\d){4})[\u4e00-\u9fff]?[A-Z0-9 \-./:+*,()¥年月日]{4,}", re.IGNORECASE)
# What counts for recognition: the key column, then columns that the sheet requires, then the rest. A header of another kind of
# list and a required column that is not there speak against it.
KEY_WEIGHT, REQUIRED_WEIGHT, UNLIKE_WEIGHT, MISSING_WEIGHT = 5, 3, 4, 3


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
    other_worksheets: list[str] = field(default_factory=list)
    encoding: str | None = None
    key: str = ""  # of the headers, see layout_key
    other_list: str = ""  # code of the OtherList that this is taken for
    hidden: tuple[str, ...] = ()  # names of hidden worksheets
    also_lists: list[str] = field(default_factory=list)  # other worksheets that could be read as well
    notes: list[str] = field(default_factory=list)  # codes of what the reader of the file found odd (dms.readers)
    own: set[int] = field(default_factory=set)  # columns that an error workbook of ours has added; never read

    @property
    def rank(self):
        """A list that can be read as it stands comes before one that lacks a column, whatever else they have."""
        return self.is_ready and not self.other_list, self.score - MISSING_WEIGHT * len(self.missing)

    @property
    def missing(self):
        return missing_fields(get_sheet(self.sheet), self.mapping.values())

    @property
    def matched(self):
        """The headers that made the score."""
        return [self.headers[index] for index in sorted(self.mapping)]

    @property
    def is_ready(self):
        return self.score > 0 and not self.missing

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

    A list of a known kind that cannot be taken in has `other_list` set, unless a `sheet` is asked for.
    `is_final`: the caller takes the layout as it is, so such a list, or one that lacks a column, is refused here.
    """
    if sheet is not None and sheet not in {known.code for known in all_sheets()}:
        raise UnusableFile("sheet_unknown", name=sheet, names=", ".join(s.code for s in all_sheets()))
    if worksheet and worksheet not in table.names:
        raise UnusableFile("worksheet_unknown", name=worksheet, names=", ".join(table.names))
    layouts, others, has_cells = [], [], False
    for name in [worksheet] if worksheet else table.names:
        tab = table.worksheet(name)
        top = _top_rows(tab)
        has_cells = has_cells or any(text_of(cell) for row in top for cell in row)
        other = _other_list_in(top) if sheet is None else None
        others += [other] if other else []
        if layout := _best_layout(tab, top, sheet):
            layout.notes = tab.notes
            if other and (layout.sheet in other.instead_of or not layout.is_ready):
                layout.other_list = other.code
            layouts.append(layout)
    if not layouts:
        if others:
            raise UnusableFile("other_list", kind=others[0].code)
        raise UnusableFile(table.nothing_found if has_cells else "no_rows")
    best = max(layouts, key=lambda layout: layout.rank)
    best.other_worksheets = [name for name in table.names if name != best.worksheet]
    best.also_lists = [layout.worksheet for layout in layouts if layout is not best and layout.rank[0]]
    best.encoding, best.hidden = table.encoding, table.hidden
    if is_final:
        check_layout(best)
    return best


def _other_list_in(top) -> OtherList | None:
    """The kind of list, none of ours, that one of the first rows is the header of."""
    for row in top:
        said = {normalise(text) for text in row if text}
        for other in other_lists():
            signs = sum(normalise(sign) in said for sign in other.signs)
            if signs >= other.least or any(normalise(sign) in said for sign in other.sure):
                return other
    return None


def check_layout(layout):
    """Raises UnusableFile where nobody may take the layout as it is."""
    if layout.other_list:
        raise UnusableFile("other_list", kind=layout.other_list)
    check_mapping(layout)


def check_mapping(layout):
    """Raises UnusableFile where the sheet cannot be fed from these columns (of a Layout or a Batch)."""
    sheet = get_sheet(layout.sheet)
    if missing := missing_fields(sheet, layout.mapping.values()):
        raise UnusableFile("missing_columns", sheet=str(sheet.label), columns=listed(missing))


def missing_fields(sheet, present) -> list[str]:
    """Labels of what the sheet cannot do without and has no column for; "a/b" where either would do."""
    present = set(present)
    keys = [] if sheet.key is None else [(sheet.key,)]
    missing = [names for names in (*keys, *sheet.needs(present)) if not present.intersection(names)]
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
    """Candidates for each column of a header that spans two lines: both together, the lower, the upper text. A stray mark
    above a header is no part of it."""
    upper, lower = ([text if normalise(text) else "" for text in line] for line in top[number : number + 2])
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
    headers, against = {}, []
    for place, candidates in enumerate(texts):
        choice = next((text for text in candidates if text and normalise(text) in known), candidates[0])
        if len(candidates) > 1 and choice == candidates[0] and normalise(choice) not in known:
            choice = candidates[1]
        headers[place + tab.first_column] = choice
        if normalise(choice) not in known:
            against += [text for text in candidates if text and normalise(text) in unlike][:1]
    own = _own_columns(headers)
    for index in own:
        del headers[index]
    reading = weigh(sheet, headers, against)
    if len(reading.fields) < 2:
        return None
    return Layout(
        worksheet=tab.name,
        sheet=sheet.code,
        header_row=header_row,
        headers=headers,
        mapping=reading.mapping,
        score=reading.score,
        key=layout_key(headers.values()),
        own=own,
    )


@dataclass(frozen=True)
class Reading:
    """What speaks for and against reading some headers as one kind of list."""

    sheet: Sheet
    headers: dict[int, str]
    mapping: dict[int, str]
    against: list[str]  # headers of other kinds of lists

    @property
    def fields(self):
        return set(self.mapping.values())

    @property
    def score(self):
        required = {name for names in self.sheet.requires for name in names}
        weights = (
            KEY_WEIGHT if name == self.sheet.key else REQUIRED_WEIGHT if name in required else 1 for name in self.fields
        )
        return sum(weights) - UNLIKE_WEIGHT * len(self.against)

    @property
    def matched(self) -> list[str]:
        return [self.headers[index] for index in sorted(self.mapping)]

    @property
    def missing(self) -> list[str]:
        return missing_fields(self.sheet, self.fields)

    @property
    def points(self):
        return self.score - MISSING_WEIGHT * len(self.missing)


def weigh(sheet, headers, against=None) -> Reading:
    """`headers` is {column index: text}; `against` those of other kinds of lists, if they have been looked for already."""
    known = known_headers(sheet)
    found = {index: known[normalise(text)][0] for index, text in headers.items() if text and normalise(text) in known}
    _give_way(known, headers, found)
    if against is None:
        unlike = {normalise(word) for word in sheet.unlike} - known.keys()
        against = [text for text in headers.values() if normalise(text) in unlike]
    mapping = {index: sheet.columns[number].name for index, (number, _rank) in found.items()}
    return Reading(sheet, headers, mapping, against)


def explain(headers) -> tuple[list[Reading], list[tuple[OtherList, list[str]]]]:
    """Why a list is what it is taken for: every kind that has a header here, the likeliest first; and the kinds that cannot
    be taken in, with the headers that stand for them."""
    readings = [reading for sheet in all_sheets() if (reading := weigh(sheet, headers)).mapping]
    others = []
    for other in other_lists():
        signs = {normalise(sign) for sign in (*other.sure, *other.signs)}
        if said := [text for text in headers.values() if normalise(text) in signs]:
            others.append((other, said))
    return sorted(readings, key=lambda reading: (bool(reading.missing), -reading.points)), others


def layout_key(headers) -> str:
    """The same for files with the same headers in whatever order: people move columns about in the DMS, and a header means
    the same wherever it stands. Columns without a header do not count."""
    known = sorted(filter(None, map(normalise, headers)))
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def _own_columns(headers) -> set[int]:
    """The columns beside the rows of an error workbook (dms.workbook), in whichever language: there only where all are."""
    places = {normalise(text): index for index, text in headers.items() if text}
    for trio in _own_headers():
        if places.keys() >= set(trio):
            return {places[header] for header in trio}
    return set()


@functools.cache
def _own_headers():
    trios = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            trios.append(tuple(normalise(translation.gettext(header)) for header in OWN_HEADERS))
    return trios


def _give_way(known, headers, found):
    """A header that could mean two columns (联系人: owner or contact person) means the second where another names the first."""
    for index, (number, rank) in list(found.items()):
        others = known[normalise(headers[index])][1:]
        better = any(
            place != index and other == number and other_rank < rank for place, (other, other_rank) in found.items()
        )
        if others and better:
            found[index] = others[0]
