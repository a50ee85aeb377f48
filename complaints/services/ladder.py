"""Who is told before and after a deadline: handler, department head, DCRC manager, general manager, the maker. Once each.

The ledger is Escalation; the job derives from dates what is due, so it may run twice, late, or after days off: then only the highest
rung is told, and the ledger says which ones were passed over. Nobody is told outside the store's working time.
"""

import datetime as dt

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from complaints.choices import ComplaintState, NoteCode, Rung
from complaints.clocks import rung_of
from complaints.models import Complaint, ComplaintNote, Escalation
from complaints.services.base import NotAllowed
from complaints.services.clocks import DUE, hours_of, open_steps, rules_of
from complaints.services.telling import tell_rung
from complaints.services.waiting import wake

RUNNING = (ComplaintState.RECEIVED, ComplaintState.HANDLING, ComplaintState.SOLVED)
LOT = 500


def watch(store, *, now) -> dict[str, int]:
    """One look at all cases of the store: {"woken", "warned", "escalated"} as far as there were any. Nothing outside working time."""
    rules = rules_of(store)
    hours = hours_of(store, rules)
    if not hours.is_open(now):
        return {}
    counts = {"woken": wake(store, now=now), "warned": 0, "escalated": 0}
    for complaint in _candidates(store):
        new = _reached(complaint, now, hours=hours, rules=rules, known=set(_told(complaint)))
        if new and (rung := _climb(complaint.pk, now, hours=hours, rules=rules)) is not None:
            counts["warned" if rung == Rung.WARNING else "escalated"] += 1
    return {what: count for what, count in counts.items() if count}


def _candidates(store):
    """Cases with a running clock, a lot at a time."""
    cases = Complaint.objects.filter(store=store, state__in=RUNNING, is_void=False).exclude(next_step="")
    last = 0
    while lot := list(cases.filter(pk__gt=last).order_by("pk").prefetch_related("escalations")[:LOT]):
        yield from lot
        last = lot[-1].pk


def _told(complaint):
    return ((row.step, row.rung) for row in complaint.escalations.all() if row.round == complaint.clock_round)


def _reached(complaint, now, *, hours, rules, known) -> list[tuple]:
    """(step, rung, due) not in the ledger yet, of all steps whose clock runs. Every rung up to the highest."""
    new = []
    for step in open_steps(complaint):
        due = getattr(complaint, DUE[step][0])
        seconds = (complaint.allowed or {}).get(step)
        allowed = dt.timedelta(seconds=seconds) if seconds is not None else hours.day
        top = rung_of(due, now, hours=hours, allowed=allowed, rules=rules, severity=complaint.severity)
        if top is not None:
            new += [(step, rung, due) for rung in Rung if rung <= top and (step.value, rung.value) not in known]
    return new


@transaction.atomic
def _climb(pk, now, *, hours, rules) -> Rung | None:
    """Write the rungs that a case has reached since the last look and tell the highest; which one. Alone on this case."""
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=pk)
    if complaint.state not in RUNNING:
        return None
    new = _reached(complaint, now, hours=hours, rules=rules, known=set(_told(complaint)))
    if not new:
        return None
    step, rung, due = max(new, key=lambda each: (each[1], each[2]))
    told = tell_rung(complaint, step, rung, due, rules=rules)
    shared = {"complaint": complaint, "round": complaint.clock_round, "at": now}
    Escalation.objects.bulk_create(
        Escalation(
            **shared,
            step=each,
            rung=height,
            due_at=by_when,
            told=told if (each, height) == (step, rung) else 0,
            is_passed=(each, height) != (step, rung),
        )
        for each, height, by_when in new
    )
    code = NoteCode.WARNED if rung == Rung.WARNING else NoteCode.ESCALATED
    params = {"step": step.value, "rung": int(rung)}
    ComplaintNote.objects.create(complaint=complaint, at=now, by=None, code=code, params=params)
    return rung


@transaction.atomic
def tell_maker(escalation, *, by, now):
    """The maker has been informed by `by`. Written once; raises NotAllowed where somebody was quicker."""
    waiting = Escalation.objects.filter(pk=escalation.pk, rung=Rung.OEM, done_at=None)
    complaint = escalation.complaint
    if not waiting.update(done_at=now, done_by=by):
        raise NotAllowed("changed", complaint)
    ComplaintNote.objects.create(complaint=complaint, at=now, by=by, code=NoteCode.OEM_TOLD)
    how = {"by": by, "source": Source.FORM, "customer_id": complaint.customer_id, "at": now}
    record_change(complaint, {}, deed="oem_told", **how)
