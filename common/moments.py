"""Arithmetic on moments inside a hand-written statement."""

from django.db import connection


def minutes_later(moment: str, minutes: str) -> str:
    """SQL for a moment (an expression or placeholder) and a whole number of minutes after it (an expression)."""
    if connection.vendor == "sqlite":
        # Django's own function, so that the text sorts among what the ORM writes; it takes microseconds.
        return f"django_format_dtdelta('+', {moment}, {minutes} * 60000000)"
    return f"({moment}::timestamptz + {minutes} * INTERVAL '1 minute')"
