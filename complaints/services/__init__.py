"""Verbs on complaints, by noun; nothing else writes them."""

from complaints.services.base import (
    NOTE_LENGTH,
    RESOLUTION_LENGTH,
    SUMMARY_LENGTH,
    WISH_LENGTH,
    AlreadyHandled,
    NotAllowed,
)
from complaints.services.cases import (
    add_note,
    number_prefix,
    open_complaint,
    withdraw_complaint,
)
from complaints.services.emergencies import call_engineer, note_arrival, raise_emergency
from complaints.services.files import add_files, reply
from complaints.services.intake import Stranger, take_in
from complaints.services.ladder import tell_maker
from complaints.services.steps import (
    appeal,
    assign,
    begin_handling,
    close,
    dismiss_appeal,
    force_close,
    grant_appeal,
    hand_complaint_over,
    record_recontact,
    reject,
    reopen,
    reopen_by_call,
    solve,
    take_over,
    withdraw_recontact,
    withdraw_reopening,
)
from complaints.services.waiting import extend, resume, wait

__all__ = [
    "NOTE_LENGTH",
    "RESOLUTION_LENGTH",
    "SUMMARY_LENGTH",
    "WISH_LENGTH",
    "AlreadyHandled",
    "NotAllowed",
    "Stranger",
    "add_files",
    "add_note",
    "appeal",
    "assign",
    "begin_handling",
    "call_engineer",
    "close",
    "dismiss_appeal",
    "extend",
    "force_close",
    "grant_appeal",
    "hand_complaint_over",
    "note_arrival",
    "number_prefix",
    "open_complaint",
    "raise_emergency",
    "record_recontact",
    "reject",
    "reopen",
    "reopen_by_call",
    "reply",
    "resume",
    "solve",
    "take_in",
    "take_over",
    "tell_maker",
    "wait",
    "withdraw_complaint",
    "withdraw_recontact",
    "withdraw_reopening",
]
