"""The simulated clock. Services take `now`; what the database or a worker stamps by itself (an import's rows, a run's ledger) is moved
from the real moment to the simulated one. The simulated days lie well before the real ones, so both can be told apart.
"""

import datetime as dt

from django.apps import apps
from django.db import models

MARGIN = dt.timedelta(days=1)  # stamps from here on, before the simulation really began, are the real clock's


def stamped():
    """(model, names of its moments) of everything that belongs to a store."""
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        moments = [field.name for field in fields if isinstance(field, models.DateTimeField)]
        moments = [name for name in moments if not name.endswith("_until")]  # worked out, and may lie a year ahead
        if moments and "store_id" in {field.attname for field in fields}:
            yield model, moments


class Clock:
    """`settle(moment)` says: whatever the real clock has stamped since the last time, happened at this moment."""

    def __init__(self, store, began: dt.datetime):
        self.store, self.horizon = store, began - MARGIN
        self.tables = list(stamped())

    def settle(self, moment: dt.datetime) -> None:
        for model, names in self.tables:
            rows = model._base_manager.filter(store_id=self.store.pk)
            for name in names:
                rows.filter(**{f"{name}__gte": self.horizon}).update(**{name: moment})
