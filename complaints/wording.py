"""How deadlines and refusals read, in the reader's language."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from complaints.choices import ComplaintState, Emergency, NoteCode, Rung, Step, WaitsFor

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
    """`words` such as "Plan: 2 d 3 h left"; `tone` is a tag class: "", "warn" (near) or "bad" (missed)."""

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
    """What a case waits for and how long still, or how late it is; of a closed one whether it was solved in time."""
    if complaint.state == ComplaintState.CLOSED:
        return _judged(complaint)
    if not complaint.is_open:
        return None
    if complaint.state == ComplaintState.WAITING:
        return Deadline(
            _("Stands still until %(day)s")
            % {"day": timezone.localtime(complaint.waits_until).strftime("%m-%d %H:%M")},
            "info",
        )
    if not complaint.next_step or complaint.next_due_at is None:
        words = {
            ComplaintState.CONFIRMED: _("Can be closed"),
            ComplaintState.APPEALED: pgettext("complaints", "To be decided"),
        }.get(complaint.state)
        return Deadline(words, "info") if words else None
    step = complaint.get_next_step_display()
    seconds = (complaint.next_due_at - now).total_seconds()
    if seconds < 0:
        return Deadline(_("%(step)s: %(time)s overdue") % {"step": step, "time": stretch(-seconds)}, "bad")
    words = _("%(step)s: %(time)s left") % {"step": step, "time": stretch(seconds)}
    return Deadline(words, "warn" if seconds < SOON_HOURS * 3600 else "")


def _judged(complaint):
    solved_at = complaint.solved_at or complaint.closed_at
    if solved_at is None or complaint.deadline_at is None:
        return None
    if solved_at <= complaint.deadline_at:
        return Deadline(_("Solved in time"), "good")
    return Deadline(_("Solved late"), "bad")


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
    if refused.code == "unsigned":
        return _("Something was given for it: first add the confirmation that the customer has signed.")
    if refused.code == "unlearned":
        return _("First write down what this case taught, with a measure that keeps it from happening again.")
    return _("This step is not possible while the complaint is “%(state)s”.") % {"state": state}


def _moment(text) -> str:
    return timezone.localtime(parse_datetime(text)).strftime("%m-%d %H:%M")


def told_by(note) -> str:
    """What the parameters of a note of the system say, in words (choices.NoteCode lists them)."""
    params, code = note.params, note.code
    if code in (NoteCode.TAKEN_OVER, NoteCode.HANDED_OVER, NoteCode.ASSIGNED):
        names = [params.get("from") or "", params.get("to") or ""]
        if code == NoteCode.TAKEN_OVER:
            return _("(before: %(name)s)") % {"name": names[0]} if names[0] else ""
        return " → ".join(name for name in names if name)
    if code == NoteCode.WAITING:
        words = {"what": WaitsFor(params["for"]).label, "day": _moment(params["until"])}
        return _("%(what)s, until %(day)s") % words
    if code == NoteCode.LAPSED:
        return str(WaitsFor(params["for"]).label)
    if code == NoteCode.EXTENDED:
        return f"{Step(params['step']).label} {_moment(params['from'])} → {_moment(params['to'])}"
    if code in (NoteCode.WARNED, NoteCode.ESCALATED):
        step = Step(params["step"]).label
        return f"{step} → {Rung(params['rung']).label}" if code == NoteCode.ESCALATED else str(step)
    if code == NoteCode.EMERGENCY:
        return str(Emergency(params["kind"]).label)
    if code == NoteCode.FILE:
        return params["name"]
    if code == NoteCode.RETURNED:
        return " · ".join(part for part in (params["number"], params["day"], params["measure"]) if part)
    return params.get("engineer", "")


# --- Notices --------------------------------------------------------------------------------------------------------
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


def _rung_words(rung):
    sentences = {
        Rung.WARNING: gettext_lazy("Complaint %(number)s: %(step)s is due by %(due)s."),
        Rung.HANDLER: gettext_lazy("Complaint %(number)s: %(step)s was due by %(due)s and is not done."),
        Rung.HEAD: gettext_lazy(
            "Complaint %(number)s of your department is late: %(step)s was due by %(due)s (%(handler)s)."
        ),
        Rung.MANAGER: gettext_lazy("Complaint %(number)s is late: %(step)s was due by %(due)s (%(handler)s)."),
        Rung.GENERAL: gettext_lazy("Complaint %(number)s is very late: %(step)s was due by %(due)s (%(handler)s)."),
        Rung.OEM: gettext_lazy(
            "Complaint %(number)s: inform the maker. %(step)s was due by %(due)s (%(handler)s). Regional engineer: %(engineer)s"
        ),
    }

    def words(params):
        engineer = " ".join(part for part in (params.get("engineer"), params.get("phone")) if part)
        return sentences[rung] % {
            **params,
            "step": Step(params["step"]).label,
            "handler": params["handler"] or _("nobody"),
            "engineer": engineer or _("not in the settings yet"),
        }

    return words


def _assigned(params):
    if params["by"]:
        return _("%(by)s has given you the complaint %(number)s.") % params
    return _("The complaint %(number)s is yours now.") % params


def _woken(params):
    what = {"number": params["number"], "what": WaitsFor(params["waited_for"]).label}
    return _("Complaint %(number)s: the agreed date has passed (waited for: %(what)s). Its clock runs again.") % what


NOTICE_WORDS = {f"complaint_rung_{int(rung)}": _rung_words(rung) for rung in Rung} | {
    "complaint_assigned": _assigned,
    "complaint_woken": _woken,
    "complaint_extended": lambda params: (
        _("Complaint %(number)s has more time: the solution is due by %(due)s.") % params
    ),
    "complaint_emergency": lambda params: (
        _("Emergency: %(kind)s. %(customer)s, complaint %(number)s.")
        % {**params, "kind": Emergency(params["kind"]).label}
    ),
    "complaint_reply": lambda params: _("%(by)s has replied to the complaint %(number)s.") % params,
    "complaint_appealed": lambda params: (
        _("The end of the complaint %(number)s is appealed against: please decide.") % params
    ),
    "analysis_ready": lambda params: (
        _("The case analysis of the week from %(start)s is ready: %(opened)s complaints.") % params
    ),
    "penalty_proposed": lambda params: (
        _("A penalty for %(name)s is proposed (case %(number)s): answers and a decision are due.") % params
    ),
    "penalty_decided": lambda params: _("The penalty for %(name)s (case %(number)s) is decided.") % params,
    "penalty_appealed": lambda params: (
        _("%(name)s appeals against the penalty (case %(number)s): somebody else has to decide.") % params
    ),
    "cause_returned": _cause_returned,
    "measure_given": _measure_given,
    "measure_late": _measure_late,
    "measure_check": _measure_check,
}
