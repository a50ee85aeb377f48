"""What can be imported into this floor (settings.DMS_SHEETS): owners with their cars, repair orders, insurance."""

from customers.sheets.orders import REPAIR_ORDERS
from customers.sheets.others import OTHER_LISTS
from customers.sheets.owners import OWNERS
from customers.sheets.policies import POLICIES

__all__ = ["OTHER_LISTS", "SHEETS"]

SHEETS = [OWNERS, REPAIR_ORDERS, POLICIES]
