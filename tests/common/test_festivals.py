import datetime as dt

import pytest

from common.festivals import festival_day, next_festivals


@pytest.mark.parametrize(
    ("code", "year", "day"),
    [
        ("new_year", 2026, dt.date(2026, 1, 1)),
        ("spring", 2026, dt.date(2026, 2, 17)),
        ("spring", 2027, dt.date(2027, 2, 6)),
        ("lantern", 2026, dt.date(2026, 3, 3)),
        ("dragon_boat", 2026, dt.date(2026, 6, 19)),
        ("mid_autumn", 2026, dt.date(2026, 9, 25)),
        ("mid_autumn", 2025, dt.date(2025, 10, 6)),  # a year with a leap sixth month
        ("national", 2026, dt.date(2026, 10, 1)),
    ],
)
def test_festivals_fall_on_their_days(code, year, day):
    assert festival_day(code, year) == day


def test_the_next_festivals_go_over_the_turn_of_the_year():
    found = next_festivals(dt.date(2026, 12, 20), 80)
    assert found == [
        (dt.date(2027, 1, 1), "new_year"),
        (dt.date(2027, 2, 6), "spring"),
        (dt.date(2027, 2, 20), "lantern"),
    ]
