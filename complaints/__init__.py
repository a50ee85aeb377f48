"""Complaints: cases with a number, a deadline, notes, and the way to closed."""
