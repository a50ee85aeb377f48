"""The weeks before today at the call desk: each day's run, then two specialists working through their queue with the real services."""

import datetime as dt
import random

from audit.choices import Source
from complaints.choices import ComplaintState
from complaints.models import Complaint
from complaints.services import add_note, close, record_recontact, reopen, solve, take_over
from customers.services import update_customer, verify_phone
from cvp.choices import Scale
from demo import names
from demo.checks import send_sheets
from demo.learning import learn, look_back
from followups.choices import AnsweredBy, ItemState, SkipReason
from followups.models import DueItem, Script
from followups.services.claims import skip, take_next
from followups.services.generation import generate_due
from followups.services.visits import Attempt, ComplaintDraft, Topic, save_visit

GRUMBLES = {
    "sales": [
        ("delivery-defect", "提车时车内有划痕,答应补漆一直没有联系"),
        ("delivery-explained", "交车时没有讲解辅助驾驶功能,回家不会用"),
        ("delivery-promise", "承诺的行车记录仪还没有安装"),
    ],
    "service": [
        ("time-silent", "保养等了三个小时,没有人告知进度"),
        ("repair-again", "修完第二天异响又出现了"),
        ("price-quote", "结算金额比报价多了两百多,没有提前说明"),
    ],
}
REMARKS = ["", "", "", "客户表示满意", "周末来做保养,请提前预约", "请以后下午联系", "客户换了工作,地址会变"]
LATER = ["在开会,请稍后再打", "正在开车,到家后联系", "先和家人商量,再答复", "在出差,回来再说"]
RESOLUTIONS = {
    "sales": "销售经理已致电道歉，约客户周六来店当面处理，客户接受",
    "service": "已免费返工并试车确认，客户验收满意",
}
REOPENED = "客户取车后来电，问题又出现了，要求重新检查"
HEARD = "已电话安抚客户，正在与责任部门核实"
CONFIRMED = "已回访确认，客户对处理结果满意"
# Of so many talks with an owner one confirms the number, one the address; of the addresses some have changed.
NUMBER_CONFIRMED, ADDRESS_CONFIRMED, MOVED_HOUSE = 0.25, 0.12, 0.3
SHEETS_SENT = dt.timedelta(days=7)  # before today
LEFT_ALONE = 6  # of so many complaints one is forgotten, so that the list has something overdue to show
# How the day of a specialist is spent: from, to, minutes per call.
SHIFTS = (
    (dt.time(9, 5), dt.time(11, 25), 4),
    (dt.time(14, 5), dt.time(17, 25), 4),
    (dt.time(17, 35), dt.time(18, 30), 5),
)


class Desk:
    """`manager` closes what the specialists have solved."""

    COMPLAINTS_AT = dt.time(16, 30)

    def __init__(self, store, specialists, manager, *, seed=7):
        self.store, self.specialists, self.manager, self.rng = store, specialists, manager, random.Random(seed)
        self.care = random.Random(seed + 1)  # of its own, so that what is checked changes no call
        self.is_reopened = False
        scripts = (
            Script.objects.filter(store=store, is_current=True)
            .select_related("version")
            .prefetch_related("version__questions")
        )
        self.scripts = {script.rule: script.pk for script in scripts}
        self.questions = {
            script.rule: list(script.version.questions.all()) if script.version else [] for script in scripts
        }

    def live(self, first_day, today, now):
        """Work every day from `first_day` up to `today` (there only until `now`)."""
        for offset in range((today - first_day).days + 1):
            day = first_day + dt.timedelta(days=offset)
            morning = dt.datetime.combine(day, dt.time(6, 30), tzinfo=self.store.zone)
            generate_due(self.store, today=day, now=min(morning, now))
            # The last days are left partly undone, so that the queue of today has something overdue to show.
            capacity = 5 if day == today else 9 if day > today - dt.timedelta(days=3) else 40
            if day.weekday() != 6:
                for person in self.specialists:
                    self.work(person, day, capacity, now)
                self.handle_complaints(day, now)
            if day == today - SHEETS_SENT:
                evening = dt.datetime.combine(day, dt.time(18, 45), tzinfo=self.store.zone)
                send_sheets(self.store, by=self.manager, now=evening)
        look_back(self.store, people=self.specialists, manager=self.manager, now=now)

    def handle_complaints(self, day, now):
        """Once a day: what was opened yesterday is taken over, then solved, then closed, a step a day or two."""
        moment = dt.datetime.combine(day, self.COMPLAINTS_AT, tzinfo=self.store.zone)
        if moment >= now:
            return
        for complaint in (
            Complaint.objects.filter(store=self.store)
            .open()
            .select_related("opened_by", "cause", "store")
            .order_by("id")
        ):
            age = (day - self.store.day_of(complaint.opened_at)).days
            if complaint.pk % LEFT_ALONE:
                self.handle(complaint, age, moment)

    def handle(self, complaint, age, moment):
        if complaint.state == ComplaintState.RECEIVED and age >= 1:
            take_over(complaint, by=complaint.opened_by, now=moment)
            add_note(complaint, HEARD, by=complaint.opened_by, now=moment)
        elif complaint.state == ComplaintState.HANDLING and age >= 2:
            words = RESOLUTIONS[complaint.department]
            solve(complaint, by=complaint.opened_by, now=moment, resolution=words)
        elif complaint.state == ComplaintState.SOLVED and not self.is_reopened:
            self.is_reopened = True
            reopen(complaint, by=self.manager, now=moment, reason=REOPENED)
        elif complaint.state == ComplaintState.SOLVED:
            record_recontact(complaint, by=complaint.opened_by, now=moment, note=CONFIRMED)
        elif complaint.state == ComplaintState.CONFIRMED and age >= 3:
            learn(complaint, by=complaint.opened_by, manager=self.manager, now=moment)
            close(complaint, by=self.manager, now=moment, note=CONFIRMED)

    def work(self, person, day, capacity, now):
        for start, end, minutes in SHIFTS:
            moment = dt.datetime.combine(day, start, tzinfo=self.store.zone)
            stop = min(dt.datetime.combine(day, end, tzinfo=self.store.zone), now)
            while moment < stop and capacity:
                card = take_next(person, now=moment)
                if card is None:
                    break
                if not self.call(card, person, moment):
                    moment += dt.timedelta(minutes=1)
                    continue
                capacity -= 1
                moment += dt.timedelta(minutes=minutes, seconds=self.rng.randint(0, 50))

    def call(self, card, person, moment) -> bool:
        """False where there was nobody to dial."""
        rng = self.rng
        phone = (
            card.customer.phones.filter(is_void=False)
            .exclude(state__in=["wrong", "dead"])
            .order_by("-is_primary", "id")
            .first()
        )
        items = list(
            DueItem.objects.filter(
                customer_id=card.customer_id, state=ItemState.OPEN, opens_on__lte=self.store.day_of(moment)
            ).order_by("id")
        )
        if phone is None or not items:  # put aside, as a person would: a card given back would be the next one again
            skip(card, token=card.lease_token, by=person, now=moment, reason=SkipReason.PREPARE)
            return False
        attempt = {"phone_id": phone.pk, "number": phone.number}
        chance = rng.random()
        if chance < 0.30:
            outcome = rng.choices(["no_answer", "busy", "power_off", "hung_up"], [70, 12, 10, 8])[0]
            save_visit(
                card,
                token=card.lease_token,
                by=person,
                now=moment,
                attempt=Attempt(**attempt, outcome=outcome),
                topics=[],
            )
            return True
        if chance < 0.32:
            save_visit(
                card,
                token=card.lease_token,
                by=person,
                now=moment,
                attempt=Attempt(**attempt, outcome="wrong_number"),
                topics=[],
            )
            return True
        who = rng.choices([AnsweredBy.OWNER, AnsweredBy.DRIVER, AnsweredBy.FAMILY], [84, 8, 8])[0]
        topics = [self.topic(item, moment) for item in items]
        later = any(topic.outcome == "call_back" for topic in topics)
        note = rng.choice(LATER if later else REMARKS)
        if any(topic.complaint for topic in topics):
            note = ""  # what such a customer says stands in the complaint
        spoken = Attempt(**attempt, outcome=topics[0].outcome, answered_by=who, note=note)
        save_visit(card, token=card.lease_token, by=person, now=moment, attempt=spoken, topics=topics)
        if who == AnsweredBy.OWNER:
            self.check(card.customer, phone, person, moment)
        return True

    def check(self, customer, phone, person, moment):
        """What the owner confirms or corrects beside the call."""
        how = {"by": person, "now": moment, "source": Source.CALL}
        if self.care.random() < NUMBER_CONFIRMED:
            verify_phone(phone, **how)
        if customer.address and self.care.random() < ADDRESS_CONFIRMED:
            moved = self.care.random() < MOVED_HOUSE
            address = names.address(self.care) if moved else customer.address
            update_customer(customer, {"address": address}, verified=True, **how)

    def topic(self, item, moment):
        rng = self.rng
        said = {"item_id": item.pk, "script_id": self.scripts.get(item.rule)}
        if rng.random() < 0.05 and item.rule != "promise":
            later = moment + dt.timedelta(days=rng.choice((0, 1, 1, 2)), hours=rng.choice((1, 2, 3)))
            return Topic(**said, outcome="call_back", promise_at=later.replace(minute=30, second=0))
        if rng.random() < 0.03:
            return Topic(**said, outcome="declined")
        unhappy = rng.random() < 0.05
        answers = {question.pk: self.answer(question, unhappy) for question in self.questions.get(item.rule, [])}
        complaint = None
        if unhappy and answers:
            department = "sales" if item.rule.startswith("delivery") else "service"
            cause, summary = rng.choice(GRUMBLES[department])
            complaint = ComplaintDraft(
                cause=cause,
                severity=rng.choices(["normal", "serious", "major"], [70, 24, 6])[0],
                department=department,
                summary=summary,
            )
        return Topic(
            **said,
            outcome="done",
            answers={key: value for key, value in answers.items() if value},
            complaint=complaint,
        )

    def answer(self, question, unhappy):
        """The key a specialist would press."""
        rng = self.rng
        if question.scale == Scale.FIVE:
            return str(rng.choice((4, 5))) if unhappy else str(rng.choices((1, 2, 3), (68, 27, 5))[0])
        if question.scale == Scale.YES_NO:
            return "2" if rng.random() < (0.5 if unhappy else 0.06) else "1"
        if question.scale == Scale.CHOICE:
            return str(rng.randint(1, len(question.choices)))
        return ""
