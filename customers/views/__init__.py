"""HTTP only: right, row, form, service, answer."""

from customers.views.conflicts import conflict_decide, conflict_list, conflicts_keep
from customers.views.detail import detail, history, timeline_page
from customers.views.duplicates import duplicate_decide, duplicate_list
from customers.views.lists import customer_list, search_page
from customers.views.outward import outward, outward_download, outward_make
from customers.views.people import customer_edit, customer_new, do_not_call, may_call
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
    "do_not_call",
    "duplicate_decide",
    "duplicate_list",
    "history",
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
    "search_page",
    "timeline_page",
    "vehicle_edit",
]
