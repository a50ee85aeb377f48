"""Specialists who work the queue at the same time, by the real services, and customers of every temper on the line."""

import datetime as dt
import heapq
import random
from dataclasses import replace

from django.core.exceptions import ValidationError

from complaints.choices import ComplaintState
from complaints.models import Complaint
from complaints.services import close, solve
from cvp.defaults import NOT_YET, ODOMETER
from demo.learning import learn
from demo.life import CONFIRMED, GRUMBLES, LATER, REMARKS, RESOLUTIONS, SHIFTS, Desk
from demo.simulation.evening import Offer
from followups.choices import AnsweredBy, SkipReason
from followups.models import CallCard, DueItem, Outcome
from followups.services.cards import wake_promises
from followups.services.claims import AlreadyClaimed, NotOpen, release, skip, take_card, take_next
from followups.services.odometer import REMINDERS
from followups.services.overrides import Restrained, Why
from followups.services.undo import CannotUndo, TooLate, undo_visit
from followups.services.visits import Attempt, ComplaintDraft, Topic, log_attempt, save_visit

# How a customer takes a call, and how many of a hundred do.
TEMPERS = {
    "ready": 54, "evening": 12, "never": 12, "wrong": 4, "dead": 4, "tries": 4, "topic": 3, "quiet": 2, "sold": 2, "later": 3,
}  # fmt: skip
IDLE = dt.timedelta(minutes=25)
NOON = dt.time(12, 30)
LATE = dt.time(20, 10)  # after call hours: who is still here gets promises and nothing else
ASKED_OTHERWISE = 8  # days after which whoever handles a solved case asks the customer by other means
EVENING = dt.time(17, 30)
WANTS = {
    "topic": "no_topic",
    "quiet": "no_more_calls",
    "sold": "car_sold",
}  # temper: outcome, where the store has it
NOTES = {"quiet": "客户明确要求不要再来电", "topic": "客户表示此类电话不用再打", "sold": "车已卖给别人"}


class Staff(Desk):
    """The desk of the demo, with several people at once, and everything that goes wrong at one."""

    COMPLAINTS_AT = dt.time(8, 50)

    def __init__(self, store, specialists, manager, *, seed, tally):
        super().__init__(store, specialists, manager, seed=seed)
        self.rng, self.seed, self.tally = random.Random(f"staff {seed}"), seed, tally
        self.outcomes = set(Outcome.objects.filter(store=store, retired_at=None).values_list("code", flat=True))
        self.by_hand = set()  # (card, day) that somebody chose herself
        self.offers = []  # what the queue gave by itself today
        self.away = {person.pk: set() for person in specialists}

    def temper(self, customer) -> str:
        """Of this customer, the same at every call; by name, since numbers of rows differ from database to database."""
        own = random.Random(f"{self.seed} {customer.dms_no} {customer.name}")
        return own.choices(list(TEMPERS), TEMPERS.values())[0]

    def plan_absences(self, first_day, days):
        for person in self.specialists:
            start = first_day + dt.timedelta(days=self.rng.randrange(days))
            self.away[person.pk] = {start + dt.timedelta(days=each) for each in range(self.rng.randint(1, 4))}

    def work_day(self, day, *, capacity, noon=lambda moment: None):
        """All who are there take turns as their clocks go; `noon` happens between morning and afternoon."""
        turns = []
        for place, person in enumerate(self.specialists):
            if day not in self.away[person.pk]:
                heapq.heappush(turns, (self._at(day, SHIFTS[0][0], place), place))
        left = dict.fromkeys(range(len(self.specialists)), capacity)
        half = self._at(day, NOON)
        while turns:
            moment, place = heapq.heappop(turns)
            if half is not None and moment >= half:
                noon(half)
                half = None
            shift = self._in_shift(moment)
            if shift is None or not left[place]:
                continue
            if shift > moment:  # after the break everybody comes back in turn
                heapq.heappush(turns, (shift, place))
                continue
            left[place] -= 1
            pause = self._turn(self.specialists[place], moment)
            heapq.heappush(turns, (moment + pause, place))
        if half is not None:
            noon(half)
        for place, person in enumerate(self.specialists):
            if day not in self.away[person.pk]:
                self._turn(person, self._at(day, LATE, 5 * place))

    def _at(self, day, clock, minutes=0):
        return dt.datetime.combine(day, clock, tzinfo=self.store.zone) + dt.timedelta(minutes=minutes)

    def _in_shift(self, moment):
        """`moment`, or the beginning of the next shift of its day."""
        day = self.store.day_of(moment)
        for start, end, _minutes in SHIFTS:
            if moment < self._at(day, end):
                return max(moment, self._at(day, start))
        return None

    def _turn(self, person, moment):
        wake_promises(self.store, now=moment)
        card = self._choose(person, moment) if self.rng.random() < 0.04 else None
        if card is None:
            card = take_next(person, now=moment)
            if card is None:
                return IDLE
            self.offers.append(Offer(card.pk, card.customer_id, person.pk, moment, card.callable_at))
        self.card(card, person, moment)
        return dt.timedelta(minutes=4, seconds=self.rng.randint(0, 50))

    def _choose(self, person, moment):
        """A card she picks from the list herself."""
        cards = list(CallCard.objects.open().filter(store=self.store).order_by("rank", "pk")[:60])
        if not cards:
            return None
        card = self.rng.choice(cards)
        try:
            taken = take_card(card.pk, user=person, now=moment)
        except (AlreadyClaimed, NotOpen):
            return None
        except Restrained:
            if self.rng.random() < 0.5:
                return None
            taken = take_card(card.pk, user=person, now=moment, why=Why("asked", "客户来电要求尽快回电"))
            self.tally["overrides"] += 1
        self.by_hand.add((card.pk, self.store.day_of(moment)))
        self.tally["by_hand"] += 1
        return taken

    def card(self, card, person, moment):
        chance = self.rng.random()
        if chance < 0.03:
            reason = self.rng.choice(SkipReason.values)
            skip(card, token=card.lease_token, by=person, now=moment, reason=reason, note="稍后处理")
            self.tally["skipped"] += 1
            return
        if chance < 0.04:
            self.tally["left_open"] += 1  # she goes home with the card open; its lease ends by itself
            return
        call = self.ring_up(card, person, moment)
        if call is not None and self.rng.random() < 0.03:
            self._take_back(call, person, moment)

    def _take_back(self, call, person, moment):
        try:
            undo_visit(call, by=person, now=moment + dt.timedelta(minutes=2))
        except (CannotUndo, TooLate):
            return
        self.tally["undone"] += 1

    def ring_up(self, card, person, moment):
        """One sitting at the card; gives the call that ended it."""
        temper = self.temper(card.customer)
        how = {"token": card.lease_token, "by": person, "now": moment}
        phones = card.customer.phones.filter(is_void=False).exclude(state__in=["wrong", "dead"])
        phones = list(phones.order_by("-is_primary", "id"))
        items = self.topics_of(card, moment)
        if not phones or not items:
            if items:
                self.tally["called"] += 1
                return save_visit(card, **how, attempt=Attempt(None, "", "dead_number"), topics=[])
            release(card, token=card.lease_token)
            return None
        phone = phones[0]
        self.tally["called"] += 1
        miss = self._miss(temper, moment)
        if miss is not None:
            if len(phones) > 1:  # the next number at once
                log_attempt(card, Attempt(phone.pk, phone.number, miss), **how)
                phone, how["now"] = phones[1], moment + dt.timedelta(minutes=1)
                if self.rng.random() < 0.4:
                    return self._reached(card, phone, items, temper, how)
            return save_visit(card, **how, attempt=Attempt(phone.pk, phone.number, miss), topics=[])
        return self._reached(card, phone, items, temper, how)

    def topics_of(self, card, moment):
        items = DueItem.objects.open().filter(customer_id=card.customer_id).order_by("opens_on", "rule", "id")
        today = [item for item in items if item.opens_on <= self.store.day_of(moment)]
        return today or list(items)

    def _miss(self, temper, moment):
        """The outcome of a number that leads to nobody; None where somebody answers."""
        if temper in ("wrong", "dead"):
            return {"wrong": "wrong_number", "dead": "dead_number"}[temper]
        clock = moment.astimezone(self.store.zone).time()
        chance = {"never": 1.0, "evening": 1.0 if clock < EVENING else 0.1, "tries": 0.8}.get(temper, 0.18)
        if self.rng.random() >= chance:
            return None
        return self.rng.choices(["no_answer", "busy", "power_off", "hung_up"], [70, 12, 10, 8])[0]

    def _reached(self, card, phone, items, temper, how):
        moment = how["now"]
        who = self.rng.choices([AnsweredBy.OWNER, AnsweredBy.DRIVER, AnsweredBy.FAMILY], [84, 8, 8])[0]
        topics = [self.spoken_of(item, temper, moment) for item in items]
        note = NOTES.get(temper, "") or self.rng.choice(REMARKS)
        if any(topic.outcome == "call_back" for topic in topics):
            note = self.rng.choice(LATER)
        attempt = Attempt(phone.pk, phone.number, topics[0].outcome, answered_by=who, note=note)
        try:
            call = save_visit(card, **how, attempt=attempt, topics=topics)
        except ValidationError:  # a combination that the desk refuses: she chooses plainer words
            topics = [Topic(item_id=item.pk, outcome="not_available") for item in items]
            attempt = Attempt(phone.pk, phone.number, "not_available", answered_by=who, note=note)
            self.tally["refused_by_form"] += 1
            call = save_visit(card, **how, attempt=attempt, topics=topics)
        self.tally["reached"] += 1
        if who == AnsweredBy.OWNER:
            self.check(card.customer, phone, how["by"], moment)
        return call

    def spoken_of(self, item, temper, moment) -> Topic:
        wanted = WANTS.get(temper)
        if wanted in self.outcomes and item.rule != "promise":
            return Topic(item_id=item.pk, outcome=wanted, note=NOTES[temper])
        if temper == "later" and self.rng.random() < 0.6:
            later = moment + dt.timedelta(days=self.rng.choice((0, 1, 2)), hours=self.rng.choice((1, 2)))
            return Topic(item_id=item.pk, outcome="call_back", promise_at=later.replace(second=0), note="约好再打")
        if self.rng.random() < 0.03:
            return Topic(item_id=item.pk, outcome="not_available")
        return self.topic(item, moment)

    def topic(self, item, moment) -> Topic:
        """As at the desk of the demo; and she says what her car has run, and is not always content with what was done for her."""
        topic = super().topic(item, moment)
        questions = {question.code: question for question in self.questions.get(item.rule, [])}
        if topic.outcome != "done" or not questions:
            return topic
        answers = dict(topic.answers)
        if ODOMETER.code in questions and item.vehicle is not None and self.rng.random() < 0.7:
            answers[questions[ODOMETER.code].pk] = str(self._reading(item.vehicle))
            if item.rule in REMINDERS and self.rng.random() < 0.5:
                plan = questions["plan"]
                places = [number for number, words in enumerate(plan.choices, 1) if words["zh"] == NOT_YET[0]]
                answers[plan.pk] = str(places[0])
        complaint = topic.complaint
        if item.rule == "complaint_recontact" and self.rng.random() < 0.4:
            cause, summary = self.rng.choice(GRUMBLES["service"])
            complaint = ComplaintDraft(cause, "normal", "service", summary)
        return replace(topic, answers=answers, complaint=complaint)

    def _reading(self, car):
        known = car.odometer_km or 3_000
        return known * 10 if self.rng.random() < 0.05 else known + self.rng.randint(0, 1_200)

    # --- Complaints ----------------------------------------------------------------------------------------------------
    def handle(self, complaint, age, moment):
        """What is solved waits for the call that asks her."""
        if complaint.state == ComplaintState.CONFIRMED:
            learn(complaint, by=complaint.opened_by, manager=self.manager, now=moment)
            close(complaint, by=self.manager, now=moment, note=CONFIRMED)
        elif complaint.state != ComplaintState.SOLVED:
            super().handle(complaint, age, moment)
        elif age > ASKED_OTHERWISE:
            self.is_reopened = True
            super().handle(complaint, age, moment)

    def rework(self, day):
        """In the evening: some of what customers were not content with today is put right on the same day."""
        moment = self._at(day, dt.time(20, 40))
        cases = Complaint.objects.filter(store=self.store, state=ComplaintState.HANDLING, solved_round__gt=0)
        for complaint in cases.select_related("opened_by").order_by("opened_at", "pk"):
            if self.rng.random() < 0.5:
                words = RESOLUTIONS[complaint.department]
                solve(complaint, by=self.manager, now=moment, resolution=words)
                self.tally["reworked"] += 1
