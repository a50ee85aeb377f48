"""From cells to groups: reads every used row, cleans it column by column, gathers rows of one key, judges what they need.

Cells are read in blocks and by column through a cache per column (a DMS repeats itself), because a Python call per cell
would cost more than all the rest. Touches no database.
"""

import datetime as dt
import re
from collections import Counter
from functools import partial
from itertools import islice, repeat
from operator import itemgetter

from django.conf import settings

from common.cells import plain, text_of
from dms.choices import Severity
from dms.columns import Date, Finding
from dms.errors import UnusableFile
from dms.recognise import Layout, normalise
from dms.sheets import Sheet, get_sheet

BLOCK = 2_000
CACHE = 60_000
# Whole columns are masked, or full of broken formulas; that does not make them another column.
_NO_SIGN_OF_A_WRONG_COLUMN = (
    "formula_error",
    "phone_masked",
    "plate_masked",
    "vin_masked",
    "value_masked",
    "digits_lost",
)
_TOTALS = re.compile(
    r"^(?:本页|本表|以上)?(?:合\s*计|小\s*计|总\s*计|总数|共\s*计|累\s*计|制\s*表|制单|审核|复核|打印|导出|填表|统计)"
    r"[人者员]?(?:时间|日期)?(?:[:(\s\d].*)?$"
    r"|^备注信息.*$|^(?:注|备注|附注|说明)\s*:.*$|^(?:第?\s*\d*\s*页)?[\s,/]*共\s*\d+\s*[页条行台辆笔].*$"
)
_HINT = re.compile(
    r"必填|选填|非必|格式|示例|样例|例如|请填|填写|说明|不超过|下拉|YYYY|yyyy|^如[:：]|^例[:：]|不能为空|可为空|可不填"
)


class Group:
    """The rows of one key. `values` follow the columns of the sheet (None: says nothing); `notes` are what was wrong.

    `columns` is {field: index of its column in the file, or None}. A note is (row, column index in the file or None, code, severity, value, params, suggestion).
    """

    __slots__ = ("columns", "count", "is_rejected", "key", "notes", "others", "outcome", "row", "values")

    def __init__(self, key, row, count, values, columns):
        self.columns = columns
        self.key = key
        self.row = row
        self.count = count
        self.values = values
        self.notes = []
        self.others = ()  # values of the rows that name somebody else than the one who counts
        self.is_rejected = False
        self.outcome = "unchanged"

    def reject(self, finding):
        """For what only a look into the store can tell."""
        self.is_rejected = True
        self.note(finding, severity=Severity.ERROR)

    def note(self, finding, *, row=None, severity=Severity.WARNING):
        self.notes.append(
            (row or self.row, finding.column, finding.code, severity, finding.value, finding.params, finding.suggestion)
        )


class _Cells(dict):
    """cell -> cleaned value; learns by reading. Columns whose values do not repeat (VINs, numbers) are read without."""

    def __init__(self, column, index, today):
        self.column = column
        self.index = index
        self.clean = partial(column.clean, today=today) if isinstance(column, Date) else column.clean
        self.has_findings = False
        self.repeats = True
        self.filled = self.unread = 0  # counted from the first block with findings on
        self.days = Counter() if isinstance(column, Date) else None

    def read(self, cells):
        values = self._read(cells)
        if self.days is not None:
            self.days.update(values)
        return values

    def _read(self, cells):
        if not self.repeats:
            values = list(map(self.clean, cells))
            if Finding in set(map(type, values)):
                for value in values:
                    self._place(value)
            return values
        known = len(self)
        values = list(map(self.__getitem__, cells))
        if len(self) - known > len(cells) // 2 >= 100:
            self.repeats = False
            self.clear()
        return values

    def count_unread(self, values):
        """The numbers of the rows with findings; those that leave nothing are counted."""
        self.filled += len(values) - values.count(None)
        for number, value in enumerate(values):
            if value.__class__ is Finding:
                self.unread += value.keep is None and value.code not in _NO_SIGN_OF_A_WRONG_COLUMN
                yield number

    def _place(self, value):
        if value.__class__ is Finding:
            self.has_findings = True
            for finding in value:
                finding.column = self.index

    def __missing__(self, cell):
        if len(self) > CACHE:
            self.clear()
        self[cell] = value = self.clean(cell)
        self._place(value)
        return value


class Pile:
    """All groups of a worksheet, in the order of their first rows.

    rows: used rows; last_row: number of the last row that is not empty; len(pile): groups.
    """

    def __init__(self, sheet: Sheet, layout: Layout):
        self.sheet = sheet
        self.layout = layout
        self.rows = 0
        self.last_row = layout.header_row
        self.cells = {}  # column index: its _Cells, with what was counted about it
        self._members = []  # of each group: its row, or a list of rows
        self._numbers = {}  # key -> place in _members

    def __len__(self):
        return len(self._members)

    @property
    def ignored_rows(self):
        return self.last_row - self.rows - 1

    def add(self, key, row):
        members = self._members
        if key is not None:
            place = self._numbers.setdefault(key, len(members))
            if place < len(members):
                known = members[place]
                if known.__class__ is list:
                    known.append(row)
                else:
                    members[place] = [known, row]
                return
        members.append(row)

    def close(self):
        self._numbers = None

    def chunks(self, start=0, stop=None, *, rows=None):
        """Lists of the groups from number `start` on, up to `stop` without it, each with about as many rows (a group is never cut) as `rows()` says
        at that moment; without it settings.IMPORT_CHUNK_ROWS."""
        rows = rows or (lambda: settings.IMPORT_CHUNK_ROWS)
        judge = Judge(self.sheet, self.layout)
        chunk, size, limit = [], 0, rows()
        for place in range(start, len(self._members) if stop is None else stop):
            member = self._members[place]
            group = judge.group(member)
            chunk.append(group)
            size += group.count
            if size >= limit:
                yield chunk
                chunk, size, limit = [], 0, rows()
        if chunk:
            yield chunk


def read_pile(tab, layout: Layout, *, today: dt.date) -> Pile:
    """Read a worksheet. Raises UnusableFile for more rows than settings.IMPORT_MAX_ROWS, and for none."""
    sheet = get_sheet(layout.sheet)
    pile = Pile(sheet, layout)
    reader = _Reader(sheet, layout, tab.first_column, today)
    rows = iter(tab.rows())
    list(islice(rows, layout.header_row))
    number = layout.header_row + 1
    while block := list(islice(rows, BLOCK)):
        reader.read(block, number, pile)
        number += len(block)
        if pile.rows > settings.IMPORT_MAX_ROWS:
            raise UnusableFile("too_many_rows", limit=settings.IMPORT_MAX_ROWS)
    if not pile.rows:
        raise UnusableFile("no_rows")
    pile.close()
    pile.cells = {cells.index: cells for _column, columns in reader.fields for _place, cells in columns}
    return pile


def present(sheet, layout):
    """The columns of the sheet that the file has: what the rows of a pile hold after their number and their flag."""
    return [column for column in sheet.columns if layout.columns_of(column.name)]


class _Reader:
    def __init__(self, sheet, layout, first_column, today):
        self.sheet = sheet
        self.header_row = layout.header_row
        self.first = first_column
        self.header = {
            index - first_column: normalise(text) for index, text in layout.headers.items() if normalise(text)
        }
        self.fields = [
            (column, [(index - first_column, _Cells(column, index, today)) for index in layout.columns_of(column.name)])
            for column in present(sheet, layout)
        ]
        self.mapped = [index - first_column for index in layout.mapping]
        self.width = max(self.mapped) + 1
        self.own = {index - first_column for index in layout.own}
        # Where rows have no key, the first column tells data from noise.
        key = sheet.key or sheet.columns[0].name
        self.key = next((place for place, (column, _cells) in enumerate(self.fields) if column.name == key), None)
        self.names = [
            index - first_column
            for column in sheet.columns
            if column.person == column.name
            for index in layout.columns_of(column.name)
        ]

    def read(self, block, number, pile):
        width = self.width
        if len(block[0]) < width or any(len(row) < width for row in block):
            block = [row if len(row) >= width else row + [""] * (width - len(row)) for row in block]
        table = list(zip(*block, strict=False))
        flags = bytearray(len(block))
        columns = [self._field(column, cells, table, flags) for column, cells in self.fields]
        keys = columns[self.key] if self.key is not None else repeat(None)
        numbers = range(number, number + len(block))
        for place, (key, row) in enumerate(zip(keys, zip(numbers, flags, *columns, strict=True), strict=False)):
            if key.__class__ is Finding:
                key = key.keep
            if key is None or not key.isascii():
                kind = self._kind_of(block[place], row, key)
                if kind == "blank":
                    continue
                pile.last_row = row[0]
                if kind == "ignored":
                    continue
            pile.last_row = row[0]
            pile.rows += 1
            pile.add(key if self.sheet.key else None, row)

    def _field(self, column, cells, table, flags):
        values = None
        for place, cache in cells:
            found = cache.read(table[place])
            if cache.has_findings:
                for number in cache.count_unread(found):
                    flags[number] = 1
            values = found if values is None else list(map(_together, repeat(column), values, found))
        return values

    def _kind_of(self, cells, row, key):
        """Is a row without a plain key data, or a blank line, a total, a hint, a repeated header?"""
        texts = ["" if place in self.own else text_of(cell) for place, cell in enumerate(cells)]
        if not any(texts):
            return "blank"
        if not any(texts[index] for index in self.mapped):
            return "ignored"
        said = {index: normalise(texts[index]) for index in self.mapped if texts[index]}
        if len(said) > 1 and all(self.header.get(index) == text for index, text in said.items()):
            return "ignored"
        first = plain(next(text for text in texts if text))
        is_total = _TOTALS.match(first) or any(
            _TOTALS.match(plain(texts[index])) for index in [*self.names, *self._key_places()]
        )
        if is_total and not self._has_identity(row):
            return "ignored"
        is_no_key = key is None or _HINT.search(key)
        if is_no_key and row[0] <= self.header_row + 3 and not self._has_identity(row):
            hints = sum(1 for text in texts if text and _HINT.search(text))
            if hints and hints * 3 >= sum(1 for text in texts if text):
                return "ignored"
        return "data"

    def _key_places(self):
        return [place for place, _cache in self.fields[self.key][1]] if self.key is not None else []

    def _has_identity(self, row):
        """A VIN or a telephone number that can be read."""
        for (column, _cells), value in zip(self.fields, row[2:], strict=True):
            if value.__class__ is Finding:
                value = value.keep
            if value is not None and column.__class__.__name__ in ("Vin", "Phone"):
                return True
        return False


def _together(column, first, second):
    """What two columns of the same field say in one row: the first that says anything; findings of both are kept."""
    if second is None:
        return first
    if first is None:
        return second
    findings = [*(first if first.__class__ is Finding else ()), *(second if second.__class__ is Finding else ())]
    kept = [value.keep if value.__class__ is Finding else value for value in (first, second)]
    if kept[0] is None and first.__class__ is Finding:
        # The trusted column is there and cannot be read: the other does not speak for it, but two phones are two phones.
        value = kept[1] if column.__class__.__name__ == "Phone" else None
    else:
        value = kept[0] if kept[1] is None else column.merge(*kept)
    if not findings:
        return value
    chain = None
    for finding in reversed(findings):
        chain = Finding(
            finding.code,
            finding.value,
            suggestion=finding.suggestion,
            params=finding.params,
            column=finding.column,
            following=chain,
        )
    chain.keep = value
    return chain


class Judge:
    """Makes one Group of its rows: findings become notes, several rows one set of values, missing needs a rejection."""

    def __init__(self, sheet: Sheet, layout: Layout):
        self.sheet = sheet
        self.columns = sheet.columns
        self.key = sheet.index[sheet.key] if sheet.key else None
        self.requires = [tuple(sheet.index[name] for name in names) for names in sheet.needs(layout.mapping.values())]
        self.dated_by = [sheet.index[name] for name in sheet.dated_by]
        self.headers = {column.name: next(iter(layout.columns_of(column.name)), None) for column in sheet.columns}
        places = {column.name: place for place, column in enumerate(present(sheet, layout), 2)}
        self.spread = itemgetter(*(places.get(column.name, -1) for column in sheet.columns))
        self.quick = [indexes[0] for indexes in self.requires if len(indexes) == 1]
        self.any_of = [indexes for indexes in self.requires if len(indexes) > 1]

    def group(self, member) -> Group:
        if member.__class__ is tuple and not member[1]:
            values = self.spread((*member, None))
            group = Group(self._key_of(member[0], values), member[0], 1, values, self.headers)
            if group.key is None:
                return self._reject_without_key(group)
            for index in self.quick:
                if values[index] is None:
                    self._check(group, {})
                    return group
            for indexes in self.any_of:
                if all(values[index] is None for index in indexes):
                    self._check(group, {})
                    break
            return group
        rows = [member] if member.__class__ is tuple else member
        return self._slow(rows)

    def _key_of(self, row, values):
        return row if self.key is None else values[self.key]

    def _slow(self, rows):
        findings = []  # (row, field index, finding)
        clean = []
        for row in rows:
            values = list(self.spread((*row, None)))
            if row[1]:
                for index, value in enumerate(values):
                    if value.__class__ is Finding:
                        findings.append((row[0], index, value))
                        values[index] = value.keep
            clean.append((row[0], values))
        group = Group(self._key_of(*clean[0]), rows[0][0], len(rows), None, self.headers)
        disagreements = []
        group.values = clean[0][1] if len(clean) == 1 else self._merge(clean, disagreements)
        group.others = self._others(clean, group.values)
        unread = {}
        for row, index, finding in findings:
            if finding.keep is None:
                unread.setdefault(index, []).append((row, finding))
        fatal = self._check(group, unread)
        for row, index, finding in findings:
            for part in finding:
                is_fatal = part is finding and index in fatal and finding.keep is None
                group.note(part, row=row, severity=Severity.ERROR if is_fatal else Severity.WARNING)
        for row, index, lost, kept_row, kept in disagreements:
            params = {"row": kept_row, "kept": _shown(kept)[:80]}
            finding = Finding("rows_disagree", _shown(lost), params=params, column=self._header(index))
            group.note(finding, row=row)
        group.notes.sort(key=lambda note: (note[0], -1 if note[1] is None else note[1]))
        return group

    def _header(self, index):
        return self.headers[self.columns[index].name]

    def _reject_without_key(self, group):
        group.is_rejected = True
        group.note(Finding("missing_key", "", column=self._header(self.key)), severity=Severity.ERROR)
        return group

    def _check(self, group, unread):
        """Rejects the group where it must be; gives the fields whose findings are the reason."""
        values, fatal = group.values, set()
        if group.key is None:
            group.is_rejected = True
            if self.key in unread:
                return {self.key}
            self._reject_without_key(group)
            return fatal
        for index, column in enumerate(self.columns):
            if not column.needed or index not in unread or values[index] is not None or self._spared(column, values):
                continue
            if any(finding.code != "formula_error" for _row, finding in unread[index]):
                fatal.add(index)
        for indexes in self.requires:
            if all(values[index] is None for index in indexes):
                bad = [index for index in indexes if index in unread]
                fatal.update(bad)
                if not bad:
                    mapped = [index for index in indexes if self._header(index) is not None]
                    column = self._header(mapped[0]) if mapped else None
                    group.note(Finding("missing_value", "", column=column), severity=Severity.ERROR)
                    group.is_rejected = True
        group.is_rejected = group.is_rejected or bool(fatal)
        return fatal

    def _spared(self, column, values):
        return any(values[self.sheet.index[name]] is not None for name in column.unless)

    def _merge(self, clean, disagreements):
        """The latest-dated row wins, else the first value that is not empty; what was overruled is told."""
        ranked = sorted(clean, key=lambda item: self._date_of(item[1]), reverse=True)
        merged = [None] * len(self.columns)
        winner_names = {}
        for index, column in enumerate(self.columns):
            if column.person == column.name:
                winner_names[column.name] = next((v[index] for _r, v in ranked if v[index] is not None), None)
        for index, column in enumerate(self.columns):
            if column.joins:
                merged[index] = self._joined(column, [values[index] for _row, values in clean])
                continue
            kept_row = None
            for row, values in ranked:
                value = values[index]
                if value is None:
                    continue
                if column.person and column.person != column.name:
                    name = values[self.sheet.index[column.person]]
                    if name is not None and name != winner_names[column.person]:
                        continue  # of somebody else, whose name is told below
                if merged[index] is None:
                    merged[index], kept_row = value, row
                elif value != merged[index]:
                    disagreements.append((row, index, value, kept_row, merged[index]))
        return merged

    def _others(self, clean, merged):
        names = [index for index, column in enumerate(self.columns) if column.person == column.name]
        return [values for _row, values in clean if any(values[index] not in (None, merged[index]) for index in names)]

    def _date_of(self, values):
        return next((values[index] for index in self.dated_by if values[index] is not None), dt.date.min)

    @staticmethod
    def _joined(column, values):
        parts = dict.fromkeys(value for value in values if value is not None)
        if not parts:
            return None
        text = "、".join(parts)
        return text if len(text) <= column.length else text[: column.length - 1] + "…"


def _shown(value):
    if isinstance(value, tuple):
        return " / ".join(number.number for number in value)
    return text_of(value)
