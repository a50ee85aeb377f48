import datetime as dt

import pytest
from django.utils import timezone, translation

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
    ("state", "step", "due", "solved", "words", "tone"),
    [
        ("received", "answer", 51, None, "首次回复：剩余 2 天 3 小时", ""),
        ("handling", "solution", 23, None, "解决：剩余 23 小时", "warn"),
        ("solved", "recontact", -26, None, "再次回访：已超时 1 天 2 小时", "bad"),
        ("confirmed", "", 0, None, "可结案", "info"),
        ("appealed", "", 0, None, "待裁定", "info"),
        ("closed", "", -26, -30, "按时解决", "good"),
        ("closed", "", -26, -20, "逾期解决", "bad"),
    ],
)
def test_a_clock_counts_down_and_turns_red(state, step, due, solved, words, tone):
    at = NOW + dt.timedelta(hours=due)
    complaint = Complaint(state=state, next_step=step, next_due_at=at, deadline_at=at)
    if solved is not None:
        complaint.solved_at = NOW + dt.timedelta(hours=solved)
    with translation.override("zh-hans"):
        shown = deadline_of(complaint, NOW)
    assert (shown.words, shown.tone) == (words, tone)


def test_what_waits_says_until_when():
    complaint = Complaint(state="waiting", waits_until=NOW + dt.timedelta(days=2))
    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        assert deadline_of(complaint, NOW).words == "暂停至 03-20 10:00"


def test_a_withdrawn_complaint_has_no_deadline():
    assert deadline_of(Complaint(state="void", deadline_at=NOW), NOW) is None
