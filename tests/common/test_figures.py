import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from common.figures import Scope, share


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, None), (0, 5, 0), (5, 5, 100), (1, 3, 33), (2, 3, 67), (999, 1000, 99), (1, 1000, 1)],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, percent):
    assert share(part, whole) == percent


def test_a_period_runs_from_midnight_to_midnight_of_the_store():
    store = SimpleNamespace(zone=ZoneInfo("Asia/Shanghai"))
    scope = Scope(store, dt.date(2026, 3, 1), dt.date(2026, 3, 18), dt.date(2026, 3, 18))
    assert scope.since == dt.datetime(2026, 2, 28, 16, 0, tzinfo=dt.UTC)
    assert scope.until == dt.datetime(2026, 3, 18, 16, 0, tzinfo=dt.UTC)
