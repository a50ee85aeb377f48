"""Which facts ask for a call, and whom to call: one reading of a rule's declaration for every step of the run. Writes nothing."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BigIntegerField, BooleanField, Case, Exists, F, OuterRef, Q, When
from django.db.models.lookups import IsNull

from common.bands import first_call_moment
from common.insert_select import Unindexed
from followups.choices import PlanKind
from followups.models import DueItem, PlannedCall
from followups.rules import Rule


@dataclass(frozen=True)
class Reading:
    """One rule's facts at one store."""

    rule: Rule
    store: object

    @cached_property
    def living(self):
        """The facts that happened: neither they nor their vehicle are void.

        A planned call was agreed with a person: it outlives the record of the car it was about.
        """
        facts = self.rule.fact.objects.filter(store=self.store, is_void=False)
        if self.rule.is_planned or not self.rule.vehicle:
            return facts
        return facts.exclude(**{f"{_relation(self.rule.vehicle)}__is_void": True})

    @cached_property
    def asking(self):
        """The facts that ask for a call, each with `who` (customer id) and `is_quiet` (that customer is not to be called).

        Who is called is the first of the rule's customers that is there, not void, and of this store. Facts of rules with windows
        come with `anchor`, the day counted from.
        """
        whens = [(self._usable(column), column) for column in self.rule.customer]
        who = Case(*(When(usable, then=F(column)) for usable, column in whens), output_field=BigIntegerField())
        quiet = Case(
            *(When(usable, then=F(f"{_relation(column)}__do_not_call")) for usable, column in whens),
            output_field=BooleanField(),
        )
        facts = self.living.filter(self.rule.wanted).annotate(who=who, is_quiet=quiet).filter(who__isnull=False)
        if self.rule.is_planned:
            return facts
        return facts.filter(**{f"{self.rule.anchor}__isnull": False}).annotate(anchor=F(self.rule.anchor))

    @cached_property
    def agrees(self) -> Exists:
        """Of items: whether the fact still asks for the same customer, vehicle and days."""
        facts = self.asking.filter(pk=OuterRef("fact_id"), who=OuterRef("customer_id"))
        if self.rule.vehicle:
            facts = facts.filter(_same(self.rule.vehicle, "vehicle_id"))
        if not self.rule.is_planned:
            return Exists(facts.filter(**{self.rule.anchor: OuterRef("anchor_on")}))
        same_days = _same("agreed_at", "due_at") & Q(opens_on=OuterRef("opens_on"), due_on=OuterRef("due_on"))
        # A promise never expires, whatever its row says.
        return Exists(facts.filter(same_days).filter(Q(agreed_at__isnull=False) | _same("expires_on", "expires_on")))

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
        return {fact.pk: fact for fact in self.asking.filter(pk__in={item.fact_id for item in items})}

    def _usable(self, column: str) -> Q:
        relation = _relation(column)
        return Q(**{f"{column}__isnull": False, f"{relation}__is_void": False, f"{relation}__store": self.store})


def planned_item(planned: PlannedCall, *, customer_id, today, zone, desk) -> DueItem:
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
        item.callable_at = first_call_moment(max(planned.opens_on, today), zone, desk.bands)
    return item


def _relation(column: str) -> str:
    return column.removesuffix("_id")


def _same(column: str, outer: str) -> Q:
    """Equal, or both NULL."""
    return Q(**{column: OuterRef(outer)}) | (Q(**{f"{column}__isnull": True}) & Q(IsNull(OuterRef(outer), True)))
