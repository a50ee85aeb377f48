"""What follows a person on this floor (see common.personal)."""

from common.personal import Follow, Joining, Tie

FOLLOWS = (
    Follow("dms.Conflict", "customer_id", "customers.Customer", Tie.TRACE, merge=Joining.BY_APP),
    Follow("dms.UndoRemnant", "customer_id", "customers.Customer", Tie.TRACE, merge=Joining.STAYS),
)
