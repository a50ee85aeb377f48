"""Closed lists of this app; a leaf."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CheckState(models.TextChoices):
    OPEN = "open", pgettext_lazy("spot check", "To be called")
    UNREACHED = "unreached", pgettext_lazy("spot check", "Not reached")
    DROPPED = "dropped", pgettext_lazy("spot check", "Not called")  # why: Obstacle in `dropped_for`
    AGREES = "agrees", pgettext_lazy("spot check", "Agrees")
    DIFFERS = "differs", pgettext_lazy("spot check", "Waits for the specialist")
    ANSWERED = "answered", pgettext_lazy("spot check", "Waits for a decision")
    DECIDED = "decided", pgettext_lazy("spot check", "Decided")


RECALLED = (CheckState.AGREES, CheckState.DIFFERS, CheckState.ANSWERED, CheckState.DECIDED)


class Item(models.TextChoices):
    """What is asked again."""

    CALLED = "called", _("Was she called")
    ANSWERED_BY = "answered_by", _("Who answered")
    KEY_ANSWER = "key_answer", _("The key answer")
    FOLLOW_UP = "follow_up", _("Was what was promised done")
    MANNER = "manner", _("Manner on the phone")  # an opinion: nothing was written down to compare it with


class Agreement(models.TextChoices):
    AGREES = "agrees", pgettext_lazy("spot check item", "Agrees")
    DIFFERS = "differs", pgettext_lazy("spot check item", "Differs")
    UNTOLD = "untold", pgettext_lazy("spot check item", "Cannot tell")


class Told(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Does not remember")


class Manner(models.TextChoices):
    GOOD = "good", _("Friendly and clear")
    FAIR = "fair", _("All right")
    POOR = "poor", _("Not good")
    UNKNOWN = "unknown", _("Does not remember")


class Unreached(models.TextChoices):
    """Why an attempt reached nobody who could tell."""

    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy or rejected")
    NO_TIME = "no_time", _("No time now")
    BAD_NUMBER = "bad_number", _("The number does not work")


class Obstacle(models.TextChoices):
    """Why a drawn customer may not be called now."""

    UNDONE = "undone", _("The call was undone")
    WISH = "wish", _("She does not want to be contacted")
    COMPLAINT = "complaint", _("A complaint of hers is open")
    BUDGET = "budget", _("She was contacted often enough this week")
    NO_NUMBER = "no_number", _("There is no number that works")


class Decision(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed: written down otherwise than it was")
    MISTAKE = "mistake", _("A mistake in writing it down")
    MISUNDERSTANDING = "misunderstanding", _("A misunderstanding of the customer")


class LogCode(models.TextChoices):
    """What a line of the log tells; words of people stand in `text`."""

    DRAWN = "drawn", _("Drawn")
    UNREACHED = "unreached", _("Not reached")
    RECALLED = "recalled", _("Called again")
    DROPPED = "dropped", _("Not called")
    ANSWER = "answer", _("Answer of the specialist")
    DECIDED = "decided", _("Decided")
