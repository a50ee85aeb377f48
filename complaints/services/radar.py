"""The recurrence radar: where a cause returns after its prevention was done, the measure is opened again, and everybody concerned is told.

Works from days and rows alone, so it may run twice, late, or after a week of standstill: a returning case is noted once per measure
(the unique row of Recurrence), and what the radar has to look at reaches back to the last day it has looked at.
"""

import datetime as dt
from collections import defaultdict

from django.db import transaction

from complaints.choices import NoteCode, RadarScope, Sighted
from complaints.models import Cause, Complaint, ComplaintNote, LessonDial, Measure, Recurrence
from complaints.services.measures import return_measure
from complaints.sightings import all_sightings
from office.choices import Severity
from office.services import notify, notify_person


def watch_recurrence(store, *, now) -> int:
    """How many returns were found, each noted once. One store's radar runs alone (its dial is locked)."""
    today = store.day_of(now)
    with transaction.atomic():
        dial = LessonDial.objects.select_for_update().get(store=store)
        found = sum(_note(measure, sighting, store, now) for measure, sighting in _returns(store, dial, today, now))
        dial.radar_on = max(today, dial.radar_on or today)
        dial.save(update_fields=["radar_on"])
    return found


def _returns(store, dial, today, now):
    """(measure, sighting) of what is not noted yet, oldest sighting first."""
    reach = dt.timedelta(days=dial.radar_days)
    looked_on = min(dial.radar_on or today, today)
    watched = Measure.objects.filter(store=store, watched_from__gte=looked_on - reach)
    watched = list(watched.select_related("owner", "lesson__cause", "lesson__complaint__vehicle"))
    if not watched:
        return
    since = dt.datetime.combine(min(measure.watched_from for measure in watched), dt.time(), tzinfo=store.zone)
    lineages = dict(Cause.objects.filter(store=store).values_list("pk", "lineage"))
    noted = set(
        Recurrence.objects.filter(store=store, seen_on__gte=since.date()).values_list("measure_id", "kind", "fact_id")
    )
    by_cause = defaultdict(list)
    for measure in watched:
        by_cause[measure.lesson.cause.lineage].append(measure)
    for sighting in all_sightings(store, since, now):
        day, lineage = store.day_of(sighting.at), lineages[sighting.cause_id]
        for above in _upwards(lineage):
            for measure in by_cause.get(above, ()):
                begins = measure.watched_from
                key = (measure.pk, sighting.kind.value, sighting.fact_id)
                if (
                    begins < day <= begins + reach
                    and key not in noted
                    and _is_same(dial.radar_scope, measure, sighting)
                ):
                    yield measure, sighting


def _upwards(lineage):
    """A cause and those above it."""
    while lineage:
        yield lineage
        lineage = lineage.rpartition("/")[0]


def _is_same(scope, measure, sighting) -> bool:
    lesson = measure.lesson
    if sighting.kind == Sighted.COMPLAINT and sighting.fact_id == lesson.complaint_id:
        return False
    if scope == RadarScope.DEPARTMENT:
        return sighting.department == lesson.department
    if scope == RadarScope.MODEL:
        car = lesson.complaint.vehicle
        return bool(car and car.model) and sighting.model == car.model
    return True


def _note(measure, sighting, store, now) -> bool:
    case = None
    if sighting.kind == Sighted.COMPLAINT:
        case = Complaint.objects.get(pk=sighting.fact_id)
    day = store.day_of(sighting.at)
    row, is_new = Recurrence.objects.get_or_create(
        measure=measure,
        kind=sighting.kind,
        fact_id=sighting.fact_id,
        defaults={"store": store, "complaint": case, "cause_id": sighting.cause_id, "seen_on": day, "found_at": now},
    )
    if not is_new:
        return False
    params = {"number": sighting.number, "day": day.isoformat()}
    if return_measure(measure, params=params, now=now):  # what comes while it is open is noted on the measure alone
        row.reopened = True
        row.save(update_fields=["reopened"])
        about = params | {"measure": measure.what[:120]}
        ComplaintNote.objects.create(complaint=measure.lesson.complaint, at=now, code=NoteCode.RETURNED, params=about)
        _tell(measure, row, store, params)
    return True


def _tell(measure, row, store, params):
    lesson = measure.lesson
    matter = {
        "store": store,
        "code": "cause_returned",
        "key": f"recurrence:{row.pk}",
        "params": params | {"what": measure.what[:120], "of": lesson.complaint.number},
        "severity": Severity.WARNING,
        "url_name": "complaints:lesson",
        "url_args": [lesson.complaint_id],
    }
    notify(permission="complaints.view_radar", **matter)
    if measure.owner is not None:
        notify_person(measure.owner, **matter)
