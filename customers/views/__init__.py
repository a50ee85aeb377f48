"""HTTP only: right, row, form, service, answer."""

from customers.views.detail import detail, history, timeline_page
from customers.views.lists import customer_list, search_page
from customers.views.people import customer_edit, customer_new, do_not_call, may_call
from customers.views.phones import phone_edit, phone_new, phone_primary, phone_retire, phone_reveal, phone_verify
from customers.views.vehicles import vehicle_edit

__all__ = [
    "customer_edit",
    "customer_list",
    "customer_new",
    "detail",
    "do_not_call",
    "history",
    "may_call",
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
