"""The order of the queue in words: every reason for a place, and every reason for waiting."""

import datetime as dt
from types import SimpleNamespace as Item
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from followups.models.dials import default_bands
from followups.reading.order import Standing, sentence, why_first, why_later
from followups.services.cards import rank_of

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 3, 18, 10, 0, tzinfo=ZONE)  # a Wednesday
TODAY = NOW.date()


def clock(hour, minute=0, days=0):
    return dt.datetime(2026, 3, 18, hour, minute, tzinfo=ZONE) + dt.timedelta(days=days)


def item(rule="service_3dc", **fields):
    fields = {"due_on": TODAY, "due_at": None, "opens_on": TODAY, "callable_at": clock(9), "bands_failed": "", **fields}
    return Item(rule=rule, **fields)


def due(days, rule="service_3dc", **fields):
    return item(rule, due_on=TODAY + dt.timedelta(days=days), **fields)


def promise(at, **fields):
    return item("promise", due_at=at, callable_at=at - dt.timedelta(minutes=15), due_on=at.date(), **fields)


PATIENCE = {"quarterly_care": 14}


def standing(at=None, rules=("service_3dc",), **fields):
    return Standing(at or clock(9), list(rules), **fields)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("rules", "items", "words"),
    [
        (["promise"], [promise(clock(9, 50))], "the promised time today 09:50 has come"),
        (["promise"], [promise(clock(10))], "the promised time today 10:00 has come"),
        (["promise"], [promise(clock(10, 10))], "promised for today 10:10"),  # offered a little before its time
        (["promise"], [promise(clock(18))], "promised for today 18:00"),
        (
            ["promise", "service_3dc"],
            [due(-9), promise(clock(9, 50))],
            "the promised time today 09:50 has come",
        ),
        (
            ["promise"],
            [promise(clock(9, 50)), promise(clock(9, 20))],
            "the promised time today 09:20 has come",  # the earlier one
        ),
        (["service_3dc", "promise"], [promise(clock(18)), due(-1)], "Call after service (3 days) is 1 day overdue"),
        (["service_3dc"], [due(-2)], "Call after service (3 days) is 2 days overdue"),
        (
            ["delivery_3dc", "service_3dc"],
            [due(0), due(0, "delivery_3dc")],
            "Call after delivery (3 days) is due today; of one day the weightier topic comes first",
        ),
        (["service_3dc"], [due(2), due(1)], "Call after service (3 days) is due in 1 day"),
        (
            ["quarterly_care"],
            [due(-9, "quarterly_care")],
            "Quarterly care is 9 days overdue, it may wait 14 days behind others",
        ),
        ([], [due(3)], "Call after service (3 days) is due in 3 days"),
        ([], [], ""),
    ],
)
def test_a_cards_place_is_said_by_its_most_urgent_topic(rules, items, words):
    lag = PATIENCE.get(rules[0], 0) if rules else 0
    rank = min((rank_of(item.due_on, lag * 100 + 50) for item in items), default=0)
    assert why_first(standing(rules=rules, rank=rank), items, NOW) == words


@pytest.mark.parametrize(
    ("card", "items", "words"),
    [
        (standing(), [item()], ""),  # may be called now
        (Standing(None, []), [], ""),  # has nothing open
        (standing(clock(14)), [item(callable_at=clock(14))], "call hours begin then"),
        (
            standing(clock(9, days=2)),
            [item(opens_on=TODAY + dt.timedelta(days=2), callable_at=clock(9, days=2))],
            "its window opens then",
        ),
        (
            standing(clock(9, days=5)),
            [item(opens_on=TODAY + dt.timedelta(days=2), callable_at=clock(9, days=5))],
            "the days before are days off",
        ),
        (standing(clock(9, days=1)), [item(callable_at=clock(9, days=1))], "the days before are days off"),
        (
            standing(clock(17, 30, days=1)),
            [item(bands_failed="m", callable_at=clock(17, 30, days=1))],
            "no answer last time: now another band, Evening",
        ),
        (standing(clock(17, 45)), [promise(clock(18))], "promised for today 18:00"),
        (standing(clock(11), skipped_until=clock(11)), [item()], "it was put aside until then"),
        (
            standing(clock(9, days=3), rested_until=clock(9, days=3)),
            [item()],
            "contacted 2 times within 7 days already: that is enough",
        ),
        (
            standing(clock(9, days=3), rested_until=clock(9, days=3), skipped_until=clock(11)),
            [item()],
            "contacted 2 times within 7 days already: that is enough",
        ),
        (
            standing(clock(11, days=3), rested_until=clock(9, days=3), skipped_until=clock(11, days=3)),
            [item()],
            "it was put aside until then",
        ),
        (
            standing(clock(17, 45), rested_until=clock(9, days=3)),
            [item(), promise(clock(18))],
            "promised for today 18:00",  # a promise goes past the rest that holds the other topic back
        ),
        (
            standing(clock(18), preferred_hour=18, learned_hour=18),
            [item()],
            "the customer wants to be called at 18 o'clock",
        ),
        (standing(clock(18), learned_hour=18), [item()], "the customer has mostly answered at 18 o'clock"),
        (
            standing(clock(14), preferred_hour=18),
            [item(callable_at=clock(14))],
            "call hours begin then",  # not her hour that holds it back
        ),
        (
            standing(clock(14), preferred_hour=14),
            [item(callable_at=clock(14))],
            "call hours begin then",  # nor where it is the band's own beginning
        ),
    ],
)
def test_a_cards_waiting_is_said_by_what_holds_it_back(card, items, words):
    assert why_later(card, items, NOW, bands=default_bands(), budget=(2, 7)) == words


def test_without_numbers_the_rest_is_said_in_general():
    card = standing(clock(9, days=3), rested_until=clock(9, days=3))
    assert why_later(card, [item()], NOW, bands=default_bands()) == "the customer has been contacted often enough"


def test_a_past_rest_or_skip_says_nothing():
    card = standing(clock(14), rested_until=clock(8), skipped_until=clock(8, 30))
    assert why_later(card, [item(callable_at=clock(14))], NOW, bands=default_bands()) == "call hours begin then"


def test_the_sentence_begins_with_here():
    assert sentence("x is due") == "Here because x is due"
    assert sentence("") == ""


def test_beside_a_badge_only_what_the_badge_does_not_say_is_told():
    first, behind = due(-3), due(-3, "quarterly_care")
    assert why_first(standing(), [first], NOW, beside_its_badge=True) == ""
    other = due(-1, "inspection")
    words = why_first(standing(rules=["inspection", "service_3dc"]), [first, other], NOW, beside_its_badge=True)
    assert "1 day overdue" in words  # not what stands first
    late = standing(rules=["quarterly_care"], rank=rank_of(behind.due_on, 1400))
    assert "14 days behind" in why_first(late, [behind], NOW, beside_its_badge=True)


def test_a_promise_tried_in_vain_waits_for_its_band_and_not_for_its_promised_time():
    tried = item("promise", due_at=clock(8, days=-3), callable_at=clock(14), bands_failed="m", due_on=TODAY)
    words = why_later(standing(clock(14), ["promise"]), [tried], NOW, bands=default_bands())
    assert words == "no answer last time: now another band, Afternoon"
