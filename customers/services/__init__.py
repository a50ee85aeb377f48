"""The verbs of this floor. Every writer of a record outside the set-based import goes through here.

`by` is the person who does it (None for the system), `source` an audit.choices.Source, `now` the aware moment; every
verb is one transaction, locks the customer's row first, writes only what differs, and leaves a history line.
"""

from common.meanwhile import ChangedMeanwhile
from customers.services.conflicts import (
    ask_by_call,
    keep_all_ours,
    keep_ours,
    reopen_conflict,
    settle_conflicts,
    take_theirs,
)
from customers.services.contacts import learn_hour, record_contact, store_hours, void_contact
from customers.services.errors import AlreadyDecided, NumberTaken
from customers.services.gone import bring_back, mark_gone
from customers.services.people import create_customer, sort_out_names, update_customer
from customers.services.phones import (
    add_phone,
    change_number,
    make_primary,
    mark_phone,
    update_phone,
    verify_phone,
    void_phone,
)
from customers.services.reach import find_returned, mark_reached, mark_unreachable, restore_reach
from customers.services.use import mark_deceased, set_use
from customers.services.vehicles import former_plate_row, update_vehicle
from customers.services.wishes import (
    clear_do_not_call,
    expire_wishes,
    lift_wish,
    restore_wish,
    set_do_not_call,
    set_wish,
    standing_wish,
)

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
    "bring_back",
    "change_number",
    "clear_do_not_call",
    "mark_deceased",
    "set_use",
    "create_customer",
    "expire_wishes",
    "find_returned",
    "former_plate_row",
    "learn_hour",
    "lift_wish",
    "make_primary",
    "mark_gone",
    "mark_phone",
    "mark_reached",
    "mark_unreachable",
    "record_contact",
    "restore_reach",
    "restore_wish",
    "set_do_not_call",
    "set_wish",
    "store_hours",
    "sort_out_names",
    "standing_wish",
    "update_customer",
    "update_phone",
    "update_vehicle",
    "verify_phone",
    "void_contact",
    "void_phone",
]
