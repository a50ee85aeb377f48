"""The queue page: which cards, in which order, and why each is there."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.paging import keyset_page
from common.templatetags.dcrc import masked
from customers.choices import CustomerKind
from customers.models import Customer, Phone
from customers.models.vehicle import car_name
from followups import wording
from followups.models import Call, CallCard, DueItem
from followups.reading.counts import count_words
from followups.reading.items import WhyNow, WhyWords, with_facts
from followups.services.cards import rank_of

PAGE = 50

# The tabs, in their order: what a specialist asks for.
TABS = {
    "ready": gettext_lazy("Callable now"),
    "later": gettext_lazy("Later"),
    "mine": gettext_lazy("My promises"),
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
        return cards.open().filter(pinned_to=user)
    if tab == "overdue":
        # A card's rank goes by its earliest deadline (services.cards.rank_of): it bounds the scan of the index.
        return cards.open().filter(due_on__lt=now.date(), rank__lt=rank_of(now.date(), 0))
    return cards.callable(now)


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


def queue_page(user, now: dt.datetime, *, tab: str, rule: str = "", after: str = "") -> QueuePage:
    """Two queries (four or five where nothing is there). `after` is the `next_page` of the page before; a garbled one means the first."""
    cards = cards_of(tab, user, now)
    if rule:
        cards = cards.filter(Exists(DueItem.objects.open().filter(customer_id=OuterRef("customer_id"), rule=rule)))
    number = Phone.objects.alive().filter(customer_id=OuterRef("customer_id")).order_by("-is_primary", "id")
    cards = cards.annotate(number=Subquery(number.values("number")[:1])).values_list(*CARD, named=True)
    page = keyset_page(cards, ORDERS.get(tab, ORDER), after=after, size=PAGE)
    topics = _topics_of([card.customer_id for card in page.rows], now)
    address = reverse("followups:take", args=[0])  # asked once: fifty times is a tenth of the page
    rows = [_row(card, topics[card.customer_id], user, now, address.replace("0", str(card.id))) for card in page.rows]
    return QueuePage(rows, page.next, None if rows else _empty(user, now))


# Values, not instances: a page of 50 would make 200 objects only to read a dozen columns.
CARD = (
    "id",
    "rank",
    "callable_at",
    "customer_id",
    "customer__name",
    "customer__kind",
    "number",
    "lease_by_id",
    "lease_by__full_name",
    "lease_until",
    "pinned_to_id",
    "pinned_to__full_name",
    "pinned_until",
)
ITEM = (
    "customer_id",
    "rule",
    "due_on",
    "due_at",
    "anchor_on",
    "attempts",
    "subject",
    "vehicle__plate",
    "vehicle__vin",
    "vehicle__series",
    "vehicle__brand",
)


def _topics_of(customer_ids, now) -> dict[int, list[WhyNow]]:
    topics = defaultdict(list)
    if customer_ids:
        items = with_facts(DueItem.objects.open().filter(customer_id__in=customer_ids))
        items = items.order_by(F("due_at").asc(nulls_last=True), "due_on", "id").values_list(*ITEM, named=True)
        words = WhyWords(now)
        for item in items:
            topics[item.customer_id].append(words.of(item, _car(item)))
    return topics


def _car(item) -> str:
    return car_name(
        item.vehicle__plate or "", item.vehicle__series or item.vehicle__brand or "", item.vehicle__vin or ""
    )


def _row(card, topics, user, now, take_url) -> Row:
    mine = card.lease_by_id == user.pk
    held = not mine and card.lease_by_id is not None and card.lease_until > now
    pinned = card.pinned_to_id is not None and card.pinned_until is not None and card.pinned_until > now
    attempts = max((topic.attempts for topic in topics), default=0)
    tags = []
    if mine:
        tags.append(("info", _("with you")))
    elif held:
        tags.append(("info", _("%(name)s is calling") % {"name": card.lease_by__full_name}))
    if pinned:
        tags.append(("warn", _("promised by %(name)s") % {"name": card.pinned_to__full_name}))
    if attempts:
        tags.append(("", ngettext("tried %(number)s time", "tried %(number)s times", attempts) % {"number": attempts}))
    if card.callable_at and card.callable_at > now:
        tags.append(("", wording.callable_from(card.callable_at, now)))
    return Row(
        pk=card.id,
        name=card.customer__name,
        is_company=card.customer__kind == CustomerKind.COMPANY,
        number=masked(card.number or "") or "—",
        topics=topics,
        tags=tags,
        deed="back" if mine else "" if held or (pinned and card.pinned_to_id != user.pk) else "take",
        take_url=take_url,
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
