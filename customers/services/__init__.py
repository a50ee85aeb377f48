"""The verbs of this floor. Every writer of a record outside the set-based import goes through here.

`by` is the person who does it (None for the system), `source` an audit.choices.Source, `now` the aware moment; every
verb is one transaction, locks the customer's row first, writes only what differs, and leaves a history line.
"""

from customers.services.conflicts import (
    ask_by_call,
    keep_all_ours,
    keep_ours,
    reopen_conflict,
    settle_conflicts,
    take_theirs,
)
from customers.services.contacts import record_contact, void_contact
from customers.services.errors import AlreadyDecided, ChangedMeanwhile, NumberTaken
from customers.services.people import (
    clear_do_not_call,
    create_customer,
    set_do_not_call,
    sort_out_names,
    update_customer,
)
from customers.services.phones import (
    add_phone,
    change_number,
    make_primary,
    mark_phone,
    update_phone,
    verify_phone,
    void_phone,
)
from customers.services.vehicles import former_plate_row, update_vehicle

__all__ = [
    "AlreadyDecided",
    "ask_by_call",
    "keep_all_ours",
    "keep_ours",
    "reopen_conflict",
    "settle_conflicts",
    "take_theirs",
    "ChangedMeanwhile",
    "NumberTaken",
    "add_phone",
    "change_number",
    "clear_do_not_call",
    "create_customer",
    "former_plate_row",
    "make_primary",
    "mark_phone",
    "record_contact",
    "set_do_not_call",
    "sort_out_names",
    "update_customer",
    "update_phone",
    "update_vehicle",
    "verify_phone",
    "void_contact",
    "void_phone",
]
