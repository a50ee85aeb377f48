"""Who the customers are and what happened to them: people, phones, vehicles, deliveries, repair orders, and the contact ledger."""
