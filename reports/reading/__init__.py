"""Composes the pages of this app out of declared figures. Reads only."""
