"""What a situation of a call changes beyond its topics: cars that are gone or driven as taxis, a customer who has died, people of
the store who are to ring her back at once; and how an undo puts all of it back.

services.visits calls `follow` once the topics are worked out, services.undo `put_back`. What they need to go back is in
Call.undo_data["situation"]. Which key brings about which situation, followups.situations says.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit.choices import Source
from complaints.choices import Department
from customers.choices import SPARED_USES, GoneReason, VehicleUse
from customers.models import Vehicle
from customers.services import bring_back, mark_deceased, mark_gone, set_use, update_customer
from followups.choices import CloseReason, Effect, ItemState, Level, PlanKind
from followups.models import Call, DueItem, Outcome
from followups.rules import BY_CODE
from followups.services.drafts import save_draft
from followups.services.planned import make_promise
from office import services as office
from office.choices import Severity

NOTICE = "hand_over"
GONE_CODES = {GoneReason.SOLD: "car_sold", GoneReason.SCRAPPED: "car_scrapped", GoneReason.MOVED: "car_moved"}
# What is typed anew where a call is taken up again after the line broke; answers and notes stand.
PASSED = ("level", "outcome", "answered_by", "promise_at", "mark")


@dataclass(frozen=True)
class CarMark:
    """What she said of a car: that it is gone (`why`, customers.choices.GoneReason), or what it is driven for (`use`, VehicleUse)."""

    vehicle_id: int
    why: str = ""
    use: str | None = None

    @property
    def value(self) -> str:
        """As the desk's form carries it (`read`)."""
        return f"{self.vehicle_id}:gone:{self.why}" if self.why else f"{self.vehicle_id}:use:{self.use}"

    @classmethod
    def read(cls, value: str) -> "CarMark | None":
        pk, _colon, rest = value.partition(":")
        deed, _colon, word = rest.partition(":")
        if pk.isascii() and pk.isdigit():
            if deed == "gone" and word in GoneReason.values:
                return cls(int(pk), why=word)
            if deed == "use" and word in ("", *VehicleUse.values):
                return cls(int(pk), use=word)
        return None

    def settles(self, rule) -> bool:
        """Whether nothing is to be said about this rule and the car any more."""
        if self.why:
            return rule.goes_with_car
        return self.use in SPARED_USES and rule.spares_fleets


@dataclass(frozen=True)
class HandOver:
    """These people (ids) of the store are to ring her back at once; at `check_at` she is asked whether somebody did."""

    words: str
    to: tuple[int, ...]
    department: str  # of complaints.choices, for whoever gets it
    check_at: dt.datetime


@dataclass(frozen=True)
class Also:
    """What a visit brings about beside its topics."""

    marks: tuple[CarMark, ...] = ()
    hand_over: HandOver | None = None

    def __bool__(self):
        return bool(self.marks or self.hand_over)

    @property
    def is_company(self) -> bool:
        """Whose car is a company car is a company."""
        return any(mark.use == VehicleUse.COMPANY for mark in self.marks)


def check(sitting, also: Also) -> None:
    """Raises ValidationError: `mark` of a car that is not hers, `hand_over` that tells nobody."""
    topical = {item.vehicle_id for item in sitting.items.values()}
    hers = Vehicle.objects.alive().filter(store=sitting.store, owner=sitting.customer)
    known = topical | set(hers.filter(pk__in=[mark.vehicle_id for mark in also.marks]).values_list("pk", flat=True))
    if any(mark.vehicle_id not in known for mark in also.marks):
        raise ValidationError({"mark": _("This car is not the customer's any more.")})
    if also.hand_over is not None:
        if not also.hand_over.words.strip():
            raise ValidationError({"hand_over": _("Write down what she wants.")})
        if not also.hand_over.to:
            raise ValidationError({"hand_over": _("Choose who is to ring her back.")})


def follow(sitting, call, also: Also) -> None:
    """Before the outcomes are written."""
    before = {}
    if also.marks:
        before["cars"] = _mark_cars(sitting, call, also.marks)
    if also.is_company:
        changed = update_customer(sitting.customer, {"kind": "company"}, **_told(sitting))
        before |= {"kind": changed["kind"][0]} if changed else {}
    if any(row.outcome.effect == Effect.DECEASED for row in sitting.rows):
        before |= _died(sitting)
    if also.hand_over is not None:
        before |= _hand_over(sitting, call, also.hand_over)
    if before:
        call.undo_data["situation"] = before
        call.save(update_fields=["undo_data"])


def keep_typed(card, by, typed: dict | None, now) -> None:
    """The line broke: what was answered so far stands on the desk when she is called again."""
    kept = {name: values for name, values in (typed or {}).items() if name not in PASSED}
    if kept:
        save_draft(card, by, kept, now)


# --- Cars ---------------------------------------------------------------------------------------------------------------
def _mark_cars(sitting, call, marks) -> dict:
    """{car: what it was}. Its topics that have no sense any more are closed."""
    cars = Vehicle.objects.in_bulk(sorted(mark.vehicle_id for mark in marks))
    before = {}
    for mark in sorted(marks, key=lambda mark: mark.vehicle_id):
        car = cars[mark.vehicle_id]
        before.setdefault(str(car.pk), [car.gone_on and car.gone_on.isoformat(), car.gone_why, car.use])
        told = _told(sitting)
        if mark.why:
            mark_gone(car, mark.why, on=sitting.today, **told)
        else:
            set_use(car, mark.use, reason=call.note, **told)
        over = [item for item in sitting.still_open() if item.vehicle_id == car.pk and mark.settles(BY_CODE[item.rule])]
        outcome = _outcome_of(sitting, mark) or call.outcome
        if mark.why:
            sitting.close_along(call, outcome, over, ItemState.OBSOLETE, CloseReason.CAR_GONE, why=mark.why)
        else:
            sitting.close_along(call, outcome, over, ItemState.OBSOLETE, CloseReason.FLEET, use=mark.use)
    return before


def _outcome_of(sitting, mark) -> Outcome | None:
    outcomes = Outcome.objects.filter(store=sitting.store, level=Level.REACHED)
    if mark.why:
        return outcomes.filter(code=GONE_CODES[mark.why]).first()
    return outcomes.filter(effect=Effect.FLEET).first()


# --- She has died -------------------------------------------------------------------------------------------------------
def _died(sitting) -> dict:
    """No message goes out any more either (her wish, services.aftermath, keeps the rules from making new ones)."""
    mark_deceased(sitting.customer, sitting.today, **_told(sitting))
    waiting = DueItem.objects.select_for_update().filter(customer=sitting.customer, state=ItemState.TO_SEND)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    over = {"state": ItemState.OBSOLETE, "reason": CloseReason.DECEASED, "reason_params": {}}
    DueItem.objects.filter(pk__in=ids).update(**over, closed_at=sitting.now, closed_by=sitting.by)
    return {"deceased": True, "messages": ids, "at": sitting.now.isoformat()}


# --- Somebody at the store rings back -------------------------------------------------------------------------------------
def _hand_over(sitting, call, hand_over) -> dict:
    """The people are told; a call of ours checks that somebody rang her, whatever becomes of the topics."""
    before = {"told": f"{NOTICE}-{call.pk}"}
    if not any(row.outcome.effect == Effect.HANDED_OVER for row in sitting.rows):
        planned = make_promise(
            sitting.customer,
            at=hand_over.check_at,
            subject=check_words(hand_over.words),
            by=sitting.by,
            now=sitting.now,
            vehicle=None,
            topic="",
            pinned_to=sitting.by,
        )
        before["planned"] = [planned.pk]
    office.notify_people(
        hand_over.to,
        store=sitting.store,
        code=NOTICE,
        key=before["told"],
        params={
            "customer": sitting.customer.name,
            "words": hand_over.words.strip(),
            "department": hand_over.department,
            "by": sitting.by.full_name,
        },
        severity=Severity.URGENT,
        url_name="customers:detail",
        url_args=[sitting.customer.pk],
    )
    return before


def check_words(words: str) -> str:
    return (_("Has somebody of the store rung back? %(words)s") % {"words": words.strip()})[:200]


def _word_hand_over(params) -> str:
    departments = dict(Department.choices)
    words = {**params, "department": departments.get(params.get("department"), "")}
    if words["department"]:
        return _("%(customer)s waits for a call from you now (%(department)s): %(words)s — told by %(by)s") % words
    return _("%(customer)s waits for a call from you now: %(words)s — told by %(by)s") % words


NOTICE_WORDS = {NOTICE: _word_hand_over}


def checked(customer, items) -> None:
    """Of these items the promises are over: who was told to ring her back about one of them is pressed no more."""
    promised = {item.fact_id for item in items if item.rule == PlanKind.PROMISE and item.state != ItemState.OPEN}
    if not promised:
        return
    calls = Call.objects.filter(customer=customer, undo_data__has_key="situation").prefetch_related("outcomes")
    for call in calls:
        told = call.undo_data["situation"]
        asked = {*told.get("planned", ()), *(row.planned_id for row in call.outcomes.all())}
        if "told" in told and asked & promised:
            office.resolve(store=customer.store, key=told["told"])


# --- Undo ---------------------------------------------------------------------------------------------------------------
def planned_by(calls) -> list[int]:
    """Ids of the planned calls that hang on no outcome."""
    return [pk for call in calls for pk in call.undo_data.get("situation", {}).get("planned", ())]


def put_back(customer, calls, *, by, now) -> None:
    told = {"by": by, "source": Source.CALL, "now": now}
    for call in calls:
        before = call.undo_data.get("situation", {})
        for car in Vehicle.objects.filter(pk__in=before.get("cars", ())).order_by("pk"):
            gone_on, why, use = before["cars"][str(car.pk)]
            if gone_on:
                mark_gone(car, why, on=dt.date.fromisoformat(gone_on), **told)
            else:
                bring_back(car, **told)
            set_use(car, use, **told)
        if "kind" in before:
            update_customer(customer, {"kind": before["kind"]}, **told)
        if "deceased" in before:
            mark_deceased(customer, None, **told)
            over = DueItem.objects.filter(pk__in=before["messages"], closed_at=parse_datetime(before["at"]))
            over.update(state=ItemState.TO_SEND, reason="", reason_params={}, closed_at=None, closed_by=None)
        if "told" in before:
            office.resolve(store=customer.store, key=before["told"])


def _told(sitting) -> dict:
    return {"by": sitting.by, "source": Source.CALL, "now": sitting.now}
