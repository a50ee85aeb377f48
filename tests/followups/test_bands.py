"""Call bands of a day, in the store's clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.bands import band_of, first_call_moment, next_attempt

SHANGHAI = ZoneInfo("Asia/Shanghai")
BANDS = {"e": ["17:30", "20:00"], "m": ["09:00", "11:30"], "a": ["14:00", "17:30"]}
DAY = dt.date(2026, 3, 18)


def at(hour, minute=0, day=DAY):
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "band"),
    [
        (at(8, 59), None),
        (at(9, 0), "m"),
        (at(11, 29), "m"),
        (at(11, 30), None),
        (at(17, 29), "a"),
        (at(17, 30), "e"),
        (at(20, 0), None),
    ],
)
def test_a_band_starts_at_its_first_moment_and_ends_just_before_its_last(moment, band):
    assert band_of(moment, SHANGHAI, BANDS) == band


def test_the_stores_clock_decides_not_the_servers():
    assert band_of(dt.datetime(2026, 3, 18, 1, 30, tzinfo=dt.UTC), SHANGHAI, BANDS) == "m"


def test_calls_begin_with_the_earliest_band_whatever_the_order_of_the_dial():
    assert first_call_moment(DAY, SHANGHAI, BANDS) == at(9)


@pytest.mark.parametrize(
    ("failed", "hour"), [("", 9), ("m", 14), ("a", 9), ("ma", 17), ("mae", 9), ("e", 9), ("me", 14)]
)
def test_the_next_attempt_is_tomorrow_in_a_band_that_has_not_failed(failed, hour):
    moment = next_attempt(at(10), SHANGHAI, BANDS, failed)
    assert (moment.date(), moment.hour) == (dt.date(2026, 3, 19), hour)


def test_after_a_late_evening_call_in_utc_tomorrow_is_the_stores_tomorrow():
    late = dt.datetime(2026, 3, 18, 15, 59, tzinfo=dt.UTC)  # 23:59 at the store
    assert next_attempt(late, SHANGHAI, BANDS, "").date() == dt.date(2026, 3, 19)
    assert next_attempt(late + dt.timedelta(minutes=1), SHANGHAI, BANDS, "").date() == dt.date(2026, 3, 20)


@pytest.mark.parametrize(
    "bands", [{}, {"m": ["11:00", "09:00"]}, {"m": ["09:00", "09:00"]}, {"m": ["9 o'clock", "11:00"]}]
)
def test_a_day_without_usable_bands_is_an_error(bands):
    with pytest.raises(ValueError):
        first_call_moment(DAY, SHANGHAI, bands)


@given(
    moment=st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC)),
    failed=st.sets(st.sampled_from("mae")).map("".join),
)
def test_every_next_attempt_is_in_a_band_and_later(moment, failed):
    following = next_attempt(moment, SHANGHAI, BANDS, failed)
    band = band_of(following, SHANGHAI, BANDS)
    assert following > moment
    assert band is not None
    assert band not in failed or len(failed) == 3
