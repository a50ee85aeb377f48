"""The queue page: which cards, in which order, and why each is there."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.masking import masked
from common.paging import keyset_page
from customers.choices import CustomerKind, PhoneState
from customers.models import Customer, Phone
from customers.models.vehicle import car_name
from followups import wording
from followups.models import Call, CallCard, DeskDial, DueItem
from followups.models.dials import MOST_PATIENCE
from followups.reading.counts import count_words
from followups.reading.items import WhyNow, WhyWords, with_facts
from followups.reading.order import Standing, sentence, why_first, why_later
from followups.reading.restraint import contacted_lines
from followups.rules import BY_CODE
from followups.services.cards import rank_of

PAGE = 50

# The tabs, in their order: what a specialist asks for.
TABS = {
    "ready": gettext_lazy("Callable now"),
    "later": gettext_lazy("Later"),
    "mine": gettext_lazy("For me"),
    "overdue": gettext_lazy("Overdue"),
}
ORDERS = {"later": ("callable_at", "id"), "mine": ("callable_at", "id")}
ORDER = ("rank", "callable_at", "id")  # as the next card is chosen, so that the list explains the choice


def cards_of(tab: str, user, now: dt.datetime):
    """The open cards under a tab, unordered. Cards that a colleague holds are among them: the list says who."""
    cards = CallCard.objects.visible_to(user)
    if tab == "later":
        return cards.open().filter(callable_at__gt=now)
    if tab == "mine":
        mine = cards.open().filter(pinned_to=user).values("pk")
        return cards.filter(
            pk__in=mine.union(cards.open().filter(assigned_to=user, assigned_until__gt=now).values("pk"))
        )
    if tab == "overdue":
        return overdue(cards, now.date())
    return cards.callable(now)


def overdue(cards, today: dt.date):
    """A card's rank goes by its earliest deadline and what its rule may wait (services.cards.rank_of): it bounds the scan of the
    index."""
    return cards.open().filter(due_on__lt=today, rank__lt=rank_of(today + dt.timedelta(days=MOST_PATIENCE), 0))


@dataclass(slots=True)
class Row:
    """One card as the list shows it; every text is worded already, since 50 rows make the template the cost of the page.

    `deed` is "back" (she holds it), "take", or "" (a colleague holds it, or promised the call); `tags` are (tone, text).
    """

    pk: int
    name: str
    is_company: bool
    number: str
    topics: list[WhyNow]
    tags: list[tuple[str, str]]
    deed: str
    take_url: str
    here: str = ""  # why it stands here
    segment: str = ""


@dataclass(frozen=True)
class Empty:
    """Why a page is empty: `why` is "later" (the next may be called at `next_moment`), "done" (all of today's calls are made),
    "no_data" (the store has no customers) or "nothing" (none was due). `called`: customers the store has called today.
    """

    why: str
    called: int
    next_moment: str


@dataclass
class QueuePage:
    rows: list[Row]
    next_page: str
    empty: Empty | None = None


def chosen(query) -> tuple[str, str]:
    """(tab, rule code or "") that the query of the queue's page names."""
    tab = query["tab"] if query.get("tab") in TABS else "ready"
    return tab, query["rule"] if query.get("rule") in BY_CODE else ""


def listed(user, now: dt.datetime, *, tab: str, rule: str = ""):
    """(the cards under a tab, with a topic of this rule if one is named, as named tuples with the columns CARD; their order)."""
    cards = cards_of(tab, user, now)
    if rule:
        cards = cards.filter(Exists(DueItem.objects.open().filter(customer_id=OuterRef("customer_id"), rule=rule)))
    number = Phone.objects.alive().filter(customer_id=OuterRef("customer_id")).order_by("-is_primary", "id")
    usable = Exists(number.exclude(state__in=(PhoneState.DEAD, PhoneState.WRONG)))
    cards = cards.annotate(number=Subquery(number.values("number")[:1]), is_reachable=usable)
    return cards.values_list(*CARD, named=True), ORDERS.get(tab, ORDER)


def queue_page(user, now: dt.datetime, *, dial: DeskDial, tab: str, rule: str = "", after: str = "") -> QueuePage:
    """Three queries (four or five where nothing is there). `dial` is the store's; `after` is the `next_page` of the page before; a garbled one means the first."""
    cards, order = listed(user, now, tab=tab, rule=rule)
    page = keyset_page(cards, order, after=after, size=PAGE)
    ids = [card.customer_id for card in page.rows]
    items, contacted = topics_of(ids), contacted_lines(ids, dial, now)
    words = WhyWords(now)
    address = reverse("followups:take", args=[0])  # asked once: fifty times is a tenth of the page
    rows = [
        _row(card, items[card.customer_id], words, user, now, dial, address.replace("0", str(card.id)), contacted)
        for card in page.rows
    ]
    return QueuePage(rows, page.next, None if rows else _empty(user, now))


# Values, not instances: a page of 50 would make 200 objects only to read a dozen columns.
CARD = (
    "id",
    "rank",
    "rules",
    "callable_at",
    "skipped_until",
    "rested_until",
    "customer_id",
    "customer__name",
    "customer__kind",
    "customer__preferred_hour",
    "customer__learned_hour",
    "customer__segment",
    "number",
    "is_reachable",
    "lease_by_id",
    "lease_by__full_name",
    "lease_until",
    "pinned_to_id",
    "pinned_to__full_name",
    "pinned_until",
    "kept_for_id",
    "kept_for__full_name",
    "kept_until",
    "assigned_to_id",
    "assigned_to__full_name",
    "assigned_until",
)
ITEM = (
    "customer_id",
    "rule",
    "opens_on",
    "due_on",
    "due_at",
    "callable_at",
    "bands_failed",
    "anchor_on",
    "attempts",
    "subject",
    "vehicle__plate",
    "vehicle__vin",
    "vehicle__series",
    "vehicle__brand",
)


def topics_of(customer_ids) -> dict[int, list]:
    """{customer id: the open items of her card, most urgent first, with the columns ITEM}. One query."""
    items = defaultdict(list)
    if customer_ids:
        rows = with_facts(DueItem.objects.open().filter(customer_id__in=customer_ids))
        rows = rows.order_by(F("due_at").asc(nulls_last=True), "due_on", "id").values_list(*ITEM, named=True)
        for item in rows:
            items[item.customer_id].append(item)
    return items


def _car(item) -> str:
    return car_name(
        item.vehicle__plate or "", item.vehicle__series or item.vehicle__brand or "", item.vehicle__vin or ""
    )


def _standing(card) -> Standing:
    return Standing(
        card.callable_at,
        card.rules,
        card.rank,
        card.skipped_until,
        card.rested_until,
        card.customer__preferred_hour,
        card.customer__learned_hour,
    )


def _row(card, items, words, user, now, dial, take_url, contacted) -> Row:
    topics = [words.of(item, _car(item)) for item in items]
    standing = _standing(card)
    mine = card.lease_by_id == user.pk
    held = not mine and card.lease_by_id is not None and card.lease_until > now
    pinned = card.pinned_to_id is not None and card.pinned_until is not None and card.pinned_until > now
    attempts = max((topic.attempts for topic in topics), default=0)
    tags = []
    if not card.is_reachable:
        tags.append(("bad", _("no usable number")))
    if mine:
        tags.append(("info", _("with you")))
    elif held:
        tags.append(("info", _("%(name)s is calling") % {"name": card.lease_by__full_name}))
    if pinned:
        tags.append(("warn", _("promised by %(name)s") % {"name": card.pinned_to__full_name}))
    elif card.assigned_to_id is not None and card.assigned_until > now:
        words = _("for you") if card.assigned_to_id == user.pk else _("for %(name)s")
        tags.append(("info", words % {"name": card.assigned_to__full_name}))
    elif card.kept_for_id not in (None, user.pk) and card.kept_until > now:
        tags.append(("", _("first for %(name)s") % {"name": card.kept_for__full_name}))
    if card.customer_id in contacted:
        is_rested = card.rested_until is not None and card.rested_until > now
        tags.append(("warn" if is_rested else "", contacted[card.customer_id]))
    if attempts:
        tags.append(("", ngettext("tried %(number)s time", "tried %(number)s times", attempts) % {"number": attempts}))
    waits = bool(card.callable_at and card.callable_at > now)
    if waits:
        tags.append(("", wording.callable_from(card.callable_at, now)))
        tags.append(("plain", why_later(standing, items, now, bands=dial.bands)))
    return Row(
        pk=card.id,
        name=card.customer__name,
        is_company=card.customer__kind == CustomerKind.COMPANY,
        number=masked(card.number or "") or "—",
        topics=topics,
        tags=tags,
        deed="back" if mine else "" if held or (pinned and card.pinned_to_id != user.pk) else "take",
        take_url=take_url,
        here="" if waits else sentence(why_first(standing, items, now, beside_its_badge=True)),
        segment=card.customer__segment,
    )


def _empty(user, now) -> Empty:
    card = cards_of("later", user, now).order_by("callable_at").values("callable_at").first()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    made = Call.objects.visible_to(user).filter(at__gte=midnight, undone_at__isnull=True)
    called = made.order_by().values("customer").distinct().count()
    if card:
        return Empty("later", called, wording.moment(card["callable_at"], now))
    if called:
        return Empty("done", called, "")
    return Empty("nothing" if Customer.objects.visible_to(user).exists() else "no_data", 0, "")


def tabs_of(bar) -> list[tuple[str, str, str]]:
    """(code, label, count in words) of the tabs, from the bar's counts."""
    return [(name, str(label), count_words(bar.counts[name])) for name, label in TABS.items()]
