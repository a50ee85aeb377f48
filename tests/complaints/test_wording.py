import datetime as dt

import pytest
from django.utils import translation

from complaints.models import Complaint
from complaints.wording import deadline_of, stretch


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 分钟", "0 min"),
        (59 * 60 + 59, "59 分钟", "59 min"),
        (3600, "1 小时", "1 h"),
        (86399, "23 小时 59 分钟", "23 h 59 min"),
        (3 * 86400 + 59, "3 天", "3 d"),
        (2 * 86400 + 3 * 3600 + 1800, "2 天 3 小时", "2 d 3 h"),
    ],
)
def test_a_stretch_of_time_in_its_two_largest_units(seconds, zh, en):
    with translation.override("zh-hans"):
        assert stretch(seconds) == zh
    with translation.override("en"):
        assert stretch(seconds) == en


NOW = dt.datetime(2026, 3, 18, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("state", "deadline", "closed", "words", "tone"),
    [
        ("received", 51, None, "剩余 2 天 3 小时", ""),
        ("handling", 23, None, "剩余 23 小时", "warn"),
        ("solved", -26, None, "逾期 1 天 2 小时", "bad"),
        ("closed", -26, -30, "按时结案", "good"),
        ("closed", -26, -20, "逾期结案", "bad"),
    ],
)
def test_a_deadline_counts_down_and_turns_red(state, deadline, closed, words, tone):
    complaint = Complaint(state=state, deadline_at=NOW + dt.timedelta(hours=deadline))
    if closed is not None:
        complaint.closed_at = NOW + dt.timedelta(hours=closed)
    with translation.override("zh-hans"):
        shown = deadline_of(complaint, NOW)
    assert (shown.words, shown.tone) == (words, tone)


def test_a_withdrawn_complaint_has_no_deadline():
    assert deadline_of(Complaint(state="void", deadline_at=NOW), NOW) is None
