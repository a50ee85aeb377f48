"""Complaints for tests, opened by the service that opens the real ones."""

import datetime as dt

from complaints import services
from complaints.choices import ComplaintState
from complaints.services import open_complaint


def make_complaint(customer, *, by, now, **fields):
    fields = {
        "cause": "repair_quality",
        "severity": "normal",
        "department": "service",
        "summary": "取车后异响还在，要求重新检查。",
        **fields,
    }
    return open_complaint(customer, by=by, now=now, **fields)


def change_state(complaint, to, *, by, now, resolution="", reason="", note="", unasked="", seen=""):
    """Move on to `to` by the service that leads there."""
    how = {"by": by, "now": now, "seen": seen}
    if to == ComplaintState.HANDLING and complaint.state == ComplaintState.RECEIVED:
        services.begin_handling(complaint, **how)
    elif to == ComplaintState.HANDLING and complaint.state == ComplaintState.WAITING:
        services.resume(complaint, **how)
    elif to == ComplaintState.HANDLING:
        services.reopen(complaint, reason=reason, **how)
    elif to == ComplaintState.WAITING:
        services.wait(complaint, waits_for="part", until=now + dt.timedelta(days=2), reason=reason, **how)
    elif to == ComplaintState.SOLVED:
        services.solve(complaint, resolution=resolution, **how)
    elif to == ComplaintState.CONFIRMED:
        services.record_recontact(complaint, note=note, **how)
    elif to == ComplaintState.CLOSED:
        services.close(complaint, note=note, unasked=unasked, **how)
    elif to == ComplaintState.REJECTED:
        services.reject(complaint, reason=reason, **how)
    elif to == ComplaintState.FORCED:
        services.force_close(complaint, reason=reason, **how)
    elif to == ComplaintState.APPEALED:
        services.appeal(complaint, reason=reason, **how)
    else:
        raise services.NotAllowed("state", complaint)
