"""Who is away when: what is refused, what the pages show, and to whom."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.absences import absent_ids, change_absence, end_absence, enter_absence, overview
from accounts.models import Absence
from audit.models import Change

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def away(zhou, now):
    """away(person, first, last, …) enters an absence."""

    def _away(person, first_on, last_on, **more):
        more = {"kind": "leave", "by": zhou, "now": now, **more}
        return enter_absence(person, first_on=first_on, last_on=last_on, **more)

    return _away


def refused(deed):
    with pytest.raises(ValidationError) as found:
        deed()
    return found.value.message_dict


class TestEntering:
    def test_both_ends_are_days_away(self, away, li, pudong, today):
        away(li, today, today + 2 * DAY)
        there = [absent_ids(pudong, today + number * DAY) for number in range(-1, 4)]
        assert there == [set(), {li.pk}, {li.pk}, {li.pk}, set()]
        assert Change.objects.filter(model="accounts.absence", deed="create").count() == 1

    @pytest.mark.parametrize(("first", "last"), [(-3, 0), (0, 0), (1, 1), (2, 5), (-3, 9)])
    def test_an_overlap_is_refused_and_says_with_what(self, away, li, today, first, last):
        away(li, today, today + 2 * DAY)
        faults = refused(lambda: away(li, today + first * DAY, today + last * DAY))
        assert "2026-03-18 – 2026-03-20" in faults["first_on"][0]
        assert Absence.objects.count() == 1

    @pytest.mark.parametrize(("first", "last"), [(-3, -1), (3, 3)])
    def test_beside_it_there_is_room(self, away, li, today, first, last):
        away(li, today, today + 2 * DAY)
        away(li, today + first * DAY, today + last * DAY)
        assert Absence.objects.count() == 2

    def test_who_has_left_has_no_last_day_and_nothing_after(self, away, li, today):
        assert "last_on" in refused(lambda: away(li, today, today, kind="left"))
        assert "last_on" in refused(lambda: away(li, today, None))
        away(li, today, None, kind="left")
        assert "first_on" in refused(lambda: away(li, today + 400 * DAY, today + 400 * DAY))

    def test_days_in_order(self, away, li, today):
        assert "last_on" in refused(lambda: away(li, today, today - DAY))

    def test_the_deputy_is_a_colleague_who_is_there(self, away, li, chen, zhao, today):
        assert "deputy" in refused(lambda: away(li, today, today, deputy=li))
        assert "deputy" in refused(lambda: away(li, today, today, deputy=zhao))
        away(chen, today, today + DAY)
        assert "deputy" in refused(lambda: away(li, today, today + DAY, deputy=chen))
        assert away(li, today, today + 2 * DAY, deputy=chen).deputy == chen  # there on one of the days


class TestEnding:
    def test_back_early_ends_it_the_day_before(self, away, li, zhou, pudong, today, now):
        absence = away(li, today, today + 5 * DAY)
        end_absence(absence, back_on=today + 2 * DAY, by=zhou, now=now)
        end_absence(absence, back_on=today + 2 * DAY, by=zhou, now=now)  # twice
        assert absent_ids(pudong, today + DAY) == {li.pk} and not absent_ids(pudong, today + 2 * DAY)
        assert Change.objects.filter(model="accounts.absence", deed="end").count() == 1

    def test_one_that_never_came_about_is_void_and_in_nobodys_way(self, away, li, zhou, pudong, today, now):
        end_absence(away(li, today, today + DAY), back_on=today, by=zhou, now=now)
        assert not absent_ids(pudong, today)
        away(li, today, today)

    def test_a_leaver_may_come_back(self, away, li, zhou, pudong, today, now):
        absence = end_absence(away(li, today, None, kind="left"), back_on=today + 9 * DAY, by=zhou, now=now)
        assert (absence.kind, absence.last_on) == ("leave", today + 8 * DAY)

    def test_later_is_a_change(self, away, li, zhou, today, now):
        absence = away(li, today, today)
        change_absence(absence, {"last_on": today + 3 * DAY}, by=zhou, now=now)
        assert Absence.objects.get().last_on == today + 3 * DAY
        assert "last_on" in refused(lambda: change_absence(absence, {"last_on": None}, by=zhou, now=now))


class TestPages:
    def test_the_overview_has_a_cell_for_each_day(self, away, li, chen, pudong, today):
        away(li, today, today + DAY)
        away(chen, today - 40 * DAY, today - 30 * DAY)
        page = overview(pudong, today, today)
        assert [line.person for line in page.lines] == [li]
        marked = [day.day for day, row in zip(page.days, page.lines[0].days, strict=True) if row]
        assert marked == [today, today + DAY] and page.days[0].day.weekday() == 0

    def test_as_many_queries_for_three_as_for_one(
        self, away, li, chen, zhou, login, today, django_assert_max_num_queries, django_assert_num_queries
    ):
        client, page = login(zhou), reverse("accounts:absences") + "?from=2026-03-18"
        away(li, today, today)
        client.get(page)
        with django_assert_max_num_queries(12) as one:
            client.get(page)
        away(chen, today, today, deputy=zhou)
        away(li, today + 2 * DAY, today + 3 * DAY)
        with django_assert_num_queries(len(one)):
            assert client.get(page).text.count("陈晨") > 1

    def test_a_manager_enters_one_and_an_overlap_is_told_at_the_field(self, li, zhou, login):
        client = login(zhou)
        typed = {"person": li.pk, "kind": "training", "first_on": "2026-03-18", "last_on": "2026-03-19", "note": "厂家"}
        assert client.post(reverse("accounts:absence_new"), typed).status_code == 302
        again = client.post(reverse("accounts:absence_new"), typed)
        assert "first_on" in again.context["form"].errors and 'value="厂家"' in again.text
        assert Absence.objects.get().made_by == zhou

    def test_other_stores_people_are_not_offered(self, zhao, zhou, login):
        typed = {"person": zhao.pk, "kind": "leave", "first_on": "2026-03-18", "last_on": "2026-03-19"}
        answer = login(zhou).post(reverse("accounts:absence_new"), typed)
        assert "person" in answer.context["form"].errors and "赵磊" not in answer.text

    def test_ones_own_are_on_ones_own_page_and_nobody_elses(self, away, li, chen, login):
        day = timezone.localdate()
        away(li, day, day + DAY, note="回老家")
        assert "回老家" in login(li).get(reverse("accounts:me")).text
        assert "回老家" not in login(chen).get(reverse("accounts:me")).text

    @pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "x", "2026-13-40"])
    def test_a_day_that_is_none_shows_today(self, text, zhou, login):
        page = login(zhou).get(reverse("accounts:absences"), {"from": text}).context["page"]
        assert any(day.is_today for day in page.days)

    def test_a_word_of_no_day_ends_nothing(self, away, li, zhou, login, today):
        absence = away(li, today, today + DAY)
        login(zhou).post(reverse("accounts:absence_end", args=[absence.pk]), {"back_on": "soon"})
        assert Absence.objects.get().last_on == today + DAY
