"""Two jobs, two managers, at the same moment, each with a connection of her own."""

import datetime as dt

import pytest

from accounts.choices import Role
from accounts.services import create_account
from customers.models import Contact
from quality.models import SpotCheck, SpotDraw
from quality.services import checks
from quality.services.checks import Held, NotOpen, Told
from quality.services.drawing import draw_day
from tests.conftest import PASSWORD
from tests.factories.quality import make_check, make_reached
from tests.followups.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_jobs_draw_a_day_once(pudong, li, now):
    for _ in range(5):
        make_reached(pudong, li, at=now - dt.timedelta(days=1))
    day = pudong.day_of(now) - dt.timedelta(days=1)
    drawn = at_once(*[lambda: draw_day(pudong, day, now=now)] * 3)
    assert sorted(map(len, drawn))[:2] == [0, 0]
    assert SpotDraw.objects.count() == 1
    assert SpotCheck.objects.count() == max(map(len, drawn)) > 0


def test_two_managers_take_a_check_and_one_gets_it(pudong, li, zhou, now):
    wu = create_account(username="wu", full_name="吴芳", role=Role.MANAGER, store=pudong, password=PASSWORD)
    check = make_check(pudong, li, now=now)
    results = at_once(*[lambda by=by: checks.take_check(check, by=by, now=now) for by in (zhou, wu)])
    assert [type(one) for one in results if isinstance(one, Exception)] == [Held]
    holder = SpotCheck.objects.get(pk=check.pk).taken_by
    told = Told(called="yes", answered_by="owner", answers={})
    results = at_once(*[lambda: checks.record_recall(check, told=told, by=holder, now=now)] * 2)
    assert [type(one) for one in results if isinstance(one, Exception)] == [NotOpen]
    assert Contact.objects.filter(origin="quality.attempt").count() == 1
