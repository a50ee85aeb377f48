from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import Department

__all__ = [
    "ENDED",
    "IN_WORK",
    "OPEN_STATES",
    "TRANSITIONS",
    "ComplaintState",
    "Department",
    "Emergency",
    "FileKind",
    "LessonNeed",
    "MEASURE_STEPS",
    "MeasureCode",
    "MeasureState",
    "NEEDS_LESSON",
    "NoteCode",
    "NoteKind",
    "Origin",
    "PauseEnd",
    "PenaltyCode",
    "PenaltyKind",
    "PenaltyState",
    "PickPeriod",
    "RadarScope",
    "Rung",
    "Severity",
    "Sighted",
    "Step",
    "WaitsFor",
]


class ComplaintState(models.TextChoices):
    RECEIVED = "received", _("Received")
    HANDLING = "handling", _("In handling")
    WAITING = (
        "waiting",
        pgettext_lazy("complaints", "Waiting"),
    )  # for the customer, a part, the maker: with an agreed date, and the clock stands still
    SOLVED = "solved", _("Solved")  # the customer has not been asked yet
    CONFIRMED = "confirmed", pgettext_lazy("complaints", "Confirmed")  # she was asked again, and it holds
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", pgettext_lazy("complaints", "Rejected")
    FORCED = "forced", _("Closed by force")
    APPEALED = "appealed", _("Appealed")  # against one of the three before; somebody has to decide
    VOID = "void", _("Withdrawn")  # opened by a call that was undone


_S = ComplaintState
# From which state to which; everything else is refused by the service and by the page.
TRANSITIONS = {
    _S.RECEIVED: [_S.HANDLING, _S.REJECTED, _S.FORCED],
    _S.HANDLING: [_S.WAITING, _S.SOLVED, _S.REJECTED, _S.FORCED],
    _S.WAITING: [_S.HANDLING, _S.SOLVED, _S.REJECTED, _S.FORCED],
    _S.SOLVED: [_S.CONFIRMED, _S.CLOSED, _S.HANDLING, _S.FORCED],
    _S.CONFIRMED: [_S.CLOSED, _S.HANDLING, _S.FORCED],
    _S.CLOSED: [_S.HANDLING, _S.APPEALED],
    _S.REJECTED: [_S.HANDLING, _S.APPEALED],
    _S.FORCED: [_S.HANDLING, _S.APPEALED],
    _S.APPEALED: [_S.HANDLING, _S.CLOSED, _S.REJECTED, _S.FORCED],
    _S.VOID: [],
}

IN_WORK = (_S.RECEIVED, _S.HANDLING, _S.WAITING)
OPEN_STATES = (*IN_WORK, _S.SOLVED, _S.CONFIRMED, _S.APPEALED)
ENDED = (_S.CLOSED, _S.REJECTED, _S.FORCED)


class WaitsFor(models.TextChoices):
    """Why a case stands still."""

    CUSTOMER = "customer", _("The customer")
    PART = "part", _("A part")
    OEM = "oem", _("The maker")


class PauseEnd(models.TextChoices):
    """How a pause came to its end."""

    RESUMED = "resumed", _("Gone on with")
    LAPSED = "lapsed", _("The agreed date has passed")
    MOVED_ON = "moved_on", _("The case has moved on")


class Step(models.TextChoices):
    """What a clock runs for, in the order of a case's life."""

    ANSWER = "answer", _("First answer")
    PLAN = "plan", pgettext_lazy("step", "Plan")
    SOLUTION = "solution", pgettext_lazy("step", "Solution")
    RECONTACT = "recontact", _("Asking again")


class Rung(models.IntegerChoices):
    """The ladder: who is told, the later the higher. The warning comes before the deadline, the others after it."""

    WARNING = 0, _("Warning to the handler")
    HANDLER = 1, _("Handler")
    HEAD = 2, _("Department head")
    MANAGER = 3, _("DCRC manager")
    GENERAL = 4, _("General manager")
    OEM = 5, _("Maker, regional engineer")


class Emergency(models.TextChoices):
    """What alerts the house at once."""

    ACCIDENT = "accident", _("Accident")
    INJURY = "injury", _("Somebody is hurt")
    FIRE = "fire", _("Fire")
    BREAKDOWN = "breakdown", _("Broken down on the road")


class NoteKind(models.TextChoices):
    """Whose ears a note is for. The first one said to the customer is the first answer; the first plan is the plan."""

    INTERNAL = "internal", _("Internal")
    CUSTOMER = "customer", _("Said to the customer")
    PLAN = "plan", pgettext_lazy("step", "Plan")


class FileKind(models.TextChoices):
    EVIDENCE = "evidence", _("Evidence")
    RECORDING = "recording", _("Recording")
    CONFIRMATION = "confirmation", _("Confirmation signed by the customer")


class NoteCode(models.TextChoices):
    """What a note of the system tells; its parameters are listed beside it."""

    TAKEN_OVER = "taken_over", _("Taken over")  # from: name of the former handler, or ""
    HANDED_OVER = "handed_over", _("Handed over")  # from, to: names, to "" for nobody yet; the note's text is why
    ASSIGNED = "assigned", _("Assigned")  # from, to: names; department
    HANDLING = "handling", _("Handling begun")
    WAITING = (
        "waiting",
        pgettext_lazy("complaints", "Waiting"),
    )  # for: WaitsFor, until: ISO moment; the note's text is why
    RESUMED = "resumed", _("Gone on with")
    LAPSED = "lapsed", _("The agreed date has passed")
    EXTENDED = "extended", _("Deadline extended")  # step, from, to: ISO moments; the note's text is why
    SOLVED = "solved", _("Solved")  # the note's text is the resolution
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")  # the note's text is the reason
    RECONTACTED = "recontacted", _("Customer asked again")  # the note's text is what she says
    RECONTACT_UNDONE = "recontact_undone", _("The call that asked her was undone")
    CLOSED_UNASKED = "closed_unasked", _("Closed without asking the customer")  # the note's text is the reason
    REJECTED = "rejected", pgettext_lazy("complaints", "Rejected")  # the note's text is the reason
    FORCED = "forced", _("Closed by force")  # the note's text is the reason
    APPEALED = "appealed", pgettext_lazy("a note", "Appealed")  # the note's text is what is said against the end
    APPEAL_GRANTED = "appeal_granted", _("Appeal granted")
    APPEAL_DISMISSED = "appeal_dismissed", _("Appeal dismissed")
    EMERGENCY = "emergency", _("Emergency")  # kind: Emergency
    ENGINEER_CALLED = "engineer_called", _("Engineer called out")  # engineer: name
    ENGINEER_ARRIVED = "engineer_arrived", _("Engineer arrived")  # engineer: name
    FILE = "file", _("File added")  # name, kind: FileKind
    WARNED = "warned", _("Handler warned")  # step
    ESCALATED = "escalated", _("Escalated")  # step, rung: Rung
    OEM_TOLD = "oem_told", _("Maker informed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RETURNED = "returned", _("The cause has returned")  # number of the returning case, or ""; measure: its words


class Severity(models.TextChoices):
    NORMAL = "normal", _("Normal")
    SERIOUS = "serious", _("Serious")
    MAJOR = "major", _("Major")


class Origin(models.TextChoices):
    CALL = "call", _("Follow-up call")
    WALK_IN = "walk_in", _("In person")
    PHONE = "phone", _("Hotline")
    OEM = "oem", _("Maker")
    WEB = "web", _("Website, review portal")
    SOCIAL = "social", _("WeChat, Douyin, Weibo")
    IMPORTED = "imported", _("DMS")


class LessonNeed(models.TextChoices):
    """Of which cases a lesson must be written before they are closed."""

    NONE = "none", pgettext_lazy("lessons", "Never")
    MAJOR = "major", _("Major complaints")
    SERIOUS = "serious", _("Serious and major complaints")
    ALL = "all", _("All complaints")


NEEDS_LESSON = {  # severities
    LessonNeed.NONE: (),
    LessonNeed.MAJOR: (Severity.MAJOR,),
    LessonNeed.SERIOUS: (Severity.SERIOUS, Severity.MAJOR),
    LessonNeed.ALL: tuple(Severity),
}


class MeasureState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a measure", "Open")
    DONE = "done", pgettext_lazy("a measure", "Done")
    EFFECTIVE = "effective", pgettext_lazy("a measure", "Effective")
    INEFFECTIVE = "ineffective", pgettext_lazy("a measure", "Not effective")


# From which state to which. The radar opens again what was done; what was judged not effective asks for another measure.
MEASURE_STEPS = {
    MeasureState.OPEN: [MeasureState.DONE],
    MeasureState.DONE: [MeasureState.EFFECTIVE, MeasureState.INEFFECTIVE, MeasureState.OPEN],
    MeasureState.EFFECTIVE: [MeasureState.OPEN],
    MeasureState.INEFFECTIVE: [],
}


class MeasureCode(models.TextChoices):
    """Lines of a measure's log."""

    PLANNED = "planned", _("Planned")
    MOVED = "moved", _("Changed")  # from, to: ISO days; owner_from, owner_to: names
    DONE = "done", pgettext_lazy("a measure", "Done")
    EFFECTIVE = "effective", pgettext_lazy("a measure", "Effective")
    INEFFECTIVE = "ineffective", pgettext_lazy("a measure", "Not effective")
    REOPENED = "reopened", pgettext_lazy("a measure", "Opened again")
    RETURNED = "returned", _("The cause has returned")  # number of the case, or ""; day


class RadarScope(models.TextChoices):
    """What must be the same, besides the cause (or a finer one), for a case to count as returned."""

    CAUSE = "cause", _("the cause alone")
    DEPARTMENT = "department", _("cause and department")
    MODEL = "model", _("cause and model of the car")


class Sighted(models.TextChoices):
    """Where a cause was seen."""

    COMPLAINT = "complaint", _("Complaint")
    ANSWER = "answer", _("Dissatisfied answer")


class PickPeriod(models.TextChoices):
    WEEK = "week", _("Case of the week")
    MONTH = "month", _("Case of the month")


class PenaltyKind(models.TextChoices):
    WARNING = "warning", pgettext_lazy("penalty", "Warning")
    TRAINING = "training", pgettext_lazy("penalty", "Training")
    FINE = "fine", pgettext_lazy("penalty", "Fine")


class PenaltyState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("penalty", "Proposed")
    IMPOSED = "imposed", pgettext_lazy("penalty", "Imposed")
    DROPPED = "dropped", pgettext_lazy("penalty", "Dropped")
    APPEALED = "appealed", pgettext_lazy("penalty", "Appealed")
    UPHELD = "upheld", pgettext_lazy("penalty", "Upheld")
    LIFTED = "lifted", pgettext_lazy("penalty", "Lifted")


class PenaltyCode(models.TextChoices):
    """Lines of a penalty's log."""

    PROPOSED = "proposed", pgettext_lazy("a note", "Proposed")
    ANSWERED = "answered", pgettext_lazy("penalty", "What she says")
    IMPOSED = "imposed", pgettext_lazy("penalty", "Imposed")
    DROPPED = "dropped", pgettext_lazy("penalty", "Dropped")
    APPEALED = "appealed", pgettext_lazy("a note", "Appealed")
    UPHELD = "upheld", pgettext_lazy("penalty", "Upheld")
    LIFTED = "lifted", pgettext_lazy("penalty", "Lifted")
