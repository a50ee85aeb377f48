"""Birthdays as month and day, of the solar or of the lunar calendar. Written 1007 (7 October; tenth month, seventh day).

A lunar birthday comes on another solar day each year. Who was born in a leap month celebrates in the plain month of that number; who
was born on the 30th, in a year in which that month has 29 days, on the 29th. Who was born on 29 February celebrates on the 28th in
other years. Both are the custom; the law knows none.
"""

import datetime as dt
import re
from calendar import isleap
from functools import lru_cache

from common.cells import is_placeholder, plain

LUNAR_MONTHS = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月")
_DIGITS = "〇一二三四五六七八九"
_TENS = ("初", "十", "廿", "卅")
_LUNAR_WORDS = re.compile(r"^\(?(?:农历|阴历|旧历|夏历|农)\)?[::]?")
_SOLAR_WORDS = re.compile(r"^\(?(?:公历|阳历|新历|西历)\)?[::]?")
_YEAR = re.compile(r"^(?:\d{4}|[〇零一二三四五六七八九]{4})\s*[年./-]\s*")
_MONTH_DAY = re.compile(
    r"闰?(正|冬|腊|十[一二]?|[一二三四五六七八九]|0?[1-9]|1[0-2])\s*[月./-]\s*(.+?)([日号]?)$", re.ASCII
)
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}.*$", re.ASCII)
_COMPACT = re.compile(r"(?:19|20)\d{2}(\d{4})(?:\.0)?", re.ASCII)
_MMDD = re.compile(r"(\d{2})(\d{2})", re.ASCII)
_SOLAR_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class BadBirthday(ValueError):
    """The text names no day."""


def check(number: int, *, is_lunar: bool) -> int:
    """`number`, if there is such a day in some year. Raises BadBirthday."""
    month, day = divmod(number, 100)
    longest = 0 if not 1 <= month <= 12 else 30 if is_lunar else _SOLAR_LENGTHS[month - 1]
    if not 1 <= day <= longest:
        raise BadBirthday(number)
    return number


def parse(cell) -> tuple[int, bool] | None:
    """(month and day, is it lunar?) of a cell: a date of birth, `农历八月十五`, `八月初三`, `腊月廿八`, `10-07`, `10月7日`; None for nothing.

    Lunar is what says so, and what no solar date could be called (正月, 冬月, 腊月, 初三, 廿八); `八月十五` may be meant either way and is
    not guessed. Raises BadBirthday.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 10_000 <= cell <= 60_000:
        cell = dt.date(1899, 12, 30) + dt.timedelta(days=int(cell))  # as a spreadsheet counts days
    if isinstance(cell, dt.date):
        return None if cell.year <= 1900 else (cell.month * 100 + cell.day, False)
    text = _TIME.sub("", plain(cell)).replace(" ", "")
    if not text or is_placeholder(text) or text.startswith(("1900-01-0", "1900/1/", "0000")):
        return None
    if found := _COMPACT.fullmatch(text):
        return check(int(found[1]), is_lunar=False), False
    rest = _LUNAR_WORDS.sub("", text)
    is_lunar = rest != text
    rest = _YEAR.sub("", rest if is_lunar else _SOLAR_WORDS.sub("", text))
    if found := _MMDD.fullmatch(rest):
        return check(int(rest), is_lunar=is_lunar), is_lunar
    found = _MONTH_DAY.fullmatch(rest)
    if not found:
        raise BadBirthday(text)
    month, day = _number({"正": "一", "冬": "十一", "腊": "十二"}.get(found[1], found[1])), _number(found[2])
    is_told, is_lunar = is_lunar or rest != text, is_lunar or found[1] in ("正", "冬", "腊") or found[2][0] in "初廿卅"
    if not (is_told or is_lunar or found[3] or (found[1] + found[2]).isascii()):
        raise BadBirthday(text)
    return check(month * 100 + day, is_lunar=is_lunar), is_lunar


def _number(text) -> int:
    """Of 7, 07, 七, 初七, 十七, 二十七, 廿七, 三十."""
    if text.isascii() and text.isdigit():
        return int(text)
    text = (
        text.removeprefix("初").replace("廿", "二十").replace("卅", "三十").replace("零", "").replace("二十十", "二十")
    )
    tens, ten, ones = text.rpartition("十")
    if any(char not in _DIGITS for char in tens + ones) or len(tens) > 1 or len(ones) > 1 or not (ten or ones):
        raise BadBirthday(text)
    return (_DIGITS.index(tens) if tens else 1) * 10 * bool(ten) + (_DIGITS.index(ones) if ones else 0)


def lunar_name(number: int) -> str:
    """`八月十五`."""
    month, day = divmod(number, 100)
    if day in (10, 20, 30):
        return LUNAR_MONTHS[month - 1] + {10: "初十", 20: "二十", 30: "三十"}[day]
    return LUNAR_MONTHS[month - 1] + _TENS[day // 10] + _DIGITS[day % 10]


def birthdays_on(day: dt.date) -> tuple[set[int], set[int]]:
    """Which birthdays are celebrated on this day: (solar ones, lunar ones). Of the lunar ones none in a leap month."""
    solar = {day.month * 100 + day.day}
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        solar.add(229)
    _year, month, number, length = _lunar(day)
    if month < 0:
        return solar, set()
    lunar = {month * 100 + number}
    if number == length == 29:
        lunar.add(month * 100 + 30)
    return solar, lunar


def celebrated_on(number: int, is_lunar: bool, year: int) -> dt.date:
    """The solar day on which this birthday is celebrated in the year (of a lunar one: the lunar year, which may end in the next solar one)."""
    month, day = divmod(number, 100)
    if not is_lunar:
        return dt.date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)
    from lunar_python import Lunar, LunarMonth  # 20 ms, which no page that shows no birthday shall pay

    solar = Lunar.fromYmd(year, month, min(day, LunarMonth.fromYm(year, month).getDayCount())).getSolar()
    return dt.date(solar.getYear(), solar.getMonth(), solar.getDay())


def year_of(day: dt.date, is_lunar: bool) -> int:
    """The year that a birthday celebrated on this day belongs to: of a lunar one the lunar year."""
    return _lunar(day)[0] if is_lunar else day.year


@lru_cache(maxsize=1_024)
def _lunar(day: dt.date) -> tuple[int, int, int, int]:
    """(lunar year, month, day, days of that month); a leap month is negative."""
    from lunar_python import LunarMonth, Solar

    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    year, month = lunar.getYear(), lunar.getMonth()
    return year, month, lunar.getDay(), LunarMonth.fromYm(year, month).getDayCount()
