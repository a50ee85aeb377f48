"""Verbs on service intervals. Whoever calls one has the cars worked out anew afterwards (customers.tasks.work_out_interval)."""

from django.db import transaction

from audit.choices import Source
from audit.services import record_change
from common.meanwhile import refuse_overwriting
from customers.models import CareInterval, Vehicle
from customers.services.care import work_out_cars


@transaction.atomic
def save_interval(store, *, series, model, values, by, now, seen=None) -> CareInterval:
    """Set the interval of a series, a model, or (both empty) the store. values: {column: number}.

    seen: {column: number the editor was shown}; raises ChangedMeanwhile where somebody stored another one since.
    """
    row = CareInterval.objects.select_for_update().filter(store=store, series=series, model=model).first()
    is_new = row is None
    row = row or CareInterval(store=store, series=series, model=model)
    if not is_new:
        refuse_overwriting(row, values, seen)
    diff = {} if is_new else {name: (getattr(row, name), value) for name, value in values.items()}
    diff = {name: pair for name, pair in diff.items() if pair[0] != pair[1]}
    for name, value in values.items():
        setattr(row, name, value)
    if is_new:
        row.save(force_insert=True)
    elif diff:
        row.save(update_fields=list(diff))
    record_change(row, diff, by=by, source=Source.FORM, deed="create" if is_new else "edit", at=now)
    return row


@transaction.atomic
def remove_interval(row, *, by, now):
    """Its cars go by the next wider row again. The store's own row stays: ValueError."""
    if not row.series:
        raise ValueError("the row of the store stays")
    record_change(row, {}, by=by, source=Source.FORM, deed="void", params={"row": str(row)}, at=now)
    row.delete()


def work_out_again(store, *, series, model, now) -> int:
    """The care plans of the cars that an interval is about; gives how many. Not inside a transaction."""
    cars = Vehicle.objects.filter(store=store)
    if series:
        cars = cars.filter(series=series)
    if model:
        cars = cars.filter(model=model)
    return work_out_cars(store, cars, now=now)
