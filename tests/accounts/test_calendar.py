"""Work days: public holidays, make-up workdays, the store's own days, its weekly days off."""

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.calendar import calendar_of, missing_years, seed_calendar
from accounts.choices import DaySource
from accounts.models import CalendarDay, Store

SUNDAY_AT_WORK = dt.date(2026, 9, 20)  # 调休 before the National Day of 2026
NATIONAL_DAY = dt.date(2026, 10, 1)


def own(store, **fields):
    Store.objects.filter(pk=store.pk).update(**fields)
    store.refresh_from_db()
    return store


def put(day, is_work, store=None, source=DaySource.TYPED, name=""):
    return CalendarDay.objects.create(store=store, day=day, is_work=is_work, source=source, name=name)


def test_the_shipped_calendar_knows_the_week_of_the_national_day_and_its_make_up_sundays(pudong):
    own(pudong, rest_weekdays="67")
    assert seed_calendar(first_year=2026) > 30
    calendar = calendar_of(pudong)
    assert calendar.next_workday(NATIONAL_DAY) == dt.date(2026, 10, 8)
    assert calendar.is_workday(SUNDAY_AT_WORK)
    assert not calendar.is_workday(SUNDAY_AT_WORK - dt.timedelta(days=1))
    assert CalendarDay.objects.get(day=NATIONAL_DAY).name.startswith("国庆节")


def test_seeding_again_adds_nothing_and_overwrites_nothing_that_was_entered(pudong):
    put(NATIONAL_DAY, True)
    seed_calendar(first_year=2025)
    assert CalendarDay.objects.get(day=NATIONAL_DAY).is_work
    assert not CalendarDay.objects.filter(day__year=2026).exclude(day=NATIONAL_DAY).exists()
    assert seed_calendar(first_year=2025) == 0


def test_a_store_own_day_comes_before_the_day_of_all(pudong, xuhui):
    put(NATIONAL_DAY, False)
    put(NATIONAL_DAY, True, store=pudong)
    assert calendar_of(pudong).is_workday(NATIONAL_DAY)
    assert not calendar_of(xuhui).is_workday(NATIONAL_DAY)


def test_a_year_of_which_nothing_is_known_goes_by_the_weekdays(pudong):
    own(pudong, rest_weekdays="67")
    assert calendar_of(pudong).next_workday(dt.date(2031, 1, 4)) == dt.date(2031, 1, 6)


def test_a_calendar_without_any_work_day_gives_the_day_itself(pudong):
    own(pudong, rest_weekdays="1234567")
    assert calendar_of(pudong).next_workday(NATIONAL_DAY) == NATIONAL_DAY


def put_year(year, store=None, days=7):
    for number in range(days):
        put(dt.date(year, 1 + number, 1), False, store)


@pytest.mark.parametrize(
    ("today", "known", "missing"),
    [
        (dt.date(2026, 10, 31), [2026], []),
        (dt.date(2026, 11, 1), [2026], [2027]),
        (dt.date(2026, 11, 1), [2026, 2027], []),
        (dt.date(2027, 1, 1), [2026], [2027]),
        (dt.date(2027, 1, 1), [], [2027]),
    ],
)
def test_the_next_year_is_asked_for_from_november_on(pudong, today, known, missing):
    for year in known:
        put_year(year)
    assert missing_years(pudong, today) == missing
    assert missing_years(None, today) == missing


def test_a_day_or_two_of_the_store_are_not_the_list_of_a_year(pudong, xuhui):
    november = dt.date(2026, 11, 1)
    put_year(2026)
    put_year(2027, store=pudong, days=6)
    put(dt.date(2027, 2, 6), True, pudong)
    assert missing_years(pudong, november) == [2027]
    put(dt.date(2027, 10, 1), False, pudong)
    assert missing_years(pudong, november) == []
    assert missing_years(xuhui, november) == missing_years(None, november) == [2027]


def test_migrate_enters_what_ships_where_the_setting_says_so(settings, db):
    call_command("migrate", verbosity=0)
    assert not CalendarDay.objects.exists()
    settings.CALENDAR_SHIPPED = True
    call_command("migrate", verbosity=0)
    seeded = CalendarDay.objects.filter(store=None, source=DaySource.PACKAGE)
    assert {day.year for day in seeded.values_list("day", flat=True)} >= {2024, 2025, 2026}
    assert (
        seeded.filter(day=NATIONAL_DAY, is_work=False).exists()
        and seeded.filter(day=SUNDAY_AT_WORK, is_work=True).exists()
    )
    before = seeded.count()
    call_command("migrate", verbosity=0)
    assert seeded.count() == before


def test_the_last_day_of_the_year_asks_no_more_than_any_other(pudong, django_assert_num_queries):
    for day in (dt.date(2026, 6, 30), dt.date(2026, 12, 31)):
        calendar = calendar_of(pudong)
        with django_assert_num_queries(1):
            calendar.next_workday(day)
            calendar.next_workday(day + dt.timedelta(days=1))
