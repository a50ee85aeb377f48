"""What can be imported. The floors above declare their sheets; settings.DMS_SHEETS lists their modules."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from dms.columns import Column


@dataclass(frozen=True, eq=False)
class Sheet:
    """One kind of list.

    key: the column whose value makes rows one group (a VIN, an order number); None: every row is a group of its own.
    requires: the group needs a value in at least one column of each tuple, or it is rejected.
    dated_by: columns that date a row, in the order of trust; in a group the latest-dated row wins.
    aged_by: columns whose newest day tells how old a list is, where that is not `dated_by`.
    book: opens a dms.book.Book, the records in hand of one chunk; `plan(groups, book)` compares the groups with them,
        notes what is to be created and changed, and sets each group's outcome. Planning never writes.
    unlike: headers that speak for another kind of list.
    stand_ins: (column, other): where a file has no column for the first, the other is required in its place.
    """

    code: str
    label: str | Promise
    key: str | None
    columns: tuple[Column, ...]
    requires: tuple[tuple[str, ...], ...]
    dated_by: tuple[str, ...]
    book: Callable
    plan: Callable
    unlike: tuple[str, ...] = ()
    aged_by: tuple[str, ...] | None = None
    stand_ins: tuple[tuple[str, str], ...] = ()

    def needs(self, present) -> list[tuple[str, ...]]:
        """`requires`, with stand-ins for the columns that are not among the `present` ones."""
        instead = {name: other for name, other in self.stand_ins if name not in present}
        return [tuple(instead.get(name, name) for name in names) for names in self.requires]

    @functools.cached_property
    def index(self) -> dict[str, int]:
        """{field: place in a group's values}."""
        return {column.name: number for number, column in enumerate(self.columns)}

    def column(self, name) -> Column:
        return self.columns[self.index[name]]


@dataclass(frozen=True)
class OtherList:
    """A kind of list that is known and cannot be taken in, told by its headers, so that it is not taken for another kind.

    instead_of: codes of the sheets that such a list looks like; one that can be read as another sheet is that.
    signs: headers that stand for it; `least` of them make a list one of this kind. sure: one of these alone does.
    """

    code: str
    label: str | Promise
    instead_of: tuple[str, ...]
    signs: tuple[str, ...]
    least: int
    sure: tuple[str, ...] = ()


@functools.cache
def other_lists() -> tuple[OtherList, ...]:
    """Every declared kind of list that is not taken in: `OTHER_LISTS` of the modules of settings.DMS_SHEETS that have some."""
    modules = map(import_module, settings.DMS_SHEETS)
    return tuple(other for module in modules for other in getattr(module, "OTHER_LISTS", ()))


@functools.cache
def all_sheets() -> tuple[Sheet, ...]:
    """Every declared sheet, in the order of settings.DMS_SHEETS."""
    return tuple(sheet for module in settings.DMS_SHEETS for sheet in import_string(f"{module}.SHEETS"))


def get_sheet(code) -> Sheet:
    """Raises KeyError."""
    return {sheet.code: sheet for sheet in all_sheets()}[code]


def label_of(code) -> str:
    """What people call a sheet or a kind of list that is not taken in; an unknown code as it is."""
    return next((str(kind.label) for kind in (*all_sheets(), *other_lists()) if kind.code == code), code)


def field_label(code, name) -> str:
    """What people call a column of a sheet; one that is gone by its name."""
    columns = (column for sheet in all_sheets() if sheet.code == code for column in sheet.columns)
    return next((str(column.label) for column in columns if column.name == name), name)
