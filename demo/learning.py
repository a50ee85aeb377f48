"""What the demo store learns from its complaints: lessons and measures as they are closed, a few library entries, the weeks' analyses."""

import datetime as dt

from complaints.choices import ComplaintState, Severity
from complaints.models import Complaint, Lesson, Measure
from complaints.services.analysis import compose_missing
from complaints.services.lessons import write_lesson
from complaints.services.library import pick_case, write_entry
from complaints.services.measures import finish_measure, judge_measure, plan_measure
from complaints.services.radar import watch_recurrence

ONE_IN = 6  # of the closed cases that need no lesson one in so many gets one all the same
LEARNED = {  # by department: whys, correction, measure, how it was done
    "sales": (
        ["交车前没有人核对承诺清单", "承诺只写在聊天记录里", "订单上没有“承诺事项”一栏"],
        "销售经理当面致歉，承诺事项三天内兑现",
        "订单增加“承诺事项”一栏，交车前由销售经理签字核对",
        "新订单已启用，展厅早会培训 8 人",
    ),
    "service": (
        ["交车前没有路试", "交车检查表里没有路试一项", "检查表三年没有修订过"],
        "免费返工，由质检员陪同客户试车确认",
        "交车检查表增加路试一项，技师与质检员共同签字",
        "检查表新版已下发，班前会培训 12 人",
    ),
}
ENTRIES = {  # first level of the cause: title, situation, what was done, standard reply
    "repair_quality": (
        "修后异响再次出现",
        "客户取车第二天异响复现，质疑维修质量，要求退还维修费。",
        "当天安排代步车，质检员与客户一同试车确认异响位置；更换衬套并免工时费，三天后回访无异响。",
        "非常抱歉，让您再跑一趟。我们已为您预留工位，由质检员陪您试车确认，返工不收取任何费用，期间为您提供代步车。",
    ),
    "price": (
        "结算金额与报价不符",
        "保养结算比报价多出两百余元，增加的项目没有事先告知。",
        "核对工单后退还未经同意的项目费用；服务顾问当面说明，补做增项确认单。",
        "给您添麻烦了。我们已核对工单，未经您确认的项目费用今天原路退回；今后任何增加项目都会先征得您的同意。",
    ),
    "delivery": (
        "承诺的精品没有安装",
        "交车时承诺赠送的行车记录仪未安装，客户多次询问没有答复。",
        "销售经理致歉，当周预约上门安装，并补送一次精洗。",
        "很抱歉让您久等。行车记录仪已为您备好，本周任选一天来店安装，也可以由我们上门取送车。",
    ),
}


def learn(complaint, *, by, manager, now):
    """Before a case is closed: what it taught, and a measure where that is wanted or its turn has come."""
    if complaint.severity != Severity.MAJOR and complaint.pk % ONE_IN:
        return
    whys, correction, what, _done = LEARNED.get(complaint.department, LEARNED["service"])
    values = {"department": complaint.department, "person": "", "whys": whys, "correction": correction}
    lesson = write_lesson(complaint, values | {"cause": complaint.cause.code}, by=by, now=now)
    if not lesson.measures.exists():
        due_on = complaint.store.day_of(now) + dt.timedelta(days=7)
        plan_measure(lesson, what=what, owner=manager, due_on=due_on, by=by, now=now)


def look_back(store, *, people, manager, now):
    """At the end of the weeks: most measures are done (and judged), the radar has looked, the library and the analyses are begun."""
    open_ones = Measure.objects.open().filter(store=store).select_related("store", "owner", "lesson__complaint")
    for place, measure in enumerate(open_ones.order_by("pk")):
        if place % 4 == 3:
            continue  # one in four is forgotten
        done = LEARNED.get(measure.lesson.department, LEARNED["service"])[3]
        moment = min(dt.datetime.combine(measure.due_on - dt.timedelta(days=3), dt.time(17), tzinfo=store.zone), now)
        finish_measure(measure, text=done, by=manager, now=moment)
        if place % 4 == 1:
            judge_measure(measure, effective=True, text="此后抽查未再发生", by=people[0], now=now)
    watch_recurrence(store, now=now)
    closed = Complaint.objects.filter(store=store, state=ComplaintState.CLOSED).select_related("customer", "cause")
    for root, (title, situation, done, reply) in ENTRIES.items():
        case = closed.filter(cause__lineage__startswith=root).order_by("pk").first()
        if case is not None:
            values = {"cause": case.cause.code, "title": title, "situation": situation, "done": done, "reply": reply}
            write_entry(store, values, by=manager, now=now, complaint=case)
    taught = Lesson.objects.filter(store=store, complaint__closed_on__isnull=False).select_related("complaint")
    for lesson in taught.order_by("-complaint__closed_on")[:3]:
        pick_case(
            lesson.complaint,
            period="week",
            day=lesson.complaint.closed_on,
            by=manager,
            now=now,
            why="典型，值得全员学习",
        )
    compose_missing(store, now=now)
