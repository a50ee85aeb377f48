"""Lists of days off and make-up workdays as people have them: a table of a personnel department, the State Council's sentence, lines
typed. One reading for all of them; every wrong row is named and none is guessed. Pure.

A table has a header (日期 · 类型 · 名称 and their like) or starts at once with day, kind, name. A cell of days may hold several of them
and spans (10月1日至7日); without a year they belong to the one that is asked about.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.cells import is_placeholder, plain, text_of
from common.dates import BadDate, parse_date

HEADER_ROWS = 10
LONGEST_SPAN = 31  # days; a longer one is a typing error
LONGEST_NAME = 40
HEADERS = {
    "day": {"日期", "节假日日期", "假日日期", "公历日期", "日子", "天", "date", "day"},
    "kind": {"类型", "类别", "种类", "性质", "日期类型", "节假日类型", "假期类型", "休班", "休/班", "班休", "休息/上班", "上班/休息", "安排", "调休", "状态", "kind", "type"},
    "works": {"上班", "是否上班", "是否工作日", "工作日", "是否补班", "补班", "workday", "isworkday"},
    "rests": {"休息", "放假", "是否休息", "是否放假", "是否节假日", "是否假日", "dayoff", "isholiday"},
    "off_days": {"放假日期", "放假时间", "休息日期", "假期", "休假日期", "放假安排", "daysoff", "off"},
    "work_days": {"上班日期", "调休上班", "调休上班日期", "补班日期", "调班日期", "调休日期", "补班时间", "workdays", "makeupworkdays"},
    "name": {"名称", "节日", "节假日", "节假日名称", "节日名称", "假日", "假日名称", "说明", "备注", "name", "holiday", "festival"},
}  # fmt: skip
HOLIDAY_NAMES = {"节日", "节假日", "节假日名称", "节日名称", "假日", "假日名称", "holiday", "festival"}
REST = {"休", "休息", "休假", "放假", "假", "假期", "假日", "节假日", "法定节假日", "法定假日", "法定", "节日", "公休", "公休日", "休息日", "调休放假", "调休休息", "放假调休", "off", "rest", "holiday", "dayoff"}  # fmt: skip
WORK = {"班", "上班", "工作", "工作日", "补班", "调班", "调休上班", "上班调休", "调休补班", "补班日", "调休工作日", "work", "workday", "makeupworkday", "makeup"}  # fmt: skip
YES, NO = {"是", "√", "✓", "1", "y", "yes", "true", "对"}, {"否", "×", "✗", "0", "n", "no", "false", "不"}
_BRACKETS = re.compile(r"\([^()]*\)")
_DAY = re.compile(
    r"(?:(?P<year>\d{4})\s*[年/.-]\s*)?(?:(?P<month>\d{1,2})\s*(?:月|[/.]|(?<=\d)-(?=\d{1,2}(?!\d))))\s*(?P<day>\d{1,2})\s*[日号]?"
    r"|(?P<alone>\d{1,2})\s*[日号]"
)
_SPAN = re.compile(r"\s*(?:至|到|~|-|–|—|―)+\s*")
_AND = re.compile(r"[\s、,;和及与]*")
_AROUND = re.compile(r"(?:[\s、,;。.:]|共\s*\d+\s*天|放假|调休|上班|补班)*")


@dataclass(frozen=True)
class Line:
    """A row of a list: the days it tells, or why it cannot be read. `number` is 1-based, as Excel has it."""

    number: int
    text: str
    days: tuple[tuple[dt.date, bool, str], ...] = ()  # (day, is_work, name)
    fault: str = ""


def rows_of(text: str) -> list[list[str]]:
    """Typed or pasted lines as rows: with tabs as copied from a table, else day, kind and name by comma or blank."""
    rows = []
    for line in text.splitlines():
        if "\t" in line:
            rows.append(line.split("\t"))
            continue
        parts = line.replace("，", ",").split(",") if "," in line.replace("，", ",") else line.split(maxsplit=2)
        rows.append([part.strip() for part in parts])
    return rows


def lines_of(rows: Sequence[Sequence]) -> str:
    """Rows of a file as lines that `rows_of` reads again; nothing of them is lost."""
    return "\n".join("\t".join(" ".join(text_of(cell).split()) for cell in row).rstrip("\t") for row in rows)


def read_list(rows: Sequence[Sequence], *, year: int, today: dt.date) -> list[Line]:
    """What each row says; title rows, the header and blank rows say nothing and are left out."""
    start, columns, is_holiday_list = _columns(rows)
    lines, told = [], {}
    for number, row in enumerate(rows[start:], start + 1):
        cells = list(map(plain, row))
        if not any(cells):
            continue
        text = " ".join(filter(None, cells))
        try:
            days = _read(row, cells, columns, is_holiday_list, year)
            _check(days, number, told, today)
            lines.append(Line(number, text, tuple(days)))
        except ValueError as fault:
            lines.append(Line(number, text, fault=str(fault)))
    return lines


def word_of(header) -> str:
    return re.sub(r"[\s*_-]+|\(.*?\)", "", plain(header)).lower()


def _columns(rows):
    """(first row of data, {what: column}, whether a name alone means a day off)."""
    for place, row in enumerate(rows[:HEADER_ROWS]):
        words = [word_of(cell) for cell in row]
        found = {}
        for column, word in enumerate(words):
            what = next((what for what, known in HEADERS.items() if word in known), None)
            if what is not None:
                found.setdefault(what, column)
        # A list of days off has one heading for the day and for what it is: 节假日 beside 日期 is a name, alone it is none.
        if {"day", "off_days", "work_days"} & found.keys() and len(found) > 1:
            is_holidays = "name" in found and words[found["name"]] in HOLIDAY_NAMES
            return place + 1, found, is_holidays
    return 0, {"day": 0, "kind": 1, "name": 2}, False


def _read(row, cells, columns, is_holiday_list, year):
    def cell(what):
        place = columns.get(what)
        text = cells[place] if place is not None and place < len(cells) else ""
        return "" if is_placeholder(text) else text

    name = cell("name")[:LONGEST_NAME]
    found = []
    for what, is_work in (("off_days", False), ("work_days", True)):
        if cell(what):
            found += [(day, is_work, name) for day in days_in(row[columns[what]], year)]
    if "day" in columns and cell("day"):
        is_work = _kind(cell, columns, is_holiday_list)
        found += [(day, is_work, name) for day in days_in(row[columns["day"]], year)]
    if not found:
        raise ValueError(_("There is no day in this row."))
    return found


def _kind(cell, columns, is_holiday_list) -> bool:
    for what, yes in (("works", True), ("rests", False)):
        word = word_of(cell(what))
        if word in YES or word in (WORK if yes else REST):
            return yes
        if word in NO or word in (REST if yes else WORK):
            return not yes
    word = word_of(cell("kind"))
    if word in REST or word in WORK:
        return word in WORK
    if word == "调休":
        raise ValueError(_("“%(word)s” can mean a day off or a make-up workday: write off or work.") % {"word": word})
    if not word and is_holiday_list and not {"kind", "works", "rests"} & columns.keys() and cell("name"):
        return "班" in cell("name")
    if not word:
        raise ValueError(_("It is not said whether this is a day off or a workday: write off or work."))
    raise ValueError(_("“%(word)s” is neither a day off nor a workday: write off or work.") % {"word": word[:20]})


def _check(days, number, told, today):
    for day, is_work, _name in days:
        if not 2000 <= day.year <= today.year + 5:
            raise ValueError(_("%(day)s lies too far away.") % {"day": day})
        before = told.get(day)
        if before is not None and before[0] != is_work:
            raise ValueError(_("%(day)s stands in row %(row)s as the opposite.") % {"day": day, "row": before[1]})
    told.update({day: (is_work, number) for day, is_work, _name in days})


def days_in(cell, year: int) -> list[dt.date]:
    """The days of a cell, in its order. Raises ValueError with a sentence."""
    try:
        day = parse_date(cell)
    except BadDate as fault:
        if not isinstance(cell, str):
            raise ValueError(_("“%(text)s” is no day.") % {"text": plain(cell)[:30]}) from fault
        day = None
    return [day] if day is not None else _days_in_text(_BRACKETS.sub("", plain(cell)), year)


def _days_in_text(text, year):
    wrong = ValueError(_("“%(text)s” is no day.") % {"text": text[:30]})
    days, end = [], 0
    for found in _DAY.finditer(text):
        between, end = text[end : found.start()], found.end()
        last = days[-1] if days else None
        try:
            day = _day(found, last, year)
        except ValueError:
            raise wrong from None
        if last is None:
            if not _AROUND.fullmatch(between):
                raise wrong
            days.append(day)
        elif _SPAN.fullmatch(between):
            if day < last and not found["year"]:  # from December to January
                day = day.replace(year=last.year + 1)
            if not 0 < (day - last).days < LONGEST_SPAN:
                raise wrong
            days += [last + dt.timedelta(days=number) for number in range(1, (day - last).days + 1)]
        elif _AND.fullmatch(between):
            days.append(day)
        else:
            raise wrong
    if not days or not _AROUND.fullmatch(text[end:]):
        raise wrong
    return days


def _day(found, last, year):
    """Raises ValueError for a day that does not exist. Without a year that of the day before it, or the one asked about."""
    if found["alone"]:
        if last is None:
            raise ValueError("a day without a month")
        return last.replace(day=int(found["alone"]))
    whole = int(found["year"]) if found["year"] else last.year if last else year
    return dt.date(whole, int(found["month"]), int(found["day"]))
