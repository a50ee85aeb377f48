"""Which items a run looks at: those that something has happened to since the last one. Writes nothing.

Cost grows with what changed: the way in is always what changed (a fact, a customer, a car, a wish, a dial, the calendar), never the
list of what is open. A full run looks at everything.
"""

from collections import defaultdict

from django.db.models import Q

import common.lookups  # noqa: F401 - registers `among`
from common.insert_select import Spelled
from customers.choices import SPARED_USES, Channel
from customers.models import Contact, Customer, DoNotContact, Vehicle
from followups.choices import CloseReason, ItemState
from followups.models import DueItem
from followups.rules import RULES
from followups.services.generation.judging import RUN_REASONS, Verdict, expired
from followups.services.generation.state import LIVE, RuleRun, Run
from followups.services.wishes import fitting

FEW = 2_000  # facts looked up one by one; more are joined
QUIET = (CloseReason.DO_NOT_CALL, CloseReason.OTHER_TOPIC)
SHUT = (ItemState.OBSOLETE, ItemState.DECLINED)
SEEN = ("pk", "rule")
RETURNING = (*RUN_REASONS, CloseReason.WINDOW_PASSED)  # of what a run closed, what a changed fact may bring back


class Look:
    """The items to judge, {rule code: ids}, gathered from all that may have changed."""

    def __init__(self, run: Run, steps: dict[str, RuleRun]):
        self.run, self.steps = run, steps
        self.found = defaultdict(set)
        self.items = DueItem.objects.filter(store=run.store, rule__in=list(steps))
        self.shut = self.items.filter(state__in=[Spelled(state) for state in SHUT], closed_by__isnull=True, attempts=0)
        self.has_messages = any(slot.is_message for step in steps.values() for slot in step.shape.slots)

    def live(self, items=None):
        """Of `items` the open ones, as querysets that each have an index."""
        items = self.items if items is None else items
        states = LIVE if self.has_messages else (ItemState.OPEN,)
        return [items.filter(state=state) for state in states]

    def gather(self) -> dict[str, set[int]]:
        if self.run.is_full or self.run.since is None:
            self._add(*self.live(), self.shut.filter(expires_on__gte=self.run.today))
        else:
            self._changed_facts()
            self._changed_people()
            self._changed_dials()
            self._freed()
        self._overtaken_steps()
        return self.found

    def _add(self, *querysets):
        for items in querysets:
            for pk, rule in items.values_list(*SEEN):
                self.found[rule].add(pk)

    def _changed_facts(self):
        tables = defaultdict(list)
        for code, step in self.steps.items():
            tables[step.rule.fact].append(code)
        for table, codes in tables.items():
            if not self.run.has_changes(table):
                continue
            items = DueItem.objects.filter(rule__in=codes)
            items = items.filter(Q(state__in=LIVE) | Q(closed_by__isnull=True, attempts=0, reason__in=RETURNING))
            changed = table.objects.filter(store=self.run.store, changed_at__gte=self.run.since)
            self._add_of(changed, [items])

    def _changed_people(self):
        """Void, quiet, gone: whom or what the items are about."""
        since, store = self.run.since, self.run.store
        people = Customer.objects.filter(store=store, changed_at__gte=since).filter(
            Q(is_void=True) | Q(do_not_call=True)
        )
        shut = Q(gone_on__isnull=False) | Q(is_void=True) | Q(use__in=SPARED_USES)
        cars = Vehicle.objects.filter(shut, store=store, changed_at__gte=since)
        wishes = DoNotContact.objects.filter(store=store, changed_at__gte=since)
        for column, changed in (
            ("customer_id", people.values("pk")),
            ("vehicle_id", cars.values("pk")),
            ("customer_id", wishes.values("customer_id")),
        ):
            if changed.exists():
                self._add(self.items.filter(state__in=LIVE, **{f"{column}__in": changed}))

    def _changed_dials(self):
        """Steps switched off or on."""
        for code, step in self.steps.items():
            if step.rule.is_planned or code not in self.run.last_windows:
                continue
            before, now = set(self.run.last_windows[code]), set(step.shape.memo)
            if before - now:
                self._add(*self.live(step.items))
            if now - before:
                shut = self.shut.filter(rule=code, reason=CloseReason.RULE_OFF, expires_on__gte=self.run.today)
                self._add(shut)

    def _freed(self):
        """Closed by a run for what may hold no longer: a wish lifted or run out, a car or a person that is back."""
        # From the last run on: where a wish had run out before the window passed, the call was neglected (judging.Bench).
        shut = self.shut.filter(expires_on__gte=min(self.run.last_day, self.run.today))
        shut = shut.exclude(rule__in=[code for code, step in self.steps.items() if step.rule.is_planned])
        # Whether it was a call or a message its row tells no longer: what is free by either is looked at, and judged.
        is_free = Q(*(~fitting(state, self.run.today) for state in LIVE), _connector=Q.OR)
        quiet = shut.filter(state=ItemState.DECLINED, reason__in=QUIET, customer__do_not_call=False)
        since = self.run.since
        back = shut.filter(reason__in=[reason for reason in RUN_REASONS if reason not in QUIET])
        back = back.filter(Q(customer__changed_at__gte=since) | Q(vehicle__changed_at__gte=since))
        self._add(quiet.filter(is_free), back)

    def _overtaken_steps(self):
        """Items of an earlier step where a later one of the same fact has opened since."""
        for step in self.steps.values():
            slots = step.shape.slots
            if len(slots) < 2 or step.rule.yearly:
                continue
            opened = Q()
            for slot in slots[1:]:
                first, last = step.unread(slot), step.last(slot)
                if first <= last:
                    opened |= Q(**{f"{step.rule.anchor}__range": (first, last)})
            if opened:
                facts = step.rule.fact.objects.filter(opened, store=self.run.store)
                self._add_of(facts, self.live(step.items))

    def _add_of(self, facts, items):
        """Of `items` those of these facts: looked up one by one where these are few."""
        ids = list(facts.values_list("pk", flat=True)[: FEW + 1])
        if len(ids) > FEW:
            self._add(*(each.filter(fact_id__in=facts.values("pk")) for each in items))
        elif ids:
            self._add(*(each.filter(fact_id__among=ids) for each in items))


def rang_us(run: Run, steps: dict[str, RuleRun]) -> list[Verdict]:
    """Open items that the customer has rung us about since they opened."""
    if run.since is None:
        return []
    calls = Contact.objects.filter(
        store=run.store, changed_at__gte=run.since, is_void=False, channel=Channel.PHONE_IN, connected=True
    )
    calls = calls.values_list("customer_id", "vehicle_id", "at", "topics", "summary")
    # Where somebody ticked what was settled (services.inbound), nothing else was.
    told = [call[:4] for call in calls if call[3] and call[4].get("code") != "inbound"]
    found = {}
    if told:
        items = DueItem.objects.filter(customer__in={call[0] for call in told}, rule__in=list(steps), state__in=LIVE)
        for item in items:
            if steps[item.rule].rule.asked_for:
                continue
            for customer, car, at, topics in told:
                day = run.store.day_of(at)
                fits = item.customer_id == customer and item.rule in topics and day >= item.opens_on
                if fits and (None in (car, item.vehicle_id) or car == item.vehicle_id):
                    found[item.pk] = _rang(run, item, day)
    return list(found.values())


def _rang(run, item, day):
    values = {"state": ItemState.OBSOLETE, "reason": CloseReason.RANG_US, "closed_at": run.now}
    values["reason_params"] = {"day": day.isoformat()}
    return Verdict(item.pk, item.rule, item.customer_id, (item.state, item.attempts), "closed", values)


def minded(run: Run) -> list[Verdict]:
    """Messages that a person made (Rule.by_hand), which no rule judges: of customers who mind them by now, or are void; and back on
    the list where a wish was lifted in time."""
    made = DueItem.objects.filter(store=run.store, rule__in=[rule.code for rule in RULES if rule.by_hand])
    waiting = made.filter(state=ItemState.TO_SEND)
    if not run.is_full and run.since is not None:
        people = Customer.objects.filter(store=run.store, changed_at__gte=run.since)
        people = people.filter(Q(is_void=True) | Q(do_not_call=True))
        wishes = DoNotContact.objects.filter(store=run.store, changed_at__gte=run.since)
        ids = {*people.values_list("pk", flat=True), *wishes.values_list("customer_id", flat=True)}
        waiting = waiting.filter(customer__among=ids) if ids else waiting.none()
    wish = fitting(ItemState.TO_SEND, run.today)
    found = []
    for item in waiting.filter(Q(customer__is_void=True) | Q(customer__do_not_call=True) | wish).select_related(
        "customer"
    ):
        state, reason = ItemState.DECLINED, CloseReason.OTHER_TOPIC
        if item.customer.is_void:
            state, reason = ItemState.OBSOLETE, CloseReason.FACT_VOID
        elif item.customer.do_not_call:
            reason = CloseReason.DO_NOT_CALL
        found.append(_by_hand(item, "closed", state=state, reason=reason, reason_params={}, closed_at=run.now))
    shut = made.filter(state=Spelled(ItemState.DECLINED), closed_by__isnull=True, expires_on__gte=run.today)
    shut = shut.filter(~wish, reason__in=QUIET, customer__is_void=False, customer__do_not_call=False)
    return found + [
        _by_hand(item, "updated", state=ItemState.TO_SEND, reason="", reason_params={}, closed_at=None) for item in shut
    ]


def _by_hand(item, count, **values):
    return Verdict(item.pk, item.rule, item.customer_id, (item.state, item.attempts), count, values)


def passed(run: Run, steps: dict[str, RuleRun], but: set[int]) -> list[Verdict]:
    """Live items whose window has passed, beside those in `but`; they wait for the manager's decision."""
    look = Look(run, steps)
    made_by_hand = [rule.code for rule in RULES if rule.by_hand]
    look.items = DueItem.objects.filter(store=run.store, rule__in=[*steps, *made_by_hand])
    found = []
    for items in look.live():
        items = items.filter(expires_on__lt=run.today).only("pk", "rule", "customer_id", "state", "attempts")
        found += [expired(run, item) for item in items if item.pk not in but]
    return found
