import datetime as dt

from django.utils import timezone

from accounts.services import create_account
from complaints.choices import ComplaintState
from complaints.models import Complaint, Escalation
from complaints.services import add_files, call_engineer, take_over, wait
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
