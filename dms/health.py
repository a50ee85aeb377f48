"""What can be asked of the imports: the last one, what waits, the watched folders (declarations for office.watch)."""

import datetime as dt
import os

from django.conf import settings
from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.health import BAD, GOOD, WARN, Check, Finding
from dms.choices import MOVING, UNDECIDED, BatchState, InboxState
from dms.inbox import folders
from dms.models import Batch, InboxFile

STUCK = dt.timedelta(minutes=15)  # without a sign of life while somebody should be at it
UNREAD = dt.timedelta(minutes=30)  # a file that lies in a watched folder


def look_at_last(look):
    done = Batch.objects.filter(state=BatchState.DONE, store__in=look.stores)
    last = dict(done.values_list("store").annotate(at=Max("finished_at")))
    for store in look.stores:
        at = last.get(store.pk)
        if at is None:
            yield Finding(WARN, _("nothing was imported yet"), store, {"days": None})
            continue
        day = at.astimezone(store.zone)
        days = (store.day_of(look.now) - day.date()).days
        tone = WARN if days >= settings.IMPORT_SILENCE_DAYS else GOOD
        yield Finding(tone, f"{day:%Y-%m-%d %H:%M}", store, {"days": days})


def look_at_backlog(look):
    signed = Coalesce("heartbeat_at", "confirmed_at", "created_at")
    batches = Batch.objects.filter(store__in=look.stores).annotate(signed=signed)
    moving = Q(state__in=MOVING)
    counts = {
        row["store"]: row
        for row in batches.filter(state__in={*MOVING, *UNDECIDED})
        .order_by()
        .values("store")
        .annotate(
            moving=Count("pk", filter=moving),
            stuck=Count("pk", filter=moving & Q(signed__lt=look.now - STUCK)),
            waiting=Count("pk", filter=Q(state__in=UNDECIDED) & ~moving),
        )
    }
    for store in look.stores:
        row = counts.get(store.pk) or {"moving": 0, "stuck": 0, "waiting": 0}
        words = _("%(moving)s at work, %(stuck)s of them stuck; %(waiting)s wait for a person")
        facts = {name: row[name] for name in ("moving", "stuck", "waiting")}
        yield Finding(BAD if row["stuck"] else GOOD, words % facts, store, facts)


def look_at_inbox(look):
    refused = InboxFile.objects.filter(
        store__in=look.stores, state=InboxState.REFUSED, settled_at__gte=look.now - dt.timedelta(days=7)
    )
    failed = dict(refused.order_by().values_list("store").annotate(n=Count("pk")))
    return [_inbox_of(store, look.now, failed.get(store.pk, 0)) for store in look.stores]


def _inbox_of(store, now, failed):
    folder = folders.folder_of(store)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        text = (
            _("The folder is not there yet; the worker makes it.") if not folder.exists() else _("cannot be written to")
        )
        return Finding(BAD if folder.exists() else WARN, text, store, {"waiting": None, "failed": failed})
    files = folders.look(store).files
    oldest = min((file.stamp[1] for file in files), default=None)
    is_late = oldest is not None and now.timestamp() - oldest / 1e9 > UNREAD.total_seconds()
    words = _("%(waiting)s files wait, %(failed)s could not be imported in seven days")
    facts = {"waiting": len(files), "failed": failed}
    return Finding(BAD if is_late else WARN if failed else GOOD, words % facts, store, facts)


CHECKS = [
    Check(
        "last_import",
        gettext_lazy("Last import"),
        look_at_last,
        gettext_lazy("Import the newest lists of the DMS: without them nobody is called about what happened since."),
    ),
    Check(
        "import_backlog",
        gettext_lazy("Imports at work"),
        look_at_backlog,
        gettext_lazy(
            "A stuck import is taken up by the next worker by itself; where that does not happen, look at the workers."
        ),
    ),
    Check(
        "inbox",
        gettext_lazy("Watched folder"),
        look_at_inbox,
        gettext_lazy(
            "The import page lists what came in and why a file was refused; where files stay lying, look at the workers."
        ),
    ),
]
