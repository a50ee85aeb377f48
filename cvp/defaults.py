"""The questionnaires every store starts with."""


def seed_store(store):
    """Make the shipped questionnaires for `store`; what is already there stays as it is."""
