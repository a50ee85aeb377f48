"""What a list declares so that it can be taken home. One declaration for each list page; the page itself selects by the same words.

A list is a function that is told who asks, with which query and when (`Asked`), and gives what its page would show (`Selection`): since a
page behind a figure shows calls or complaints or customers, its columns belong to the answer, not to the list.
"""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise as LazyText

from common import masking


class NoSuchList(LookupError):
    """The query names something that is not there, as a page would answer with 404."""


class Kind(Enum):
    """What stands in a column, as far as it says who somebody is. What is hidden of it is what the pages hide."""

    TEXT = "text"  # what people wrote: numbers, ids and VINs in it are masked
    CODE = "code"  # an identifier of ours or of the DMS: never masked, never taken for a number
    PHONE = "phone"
    VIN = "vin"
    PLATE = "plate"
    ADDRESS = "address"
    ID = "id"  # WeChat, credit code
    MIXED = "mixed"  # each cell says its own (`Value`)

    @property
    def is_personal(self) -> bool:
        return self in _PERSONAL


_MASKS = {
    Kind.TEXT: masking.sheltered_words,
    Kind.CODE: str,
    Kind.PHONE: masking.masked,
    Kind.VIN: masking.masked,
    Kind.PLATE: masking.masked_plate,
    Kind.ADDRESS: masking.masked_address,
    Kind.ID: masking.masked,
    Kind.MIXED: masking.masked,
}
_PERSONAL = {Kind.PHONE, Kind.VIN, Kind.PLATE, Kind.ADDRESS, Kind.ID, Kind.MIXED}


def hidden(kind: Kind, text: str) -> str:
    return _MASKS[kind](text)


@dataclass(frozen=True)
class Value:
    """A value whose kind is its own and not the column's: beside "phone", "address" or "name" stands something else each time."""

    kind: Kind
    text: str | Sequence[str]


@dataclass(frozen=True)
class Column:
    """`value(row)` gives text, a whole number, a Decimal, a date, an aware moment, a bool, None, a `Value`, or several texts."""

    label: str | LazyText
    value: Callable[[object], object]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Asked:
    """Who asks, with the query of the list's page, at which moment (in the zone of the store)."""

    user: object
    query: QueryDict
    now: dt.datetime

    @property
    def store(self):
        return self.user.store


@dataclass(frozen=True)
class Selection:
    """`rows` (with an `id`) in `order`, that of the page; `read` turns a page of them into what the columns read, with as many
    queries whatever the rows. `people(row)`: the ids of the customers it tells of. `filters`: (label, words) as the page has them.
    """

    rows: QuerySet
    order: Sequence[str]
    columns: Sequence[Column]
    filters: Sequence[tuple[str, str]] = ()
    read: Callable[[list], Iterable] = list
    people: Callable[[object], Collection[int]] = lambda row: ()
    title: str = ""  # where the list's own says too little


@dataclass(frozen=True)
class ListExport:
    """`permission`: the right to see the page, or rights. `page`: its URL name, to go back to; `path` names the parts of the query that
    stand in its path."""

    code: str
    title: str | LazyText
    permission: str | tuple[str, ...]
    page: str
    select: Callable[[Asked], Selection]
    path: Sequence[str] = ()

    def opens_to(self, user) -> bool:
        """Whether this person may see the list and take lists home."""
        rights = (self.permission,) if isinstance(self.permission, str) else self.permission
        return user.store_id is not None and user.has_perms(("office.export_lists", *rights))

    def address(self, query) -> str:
        """Of the list's page, as narrowed as `query` says."""
        rest = query.copy()
        path = [rest.pop(name, [""])[-1] for name in self.path]
        return f"{reverse(self.page, args=path)}?{rest.urlencode()}".rstrip("?")


@functools.cache
def all_lists() -> dict[str, ListExport]:
    """{code: list} of everything that settings.LIST_EXPORTS declares."""
    return {entry.code: entry for dotted in settings.LIST_EXPORTS for entry in import_module(dotted).EXPORTS}
