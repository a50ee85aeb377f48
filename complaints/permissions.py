"""Predicates that depend on the row: pure, and asked by services and pages alike."""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from complaints.choices import NEEDS_LESSON, LessonNeed, Severity


def lesson_lacks(complaint, need, lesson, measures) -> list[LazyText]:
    """What has to be written before this case may be closed, as sentences. `need`: the store's dial; `measures` of the lesson."""
    if Severity(complaint.severity) not in NEEDS_LESSON[LessonNeed(need)]:
        return []
    if lesson is None:
        return [_("Write down what this case taught: cause, department and what was put right.")]
    return [] if measures else [_("Plan at least one measure that keeps it from happening again.")]


def may_do(user, measure) -> bool:
    """Its owner, and whoever judges measures, may say that it is done, or open it again."""
    return user.pk == measure.owner_id or user.has_perm("complaints.judge_measure")


def may_judge(user, measure) -> bool:
    """Nobody judges a measure of her own."""
    return user.has_perm("complaints.judge_measure") and user.pk != measure.owner_id
