"""Verbs on the dials of customers' files."""

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from customers.models import CareLedger, FileDial
from customers.tasks import follow_file_dial

SEGMENT_DIALS = ("months", "segment_a", "segment_b", "segment_c")


@transaction.atomic
def save_file_dial(store, values: dict, *, by, now) -> FileDial:
    """Set the store's dials; segments, and numbers of files that have none, follow by the worker, and at the latest by the next run."""
    FileDial.objects.get_or_create(store=store)
    dial = FileDial.objects.select_for_update().get(store=store)
    diff = {name: (getattr(dial, name), value) for name, value in values.items()}
    diff = {name: pair for name, pair in diff.items() if pair[0] != pair[1]}
    for name, (_old, new) in diff.items():
        setattr(dial, name, new)
    if diff:
        dial.save(update_fields=list(diff))
        record_change(dial, diff, by=by, source=Source.FORM, at=now)
    if diff.keys() & set(SEGMENT_DIALS):
        CareLedger.objects.filter(store=store).update(segments_on=None)
    follow_file_dial.delay_on_commit(store.pk)
    return dial
