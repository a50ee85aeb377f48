"""What every store starts with: dials, outcomes, scripts. Called once by accounts.services.create_store; safe to repeat."""

from followups.defaults.dials import seed_dials
from followups.defaults.outcomes import seed_outcomes
from followups.defaults.scripts import seed_scripts


def seed_store(store):
    """Make what is missing for `store`; what is there, edited or not, stays as it is."""
    seed_dials(store)
    seed_outcomes(store)
    seed_scripts(store)
