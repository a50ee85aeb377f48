"""Which facts ask for a call, and whom to call: one reading of a rule's declaration for every step of the run. Writes nothing."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BigIntegerField, BooleanField, Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

import common.lookups  # noqa: F401 - registers `among`
from common.bands import first_call_moment
from common.insert_select import Unindexed
from customers.choices import SPARED_USES, Channel
from customers.models import DoNotContact
from followups.choices import PlanKind
from followups.models import DueItem, PlannedCall
from followups.rules import Rule


@dataclass(frozen=True)
class Reading:
    """One rule's facts at one store, or at one that a compiled statement is told later.

    `today` decides which wishes still hold (default: the store's own today).
    """

    rule: Rule
    store: object
    today: dt.date | None = None

    @cached_property
    def day(self) -> dt.date:
        return self.today or self.store.day_of(timezone.now())

    @property
    def is_deaf(self) -> bool:
        """No wish of the customer takes the call back: she asked for it, or it is a legal duty."""
        return self.rule.asked_for or self.rule.is_duty

    @property
    def car(self) -> str:
        return _relation(self.rule.vehicle)

    @cached_property
    def living(self):
        """The facts that happened: neither they nor their vehicle are void, the car is not gone, nor one whose owners are spared."""
        return self._living(self.rule.fact.objects.filter(store=self.store, is_void=False))

    def _living(self, facts):
        if not self.rule.goes_with_car:
            return facts
        # Two conditions, since one `exclude` over both would ask for a car that is both.
        facts = facts.exclude(**{f"{self.car}__is_void": True}).filter(**{f"{self.car}__gone_on__isnull": True})
        return facts.exclude(**{f"{self.car}__use__in": SPARED_USES}) if self.rule.spares_fleets else facts

    @cached_property
    def asking(self):
        """The facts that ask for a call, each with `who` (customer id) and `is_quiet` (that customer is not to be called).

        Who is called is the first of the rule's customers that is there, not void, and of this store. Facts of rules with windows
        come with `anchor`, what is counted from.
        """
        facts = self._asking(self.living)
        return facts if self.rule.is_planned else facts.filter(**{f"{self.rule.anchor}__isnull": False})

    def _asking(self, facts):
        return self._told(facts.filter(self.rule.wanted)).filter(who__isnull=False)

    def chosen(self, ids):
        """Of the facts with these ids those that ask, looked up by id: SQLite would rather walk an index of the whole store."""
        facts = self.rule.fact.objects.annotate(ours=Unindexed(F("store_id")))
        facts = self._asking(
            self._living(facts.filter(pk__among=ids, ours=getattr(self.store, "pk", self.store), is_void=False))
        )
        if self.rule.is_planned:
            return facts
        return facts.annotate(anchored=Unindexed(F(self.rule.anchor))).filter(anchored__isnull=False)

    def _told(self, facts):
        """With `who`, `is_marked` (do not call), `is_quiet`, `anchor` and `cycle`."""
        whens = [(self._usable(column), column) for column in self.rule.customer]
        who = Case(*(When(usable, then=_key(column)) for usable, column in whens), output_field=BigIntegerField())
        marked = Case(
            *(When(usable, then=F(_through(column, "do_not_call"))) for usable, column in whens),
            output_field=BooleanField(),
        )
        facts = facts.annotate(who=who, is_marked=marked)
        facts = facts.annotate(is_quiet=Case(When(Q(is_marked=True) | Q(self.wish()), then=True), default=False))
        if self.rule.anchor:
            facts = facts.annotate(anchor=F(self.rule.anchor))
        if self.rule.cycle:
            facts = facts.annotate(cycle=Cast(F(self.rule.cycle), CharField()))
        return facts

    def wish(self, channel: str = Channel.PHONE_OUT, **narrower) -> Exists:
        """Of facts with `who`: whether a wish of that customer holds for this rule in this channel."""
        wishes = (
            DoNotContact.objects.filter(customer_id=OuterRef("who"), is_void=False)
            .filter(topic__in=["", self.rule.code], channel__in=["", channel], **narrower)
            .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=self.day))
        )
        whole = Q(vehicle__isnull=True)
        if self.rule.vehicle:
            whole |= Q(vehicle_id=OuterRef(self.rule.vehicle))
        return Exists(wishes.filter(whole))

    def between(self, facts, first: dt.date | None, last: dt.date):
        """Of `facts` those whose anchor lies from `first` to `last`, looked up by day."""
        facts = facts.filter(**{f"{self.rule.anchor}__lte": last})
        return facts if first is None else facts.filter(**{f"{self.rule.anchor}__gte": first})

    def changed(self, facts, since: dt.datetime, first: dt.date | None, last: dt.date):
        """Of `facts` those that changed since, with an anchor in the range, looked up by moment of change."""
        facts = facts.annotate(anchored=Unindexed(F(self.rule.anchor))).filter(
            changed_at__gte=since, anchored__lte=last
        )
        return facts if first is None else facts.filter(anchored__gte=first)

    def asking_of(self, items) -> dict[int, object]:
        """{fact id: fact} of the items whose fact asks for a call now."""
        return {fact.pk: fact for fact in self.chosen({item.fact_id for item in items})}

    def told_of(self, items) -> dict[int, object]:
        """{fact id: fact} of all items whose fact is there, whatever became of it, each with what decides whether it asks:
        beside `who` and `is_quiet`, `wants`, `car_void`, `car_gone_on` and `car_use`."""
        facts = self._told(self.rule.fact.objects.filter(pk__in={item.fact_id for item in items}))
        wanted = Case(When(self.rule.wanted, then=True), default=False) if self.rule.wanted else Value(True)
        facts = facts.annotate(wants=wanted)
        if self.rule.goes_with_car:
            facts = facts.annotate(
                car_void=F(f"{self.car}__is_void"), car_gone_on=F(f"{self.car}__gone_on"), car_use=F(f"{self.car}__use")
            )
        return {fact.pk: fact for fact in facts}

    def is_lunar(self, fact) -> bool:
        return bool(getattr(fact, f"{self.rule.anchor}_is_lunar", False))

    def _usable(self, column: str) -> Q:
        there = Q(**{_through(column, "is_void"): False, _through(column, "store"): self.store})
        there &= Q(**{_through(column, "deceased_on__isnull"): True})  # nobody asks for who has died
        return there if column in ("id", "pk") else Q(**{f"{column}__isnull": False}) & there


def planned_item(planned: PlannedCall, *, customer_id, today, zone, desk, calendar) -> DueItem:
    """The (unsaved) item of a planned call; the one place that says how its dates follow from what was agreed or typed.

    A promise is offered `promise_lead_minutes` before its time, belongs to its person until `promise_grace_minutes` after it, and
    never expires. A manual task is offered from the first call moment of its opening day. Items of planned calls are there from
    the moment of planning, also those that open later.
    """
    item = DueItem(
        store_id=planned.store_id,
        rule=str(planned.kind),
        fact_id=planned.pk,
        round="1",
        customer_id=customer_id,
        vehicle_id=planned.vehicle_id,
        opens_on=planned.opens_on,
        due_on=planned.due_on,
    )
    if planned.kind == PlanKind.PROMISE and planned.agreed_at is not None:
        item.due_at = planned.agreed_at
        item.callable_at = planned.agreed_at - dt.timedelta(minutes=desk.promise_lead_minutes)
        if planned.pinned_to_id is not None:
            item.pinned_to_id = planned.pinned_to_id
            item.pinned_until = planned.agreed_at + dt.timedelta(minutes=desk.promise_grace_minutes)
    else:
        item.expires_on = planned.expires_on
        item.callable_at = first_call_moment(
            max(planned.opens_on, today), zone, desk.bands, calendar, until=planned.expires_on
        )
    return item


def _key(column: str) -> F:
    return F("pk" if column in ("id", "pk") else column)


def _relation(column: str) -> str:
    return column.removesuffix("_id")


def _through(column: str, field: str) -> str:
    """The path to a field of whom `column` names; "id" is the fact itself."""
    return field if column in ("id", "pk") else f"{_relation(column)}__{field}"
