"""What happened to one customer, newest first, from five tables: one query each, merged here, paged by key.

Facts have a day and no time: they stand below everything that happened on that day at a clock time.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from audit.models import Change
from audit.reading import Line, read_changes
from customers.models import Contact, Delivery, Ownership, RepairOrder
from customers.standing import merged_ids

PAGE = 30
GROUPS: dict[str, LazyText] = {
    "contact": _("Contacts"),
    "order": _("Workshop"),
    "delivery": _("Deliveries"),
    "owner": _("Change of owner"),
    "edit": _("Edits"),
}
# Of two things at one moment the later rank stands above.
_RANKS = ["owner_from", "owner_until", "delivery", "order", "edit", "contact"]
_EDITED = ["customers.customer", "customers.phone", "customers.vehicle", "customers.donotcontact"]


@dataclass(frozen=True)
class Event:
    """`kind` names the template part that words it; `record` is the row, `line` a worded Change, `words` a worded Contact,
    `url` the page of what is behind it ("" where the reader may not open it)."""

    kind: str
    at: dt.datetime
    has_time: bool
    record: object
    line: Line | None = None
    words: str = ""
    url: str = ""

    @property
    def key(self):
        return (self.at, _RANKS.index(self.kind), self.record.pk)


@dataclass(frozen=True)
class TimelinePage:
    """`cursor` opens the page of earlier events; "" on the last one."""

    events: list[Event] = field(default_factory=list)
    cursor: str = ""

    @property
    def suffix(self) -> str:
        """Keeps the ids of several pages on one screen apart."""
        return f"-{self.events[0].kind}-{self.events[0].record.pk}" if self.events else ""


def _write_cursor(event) -> str:
    at, rank, pk = event.key
    return f"{at.astimezone(dt.UTC).isoformat()}~{rank}~{pk}"


def _read_cursor(text):
    try:
        at, rank, pk = text.split("~")
        moment = dt.datetime.fromisoformat(at)
        return (moment, int(rank), int(pk)) if moment.tzinfo and 1900 < moment.year < 3000 else None
    except ValueError:
        return None


def _before(kind, cursor, zone, column, *, is_day):
    """The filter for rows of `kind` that come after the cursor's event in newest-first order."""
    if cursor is None:
        return Q()
    moment, rank, pk = cursor
    own = _RANKS.index(kind)
    local = moment.astimezone(zone)
    if is_day:
        bound = local.date()
        if local.time() != dt.time.min:
            return Q(**{f"{column}__lte": bound})
    else:
        bound = moment
    older = Q(**{f"{column}__lt": bound})
    if own > rank:
        return older
    same = Q(**{column: bound})
    return older | (same if own < rank else same & Q(pk__lt=pk))


class _Reader:
    def __init__(self, customer, user, cursor, size):
        self.customer, self.user, self.cursor, self.size = customer, user, cursor, size
        self.zone = customer.store.zone

    def _rows(self, kind, rows, column, *, is_day=True):
        rows = rows.filter(_before(kind, self.cursor, self.zone, column, is_day=is_day))
        return rows.order_by(f"-{column}", "-pk")[: self.size + 1]

    def _day(self, kind, day, record):
        at = dt.datetime.combine(day, dt.time.min, tzinfo=self.zone)
        return Event(kind, at, False, record)

    def contact(self):
        rows = Contact.objects.alive().filter(customer=self.customer).select_related("by", "vehicle")
        contacts = list(self._rows("contact", rows, "at", is_day=False))
        words = word_contacts(contacts)
        for contact in contacts:
            yield Event("contact", contact.at, True, contact, words=words.get(contact.pk, ""), url=self._url(contact))

    def _url(self, contact):
        _dotted, url_name, permission = settings.CONTACT_ORIGINS.get(contact.origin, ("", "", ""))
        return reverse(url_name, args=[contact.origin_id]) if url_name and self.user.has_perm(permission) else ""

    def order(self):
        rows = RepairOrder.objects.alive().filter(Q(owner=self.customer) | Q(bringer=self.customer))
        rows = rows.annotate(day=Coalesce("settled_on", "opened_on")).filter(day__isnull=False)
        for order in self._rows("order", rows.select_related("vehicle"), "day"):
            yield self._day("order", order.day, order)

    def delivery(self):
        rows = Delivery.objects.alive().filter(customer=self.customer).select_related("vehicle")
        for delivery in self._rows("delivery", rows, "delivered_on"):
            yield self._day("delivery", delivery.delivered_on, delivery)

    def owner(self):
        rows = Ownership.objects.alive().filter(customer=self.customer).select_related("vehicle__owner")
        for ownership in self._rows("owner_from", rows.filter(started_on__isnull=False), "started_on"):
            yield self._day("owner_from", ownership.started_on, ownership)
        for ownership in self._rows("owner_until", rows.filter(ended_on__isnull=False), "ended_on"):
            yield self._day("owner_until", ownership.ended_on, ownership)

    def edit(self):
        rows = Change.objects.filter(store_id=self.customer.store_id).of_customers(
            [self.customer.pk, *merged_ids(self.customer)]
        )
        # The number that stepped back says nothing that the one in front has not said.
        rows = rows.filter(model__in=_EDITED).exclude(deed="edit", changes={"is_primary": [True, False]})
        # A wish for everything on the telephone is told by the mark that follows from it.
        rows = rows.exclude(model="customers.donotcontact", params={"mark": True})
        changes = self._rows("edit", rows, "at", is_day=False)
        for line in read_changes(changes):
            yield Event("edit", line.at, True, line.change, line=line)


def word_contacts(contacts) -> dict[int, str]:
    """{contact id: what was said}, worded by the floor that wrote the row (settings.CONTACT_ORIGINS)."""
    words = {}
    for origin, (dotted, _url_name, _permission) in settings.CONTACT_ORIGINS.items():
        own = [contact for contact in contacts if contact.origin == origin]
        if own and dotted:
            words.update(import_string(dotted)(own))
    return words


def timeline(customer, user, *, group="", before="", size=PAGE) -> TimelinePage:
    """`size` events of one group ("" or an unknown one: all) that are older than `before`, the cursor of a former page, as `user` may see them."""
    reader = _Reader(customer, user, _read_cursor(before), size)
    groups = [group] if group in GROUPS else list(GROUPS)
    events = [event for name in groups for event in getattr(reader, name)()]
    events.sort(key=lambda event: event.key, reverse=True)
    page = events[:size]
    return TimelinePage(page, _write_cursor(page[-1]) if len(events) > size else "")
