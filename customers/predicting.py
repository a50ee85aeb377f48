"""How right the predictions of the next service were, by model (D4). Each number opens the rows it was counted from.

Counted are turns whose car came in the last MONTHS months; a turn from before predictions were kept is replayed with the visits known when it
began (services.predictions). Below LEAST no figure is shown: so few say nothing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean, median

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.paging import keyset_page
from customers.care.planning import add_months
from customers.models import Prediction

MONTHS, LEAST, NEAR, WAITED = 24, 10, 14, 60
PAGE, MOST = 50, 100_000


@dataclass(frozen=True)
class Part:
    """Which predictions a number counts; `where(today)`."""

    label: object
    where: Callable[[dt.date], Q]


def _came(today):
    return Q(came_on__gt=add_months(today, -MONTHS), came_on__lte=today)


_IN_RANGE = Q(came_on__gte=F("earliest_on"), came_on__lte=F("latest_on"))
PARTS = {
    "came": Part(_("Cars that came"), _came),
    "near": Part(_("Came within 14 days of the day"), lambda today: _came(today) & Q(error_days__range=(-NEAR, NEAR))),
    "range": Part(_("Came within the range"), lambda today: _came(today) & _IN_RANGE),
    "waiting": Part(
        _("Did not come within 60 days"),
        lambda today: Q(
            came_on=None,
            predicted_on__lt=today - dt.timedelta(days=WAITED),
            predicted_on__gte=add_months(today, -MONTHS),
        ),
    ),
}


@dataclass
class Accuracy:
    """One line. Errors in days: positive came later than predicted. None where there are fewer than LEAST."""

    series: str
    model: str
    came: int
    waiting: int = 0
    mean: float | None = None
    median: float | None = None
    near: float | None = None
    in_range: float | None = None

    @property
    def name(self):
        return self.model if self.model.startswith(self.series) else f"{self.series} {self.model}".strip()


def accuracy(store, *, today) -> list[Accuracy]:
    """The store as a whole first, then its models, those with the most cars first. Two queries."""
    rows = Prediction.objects.filter(PARTS["came"].where(today), store=store).order_by("-came_on")
    errors, whole = {}, []
    columns = ("series", "model", "error_days", "came_on", "earliest_on", "latest_on")
    for series, model, error, came_on, first, last in rows.values_list(*columns)[:MOST]:
        line = (error, first is not None and first <= came_on <= last)
        errors.setdefault((series, model), []).append(line)
        whole.append(line)
    waiting = {}
    late = Prediction.objects.filter(PARTS["waiting"].where(today), store=store)
    for pair in late.values_list("series", "model"):
        waiting[pair] = waiting.get(pair, 0) + 1
    if not whole and not waiting:
        return []
    lines = [_line(*pair, errors.get(pair, []), waiting.get(pair, 0)) for pair in {*errors, *waiting}]
    lines.sort(key=lambda line: (-line.came, line.series, line.model))
    return [_line("", "", whole, sum(waiting.values())), *lines]


def _line(series, model, found, waiting):
    line = Accuracy(series, model, len(found), waiting)
    if len(found) >= LEAST:
        days = [error for error, _is_in in found]
        line.mean, line.median = mean(days), median(map(abs, days))
        line.near = 100 * sum(abs(error) <= NEAR for error in days) / len(days)
        line.in_range = 100 * sum(is_in for _error, is_in in found) / len(found)
    return line


ORDER = ("-predicted_on", "-id")  # the newest first


def rows_of(store, query, *, today):
    """The predictions that a number counts, with their cars: of the part that `query` names, of all cars or of one series and model.
    None for a part that there is not."""
    if query.get("part") not in PARTS:
        return None
    rows = Prediction.objects.filter(PARTS[query["part"]].where(today), store=store)
    if query.get("series") is not None:
        rows = rows.filter(series=query["series"], model=query.get("model", ""))
    return rows.select_related("vehicle")


def rows_page(rows, *, after=""):
    return keyset_page(rows, ORDER, after=after, size=PAGE)
