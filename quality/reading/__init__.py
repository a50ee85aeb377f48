"""Composes the pages of this app. Reads only."""
