"""Puts declared figures into tables, and opens the rows behind one number. Counts nothing itself (common.figures)."""

import datetime as dt
import functools
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import pgettext_lazy

from common.figures import Figure, Scope, share, split_counts, totals
from complaints.models import Complaint
from customers.models import Customer
from customers.search import with_contents
from followups.models import Call, CallOutcome, DueItem, Skip
from followups.rules import BY_CODE

PERIODS = {"today": pgettext_lazy("period", "Today"), "month": pgettext_lazy("period", "This month")}
# Up to a chosen day, which is their last.
PERIODS_TO_A_DAY = {
    "day": pgettext_lazy("period", "Day"),
    "week": pgettext_lazy("period", "Week to date"),
    "month": pgettext_lazy("period", "Month to date"),
}
SPLITS = {
    "rule": pgettext_lazy("figures", "By topic"),
    "person": pgettext_lazy("figures", "By person"),
    "checker": pgettext_lazy("figures", "Information checked, by person"),
    "receiver": pgettext_lazy("figures", "At the store, by person"),
}
NUMBER_SPLITS = ("person", "checker", "receiver", "outcome")  # whose keys are ids


@functools.cache
def all_figures() -> dict[str, Figure]:
    """{code: figure} of everything that settings.FIGURES declares, in order."""
    return {figure.code: figure for dotted in settings.FIGURES for figure in import_module(dotted).FIGURES}


def overview_figures() -> list[Figure]:
    """Those that the day's page shows."""
    return [figure for figure in all_figures().values() if not figure.is_detail]


def scope_of(store, period: str, now: dt.datetime, day: dt.date | None = None) -> Scope:
    """The period up to `day`, by default today: what is due later cannot have been done yet. A week begins on Monday."""
    today = store.day_of(now)
    end = day or today
    starts = {"month": end.replace(day=1), "week": end - dt.timedelta(days=end.weekday())}
    return Scope(store, starts.get(period, end), end, today)


@dataclass(frozen=True)
class Cell:
    """One number: `url` opens its rows ("" for none), `share` is its per cent of `figure.of`."""

    figure: Figure
    number: int
    share: int | None
    url: str


@dataclass(frozen=True)
class Line:
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    split: str
    title: str
    figures: list[Figure]
    lines: list[Line]
    total: Line


@dataclass(frozen=True)
class PeriodPage:
    code: str
    title: str
    scope: Scope
    tables: list[Table]


def day_page(store, now: dt.datetime) -> list[PeriodPage]:
    """Every figure by every split that it has, for each period. The number of queries does not depend on the rows."""
    pages = []
    for period, title in PERIODS.items():
        scope = scope_of(store, period, now)
        pages.append(PeriodPage(period, title, scope, [_table(scope, period, split) for split in SPLITS]))
    return pages


def _table(scope, period, split) -> Table:
    figures = [
        figure
        for figure in all_figures().values()
        if split in figure.source.splits and not figure.is_detail and (period == "today" or not figure.source.is_stock)
    ]
    counts = split_counts(figures, scope, split)
    names = figures[0].source.splits[split].names(counts.keys())
    lines = [
        Line(label, cells_of(figures, counts[key], {"period": period, split: key})) for key, label in names.items()
    ]
    total = Line("", cells_of(figures, totals(figures, scope), {"period": period}))
    return Table(split, SPLITS[split], figures, lines, total)


def cells_of(figures, numbers, parameters) -> list[Cell]:
    """One cell for each figure; `parameters` are those of its rows page."""
    cells = []
    for figure in figures:
        number = numbers.get(figure.code, 0)
        whole = numbers.get(figure.of, 0) if figure.of else 0
        url = f"{reverse('reports:rows')}?{urlencode({'figure': figure.code, **parameters})}" if number else ""
        cells.append(Cell(figure, number, share(number, whole), url))
    return cells


# --- The rows behind a number -----------------------------------------------------------------------------------------
class NoSuchRows(LookupError):
    """The address names no number that there is."""


@dataclass(frozen=True)
class Chosen:
    """A number that an address names: `day` is the chosen last day of its period (None: today), `keys` {split: key} name a part of it."""

    figure: Figure
    period: LazyText
    day: dt.date | None
    scope: Scope
    keys: dict[str, str]

    @property
    def rows(self):
        return self.figure.rows(self.scope, **self.keys)

    @property
    def parts(self) -> list:
        """What the parts are called; to be asked only where they have rows: what has none may be somebody of another store."""
        splits = self.figure.source.splits
        return [next(iter(splits[split].names([key]).values()), key) for split, key in self.keys.items()]


def chosen(store, query, now: dt.datetime) -> Chosen:
    """?figure=…&period=…, day=… where the period ends on a chosen one, rule=… or person=… for a part. Raises NoSuchRows."""
    figure, day = all_figures().get(query.get("figure")), _day(query)
    periods = PERIODS_TO_A_DAY if day else PERIODS
    if figure is None or query.get("period") not in periods or store is None:
        raise NoSuchRows
    scope = scope_of(store, query["period"], now, day)
    return Chosen(figure, periods[query["period"]], day, scope, _keys(query, figure))


def _keys(query, figure):
    """{split: key} as far as the address names parts; an id is a number that a database can hold."""
    keys = {split: query[split] for split in figure.source.splits if query.get(split)}
    for key in (keys[split] for split in NUMBER_SPLITS if split in keys):
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise NoSuchRows
    return keys


def _day(query):
    text = query.get("day", "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise NoSuchRows from None


@dataclass(frozen=True)
class OpenedItem:
    """A topic with the last standing call about it."""

    item: DueItem
    label: str
    last: Call | None


def order_of(rows) -> tuple[str, ...]:
    """How the opened rows are paged: topics by deadline, everything else newest first."""
    return ("due_on", "id") if rows.model is DueItem else ("-id",)


def with_names(rows):
    """What the list names of each row, fetched along."""
    if rows.model is Customer:
        return with_contents(rows)
    if rows.model is Call:
        return rows.select_related("customer", "by", "outcome")
    if rows.model is Complaint:
        return rows.select_related("customer", "opened_by")
    if rows.model is Skip:
        return rows.select_related("card__customer", "by")
    outcomes = CallOutcome.objects.filter(item=OuterRef("pk"), call__undone_at__isnull=True).order_by(
        "-call__at", "-call_id"
    )
    last = Subquery(outcomes.values("call_id")[:1])
    return rows.select_related("customer", "vehicle").annotate(last_call_id=last)


def opened(rows: list) -> list:
    """A page of rows `with_names`, ready to show: calls and customers as they are, topics with their last call (one query)."""
    if not rows or not isinstance(rows[0], DueItem):
        return rows
    calls = Call.objects.select_related("by", "outcome").in_bulk(
        [item.last_call_id for item in rows if item.last_call_id]
    )
    return [
        OpenedItem(item, BY_CODE[item.rule].label if item.rule in BY_CODE else item.rule, calls.get(item.last_call_id))
        for item in rows
    ]
