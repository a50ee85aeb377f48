from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ComplaintState(models.TextChoices):
    RECEIVED = "received", _("Received")
    HANDLING = "handling", _("In handling")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")
    VOID = "void", _("Withdrawn")  # opened by a call that was undone


# From which state to which; everything else is refused by the service and by the page.
TRANSITIONS = {
    ComplaintState.RECEIVED: [ComplaintState.HANDLING],
    ComplaintState.HANDLING: [ComplaintState.SOLVED],
    ComplaintState.SOLVED: [ComplaintState.CLOSED, ComplaintState.HANDLING],
    ComplaintState.CLOSED: [],
    ComplaintState.VOID: [],
}

OPEN_STATES = (ComplaintState.RECEIVED, ComplaintState.HANDLING, ComplaintState.SOLVED)


class NoteCode(models.TextChoices):
    """What a note of the system tells; its parameters are listed beside it."""

    TAKEN_OVER = "taken_over", _("Taken over")  # from: name of the former handler, or ""
    HANDED_OVER = "handed_over", _("Handed over")  # from, to: names, to "" for nobody yet; the note's text is why
    HANDLING = "handling", _("Handling begun")
    SOLVED = "solved", _("Solved")  # the note's text is the resolution
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")  # the note's text is the reason
    RECONTACTED = "recontacted", _("Customer asked again")  # the note's text is what she says
    RECONTACT_UNDONE = "recontact_undone", _("The call that asked her was undone")
    CLOSED_UNASKED = "closed_unasked", _("Closed without asking the customer")  # the note's text is the reason
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RETURNED = "returned", _("The cause has returned")  # number of the returning case, or ""; measure: its words


class Severity(models.TextChoices):
    NORMAL = "normal", _("Normal")
    SERIOUS = "serious", _("Serious")
    MAJOR = "major", _("Major")


class Department(models.TextChoices):
    SALES = "sales", _("Sales")
    SERVICE = "service", _("After-sales service")
    PARTS = "parts", _("Parts")
    DCRC = "dcrc", _("DCRC")
    OTHER = "other", _("Other")


class Origin(models.TextChoices):
    CALL = "call", _("Follow-up call")
    WALK_IN = "walk_in", _("In person")
    PHONE = "phone", _("Hotline")
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
