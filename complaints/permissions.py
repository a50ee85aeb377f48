"""What a person may do with a case as it stands: the right of the role, and the state."""

from complaints.choices import ENDED, IN_WORK, TRANSITIONS, ComplaintState

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
