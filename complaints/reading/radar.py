"""The radar's page: how often each cause was seen, week by week, and what came back."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from complaints.choices import Sighted
from complaints.models import Cause, Lesson, Recurrence
from complaints.sightings import all_sightings

WEEKS = 12
SHOWN = 30  # recurrences
HEAT = 4  # shades


@dataclass(frozen=True)
class Week:
    start: dt.date  # a Monday

    @property
    def end(self) -> dt.date:
        return self.start + dt.timedelta(days=6)


@dataclass(frozen=True)
class CauseRow:
    """`cells` are (number, shade) of the weeks, with those of finer causes; `before`: of as many weeks before them."""

    cause: Cause
    cells: list[tuple[int, int]]
    complaints: int
    answers: int
    before: int
    learned: int  # lessons about it

    @property
    def total(self) -> int:
        return self.complaints + self.answers

    @property
    def trend(self) -> str:
        """ "up" or "down" where it differs by more than one, else ""."""
        difference = self.total - self.before
        return "" if abs(difference) < 2 else "up" if difference > 0 else "down"


@dataclass(frozen=True)
class RadarPage:
    weeks: list[Week]
    rows: list[CauseRow]
    recurrences: list[Recurrence]


def radar_page(store, today: dt.date) -> RadarPage:
    """The last WEEKS weeks, the running one included, against as many before. A fixed number of queries."""
    monday = today - dt.timedelta(days=today.weekday())
    weeks = [Week(monday - dt.timedelta(weeks=back)) for back in range(WEEKS - 1, -1, -1)]
    first = weeks[0].start
    since = dt.datetime.combine(first - dt.timedelta(weeks=WEEKS), dt.time(), tzinfo=store.zone)
    until = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), tzinfo=store.zone)
    causes = list(Cause.objects.filter(store=store).order_by("place"))
    lineages = {cause.pk: cause.lineage for cause in causes}
    cells, kinds, before = defaultdict(Counter), defaultdict(Counter), Counter()
    for sighting in all_sightings(store, since, until):
        day = sighting.at.astimezone(store.zone).date()
        for lineage in _upwards(lineages[sighting.cause_id]):
            if day < first:
                before[lineage] += 1
            else:
                cells[lineage][(day - first).days // 7] += 1
                kinds[lineage][sighting.kind] += 1
    learned = Counter()
    for lineage in Lesson.objects.filter(store=store).values_list("cause__lineage", flat=True):
        learned.update(_upwards(lineage))
    most = max((count for row in cells.values() for count in row.values()), default=1)
    rows = [
        CauseRow(
            cause,
            [(cells[cause.lineage][place], _shade(cells[cause.lineage][place], most)) for place in range(WEEKS)],
            kinds[cause.lineage][Sighted.COMPLAINT],
            kinds[cause.lineage][Sighted.ANSWER],
            before[cause.lineage],
            learned[cause.lineage],
        )
        for cause in causes
        if cause.lineage in cells or before[cause.lineage] or learned[cause.lineage]
    ]
    found = Recurrence.objects.filter(store=store, reopened=True).select_related(
        "complaint", "cause", "measure__lesson__complaint"
    )
    return RadarPage(weeks, rows, list(found.select_related("measure__owner")[:SHOWN]))


def _upwards(lineage):
    while lineage:
        yield lineage
        lineage = lineage.rpartition("/")[0]


def _shade(count, most) -> int:
    return -(-HEAT * count // most) if count else 0
