"""What a person holds that others wait for, and what has been handed over to whom."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.absences import absent_ids
from accounts.choices import Role
from accounts.models import User
from complaints.models import Complaint
from followups import wording
from followups.choices import Held, ItemState
from followups.models import Call, CallCard, Draft, DueItem, Handed, HandOver

SHOWN = 50  # of each kind; the count says how many there are
NOTED_DAYS = 30  # so long a hand-over is told on the card, as long as nobody has spoken with her since


@dataclass
class Holding:
    """One kind: how many, and the first of them as (name, words, address)."""

    kind: str
    label: str
    count: int
    rows: list[tuple[str, str, str]]


def holdings_of(person, store, now: dt.datetime, *, through=None) -> list[Holding]:
    """What `person` holds at `store`, in the order of Held; kinds without any are left out. `now` in the store's zone."""
    items = DueItem.objects.open().filter(store=store, pinned_to=person).order_by("due_on", "due_at", "pk")
    if through is not None:
        items = items.filter(due_on__lte=through)
    items = items.values_list("customer__name", "due_at", "due_on", "customer_id")
    kept = CallCard.objects.open().filter(store=store, kept_for=person, kept_until__gt=now).order_by("callable_at")
    reserved = (
        CallCard.objects.open().filter(store=store, assigned_to=person, assigned_until__gt=now).order_by("rank", "pk")
    )
    drafts = Draft.objects.filter(user=person, card__store=store).order_by("-updated_at")
    found = [
        (Held.LEASE, CallCard.objects.filter(store=store, lease_by=person), _lease_row),
        (Held.PROMISE, items.filter(due_at__isnull=False), _item_row),
        (Held.TASK, items.filter(due_at__isnull=True), _item_row),
        (Held.RESERVED, reserved.values_list("customer__name", "assigned_until", "customer_id"), _until_row),
        (Held.KEPT, kept.values_list("customer__name", "callable_at", "customer_id"), _moment_row),
        (Held.DRAFT, drafts.values_list("card__customer__name", "updated_at", "card__customer_id"), _moment_row),
        (Held.COMPLAINT, Complaint.objects.open().filter(store=store, handler=person).order_by("pk"), _case_row),
    ]
    whole = []
    for kind, rows, worded in found:
        count = rows.count()
        if count:
            some = rows.select_related("customer") if kind in (Held.LEASE, Held.COMPLAINT) else rows
            whole.append(Holding(kind.value, str(kind.label), count, [worded(row, now) for row in some[:SHOWN]]))
    return whole


def _file(customer_id):
    return reverse("customers:detail", args=[customer_id])


def _lease_row(card, now):
    return card.customer.name, wording.moment(card.lease_until, now), _file(card.customer_id)


def _item_row(row, now):
    name, due_at, due_on, customer_id = row
    return name, wording.moment(due_at, now) if due_at else f"{due_on:%Y-%m-%d}", _file(customer_id)


def _until_row(row, now):
    name, until, customer_id = row
    last = (until - dt.timedelta(seconds=1)).astimezone(now.tzinfo).date()
    return name, pgettext("move", "until %(day)s") % {"day": wording.day(last)}, _file(customer_id)


def _moment_row(row, now):
    name, at, customer_id = row
    return name, wording.moment(at, now), _file(customer_id)


def _case_row(complaint, now):
    return complaint.customer.name, complaint.number, reverse("complaints:detail", args=[complaint.pk])


def lines_of(person) -> list[tuple[str, int]]:
    """(words, count) of what she holds at her store (settings.HOLDINGS_OF)."""
    if person.store is None:
        return []
    now = timezone.now().astimezone(person.store.zone)
    return [(held.label, held.count) for held in holdings_of(person, person.store, now)]


def receivers_of(person, store, today) -> list[User]:
    """Who may get something of hers: the colleagues of the store who call and are there today; her own team first."""
    people = User.objects.filter(store=store, is_active=True, role__in=(Role.SPECIALIST, Role.MANAGER))
    people = people.exclude(Q(pk=person.pk) | Q(pk__in=absent_ids(store, today))).order_by("full_name", "pk")
    return sorted(people, key=lambda each: (each.role == Role.MANAGER, each.team_id != person.team_id))


def present_team(receivers: list[User], person) -> list[User]:
    """Among whom “evenly” shares: the specialists of her team who are there, else all specialists, else whoever is there."""
    specialists = [each for each in receivers if each.role == Role.SPECIALIST]
    team = [each for each in specialists if person.team_id is not None and each.team_id == person.team_id]
    return team or specialists or receivers


@dataclass
class HandedNote:
    """Why the card, or a topic on it, is with whom it is with."""

    words: str
    note: str


def notes_on(card, now: dt.datetime) -> list[HandedNote]:
    """What the desk says of the hand-overs of a card: of its open topics, and of the card itself until somebody has called. One query."""
    rows = Handed.objects.filter(card=card, hand_over__at__gte=now - dt.timedelta(days=NOTED_DAYS))
    called = Call.objects.filter(card=OuterRef("card"), undone_at__isnull=True, at__gt=OuterRef("hand_over__at"))
    rows = rows.filter(Q(item__state=ItemState.OPEN) | Q(~Exists(called), item__isnull=True)).exclude(kind=Held.LEASE)
    found = {}
    for line in rows.select_related("hand_over__person", "hand_over__by").order_by("-hand_over__at", "-id"):
        over = line.hand_over
        if over.pk not in found:
            words = _("from %(person)s, handed over %(day)s") % {
                "person": over.person,
                "day": wording.past_day(over.at.astimezone(now.tzinfo).date(), now.date()),
            }
            found[over.pk] = HandedNote(words, over.note)
    return list(found.values())


@dataclass
class HandedPage:
    over: HandOver
    lines: list[Handed]
    count: int


def handed_page(over: HandOver, user, *, whole: bool) -> HandedPage:
    """The things of one hand-over: all of them, or those that came to `user` or to the team. Two queries."""
    lines = over.lines.select_related("to", "card__customer", "item", "complaint__customer")
    if not whole:
        lines = lines.filter(Q(to=user) | Q(to__isnull=True))
    return HandedPage(over, list(lines[: SHOWN * 4]), lines.count())
