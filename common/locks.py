"""Waiting for one another on a word instead of on a row."""

import hashlib

from django.db import connection


def lock_words(*words: str) -> None:
    """Hold these words until the transaction ends; a second transaction that wants one of them waits.

    Must run inside a transaction. Always taken in the same order, so two callers cannot wait for each other.
    SQLite needs nothing: its transactions begin IMMEDIATE (settings), so there is only one writer at a time.
    """
    if connection.vendor != "postgresql" or not words:
        return
    keys = sorted(
        {int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), signed=True) for word in words}
    )
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
