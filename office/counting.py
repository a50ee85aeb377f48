"""How many notices a person has not read: asked by every page, so the database is asked now and then only.

A fresh notice rings within FRESH_SECONDS. What the person reads counts at once: the session names the edition of the count, and
every web process sees the session, while each may have a cache of its own (the embedded default).
"""

import time

from django.core.cache import cache

from office.choices import Severity
from office.models import Notice

FRESH_SECONDS = 20
MOST = 99
EDITION = "notices_read"


def _key(request):
    return f"bell-{request.session.session_key}-{request.session.get(EDITION, 0)}"


def bell_of(request) -> dict:
    """{"count": unread notices of the person who asks, up to MOST + 1, "text": as shown, "urgent": whether one of them is}. One query."""
    unread = Notice.objects.visible_to(request.user).unread()
    kinds = cache.get_or_set(
        _key(request), lambda: list(unread.values_list("severity", flat=True)[: MOST + 1]), FRESH_SECONDS
    )
    count = len(kinds)
    return {"count": count, "text": f"{MOST}+" if count > MOST else str(count), "urgent": Severity.URGENT in kinds}


def forget_count(request) -> None:
    """This page shows the notices themselves: it counts what it shows."""
    cache.delete(_key(request))


def count_anew(request) -> None:
    """The person has read something."""
    request.session[EDITION] = time.time_ns()
