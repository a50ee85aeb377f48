"""The weeks before today at the call desk: each day's run, then two specialists working through their queue with the real services."""

import datetime as dt
import random

from cvp.choices import Scale
from followups.choices import AnsweredBy, ItemState
from followups.models import DueItem, Script
from followups.services.claims import release, take_next
from followups.services.generation import generate_due
from followups.services.visits import Attempt, ComplaintDraft, Topic, save_visit

GRUMBLES = {
    "sales": [
        "提车时车内有划痕,答应补漆一直没有联系",
        "交车时没有讲解辅助驾驶功能,回家不会用",
        "承诺的行车记录仪还没有安装",
    ],
    "service": ["保养等了三个小时,没有人告知进度", "修完第二天异响又出现了", "结算金额比报价多了两百多,没有提前说明"],
}
REMARKS = ["", "", "", "客户表示满意", "周末来做保养,请提前预约", "请以后下午联系", "客户换了工作,地址会变"]
LATER = ["在开会,请稍后再打", "正在开车,到家后联系", "先和家人商量,再答复", "在出差,回来再说"]
# How the day of a specialist is spent: from, to, minutes per call.
SHIFTS = (
    (dt.time(9, 5), dt.time(11, 25), 4),
    (dt.time(14, 5), dt.time(17, 25), 4),
    (dt.time(17, 35), dt.time(18, 30), 5),
)


class Desk:
    def __init__(self, store, specialists, *, seed=7):
        self.store, self.specialists, self.rng = store, specialists, random.Random(seed)
        scripts = (
            Script.objects.filter(store=store, is_current=True)
            .select_related("version")
            .prefetch_related("version__questions")
        )
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

    def work(self, person, day, capacity, now):
        for start, end, minutes in SHIFTS:
            moment = dt.datetime.combine(day, start, tzinfo=self.store.zone)
            stop = min(dt.datetime.combine(day, end, tzinfo=self.store.zone), now)
            while moment < stop and capacity:
                card = take_next(person, now=moment)
                if card is None:
                    break
                self.call(card, person, moment)
                capacity -= 1
                moment += dt.timedelta(minutes=minutes, seconds=self.rng.randint(0, 50))

    def call(self, card, person, moment):
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
        if phone is None or not items:
            release(card, token=card.lease_token)
            return
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
            return
        if chance < 0.32:
            save_visit(
                card,
                token=card.lease_token,
                by=person,
                now=moment,
                attempt=Attempt(**attempt, outcome="wrong_number"),
                topics=[],
            )
            return
        who = rng.choices([AnsweredBy.OWNER, AnsweredBy.DRIVER, AnsweredBy.FAMILY], [84, 8, 8])[0]
        topics = [self.topic(item, moment) for item in items]
        later = any(topic.outcome == "call_back" for topic in topics)
        note = rng.choice(LATER if later else REMARKS)
        spoken = Attempt(**attempt, outcome=topics[0].outcome, answered_by=who, note=note)
        save_visit(card, token=card.lease_token, by=person, now=moment, attempt=spoken, topics=topics)

    def topic(self, item, moment):
        rng = self.rng
        if rng.random() < 0.05 and item.rule != "promise":
            later = moment + dt.timedelta(days=rng.choice((0, 1, 1, 2)), hours=rng.choice((1, 2, 3)))
            return Topic(item_id=item.pk, outcome="call_back", promise_at=later.replace(minute=30, second=0))
        if rng.random() < 0.03:
            return Topic(item_id=item.pk, outcome="declined")
        unhappy = rng.random() < 0.05
        answers = {question.pk: self.answer(question, unhappy) for question in self.questions.get(item.rule, [])}
        complaint = None
        if unhappy and answers:
            sales = item.rule.startswith("delivery")
            complaint = ComplaintDraft(
                category="delivery" if sales else rng.choice(["waiting", "repair_quality", "price"]),
                severity=rng.choices(["normal", "serious", "major"], [70, 24, 6])[0],
                department="sales" if sales else "service",
                summary=rng.choice(GRUMBLES["sales" if sales else "service"]),
            )
        return Topic(
            item_id=item.pk,
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
