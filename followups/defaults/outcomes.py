"""The outcome list every store starts with."""


def seed_outcomes(store):
    """Make the shipped outcomes for `store`; existing codes stay as they are."""
