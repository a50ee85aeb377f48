"""What follows a person on this floor (see common.personal)."""

from common.personal import Follow, Tie

FOLLOWS = (
    Follow("dms.Conflict", "customer_id", "customers.Customer", Tie.TRACE),
    Follow("dms.UndoRemnant", "customer_id", "customers.Customer", Tie.TRACE),
)
