"""What in the pace asks for a question, on days made by hand."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from followups.models import Call
from followups.services.claims import skip, take_card
from quality.pace import Made, findings_of
from quality.reading.pace import BEHIND
from tests.factories.followups import make_card
from tests.factories.quality import make_reached

DIAL = SimpleNamespace(shortest=40, burst=4, run=5, same_minute=30, least=20)
START = dt.datetime(2026, 3, 18, 9, 0, tzinfo=dt.UTC)


def day(gaps, *, person=1, reached=True, answers=None, satisfied=True):
    """Calls with these gaps in seconds between them; `answers` one for each, or one for all."""
    at, calls = START, []
    for place, gap in enumerate(gaps):
        at += dt.timedelta(seconds=gap)
        said = answers[place] if isinstance(answers, list) else answers
        calls.append(Made(person * 1000 + place, person, at, reached, said, said is not None and satisfied))
    return calls


def codes(calls):
    return [found.code for found in findings_of(calls, DIAL)]


STEADY = [157, 211, 193, 173, 229] * 6  # no minute comes back often


def test_a_steady_day_asks_nothing():
    assert codes(day(STEADY)) == []
    assert codes([]) == []


@pytest.mark.parametrize(("gap", "reached", "asked"), [(39, True, ["short"]), (40, True, []), (39, False, [])])
def test_a_conversation_takes_its_time(gap, reached, asked):
    assert codes(day([0, 300, gap], reached=reached)) == asked


def test_too_short_is_measured_from_the_save_before_of_the_same_person():
    hers, others = day([0, 300]), day([10, 300], person=2)
    assert codes(sorted(hers + others, key=lambda call: call.at)) == []


def test_many_calls_within_a_minute_are_found_once():
    found = [one for one in findings_of(day([0, 10, 10, 10, 10, 300], reached=False), DIAL) if one.code == "burst"]
    assert [one.calls for one in found] == [(1000, 1001, 1002, 1003, 1004)]
    assert codes(day([0, 20, 20, 20], reached=False)) == [], "the fourth comes after the minute"


@pytest.mark.parametrize(("same", "asked"), [(4, []), (5, ["run"]), (7, ["run"])])
def test_the_same_answers_again_and_again(same, asked):
    answers = [((1, 5),)] * same + [((1, 4),), ((1, 3),)]
    calls = day([200] * len(answers), answers=answers)
    assert codes(calls) == asked
    if asked:
        assert findings_of(calls, DIAL)[0].calls == tuple(range(1000, 1000 + same))


def test_calls_without_a_questionnaire_do_not_end_a_row():
    answers = [((1, 5),)] * 3 + [None] + [((1, 5),)] * 2
    assert codes(day([200] * 6, answers=answers)) == ["run"]


def test_always_in_the_same_minute():
    assert codes(day([3600] * 20)) == ["minute"]
    assert codes(day([3600] * 19)) == [], "too few to compare"


def test_much_more_satisfied_than_the_others_with_n():
    mixed = [((1, place),) for place in range(40)]
    hers = day(STEADY + STEADY[:10], answers=mixed)
    others = day(STEADY + STEADY[:10], person=2, answers=mixed)
    for place in range(12):  # 28 of 40 are satisfied: 70 %
        others[place] = Made(others[place].pk, 2, others[place].at, True, others[place].answers, False)
    (found,) = [one for one in findings_of(hers + others, DIAL) if one.code == "satisfied"]
    assert (found.person, found.params) == (1, {"share": 100, "n": 40, "team": 70, "team_n": 40})
    assert codes(hers[:19] + others) == [], "nobody is compared by nineteen"


def test_the_page_asks_and_lists_the_rows(login, zhou, li, chen, pudong, xuhui, zhao, now):
    calls = [
        make_reached(pudong, li, at=now + dt.timedelta(seconds=10 * place), name=f"快{place}") for place in range(3)
    ]
    undone = make_reached(pudong, li, at=now + dt.timedelta(seconds=35), name="撤销的")
    Call.objects.filter(pk=undone.pk).update(undone_at=now)
    for place in range(2):
        make_reached(xuhui, zhao, at=now + dt.timedelta(seconds=10 * place), name="别店")
    aside = make_card(pudong, today=pudong.day_of(now), now=now)
    card = take_card(aside.pk, user=chen, now=now)
    skip(card, token=card.lease_token, by=chen, reason="no_number", now=now)
    with time_machine.travel(now + dt.timedelta(hours=1), tick=False):
        response = login(zhou).get(reverse("quality:pace"))
    (found,) = response.context["findings"]
    assert [call.pk for call in found.calls] == [call.pk for call in calls[1:]]
    text = response.content.decode()
    assert "快1" in text
    assert "撤销的" not in text
    assert "别店" not in text
    people = {
        row["name"]: (row["calls"], row["customers"], row["reached"], row["skips"])
        for row in response.context["people"]
    }
    assert people == {"李静": (3, 3, 3, 0), "陈晨": (0, 0, 0, 1)}


def test_each_number_of_a_line_opens_its_rows(login, zhou, li, chen, pudong, xuhui, zhao, now):
    calls = [make_reached(pudong, li, at=now + dt.timedelta(minutes=place), name=f"客户{place}") for place in range(3)]
    Call.objects.filter(pk=calls[1].pk).update(customer=calls[0].customer)
    Call.objects.filter(pk=calls[2].pk).update(level="not_reached")
    make_reached(pudong, chen, at=now, name="陈晨的")
    make_reached(xuhui, zhao, at=now, name="别店")
    aside = take_card(make_card(pudong, today=pudong.day_of(now), now=now, name="暂放的").pk, user=li, now=now)
    skip(aside, token=aside.lease_token, by=li, reason="no_number", now=now)
    with time_machine.travel(now + dt.timedelta(hours=1), tick=False):
        client = login(zhou)
        (row,) = (row for row in client.get(reverse("quality:pace")).context["people"] if row["name"] == "李静")
        for what in BEHIND:
            page = client.get(reverse("quality:pace_rows", args=[li.pk, what]))
            assert page.context["count"] == row[what] == len(page.context["rows"]), what
            assert "陈晨的" not in page.content.decode() and "别店" not in page.content.decode()
        assert (row["calls"], row["customers"], row["reached"], row["skips"]) == (3, 2, 2, 1)
        assert "暂放的" in client.get(reverse("quality:pace_rows", args=[li.pk, "skips"])).content.decode()
        assert client.get(reverse("quality:pace_rows", args=[li.pk, "nonsense"])).status_code == 404
        assert client.get(reverse("quality:pace_rows", args=[zhao.pk, "calls"])).status_code == 404
