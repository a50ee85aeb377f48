"""Closed lists of this app; a leaf."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ItemState(models.TextChoices):
    OPEN = "open", _("Open")  # a call
    TO_SEND = "to_send", _("To be sent")  # a message, on the care list; no card shows it
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
    CAR_GONE = "car_gone", _("The car is no longer the customer's")  # why: customers.choices.GoneReason
    CAME = "came", _("The car came to the workshop")  # order, day
    RENEWED = "renewed", _("The insurance was renewed")  # day
    RANG_US = "rang_us", _("The customer rang us about it")  # day
    IN_PERSON = "in_person", _("Settled with the customer at the store")  # day, contact
    HEARD = "heard", _("The customer was reached again")  # day
    OTHER_TOPIC = "other_topic", _("The customer does not want to be called about this")
    SENT = "sent", _("The message was sent")
    LET_GO = "let_go", _("Let go by a decision")
    ENOUGH = "enough", _("Spoken to often enough about it")  # contacts: how many effective ones
    LATER_STEP = "later_step", _("A later step took its place")
    REFUSED = "refused", _("The customer does not want this call")
    DO_NOT_CALL = "do_not_call", _("The customer does not want to be called")
    DECEASED = "deceased", _("The customer has died")
    FLEET = "fleet", _("The car is a taxi or one of a fleet")  # use: customers.choices.VehicleUse
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
    CAR_GONE = "car_gone", _("The car is gone")  # closes every topic of that car; why: GONE_WHY
    NO_TOPIC = "no_topic", _("Never again about this")  # a wish of hers: the rule calls her no more
    # Of situations (followups.situations): chosen by their key, never from the list of results.
    DECEASED = "deceased", _("No contact of any kind any more")  # closes everything, messages too
    FLEET = "fleet", _("A taxi or a car of a fleet: no reminders")  # closes what spares such cars
    DROPPED = "dropped", _("The line broke: call again at once")  # the topic waits for that call
    HANDED_OVER = "handed_over", _("Somebody at the store rings back; ask whether that happened")  # it waits for that


# After these a topic stays open and waits for the call that was agreed.
PROMISING = (Effect.PROMISE, Effect.DROPPED, Effect.HANDED_OVER)
# What no specialist picks from the list of results: a situation brings it about.
SITUATION_EFFECTS = (Effect.DECEASED, Effect.FLEET, Effect.DROPPED, Effect.HANDED_OVER)


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


class Decision(models.TextChoices):
    """What a manager decided about a call whose window had passed unworked."""

    CALL = "call", _("Call anyway")
    LET_GO = "let_go", _("Let it go")


class Festival(models.TextChoices):
    """Festivals a store sends greetings on (common.festivals knows their days)."""

    NEW_YEAR = "new_year", _("New Year's Day")
    SPRING = "spring", _("Spring Festival")
    LANTERN = "lantern", _("Lantern Festival")
    DRAGON_BOAT = "dragon_boat", _("Dragon Boat Festival")
    MID_AUTUMN = "mid_autumn", _("Mid-Autumn Festival")
    NATIONAL = "national", _("National Day")


class Restraint(models.TextChoices):
    """What an override went past."""

    BUDGET = "budget", _("Contacted often enough this week")
    CALLERS = "callers", _("Has heard three different people already")
    HOURS = "hours", _("Outside call hours")


class OverrideReason(models.TextChoices):
    ASKED = "asked", _("The customer asked for it")
    COMPLAINT = "complaint", _("A complaint is open")
    SAFETY = "safety", _("Safety or a legal duty")
    MANAGER = "manager", _("Told by the manager")
    OTHER = "other", _("Other")


class LeftWhy(models.TextChoices):
    """Why somebody left a card without a result."""

    GIVEN_BACK = "given", _("given back")
    OTHER_CARD = "other", _("left for another card")
    RAN_OUT = "ran_out", _("ran out of time")
    DRAFT = "draft", _("draft kept")


class SkipReason(models.TextChoices):
    PREPARE = "prepare", _("Need to look something up first")
    BUSY_AT_WORK = "busy", _("Called away")
    COLLEAGUE = "colleague", _("A colleague should call")
    BAD_MOMENT = "moment", _("Not a good moment for this customer")
    NO_NUMBER = "no_number", _("The right number must be found first")
    OTHER = "other", _("Other")


class MoveDeed(models.TextChoices):
    """What a manager does with cards."""

    ASSIGN = "assign", _("Reserved for a person")
    RETURN = "return", _("Back to the team")
    PUT_ASIDE = "put_aside", _("Put aside until a day")
    TAKE_BACK = "take_back", _("Card taken back")


class MoveState(models.TextChoices):
    WAITING = "waiting", _("Under way")
    DONE = "done", pgettext_lazy("move", "Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class PassedOver(models.TextChoices):
    """Why a move left a card alone."""

    HELD = "held", _("somebody was working on it")
    CLOSED = "closed", _("nothing was left to call about")
    SAME = "same", _("it stood so already")
    PROMISE = "promise", _("a promise has come on it")


class Held(models.TextChoices):
    """What a person holds that others wait for, in the order in which it is handed over."""

    LEASE = "lease", _("The card on the desk")
    PROMISE = "promise", _("Promises")
    TASK = "task", _("Tasks kept for the person")
    RESERVED = "reserved", _("Cards reserved for the person")
    KEPT = "kept", _("Customers spoken with last")
    DRAFT = "draft", _("Drafts")
    COMPLAINT = "complaint", _("Complaints in hand")
