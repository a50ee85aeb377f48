from django.db import models
from django.utils.translation import gettext_lazy as _


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
