"""Days as spreadsheets write them. One parser; what is ambiguous is refused, month and day are never guessed (DOMAIN §3.2)."""

import datetime as dt
import re

from common.cells import is_placeholder, plain

# Cars and dealerships older than this are not in any DMS; software defaults (1900, 1970) are.
FIRST_YEAR = 1980
# A business date may lie ahead (a planned hand-over, a policy's end), but not by more than this many days.
DAYS_AHEAD = 366
_EXCEL_ZERO = dt.date(1899, 12, 30)
_TIME = r"(?:[ T]*(?:上午|下午|AM|PM)?\s*\d{1,2}[:时点]\s*\d{1,2}(?:[:分]\s*\d{1,2}(?:[.,]\d+)?)?[秒分]?\s*(?:AM|PM)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_YMD = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME}", re.ASCII | re.IGNORECASE)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}})(?:\d{{4}}|\d{{6}}|{_TIME})", re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
_AMBIGUOUS = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{1,2}}){_TIME}", re.ASCII | re.IGNORECASE)
_MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_ENGLISH = re.compile(rf"(\d{{1,2}})[- ]([A-Za-z]{{3}})[a-z]*[- ,]+(\d{{4}}){_TIME}", re.ASCII)
_SOFTWARE_DEFAULTS = {dt.date(1, 1, 1), dt.date(1970, 1, 1), dt.date(2099, 12, 31)}
_CHINA = dt.timezone(dt.timedelta(hours=8))


class BadDate(ValueError):
    """`code`: date_impossible, date_ambiguous, date_out_of_range, date_unreadable; `suggestion` lists what may be meant."""

    def __init__(self, code, suggestion=""):
        super().__init__(code)
        self.code = code
        self.suggestion = suggestion


def parse_date(value, *, today: dt.date | None = None, days_ahead: int = DAYS_AHEAD) -> dt.date | None:
    """The day a cell names; None where it names none (blank, placeholder, a software's zero date: 0000, 1900, 1970).

    `today` bounds the future (`days_ahead`); without it only the past is bounded. Raises BadDate.
    """
    day = _quick(value) or _read(value)
    if day is None:
        return None
    if day.year in (1899, 1900, 9999) or day in _SOFTWARE_DEFAULTS:
        return None
    if day.year < FIRST_YEAR or (today is not None and day > today + dt.timedelta(days=days_ahead)):
        raise BadDate("date_out_of_range")
    return day


_CLOCK = re.compile(
    r"(上午|下午|AM|PM)?\s*(\d{1,2})[:时点]\s*(\d{1,2})(?:[:分]\s*(\d{1,2}))?", re.ASCII | re.IGNORECASE
)


def time_of(value) -> dt.time:
    """The time of day of a cell that `parse_date` reads, to the second; midnight where it has none."""
    if isinstance(value, dt.datetime):
        return value.time().replace(microsecond=0, tzinfo=None)
    if isinstance(value, (int, float)) or _SERIAL.fullmatch(plain(value)):
        seconds = round(float(value) % 1 * 86_400) if float(value) < 60_001 else 0
        return (dt.datetime.min + dt.timedelta(seconds=seconds)).time()
    found = _CLOCK.search(plain(value))
    if not found:
        return dt.time(0)
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    if (found[1] or "").upper() in ("下午", "PM") and hour < 12:
        hour += 12
    return dt.time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else dt.time(0)


def _quick(value):
    if value.__class__ is str and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _read(value):
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (dt.time, dt.timedelta)):
        # Excel's zero date shows up as a time of day.
        if not value or value == dt.time(0):
            return None
        raise BadDate("date_unreadable")
    if isinstance(value, (int, float)):
        return _from_number(float(value))
    text = plain(value)
    if not text or is_placeholder(text):
        return None
    if found := (_YMD.fullmatch(text) or _COMPACT.fullmatch(text)):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if _MILLISECONDS.fullmatch(text) or _SERIAL.fullmatch(text) or re.fullmatch(r"0+(\.0+)?", text):
        return _from_number(float(text))
    if found := _AMBIGUOUS.fullmatch(text):
        raise BadDate("date_ambiguous", _readings(int(found[1]), int(found[2]), int(found[3])))
    if (found := _ENGLISH.fullmatch(text)) and found[2].lower() in _MONTHS:
        return _day(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
    raise BadDate("date_unreadable")


def _day(year, month, day):
    if year in (0, 1900) or (month == 0 and day == 0):
        return None
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise BadDate("date_impossible") from error


def _from_number(number):
    if 20000 <= number <= 60000:
        return _EXCEL_ZERO + dt.timedelta(days=int(number))
    if 0 <= number <= 366:
        return None  # the year 1900
    if number.is_integer() and 19000000 <= number <= 99991231:
        whole = int(number)
        return _day(whole // 10000, whole // 100 % 100, whole % 100)
    if 1e11 <= number <= 4.2e12:
        return dt.datetime.fromtimestamp(number / 1000, _CHINA).date()
    raise BadDate("date_unreadable")


def _readings(first, second, third):
    """What 03/04/2024 or 24-3-5 could mean: day and month either way round, and a two-digit year at either end."""
    orders = [(third, first, second), (third, second, first)] + ([(first, second, third)] if third < 100 else [])
    found = set()
    for year, month, day in orders:
        try:
            found.add(dt.date(year + 2000 if year < 100 else year, month, day).isoformat())
        except ValueError:
            continue
    return " / ".join(sorted(found))
