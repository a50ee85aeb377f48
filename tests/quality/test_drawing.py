"""Which calls are drawn: at random, reproducibly, once, and nobody who should be left in peace."""

import datetime as dt
import random

import pytest

from complaints.models import Complaint
from customers.models import Phone
from customers.services import record_contact
from customers.services.wishes import set_wish
from followups.models import Call
from quality.drawing import draw, wanted_of
from quality.models import QualityDial, SpotCheck, SpotDraw, SpotLog
from quality.services.drawing import draw_day, draw_missing
from tests.factories.complaints import make_complaint
from tests.factories.quality import make_reached


@pytest.mark.parametrize("trial", range(40))
def test_a_draw_holds_what_it_promises(trial):
    rng = random.Random(trial)
    pool = [(pk, rng.randrange(4)) for pk in rng.sample(range(1000), rng.randrange(1, 60))]
    wanted = rng.randrange(0, 40)
    drawn = draw(pool, wanted=wanted, seed=f"{trial}")
    people = {person for _pk, person in pool}
    assert drawn == draw(list(reversed(pool)), wanted=wanted, seed=f"{trial}"), "the seed alone decides"
    assert len(set(drawn)) == len(drawn) == min(max(wanted, len(people)), len(pool))
    assert set(drawn) <= {pk for pk, _person in pool}
    assert {person for pk, person in pool if pk in drawn} == people, "one of each person at least"


def test_another_seed_draws_others_and_every_call_can_be_drawn():
    pool = [(pk, 1) for pk in range(50)]
    draws = [tuple(draw(pool, wanted=5, seed=f"{seed}")) for seed in range(200)]
    assert len(set(draws)) > 190
    assert {pk for drawn in draws for pk in drawn} == set(range(50))


@pytest.mark.parametrize(
    ("calls", "drawn", "days", "wanted"),
    [
        (0, 0, 5, 0),  # nobody was reached
        (40, 0, 5, 2),  # 5 % are 2, ten a week over five days are 2
        (41, 10, 1, 3),  # the share is rounded up
        (40, 2, 1, 8),  # the last day makes up for the week
        (300, 0, 5, 15),
    ],
)
def test_how_many(calls, drawn, days, wanted):
    assert wanted_of(calls, share=5, least=10, drawn_this_week=drawn, days_left=days) == wanted


@pytest.fixture
def yesterday(now):
    return now - dt.timedelta(days=1)


def everything(store):
    QualityDial.objects.filter(store=store).update(share=100)


def test_who_should_be_left_in_peace_is_never_drawn(pudong, xuhui, li, zhou, zhao, now, yesterday):
    everything(pudong)
    calls = {
        name: make_reached(pudong, li, at=yesterday, name=name)
        for name in (
            "可以",
            "有免打扰",
            "完全勿扰",
            "投诉未结",
            "投诉已结",
            "本周已两次",
            "号码无效",
            "上月抽过",
            "撤销的",
            "微信免打扰",
        )
    }
    make_reached(xuhui, zhao, at=yesterday, name="别店")
    make_reached(pudong, zhou, at=yesterday, name="经理自己的")
    make_reached(pudong, li, at=yesterday - dt.timedelta(days=1), name="前天的")
    make_reached(pudong, li, at=now, name="今天的")
    wish = {"reason": "别打", "by": li, "source": "call", "now": yesterday}
    set_wish(calls["有免打扰"].customer, channel="phone_out", topic="renewal", **wish)
    set_wish(calls["完全勿扰"].customer, **wish)
    set_wish(calls["微信免打扰"].customer, channel="wechat", **wish)
    make_complaint(calls["投诉未结"].customer, by=li, now=yesterday)
    make_complaint(calls["投诉已结"].customer, by=li, now=yesterday)
    Complaint.objects.filter(customer=calls["投诉已结"].customer).update(state="closed")

    record_contact(
        calls["本周已两次"].customer, at=yesterday, channel="sms", connected=False, by=li, topics=[], summary={}
    )
    Phone.objects.filter(customer=calls["号码无效"].customer).update(state="dead")
    Call.objects.filter(pk=calls["撤销的"].pk).update(undone_at=now)
    old = calls["上月抽过"]
    before = SpotDraw.objects.create(
        store=pudong, day=pudong.day_of(now) - dt.timedelta(days=30), drawn_at=now, seed="x", calls=1, wanted=1
    )
    earlier = make_reached(pudong, li, at=now - dt.timedelta(days=30), name="旧")
    SpotCheck.objects.create(
        store=pudong,
        draw=before,
        call=earlier,
        customer=old.customer,
        person=li,
        day=before.day,
        topic="x",
        next_on=before.day,
    )
    draw_day(pudong, pudong.day_of(yesterday), now=now)
    fresh = set(SpotCheck.objects.exclude(draw=before).values_list("customer__name", flat=True))
    assert fresh == {"可以", "投诉已结", "微信免打扰"}


def test_the_draw_is_made_once_and_can_be_made_again_from_its_seed(pudong, li, chen, now, yesterday):
    for person in (li, chen):
        for _ in range(6):
            make_reached(pudong, person, at=yesterday)
    first = draw_missing(pudong, now=now)
    assert (first, draw_missing(pudong, now=now), draw_day(pudong, pudong.day_of(yesterday), now=now)) == (first, 0, [])
    made = SpotDraw.objects.get()
    checks = SpotCheck.objects.order_by("call_id")
    assert draw(made.candidates, wanted=made.wanted, seed=made.seed) == [check.call_id for check in checks]
    assert {check.person for check in checks} == {li, chen}
    assert SpotLog.objects.filter(code="drawn").count() == first == max(made.wanted, 2)


def test_a_specialist_with_one_call_is_drawn_beside_a_busy_one(pudong, li, chen, now, yesterday):
    QualityDial.objects.filter(store=pudong).update(share=1, weekly_least=0)
    for _ in range(9):
        make_reached(pudong, li, at=yesterday)
    make_reached(pudong, chen, at=yesterday)
    draw_day(pudong, pudong.day_of(yesterday), now=now)
    assert {check.person for check in SpotCheck.objects.all()} == {li, chen}


def test_a_customer_of_two_calls_is_drawn_once(pudong, li, now, yesterday):
    everything(pudong)
    made = make_reached(pudong, li, at=yesterday)
    Call.objects.create(
        **{name: getattr(made, name) for name in ("store", "card", "customer", "phone", "number", "outcome", "level")},
        by=li,
        at=yesterday + dt.timedelta(hours=1),
        visit=made.visit,
    )
    draw_day(pudong, pudong.day_of(yesterday), now=now)
    assert SpotCheck.objects.count() == 1


def test_days_off_are_caught_up_for_a_week(pudong, li, now):
    make_reached(pudong, li, at=now - dt.timedelta(days=4))
    draw_missing(pudong, now=now - dt.timedelta(days=5))  # the first draw ever
    assert draw_missing(pudong, now=now) == 1
    assert SpotDraw.objects.filter(store=pudong).count() == 6
    assert [check.next_on for check in SpotCheck.objects.all()] == [pudong.day_of(now)]


def test_a_draw_costs_the_same_whatever_the_calls(pudong, li, now, yesterday, django_assert_max_num_queries):
    for _ in range(8):
        make_reached(pudong, li, at=yesterday)
    everything(pudong)
    with django_assert_max_num_queries(40):
        draw_day(pudong, pudong.day_of(yesterday), now=now)
    assert SpotCheck.objects.count() == 8
