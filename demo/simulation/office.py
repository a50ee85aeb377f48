"""What happens in the house beside the queue: the manager's decisions, dials and tasks, customers who come, ring in or write."""

import datetime as dt
import random

from django.core.exceptions import ValidationError

from audit.choices import Source
from common.festivals import festival_day
from customers.choices import Channel, GoneReason
from customers.models import Customer, DoNotContact, Vehicle
from customers.services import lift_wish, record_contact, update_customer
from customers.services.gone import mark_gone
from followups.choices import Decision, Festival
from followups.models import DueItem, RuleDial
from followups.rules import RULES
from followups.services.care_list import make_festival_list, mark_sent, to_send
from followups.services.decisions import decide
from followups.services.dial_versions import restore_version, save_dials
from followups.services.inbound import record_inbound
from followups.services.moving import move_calls
from followups.services.planned import plan_manual, plan_promise
from followups.services.undecided import undecided
from followups.services.wishes import set_wish_now

TASKS = ["询问备胎是否已到货", "通知补办的行驶证可以领取", "确认试驾活动是否参加", "回复关于延保的咨询"]
SWITCHED = "service_3dc"  # the rule that is switched off for some days
FESTIVAL_BEFORE = dt.timedelta(days=6)


class Office:
    def __init__(self, store, manager, *, seed, tally, first_day, days):
        self.store, self.manager, self.tally = store, manager, tally
        self.rng = random.Random(f"office {seed}")
        self.off_on = first_day + dt.timedelta(days=self.rng.randrange(3, max(days // 3, 4)))
        self.on_again = self.off_on + dt.timedelta(days=self.rng.randint(2, 4))
        self.dials_on = first_day + dt.timedelta(days=self.rng.randrange(5, max(days - 5, 6)))
        self.restored_on = self.dials_on + dt.timedelta(days=4)
        self.version = None

    def day(self, day: dt.date) -> None:
        """What is done before the first call of the day."""
        moment = dt.datetime.combine(day, dt.time(8, 20), tzinfo=self.store.zone)
        for deed in (
            self.decide,
            self.set_dials,
            self.set_task,
            self.send,
            self.hear,
            self.lose,
            self.listen,
            self.free,
            self.prefer,
        ):
            moment += dt.timedelta(minutes=1)
            deed(day, moment)

    def _count(self, name, number=1):
        self.tally[name] += number

    def _some(self, queryset, share):
        """Of the rows each with this chance, by id."""
        return [pk for pk in queryset.order_by("pk").values_list("pk", flat=True) if self.rng.random() < share]

    # --- The manager ------------------------------------------------------------------------------------------------------
    def decide(self, day, moment):
        how = {"store": self.store, "by": self.manager, "now": moment}
        again = self._some(undecided(self.store), 0.3)
        until = day + dt.timedelta(days=self.rng.randint(1, 5))
        found = decide(DueItem.objects.filter(pk__in=again), decision=Decision.CALL, until=until, **how)
        self._count("called_anyway", found.done)
        let_go = self._some(undecided(self.store), 0.3)
        found = decide(DueItem.objects.filter(pk__in=let_go), decision=Decision.LET_GO, note="客户已到店处理", **how)
        self._count("let_go", found.done)

    def set_dials(self, day, moment):
        how = {"by": self.manager, "now": moment}
        switch = {(SWITCHED, step): {"is_on": day == self.on_again} for step in self._steps(SWITCHED)}
        if day in (self.off_on, self.on_again):
            save_dials(self.store, rules=switch, **how)
            self._count("dials")
        if day == self.dials_on:
            rule = self.rng.choice([rule for rule in RULES if rule.steps and not rule.is_planned])
            dial = RuleDial.objects.get(store=self.store, rule=rule.code, step=self._steps(rule.code)[-1])
            wider = {"opens": dial.opens - 1, "expires": dial.expires + 2, "weight": min(dial.weight + 3, 99)}
            self.version = save_dials(self.store, rules={(dial.rule, dial.step): wider}, **how)
            self._count("dials")
        if day == self.restored_on and self.version is not None:
            versions = type(self.version).objects.filter(store=self.store)
            restore_version(versions.get(number=self.version.number - 1), **how)
            self._count("dials")
        move_calls(self.store, now=moment)  # the worker's part

    def _steps(self, rule):
        return list(
            RuleDial.objects.filter(store=self.store, rule=rule).order_by("opens").values_list("step", flat=True)
        )

    def set_task(self, day, moment):
        if self.rng.random() < 0.5:
            return
        customer = self._customer()
        days = [day + dt.timedelta(days=number) for number in sorted(self.rng.choices(range(6), k=3))]
        opens_on, due_on, expires_on = days
        how = {"subject": self.rng.choice(TASKS), "by": self.manager, "now": moment}
        try:
            plan_manual(customer, opens_on=opens_on, due_on=due_on, expires_on=expires_on, **how)
        except ValidationError:  # she wants no calls
            return
        self._count("tasks")

    def send(self, day, moment):
        for festival in Festival.values:
            try:
                made = self._festival(festival, day, moment)
            except ValidationError:
                continue
            self._count("greetings", made)
        waiting = DueItem.objects.filter(pk__in=self._some(to_send(self.store), 0.7))
        done = mark_sent(waiting, store=self.store, channel=Channel.SMS, by=self.manager, now=moment)
        self._count("sent", done.done)

    def _festival(self, festival, day, moment):
        if not dt.timedelta(0) <= festival_day(festival, day.year) - day <= FESTIVAL_BEFORE:
            return 0
        return make_festival_list(self.store, festival, year=day.year, by=self.manager, now=moment)

    # --- The customers ----------------------------------------------------------------------------------------------------
    def _customer(self):
        people = Customer.objects.filter(store=self.store, is_void=False).order_by("pk")
        return people[self.rng.randrange(people.count())]

    def hear(self, day, moment):
        """She rings us, or comes to the counter; now and then she wants to be called back."""
        if self.rng.random() < 0.5:
            items = (
                DueItem.objects.open().filter(store=self.store, opens_on__lte=day).order_by("opens_on", "rule", "pk")
            )
            item = items[self.rng.randrange(min(items.count(), 40))] if items.exists() else None
            if item is not None and self.rng.random() < 0.7:
                record_inbound(item.customer, topics=[item.pk], note="客户来电", by=self.manager, now=moment)
            elif item is not None:  # written down by another floor: the run closes the topic
                how = {"channel": Channel.PHONE_IN, "connected": True, "by": self.manager, "summary": {}}
                record_contact(
                    item.customer, at=moment, topics=[item.rule], note="客户来电", vehicle=item.vehicle, **how
                )
            self._count("rang_in")
        if self.rng.random() < 0.35:
            at = moment + dt.timedelta(days=self.rng.randrange(3), hours=self.rng.randint(2, 5))
            plan_promise(self._customer(), at=at, subject="客户来电，约定时间回电", by=self.manager, now=moment)
            self._count("asked_back")

    def lose(self, day, moment):
        """Cars are sold, scrapped, taken to another town."""
        if self.rng.random() < 0.3:
            cars = Vehicle.objects.filter(store=self.store, is_void=False, gone_on__isnull=True).order_by("pk")
            car = cars[self.rng.randrange(cars.count())]
            why = self.rng.choice(GoneReason.values)
            mark_gone(car, why, on=day, by=self.manager, source=Source.FORM, now=moment)
            self._count("cars_gone")

    def listen(self, day, moment):
        """Wishes: this topic, this channel, everything; for good or for a while."""
        if self.rng.random() < 0.25:
            items = list(DueItem.objects.open().filter(store=self.store).order_by("opens_on", "rule", "pk")[:40])
            if not items:
                return
            item = self.rng.choice(items)
            topic, channel = self.rng.choice([(item.rule, ""), (item.rule, Channel.PHONE_OUT), ("", ""), ("", "sms")])
            until = self.rng.choice([None, None, day + dt.timedelta(days=self.rng.randint(1, 8))])
            wish = {"topic": topic, "channel": channel, "reason": "客户要求", "expires_on": until}
            set_wish_now(item.customer, **wish, by=self.manager, source=Source.FORM, now=moment)
            self._count("wishes")

    def free(self, day, moment):
        for pk in self._some(DoNotContact.objects.filter(store=self.store, is_void=False), 0.06):
            lift_wish(DoNotContact.objects.get(pk=pk), by=self.manager, source=Source.FORM, now=moment)
            self._count("wishes_lifted")

    def prefer(self, day, moment):
        """She says at which hour she would rather be called."""
        if self.rng.random() < 0.5:
            hour = self.rng.choice((9, 10, 11, 14, 16, 17, 18))
            customer = self._customer()
            update_customer(customer, {"preferred_hour": hour}, by=self.manager, source=Source.FORM, now=moment)
            self._count("hours_told")
