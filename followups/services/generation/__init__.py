"""The run that turns facts into due items: once written, for every rule (followups.rules), store and day.

`ledger` one run at a time, and how far the last one read · `facts` who asks for a call, and for which · `shapes` rounds and days ·
`looking` which items something has happened to · `judging` what becomes of them, `life` for what reason · `inserting` new ones, `intake`
so many a day · `state` what a run knows, and how it writes · `run` puts them in order.
"""

from followups.services.generation.facts import planned_item
from followups.services.generation.ledger import RunBusy, RunLost
from followups.services.generation.run import generate_after_batch, generate_due, generate_stores

__all__ = ["RunBusy", "RunLost", "generate_after_batch", "generate_due", "generate_stores", "planned_item"]
