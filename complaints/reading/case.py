"""What the page of one case shows beside the case itself."""

import datetime as dt
from dataclasses import dataclass

from complaints.choices import ComplaintState, FileKind, Rung, Step
from complaints.reading.repeats import repeat_of
from complaints.services.clocks import DUE, rules_of
from complaints.wording import dms_facts

_S = ComplaintState
WAY = (_S.RECEIVED, _S.HANDLING, _S.SOLVED, _S.CONFIRMED, _S.CLOSED)


@dataclass
class ClockLine:
    """One step: until when, and when it was done. `tone`: "good", "bad" (late), "now" (due next), ""."""

    step: Step
    due_at: dt.datetime
    done_at: dt.datetime | None
    tone: str


def clock_lines(complaint, now) -> list[ClockLine]:
    lines = []
    for step, (due, done, _base) in DUE.items():
        due_at, done_at = getattr(complaint, due), getattr(complaint, done)
        if due_at is None:
            continue
        if done_at is not None:
            tone = "good" if done_at <= due_at else "bad"
        elif complaint.state == _S.WAITING or not complaint.is_open:
            tone = ""
        else:
            tone = "bad" if due_at < now else "now" if step == complaint.next_step else ""
        lines.append(ClockLine(step, due_at, done_at, tone))
    return lines


def state_bar(complaint):
    """The bar of states: dicts (label, passed, here). What lies beside the way stands in the place it left it from."""
    way = list(WAY)
    if complaint.state == _S.WAITING:
        way[1] = _S.WAITING
    elif complaint.state in (_S.REJECTED, _S.FORCED):
        way = [_S.RECEIVED, _S(complaint.state)]
    elif complaint.state == _S.APPEALED:
        way = [_S.RECEIVED, _S(complaint.appealed_from or _S.CLOSED), _S.APPEALED]
    here = way.index(complaint.state) if complaint.state in way else -1
    return [{"label": state.label, "passed": place < here, "here": place == here} for place, state in enumerate(way)]


def case_page(complaint, now) -> dict:
    """Context of the page. A handful of queries, whatever the case holds."""
    notes = list(complaint.notes.select_related("by").prefetch_related("files__attachment"))
    files = list(complaint.files.select_related("attachment__by"))
    escalations = list(complaint.escalations.select_related("done_by"))
    for_maker = [row for row in escalations if row.rung == Rung.OEM and row.done_at is None and not row.is_passed]
    rules = rules_of(complaint.store) if for_maker else None
    today = complaint.store.day_of(now)
    return {
        "repeat": repeat_of(complaint.store, complaint.customer_id, today, apart_from=complaint.pk),
        "complaint": complaint,
        "now": now,
        "notes": notes,
        "files": files,
        "is_unsigned": bool(complaint.compensation) and not any(file.kind == FileKind.CONFIRMATION for file in files),
        "clocks": clock_lines(complaint, now),
        "pauses": list(complaint.pauses.select_related("by")),
        "callouts": list(complaint.callouts.select_related("called_by")) if complaint.emergency else [],
        "escalations": [row for row in escalations if not row.is_passed],
        "for_maker": for_maker,
        "engineer": f"{rules.engineer} {rules.engineer_phone}".strip() if rules else "",
        "dms_facts": dms_facts(complaint),
        "phone": complaint.customer.phones.alive().first(),
        "steps": state_bar(complaint),
    }
