"""Birthdays of both calendars: what a cell says, and on which day they are celebrated."""

import datetime as dt

import pytest

from common.birthdays import BadBirthday, birthdays_on, celebrated_on, check, lunar_name, parse, year_of


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("农历八月十五", (815, True)), ("阴历8月15", (815, True)), ("(农历)8月15日", (815, True)), ("农历:1980年八月十五", (815, True)),
        ("八月初三", (803, True)), ("正月初一", (101, True)), ("冬月十一", (1111, True)), ("腊月廿八", (1228, True)), ("腊月三十", (1230, True)),
        ("十一月二十日", (1120, False)), ("农历十二月二十三", (1223, True)), ("农历六月卅", (630, True)), ("农历闰四月初八", (408, True)),
        ("10-07", (1007, False)), ("10月7日", (1007, False)), ("1007", (1007, False)), ("公历2月29日", (229, False)), ("3/5", (305, False)),
        ("农历0815", (815, True)), ("", None), ("-", None), (None, None), ("八月十五日", (815, False)), ("农历四月二十", (420, True)),
    ],
)  # fmt: skip
def test_what_a_cell_says(text, meant):
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "农历八月三十一",
        "2月30日",
        "13月1日",
        "中秋节",
        "农历",
        "八月",
        "0832",
        "廿八",
        "农历八月十十",
        "0",
        "八月十五",
        "十一月二十",
    ],
)
def test_what_names_no_day_is_refused(text):
    with pytest.raises(BadBirthday):
        parse(text)


def test_every_lunar_day_has_a_name_that_is_read_again():
    for month in range(1, 13):
        for day in range(1, 31):
            assert parse("农历" + lunar_name(month * 100 + day)) == (month * 100 + day, True)
    assert [lunar_name(number) for number in (815, 101, 1228, 1120, 310, 430)] == [
        "八月十五", "正月初一", "腊月廿八", "冬月二十", "三月初十", "四月三十",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [0, 100, 1301, 230, 431, 132, -5, 99999])
def test_no_such_solar_day(number):
    with pytest.raises(BadBirthday):
        check(number, is_lunar=False)


# Festivals that everybody knows: 中秋 is 八月十五, 春节 is 正月初一, 端午 is 五月初五.
@pytest.mark.parametrize(
    ("number", "year", "day"),
    [
        (101, 2026, (2026, 2, 17)), (101, 2027, (2027, 2, 6)), (815, 2025, (2025, 10, 6)), (815, 2026, (2026, 9, 25)), (505, 2025, (2025, 5, 31)),
        (1229, 2026, (2027, 2, 5)), (1230, 2026, (2027, 2, 5)), (1230, 2023, (2024, 2, 9)),
    ],
)  # fmt: skip
def test_lunar_days_by_the_known_festivals(number, year, day):
    assert celebrated_on(number, True, year) == dt.date(*day)
    assert number in birthdays_on(dt.date(*day))[1]
    assert year_of(dt.date(*day), True) == year


def test_a_leap_month_has_no_birthdays_of_its_own():
    # 2025 had two sixth months: 六月 from 25 June, 闰六月 from 25 July.
    assert celebrated_on(615, True, 2025) == dt.date(2025, 7, 9)
    assert birthdays_on(dt.date(2025, 8, 8))[1] == set()


def test_29_february_is_celebrated_on_the_28th_of_other_years():
    assert celebrated_on(229, False, 2027) == dt.date(2027, 2, 28)
    assert celebrated_on(229, False, 2028) == dt.date(2028, 2, 29)
    assert birthdays_on(dt.date(2027, 2, 28))[0] == {228, 229}
    assert birthdays_on(dt.date(2028, 2, 28))[0] == {228}


def test_every_birthday_is_celebrated_once_a_year_in_either_calendar():
    """Over eight years day by day: each of 366 solar and 360 lunar birthdays comes exactly once in each of its years."""
    seen, day = {}, dt.date(2020, 1, 1)
    while day < dt.date(2028, 3, 1):
        for is_lunar, numbers in zip((False, True), birthdays_on(day), strict=True):
            for number in numbers:
                key = (is_lunar, number, year_of(day, is_lunar))
                assert key not in seen, key
                seen[key] = day
                assert celebrated_on(number, is_lunar, key[2]) == day
        day += dt.timedelta(days=1)
    for year in range(2021, 2027):
        assert sum(key[0] and key[2] == year for key in seen) == 360
        assert sum(not key[0] and key[2] == year for key in seen) == 366
