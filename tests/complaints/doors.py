from django.utils import timezone

from complaints.choices import ComplaintState
from complaints.models import Cause, Complaint
from tests.doors import Door
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer


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


CAUSES = "complaints.manage_causes"
VIEW, CHANGE, CLOSE = "complaints.view_complaint", "complaints.change_complaint", "complaints.close_complaint"

DOORS = [
    Door("complaints:list", VIEW),
    Door("complaints:detail", VIEW, row="received"),
    Door("complaints:customer_panel", VIEW, row="customer"),
    Door("complaints:new", "complaints.add_complaint", data=customer_named),
    Door("complaints:note", CHANGE, method="post", row="received", data={"text": "已回电。"}, ok=302),
    Door("complaints:take_over", CHANGE, method="post", row="received", ok=302),
    Door("complaints:solve", CHANGE, method="post", row="handled", data={"resolution": "已返工。"}, ok=302),
    Door("complaints:reopen", CHANGE, method="post", row="solved", data={"reason": "又响了。"}, ok=302),
    Door("complaints:asked", CHANGE, method="post", row="solved", data={"note": "满意。"}, ok=302),
    Door("complaints:close", CLOSE, method="post", row="solved", data={"unasked": "书面确认。"}, ok=302),
    Door("complaints:causes", CAUSES),
    Door("complaints:cause_new", CAUSES),
    Door("complaints:cause", CAUSES, row="cause"),
    Door("complaints:cause_move", CAUSES, method="post", row="cause", data={"to": "up"}, ok=302),
    Door("complaints:cause_retire", CAUSES, method="post", row="cause", ok=302),
    Door("complaints:cause_revive", CAUSES, method="post", row="retired_cause", ok=302),
]
