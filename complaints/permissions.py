"""What a person may do with a case, a measure, a penalty as it stands; pure, and asked by services and pages alike."""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from complaints.choices import (
    ENDED,
    IN_WORK,
    NEEDS_LESSON,
    TRANSITIONS,
    ComplaintState,
    LessonNeed,
    PenaltyState,
    Severity,
)

CHANGE, CLOSE, FORCE = "change_complaint", "close_complaint", "force_close_complaint"
ASSIGN, RECONTACT, EXTEND = "assign_complaint", "recontact_complaint", "extend_complaint"
_S = ComplaintState


def may_reopen(user, complaint) -> bool:
    """An end is opened again only by who may end a case; what has not ended by who asks the customer."""
    right = CLOSE if complaint.state in ENDED else RECONTACT
    return user.has_perm(f"complaints.{right}")


def deeds_for(user, complaint) -> set[str]:
    """Codes of the steps that the case's page offers to `user`."""
    leads_to, is_open = TRANSITIONS[_S(complaint.state)], complaint.is_open
    in_hand = complaint.state in (_S.RECEIVED, _S.HANDLING)
    possible = {
        "note": (CHANGE, is_open),
        "files": (CHANGE, is_open),
        "takeover": (CHANGE, complaint.state in IN_WORK and complaint.handler_id != user.pk),
        "assign": (ASSIGN, complaint.state in IN_WORK),
        "wait": (CHANGE, _S.WAITING in leads_to),
        "resume": (CHANGE, complaint.state == _S.WAITING),
        "extend": (EXTEND, in_hand and complaint.deadline_at is not None),
        "solve": (CHANGE, complaint.state in (_S.HANDLING, _S.WAITING)),
        "asked": (RECONTACT, complaint.state == _S.SOLVED),
        "close": (CLOSE, complaint.state in (_S.SOLVED, _S.CONFIRMED)),
        "reject": (CLOSE, complaint.state in IN_WORK),
        "force": (FORCE, is_open and complaint.state != _S.APPEALED),
        "appeal": (CHANGE, complaint.state in ENDED),
        "decide": (CLOSE, complaint.state == _S.APPEALED),
        "emergency": (CHANGE, complaint.state in IN_WORK and not complaint.emergency),
        "callout": (CHANGE, is_open and bool(complaint.emergency)),
        "arrival": (CHANGE, bool(complaint.emergency)),
        "oem_told": (CHANGE, is_open),
    }
    found = {deed for deed, (right, fits) in possible.items() if fits and user.has_perm(f"complaints.{right}")}
    if complaint.state in (_S.SOLVED, _S.CONFIRMED, *ENDED) and may_reopen(user, complaint):
        found.add("reopen")
    return found


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
