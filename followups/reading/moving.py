"""Whether waiting calls are being moved after a change of calendar or hours, for the line on the pages where it is changed."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Min, Sum

from followups.models import CallMove
from followups.services.moving import STALE

TOLD_FOR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Moving:
    """`since`: calls are being moved since then; None: they are moved, `count` topics, at `done_at`. `is_quiet`: no worker is heard of."""

    since: dt.datetime | None
    is_quiet: bool = False
    done_at: dt.datetime | None = None
    count: int = 0


def moving_of(stores, now: dt.datetime) -> Moving | None:
    """None where nothing is being moved and nothing was within the last hour."""
    rows = CallMove.objects.filter(store__in=stores)
    waiting = rows.filter(done_at=None).aggregate(since=Min("asked_at"), heard=Max("heartbeat_at"))
    if waiting["since"] is not None:
        return Moving(waiting["since"], is_quiet=max(filter(None, waiting.values())) < now - 2 * STALE)
    done = rows.filter(done_at__gte=now - TOLD_FOR).aggregate(at=Max("done_at"), count=Sum("moved"))
    return Moving(None, done_at=done["at"], count=done["count"]) if done["at"] is not None else None
