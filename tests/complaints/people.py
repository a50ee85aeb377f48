"""People of the departments: handlers, a head, the general manager."""

from accounts.choices import Role
from accounts.services import create_account
from tests.conftest import PASSWORD

KNOWN = {
    "gao": ("高建国", Role.SERVICE_HANDLER, ""),
    "xu": ("徐莉", Role.SALES_HANDLER, ""),
    "he": ("何志远", Role.DEPARTMENT_HEAD, "service"),
    "wan": ("万国平", Role.GENERAL_MANAGER, ""),
}


def hire(store, *names):
    """Accounts of `KNOWN`, in that order."""
    made = []
    for name in names:
        full_name, role, department = KNOWN[name]
        told = {"full_name": full_name, "role": role, "department": department, "store": store}
        made.append(create_account(username=name, password=PASSWORD, **told))
    return made
