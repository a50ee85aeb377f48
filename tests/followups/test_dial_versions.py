"""The dials page: plain words, a look at the next seven days, versions that can be set again."""

import datetime as dt
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Change
from followups.models import CallCard, DeskDial, DialVersion, DueItem, RuleDial
from followups.reading.dials import areas_of, change_words, offset, versions_of
from followups.services.dial_versions import restore_version, save_dials
from followups.services.forecast import forecast
from followups.services.generation import generate_due
from followups.services.moving import move_calls
from tests.factories.customers import make_customer, make_delivery, make_order, make_vehicle
from tests.factories.followups import make_card

RULE = ("delivery_3dc", "1")


@pytest.fixture
def save(pudong, zhou, now):
    def _save(**values):
        return save_dials(pudong, rules={RULE: values}, by=zhou, now=now, note="试一试")

    return _save


def dial(store):
    return RuleDial.objects.get(store=store, rule="delivery_3dc")


# --- Versions -----------------------------------------------------------------------------------------------------------
def test_a_change_is_a_version_with_who_when_and_what(pudong, save, zhou, now):
    version = save(due=4)
    assert (version.number, version.by, version.at, version.note) == (2, zhou, now, "试一试")
    assert version.changes == [{"rule": "delivery_3dc", "step": "1", "field": "due", "old": 3, "new": 4}]
    assert dial(pudong).due == 4
    assert DialVersion.objects.get(number=1).dials["rules"]["delivery_3dc/1"]["due"] == 3  # what was there before
    assert Change.objects.filter(model="followups.ruledial").get().changes == {"due": [3, 4]}


def test_nothing_changed_makes_no_version(pudong, save):
    assert save(due=3) is None
    assert not DialVersion.objects.exists()


def test_an_old_version_is_set_again_as_a_new_one(pudong, save, zhou, now):
    save(due=4)
    save(due=5, weight=33)
    save_dials(pudong, desk={"lease_minutes": 20}, by=zhou, now=now)
    again = restore_version(DialVersion.objects.get(number=2), by=zhou, now=now)
    assert (again.number, again.restores) == (5, 2)
    assert (dial(pudong).due, dial(pudong).weight) == (4, 10)
    assert DeskDial.objects.get(store=pudong).lease_minutes == 15
    assert restore_version(again, by=zhou, now=now) is None
    first = restore_version(DialVersion.objects.get(number=1), by=zhou, now=now)
    assert (first.number, dial(pudong).due) == (6, 3)


def test_a_refused_window_changes_nothing_and_names_its_field(pudong, zhou, now):
    with pytest.raises(ValidationError):
        save_dials(
            pudong, rules={RULE: {"due": 99}}, desk={"lease_minutes": 30}, by=zhou, now=now
        )  # the deadline after the last day
    assert dial(pudong).due == 3
    assert DeskDial.objects.get(store=pudong).lease_minutes == 15
    assert not DialVersion.objects.exists()


def test_a_new_weight_reorders_the_queue_at_once(pudong, zhou, today, now, django_capture_on_commit_callbacks):
    card = make_card(pudong, today=today, now=now, rule="delivery_3dc")
    before = card.rank
    with django_capture_on_commit_callbacks(execute=True):
        save_dials(pudong, rules={RULE: {"weight": 60}}, by=zhou, now=now)
    assert CallCard.objects.get(pk=card.pk).rank == before + 50


def test_a_new_weight_of_a_ladder_is_one_job_and_nothing_is_ranked_in_the_request(
    pudong, zhou, today, now, monkeypatch
):
    """Five steps, one weight: the page saves all five; a queue of fifty thousand must not be worked out five times while she waits."""
    card = make_card(pudong, today=today, now=now, rule="renewal")
    rules = {("renewal", step): {"weight": 60} for step in ("45", "33", "30", "15", "7")}
    save_dials(pudong, rules=rules, by=zhou, now=now)
    assert CallCard.objects.get(pk=card.pk).rank == card.rank
    lots = []
    monkeypatch.setattr("followups.services.moving.recompute_cards", lambda ids, **_how: lots.append(ids))
    move_calls(pudong, now=now)
    assert lots == [[card.customer_id]]


def test_changes_are_said_in_words():
    change = {"rule": "delivery_3dc", "step": "1", "field": "is_on", "old": True, "new": False}
    assert change_words(change).endswith("启用 是 → 否")
    desk = {"rule": "", "step": "", "field": "budget_contacts", "old": 2, "new": 3}
    assert change_words(desk).endswith("2 → 3")
    assert "不限" in change_words(change | {"field": "daily", "old": None, "new": 30})


@pytest.mark.parametrize(("days", "words"), [(0, "当天"), (3, "第3天"), (-30, "提前30天")])
def test_days_are_said_as_people_say_them(days, words):
    assert offset(days) == words


def test_every_rule_with_a_dial_is_explained(pudong):
    shown = {rule.code for _area, rules in areas_of(pudong) for rule in rules}
    assert shown == set(RuleDial.objects.filter(store=pudong).values_list("rule", flat=True))
    for _area, rules in areas_of(pudong):
        for rule in rules:
            assert all(step.words for step in rule.steps), rule
            assert rule.about, rule


# --- Forecast -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def delivered(pudong, today):
    """delivered(days_ago, customer=None)"""

    def _delivered(days_ago, customer=None):
        customer = customer or make_customer(pudong, name="王雅丽")
        return make_delivery(make_vehicle(customer), today - dt.timedelta(days=days_ago))

    return _delivered


@pytest.fixture
def look(pudong, today, now):
    return lambda **values: forecast(pudong, {RULE: values} if values else {}, today=today, now=now)


def line(found, rule):
    return next(line for line in found.lines if line.rule == rule)


def test_a_forecast_counts_what_opens_day_by_day(look, delivered, today):
    delivered(0)  # opens tomorrow for the three-day call, in five days for the other
    delivered(4)  # open since three days; seven-day call tomorrow
    found = look()
    assert found.days[0] == today
    assert line(found, "delivery_3dc").now[:3] == [1, 1, 0]
    assert line(found, "delivery_7dc").now == [0, 1, 0, 0, 0, 1, 0]
    assert found.customers_now[:2] == [1, 2]


def test_what_has_its_item_already_is_not_counted_again(look, delivered, pudong, today, now):
    delivered(4)
    generate_due(pudong, today=today, now=now)
    assert all(row.now[0] == 0 for row in look().lines)


def test_a_forecast_says_what_the_next_run_then_does(look, delivered, pudong, zhou, today, now):
    """The number for today under a wider window is the number of items that the next run makes."""
    for days in (2, 12, 14, 30):
        delivered(days)
    generate_due(pudong, today=today, now=now)
    values = {"opens": 1, "due": 3, "expires": 20}
    found = look(**values)
    row = line(found, "delivery_3dc")
    assert row.is_changed
    before = DueItem.objects.filter(rule="delivery_3dc", state="open").count()
    save_dials(pudong, rules={RULE: values}, by=zhou, now=now)
    generate_due(pudong, today=today, now=now + dt.timedelta(minutes=5))
    made = DueItem.objects.filter(rule="delivery_3dc", state="open").count() - before
    assert row.then[0] == made


def made_by_run(store, moment):
    """{(rule, is it a message): items that the run of that day made to be called or sent}."""
    known = set(DueItem.objects.values_list("pk", flat=True))
    generate_due(store, today=store.day_of(moment), now=moment)
    fresh = DueItem.objects.exclude(pk__in=known).filter(state__in=["open", "to_send"])
    return Counter((rule, state == "to_send") for rule, state in fresh.values_list("rule", "state"))


def test_for_every_rule_the_forecast_is_what_the_next_two_runs_make(pudong, today, now):
    """Facts of three years, so that every shape has something to open: turns, ladders, cycles, years, intakes."""
    for number in range(160):
        customer = make_customer(pudong, name=f"客户{number}", stage="owner", birthday=301 + number % 30)
        vehicle = make_vehicle(customer, series="福克斯")
        bought = today - dt.timedelta(days=number % 40 if number < 80 else number * 9 % 1100)
        make_delivery(vehicle, bought)
        for months in (6, 14):
            day = bought + dt.timedelta(days=30 * months + number % 17)
            if day <= today:
                make_order(vehicle, day, kind="定期保养", odometer_km=900 * months)
    made_by_run(pudong, now - dt.timedelta(days=1))
    found = forecast(pudong, {}, today=today, now=now)
    for number in (0, 1):
        told = {(line.rule, line.is_message): line.now[number] for line in found.lines if line.now[number]}
        assert told == made_by_run(pudong, now + dt.timedelta(days=number))
    assert sum(sum(line.now) for line in found.lines) > 3


def test_what_an_intake_has_taken_today_is_taken_off(look, delivered, pudong, zhou, today, now):
    save_dials(pudong, rules={RULE: {"daily": 2}}, by=zhou, now=now)
    for _number in range(5):
        delivered(2)
    generate_due(pudong, today=today, now=now)
    assert line(look(), "delivery_3dc").now[:3] == [0, 2, 1]


def test_a_switched_off_rule_opens_nothing(look, delivered):
    delivered(0)
    row = line(look(is_on=False), "delivery_3dc")
    assert (sum(row.now), sum(row.then)) == (1, 0)


def test_an_intake_spreads_what_is_in_the_pool(look, delivered):
    for _number in range(5):
        delivered(2)
    row = line(look(daily=2), "delivery_3dc")
    assert (row.now[0], row.then[:4]) == (5, [2, 2, 1, 0])


def test_one_customer_with_two_calls_is_called_once(look, delivered, pudong):
    customer = make_customer(pudong, name="王雅丽")
    delivered(0, customer)
    delivered(0, customer)
    assert line(look(), "delivery_3dc").now[1] == 2
    assert look().customers_now[1] == 1


def test_who_wants_no_calls_is_not_counted(look, delivered, pudong):
    delivered(0, make_customer(pudong, name="勿扰", do_not_call=True))
    assert look().lines == []


def test_hand_overs_to_come_are_estimated_by_the_last_four_weeks(look, delivered):
    for weeks in (1, 2, 3, 4):
        for _car in range(3):
            delivered(7 * weeks - 1)  # three on each Thursday: tomorrow is one
    row = line(look(), "delivery_3dc")
    assert (row.now[2], row.guessed[2]) == (3, True)  # delivered tomorrow, called the day after
    assert row.guessed[0] is False


def test_the_team_is_measured_by_days_with_calls(look, pudong, li, today, now):
    from tests.followups.desk import call

    assert look().usual is None
    for days in (3, 3, 6):
        moment = now - dt.timedelta(days=days)
        call(make_card(pudong, today=today, now=moment).customer, "no_answer", by=li, now=moment)
    assert look().usual == 2  # three customers on two days


def test_another_store_counts_for_itself(look, xuhui, today, now):
    make_order(make_vehicle(make_customer(xuhui, name="别店")), today)
    assert look().lines == []


# --- Pages --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def visitor(login, zhou, clock):
    return login(zhou)


def fields(**values):
    return {"1-is_on": "on", "1-opens": 1, "1-due": 3, "1-expires": 10, "weight": 10, "patience": 0, **values}


def post(visitor, **values):
    return visitor.post(reverse("followups:dial", args=["delivery_3dc"]), fields(**values), follow=True)


def test_a_change_is_looked_at_before_it_is_saved(visitor, pudong, delivered):
    delivered(0)
    first = post(visitor, **{"1-due": 4, "save": "1"})
    assert "未来七天" in first.content.decode()
    assert dial(pudong).due == 3  # not saved unseen
    seen = first.context["seen"]
    other = post(visitor, **{"1-due": 5, "save": "1", "seen": seen})
    assert "数值又改过" in other.content.decode()
    saved = post(visitor, **{"1-due": 4, "save": "1", "seen": seen, "note": "店里商定"})
    assert "已保存为新版本" in saved.content.decode()
    assert dial(pudong).due == 4
    html = visitor.get(reverse("followups:dial_versions")).content.decode()
    assert "店里商定" in html
    assert "周敏" in html


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"1-due": 0}, "早于"),
        ({"1-expires": 2}, "早于"),
        ({"1-opens": ""}, "必填"),
        ({"weight": 100}, "99"),
        ({"daily": 0}, "1"),
    ],
)
def test_a_wrong_number_is_said_at_its_field(visitor, pudong, values, words):
    response = post(visitor, look="1", **values)
    (errors,) = response.context["form"].errors.values()
    assert words in errors[0]
    assert "forecast" not in response.context


def test_the_desks_numbers_are_saved_as_a_version_too(visitor, pudong):
    page = visitor.get(reverse("followups:dial_desk"))
    values = {field.name: field.value() or "" for field in page.context["form"]}
    bad = visitor.post(reverse("followups:dial_desk"), {**values, "m_to": "14:30"})
    assert bad.context["form"].errors
    visitor.post(reverse("followups:dial_desk"), {**values, "m_to": "12:00", "lease_minutes": 20})
    desk = DeskDial.objects.get(store=pudong)
    assert (desk.bands["m"], desk.lease_minutes) == (["09:00", "12:00"], 20)
    (latest, *_older), _next = versions_of(pudong)
    assert len(latest.lines) == 2


def test_specialists_read_and_do_not_change(login, li, clock):
    html = login(li).get(reverse("followups:dials")).content.decode()
    assert "交车" in html
    assert reverse("followups:dial", args=["delivery_3dc"]) not in html
    assert login(li).get(reverse("followups:dial", args=["delivery_3dc"])).status_code == 403


def test_an_unknown_rule_is_not_there(visitor):
    assert visitor.get(reverse("followups:dial", args=["nonsense"])).status_code == 404


def test_another_stores_version_is_not_there(visitor, xuhui, now):
    version = DialVersion.objects.create(store=xuhui, number=1, at=now)
    assert visitor.post(reverse("followups:dial_restore", args=[version.pk])).status_code == 404


def test_versions_cost_the_same_for_one_and_for_three(visitor, save):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            visitor.get(reverse("followups:dial_versions"))
        return len(queries)

    save(due=4)
    cost()
    one = cost()
    save(due=5)
    save(due=6)
    assert cost() == one
