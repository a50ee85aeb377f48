"""Verbs of the call desk, one noun a file: cards, generation, claims, visits, undo, drafts, planned."""
