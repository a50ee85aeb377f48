"""HTTP only: right, row, form, service, answer."""

from customers.views.care import (
    interval_edit,
    interval_list,
    interval_new,
    interval_remove,
    prediction_rows,
    predictions,
    vehicle_back,
    vehicle_gone,
)
from customers.views.conflicts import conflict_decide, conflict_list, conflicts_keep
from customers.views.detail import detail, history, timeline_page
from customers.views.dials import file_dials
from customers.views.duplicates import duplicate_decide, duplicate_list
from customers.views.file_care import file_care
from customers.views.lists import customer_list, search_page
from customers.views.merges import duplicate_merge, merge_list, merge_picked, merge_undo, merge_with
from customers.views.outward import outward, outward_download, outward_make
from customers.views.people import customer_edit, customer_new, may_call
from customers.views.phones import phone_edit, phone_new, phone_primary, phone_retire, phone_reveal, phone_verify
from customers.views.vehicles import vehicle_edit

__all__ = [
    "conflict_decide",
    "conflict_list",
    "conflicts_keep",
    "customer_edit",
    "customer_list",
    "customer_new",
    "detail",
    "file_care",
    "file_dials",
    "duplicate_decide",
    "duplicate_list",
    "duplicate_merge",
    "merge_list",
    "merge_picked",
    "merge_undo",
    "merge_with",
    "history",
    "interval_edit",
    "interval_list",
    "interval_new",
    "interval_remove",
    "may_call",
    "outward",
    "outward_download",
    "outward_make",
    "phone_edit",
    "phone_new",
    "phone_primary",
    "phone_retire",
    "phone_reveal",
    "phone_verify",
    "prediction_rows",
    "predictions",
    "search_page",
    "timeline_page",
    "vehicle_back",
    "vehicle_edit",
    "vehicle_gone",
]
