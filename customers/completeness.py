"""How complete a customer's file is, how old what she confirmed is, and what is most worth asking her (F3, F5). Pure reading.

Nothing is stored: some twenty comparisons on rows that the page has anyway. Something on file counts half, confirmed lately it
counts whole, since a number that nobody has confirmed for a year is wrong in one case out of five (S0: wrong data wastes everything).
The weights say what a missing value costs a call centre (INF): without a number nothing else is of use, with an address at least
letters are; the ages are how long such a thing usually stays true in a big city (INF).
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from customers.choices import CustomerKind, PhoneState
from customers.models import Delivery, Vehicle
from customers.wording import birthday_words

YEAR = 365
ASKED_AT_ONCE = 2
NEW_OWNER_DAYS = 15  # as long as the call after delivery is of use, and a bit
PHONE, ADDRESS, POSTCODE, WECHAT, BIRTHDAY, CONTACT, PLATE, MILEAGE, NAME, OWNER = (
    "phone", "address", "postcode", "wechat", "birthday", "contact_person", "plate", "mileage", "name", "owner",
)  # fmt: skip
# {part: (weight, days for which a confirmation counts; None: for good, or nothing to confirm)}
PARTS = {
    PHONE: (30, YEAR),
    ADDRESS: (15, 2 * YEAR),
    CONTACT: (15, None),  # of a company
    NAME: (5, None),
    WECHAT: (10, None),
    BIRTHDAY: (10, None),  # of a person
    PLATE: (10, None),  # where she has a car
    MILEAGE: (10, YEAR),
    POSTCODE: (5, None),
}
_CONFIRMED = (PHONE, ADDRESS, NAME)  # half until she has confirmed it herself
_FIELDS = (ADDRESS, POSTCODE, WECHAT, BIRTHDAY, CONTACT, NAME)


@dataclass(frozen=True)
class Part:
    """One thing a file should say. `days`: since it was confirmed (or read); None: never, or not asked."""

    code: str
    weight: int
    value: object
    days: int | None
    share: float  # of its weight that it earns: 0, 0.5, 1

    @property
    def gain(self) -> float:
        return self.weight * (1 - self.share)


@dataclass(frozen=True)
class Ask:
    """A question to say, and whether there is something that she may simply confirm."""

    code: str
    words: str
    shown: str
    can_confirm: bool


@dataclass(frozen=True)
class FileCare:
    score: int
    phone_days: int | None
    has_phone: bool
    asks: list[Ask]
    is_new_owner: bool
    phone: object = None
    car: object = None


def file_care(customer, *, today: dt.date, zone) -> FileCare:
    """Three queries: her numbers, her newest car, her last delivery."""
    phones = [phone for phone in customer.phones.all() if not phone.is_void]
    usable = [phone for phone in phones if phone.state not in (PhoneState.WRONG, PhoneState.DEAD)]
    phone = next(iter(usable), None)
    car = Vehicle.objects.alive().filter(owner=customer, gone_on__isnull=True).order_by("-pk").first()
    parts = parts_of(customer, phone, car, today=today, zone=zone)
    whole = sum(part.weight for part in parts)
    by_code = {part.code: part for part in parts}
    is_new = _is_new_owner(customer, by_code, today)
    asks = sorted(
        (part for part in parts if part.gain and not (is_new and part.code in (PHONE, ADDRESS, POSTCODE, NAME))),
        key=lambda part: -part.gain,
    )
    return FileCare(
        score=round(100 * sum(part.weight * part.share for part in parts) / whole),
        phone_days=by_code[PHONE].days,
        has_phone=phone is not None,
        asks=[_ask(part, customer, car) for part in asks if part.code != NAME][: ASKED_AT_ONCE - is_new],
        is_new_owner=is_new,
        phone=phone,
        car=car,
    )


def parts_of(customer, phone, car, *, today, zone) -> list[Part]:
    """What a file of this kind of customer should say. No queries."""
    found = []
    for code, (weight, lasts) in PARTS.items():
        if code == CONTACT and customer.kind != CustomerKind.COMPANY:
            continue
        if code == BIRTHDAY and customer.kind == CustomerKind.COMPANY:
            continue
        if code in (PLATE, MILEAGE) and car is None:
            continue
        value, moment = _value(code, customer, phone, car)
        day = moment.astimezone(zone).date() if isinstance(moment, dt.datetime) else moment
        days = (today - day).days if day else None
        is_fresh = days is not None and (lasts is None or days <= lasts)
        share = 0 if value in (None, "") else 1 if is_fresh or (code not in _CONFIRMED and lasts is None) else 0.5
        found.append(Part(code, weight, value, days, share))
    return found


def _value(code, customer, phone, car):
    """(what the file says, when it was confirmed or read)"""
    if code == PHONE:
        return (phone.number, phone.verified_at) if phone else ("", None)
    if code == PLATE:
        return car.plate, None
    if code == MILEAGE:
        return car.odometer_km, car.odometer_on
    stamp = customer.verified.get(code)
    return getattr(customer, code), parse_datetime(stamp) if stamp else None


def _is_new_owner(customer, parts, today) -> bool:
    """A car was handed over to her lately, and since then she has not confirmed name, number and address (form 3)."""
    since = today - dt.timedelta(days=NEW_OWNER_DAYS)
    days = Delivery.objects.alive().filter(customer=customer, delivered_on__range=(since, today))
    day = days.order_by("-delivered_on").values_list("delivered_on", flat=True).first()
    if day is None:
        return False
    age = (today - day).days
    return any(parts[code].days is None or parts[code].days > age for code in (NAME, PHONE, ADDRESS))


def _ask(part, customer, car) -> Ask:
    has_value = part.value not in (None, "")
    told = {
        "tail": str(part.value)[-4:],
        "value": part.value,
        "car": car.plate or car.title if car else "",
        "name": customer.name,
    }
    known = {
        PHONE: _("Is the number ending in %(tail)s still the best one to reach you?"),
        ADDRESS: _("Is %(value)s still your address?"),
        MILEAGE: _("About how many kilometres has your car %(car)s run by now?"),
    }
    unknown = {
        PHONE: _("At which number may we reach you?"),
        ADDRESS: _("May I write down your address, so that letters reach you?"),
        POSTCODE: _("What is the postcode of your address?"),
        WECHAT: _("May we add you on WeChat? Under which account?"),
        BIRTHDAY: _("On which day may we wish you a happy birthday? Solar or lunar?"),
        CONTACT: _("Who looks after the cars in your company?"),
        PLATE: _("Does your new car have its plate by now? Which one?"),
        MILEAGE: _("About how many kilometres has your car %(car)s run by now?"),
    }
    words = (known if has_value and part.code in known else unknown)[part.code] % told
    shown = birthday_words(part.value, customer.birthday_is_lunar) if part.code == BIRTHDAY else ""
    return Ask(part.code, words, shown, has_value and part.code in (PHONE, ADDRESS))
