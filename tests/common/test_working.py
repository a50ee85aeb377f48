"""Working time: opening hours on work days, with a holiday week and its make-up days. Days of 2026 (State Council)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from common.working import Hours

ZONE = ZoneInfo("Asia/Shanghai")
OFF = {dt.date(2026, 10, day) for day in range(1, 8)}  # 国庆
MADE_UP = {dt.date(2026, 9, 20), dt.date(2026, 10, 10)}  # a Sunday, a Saturday


class Calendar:
    """Monday to Friday, the holiday week, its make-up days."""

    def is_workday(self, day):
        return day in MADE_UP or (day not in OFF and day.isoweekday() < 6)

    def next_workday(self, day):
        while not self.is_workday(day):
            day += dt.timedelta(days=1)
        return day


HOURS = Hours(dt.time(9), dt.time(18), ZONE, Calendar())


def at(text):
    return dt.datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


CASES = [  # from, working hours, until
    ("09-16 10:00", 2, "09-16 12:00"),
    ("09-16 17:00", 2, "09-17 10:00"),
    ("09-16 20:30", 2, "09-17 11:00"),  # after closing: the clock begins in the morning
    ("09-16 09:00", 9, "09-16 18:00"),  # what ends with a day ends at its closing time
    ("09-16 15:00", 9, "09-17 15:00"),  # a work day
    ("09-18 17:00", 2, "09-20 10:00"),  # Friday; Saturday is off, Sunday the 20th is worked
    ("09-30 15:00", 9, "10-08 15:00"),  # over the holiday week
    ("09-30 15:00", 27, "10-10 15:00"),  # and the make-up Saturday after it counts
    ("10-03 11:00", 2, "10-08 11:00"),  # opened in the middle of the holidays
    ("10-10 16:00", 4, "10-12 11:00"),  # from the make-up Saturday to Monday
]


@pytest.mark.parametrize(("start", "hours", "end"), CASES)
def test_so_much_working_time_later(start, hours, end):
    assert HOURS.later(at(start), dt.timedelta(hours=hours)) == at(end)


@pytest.mark.parametrize(("start", "hours", "end"), CASES)
def test_between_is_what_later_adds(start, hours, end):
    assert HOURS.between(at(start), at(end)) == dt.timedelta(hours=hours)
    assert HOURS.between(at(end), at(start)) == dt.timedelta()


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("09-16 09:00", True, "09-16 09:00"),
        ("09-16 18:00", False, "09-17 09:00"),
        ("09-19 12:00", False, "09-20 09:00"),
        ("09-20 12:00", True, "09-20 12:00"),
        ("10-05 12:00", False, "10-08 09:00"),
    ],
)
def test_when_the_store_is_open(moment, is_open, opens):
    assert HOURS.is_open(at(moment)) is is_open
    assert HOURS.next_open(at(moment)) == at(opens)


def test_a_day_that_closes_before_it_opens_is_none():
    with pytest.raises(ValueError, match="closes"):
        Hours(dt.time(18), dt.time(9), ZONE)
