"""Finding cases in the library: by words, by cause, by likeness."""

from complaints.models import Cause, LibraryEntry

CANDIDATES = 300  # newest entries that are compared
SIMILAR = 3


def find_entries(store, *, text="", cause=None, retired=False):
    """Entries with all the words of `text`, about `cause` or a finer one, as a queryset."""
    rows = LibraryEntry.objects.filter(store=store, retired_at__isnull=not retired).select_related(
        "cause", "complaint", "by"
    )
    for word in text.split():
        rows = rows.with_word(word)
    return rows.filter(cause__in=Cause.objects.within(cause)) if cause else rows


def similar_entries(store, cause, text="", *, apart_from=None) -> list[LibraryEntry]:
    """At most SIMILAR entries of the same branch of the tree: those of the same cause and most alike in words first. One query.

    Likeness is how many pairs of neighbouring characters of `text` an entry has, which needs no word boundaries, so that it does for Chinese.
    """
    root = cause.root_code
    rows = LibraryEntry.objects.filter(store=store, retired_at=None).select_related("cause")
    if apart_from is not None:
        rows = rows.exclude(complaint=apart_from)
    wanted, found = _pairs(text), []
    for entry in rows.order_by("-id")[:CANDIDATES]:
        if entry.cause.root_code != root:
            continue
        alike = _likeness(wanted, _pairs(f"{entry.title}{entry.situation}"))
        found.append((entry.cause_id == cause.pk, alike, entry.pk, entry))
    return [entry for *_order, entry in sorted(found, key=lambda line: line[:3], reverse=True)[:SIMILAR]]


def _pairs(text) -> set[str]:
    letters = "".join(letter for letter in text.lower() if letter.isalnum())
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def _likeness(wanted, told) -> float:
    """Which part of what is wanted is told; 0 to 1."""
    return len(wanted & told) / len(wanted) if wanted else 0.0
