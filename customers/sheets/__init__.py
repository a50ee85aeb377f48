"""What can be imported into this floor (settings.DMS_SHEETS): owners with their cars, and repair orders."""

from customers.sheets.orders import REPAIR_ORDERS
from customers.sheets.owners import OWNERS

SHEETS = [OWNERS, REPAIR_ORDERS]
