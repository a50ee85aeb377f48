"""What should become of an item, held against its fact as it is now: nothing, closed, moved, or opened again. Writes nothing."""

import datetime as dt
from functools import cached_property

from django.db.models import Q

from customers.choices import SPARED_USES
from customers.models import DoNotContact
from followups.choices import CloseReason, Effect, ItemState
from followups.models import CallOutcome, DueItem
from followups.services.generation import life
from followups.services.generation.facts import planned_item
from followups.services.generation.shapes import ONE_DAY, Days
from followups.services.generation.state import LIVE, LOT, RuleRun, Verdict

# What a run closed by itself, it opens again when the reason has gone.
RUN_REASONS = (
    CloseReason.FACT_VOID,
    CloseReason.FACT_CHANGED,
    CloseReason.FACT_MOVED,
    CloseReason.RULE_OFF,
    CloseReason.DO_NOT_CALL,
    CloseReason.OTHER_TOPIC,
    CloseReason.CAR_GONE,
    CloseReason.FLEET,
    CloseReason.CAME,
    CloseReason.RENEWED,
    CloseReason.HEARD,
)
PLANNED = ("vehicle_id", "opens_on", "due_on", "expires_on", "callable_at", "due_at", "pinned_to_id", "pinned_until")
NO_REASON = {"reason": "", "reason_params": {}, "closed_at": None}


def judge(step: RuleRun, ids) -> list[Verdict]:
    """The verdicts on these items (ids) of one rule; what is right as it is has none."""
    ids, found = sorted(ids), []
    for start in range(0, len(ids), LOT):
        items = list(DueItem.objects.filter(pk__in=ids[start : start + LOT]).select_related("customer").order_by("pk"))
        found += Bench(step, items).verdicts()
        step.run.beat()
    return found


class Bench:
    """One lot of items of one rule with their facts."""

    def __init__(self, step: RuleRun, items):
        self.step, self.run, self.rule, self.shape = step, step.run, step.rule, step.shape
        self.items = items
        self.facts = step.facts.told_of(items) if items else {}
        self.overtaken = []  # (item, fact) that may have been overtaken by life: the proofs are looked up together
        # Customers whose wishes only hold for messages.
        self.quiet_messages = self._quiet_messages()

    def verdicts(self) -> list[Verdict]:
        found = {item.pk: self._judge(item, self.facts.get(item.fact_id)) for item in self.items if item.state in LIVE}
        proofs = life.proofs_of(self.rule.overtaken, self.overtaken)
        for item, _fact in self.overtaken:
            reason = self.rule.overtaken if item.pk in proofs else CloseReason.FACT_CHANGED
            found[item.pk] = self._close(item, reason, params=proofs.get(item.pk, {}))
        closing = {pk for pk, verdict in found.items() if verdict is not None and verdict.count != "updated"}
        shut = [item for item in self.items if item.state not in LIVE and self._may_return(item)]
        if shut:
            taken = self._taken([item.fact_id for item in shut], closing)
            for item in shut:
                verdict = self._reopen(item, self.facts.get(item.fact_id))
                if verdict is None or (verdict.count == "updated" and item.fact_id in taken):
                    continue
                found[item.pk] = verdict
                if verdict.count == "updated":
                    taken.add(item.fact_id)
        self._keep_rounds_apart(found)
        return [verdict for verdict in found.values() if verdict is not None]

    # --- Open items -----------------------------------------------------------------------------------------------------
    def _judge(self, item, fact):
        prefix, code = self.shape.split(item.round)
        slot, later = self.shape.by_code.get(code, (None, None))
        if slot is None and not self.rule.is_planned:
            return self._close(item, CloseReason.RULE_OFF)
        if fact is None or fact.is_void or fact.store_id != item.store_id or getattr(fact, "car_void", None):
            return self._close(item, CloseReason.FACT_VOID)
        if getattr(fact, "car_gone_on", None):
            return self._close(item, CloseReason.CAR_GONE, params={"day": fact.car_gone_on.isoformat()})
        if self._is_spared(fact):
            return self._close(item, CloseReason.FLEET, params={"use": fact.car_use})
        if fact.who is None:
            return self._close(item, CloseReason.FACT_CHANGED)
        if not fact.wants or (
            not self.rule.is_planned and (fact.anchor is None or not self._same_turn(item, fact, prefix))
        ):
            self.overtaken.append((item, fact))
            return None
        if reason := self._quiet(item, fact):
            return self._close(item, reason, state=ItemState.DECLINED)
        if later is not None and not self.rule.yearly:
            opened_on = fact.anchor + dt.timedelta(days=later.opens)
            if opened_on <= self.run.today:
                if item.expires_on is None or item.expires_on + ONE_DAY >= opened_on:
                    return self._close(item, CloseReason.LATER_STEP, state=ItemState.SUPERSEDED, count="superseded")
                return expired(self.run, item)
        return self._correct(item, fact, slot, prefix)

    def _is_spared(self, fact) -> bool:
        return self.rule.spares_fleets and fact.car_use in SPARED_USES

    def _same_turn(self, item, fact, prefix) -> bool:
        """Of cycles: the same turn, also where the visit that began it has become another record of the same day."""
        if not self.rule.cycle:
            return True
        return prefix == fact.cycle or fact.anchor == item.anchor_on

    def _quiet(self, item, fact):
        if self.step.facts.is_deaf:
            return None
        if fact.is_marked:
            return CloseReason.DO_NOT_CALL
        is_quiet = (fact.who, fact.pk) in self.quiet_messages if item.state == ItemState.TO_SEND else fact.is_quiet
        return CloseReason.OTHER_TOPIC if is_quiet else None

    def _quiet_messages(self):
        if not any(slot.is_message for slot in self.shape.slots) or not self.facts:
            return set()
        facts = self.step.facts
        told = facts._told(self.rule.fact.objects.filter(pk__in=self.facts)).filter(facts.wish("sms"))
        return set(told.values_list("who", "pk"))

    @cached_property
    def _put_off(self) -> set[int]:
        """The topics that a call had settled for the time being (services.odometer): open, and done by the last call about them."""
        tried = [item.pk for item in self.items if item.attempts and item.state == ItemState.OPEN]
        rows = CallOutcome.objects.filter(item__in=tried, call__undone_at__isnull=True).order_by("call__at", "pk")
        last = dict(rows.values_list("item_id", "outcome__effect"))
        return {pk for pk, effect in last.items() if effect == Effect.DONE}

    # --- Following a fact -----------------------------------------------------------------------------------------------
    def _correct(self, item, fact, slot, prefix):
        """Untried items follow their fact. What was tried, or opened again by a decision, keeps its dates, which somebody works to,
        and its customer too, unless she is void; it follows into another name of the same turn. What she put off ("the kilometres
        are not reached yet") follows again: nobody works to a day that only a prediction gave."""
        is_worked = bool(item.decision or item.attempts and item.pk not in self._put_off)
        values = {}
        if is_worked:
            if item.customer.is_void and fact.who != item.customer_id:
                values["customer_id"] = fact.who
            if self.rule.cycle and prefix != fact.cycle:
                values["round"] = fact.cycle + slot.code
        else:
            values = self._fresh(item, fact, slot, prefix)
            if values is None:
                return self._close(item, CloseReason.FACT_MOVED)
        if not values:
            return None
        expires_on = values.get("expires_on", item.expires_on)
        if not is_worked and expires_on is not None and expires_on < self.run.today:
            closed = {"state": ItemState.OBSOLETE, "reason": CloseReason.FACT_MOVED, "closed_at": self.run.now}
            return self._verdict(item, "closed", {**values, **closed})
        return self._verdict(item, "updated", values)

    def _fresh(self, item, fact, slot, prefix) -> dict | None:
        """What differs between the item and what its fact says now; None: the fact has left the window."""
        run = self.run
        values = {"customer_id": fact.who}
        if self.rule.is_planned:
            fresh = planned_item(
                fact, customer_id=fact.who, today=run.today, zone=run.store.zone, desk=run.desk, calendar=run.calendar
            )
            values |= {name: getattr(fresh, name) for name in PLANNED}
            watched = ("customer_id", "vehicle_id", "opens_on", "due_on", "due_at")
            same = all(values[name] == getattr(item, name) for name in watched)
            if same and (fact.agreed_at is not None or values["expires_on"] == item.expires_on):
                return {}
            return values
        if self.rule.vehicle:
            values["vehicle_id"] = getattr(fact, self.rule.vehicle)
        days = self._days(item, fact, slot, prefix)
        if days is None:
            return None
        if days.anchor_on == item.anchor_on:  # a dial that has changed moves no deadline
            values["round"] = days.round
        else:
            values |= vars(days) | {"callable_at": run.calls_from(days.opens_on, days.expires_on)}
        if all(getattr(item, name) == value for name, value in values.items()):
            return {}
        return values

    def _days(self, item, fact, slot, prefix) -> Days | None:
        if not self.rule.yearly:
            return self.shape.place(slot, fact.anchor, fact.cycle if self.rule.cycle else "")
        is_lunar = self.step.facts.is_lunar(fact)
        if item.anchor_on and self.shape.comes_back(fact.anchor, is_lunar, item.anchor_on):
            return self.shape.place(slot, item.anchor_on, prefix)
        moved = self.shape.day_in(fact.anchor, is_lunar, slot, self.run.today)
        return moved and self.shape.place(slot, *moved)

    # --- What comes back ------------------------------------------------------------------------------------------------
    def _may_return(self, item) -> bool:
        if item.closed_by_id is not None or item.attempts or item.decision:
            return False
        if item.state in (ItemState.OBSOLETE, ItemState.DECLINED):
            return item.reason in RUN_REASONS
        return item.state == ItemState.EXPIRED and item.reason == CloseReason.WINDOW_PASSED and not self.rule.is_planned

    def _reopen(self, item, fact):
        """Open again what a run closed by itself, where the reason has gone, nobody has tried, and the window is open.

        So a delivery that is undone and imported again is called about once; a day corrected forward brings back a call that had
        expired by the wrong one; and a customer who may be called again is.
        """
        prefix, code = self.shape.split(item.round)
        slot, later = self.shape.by_code.get(code, (None, None))
        if fact is None or fact.is_void or fact.store_id != item.store_id or fact.who is None or not fact.wants:
            return None
        if getattr(fact, "car_void", None) or getattr(fact, "car_gone_on", None) or self._is_spared(fact):
            return None
        state = ItemState.OPEN
        if not self.rule.is_planned:
            if slot is None or fact.anchor is None or not self._same_turn(item, fact, prefix):
                return None
            state = ItemState.TO_SEND if slot.is_message else ItemState.OPEN
        if self._is_quiet_for(fact, state):
            return None
        if self.rule.is_planned:
            values = {"customer_id": fact.who, **self._planned_values(fact)}
            if values["expires_on"] is not None and values["expires_on"] < self.run.today:
                return None
        else:
            days = self._days(item, fact, slot, prefix)
            if days is None or days.opens_on > self.run.today:
                return None
            if days.expires_on < self.run.today:
                return expired(self.run, item) if self._was_free(item) else None
            if later is not None and days.anchor_on + dt.timedelta(days=later.opens) <= self.run.today:
                return None
            if item.state == ItemState.EXPIRED and days.anchor_on == item.anchor_on:
                return None
            values = {
                "customer_id": fact.who,
                **vars(days),
                "callable_at": self.run.calls_from(days.opens_on, days.expires_on),
            }
            if self.rule.vehicle:
                values["vehicle_id"] = getattr(fact, self.rule.vehicle)
        return self._verdict(item, "updated", {**values, "state": state, **NO_REASON})

    def _was_free(self, item) -> bool:
        """Whether the wish that declined the call had run out before its window passed, since the last run."""
        run = self.run
        if item.reason != CloseReason.OTHER_TOPIC or run.last_day is None or item.expires_on < run.last_day:
            return False
        wishes = DoNotContact.objects.filter(customer_id=item.customer_id, is_void=False, topic__in=["", item.rule])
        return not wishes.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=item.expires_on)).exists()

    def _is_quiet_for(self, fact, state):
        if self.step.facts.is_deaf:
            return False
        return fact.is_marked or (
            (fact.who, fact.pk) in self.quiet_messages if state == ItemState.TO_SEND else fact.is_quiet
        )

    def _planned_values(self, fact):
        run = self.run
        fresh = planned_item(
            fact, customer_id=fact.who, today=run.today, zone=run.store.zone, desk=run.desk, calendar=run.calendar
        )
        return {name: getattr(fresh, name) for name in PLANNED}

    def _taken(self, fact_ids, closing) -> set[int]:
        """Facts that have a live item which stays."""
        live = DueItem.objects.filter(rule=self.rule.code, fact_id__in=fact_ids, state__in=LIVE)
        return set(live.exclude(pk__in=closing).values_list("fact_id", flat=True))

    def _keep_rounds_apart(self, found):
        """An item that would get a round which its fact has already had, is closed instead, or stays closed."""
        items = {item.pk: item for item in self.items}
        moved = {
            pk: verdict
            for pk, verdict in found.items()
            if verdict is not None and verdict.values.get("round", items[pk].round) != items[pk].round
        }
        if not moved:
            return
        facts = {items[pk].fact_id for pk in moved}
        rounds = DueItem.objects.filter(rule=self.rule.code, fact_id__in=facts).values_list("fact_id", "round")
        taken = set(rounds)
        for pk, verdict in moved.items():
            key = (items[pk].fact_id, verdict.values["round"])
            if key in taken:
                is_live = items[pk].state in LIVE
                found[pk] = self._close(items[pk], CloseReason.FACT_CHANGED) if is_live else None
            taken.add(key)

    # --- Verdicts -------------------------------------------------------------------------------------------------------
    def _close(self, item, reason, *, state=ItemState.OBSOLETE, count="closed", params=None):
        values = {"state": state, "reason": reason, "reason_params": params or {}, "closed_at": self.run.now}
        return self._verdict(item, count, values)

    def _verdict(self, item, count, values):
        values = {name: value for name, value in values.items() if getattr(item, name) != value}
        return Verdict(item.pk, self.rule.code, item.customer_id, (item.state, item.attempts), count, values)


def expired(run, item) -> Verdict:
    """The window passed: it waits for a decision, also where it had one before."""
    values = {
        "state": ItemState.EXPIRED,
        "reason": CloseReason.WINDOW_PASSED,
        "reason_params": {},
        "closed_at": run.now,
        "decision": "",
    }
    return Verdict(item.pk, item.rule, item.customer_id, (item.state, item.attempts), "expired", values)
