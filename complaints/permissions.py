"""Predicates that depend on the row: pure, and asked by services and pages alike."""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from complaints.choices import NEEDS_LESSON, LessonNeed, PenaltyState, Severity


def lesson_lacks(complaint, need, lesson, measures) -> list[LazyText]:
    """What has to be written before this case may be closed, as sentences. `need`: the store's dial; whether it has any `measures`."""
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


def sees_all_penalties(user) -> bool:
    return user.has_perm("complaints.propose_penalty") or user.has_perm("complaints.decide_penalty")


def may_answer(user, penalty) -> bool:
    """The person concerned, as long as it is not over."""
    over = (PenaltyState.DROPPED, PenaltyState.UPHELD, PenaltyState.LIFTED)
    return penalty.person_id is not None and user.pk == penalty.person_id and penalty.state not in over


def may_decide(user, penalty) -> bool:
    """Neither who proposed it nor who is meant; of an appeal not who imposed it either."""
    if not user.has_perm("complaints.decide_penalty") or user.pk in (penalty.proposed_by_id, penalty.person_id):
        return False
    if penalty.state == PenaltyState.APPEALED:
        return user.pk != penalty.decided_by_id
    return penalty.state == PenaltyState.PROPOSED


def may_appeal(user, penalty) -> bool:
    """The person concerned; for who has no account whoever may propose."""
    if penalty.state != PenaltyState.IMPOSED:
        return False
    if penalty.person_id is None:
        return user.has_perm("complaints.propose_penalty")
    return user.pk == penalty.person_id
