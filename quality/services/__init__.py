"""Verbs on spot checks. The only writers of this app's tables."""
