"""What the auditor reads on one evening, and what it remembers from evening to evening."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Max

from accounts.models import CalendarDay
from customers.models import Contact, Phone
from demo.simulation.reckoning import Facts
from followups.models import (
    Call,
    CallOutcome,
    DeskDial,
    DialVersion,
    DueItem,
    GenerationRun,
    Override,
    PlannedCall,
)

LIVE = ("open", "to_send")


@dataclass(frozen=True)
class Offer:
    """A card that the queue gave to somebody by itself, as it stood then."""

    card_id: int
    customer_id: int
    by_id: int
    at: dt.datetime
    callable_at: dt.datetime


@dataclass
class Books:
    """The auditor's own memory of one store: what rows alone cannot tell."""

    store: object
    by_hand: set = field(default_factory=set)  # (card id, day)
    offers: list = field(default_factory=list)  # of today
    items: dict = field(default_factory=dict)  # {item id: (rule, fact id)}
    promises: set = field(default_factory=set)
    told: set = field(default_factory=set)
    woken_at: dt.datetime | None = None  # when the machine last looked at the clock; None: just now


class Case:
    """The rows of one evening."""

    def __init__(self, books, now):
        self.books, self.store, self.now = books, books.store, now
        self.today = self.store.day_of(now)
        self.items = list(DueItem.objects.filter(store=self.store).order_by("pk"))
        self.by_id = {item.pk: item for item in self.items}
        self.live = [item for item in self.items if item.state in LIVE]
        rows = CallOutcome.objects.filter(call__store=self.store, call__undone_at=None)
        self.rows = list(rows.select_related("call", "outcome", "call__outcome").order_by("call__at", "pk"))
        self.rows_of = defaultdict(list)
        for row in self.rows:
            self.rows_of[row.item_id].append(row)
        planned = PlannedCall.objects.filter(store=self.store, kind="promise")
        self.promises = {plan.pk: plan for plan in planned}
        self.runs = GenerationRun.objects.filter(store=self.store).order_by("day")
        self.last_run = self.runs.aggregate(last=Max("watermark"))["last"]
        self.run_day = self.store.day_of(self.last_run) if self.last_run else None
        self.facts = Facts(self.store, self.run_day or self.today)
        self.desk = DeskDial.objects.get(store=self.store)
        self.dials_changed = defaultdict(lambda: dt.date.min)
        self.dials_unread = set()  # rules whose dials no run has read yet
        for version in DialVersion.objects.filter(store=self.store).order_by("number"):
            for change in version.changes:
                self.dials_changed[change["rule"]] = self.store.day_of(version.at)
                if self.last_run is None or version.at > self.last_run:
                    self.dials_unread.add(change["rule"])
        self._workdays = {}

    def has_run_today(self):
        return self.run_day == self.today

    def day(self, moment):
        return self.store.day_of(moment)

    def clock(self, moment):
        return f"{moment.astimezone(self.store.zone):%H:%M}"

    @cached_property
    def bands(self):
        """(start, end, code) in their order."""
        return sorted((start, end, code) for code, (start, end) in self.desk.bands.items())

    def band(self, moment):
        clock = self.clock(moment)
        return next((code for start, end, code in self.bands if start <= clock < end), None)

    def is_call_time(self, moment):
        """The breaks between two bands belong to it."""
        first, last = self.bands[0][0], max(end for _start, end, _code in self.bands)
        return first <= self.clock(moment) < last and self.is_workday(self.day(moment))

    def is_workday(self, day):
        if day not in self._workdays:
            rows = dict(CalendarDay.objects.filter(day=day, store=self.store).values_list("store", "is_work"))
            rows |= dict(CalendarDay.objects.filter(day=day, store=None).values_list("store", "is_work"))
            weekday = str(day.isoweekday()) not in self.store.rest_weekdays
            self._workdays[day] = rows.get(self.store.pk, rows.get(None, weekday))
        return self._workdays[day]

    # --- Contacts -------------------------------------------------------------------------------------------------------
    @cached_property
    def contacts(self):
        """{customer id: what counts for her, in its order}."""
        found = defaultdict(list)
        for contact in Contact.objects.filter(store=self.store, is_void=False).order_by("at", "pk"):
            found[contact.customer_id].append(contact)
        return found

    def spoken(self, customer_id):
        """The calls of ours in which somebody spoke."""
        return [each for each in self.contacts[customer_id] if each.channel == "phone_out" and each.connected]

    @cached_property
    def sharers(self):
        """{customer id: everybody with one of her numbers, herself too}."""
        by_number, found = defaultdict(set), defaultdict(set)
        phones = Phone.objects.filter(store=self.store, is_void=False).values_list("customer_id", "number")
        for customer_id, number in phones:
            by_number[number].add(customer_id)
        for people in by_number.values():
            for customer_id in people:
                found[customer_id] |= people
        return found

    @cached_property
    def calls(self):
        return list(Call.objects.filter(store=self.store).order_by("at", "pk"))

    @cached_property
    def overrides(self):
        """{(restraint, customer id, day): who gave a reason}."""
        found = defaultdict(set)
        for row in Override.objects.filter(store=self.store).select_related("card"):
            found[row.restraint, row.card.customer_id, self.day(row.at)].add(row.by_id)
        return found


def told(item) -> str:
    return f"item {item.pk} {item.rule}/{item.fact_id}/{item.round} {item.state} {item.reason}".rstrip()


def is_put_off(row) -> bool:
    """Of the outcome of a call: she said that the kilometres are not reached yet, and the topic moved to when they are."""
    return row.outcome.effect == "done" and row.next_at is not None
