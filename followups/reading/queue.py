"""The queue page: which cards, in which order, and why each is there."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Subquery
from django.utils.translation import gettext_lazy

from common.paging import keyset_page
from common.templatetags.dcrc import masked
from customers.models import Phone
from followups import wording
from followups.models import CallCard, DueItem
from followups.reading.bar import count_words
from followups.reading.items import WhyNow, why_now, with_facts

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
        return cards.open().filter(due_on__lt=now.date())
    return cards.callable(now)


@dataclass(slots=True)
class Row:
    """One card as the list shows it; every text is worded already, since 50 rows make the template the cost of the page."""

    pk: int
    customer_id: int
    name: str
    is_company: bool
    number: str
    topics: list[WhyNow] = field(default_factory=list)
    attempts: int = 0
    held_by: str = ""
    is_mine: bool = False
    pinned: str = ""
    when: str = ""
    can_take: bool = True


@dataclass
class QueuePage:
    rows: list[Row]
    next_page: str
    next_moment: str = ""  # of an empty page: when the next card becomes callable


def queue_page(user, now: dt.datetime, *, tab: str, rule: str = "", after: str = "") -> QueuePage:
    """Two queries (three where nothing is there). `after` is the `next_page` of the page before; a garbled one means the first."""
    cards = cards_of(tab, user, now)
    if rule:
        cards = cards.filter(Exists(DueItem.objects.open().filter(customer_id=OuterRef("customer_id"), rule=rule)))
    number = Phone.objects.alive().filter(customer_id=OuterRef("customer_id")).order_by("-is_primary", "id")
    cards = cards.select_related("customer", "lease_by", "pinned_to").annotate(
        number=Subquery(number.values("number")[:1])
    )
    page = keyset_page(cards, ORDERS.get(tab, ORDER), after=after, size=PAGE)
    items = _items_of([card.customer_id for card in page.rows])
    rows = [_row(card, items[card.customer_id], user, now) for card in page.rows]
    return QueuePage(rows, page.next, "" if rows else _next_moment(user, now))


def _items_of(customer_ids):
    items = defaultdict(list)
    if customer_ids:
        open_items = DueItem.objects.open().filter(customer_id__in=customer_ids).select_related("vehicle")
        for item in with_facts(open_items).order_by(F("due_at").asc(nulls_last=True), "due_on", "id"):
            items[item.customer_id].append(item)
    return items


def _row(card, items, user, now) -> Row:
    held = card.lease_by_id is not None and card.lease_until > now
    mine = card.lease_by_id == user.pk
    pinned = card.pinned_to_id is not None and card.pinned_until is not None and card.pinned_until > now
    return Row(
        pk=card.pk,
        customer_id=card.customer_id,
        name=card.customer.name,
        is_company=card.customer.kind == "company",
        number=masked(card.number or ""),
        topics=[why_now(item, now) for item in items],
        attempts=max((item.attempts for item in items), default=0),
        held_by=card.lease_by.full_name if held and not mine else "",
        is_mine=mine,
        pinned=card.pinned_to.full_name if pinned else "",
        when=wording.moment(card.callable_at, now) if card.callable_at and card.callable_at > now else "",
        can_take=not (held and not mine) and not (pinned and card.pinned_to_id != user.pk),
    )


def _next_moment(user, now) -> str:
    card = cards_of("later", user, now).order_by("callable_at").values("callable_at").first()
    return wording.moment(card["callable_at"], now) if card else ""


def tabs_of(bar) -> list[tuple[str, str, str]]:
    """(code, label, count in words) of the tabs, from the bar's counts."""
    return [(name, str(label), count_words(bar.counts[name])) for name, label in TABS.items()]
