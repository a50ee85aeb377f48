"""Small things that every page words alike."""

from collections.abc import Iterable

from django.utils.translation import get_language


def listed(words: Iterable) -> str:
    """Several words in the reader's language: `续保提醒、年检提醒`, `Renewal, Inspection`."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(str(word) for word in words)
