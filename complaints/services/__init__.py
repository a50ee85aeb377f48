"""Verbs on complaints, by noun; nothing else writes them."""

from complaints.services.cases import (
    CLOSE_HOURS,
    NOTE_LENGTH,
    RESOLUTION_LENGTH,
    SUMMARY_LENGTH,
    AlreadyHandled,
    add_note,
    change_state,
    close_hours,
    hand_complaint_over,
    number_prefix,
    open_complaint,
    record_recontact,
    reopen_by_call,
    take_over,
    withdraw_complaint,
    withdraw_recontact,
    withdraw_reopening,
)
from complaints.services.errors import NotAllowed

__all__ = [
    "AlreadyHandled",
    "CLOSE_HOURS",
    "NOTE_LENGTH",
    "NotAllowed",
    "RESOLUTION_LENGTH",
    "SUMMARY_LENGTH",
    "add_note",
    "change_state",
    "close_hours",
    "hand_complaint_over",
    "number_prefix",
    "open_complaint",
    "record_recontact",
    "reopen_by_call",
    "take_over",
    "withdraw_complaint",
    "withdraw_recontact",
    "withdraw_reopening",
]
