"""The scripts every store starts with, in natural Chinese and in English."""


def seed_scripts(store):
    """Make version 1 of each rule's script for `store`; rules that have a script keep it."""
