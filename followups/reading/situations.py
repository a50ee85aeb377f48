"""What the dialog of situations shows, and what was said of the cars so far."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q

from accounts.calendar import calendar_of
from accounts.models import User
from complaints.choices import Department
from customers.choices import GoneReason, VehicleUse
from customers.models import Vehicle
from cvp.services import key_answered
from followups import wording
from followups.choices import Effect, Level
from followups.models import DueItem
from followups.reading.entries import Entries
from followups.rules import BY_CODE
from followups.services.situations import CarMark
from followups.situations import CHECK_MINUTES, ENTRIES, USES, Entry, Scene, What, evening_of

RECEIVES = "customers.view_customer"  # whoever is told must be able to open her page
STEERS = "manage_queue"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class MarkLine:
    """`沪A8F2K1 已转让`, as the desk shows it; `value` is what its form carries."""

    value: str
    words: str


@dataclass(frozen=True)
class SituationsPage:
    entries: tuple[Entry, ...]
    what: str  # of a refused one
    cars: list  # CarSheets; those that are meant are marked
    chosen: set[int]
    uses: list
    use: str
    note: str
    words: str
    told: set[int]  # ids of who was chosen; the people themselves are read when they are needed (people_of)
    departments: list
    department: str
    minutes: list[tuple[int, str]]
    evening: str
    errors: list[str]


def situations_page(cars, entries: Entries, now: dt.datetime, dial, calendar, *, is_company=False) -> SituationsPage:
    """No query but the calendar's. `cars` are the desk's CarSheets. A company does not die: that entry is left out."""
    topical = [car.vehicle.pk for car in cars if car.is_topic]
    chosen = entries.numbers("situation-cars") or set(topical if len(topical) == 1 else ())
    if len(cars) == 1:
        chosen = {cars[0].vehicle.pk}
    evening = evening_of(now, now.tzinfo, dial.bands, calendar)
    names = ("what", "cars", "use", "note", "words", "to", "department", "minutes", "hand_over")
    errors = [entries.error(f"situation-{name}") for name in names]
    return SituationsPage(
        entries=tuple(entry for entry in ENTRIES if not (is_company and entry.what == What.DIED)),
        what=entries.value("situation-what") if any(errors) else "",
        cars=cars,
        chosen=chosen,
        # Several cars have the digits.
        uses=[
            ("" if len(cars) > 1 else str(key), "ABCD"[key - 1], *choice) for key, choice in enumerate(USES, start=1)
        ],
        use=entries.value("situation-use"),
        note=entries.value("situation-note"),
        words=entries.value("situation-words"),
        told=entries.numbers("situation-to"),
        departments=[(code, str(label)) for code, label in Department.choices],
        department=entries.value("situation-department") or Department.SERVICE,
        minutes=[(minutes, wording.moment(now + dt.timedelta(minutes=minutes), now)) for minutes in CHECK_MINUTES],
        evening=wording.moment(evening, now),
        errors=[error for error in errors if error],
    )


def people_of(user) -> list[User]:
    """The colleagues of her store who may be told, the managers first; each with `steers`. One query."""
    people = User.objects.with_perm(RECEIVES, backend=_BACKEND).filter(store=user.store).exclude(pk=user.pk)
    steers = Exists(Permission.objects.filter(group__user=OuterRef("pk"), codename=STEERS))
    return list(people.annotate(steers=steers).order_by("-steers", "full_name"))


def cars_of(card) -> list[int]:
    """Ids of the cars that a situation may be about: hers, and those of her topics."""
    topical = DueItem.objects.open().filter(customer_id=card.customer_id, vehicle__isnull=False).values("vehicle")
    mine = Q(owner_id=card.customer_id) | Q(pk__in=topical)
    return list(
        Vehicle.objects.alive().filter(mine, store_id=card.store_id).order_by("-pk").values_list("pk", flat=True)
    )


def marks_of(entries: Entries, cars) -> list[MarkLine]:
    names = {car.vehicle.pk: car.vehicle.name for car in cars}
    uses, reasons = dict(USES), dict(GoneReason.choices)
    marks = [CarMark.read(value) for value in entries.data.get("mark", ())]
    return [
        MarkLine(
            mark.value, f"{names[mark.vehicle_id]} · {reasons[mark.why] if mark.why else uses[mark.use or 'private']}"
        )
        for mark in marks
        if mark is not None and mark.vehicle_id in names
    ]


def settled_by(entries: Entries, items) -> dict[int, str]:
    """{item: why nothing is to be said about it any more}, by what was said of its car."""
    marks = [mark for mark in map(CarMark.read, entries.data.get("mark", ())) if mark is not None]
    words = dict(GoneReason.choices) | dict(VehicleUse.choices)
    return {
        item.pk: str(words[mark.why or mark.use])
        for item in items
        for mark in marks
        if mark.vehicle_id == item.vehicle_id and item.rule in BY_CODE and mark.settles(BY_CODE[item.rule])
    }


def scene_of(form, now: dt.datetime, store, bands, check_at: dt.datetime) -> Scene:
    """What a situation meets; `form` is the (unchecked) VisitForm of what stands on the desk."""
    codes = {}
    for outcome in form.outcomes.values():
        if outcome.level == Level.REACHED or outcome.effect == Effect.WRONG_NUMBER:
            codes.setdefault(outcome.effect, outcome.code)
    return Scene(
        items=form.items,
        answered=frozenset(item.pk for item in form.items if _is_answered(form, item)),
        codes=codes,
        now=now,
        evening=evening_of(now, store.zone, bands, calendar_of(store)),
        check_at=check_at,
    )


def _is_answered(form, item) -> bool:
    version = form.version_of.get(item.pk)
    try:
        return version is not None and key_answered(version, form.answers_of(item))
    except ValidationError:
        return False
