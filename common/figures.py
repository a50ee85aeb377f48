"""Figures as declarations: a number is a queryset that can be counted, split, and opened.

A floor declares its figures (settings.FIGURES); whoever shows them asks this engine. The number and the rows behind it come
from the same `Source.rows` and the same `Figure.where`, so they cannot tell different stories. Pure reading; knows no app.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise as LazyText


@dataclass(frozen=True)
class Scope:
    """One store (anything with `zone`) and a period of its calendar days, `start` and `end` included; `today` is the store's."""

    store: object
    start: dt.date
    end: dt.date
    today: dt.date

    @property
    def since(self) -> dt.datetime:
        """The first moment of the period."""
        return dt.datetime.combine(self.start, dt.time(), tzinfo=self.store.zone)

    @property
    def until(self) -> dt.datetime:
        """The first moment after the period."""
        return dt.datetime.combine(self.end + dt.timedelta(days=1), dt.time(), tzinfo=self.store.zone)


@dataclass(frozen=True)
class Split:
    """A way to break rows down by a column. `names` gives {key: label} for these keys, in the order to show them."""

    column: str
    names: Callable[[Collection], Mapping]


@dataclass(frozen=True)
class Source:
    """The rows that figures are counted in.

    `unit`: what is counted once (a column; "pk" counts rows). `opens` turns counted rows into the rows to show.
    `is_stock`: how things stand at this moment, whatever the period.
    """

    rows: Callable[[Scope], QuerySet]
    splits: Mapping[str, Split]
    unit: str = "pk"
    opens: Callable[[QuerySet], QuerySet] = lambda rows: rows
    is_stock: bool = False


@dataclass(frozen=True)
class Figure:
    """`formula` is printed below the number. `of`: code of the figure of the same source that it is a share of.

    `is_detail`: for reports that go into detail; overviews leave it out.
    """

    code: str
    label: LazyText
    formula: LazyText
    source: Source
    where: Q = field(default_factory=Q)
    of: str = ""
    is_detail: bool = False

    def rows(self, scope: Scope, **keys) -> QuerySet:
        """The rows behind the number; `keys` name one part of each given split (rule="service_3dc").

        Raises ValueError for a key that its column cannot hold, KeyError for a split the figure does not have.
        """
        return self.source.opens(_part_of(self.source, scope, keys).filter(self.where))

    def _count(self):
        return Count(self.source.unit, filter=self.where or None, distinct=self.source.unit != "pk")


def split_counts(figures: Iterable[Figure], scope: Scope, split: str, **keys) -> dict[object, dict[str, int]]:
    """{key: {figure code: number}} for the parts that have rows; `keys` name one part of further splits, as in Figure.rows.

    One query for each source, whatever the rows.
    """
    counts: dict[object, dict[str, int]] = {}
    for source, together in _by_source(figures):
        column = source.splits[split].column
        columns = {figure.code: figure._count() for figure in together}
        for row in _part_of(source, scope, keys).order_by().values(column).annotate(**columns):
            counts.setdefault(row.pop(column), {}).update(row)
    return counts


def totals(figures: Iterable[Figure], scope: Scope, **keys) -> dict[str, int]:
    """{figure code: number} of the whole, or of the part that `keys` name. One query for each source."""
    counts: dict[str, int] = {}
    for source, together in _by_source(figures):
        counts |= (
            _part_of(source, scope, keys).order_by().aggregate(**{figure.code: figure._count() for figure in together})
        )
    return counts


def share(part: int, whole: int) -> int | None:
    """`part` of `whole` in per cent, rounded, but 100 only where nothing is missing and 0 only where nothing is there."""
    if not whole:
        return None
    rounded = round(100 * part / whole)
    if rounded == 100 and part < whole:
        return 99
    return 1 if rounded == 0 and part else rounded


def _part_of(source, scope, keys) -> QuerySet:
    return source.rows(scope).filter(**{source.splits[split].column: key for split, key in keys.items()})


def _by_source(figures) -> list[tuple[Source, list[Figure]]]:
    together: dict[int, tuple[Source, list[Figure]]] = {}
    for figure in figures:
        together.setdefault(id(figure.source), (figure.source, []))[1].append(figure)
    return list(together.values())
