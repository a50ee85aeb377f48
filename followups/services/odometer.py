"""What a customer says her car has run: a reading like any other, checked against the last one, and what it does to the reminder.

She who answers that the kilometres are not reached yet is reminded again when they are: her topic stays open and moves to the day that
her reading gives. Until somebody tries her again, runs move it as the prediction moves; a visit overtakes it. Where its window
would be open all the same, she has been reminded by this call, and the topic is done.
"""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.calendar import calendar_of
from audit.choices import Source
from common.bands import first_call_moment
from customers.care.pace import POSSIBLE
from customers.models import Vehicle
from customers.services import update_vehicle
from customers.services.care import foresee
from customers.sheets.owners import LARGEST_ODOMETER
from customers.tasks import work_out_car
from cvp.defaults import NOT_YET, ODOMETER, READING
from cvp.services import read_answers
from followups.choices import Effect
from followups.rules import BY_CODE
from followups.services.dials import windows_of
from followups.services.generation.shapes import Shape

REMINDERS = ("first_service", "periodic_service")


def kilometres(text) -> int | None:
    """The number in her answer; None where it is none."""
    found = READING.fullmatch((text or "").strip())
    if found is None:
        return None
    number = Decimal(re.sub(r"[^\d.]", "", found[1]))
    return int(number * 10_000 if found[2] else number)


def faults_of(piece, today) -> dict:
    """{"q<id>": error} where the reading of a checked topic cannot be true."""
    question, km = _told(piece)
    if km is None:
        return {}
    words = _refusal(piece.item.vehicle, km, today)
    return {f"q{question.pk}": ValidationError(words, code="odometer")} if words else {}


def _told(piece):
    """(question, kilometres) of a topic about a car."""
    if piece.version is None or piece.item.vehicle is None or piece.outcome.effect == Effect.CAR_GONE:
        return None, None
    question = next((each for each in piece.version.questions.all() if each.code == ODOMETER.code), None)
    return question, kilometres(piece.topic.answers.get(question.pk)) if question else None


def _refusal(car, km, today) -> str:
    if km > LARGEST_ODOMETER:
        return _("No car has run so far.")
    known, read_on = car.odometer_km, car.odometer_on
    is_new_meter = car.odometer_reset_on is not None and (read_on is None or read_on < car.odometer_reset_on)
    if known is None or is_new_meter:
        return ""
    told = {"km": f"{known:,}", "day": read_on.isoformat() if read_on else "–"}
    if km < known:
        return _("Less than the last reading: %(km)s km (%(day)s). Ask again, or leave it empty.") % told
    if read_on is not None and km - known > POSSIBLE * max((today - read_on).days, 1):
        return _("Too much since the last reading: %(km)s km (%(day)s). Ask again, or leave it empty.") % told
    return ""


def take_readings(sitting, call, work):
    """Write what she said to her cars; what stood there is kept in the call, for an undo. The plan is worked out after the call."""
    told = {}
    for piece in work:
        _question, km = _told(piece)
        if km is not None:
            told[piece.item.vehicle_id] = max(km, told.get(piece.item.vehicle_id, 0))
    for pk, km in sorted(told.items()):
        car = Vehicle.objects.get(pk=pk)
        before = [car.odometer_km, car.odometer_on and car.odometer_on.isoformat()]
        _write(car, km, sitting.today, by=sitting.by, now=sitting.now)
        after = [km, sitting.today.isoformat()]
        call.undo_data.setdefault("readings", {})[str(pk)] = {"before": before, "after": after}
    if told:
        call.save(update_fields=["undo_data"])


def _write(car, km, day, *, by, now):
    changes = {"odometer_km": km, "odometer_on": day}
    update_vehicle(car, changes, by=by, source=Source.CALL, now=now)
    transaction.on_commit(lambda: work_out_car.delay(car.store_id, car.pk))


def put_back_readings(calls, *, by, now):
    """Undo of these calls, the latest first; a reading that another has replaced since stays."""
    for call in calls:
        for pk, told in call.undo_data.get("readings", {}).items():
            car = Vehicle.objects.filter(pk=pk).first()
            if car is not None and [car.odometer_km, car.odometer_on and car.odometer_on.isoformat()] == told["after"]:
                _write(car, *told["before"], by=by, now=now)


# --- Not reached yet --------------------------------------------------------------------------------------------------
def put_off(sitting, piece) -> bool:
    """Move a reminder that was answered by "not due yet" and a reading. False: it is done."""
    item = piece.item
    if item.rule not in REMINDERS or _told(piece)[1] is None or not _says_not_yet(piece):
        return False
    rule = BY_CODE[item.rule]
    day = getattr(foresee(Vehicle.objects.get(pk=item.vehicle_id), now=sitting.now), rule.anchor)
    shape = Shape(rule, tuple(window for window in windows_of(sitting.store, (rule,))[rule.code] if window.is_on))
    if day is None or not shape.slots:
        return False
    days = shape.place(shape.slots[0], day)
    if days.opens_on <= sitting.today:
        return False
    item.anchor_on, item.opens_on, item.due_on, item.expires_on = day, days.opens_on, days.due_on, days.expires_on
    item.bands_failed = ""  # the next tries begin anew
    item.callable_at = first_call_moment(
        days.opens_on, sitting.zone, sitting.dial.bands, calendar_of(sitting.store), until=days.expires_on
    )
    return True


def _says_not_yet(piece) -> bool:
    return any(
        number is not None and 1 <= number <= len(question.choices) and question.choices[number - 1]["zh"] == NOT_YET[0]
        for question, number, _text in read_answers(piece.version, piece.topic.answers)
    )
