"""Closed lists of this app; a leaf."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ItemState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    UNREACHABLE = "unreachable", _("Unreachable")
    OBSOLETE = "obsolete", _("Overtaken by events")
    SUPERSEDED = "superseded", _("Superseded by a later step")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class CloseReason(models.TextChoices):
    """Why an item is no longer open; stored as code, parameters beside it."""

    CALLED = "called", _("Called")
    THREE_FAILURES = "three_failures", _("No answer in three different time bands")
    NO_NUMBER = "no_number", _("No number left to call")
    FACT_VOID = "fact_void", _("What it was about was taken back")
    FACT_MOVED = "fact_moved", _("The date was corrected, the window has passed")
    FACT_CHANGED = "fact_changed", _("The fact no longer asks for a call")
    RULE_OFF = "rule_off", _("The rule was switched off")
    CAR_GONE = "car_gone", _("The car was sold")
    LATER_STEP = "later_step", _("A later step took its place")
    REFUSED = "refused", _("The customer does not want this call")
    DO_NOT_CALL = "do_not_call", _("The customer does not want to be called")
    WINDOW_PASSED = "window_passed", _("The window passed without a call")


class Level(models.TextChoices):
    """First level of an outcome."""

    REACHED = "reached", pgettext_lazy("level", "Reached")
    NOT_REACHED = "not_reached", pgettext_lazy("level", "Not reached")
    INVALID = "invalid", pgettext_lazy("level", "Invalid")


class Effect(models.TextChoices):
    """What an outcome does to its topic."""

    DONE = "done", _("Topic done")
    PROMISE = "promise", _("Call again at an agreed time")  # the topic stays open until then
    RETRY = "retry", _("Try again in another time band")
    BAD_NUMBER = "bad_number", _("The number is not in service")  # next number, else unreachable
    WRONG_NUMBER = "wrong_number", _("The number is somebody else's")  # the same; the number is marked as wrong
    DECLINED = "declined", _("Topic declined")
    DO_NOT_CALL = "do_not_call", _("No calls at all any more")  # declines every topic of the card
    CAR_GONE = "car_gone", _("The car was sold")  # closes every topic of that car


class AnsweredBy(models.TextChoices):
    OWNER = "owner", _("Owner")
    DRIVER = "driver", _("Driver")  # who drives or brought the car
    FAMILY = "family", _("Family")
    COLLEAGUE = "colleague", _("Colleague")
    OTHER = "other", _("Somebody else")


# Whose answer makes a call effective (together with the topic's key question).
EFFECTIVE_PEOPLE = (AnsweredBy.OWNER, AnsweredBy.DRIVER)


class PlanKind(models.TextChoices):
    PROMISE = "promise", _("Promised call-back")
    MANUAL = "manual", _("Manual task")


class Band(models.TextChoices):
    """Time bands of the day; their hours are dials of the store (DeskDial.bands)."""

    MORNING = "m", _("Morning")
    AFTERNOON = "a", _("Afternoon")
    EVENING = "e", _("Evening")


class SkipReason(models.TextChoices):
    PREPARE = "prepare", _("Need to look something up first")
    BUSY_AT_WORK = "busy", _("Called away")
    COLLEAGUE = "colleague", _("A colleague should call")
    BAD_MOMENT = "moment", _("Not a good moment for this customer")
    OTHER = "other", _("Other")
