"""What follows from a car's history, in plain Python: what a visit was, how far a car is driven, what is due when."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.care.insurance import Term, group_of, leading
from customers.care.pace import pace_of
from customers.care.planning import Facts, Interval, add_months, plan_of, worth_of
from customers.care.visits import Order, Visit, day_of, is_maintenance, visits_of

TODAY = dt.date(2026, 3, 1)
USUAL = Interval(6, 5_000, 6, 10_000, 36, 100_000)


def day(text):
    return dt.date.fromisoformat(text)


# --- what a visit was -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "items", "is_service"),
    [
        ("首次保养", "", True), ("首保", "", True), ("定期保养", "", True), ("定保", "", True), ("例保", "", True), ("免费保养", "", True),
        ("强制保养", "", True), ("常规保养", "", True), ("二保", "", True), ("小保养", "", True), ("大保", "", True), ("Maintenance", "", True),
        ("PERIODIC SERVICE", "", True), ("一般维修", "更换机油、机油滤清器", True), ("一般维修", "换全合成机油", True), ("", "10000公里保养套餐", True),
        ("机电维修", "机滤、空气滤芯", True), ("事故车", "前保险杠喷漆;做保养", True),
        ("一般维修", "更换前制动片", False), ("事故车", "大保险杠喷漆", False), ("保修", "", False), ("保险理赔", "", False), ("索赔", "更换机油泵", False),
        ("一般维修", "机油底壳渗漏检查", False), ("美容", "漆面保养", False), ("", "真皮座椅保养", False), ("一般维修", "空调系统保养", False),
        ("一般维修", "保养灯复位", False), ("一般维修", "客户未保养", False), ("二保焊", "", False), ("", "", False), ("返修", "添加机油1L", False),
    ],
)  # fmt: skip
def test_what_is_maintenance(kind, items, is_service):
    assert is_maintenance(kind, items) is is_service


def order(number, opened, settled=None, km=None, kind="定期保养", *, items="", amount=None, status=""):
    return Order(number, opened and day(opened), settled and day(settled), km, kind, items, amount, status)


@pytest.mark.parametrize(
    ("opened", "settled", "status", "came"),
    [
        ("2026-01-05", "2026-01-06", "", "2026-01-05"), (None, "2026-01-06", "", "2026-01-06"),
        ("2024-01-05", None, "在修", "2024-01-05"),  # never settled: the car was there all the same
        ("2024-01-05", "2026-01-05", "", "2026-01-05"),  # two years in the workshop: a day is wrong
        ("2026-02-27", "2026-03-09", "", "2026-02-27"), ("2026-03-02", "2026-03-04", "", None), ("2026-05-01", "2026-02-03", "", "2026-02-03"),
        (None, None, "", None), ("2026-01-05", "2026-01-06", "已作废", None), ("2026-01-05", None, "取消", None),
    ],
)  # fmt: skip
def test_the_day_of_a_visit(opened, settled, status, came):
    assert day_of(order(1, opened, settled, status=status), TODAY) == (came and day(came))


def test_orders_of_one_day_are_one_visit_and_its_number_stays():
    repair = order(7, "2026-01-05", km=9_000, kind="一般维修", amount=200)
    service = order(9, "2026-01-05", km=9_010, amount=400)
    (visit,) = visits_of([repair, service], TODAY)
    assert visit == Visit(day("2026-01-05"), 9, 9_010, True, 600.0)
    assert visits_of([service, order(12, "2026-01-05"), repair], TODAY)[0].id == 9


# --- how far a car is driven ----------------------------------------------------------------------------------------
def readings(*pairs):
    return [(day(text), km) for text, km in pairs]


STEADY = readings(("2025-01-01", 10_000), ("2025-07-01", 17_240), ("2026-01-01", 24_600))  # 40 a day


def test_a_steady_driver():
    pace = pace_of(STEADY)
    assert round(pace.km_per_day) == 40 and pace.readings == 3 and pace.spread < 0.2


@pytest.mark.parametrize("km", [170_000, 1_724, 1, 999_999, 7_240])
def test_one_reading_that_is_far_off_changes_nothing(km):
    """A digit too many, one missing, in the middle of the row."""
    wrong = [STEADY[0], (STEADY[1][0], km), STEADY[2]]
    assert pace_of(wrong).km_per_day == pytest.approx(40, abs=0.5)


@pytest.mark.parametrize("km", [246_000, 2_460])
def test_the_newest_reading_may_be_the_wrong_one(km):
    pace = pace_of([*STEADY[:2], (STEADY[2][0], km)])
    assert pace.km_per_day == pytest.approx(40, abs=0.5) and pace.last.km == 17_240


def test_a_replaced_odometer_is_noticed_once_two_readings_bear_it_out():
    row = [*STEADY, *readings(("2026-02-01", 300), ("2026-06-01", 5_100))]
    pace = pace_of(row)
    assert pace.km_per_day == pytest.approx(40, abs=0.6) and pace.last.km == 5_100
    assert pace_of(row[:-1]).last.km == 24_600


def test_a_replaced_odometer_that_the_dms_tells():
    row = [*STEADY, *readings(("2026-02-01", 900))]
    pace = pace_of(row, reset_on=day("2026-01-10"))
    assert pace.km_per_day == pytest.approx(40, abs=0.5) and pace.last.km == 900


@pytest.mark.parametrize(
    "row",
    [
        [], STEADY[:1], readings(("2025-01-01", 1_000), ("2025-01-20", 1_500)),  # too near
        readings(("2025-01-01", 1_000), ("2025-03-01", 90_000)),  # 1,500 km a day
        readings(("2025-01-01", 90_000), ("2025-06-01", 1_000)),
    ],
)  # fmt: skip
def test_too_little_to_tell(row):
    assert pace_of(row).km_per_day is None


def test_a_new_car_counts_from_its_hand_over():
    pace = pace_of(readings(("2025-07-01", 7_200)), new_on=day("2025-01-02"))
    assert pace.km_per_day == pytest.approx(40)
    assert pace_of(readings(("2025-07-01", 70_000)), new_on=day("2025-01-02")).km_per_day is None  # it was not new


def test_recent_driving_weighs_more():
    slow_then_fast = readings(("2022-01-01", 0), ("2023-01-01", 3_650), ("2024-01-01", 7_300), ("2025-01-01", 43_800))
    assert 60 < pace_of(slow_then_fast).km_per_day < 100  # the plain average would be 40


days_and_km = st.lists(
    st.tuples(st.dates(dt.date(2015, 1, 1), dt.date(2026, 1, 1)), st.integers(1, 2_000_000)), max_size=25, unique_by=lambda pair: pair[0]
)  # fmt: skip


@given(
    days_and_km,
    st.none() | st.dates(dt.date(2015, 1, 1), dt.date(2026, 1, 1)),
    st.none() | st.dates(dt.date(2015, 1, 1), dt.date(2026, 1, 1)),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_read_the_pace_is_believable(row, new_on, reset_on):
    pace = pace_of(sorted(row), new_on=new_on, reset_on=reset_on)
    assert pace.km_per_day is None or (
        0 <= pace.km_per_day <= 1_000 and (not pace.km_per_day or 0.1 <= pace.spread <= 0.6)
    )
    assert pace.last is None or pace.last in sorted(row)


@given(
    st.floats(5, 300),
    st.lists(st.integers(40, 300), min_size=3, max_size=10),
    st.integers(0, 11),
    st.sampled_from([100, 0.001]),
)
@settings(max_examples=300, deadline=None)
def test_one_typing_error_in_a_steady_row_moves_the_pace_little(rate, gaps, place, factor):
    at, km, row = dt.date(2020, 1, 1), 2_000.0, []
    for gap in [0, *gaps]:
        at, km = at + dt.timedelta(days=gap), km + gap * rate
        row.append((at, int(km)))
    place %= len(row)
    wrong = [*row]
    wrong[place] = (row[place][0], int(row[place][1] * factor) + 1)
    pace = pace_of(wrong).km_per_day
    believable = all(0 <= (b[1] - a[1]) <= 500 * (b[0] - a[0]).days for a, b in zip(wrong, wrong[1:], strict=False))
    assert believable or pace is None or pace == pytest.approx(rate, rel=0.35, abs=2)


# --- what is due when -----------------------------------------------------------------------------------------------
def visit(text, number, km, *, service=True, amount=500.0):
    return Visit(day(text), number, km, service, amount)


def test_the_first_service_is_the_earlier_of_months_and_kilometres():
    slow = plan_of(Facts(delivered_on=day("2026-01-10")), USUAL, TODAY)
    assert (slow.first_service_on, slow.service_on, slow.service_round) == (day("2026-07-10"), None, "0")
    assert (slow.why["code"], slow.pace) == ("months", "none")
    fast = plan_of(Facts(delivered_on=day("2026-01-10"), km_per_day=100), USUAL, TODAY)
    assert (fast.first_service_on, fast.pace, fast.why["code"]) == (day("2026-03-01"), "told", "km")


def test_the_next_service_counts_from_the_last_maintenance_not_from_a_repair():
    facts = Facts(
        delivered_on=day("2025-01-01"),
        visits=[visit("2025-06-01", 11, 6_040), visit("2025-09-01", 12, 9_720, service=False)],
    )
    plan = plan_of(facts, USUAL, TODAY)
    assert (plan.service_round, plan.visit_round, plan.first_service_on) == ("11", "12", None)
    assert (plan.last_maintenance_on, plan.last_visit_on, plan.service_km) == (
        day("2025-06-01"),
        day("2025-09-01"),
        16_040,
    )
    assert (plan.service_on, plan.why["code"]) == (day("2025-12-01"), "months")
    assert (plan.thin_ice_on, plan.churn_on, plan.lost_on) == (day("2026-06-01"), day("2026-09-01"), day("2027-09-01"))


def test_kilometres_that_come_first_lead_and_say_so():
    facts = Facts(delivered_on=day("2025-01-01"), visits=[visit("2025-12-01", 11, 33_400)])  # 100 a day
    plan = plan_of(facts, USUAL._replace(first_km=40_000), TODAY)
    assert plan.service_on == day("2026-03-11")
    assert plan.why == {"code": "km", "pace": "own", "km_a_day": 100, "km": 43_400, "n": 1}
    assert plan.earliest_on < plan.service_on < plan.latest_on <= day("2026-06-01")


def test_averages_stand_in_for_what_the_car_does_not_tell():
    facts = Facts(delivered_on=day("2026-01-10"))
    assert plan_of(facts, USUAL, TODAY, model_pace=50, store_pace=40).pace == "model"
    assert plan_of(facts, USUAL, TODAY, store_pace=40).pace == "store"
    assert plan_of(replace(facts, km_per_day=30), USUAL, TODAY, model_pace=50).pace == "told"


def test_what_only_the_dms_knows():
    told = Facts(next_service_on=day("2026-05-01"), next_service_km=20_000)
    plan = plan_of(told, USUAL, TODAY)
    assert (plan.service_on, plan.service_km, plan.service_round, plan.why) == (
        day("2026-05-01"),
        20_000,
        "d20261",
        {"code": "dms"},
    )
    plan = plan_of(replace(told, last_service_on=day("2025-11-01")), USUAL, TODAY)
    assert (plan.service_on, plan.service_round, plan.last_visit_on) == (
        day("2026-05-01"),
        "d20251101",
        day("2025-11-01"),
    )
    # Our own order is newer and counts.
    plan = plan_of(replace(told, visits=[visit("2025-12-01", 5, 15_000)]), USUAL, TODAY)
    assert (plan.service_on, plan.service_round) == (day("2026-06-01"), "5")


def test_a_car_that_ran_far_without_maintenance_was_serviced_elsewhere():
    facts = Facts(delivered_on=day("2024-01-01"), visits=[visit("2025-11-01", 8, 31_000, service=False)])
    plan = plan_of(facts, USUAL, TODAY)
    assert plan.first_service_on is None and plan.service_km == 40_000 and plan.service_round == "8"


def test_a_service_that_is_overdue_by_kilometres_says_so():
    facts = Facts(
        delivered_on=day("2025-01-01"),
        visits=[visit("2025-06-01", 1, 8_000), visit("2025-11-01", 2, 19_000, service=False)],
    )
    plan = plan_of(facts, USUAL, TODAY)
    assert (plan.service_on, plan.why["code"], plan.why["reached"]) == (day("2025-11-01"), "km", 19_000)


def test_the_warranty_ends_by_months_or_earlier_by_kilometres():
    assert plan_of(Facts(delivered_on=day("2024-02-29")), USUAL, TODAY).warranty_ends_on == day("2027-02-28")
    fast = Facts(delivered_on=day("2025-01-01"), visits=[visit("2025-12-01", 11, 66_800)])  # 200 a day
    assert plan_of(fast, USUAL, TODAY).warranty_ends_on == day("2026-05-16")
    over = Facts(
        delivered_on=day("2025-01-01"),
        visits=[visit("2026-02-01", 11, 101_000, service=False), visit("2025-06-01", 3, 40_000)][::-1],
    )
    assert plan_of(over, USUAL, TODAY).warranty_ends_on == day("2026-02-01")
    assert plan_of(replace(fast, warranty_ends_on=day("2026-04-01")), USUAL, TODAY).warranty_ends_on == day(
        "2026-04-01"
    )
    assert plan_of(Facts(), USUAL, TODAY).warranty_ends_on is None


def test_worth():
    often = [visit("2025-01-05", 1, 1), visit("2025-06-05", 2, 2), visit("2025-12-05", 3, 3)]
    assert worth_of(often) == 3_015 and worth_of(often) > worth_of(often[:1]) > worth_of([])


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2024-01-31", 1, "2024-02-29"), ("2025-11-30", 3, "2026-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2025-12-15", 1, "2026-01-15"), ("2026-01-10", -24, "2024-01-10")],
)  # fmt: skip
def test_months(start, months, end):
    assert add_months(day(start), months) == day(end)


some_day = st.dates(dt.date(2015, 1, 1), TODAY)
any_day = st.dates(dt.date(2010, 1, 1), dt.date(2035, 1, 1))
a_visit = st.builds(
    Visit, some_day, st.integers(1, 10**9), st.none() | st.integers(1, 2_000_000), st.booleans(), st.floats(0, 1e6)
)
some_facts = st.builds(
    Facts,
    visits=st.lists(a_visit, max_size=12, unique_by=lambda each: each.day).map(sorted),
    delivered_on=st.none() | any_day,
    registered_on=st.none() | any_day,
    odometer_km=st.none() | st.integers(1, 2_000_000),
    odometer_on=st.none() | any_day,
    odometer_reset_on=st.none() | some_day,
    first_service_on=st.none() | any_day,
    last_service_on=st.none() | any_day,
    last_service_km=st.none() | st.integers(1, 2_000_000),
    next_service_on=st.none() | any_day,
    next_service_km=st.none() | st.integers(1, 2_000_000),
    km_per_day=st.none() | st.floats(0.01, 9_999),
    warranty_ends_km=st.none() | st.integers(1, 300_000),
)
some_interval = st.builds(
    Interval, *(st.integers(0, 24), st.integers(1_000, 20_000), st.integers(1, 24), st.integers(0, 20_000)), st.integers(0, 120), st.integers(0, 200_000)
)  # fmt: skip


@given(some_facts, some_interval, st.none() | st.integers(1, 300))
@settings(max_examples=500, deadline=None)
def test_whatever_is_known_the_plan_hangs_together(facts, interval, average):
    plan = plan_of(facts, interval, TODAY, store_pace=average)
    assert plan == plan_of(facts, interval, TODAY, store_pace=average)
    due = plan.first_service_on or plan.service_on
    assert not (plan.first_service_on and plan.service_on)
    assert (due is None) == (plan.earliest_on is None) == (not plan.why)
    if due is not None:
        assert plan.earliest_on <= due <= plan.latest_on
    if plan.first_service_on:
        assert plan.service_round == "0" and plan.last_maintenance_on is None
    if plan.last_visit_on:
        assert plan.last_visit_on <= TODAY and plan.thin_ice_on < plan.churn_on < plan.lost_on
    assert len(plan.service_round) <= 12 and len(plan.visit_round) <= 12
    assert plan.km_per_day is None or 0 <= plan.km_per_day <= 9_999
    if plan.last_maintenance_on and plan.service_on and plan.why["code"] != "dms":
        assert plan.service_on > plan.last_maintenance_on


# --- insurance ------------------------------------------------------------------------------------------------------
def term(number, cover, ends, *, kind="", ours=None, sold=False):
    ends = day(ends)
    return Term(number, cover, ends - dt.timedelta(days=364), ends, kind, ours, sold)


def test_which_policy_leads():
    compulsory, commercial = term(1, "compulsory", "2026-05-01"), term(2, "commercial", "2026-04-10")
    assert leading([compulsory, commercial]) is commercial
    assert leading([compulsory]) is compulsory
    assert leading([compulsory, term(3, "unnamed", "2026-04-12")]).id == 3
    assert leading([compulsory, term(4, "车辆损失险", "2027-04-12")]) is compulsory
    assert leading([compulsory, term(5, "commercial", "2025-04-10")]) is compulsory  # given up a year ago
    assert leading([commercial, term(6, "commercial", "2027-04-10")]).id == 6
    assert leading([]) is None


@pytest.mark.parametrize(
    ("policy", "older", "delivered", "came", "group"),
    [
        (term(1, "commercial", "2026-04-10", kind="new"), (), None, None, "first"),
        (term(1, "commercial", "2026-04-10"), (), "2025-04-05", None, "first"),
        (term(1, "commercial", "2026-04-10", ours=True), (term(0, "commercial", "2025-04-10"),), "2024-04-05", None, "repeat"),
        (term(1, "commercial", "2026-04-10", kind="repeat"), (), "2022-04-05", None, "repeat"),
        (term(1, "commercial", "2026-04-10", sold=True), (), None, None, "repeat"),
        (term(1, "commercial", "2026-04-10", ours=False), (), "2020-04-05", "2025-12-01", "serviced"),
        (term(1, "commercial", "2026-04-10"), (), None, "2025-12-01", "serviced"),
        (term(1, "commercial", "2026-04-10", ours=False, kind="repeat"), (), None, "2020-01-01", ""),
        (term(1, "commercial", "2026-04-10"), (), None, None, ""),
    ],
)  # fmt: skip
def test_whom_a_renewal_call_meets(policy, older, delivered, came, group):
    assert (
        group_of(policy, [policy, *older], delivered_on=delivered and day(delivered), last_visit_on=came and day(came))
        == group
    )
