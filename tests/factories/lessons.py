"""Lessons and measures for tests, made by the services that make the real ones."""

from complaints.services.lessons import write_lesson
from complaints.services.measures import finish_measure, plan_measure


def make_lesson(complaint, *, by, now, **values):
    values = {
        "cause": complaint.cause.code,
        "department": complaint.department,
        "person": "吴师傅",
        "whys": ["异响没有试车复现", "交车前没有路试", "路试不在交车检查表里"],
        "correction": "免费返工并陪同试车",
        **values,
    }
    return write_lesson(complaint, values, by=by, now=now)


def make_measure(lesson, *, owner, by, now, days=7, done=None, what="交车检查表增加路试一项"):
    """Due in `days`; `done` is the moment at which it was done."""
    import datetime as dt

    due_on = lesson.store.day_of(now) + dt.timedelta(days=days)
    measure = plan_measure(lesson, what=what, owner=owner, due_on=due_on, by=by, now=now)
    if done is not None:
        finish_measure(measure, text="检查表已更新", by=owner, now=done)
    return measure
