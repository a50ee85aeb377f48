"""The situations of a call that one key settles (Q, then a digit): what each fills into the desk's form. Pure: it writes no row.

A situation changes what is typed (`data`, a QueryDict of the desk's form) the way a specialist would by hand. Where nothing is left
to ask it is saved at once, as the ordinary save and with its undo; else the desk shows the change and the call goes on.
What it means for cars, customer and colleagues: services.situations.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from common.bands import band_of, first_call_moment
from customers.choices import SPARED_USES, GoneReason, VehicleUse
from followups.choices import AnsweredBy, Effect, Level
from followups.reading.topics import LEAVE, prefix_of
from followups.rules import BY_CODE
from followups.services.situations import CarMark

EVENING = dt.time(18, 0)
EVENING_LEAD = dt.timedelta(minutes=10)  # a promise for in five minutes is no promise for the evening
CHECK_MINUTES = (30, 60, 120)  # after which we ask whether somebody of the store rang back
PRIVATE = "private"
USES = [*VehicleUse.choices, (PRIVATE, _("Private use after all"))]


class What(TextChoices):
    SOLD = "sold", _("Car sold")
    SCRAPPED = "scrapped", _("Car scrapped")
    MOVED = "moved", _("Car moved away")
    DIED = "died", _("The customer has died")
    USE = "use", _("Company car, fleet, taxi")
    WRONG = "wrong", _("Wrong person")
    DROPPED = "dropped", _("The line broke")
    EVENING = "evening", _("Ask again at 18:00")
    DRIVER = "driver", _("The driver speaks")
    WORKSHOP = "workshop", _("Somebody of the store at once")


@dataclass(frozen=True)
class Entry:
    """One line of the list: its key, what comes of it, and whether something is asked first (`asks`: a part of the template)."""

    what: str
    key: str
    label: LazyText
    hint: LazyText
    asks: str = ""


ENTRIES = (
    Entry(What.SOLD, "1", What.SOLD.label, _("its topics are closed"), "cars"),
    Entry(What.SCRAPPED, "2", What.SCRAPPED.label, _("its topics are closed"), "cars"),
    Entry(What.MOVED, "3", What.MOVED.label, _("its topics are closed"), "cars"),
    Entry(What.DIED, "4", What.DIED.label, _("no call, message or greeting any more"), "died"),
    Entry(What.USE, "5", What.USE.label, _("no reminders to fleets and taxis"), "use"),
    Entry(What.WRONG, "6", What.WRONG.label, _("the number is somebody else's")),
    Entry(What.DROPPED, "7", What.DROPPED.label, _("back to you in five minutes")),
    Entry(What.EVENING, "8", What.EVENING.label, _("a promise, its time can be changed")),
    Entry(What.DRIVER, "9", What.DRIVER.label, _("the survey goes to the driver, reminders wait for the owner")),
    Entry(What.WORKSHOP, "0", What.WORKSHOP.label, _("colleagues are told, and you check"), "workshop"),
)


@dataclass(frozen=True)
class Told:
    """What was chosen beside the key (forms.SituationForm): of which cars, driven for what, and the words."""

    what: str
    cars: tuple[int, ...] = ()
    use: str = ""
    note: str = ""


@dataclass(frozen=True)
class Scene:
    """What a situation meets: the card's open `items`, by id the cars they are about, the `answered` ones among them (their key
    question has its answer), the effects that the store's results have, and the moment."""

    items: list
    answered: frozenset[int]
    codes: dict[str, str]  # {effect: code of the first result of that effect}
    now: dt.datetime
    evening: dt.datetime
    check_at: dt.datetime


def meet(told: Told, data, scene: Scene):
    """(the desk's form as it is now, whether that is all there is to say). `data` is not changed."""
    changed = data.copy()
    return changed, _MEET[told.what](told, changed, scene)


def evening_of(now: dt.datetime, zone, bands, calendar) -> dt.datetime:
    """The next 18:00 of a workday that lies in a band; where the bands never hold it, the start of the last one."""
    day = calendar.next_workday(now.astimezone(zone).date())
    clock = EVENING
    if band_of(dt.datetime.combine(day, clock, tzinfo=zone), zone, bands) is None:
        clock = max(dt.time.fromisoformat(start) for start, _end in bands.values())
    at = dt.datetime.combine(day, clock, tzinfo=zone)
    if at < now + EVENING_LEAD:
        following = first_call_moment(day + dt.timedelta(days=1), zone, bands, calendar).date()
        at = dt.datetime.combine(following, clock, tzinfo=zone)
    return at


# --- Each of them -------------------------------------------------------------------------------------------------------
def _reached(data, outcome, by):
    if data.get("level") != Level.REACHED:
        data["outcome"] = ""  # of a call that was not
    data["level"] = Level.REACHED
    data["answered_by"] = data.get("answered_by") or by
    if outcome:
        data["outcome"] = outcome


def _each(data, items, outcome):
    for item in items:
        data[prefix_of(item) + "outcome"] = outcome


def _unanswered(data, items):
    """Answers that a call in passing does not keep."""
    for item in items:
        for name in [name for name in data if name.startswith(prefix_of(item) + "q")]:
            del data[name]


def _note(data, words):
    if words and words not in data.get("note", ""):
        data["note"] = " ".join(text for text in (data.get("note", ""), words) if text)[:500]


def _marked(data, scene, marks) -> bool:
    """Whether nothing is left to speak about."""
    cars = {mark.vehicle_id for mark in marks}
    old = [value for value in data.getlist("mark") if (CarMark.read(value) or marks[0]).vehicle_id not in cars]
    data.setlist("mark", old + [mark.value for mark in marks])
    every = [mark for mark in map(CarMark.read, data.getlist("mark")) if mark is not None]

    def is_settled(item):
        rule = BY_CODE.get(item.rule)
        return any(mark.vehicle_id == item.vehicle_id and rule and mark.settles(rule) for mark in every)

    return all(is_settled(item) or item.callable_at > scene.now for item in scene.items)


def _gone(told, data, scene) -> bool:
    _reached(data, "", AnsweredBy.OWNER)
    return _marked(data, scene, [CarMark(pk, why=GoneReason(told.what)) for pk in told.cars])


def _used(told, data, scene) -> bool:
    use = "" if told.use == PRIVATE else told.use
    _reached(data, "", AnsweredBy.OWNER)
    _note(data, told.note)
    return _marked(data, scene, [CarMark(pk, use=use) for pk in told.cars]) and use in SPARED_USES


def _died(told, data, scene) -> bool:
    _reached(data, scene.codes[Effect.DECEASED], AnsweredBy.FAMILY)
    if data["answered_by"] == AnsweredBy.OWNER:  # chosen before one heard it
        data["answered_by"] = AnsweredBy.FAMILY
    _each(data, scene.items, "")
    _unanswered(data, scene.items)
    _note(data, told.note)
    return True


def _wrong(told, data, scene) -> bool:
    data["level"], data["outcome"] = Level.INVALID, scene.codes[Effect.WRONG_NUMBER]
    return True


def _dropped(told, data, scene) -> bool:
    _reached(data, scene.codes[Effect.DROPPED], AnsweredBy.OTHER)
    _each(data, scene.items, "")
    _each(data, [item for item in scene.items if item.callable_at > scene.now], LEAVE)
    if all(item.callable_at > scene.now for item in scene.items):  # she was called before their time
        _each(data, scene.items, "")
    _unanswered(data, scene.items)
    return True


def _evening(told, data, scene) -> bool:
    _reached(data, scene.codes[Effect.PROMISE], AnsweredBy.OWNER)
    data["promise_at"] = f"{scene.evening:%Y-%m-%dT%H:%M}"
    return False


def _driver(told, data, scene) -> bool:
    """The survey is the driver's; what is meant for the owner comes back on another day."""
    _reached(data, "", AnsweredBy.DRIVER)
    data["answered_by"] = AnsweredBy.DRIVER
    data["outcome"] = data.get("outcome") or scene.codes[Effect.DONE]
    owners = [item for item in scene.items if item.rule in BY_CODE and BY_CODE[item.rule].for_owner]
    _each(data, [item for item in owners if item.callable_at <= scene.now], scene.codes.get(Effect.RETRY, LEAVE))
    return False


def _workshop(told, data, scene) -> bool:
    _reached(data, scene.codes[Effect.HANDED_OVER], AnsweredBy.OWNER)
    data["promise_at"] = f"{scene.check_at:%Y-%m-%dT%H:%M}"
    _note(data, told.note)
    for item in scene.items:
        name = prefix_of(item) + "outcome"
        if not data.get(name) and item.pk in scene.answered:
            data[name] = scene.codes[Effect.DONE]
    return True


_MEET: dict[str, Callable] = {
    What.SOLD: _gone,
    What.SCRAPPED: _gone,
    What.MOVED: _gone,
    What.DIED: _died,
    What.USE: _used,
    What.WRONG: _wrong,
    What.DROPPED: _dropped,
    What.EVENING: _evening,
    What.DRIVER: _driver,
    What.WORKSHOP: _workshop,
}
