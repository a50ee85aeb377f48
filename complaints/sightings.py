"""Where causes were seen, as facts to the radar. Each floor declares a function in settings.CAUSE_SIGHTINGS; this is that of the cases.

A function takes (store, since, until), two moments, and gives Sightings in that time. Pure reading.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from complaints.choices import Sighted
from complaints.models import Complaint


@dataclass(frozen=True, slots=True)
class Sighting:
    """A cause was seen. `fact_id` by `kind`; `model` of the car, "" where there is none; `number` of the case."""

    kind: Sighted
    fact_id: int
    cause_id: int
    at: dt.datetime
    customer_id: int
    department: str = ""
    model: str = ""
    number: str = ""
    words: str = ""


def of_cases(store, since, until):
    rows = Complaint.objects.filter(store=store, opened_at__gte=since, opened_at__lt=until).real()
    for row in rows.order_by("opened_at", "pk").values_list(
        "pk", "cause_id", "opened_at", "customer_id", "department", "vehicle__model", "number", "summary"
    ):
        pk, cause_id, at, customer_id, department, model, number, words = row
        yield Sighting(Sighted.COMPLAINT, pk, cause_id, at, customer_id, department, model or "", number, words)


def all_sightings(store, since, until) -> list[Sighting]:
    """Of every floor, oldest first."""
    found = [each for dotted in settings.CAUSE_SIGHTINGS for each in import_string(dotted)(store, since, until)]
    return sorted(found, key=lambda sighting: (sighting.at, sighting.kind, sighting.fact_id))
