"""Setting the dial of the spot checks, with a line of history."""

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from quality.models import QualityDial


@transaction.atomic
def change_quality_dial(store, values: dict, *, by, now) -> QualityDial:
    """`values` are columns of QualityDial; draws that were made stay as they are."""
    QualityDial.objects.get_or_create(store=store)
    row = QualityDial.objects.select_for_update().get(store=store)
    changes = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    if changes:
        row.save(update_fields=list(changes))
        record_change(row, changes, by=by, source=Source.FORM, at=now)
    return row
