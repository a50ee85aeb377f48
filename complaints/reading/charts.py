"""Bars and columns as numbers for an SVG that the server draws: no script, no inline style, a table beside it says the same."""

from dataclasses import dataclass

BAR, GAP, LABEL, WIDTH = 20, 8, 190, 680  # user units
HEIGHT, SLOT = 150, 80


@dataclass(frozen=True)
class Bar:
    label: str
    number: int
    before: int
    y: int
    length: float
    length_before: float
    text_y: int
    text_x: float


@dataclass(frozen=True)
class Bars:
    rows: list[Bar]
    width: int
    height: int


def bars_of(lines) -> Bars:
    """Lying bars of (label, number, number before)."""
    lines = list(lines)
    most = max((max(number, before) for _label, number, before in lines), default=0) or 1
    scale = (WIDTH - LABEL - 50) / most
    rows = []
    for place, (label, number, before) in enumerate(lines):
        y, length = place * (BAR + GAP), round(number * scale, 1)
        longest = max(length, round(before * scale, 1))
        rows.append(Bar(label, number, before, y, length, round(before * scale, 1), y + 14, LABEL + longest + 6))
    return Bars(rows, WIDTH, max(len(rows) * (BAR + GAP), BAR))


@dataclass(frozen=True)
class Column:
    label: str
    opened: int
    closed: int
    x: int
    middle: int
    open_y: float
    open_height: float
    close_y: float
    close_height: float


@dataclass(frozen=True)
class Columns:
    rows: list[Column]
    width: int
    height: int
    base: int


def columns_of(lines) -> Columns:
    """Standing pairs of (label, opened, closed)."""
    lines = list(lines)
    most = max((max(opened, closed) for _label, opened, closed in lines), default=0) or 1
    rows = []
    for place, (label, opened, closed) in enumerate(lines):
        one, two = (round(number * (HEIGHT - 20) / most, 1) for number in (opened, closed))
        x = place * SLOT + 12
        rows.append(Column(label, opened, closed, x, x + 28, HEIGHT - one, one, HEIGHT - two, two))
    return Columns(rows, len(rows) * SLOT, HEIGHT + 24, HEIGHT)
