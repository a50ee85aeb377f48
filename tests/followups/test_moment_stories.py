"""Whatever the calendar and the bands, and however often they change: no call in quiet hours or on a day off, none before it opens, no
deadline moved, and done twice nothing moves. Random days for the arithmetic, random stories for a store."""

import datetime as dt
import random
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.calendar import calendar_of, missing_years
from accounts.days import enter_days, remove_day, set_rest_weekdays
from accounts.models import CalendarDay
from common.bands import (
    attempt_kept,
    band_of,
    call_time_later,
    first_call_moment,
    is_call_time,
    moment_in_hour,
    next_attempt,
    next_call_time,
)
from followups.models import CallCard, DeskDial, DueItem
from followups.services.cards import check_cards
from followups.services.claims import take_next
from followups.services.dials import change_desk_dial
from followups.services.moments import reschedule
from followups.services.moving import move_calls
from followups.services.planned import plan_promise
from tests.conftest import at
from tests.factories.customers import make_customer
from tests.factories.followups import make_item

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2028, 12, 31)


class Days:
    """A calendar of weekly days off and single days; one work day a week at the least."""

    def __init__(self, rest, single):
        self.rest, self.single = rest, single

    def is_workday(self, day):
        return self.single.get(day, day.isoweekday() not in self.rest)

    def next_workday(self, day):
        while not self.is_workday(day):
            day += DAY
        return day


days = st.dates(FIRST, LAST)
calendars = st.builds(
    Days,
    st.sets(st.integers(1, 7), max_size=6),
    st.tuples(days, st.lists(st.booleans(), max_size=12)).map(
        lambda told: {told[0] + number * DAY: work for number, work in enumerate(told[1])}
    ),
)
zones = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York"]).map(ZoneInfo)


@st.composite
def bands(draw):
    """One to three bands in order, with breaks or without, on quarters of hours between 5:00 and 23:00."""
    number = draw(st.integers(1, 3))
    quarters = draw(st.lists(st.integers(20, 92), min_size=2 * number, max_size=2 * number, unique=True))
    clock = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in sorted(quarters)]
    spans = [list(pair) for pair in zip(clock[::2], clock[1::2], strict=True)]
    if draw(st.booleans()):  # the next band begins where the one before ends
        spans = [
            [start, spans[place + 1][0] if place + 1 < number else end] for place, (start, end) in enumerate(spans)
        ]
    return dict(zip("mae", spans, strict=False))


@st.composite
def moments(draw, zone):
    return draw(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2028, 12, 1))).replace(tzinfo=dt.UTC).astimezone(zone)


def starts(told):
    return {dt.time.fromisoformat(start) for start, _end in told.values()}


@given(day=days, zone=zones, told=bands(), calendar=calendars, useful=st.none() | st.integers(0, 30))
def test_a_first_call_is_on_a_work_day_at_the_start_of_calls_by_the_clock_of_the_store(
    day, zone, told, calendar, useful
):
    until = None if useful is None else day + useful * DAY
    moment = first_call_moment(day, zone, told, calendar, until=until)
    assert moment.tzinfo is zone and moment.time() == min(starts(told))
    assert moment.date() >= day
    if not calendar.is_workday(moment.date()):
        assert moment.date() == until and calendar.next_workday(day) > until
    elif until is None or calendar.next_workday(day) <= until:
        assert is_call_time(moment, zone, told, calendar) and moment.date() == calendar.next_workday(day)
        assert first_call_moment(moment.date(), zone, told, calendar, until=until) == moment


@given(
    data=st.data(), zone=zones, told=bands(), calendar=calendars, failed=st.sets(st.sampled_from("mae")).map("".join)
)
def test_a_further_try_stays_in_call_time_and_done_again_does_not_move(data, zone, told, calendar, failed):
    before = data.draw(moments(zone))
    kept = attempt_kept(before, zone, told, failed, calendar)
    assert kept.date() >= before.astimezone(zone).date()
    assert band_of(kept, zone, told) and calendar.is_workday(kept.date())
    assert attempt_kept(kept, zone, told, failed, calendar) == kept
    if kept.time() != before.time():
        assert kept.time() in starts(told)
        assert band_of(kept, zone, told) not in failed or set(told) <= set(failed)
    if band_of(before, zone, told) and calendar.is_workday(before.date()):
        assert kept == before
    planned = next_attempt(before, zone, told, failed, calendar)
    assert planned > before and attempt_kept(planned, zone, told, failed, calendar) == planned


@given(data=st.data(), zone=zones, told=bands(), calendar=calendars)
def test_call_time_goes_on_in_call_time_and_not_before_now(data, zone, told, calendar):
    now = data.draw(moments(zone))
    following = next_call_time(now, zone, told, calendar)
    assert following >= now and is_call_time(following, zone, told, calendar)
    assert next_call_time(following, zone, told, calendar) == following
    if following != now:
        assert not is_call_time(now, zone, told, calendar)
        assert not any(
            calendar.is_workday(day)
            for day in (now.date() + number * DAY for number in range(1, (following.date() - now.date()).days))
        )


@given(
    data=st.data(), zone=zones, told=bands(), minutes=st.lists(st.integers(0, 900), min_size=2, max_size=4).map(sorted)
)
def test_minutes_of_call_time_end_with_the_day_and_more_of_them_end_later(data, zone, told, minutes):
    now = data.draw(moments(zone))
    ends = [call_time_later(now, zone, told, number) for number in minutes]
    assert all(first <= second for first, second in pairwise(ends)) and ends[0] >= now
    assert all(end.astimezone(zone).date() == now.date() for end in ends)


@given(day=days, zone=zones, told=bands(), hour=st.integers(0, 23))
def test_the_hour_of_a_customer_lies_in_a_band_and_in_the_hour(day, zone, told, hour):
    moment = moment_in_hour(day, hour, zone, told)
    held = any(
        band_of(dt.datetime.combine(day, dt.time(hour, minute), tzinfo=zone), zone, told) for minute in range(60)
    )
    assert (moment is not None) == held
    assume(held)
    assert moment.hour == hour and moment.date() == day and band_of(moment, zone, told)


# --- A store ----------------------------------------------------------------------------------------------------------
MORNINGS = (["09:00", "11:30"], ["08:30", "11:00"], ["10:00", "12:00"])
AFTERNOONS = (["14:00", "17:30"], ["15:00", "17:00"], ["13:00", "16:15"])
EVENINGS = (["17:30", "20:00"], ["18:00", "19:30"], ["17:45", "18:30"])


class Story:
    """A store with open topics of every kind, whose calendar and bands change and change again."""

    def __init__(self, store, manager, seed, today, now):
        self.store, self.manager, self.dice = store, manager, random.Random(seed)
        self.today, self.now = today, now
        bands = DeskDial.objects.get(store=store).bands
        for number in range(25):
            opens_on = today + self.dice.randint(-5, 20) * DAY
            first = first_call_moment(max(opens_on, today), store.zone, bands)
            tries = self.dice.choice([0, 0, 1, 2])
            failed = "".join(self.dice.sample("mae", tries))
            planned = next_attempt(self.now + self.dice.randint(0, 9) * DAY, store.zone, bands, failed)
            due_on = opens_on + self.dice.randint(0, 5) * DAY
            customer = make_customer(store, name=f"客户{number}", preferred_hour=self.dice.choice([None, None, 11, 18]))
            make_item(
                customer,
                self.dice.choice(["service_3dc", "delivery_3dc"]),
                today=today,
                now=now,
                opens_on=opens_on,
                due_on=due_on,
                expires_on=due_on + self.dice.randint(0, 12) * DAY,
                attempts=tries,
                bands_failed=failed,
                callable_at=planned if tries else first,
            )
            if number % 6 == 0:
                moment = at(store, today + self.dice.randint(1, 9) * DAY, self.dice.randint(7, 21), 10)
                plan_promise(customer, at=moment, subject="回电", by=manager, now=now)
        self.deadlines = self._deadlines()

    def _deadlines(self):
        rows = DueItem.objects.order_by("pk")
        return list(rows.values_list("pk", "opens_on", "due_on", "expires_on", "due_at", "state", "attempts"))

    def change(self):
        how = {"by": self.manager, "now": self.now}
        days = [self.today + number * DAY for number in self.dice.sample(range(25), 6)]
        deed = self.dice.randrange(4)
        if deed == 0:
            start = self.today + self.dice.randint(0, 12) * DAY
            week = [(start + number * DAY, False, "长假") for number in range(self.dice.randint(1, 9))]
            enter_days(week, store=self.store, **how)
        elif deed == 1:
            own = [(day, self.dice.random() < 0.5, "") for day in days]
            enter_days(own, store=self.dice.choice([self.store, None]), **how)
        elif deed == 2:
            for row in list(CalendarDay.objects.order_by("pk"))[::2]:
                remove_day(row, **how)
            rest = "".join(sorted(self.dice.sample("1234567", self.dice.randint(0, 3))))
            self.store = set_rest_weekdays(self.store, rest, **how)
        else:
            told = {
                "m": self.dice.choice(MORNINGS),
                "a": self.dice.choice(AFTERNOONS),
                "e": self.dice.choice(EVENINGS),
            }
            change_desk_dial(DeskDial.objects.get(store=self.store), {"bands": told}, **how)
        move_calls(self.store, now=self.now)

    def hold(self):
        """The laws."""
        assert self._deadlines() == self.deadlines
        calendar, zone = calendar_of(self.store), self.store.zone
        told = DeskDial.objects.get(store=self.store).bands
        promised = {}
        for item in DueItem.objects.open().filter(due_at__isnull=False):
            promised.setdefault(item.customer_id, set()).add(item.due_at)
        for item in DueItem.objects.open().filter(due_at__isnull=True, callable_at__gt=self.now):
            if item.callable_at in promised.get(item.customer_id, ()):
                continue
            local = item.callable_at.astimezone(zone)
            assert band_of(local, zone, told), item
            assert local.date() >= item.opens_on or item.attempts
            if not calendar.is_workday(local.date()):
                first = max(item.opens_on, self.today)
                assert not item.attempts and local.date() == max(first, item.expires_on)
                assert calendar.next_workday(first) > item.expires_on
        for card in CallCard.objects.open().filter(callable_at__gt=self.now):
            items = DueItem.objects.open().filter(customer=card.customer_id)
            first = min(item.callable_at for item in items)
            assert card.callable_at >= first and self.store.day_of(card.callable_at) == self.store.day_of(first)
        assert check_cards(self.store, now=self.now) == []
        assert reschedule(self.store, now=self.now) == 0

    def is_quiet_outside_call_hours(self, person):
        calendar, told = calendar_of(self.store), DeskDial.objects.get(store=self.store).bands
        for _each in range(8):
            moment = self.now + dt.timedelta(minutes=self.dice.randint(0, 14 * 24 * 60))
            card = take_next(person, now=moment)
            if card is not None and not is_call_time(moment, self.store.zone, told, calendar):
                items = DueItem.objects.open().filter(customer=card.customer_id, due_at__isnull=False)
                assert any(item.callable_at <= moment for item in items)
            CallCard.objects.update(lease_by=None, lease_token=None, lease_until=None)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_a_store_whose_calendar_and_bands_keep_changing(pudong, zhou, li, today, now, seed):
    story = Story(pudong, zhou, seed, today, now)
    for _each in range(8):
        story.change()
        story.hold()
    DeskDial.objects.filter(store=pudong).update(hours_hold=True)
    story.is_quiet_outside_call_hours(li)


@pytest.mark.django_db
def test_a_year_without_days_is_read_by_its_weekends_and_warned_of(pudong):
    pudong.rest_weekdays = "67"
    calendar = calendar_of(pudong)
    for number in range(366):
        day = dt.date(2031, 1, 1) + number * DAY
        assert calendar.is_workday(day) == (day.isoweekday() < 6)
        assert 0 <= (calendar.next_workday(day) - day).days <= 2
    assert missing_years(pudong, dt.date(2031, 1, 1)) == [2031]
    assert missing_years(pudong, dt.date(2030, 12, 31)) == [2030, 2031]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_calendar_says_what_its_rows_say(pudong, xuhui, seed):
    """The store's own row, else that of all, else the weekday; row by row and over the turn of the year."""
    dice = random.Random(seed)
    pudong.rest_weekdays = "".join(sorted(dice.sample("1234567", dice.randint(0, 4))))
    span = [dt.date(2026, 12, 1) + number * DAY for number in range(70)]
    rows = {}
    for store in (pudong, xuhui, None):
        for day in dice.sample(span, 25):
            rows[store, day] = dice.random() < 0.5
            CalendarDay.objects.create(store=store, day=day, is_work=rows[store, day], source="typed")
    calendar = calendar_of(pudong)
    for day in span:
        by_weekday = str(day.isoweekday()) not in pudong.rest_weekdays
        assert calendar.is_workday(day) == rows.get((pudong, day), rows.get((None, day), by_weekday))
        following = calendar.next_workday(day)
        assert following >= day and calendar.is_workday(following)
        assert not any(calendar.is_workday(day + number * DAY) for number in range((following - day).days))
