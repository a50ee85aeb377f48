import datetime as dt

from django.utils import timezone

from accounts.models import User
from accounts.services import create_account
from complaints.choices import ComplaintState
from complaints.models import Cause, Complaint, Escalation, Lesson, LibraryEntry, Measure, Penalty, WeekAnalysis
from complaints.reading.analysis import week_content
from complaints.services import add_files, call_engineer, take_over, wait
from complaints.services.lessons import write_lesson
from complaints.services.library import pick_case
from tests.doors import Door
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer
from tests.factories.office import upload


def customer(store):
    return {"customer_id": make_customer(store, name="王雅丽").pk}


def customer_named(store):
    return {"customer": make_customer(store, name="王雅丽").pk}


def received(store, state=ComplaintState.RECEIVED):
    complaint = make_complaint(make_customer(store, name="王雅丽"), by=None, now=timezone.now())
    Complaint.objects.filter(pk=complaint.pk).update(state=state)
    return {"pk": complaint.pk}


def handled(store):
    return received(store, ComplaintState.HANDLING)


def solved(store):
    return received(store, ComplaintState.SOLVED)


def cause(store):
    return {"pk": Cause.objects.get(store=store, code="price-high").pk}


def retired_cause(store):
    row = cause(store)
    Cause.objects.filter(**row).update(retired_at=timezone.now())
    return row


def lesson_values(store):
    return {"cause": "price-quote", "department": "service", "why1": "报价没有打印。", "correction": "已退差价。"}


def taught(store):
    case = Complaint.objects.get(**received(store))
    values = {"cause": "price-quote", "department": "service", "person": "", "whys": ["x"], "correction": "y"}
    write_lesson(case, values, by=None, now=timezone.now())
    return {"pk": case.pk}


def at_the_door(store):
    """Whoever stands before the door."""
    return User.objects.filter(store=store).first()


def measure_values(store):
    return {
        "what": "报价单签字",
        "owner": getattr(at_the_door(store), "pk", 0),
        "due_on": store.day_of(timezone.now()).isoformat(),
    }


def measure(store):
    today = store.day_of(timezone.now())
    lesson = Lesson.objects.get(complaint_id=taught(store)["pk"])
    return {
        "pk": Measure.objects.create(
            store=store, lesson=lesson, what="报价单签字", owner=at_the_door(store), due_on=today
        ).pk
    }


def own_done_measure(store):
    row, today = measure(store), store.day_of(timezone.now())
    Measure.objects.filter(**row).update(state="done", done_on=today, watched_from=today, check_on=today)
    return row


def done_measure(store):
    row = own_done_measure(store)
    Measure.objects.filter(**row).update(owner=None)
    return row


def entry(store):
    values = {
        "cause": Cause.objects.get(store=store, code="price-high"),
        "title": "报价",
        "situation": "x",
        "done": "y",
    }
    return {"pk": LibraryEntry.objects.create(store=store, at=timezone.now(), **values).pk}


def picked(store):
    case = Complaint.objects.get(**received(store))
    return {"pk": pick_case(case, period="week", day=case.opened_at.date(), by=None, now=timezone.now()).pk}


def week(store):
    """Of a week of long ago; its content is an empty one's."""
    start = dt.date(2026, 3, 9)
    content = week_content(store, start, timezone.now())
    WeekAnalysis.objects.create(store=store, start=start, content=content, at=timezone.now())
    return {"start": start.isoformat()}


def penalty(store, person=None):
    case = Complaint.objects.get(**received(store))
    return {
        "pk": Penalty.objects.create(
            store=store, complaint=case, person=person, name="吴师傅", kind="warning", grounds="x"
        ).pk
    }


def own_penalty(store):
    return penalty(store, at_the_door(store))


PROPOSE, DECIDE = "complaints.propose_penalty", "complaints.decide_penalty"
LIBRARY, PICK = "complaints.edit_library", "complaints.pick_cases"
LESSON, JUDGE = "complaints.write_lesson", "complaints.judge_measure"
JUDGED = {"effective": "yes", "text": "三个月没有再发生。"}
CAUSES = "complaints.manage_causes"


def of_state(state, **fields):
    def row(store):
        found = received(store, state)
        Complaint.objects.filter(**found).update(**fields)
        return found

    return row


def waiting(store):
    complaint = make_complaint(make_customer(store, name="王雅丽"), by=None, now=timezone.now())
    user = create_account(
        username=f"w{complaint.pk}", full_name="等", role="specialist", store=store, password="Wait-er-12"
    )
    take_over(complaint, by=user, now=timezone.now())
    until = timezone.now() + dt.timedelta(days=2)
    wait(complaint, waits_for="part", until=until, reason="等配件", by=user, now=timezone.now())
    return {"pk": complaint.pk}


closed = of_state(ComplaintState.CLOSED)
appealed = of_state(ComplaintState.APPEALED, appealed_from="closed")
confirmed = of_state(ComplaintState.CONFIRMED)
burning = of_state(ComplaintState.HANDLING, emergency="fire")


def a_file(store):
    complaint = Complaint.objects.get(**received(store))
    (row,) = add_files(complaint, [upload("车.png")], by=None, now=timezone.now())
    return {"pk": row.pk}


def called_out(store):
    complaint = Complaint.objects.get(**burning(store))
    now = timezone.now()
    return {"pk": call_engineer(complaint, engineer="孙工", called_at=now - dt.timedelta(hours=1), by=None, now=now).pk}


def at_the_top(store):
    complaint, now = Complaint.objects.get(**handled(store)), timezone.now()
    return {
        "pk": Escalation.objects.create(complaint=complaint, step="solution", round=0, rung=5, at=now, due_at=now).pk
    }


def moment(days=0):
    return (timezone.localtime() + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def files(store):
    return {"uploads": upload("车.png"), "kind": "evidence"}


def somebody(store):
    person = create_account(
        username=f"s{store.code}", full_name="某", role="specialist", store=store, password="Some-one-12"
    )
    return {"to": person.pk, "department": "service"}


VIEW, CHANGE, CLOSE = "complaints.view_complaint", "complaints.change_complaint", "complaints.close_complaint"
WHY = {"reason": "客户与我店各执一词。"}

DOORS = [
    Door("complaints:list", VIEW),
    Door("complaints:detail", VIEW, row="received"),
    Door("complaints:customer_panel", VIEW, row="customer"),
    Door("complaints:mine", "complaints.handle_own_cases"),
    Door("complaints:department", "complaints.oversee_department"),
    Door("complaints:glance", "complaints.oversee_complaints"),
    Door("complaints:clocks", "complaints.change_clocks"),
    Door("complaints:new", "complaints.add_complaint", data=customer_named),
    Door("complaints:stranger", "complaints.add_complaint"),
    Door("complaints:note", CHANGE, method="post", row="received", data={"text": "已回电。"}, ok=302, also=(VIEW,)),
    Door("complaints:take_over", CHANGE, method="post", row="received", ok=302),
    Door("complaints:assign", "complaints.assign_complaint", method="post", row="received", data=somebody, ok=302),
    Door(
        "complaints:wait",
        CHANGE,
        method="post",
        row="handled",
        data=lambda store: {"waits_for": "part", "until": moment(2), **WHY},
        ok=302,
    ),
    Door("complaints:resume", CHANGE, method="post", row="waiting", ok=302),
    Door(
        "complaints:extend",
        "complaints.extend_complaint",
        method="post",
        row="handled",
        data={"days": 2, **WHY},
        ok=302,
    ),
    Door("complaints:solve", CHANGE, method="post", row="handled", data={"resolution": "已返工。"}, ok=302),
    Door(
        "complaints:reopen",
        CHANGE,
        method="post",
        row="solved",
        data=WHY,
        ok=302,
        also=("complaints.recontact_complaint",),
    ),
    Door(
        "complaints:asked",
        "complaints.recontact_complaint",
        method="post",
        row="solved",
        data={"note": "满意。"},
        ok=302,
    ),
    Door("complaints:close", CLOSE, method="post", row="solved", data={"unasked": "书面确认。"}, ok=302),
    Door("complaints:causes", CAUSES),
    Door("complaints:cause_new", CAUSES),
    Door("complaints:cause", CAUSES, row="cause"),
    Door("complaints:cause_move", CAUSES, method="post", row="cause", data={"to": "up"}, ok=302),
    Door("complaints:cause_retire", CAUSES, method="post", row="cause", ok=302),
    Door("complaints:cause_revive", CAUSES, method="post", row="retired_cause", ok=302),
    Door("complaints:lesson", VIEW, row="received"),
    Door("complaints:lesson_panel", VIEW, row="received"),
    Door("complaints:lesson_write", LESSON, method="post", row="received", data=lesson_values, ok=302),
    Door("complaints:measure_plan", LESSON, method="post", row="taught", data=measure_values, ok=302),
    Door("complaints:measures", VIEW),
    Door("complaints:measure_change", LESSON, method="post", row="measure", data=measure_values, ok=302),
    Door("complaints:measure_done", VIEW, method="post", row="measure", data={"text": "已培训。"}, ok=302),
    Door("complaints:measure_judge", JUDGE, method="post", row="done_measure", data=JUDGED, ok=302),
    Door("complaints:measure_reopen", VIEW, method="post", row="own_done_measure", data={"text": "没做完。"}, ok=302),
    Door("complaints:lesson_dials", "complaints.change_lesson_dials"),
    Door("complaints:radar", "complaints.view_radar"),
    Door("complaints:library", VIEW),
    Door("complaints:similar", VIEW),
    Door("complaints:entry", VIEW, row="entry"),
    Door("complaints:entry_new", LIBRARY),
    Door("complaints:entry_edit", LIBRARY, row="entry"),
    Door("complaints:entry_retire", LIBRARY, method="post", row="entry", ok=302),
    Door("complaints:entry_revive", LIBRARY, method="post", row="entry", ok=302),
    Door("complaints:library_panel", VIEW, row="received"),
    Door("complaints:pick", PICK, method="post", row="received", data={"period": "week", "day": "2026-03-18"}, ok=302),
    Door("complaints:pick_drop", PICK, method="post", row="picked", ok=302),
    Door("complaints:analyses", "complaints.view_radar"),
    Door("complaints:analysis", "complaints.view_radar", row="week"),
    Door("complaints:analysis_compose", "complaints.compose_analysis", method="post", row="week", ok=302),
    Door("complaints:sheet", VIEW, row="received"),
    Door("complaints:penalty_panel", PROPOSE, row="received"),
    Door("complaints:penalty_propose", PROPOSE, row="received"),
    Door("complaints:penalties", None),
    Door("complaints:penalty", None, row="own_penalty"),
    Door("complaints:penalty_answer", None, method="post", row="own_penalty", data={"text": "我当时请假。"}, ok=302),
    Door(
        "complaints:penalty_decide", DECIDE, method="post", row="penalty", data={"to": "yes", "text": "属实。"}, ok=302
    ),
    Door("complaints:penalty_appeal", None, method="post", row="own_penalty", ok=422),
    Door("complaints:reject", CLOSE, method="post", row="handled", data=WHY, ok=302),
    Door("complaints:force", "complaints.force_close_complaint", method="post", row="handled", data=WHY, ok=302),
    Door("complaints:appeal", CHANGE, method="post", row="closed", data=WHY, ok=302),
    Door("complaints:grant", CLOSE, method="post", row="appealed", data=WHY, ok=302),
    Door("complaints:dismiss", CLOSE, method="post", row="appealed", data=WHY, ok=302),
    Door("complaints:files", CHANGE, method="post", row="received", data=files, ok=302),
    Door("complaints:file", VIEW, row="a_file"),
    Door("complaints:emergency", CHANGE, method="post", row="handled", data={"kind": "fire"}, ok=302),
    Door(
        "complaints:callout",
        CHANGE,
        method="post",
        row="burning",
        data=lambda store: {"engineer": "孙工", "called_at": moment()},
        ok=302,
    ),
    Door(
        "complaints:arrival",
        CHANGE,
        method="post",
        row="called_out",
        data=lambda store: {"arrived_at": moment(), "done": "已拖车。"},
        ok=302,
    ),
    Door("complaints:oem_told", CHANGE, method="post", row="at_the_top", ok=302),
]
