"""The verbs of this floor: atomic, audited, `by` and `now` as arguments. The only place where an arrival or a decision changes."""

from reception.services.absent import follow_up_absent, follow_up_stores
from reception.services.arrivals import arrive, expect, mark_arrived, mark_left, step_back, withdraw
from reception.services.errors import Outrun
from reception.services.lounge import ComplaintDraft, add_note
from reception.services.work import decide, propose

__all__ = [
    "ComplaintDraft",
    "Outrun",
    "add_note",
    "arrive",
    "decide",
    "expect",
    "follow_up_absent",
    "follow_up_stores",
    "mark_arrived",
    "mark_left",
    "propose",
    "step_back",
    "withdraw",
]
