"""HTTP only: right, row, form, service, answer."""

from reception.views.arrivals import arrive, expect, expect_panel, step
from reception.views.board import board, search
from reception.views.lounge import add_note, note
from reception.views.person import confirm, person, settle, unsettle
from reception.views.work import decide, decision, propose, slip

__all__ = [
    "add_note",
    "arrive",
    "board",
    "confirm",
    "decide",
    "decision",
    "expect",
    "expect_panel",
    "note",
    "person",
    "propose",
    "search",
    "settle",
    "slip",
    "step",
    "unsettle",
]
