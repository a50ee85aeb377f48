"""What nobody does is told too: a store that imports nothing for weeks, a file that waits for its decision."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from accounts.models import Store
from dms import notices
from dms.choices import BatchState
from dms.models import Batch
from office.choices import Severity

PATIENCE = dt.timedelta(days=1)


def tell_silences(now) -> list[Store]:
    """Tell every live store that imported nothing for settings.IMPORT_SILENCE_DAYS, once a week. Gives these stores.

    A store that never imported is silent since it was made, or went live if that was later.
    """
    silent = []
    for store in Store.objects.active().order_by("pk"):
        today = store.day_of(now)
        if store.live_on > today:
            continue
        days = (today - _spoke_on(store)).days
        if days < settings.IMPORT_SILENCE_DAYS:
            continue
        week = "{}-W{:02}".format(*today.isocalendar()[:2])
        notices.tell(
            store,
            "import_silence",
            f"import-silence-{store.pk}-{week}",
            params={"days": days},
            severity=Severity.WARNING,
            url_name="dms:list",
        )
        silent.append(store)
    return silent


def _spoke_on(store):
    done = Batch.objects.filter(store=store, state=BatchState.DONE, finished_at__isnull=False)
    newest = done.order_by("-pk").values_list("finished_at", flat=True).first()
    return store.day_of(newest) if newest else max(store.day_of(store.created_at), store.live_on)


def tell_waiting(now) -> list[Batch]:
    """Tell once of every import that waits for a person for more than a day. Gives these imports."""
    waiting = list(
        Batch.objects.filter(
            state__in=(BatchState.UPLOADED, BatchState.READY), created_at__lt=now - PATIENCE, store__is_active=True
        )
        .select_related("store")
        .only("file_name", "store", "state")
        .order_by("pk")
    )
    for batch in waiting:
        notices.tell(
            batch.store,
            "batch_waiting",
            notices.waiting_key(batch.pk),
            params={"file": batch.file_name},
            url_name="dms:batch",
            url_args=[batch.pk],
        )
    return waiting


def watch() -> tuple[list[Store], list[Batch]]:
    now = timezone.now()
    return tell_silences(now), tell_waiting(now)
