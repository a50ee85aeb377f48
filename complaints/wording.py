"""How deadlines and refusals read, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.choices import ComplaintState

SOON_HOURS = 24  # from here on a deadline is shown as near


# What the DMS tells of a case beyond its fields here (Complaint.dms_facts), in the order of the page.
FACTS = {
    "category": gettext_lazy("Kind of complaint"),
    "source": gettext_lazy("Source"),
    "status": gettext_lazy("Status in the DMS"),
    "handler": gettext_lazy("Handler"),
    "adviser": gettext_lazy("Service adviser"),
    "technician": gettext_lazy("Technician"),
    "cause": gettext_lazy("Cause"),
    "outcome": gettext_lazy("Result of the call back"),
    "satisfied": gettext_lazy("Satisfied"),
    "reason": gettext_lazy("Why not satisfied"),
}


def dms_facts(complaint) -> list[tuple[str, str]]:
    """(what, text) of all that the DMS told."""
    return [(label, complaint.dms_facts[code]) for code, label in FACTS.items() if complaint.dms_facts.get(code)]


@dataclass(frozen=True)
class Deadline:
    """`words` such as "2 d 3 h left"; `tone` is a tag class: "", "warn" (near) or "bad" (missed)."""

    words: str
    tone: str


def stretch(seconds: float) -> str:
    """A length of time in its two largest units: days and hours, hours and minutes, or minutes; without a zero behind."""
    minutes = int(seconds // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = {"days": days, "hours": hours, "minutes": minutes}
    if days:
        return (_("%(days)s d %(hours)s h") if hours else _("%(days)s d")) % parts
    if hours:
        return (_("%(hours)s h %(minutes)s min") if minutes else _("%(hours)s h")) % parts
    return _("%(minutes)s min") % parts


def deadline_of(complaint, now) -> Deadline | None:
    """What is left until an open complaint must be closed, or how far beyond it is; for a closed one whether it was in time."""
    if complaint.state == ComplaintState.CLOSED:
        if complaint.closed_at is None or complaint.deadline_at is None:
            return None
        if complaint.closed_at <= complaint.deadline_at:
            return Deadline(_("Closed in time"), "good")
        return Deadline(_("Closed late"), "bad")
    if not complaint.is_open:
        return None
    seconds = (complaint.deadline_at - now).total_seconds()
    if seconds < 0:
        return Deadline(_("Overdue by %(time)s") % {"time": stretch(-seconds)}, "bad")
    words = _("%(time)s left") % {"time": stretch(seconds)}
    return Deadline(words, "warn" if seconds < SOON_HOURS * 3600 else "")


def refusal(refused) -> str:
    """What to tell the person whose step complaints.services refused (NotAllowed)."""
    state = refused.complaint.get_state_display()
    if refused.code == "changed":
        handler = refused.complaint.handler
        return _(
            "Somebody was quicker: the complaint is now “%(state)s”, handled by %(handler)s. Your step was not taken."
        ) % {
            "state": state,
            "handler": handler.full_name if handler else _("nobody"),
        }
    if refused.code == "unasked":
        return _("The customer has not been asked yet whether the solution holds. Ask her first, or say why not.")
    return _("This step is not possible while the complaint is “%(state)s”.") % {"state": state}


def _measure_given(params):
    return _("%(by)s has given you a measure, due on %(day)s: “%(what)s” (case %(number)s).") % params


def _measure_late(params):
    return _("Overdue since %(day)s: measure “%(what)s” of case %(number)s.") % params


def _measure_check(params):
    return _("Did it help? The effect of “%(what)s” (case %(number)s) is to be checked.") % params


def _cause_returned(params):
    if params["number"]:
        words = _("The cause of %(of)s is back: case %(number)s of %(day)s. “%(what)s” has to be looked at again.")
    else:
        words = _("The cause of %(of)s is back in an answer of %(day)s. “%(what)s” has to be looked at again.")
    return words % params


NOTICE_WORDS = {
    "cause_returned": _cause_returned,
    "measure_given": _measure_given,
    "measure_late": _measure_late,
    "measure_check": _measure_check,
}
