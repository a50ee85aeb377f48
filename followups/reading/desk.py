"""One card at the desk: the customer, her numbers, every open topic with its script and questions, her cars and contacts."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.calendar import calendar_of
from common.bands import band_of, next_attempt
from common.masking import masked
from complaints.choices import Department, Severity
from complaints.reading.causes import cause_choices
from complaints.reading.repeats import Repeat, repeat_of
from customers.answers import known_hour
from customers.choices import CustomerKind, PhoneState
from customers.models import Contact, Customer, Phone, RepairOrder, Vehicle
from customers.wording import answering
from followups import wording
from followups.choices import AnsweredBy, Level, SkipReason
from followups.models import Call, CallCard, DueItem, Outcome
from followups.permissions import holds
from followups.reading.attempts import Tried, tried_on_card
from followups.reading.bar import Bar, bar_of
from followups.reading.entries import Entries
from followups.reading.holdings import HandedNote, notes_on
from followups.reading.items import with_facts
from followups.reading.opening import opening_of
from followups.reading.order import Standing, sentence, why_first, why_later
from followups.reading.restraint import contacted_line
from followups.reading.situations import MarkLine, SituationsPage, marks_of, settled_by, situations_page
from followups.reading.topics import TopicSheet, topics_of

CARS_SHOWN = 6  # of a fleet the cars that are spoken about come first
VISITS_PER_CAR = 3
CONTACTS_SHOWN = 12
CONTACT = ("at", "channel", "connected", "topics", "summary", "note", "by__full_name", "by__username")
VISIT = ("vehicle_id", "opened_on", "kind", "items", "service_advisor", "odometer_km")
WHY_SHOWN = 2  # in the head; each topic says its own reason below
# Fields of the result bar, whose errors stand together beneath it; the others show theirs in place.
RESULT_FIELDS = ("level", "outcome", "answered_by", "note", "promise_at", "mark", "hand_over", "__all__")
STALE_DAYS = 180  # a number nobody confirmed for half a year is worth asking about


@dataclass
class Number:
    phone: Phone
    words: str  # in full for the holder of the card, else masked
    verified: wording.Words
    tried: str  # the outcome of the last attempt on it in this sitting
    is_usable: bool
    is_chosen: bool
    key: str
    fix_typed: str
    fix_error: str


@dataclass(slots=True)
class OutcomeChoice:
    """An outcome worded once: every topic lists all of them."""

    code: str
    label: str
    effect: str
    note_required: bool


@dataclass
class NumbersPage:
    """What the number list alone needs, under the names it has on the DeskPage."""

    card: CallCard
    customer: Customer
    token: str
    entries: Entries
    numbers: list[Number]
    is_reachable: bool  # one of the numbers may reach her


@dataclass
class CarSheet:
    vehicle: Vehicle
    is_topic: bool
    visits: list[RepairOrder] = field(default_factory=list)


@dataclass
class DeskPage:
    """Everything the desk shows. `entries` is what has been typed (a draft, or a refused save); `next_words` when a failed
    attempt comes back."""

    card: CallCard
    customer: Customer
    token: str  # of her lease; "" where she does not hold the card (any more)
    bar: Bar
    entries: Entries
    numbers: list[Number]
    is_reachable: bool
    tried: list[Call]
    repeat: Repeat | None  # she complains again and again
    topics: list[TopicSheet]
    opening: str  # the first words, where there are several topics
    marks: list[MarkLine]  # what was said of her cars and is not saved yet
    situations: SituationsPage
    outcomes: dict[str, list[OutcomeChoice]]
    complaint_choices: dict[str, list[tuple[str, str]]]
    answered_by: list
    cars: list[CarSheet]
    cars_hidden: int
    contacts: list[Contact]
    last_contact: Contact | None
    last_contact_day: str
    answering: str  # at which hour she mostly answers
    contacted: str  # how often within the budget's days, and by whom
    attempts: int
    in_vain: list[Tried]  # what was tried so far, the proof of the attempts
    next_words: str
    promise_choices: list[tuple[str, str]]
    skip_reasons: list
    skip_reason: str
    skip_note: str
    skip_error: str
    why_now: list[TopicSheet]
    why_more: int
    here: str  # why the card came first, or why it waits
    shown_errors: list[str]
    panels: list[str] = field(default_factory=list)  # addresses of what lies above, shown beside
    handed: list[HandedNote] = field(default_factory=list)  # from whom it came, and what she wrote about it


def desk_page(card: CallCard, user, now: dt.datetime, entries: Entries) -> DeskPage:
    """Some twenty queries whatever the topics, cars and contacts. `now` in the store's zone."""
    customer = card.customer
    bar = bar_of(user, now)
    items = open_items(card, now)
    token = token_for(card, user)
    tried = _tried(card, token) if card.lease_token in bar.visits else []
    outcomes = defaultdict(list)
    listed = Outcome.objects.listed().filter(store_id=card.store_id, retired_at__isnull=True)
    for outcome in listed.order_by("order", "id"):
        choice = OutcomeChoice(outcome.code, outcome.label, outcome.effect, outcome.note_required)
        outcomes[outcome.level].append(choice)
    cars, hidden = _cars(card, items)
    contacts = Contact.objects.alive().filter(customer=customer).select_related("by").only(*CONTACT)[:CONTACTS_SHOWN]
    contacts = list(contacts)
    for contact in contacts:
        contact.words = wording.contact(contact)
    spoken = next((contact for contact in contacts if contact.connected), None)
    failed = "".join(item.bands_failed for item in items) + (band_of(now, now.tzinfo, bar.dial.bands) or "")
    topics = topics_of(items, customer, user, now, entries, outcomes[Level.REACHED])
    settled = settled_by(entries, items)
    for topic in topics:
        topic.settled = settled.get(topic.item_id, "")
    pressing = [topic for topic in topics if not topic.is_later]
    calendar = calendar_of(user.store)
    numbers = _numbers(customer, token, tried, entries, now)
    return DeskPage(
        card=card,
        customer=customer,
        token=token,
        bar=bar,
        entries=entries,
        numbers=numbers,
        is_reachable=is_reachable(numbers),
        tried=tried,
        repeat=repeat_of(card.store, customer.pk, now.date()),
        topics=topics,
        opening=opening_of(topics, customer),
        marks=marks_of(entries, cars),
        situations=situations_page(
            cars, entries, now, bar.dial, calendar, is_company=customer.kind == CustomerKind.COMPANY
        ),
        outcomes=dict(outcomes),
        complaint_choices={
            "causes": cause_choices(card.store_id),
            "departments": _worded(Department),
            "severities": _worded(Severity),
        },
        answered_by=[(str(key), *choice) for key, choice in enumerate(AnsweredBy.choices, start=1)],
        cars=cars,
        cars_hidden=hidden,
        contacts=contacts,
        last_contact=spoken,
        last_contact_day=wording.past_day(spoken.at.astimezone(now.tzinfo).date(), now.date()) if spoken else "",
        answering=answering(known_hour(customer)),
        contacted=contacted_line(customer, bar.dial, now),
        attempts=max((item.attempts for item in items), default=0),
        in_vain=tried_on_card(items, card.store, now, bar.dial.bands),
        next_words=wording.moment(next_attempt(now, now.tzinfo, bar.dial.bands, failed, calendar), now),
        promise_choices=promise_choices(now),
        skip_reasons=skip_reasons(is_reachable(numbers)),
        skip_reason=entries.value("skip-reason"),
        skip_note=entries.value("skip-note"),
        skip_error=entries.error("skip-reason") or entries.error("skip-note"),
        why_now=pressing[:WHY_SHOWN],
        why_more=len(pressing[WHY_SHOWN:]),
        here=_here(card, items, now, bar.dial),
        shown_errors=[entries.error(name) for name in RESULT_FIELDS if entries.error(name)],
        panels=[reverse(name, args=[customer.pk]) for name, right in settings.DESK_PANELS if user.has_perm(right)],
        handed=notes_on(card, now),
    )


def _here(card, items, now, dial) -> str:
    customer = card.customer
    hours = (customer.preferred_hour, customer.learned_hour)
    standing = Standing(card.callable_at, card.rules, card.rank, card.skipped_until, card.rested_until, *hours)
    later = why_later(standing, items, now, bands=dial.bands)
    if later:
        return _("%(when)s: %(why)s") % {"when": wording.callable_from(card.callable_at, now), "why": later}
    return sentence(why_first(standing, items, now, beside_its_badge=True))


def _worded(choices) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in choices.choices]


def numbers_of(card: CallCard, user, entries: Entries, now: dt.datetime) -> NumbersPage:
    """The number list for a swap of its own."""
    token = token_for(card, user)
    numbers = _numbers(card.customer, token, _tried(card, token), entries, now)
    return NumbersPage(card, card.customer, token, entries, numbers, is_reachable(numbers))


def is_reachable(numbers: list[Number]) -> bool:
    return any(number.is_usable for number in numbers)


def skip_reasons(reachable: bool) -> list[tuple[str, str]]:
    return [choice for choice in SkipReason.choices if not (reachable and choice[0] == SkipReason.NO_NUMBER)]


def token_for(card: CallCard, user) -> str:
    """The lease token, for its holder alone."""
    return str(card.lease_token) if holds(user, card) else ""


def _tried(card, token) -> list[Call]:
    """The numbers tried in this sitting."""
    if not token:
        return []
    tried = Call.objects.filter(card=card, visit=token, undone_at__isnull=True)
    return list(tried.select_related("outcome").order_by("at", "id"))


def open_items(card: CallCard, now: dt.datetime) -> list[DueItem]:
    """The card's open topics with their facts annotated: promises whose time has come, then by deadline, last what is for later."""
    items = DueItem.objects.open().filter(customer_id=card.customer_id).select_related("vehicle__care")
    return sorted(
        with_facts(items), key=lambda item: (item.callable_at > now, item.due_at is None, item.due_on, item.pk)
    )


def promise_choices(now: dt.datetime) -> list[tuple[str, str]]:
    """(value of a datetime-local field, words): the times customers name most."""
    today = now.replace(second=0, microsecond=0)
    tomorrow = today + dt.timedelta(days=1)
    soon = (today + dt.timedelta(minutes=60)).replace(minute=today.minute // 5 * 5)
    evening = today.replace(hour=18, minute=0)
    moments = [soon, evening] if soon < evening else [soon]
    moments += [tomorrow.replace(hour=9, minute=30), tomorrow.replace(hour=14, minute=30)]
    return [(f"{moment:%Y-%m-%dT%H:%M}", wording.moment(moment, now)) for moment in moments]


def _numbers(customer, token, tried, entries, now) -> list[Number]:
    outcome_of = {call.phone_id: call.outcome.label for call in tried}
    phones = list(Phone.objects.alive().filter(customer=customer).order_by("-is_primary", "id"))
    bad = (PhoneState.DEAD, PhoneState.WRONG)
    free = [phone for phone in phones if phone.pk not in outcome_of and phone.state not in bad]
    wanted = entries.number("phone")
    if wanted not in {phone.pk for phone in phones}:
        wanted = (free or phones)[0].pk if phones else None
    return [
        Number(
            phone=phone,
            words=wording.spaced(phone.number) if token else masked(phone.number),
            verified=_verified(phone, now),
            tried=outcome_of.get(phone.pk, ""),
            is_usable=phone.state not in bad,
            is_chosen=phone.pk == wanted,
            key=str(key),
            fix_typed=entries.value(f"fix-{phone.pk}"),
            fix_error=entries.error(f"fix-{phone.pk}"),
        )
        for key, phone in enumerate(phones, start=1)
    ]


def _verified(phone, now) -> wording.Words:
    if phone.verified_at is None:
        return wording.Words("", "warn")
    on = phone.verified_at.astimezone(now.tzinfo).date()
    return wording.Words(wording.past_day(on, now.date()), "warn" if (now.date() - on).days > STALE_DAYS else "good")


def _cars(card, items) -> tuple[list[CarSheet], int]:
    topical = {item.vehicle_id for item in items if item.vehicle_id}
    mine = Q(owner_id=card.customer_id) | Q(pk__in=topical)
    vehicles = list(Vehicle.objects.alive().filter(mine, store_id=card.store_id).order_by("-id")[: CARS_SHOWN * 10])
    vehicles.sort(key=lambda vehicle: vehicle.pk not in topical)
    shown = vehicles[:CARS_SHOWN]
    sheets = {vehicle.pk: CarSheet(vehicle, vehicle.pk in topical) for vehicle in shown}
    orders = RepairOrder.objects.alive().filter(vehicle__in=sheets.keys()).only(*VISIT).order_by("-opened_on", "-id")
    for order in orders[: CARS_SHOWN * 20]:
        visits = sheets[order.vehicle_id].visits
        if len(visits) < VISITS_PER_CAR:
            visits.append(order)
    return list(sheets.values()), len(vehicles) - len(shown)
