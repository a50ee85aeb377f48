"""Verbs on outward sheets: one transaction makes a sheet and keeps its lines; looking at it leaves an access line."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Store
from audit.choices import AccessKind
from audit.models import Change
from audit.services import record_access
from common.workbooks import workbook
from customers.choices import OutwardSheet
from customers.models import OutwardExport, OutwardLine
from customers.outward import (
    DMS_COLUMNS,
    OEM_COLUMNS,
    OVERLAP,
    confirmations,
    corrections,
    fresh_changes,
    latest_export,
    new_owners,
)


@transaction.atomic
def make_dms_sheet(store, *, by, now) -> OutwardExport | None:
    """Everything DCRC corrected or confirmed since the last such sheet, or None where that is nothing."""
    _one_at_a_time(store)
    last = latest_export(store, OutwardSheet.DMS)
    changes = fresh_changes(store, last)
    lines = corrections(changes)
    if not lines:
        return None
    since_id = _id_before(now - OVERLAP)
    seen = [*(last.seen if last else ()), *(change.pk for change in changes)]
    export = OutwardExport(sheet=OutwardSheet.DMS, since_id=since_id, seen=sorted({pk for pk in seen if pk > since_id}))
    return _keep(export, store, lines, DMS_COLUMNS, by=by, now=now)


@transaction.atomic
def make_oem_sheet(store, *, start: dt.date, end: dt.date, with_unconfirmed=False, by, now) -> OutwardExport | None:
    """The owners of cars delivered on these days who were not told before; of those whose data nobody has confirmed only
    `with_unconfirmed`. None where there are none."""
    _one_at_a_time(store)
    deliveries = list(new_owners(store, start=start, end=end))
    lines = confirmations(deliveries, zone=store.zone, with_unconfirmed=with_unconfirmed)
    if not lines:
        return None
    return _keep(OutwardExport(sheet=OutwardSheet.OEM, start=start, end=end), store, lines, OEM_COLUMNS, by=by, now=now)


def download(export, *, by) -> bytes:
    """The sheet as a workbook, the same bytes each time. Leaves an access line: it holds personal data in full."""
    params = {"sheet": export.sheet, "rows": export.rows, "full": True}
    record_access(export, by=by, kind=AccessKind.EXPORT, params=params)
    rows = export.lines.order_by("pk").values_list("cells", flat=True)
    return workbook(str(export.get_sheet_display()), export.columns, rows, made_at=export.made_at)


def _one_at_a_time(store):
    """Two people who make a sheet in the same moment get one each, not the same one twice."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)


def _id_before(moment) -> int:
    """The newest id of the history that was written before a moment; 0 for none."""
    return Change.objects.filter(at__lt=moment).order_by("-pk").values_list("pk", flat=True).first() or 0


def _keep(export, store, lines, columns, *, by, now) -> OutwardExport:
    export.store, export.made_by, export.made_at = store, by, now
    export.rows, export.columns = len(lines), [_(name) for name in columns]
    export.save(force_insert=True)
    OutwardLine.objects.bulk_create([OutwardLine(export=export, **vars(line)) for line in lines], batch_size=500)
    return export
