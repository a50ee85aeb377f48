"""What can be imported. The floors above declare their sheets; settings.DMS_SHEETS lists their modules."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from dms.columns import Column


@dataclass(frozen=True, eq=False)
class Sheet:
    """One kind of list.

    key: the column whose value makes rows one group (a VIN, an order number).
    requires: the group needs a value in at least one column of each tuple, or it is rejected.
    dated_by: columns that date a row, in the order of trust; in a group the latest-dated row wins.
    book: opens a dms.book.Book, the records in hand of one chunk; `plan(groups, book)` compares the groups with them,
        notes what is to be created and changed, and sets each group's outcome. Planning never writes.
    unlike: headers that speak for another kind of list.
    stand_ins: (column, other): where a file has no column for the first, the other is required in its place.
    """

    code: str
    label: str | Promise
    key: str
    columns: tuple[Column, ...]
    requires: tuple[tuple[str, ...], ...]
    dated_by: tuple[str, ...]
    book: Callable
    plan: Callable
    unlike: tuple[str, ...] = ()
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


@functools.cache
def all_sheets() -> tuple[Sheet, ...]:
    """Every declared sheet, in the order of settings.DMS_SHEETS."""
    return tuple(sheet for module in settings.DMS_SHEETS for sheet in import_string(f"{module}.SHEETS"))


def get_sheet(code) -> Sheet:
    """Raises KeyError."""
    return {sheet.code: sheet for sheet in all_sheets()}[code]
