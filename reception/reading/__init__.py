"""Composes the pages of the reception. Reads only; a fixed number of queries, whatever the rows."""
