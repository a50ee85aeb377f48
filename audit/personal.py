"""What follows a person on this floor (see common.personal): ledgers, which keep the number of the record and point at nobody."""

from common.personal import Follow, Joining, Tie

FOLLOWS = (
    Follow("audit.Change", "customer_id", "customers.Customer", Tie.TRACE, merge=Joining.STAYS),
    Follow("audit.Access", "customer_id", "customers.Customer", Tie.TRACE, merge=Joining.STAYS),
)
