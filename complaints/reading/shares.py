"""Frozen numbers of the declared figures as lines: number, share, formula, and where the rows of the week are opened."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from common.figures import Figure, share
from complaints.figures import WEEK_FIGURES


@dataclass(frozen=True)
class ShareLine:
    figure: Figure
    number: int
    whole: int | None
    per_cent: int | None
    query: str  # of the page of rows (reports:rows)


def share_lines(numbers: dict, end: dt.date) -> list[ShareLine]:
    """`numbers` are {figure code: number} as they were frozen; figures that came later are left out."""
    found = []
    for figure in WEEK_FIGURES:
        if figure.code not in numbers:
            continue
        whole = numbers.get(figure.of) if figure.of else None
        part = share(numbers[figure.code], whole) if whole is not None else None
        query = urlencode({"figure": figure.code, "period": "week", "day": end.isoformat()})
        found.append(ShareLine(figure, numbers[figure.code], whole, part, query))
    return found
